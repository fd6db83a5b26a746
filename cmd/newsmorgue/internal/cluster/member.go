package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A Member is a machine of the cluster, or a command that asks for a shard. Fill its
// fields, then call Run.
type Member struct {
	DB    *DB
	Info  Info // of Open
	Times Times

	Name     string // of the machine, unlike all others
	Instance string // of its disk: a restarted machine is known by it
	Version  string // of the program

	// Start is called with each lease that the machine gets. It must not wait. Nil for a
	// command, which takes no share and has no row in the list of machines.
	Start func(*Lease)
	// Floor is the largest token that the store has seen of a shard, 0 if none: the
	// database may have been emptied. Nil for 0.
	Floor func(ctx context.Context, shard int) (int64, error)
	// Local reports whether a shard's data lie on the machine's disk. Nil for never.
	Local func(shard int) bool
	// Idle reports whether a shard has no run now, so that it is the first to be given
	// back. Nil for always.
	Idle   func(shard int) bool
	Most   int // shards that it takes at most; 64 if zero
	Logger *slog.Logger

	once     sync.Once
	times    Times
	clock    func() instant // other than readClocks in tests
	process  string
	kick     chan struct{}
	asking   sync.Mutex    // held while shards are taken; guards what follows
	tokens   map[int]int64 // of each shard, the largest one seen
	contact  instant       // since when the database answers each round
	drained  bool          // it gives back all
	joined   bool
	stopping bool // no lease is taken or continued

	mu      sync.Mutex
	held    map[int]*Lease // until they were given back in the database
	waiting error          // what it waits for; nil if the database answers
	since   time.Time      // since when
}

func (m *Member) init() {
	m.once.Do(func() {
		m.times = m.Times.withDefaults()
		if m.clock == nil {
			m.clock = readClocks
		}
		if m.Logger == nil {
			m.Logger = slog.New(slog.DiscardHandler)
		}
		if m.Most == 0 {
			m.Most = 64
		}
		m.process, m.kick = uuid.NewString(), make(chan struct{}, 1)
		m.held, m.tokens = map[int]*Lease{}, map[int]int64{}
	})
}

// CheckName returns an error for a name that a machine must not have.
func CheckName(name string) error {
	ok := name != "" && len(name) <= 100
	for _, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		ok = ok && (letter || strings.IndexByte("._-", c) >= 0)
	}
	if !ok {
		return fmt.Errorf("the name of a machine is %.120q: 1 to 100 letters, digits and ._- are allowed", name)
	}
	return nil
}

// Run keeps the machine in the cluster until ctx is done. Then it ends the contexts of all
// leases, waits until they are released, and gives them back. It returns early with an
// error that no waiting heals: ErrNameTaken, ErrOtherCluster, ErrOtherShards or
// ErrNewerSchema.
func (m *Member) Run(ctx context.Context) error {
	m.init()
	if m.Start != nil {
		if err := CheckName(m.Name); err != nil {
			return err
		}
	}
	watch, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { m.watchClocks(watch) })
	defer wg.Wait()
	defer cancel()
	var fatal error
	for ctx.Err() == nil && fatal == nil {
		fatal = m.round(ctx)
		if fatal == nil {
			m.pause(ctx, m.times.Poll)
		}
	}
	m.leave(fatal)
	return fatal
}

func (m *Member) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-m.kick:
	case <-timer.C:
	}
}

// wake makes the next round begin at once.
func (m *Member) wake() {
	select {
	case m.kick <- struct{}{}:
	default:
	}
}

// watchClocks ends leases that were not renewed in time, whatever the database does.
func (m *Member) watchClocks(ctx context.Context) {
	ticker := time.NewTicker(max(m.times.Margin/10, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, l := range m.leases() {
				l.Err()
			}
		}
	}
}

func (m *Member) leases() []*Lease {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*Lease, 0, len(m.held))
	for _, l := range m.held {
		all = append(all, l)
	}
	return all
}

// Waiting says what the machine waits for and since when; nil if for nothing.
func (m *Member) Waiting() (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since, m.waiting
}

// Held lists the leases that the machine has, also those that it gives back.
func (m *Member) Held() []*Lease {
	m.init()
	return m.leases()
}

// round looks at the database and does what has to be done. What fails is tried again at
// the next round; an error is one that no waiting heals.
func (m *Member) round(ctx context.Context) error {
	m.asking.Lock()
	defer m.asking.Unlock()
	// A round that hangs must not keep the next renewal back for long.
	ctx, cancel := context.WithTimeout(ctx, m.times.Lease/2)
	defer cancel()
	begun := m.clock()
	err := m.steps(ctx)
	switch {
	case err != nil || m.clock().since(begun) > m.times.Lease/2:
		m.contact = instant{}
	case m.contact == (instant{}):
		m.contact = m.clock()
	}
	if ctx.Err() == nil || err == nil || !errors.Is(err, context.Canceled) {
		m.tell(err)
	}
	for _, fatal := range []error{ErrNameTaken, ErrOtherCluster, ErrOtherShards, ErrNewerSchema} {
		if errors.Is(err, fatal) {
			return err
		}
	}
	return nil
}

// tell notes what the machine waits for, and logs it once.
func (m *Member) tell(err error) {
	m.mu.Lock()
	was := m.waiting
	m.waiting = err
	if (was == nil) != (err == nil) {
		m.since = time.Now()
	}
	m.mu.Unlock()
	switch {
	case err != nil && was == nil:
		m.Logger.Error("the database does not answer as it should; waiting for it", "database", m.DB.String(), "error", err)
	case err == nil && was != nil:
		m.Logger.Info("the database answers again", "database", m.DB.String())
	}
}

func (m *Member) steps(ctx context.Context) error {
	if m.Start != nil {
		if err := m.beat(ctx); err != nil {
			return err
		}
	}
	// What is held is renewed before anything else: it may be late.
	if err := m.renew(ctx); err != nil {
		return err
	}
	if err := m.giveBack(ctx); err != nil {
		return err
	}
	v, err := m.look(ctx)
	if errors.Is(err, errNotSetUp) {
		m.Logger.Warn("the database is empty; setting it up", "database", m.DB.String())
		return m.DB.setUp(ctx, m.Info, m.times.Lease)
	}
	if err != nil {
		return err
	}
	m.heed(v)
	if m.Start == nil {
		return nil
	}
	return m.takeShare(ctx, v)
}

// beat writes the machine's sign of life, and joins the cluster if it has no row.
func (m *Member) beat(ctx context.Context) error {
	if !m.joined {
		return m.join(ctx)
	}
	var draining bool
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `update newsmorgue_machine set seen = clock_timestamp()
			where name = $1::text and process = $2::text returning draining`, m.Name, m.process).Scan(&draining)
	})
	if code(err) == codeNoTable || errors.Is(err, pgx.ErrNoRows) {
		// The row was removed, or is another's by now.
		m.joined = false
		return m.join(ctx)
	}
	if err != nil {
		return err
	}
	m.drained = draining
	return nil
}

// join adds the machine to the list. A row of its name may be that of an earlier start of
// the same machine, or of another one that is alive: that shows by its signs of life.
func (m *Member) join(ctx context.Context) error {
	var instance, process string
	var seen time.Time
	var silent, stopped bool
	read := func() error {
		return m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
			var row clusterRow
			if err := scanCluster(ctx, c, &row); err != nil {
				return err
			}
			if err := row.check(m.Info); err != nil {
				return err
			}
			return c.QueryRow(ctx, `select instance, process, seen, stopped, seen < clock_timestamp() - $2::float8 * interval '1 second'
				from newsmorgue_machine where name = $1::text`, m.Name, m.times.Lease.Seconds()).Scan(&instance, &process, &seen, &stopped, &silent)
		})
	}
	err := read()
	// One table may be missing alone: they may have been removed while another machine was
	// setting them up.
	if errors.Is(err, errNotSetUp) || code(err) == codeNoTable {
		m.Logger.Warn("the database is empty; setting it up", "database", m.DB.String())
		if err = m.DB.setUp(ctx, m.Info, m.times.Lease); err == nil {
			err = read()
		}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return m.enter(ctx, "", time.Time{}, false)
	}
	if err != nil {
		return err
	}
	mine := instance == m.Instance && m.Instance != ""
	if process == m.process || stopped {
		return m.enter(ctx, process, seen, true)
	}
	// One that is alive gives a sign of life at each Poll. Whoever has the same disk was
	// proven dead by that disk's lock, but disks can be copied.
	before := seen
	for begun := m.clock(); !silent && !(mine && m.clock().since(begun) > m.times.Poll+m.times.Poll/4); {
		select {
		case <-ctx.Done():
			// The rest of the wait is in the next round.
			return fmt.Errorf("a machine of the name %s was alive within the last %s; waiting until it is certainly dead", m.Name, m.times.Lease)
		case <-time.After(m.times.Poll / 4):
		}
		if err := read(); errors.Is(err, pgx.ErrNoRows) {
			return m.enter(ctx, "", time.Time{}, false)
		} else if err != nil {
			return err
		}
		if !seen.Equal(before) && process != m.process {
			return fmt.Errorf("%s: %w and is alive", m.Name, ErrNameTaken)
		}
	}
	return m.enter(ctx, process, seen, mine)
}

// enter writes the machine's row, if the one that it replaces was not changed meanwhile,
// and frees the leases of its predecessor, who is dead.
func (m *Member) enter(ctx context.Context, before string, seen time.Time, free bool) error {
	var draining bool
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if before == "" {
			return c.QueryRow(ctx, `insert into newsmorgue_machine (name, instance, process, version, began, seen)
				values ($1::text, $2::text, $3::text, $4::text, clock_timestamp(), clock_timestamp())
				on conflict (name) do update set seen = clock_timestamp() where newsmorgue_machine.process = $3::text
				returning draining`, m.Name, m.Instance, m.process, m.Version).Scan(&draining)
		}
		return c.QueryRow(ctx, `update newsmorgue_machine
			set instance = $2::text, process = $3::text, version = $4::text, began = clock_timestamp(), seen = clock_timestamp(), stopped = false
			where name = $1::text and (process = $3::text or process = $5::text and seen = $6::timestamptz)
			returning draining`, m.Name, m.Instance, m.process, m.Version, before, seen).Scan(&draining)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w and is alive", m.Name, ErrNameTaken)
	}
	if err != nil {
		return err
	}
	m.joined, m.drained = true, draining
	if !free || before == m.process {
		return nil
	}
	return m.freeStrays(ctx)
}

// leave ends all leases, waits until they are released, and gives them back.
func (m *Member) leave(why error) {
	m.stopping = true
	reason := ErrStopping
	if errors.Is(why, ErrNameTaken) || errors.Is(why, ErrOtherCluster) || errors.Is(why, ErrOtherShards) {
		reason = ErrLost
	}
	var failing instant
	for {
		for _, l := range m.leases() {
			l.stop(reason, "")
		}
		ctx, cancel := context.WithTimeout(context.Background(), m.times.Lease/2)
		m.asking.Lock()
		err := m.renew(ctx)
		if err == nil {
			err = m.giveBack(ctx)
		}
		m.asking.Unlock()
		cancel()
		switch {
		case err == nil:
			failing = instant{}
		case failing == (instant{}):
			failing = m.clock()
		}
		busy := false
		for _, l := range m.leases() {
			l.mu.Lock()
			busy = busy || !l.released
			l.mu.Unlock()
		}
		// Without a database, the leases end by themselves.
		if !busy && (err == nil && len(m.leases()) == 0 || err != nil && m.clock().since(failing) >= m.times.Poll) {
			break
		}
		pause := m.times.Poll
		if !busy {
			pause /= 10
		}
		m.pause(context.Background(), pause)
	}
	if m.Start == nil || !m.joined || why != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), m.times.Poll)
	defer cancel()
	err := m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "update newsmorgue_machine set stopped = true, seen = clock_timestamp() where name = $1::text and process = $2::text", m.Name, m.process)
		return err
	})
	if err != nil {
		m.Logger.Warn("the list of machines does not say that this one has stopped", "error", err)
	}
}
