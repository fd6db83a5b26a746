package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// away is a store that may be away: then each request fails, and its time is noted.
type away struct {
	archive.Store

	mu    sync.Mutex
	gone  bool
	tries []time.Time
}

func (a *away) set(gone bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gone, a.tries = gone, nil
}

func (a *away) step() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.gone {
		return nil
	}
	a.tries = append(a.tries, time.Now())
	return errFault
}

func (a *away) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if err := a.step(); err != nil {
		return archive.Object{}, err
	}
	return a.Store.Put(ctx, name, body, size)
}

func (a *away) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if err := a.step(); err != nil {
		return nil, archive.Object{}, err
	}
	return a.Store.ReadRange(ctx, name, offset, length)
}

func (a *away) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	if err := a.step(); err != nil {
		return func(yield func(archive.Object, error) bool) { yield(archive.Object{}, err) }
	}
	return a.Store.List(ctx, prefix)
}

// A lockedBuffer is a buffer that a logger and a test use at the same time.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// longLine is a journal line with a body of this size.
func longLine(size int) []byte {
	return archive.AppendJournalLine(nil, []byte(strings.Repeat("x", size)))
}

// TestPartSizes: parts of all sizes are read back, down to one line of two bytes and its
// checksum.
func TestPartSizes(t *testing.T) {
	for size := 2; size < 70_000; size += 1 + size/10 {
		line := longLine(size)
		if got, err := decodePart(encoded(t, line)); err != nil || !bytes.Equal(got, line) {
			t.Errorf("a line of %d bytes: got %d bytes, %v", len(line), len(got), err)
		}
	}
}

// bubble is synctest.Test. The coders of parts are made before, outside of the bubble: they
// have channels, and live longer.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for _, size := range []int{tiny - 100, tiny} {
		if _, err := decodePart(encoded(t, longLine(size))); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, f)
}

// runs starts Run in a bubble, and returns what ends it and waits for it.
func runs(t *testing.T, m *Mirror, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { m.Run(ctx, every) })
	return func() {
		cancel()
		wg.Wait()
	}
}

// TestRunBacksOff: while a store is away, it is tried at growing intervals, which do not
// grow over the usual one. It is said once that it is away, and once that it is back, and
// then everything is stored.
func TestRunBacksOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		mem := &storetest.Memory{}
		store := &away{Store: mem, gone: true}
		var log lockedBuffer
		a := testArchive(t, t.TempDir())
		w := testWriter(t, a)
		ids := put(t, w, 5)
		m := &Mirror{Archive: a, Store: store, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		start := time.Now()
		stop := runs(t, m, 20*time.Second)
		defer stop()
		time.Sleep(72 * time.Second)
		store.mu.Lock()
		var at []time.Duration
		for _, try := range store.tries {
			at = append(at, try.Sub(start))
		}
		store.mu.Unlock()
		const s = time.Second
		if want := []time.Duration{0, 1 * s, 3 * s, 7 * s, 15 * s, 31 * s, 51 * s, 71 * s}; !slices.Equal(at, want) {
			t.Errorf("it was tried at %v, want %v", at, want)
		}
		if u := m.Unstored(); u.Bytes == 0 {
			t.Error("nothing is unstored")
		}
		if st, ok, err := ReadStatus(a); err != nil || !ok || !strings.Contains(st.Error, errFault.Error()) || st.Bytes == 0 {
			t.Errorf("status %+v, %t, %v", st, ok, err)
		}
		store.set(false)
		time.Sleep(20 * time.Second)
		wantIDs(t, storedIDs(t, mem), ids)
		if got := log.String(); strings.Count(got, "storing fails") != 1 || strings.Count(got, "storing works again") != 1 {
			t.Errorf("it says\n%s", got)
		}
		if st, _, err := ReadStatus(a); err != nil || st.Error != "" || st.Bytes != 0 {
			t.Errorf("status %+v, %v", st, err)
		}

		// The next failure begins with short intervals again.
		store.set(true)
		m.Wake()
		put(t, w, 1)
		time.Sleep(40 * time.Second)
		store.mu.Lock()
		n := len(store.tries)
		store.mu.Unlock()
		if n < 4 {
			t.Errorf("tried %d times in 40 s", n)
		}
	})
}

// TestRunWake: what is new is stored at the end of the interval, or at once after Wake.
func TestRunWake(t *testing.T) {
	bubble(t, func(t *testing.T) {
		store := &storetest.Memory{}
		a := testArchive(t, t.TempDir())
		w := testWriter(t, a)
		m := &Mirror{Archive: a, Store: store}
		stop := runs(t, m, time.Minute)
		defer stop()
		time.Sleep(time.Second)
		ids := put(t, w, 3)
		time.Sleep(50 * time.Second)
		if u := m.Unstored(); u.Bytes == 0 {
			t.Error("it was stored before its time")
		}
		time.Sleep(10 * time.Second)
		wantIDs(t, storedIDs(t, store), ids)
		ids = append(ids, put(t, w, 3)...)
		m.Wake()
		m.Wake()
		time.Sleep(time.Second)
		wantIDs(t, storedIDs(t, store), ids)
	})
}

// TestRunEndsInAPass: Run returns when its pass has ended, which ends with ctx.
func TestRunEndsInAPass(t *testing.T) {
	bubble(t, func(t *testing.T) {
		store := &hanging{Store: &storetest.Memory{}}
		a := testArchive(t, t.TempDir())
		put(t, testWriter(t, a), 1)
		m := &Mirror{Archive: a, Store: store}
		stop := runs(t, m, time.Minute)
		time.Sleep(time.Hour)
		start := time.Now()
		stop()
		if d := time.Since(start); d > time.Second {
			t.Errorf("it took %s to end", d)
		}
		if err := m.Ship(t.Context()); !errors.Is(err, errFault) {
			t.Errorf("got %v: the lock is still held", err)
		}
	})
}

// hanging is a store whose first read has no answer until it is given up.
type hanging struct {
	archive.Store
	once sync.Once
}

func (h *hanging) ReadRange(ctx context.Context, _ string, _, _ int64) (io.ReadCloser, archive.Object, error) {
	h.once.Do(func() { <-ctx.Done() })
	return nil, archive.Object{}, errors.Join(errFault, ctx.Err())
}

// TestGate: it waits while too much is not stored, says so again and again, opens when that
// is stored, and ends with ctx.
func TestGate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		store := &away{Store: &storetest.Memory{}, gone: true}
		a := testArchive(t, t.TempDir())
		w := testWriter(t, a)
		put(t, w, 50)
		m := &Mirror{Archive: a, Store: store}
		gate := m.Gate(1000)
		var said []string
		say := func(reason string) { said = append(said, reason) }
		ctx, cancel := context.WithTimeout(t.Context(), 62*time.Second)
		defer cancel()
		if err := gate(ctx, say); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if len(said) != 13 || !strings.Contains(said[0], "not stored in "+store.String()+" yet, over --max-unstored of 0.0 MB") {
			t.Errorf("it said %d times: %q", len(said), said)
		}
		stop := runs(t, m, time.Minute)
		defer stop()
		opened := make(chan error, 1)
		go func() { opened <- gate(t.Context(), nil) }()
		time.Sleep(30 * time.Second)
		select {
		case err := <-opened:
			t.Fatalf("the gate opened while the store was away: %v", err)
		default:
		}
		store.set(false)
		start := time.Now()
		if err := <-opened; err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("it opened after %s", d)
		}
		said = nil
		if err := gate(t.Context(), say); err != nil || len(said) != 0 {
			t.Errorf("everything is stored: got %v, %q", err, fmt.Sprint(said))
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := gate(canceled, say); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
