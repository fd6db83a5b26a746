// Package pgclock lets crawls on many machines share when each host may be asked: it wraps
// a scraper.Frontier, and hands out a lease of it only when it has the clocks of the
// lease's host, and of the host's address where that is known, from a PostgreSQL database.
// It knows nothing of what is queued; that is the frontier's on each machine.
//
// A clock is a row of one table. Whoever takes it, by one statement, has it for the time
// of a lease, which is renewed while a request is under way, and gives it back, by
// another, with the time that the host rests. The database's clock alone counts, and only
// plain statements are used: no SKIP LOCKED, LISTEN or advisory lock. What several workers
// of a process want at a time goes into one statement, and that hosts rest is written a few
// times a second.
//
// The worker's side is pessimistic: a lease counts from before it was asked for, by
// monotonic and wall time (a machine may sleep), requests are cancelled Margin before its
// end, and the transport asks once more before it writes the first byte of a request.
//
// If the database is gone no request starts; answers under way are kept, and what they say
// of the host's rest is written when the database is back. Until then nobody else asks
// these hosts, for at most the time of a lease.
//
// A clock is one machine's at a time. Where a crawl may make several requests at a time to
// a host (SetPerHost), they share the clock, for at most the time of a lease from when it
// was taken; then it is given back, and others have their turn.
package pgclock

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// Options say how clocks are shared. All machines of a database have the same Lease.
type Options struct {
	Machine string        // a name for people, in the rows of clocks that are taken; "machine" if empty
	Lease   time.Duration // a minute if zero
	Margin  time.Duration // before the end of a lease requests are cancelled; a twelfth of Lease if zero
	Timeout time.Duration // for a statement; 5 s if zero, at most a quarter of Lease
	Silence time.Duration // in which no host is asked after the database was found empty; a minute if zero
	// SharedAddresses are front ends whose many sites count by their names alone.
	SharedAddresses []netip.Prefix
	// Loopback says that the machine's own addresses count, too, which are not those of
	// other people's servers: for tests.
	Loopback bool
	// Replayed reports whether a request is answered from the archive; it takes no clock
	// then. Nil is none.
	Replayed func(*scraper.Request) bool
}

func (o *Options) fill() {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&o.Lease, time.Minute)
	set(&o.Margin, o.Lease/12)
	set(&o.Timeout, 5*time.Second)
	o.Timeout = min(o.Timeout, o.Lease/4)
	set(&o.Silence, time.Minute)
	if o.Machine == "" {
		o.Machine = "machine"
	}
}

// openTimeout is for a statement while the clocks are opened.
const openTimeout = 5 * time.Second

// maxRest bounds what a host may ask for.
const maxRest = 24 * time.Hour

// Clocks are the clocks of one database, for all frontiers of a process.
type Clocks struct {
	Options
	pool   *pgxpool.Pool
	own    bool // the pool is closed with the clocks
	host   string
	holder string
	// Tests run statements outside of their bubble of time, with its time.
	call func(ctx context.Context, do func(context.Context) error) error
	now  func() *time.Time

	stop  context.CancelFunc
	ended sync.WaitGroup

	takes, gives turns
	soon         chan struct{} // something may be written soon

	mu      sync.Mutex
	taking  []*taking
	held    map[string]*held
	pending map[string]giving // not written yet
	addrs   map[string]string // keys of addresses by host
	down    string            // what is waited for; "" if nothing is
	failed  error             // for good
	silent  time.Time         // nobody asks any host before, as far as we know
	up      chan struct{}     // closed when the database is back
}

// Setup makes the table of clocks in a database that never had one.
func Setup(ctx context.Context, url string) error {
	c, err := connect(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer c.pool.Close()
	if err := c.setup(ctx, 0); err != nil {
		return c.describe(err)
	}
	return nil
}

// Open connects to a database. One without clocks, or emptied, is set up, and no host is
// asked for Options.Silence: other machines may be asking them. The error says what is
// wrong without the URL's password; it is a *NewerError if a newer program has changed the
// tables.
func Open(ctx context.Context, url string, o Options) (*Clocks, error) {
	c, err := connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if err := c.open(ctx); err != nil {
		c.pool.Close()
		return nil, err
	}
	c.own = true
	return c, nil
}

// New is Open with a pool of the caller's, who closes it after the clocks.
func New(ctx context.Context, pool *pgxpool.Pool, o Options) (*Clocks, error) {
	c := fromPool(pool, o)
	return c, c.open(ctx)
}

func connect(ctx context.Context, url string, o Options) (*Clocks, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database's URL is not valid (hint: it is like postgres://user@host:5432/name)") // err has the URL
	}
	for name, value := range map[string]string{
		"application_name":  "newsmorgue", // in the server's list of connections
		"statement_timeout": "30000",      // ms; what a lost connection left behind ends
	} {
		if config.ConnConfig.RuntimeParams[name] == "" {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, errors.New("the database's settings are not valid")
	}
	return fromPool(pool, o), nil
}

func fromPool(pool *pgxpool.Pool, o Options) *Clocks {
	o.fill()
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails
	conn := pool.Config().ConnConfig
	return &Clocks{Options: o, pool: pool, host: fmt.Sprintf("%s:%d", conn.Host, conn.Port), holder: fmt.Sprintf("%.100q %x", o.Machine, id),
		call: func(ctx context.Context, do func(context.Context) error) error { return do(ctx) },
		now:  func() *time.Time { return nil },
		held: map[string]*held{}, pending: map[string]giving{}, addrs: map[string]string{}, up: make(chan struct{}), soon: make(chan struct{}, 1)}
}

// open checks the tables and starts what renews leases.
func (c *Clocks) open(ctx context.Context) error {
	// No lease is held yet that would end meanwhile.
	timeout := c.Timeout
	c.Timeout = max(timeout, openTimeout)
	if _, err := c.look(ctx, nil); err != nil {
		return c.describe(err)
	}
	var readOnly string
	err := c.try(ctx, func(ctx context.Context) error {
		return c.pool.QueryRow(ctx, "SHOW transaction_read_only").Scan(&readOnly)
	})
	if err != nil {
		return c.describe(err)
	}
	if readOnly == "on" {
		return errors.New("the database at " + c.host + " is read-only (hint: name the primary server, or add target_session_attrs=read-write)")
	}
	c.Timeout = timeout
	c.start()
	return nil
}

func (c *Clocks) start() {
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.ended.Go(func() { c.run(ctx) })
}

// Close writes what is not written yet, as far as the database answers, and ends. Frontiers
// must not be used any more. Clocks that are still held become free when their leases end.
func (c *Clocks) Close() {
	c.stop()
	c.ended.Wait()
	c.write()
	_ = c.flush(context.Background()) // others wait until the leases end
	c.mu.Lock()
	for _, h := range c.held {
		h.timer.Stop()
	}
	c.mu.Unlock()
	if c.own {
		c.pool.Close()
	}
}

// Waiting says what requests wait for, in words for a status line; "" if for nothing.
func (c *Clocks) Waiting() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down == "" && time.Now().Before(c.silent) {
		return fmt.Sprintf("the database at %s was empty: no host is asked before %s", c.host, c.silent.Format(time.TimeOnly))
	}
	return c.down
}

// Err returns why no host will ever be asked again: a *NewerError; nil if there is no
// such reason.
func (c *Clocks) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// look reads clocks, of a database that is set up if it was emptied.
func (c *Clocks) look(ctx context.Context, keys []string) (map[string]state, error) {
	found, err := c.states(ctx, keys)
	table, ok := found[""]
	if sqlState(err) == "42P01" || err == nil && !ok { // no table, or no row in it
		if err = c.setup(ctx, c.Silence); err != nil {
			return nil, err
		}
		found, err = c.states(ctx, keys)
		table = found[""]
	}
	if err != nil {
		return nil, err
	}
	if table.token > Version {
		return nil, &NewerError{table.token}
	}
	c.mu.Lock()
	if c.silent = (time.Time{}); table.next > 0 {
		c.silent = time.Now().Add(table.next)
	}
	c.mu.Unlock()
	return found, nil
}

// gone notes that the database does not do what it should.
func (c *Clocks) gone(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var newer *NewerError
	if errors.As(err, &newer) && c.failed == nil {
		c.failed = err
		if c.down != "" { // else nobody waits, and up may be closed
			close(c.up)
		}
	}
	if c.down == "" && c.failed == nil {
		c.down = fmt.Sprintf("%s, since %s", c.describe(err), time.Now().Format(time.TimeOnly))
		c.up = make(chan struct{})
	}
}

// await waits until the database is back. The error is ctx's, or says that it never will be.
func (c *Clocks) await(ctx context.Context) error {
	c.mu.Lock()
	down, up := c.down != "", c.up
	c.mu.Unlock()
	if down {
		select {
		case <-up:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.failed
}

// run renews leases, writes what may wait, and looks for a database that is gone.
func (c *Clocks) run(ctx context.Context) {
	tick := time.NewTicker(max(c.Margin/2, time.Millisecond))
	defer tick.Stop()
	var enough <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.soon:
			if enough == nil {
				enough = time.After(slack)
			}
			continue
		case <-enough:
			enough = nil
			c.writing() // leases are renewed meanwhile
			continue
		case <-tick.C:
		}
		c.drop()
		if err := c.refresh(ctx); err != nil && ctx.Err() == nil {
			c.gone(err)
		}
	}
}

// refresh renews leases when it is time, and does what was not done while the database was gone.
func (c *Clocks) refresh(ctx context.Context) error {
	c.mu.Lock()
	down, waiting := c.down != "", len(c.pending) > 0
	c.mu.Unlock()
	if down {
		if _, err := c.look(ctx, nil); err != nil {
			return err
		}
	}
	if down || waiting {
		if err := c.flush(ctx); err != nil {
			return err
		}
	}
	if err := c.renew(ctx); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if down && c.failed == nil {
		c.down = ""
		close(c.up)
	}
	return nil
}
