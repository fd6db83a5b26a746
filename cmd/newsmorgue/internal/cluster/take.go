package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// renew renews all leases in one statement, when it is time. Leases that lapsed are
// renewed, too, if nobody took them meanwhile; those whose work has ended go on as new
// ones under the same token.
func (m *Member) renew(ctx context.Context) error {
	var shards []int32
	var tokens []int64
	var leases []*Lease
	due := false
	for _, l := range m.leases() {
		l.mu.Lock()
		lapsed, lost := errors.Is(l.ended, ErrLapsed), errors.Is(l.ended, ErrLost)
		if !lost && (!l.released || lapsed && m.continues()) {
			leases, shards, tokens = append(leases, l), append(shards, int32(l.Shard)), append(tokens, l.Token)
			due = due || lapsed || m.clock().since(l.asked) >= m.times.Renew-m.times.Poll/2
		}
		l.mu.Unlock()
	}
	if !due {
		return nil
	}
	asked := m.clock()
	var renewed []int32
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, `update newsmorgue_shard as s set until = clock_timestamp() + $1::float8 * interval '1 second'
			from unnest($2::int[], $3::bigint[]) as held (shard, token)
			where s.shard = held.shard and s.token = held.token and s.holder = $4::text returning s.shard`,
			m.times.Lease.Seconds(), shards, tokens, m.Name)
		if err != nil {
			return err
		}
		renewed, err = pgx.CollectRows(rows, pgx.RowTo[int32])
		return err
	})
	if err != nil && code(err) != codeNoTable { // without tables, all are lost
		return fmt.Errorf("renew leases: %w", err)
	}
	for _, l := range leases {
		if !slices.Contains(renewed, int32(l.Shard)) {
			l.stop(ErrLost, "")
			m.Logger.Warn("a shard was lost", "shard", ShardName(l.Shard), "token", l.Token)
			continue
		}
		l.mu.Lock()
		l.asked = asked
		again := l.released && errors.Is(l.ended, ErrLapsed)
		l.mu.Unlock()
		if again {
			m.begin(l.Shard, l.Token, asked, true)
		}
	}
	return nil
}

// continues reports whether leases that lapsed are continued.
func (m *Member) continues() bool { return m.Start != nil && !m.drained && !m.stopping }

// begin notes a lease that the database has given.
func (m *Member) begin(shard int, token int64, asked instant, continued bool) *Lease {
	l := &Lease{Shard: shard, Token: token, Continued: continued, giveBack: make(chan struct{}), member: m, asked: asked}
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
	m.tokens[shard] = token
	m.mu.Lock()
	m.held[shard] = l
	m.mu.Unlock()
	m.Logger.Info("shard taken", "shard", ShardName(shard), "token", token, "continued", continued)
	if m.Start != nil {
		m.Start(l)
	}
	return l
}

// giveBack gives back what was released.
func (m *Member) giveBack(ctx context.Context) error {
	var shards []int32
	var tokens []int64
	var leases []*Lease
	for _, l := range m.leases() {
		l.mu.Lock()
		if l.released {
			leases, shards, tokens = append(leases, l), append(shards, int32(l.Shard)), append(tokens, l.Token)
		}
		l.mu.Unlock()
	}
	if len(leases) == 0 {
		return nil
	}
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `update newsmorgue_shard as s set holder = '', until = clock_timestamp()
			from unnest($1::int[], $2::bigint[]) as held (shard, token)
			where s.shard = held.shard and s.token = held.token and s.holder = $3::text`, shards, tokens, m.Name)
		return err
	})
	if err != nil && code(err) != codeNoTable {
		return fmt.Errorf("give shards back: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range leases {
		delete(m.held, l.Shard)
		m.Logger.Info("shard given back", "shard", ShardName(l.Shard), "token", l.Token)
	}
	return nil
}

// freeStrays frees the leases of an earlier start of this machine.
func (m *Member) freeStrays(ctx context.Context) error {
	return m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `update newsmorgue_shard set holder = '', until = clock_timestamp() where holder = $1::text`, m.Name)
		return err
	})
}

// A view is what the database says of the shards.
type view struct {
	shards []shardRow
	alive  int // machines that take their share
}

type shardRow struct {
	shard  int
	holder string
	token  int64
	past   time.Duration // since the end of the lease; negative before it
	wanted string        // by whom, "" if nobody waits
}

// look reads the state of the shards.
func (m *Member) look(ctx context.Context) (v view, err error) {
	err = m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		v = view{}
		var row clusterRow
		if err := scanCluster(ctx, c, &row); err != nil {
			return err
		}
		if err := row.check(m.Info); err != nil {
			return err
		}
		rows, err := c.Query(ctx, `select shard, holder, token, extract(epoch from clock_timestamp() - until)::float8,
			case when wanted_until > clock_timestamp() then wanted else '' end from newsmorgue_shard where shard < $1::int`, m.Info.Shards)
		if err != nil {
			return err
		}
		v.shards, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s shardRow, err error) {
			var past float64
			err = row.Scan(&s.shard, &s.holder, &s.token, &past, &s.wanted)
			s.past = seconds(past)
			return s, err
		})
		if err != nil {
			return err
		}
		return c.QueryRow(ctx, `select count(*) from newsmorgue_machine
			where not draining and not stopped and seen > clock_timestamp() - $1::float8 * interval '1 second'`, m.times.Lease.Seconds()).Scan(&v.alive)
	})
	for _, row := range v.shards {
		m.tokens[row.shard] = max(m.tokens[row.shard], row.token)
	}
	if code(err) == codeNoTable || err == nil && len(v.shards) < m.Info.Shards {
		err = errNotSetUp
	}
	return v, err
}

// seconds is a duration that a database gave, whatever it gave.
func seconds(s float64) time.Duration {
	const most = 1e9
	return time.Duration(min(max(s, -most), most) * float64(time.Second))
}

// share is how many shards the machine should have.
func (m *Member) share(v view) int {
	if m.drained || m.stopping {
		return 0
	}
	alive := max(1, v.alive)
	return min(m.Most, (m.Info.Shards+alive-1)/alive)
}

// heed ends the leases that somebody else has or wants, and asks for what is over the
// machine's share.
func (m *Member) heed(v view) {
	byShard := make(map[int]shardRow, len(v.shards))
	for _, row := range v.shards {
		byShard[row.shard] = row
	}
	var busy, idle []*Lease
	over := -m.share(v)
	for _, l := range m.leases() {
		row := byShard[l.Shard]
		switch {
		case row.token != l.Token || row.holder != m.Name:
			l.stop(ErrLost, "")
		case m.Start == nil: // who asks next has to wait
		case row.wanted != "":
			l.stop(ErrWanted, row.wanted)
		case m.drained:
			l.stop(ErrDraining, "")
		}
		l.mu.Lock()
		leaving := l.over || l.released || l.ended != nil && !errors.Is(l.ended, ErrLapsed)
		l.mu.Unlock()
		if leaving {
			continue
		}
		over++
		if m.Idle == nil || m.Idle(l.Shard) {
			idle = append(idle, l)
		} else {
			busy = append(busy, l)
		}
	}
	if m.Start == nil {
		return
	}
	for _, l := range append(idle, busy...)[:max(0, over)] {
		l.mu.Lock()
		l.over = true
		close(l.giveBack)
		l.mu.Unlock()
	}
}

// takeShare takes free shards up to the machine's share, those on its disk first.
func (m *Member) takeShare(ctx context.Context, v view) error {
	n := m.share(v) - len(m.leases())
	// After the database was away, each machine shall have the time to renew its own.
	settled := m.contact != (instant{}) && m.clock().since(m.contact) >= m.times.Lease/2
	var local, others []int
	for _, row := range v.shards {
		m.mu.Lock()
		held := m.held[row.shard] != nil
		m.mu.Unlock()
		mine := m.Local != nil && m.Local(row.shard)
		switch {
		case held, row.wanted != "", row.past < 0 && row.holder != m.Name:
		case mine || row.holder == m.Name:
			local = append(local, row.shard)
		case row.holder != "" && !settled:
		case row.holder == "" && row.past < m.times.Poll: // one that has it on its disk goes first
		default:
			others = append(others, row.shard)
		}
	}
	rand.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	begun := m.clock()
	for _, shard := range append(local, others...) {
		if n <= 0 || m.clock().since(begun) > m.times.Poll {
			return nil // the rest is for the next round
		}
		l, err := m.take(ctx, shard)
		if err != nil {
			return err
		}
		if l != nil {
			n--
		}
	}
	return nil
}

// largestFloor is the largest token of a store that is believed: there must be room for
// more.
const largestFloor = 1 << 62

// take takes a shard if it is free. It returns nil if it is not.
func (m *Member) take(ctx context.Context, shard int) (*Lease, error) {
	var floor int64
	if m.Floor != nil {
		ctx, cancel := context.WithTimeout(ctx, m.times.Poll)
		defer cancel()
		var err error
		if floor, err = m.Floor(ctx, shard); err == nil && (floor < 0 || floor > largestFloor) {
			err = fmt.Errorf("the token is %d", floor)
		}
		if err != nil { // of the store: the database's work goes on
			m.Logger.Error("a shard cannot be taken: its head cannot be read", "shard", ShardName(shard), "error", err)
			return nil, nil
		}
	}
	// The database may have been emptied or restored from a backup, and the newest token
	// may not have reached the store: it is less than one that the machine has seen there,
	// or than one made of the time.
	floor = max(floor, m.tokens[shard])
	asked := m.clock()
	var token int64
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `update newsmorgue_shard
			set holder = $2::text, token = greatest(token + 1, $3::bigint + 1, floor(extract(epoch from clock_timestamp()))::bigint),
				until = clock_timestamp() + $4::float8 * interval '1 second', wanted = ''
			where shard = $1::int and (until <= clock_timestamp() or holder = $2::text)
				and (wanted = '' or wanted = $2::text or wanted_until <= clock_timestamp())
			returning token`, shard, m.Name, floor, m.times.Lease.Seconds()).Scan(&token)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take shard %s: %w", ShardName(shard), err)
	}
	return m.begin(shard, token, asked, false), nil
}
