package facets

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// TestUpdate: an index that was updated is that of the catalog.
func TestUpdate(t *testing.T) {
	f := archivetest.New(t)
	fill(t, f, archivetest.Options{Articles: 100, Sites: 2, Seed: 1})
	b := newBuilder()
	old, err := b.build(f.Catalog.Entries(t.Context(), 0), 0)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, f, archivetest.Options{Articles: 80, Sites: 2, Seed: 2})
	if few, err := b.update(old, f.Catalog.Entries(t.Context(), old.lastDoc()), 3); few != nil || err != nil {
		t.Errorf("more than 3 have changed: got %v %v", few, err)
	}
	got, err := b.update(old, f.Catalog.Entries(t.Context(), old.lastDoc()), 1000)
	if err != nil {
		t.Fatal(err)
	}
	want, err := newBuilder().build(f.Catalog.Entries(t.Context(), 0), 0)
	if err != nil {
		t.Fatal(err)
	}
	if old.Len() >= want.Len() || !slices.Equal(got.keys, want.keys) || !slices.Equal(got.docs, want.docs) || !slices.Equal(got.byDoc, want.byDoc) {
		t.Errorf("got %d stories, want %d", got.Len(), want.Len())
	}
	g, w := got.Select(Selection{}), want.Select(Selection{})
	g.Authors, w.Authors = nil, nil // of those that are as frequent, not all are listed
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got %d %v, want %d %v", len(g.Rows), g.Sites, len(w.Rows), w.Sites)
	}
}

func suppress(t testing.TB, f *archivetest.Fixture, url string) {
	t.Helper()
	rec, err := catalog.NewSuppression(&catalog.Suppression{Date: time.Now(), URL: url, Reason: "asked for"})
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
}

// rests sets in what time all stories may be read again, and new ones be added.
func rests(l *Live, all, added time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nextAll, l.nextNew = time.Now().Add(all), time.Now().Add(added)
}

// TestSuppressed: what is suppressed is not counted any more, also while no update may take
// place.
func TestSuppressed(t *testing.T) {
	f, l := filled(t)
	v := view(t, l)
	before := v.Select(Selection{})
	word := queryOf(t, f.Catalog)
	m, err := v.Match(t.Context(), catalog.Filter{Query: word})
	if err != nil || m.Len() == 0 {
		t.Fatal(m, err)
	}
	var gone catalog.Story
	for h, err := range f.Catalog.Search(t.Context(), catalog.Filter{Query: word}, catalog.ByDate) {
		if err != nil {
			t.Fatal(err)
		}
		gone = h.Story
		break
	}
	rests(l, time.Hour, time.Hour)
	suppress(t, f, gone.URL)
	v = view(t, l)
	after := v.Select(Selection{})
	if v.Current || len(after.Rows) != len(before.Rows)-1 || slices.Contains(keysOf(v, after.Rows), keyOf(t, gone)) {
		t.Errorf("got %d stories, before %d, current %v", len(after.Rows), len(before.Rows), v.Current)
	}
	again, err := v.Match(t.Context(), catalog.Filter{Query: word})
	if err != nil || again.Len() != m.Len()-1 {
		t.Errorf("got %d matches, before %d, %v", again.Len(), m.Len(), err)
	}
}

// TestLive: after a change, the index is brought up to date, but not at once again.
func TestLive(t *testing.T) {
	f, l := filled(t)
	if v := view(t, l); !v.Current {
		t.Error("the first index is not current")
	}
	l.mu.Lock()
	if rest := l.nextAll.Sub(l.made); rest < leastRest {
		t.Errorf("all stories may be read again after %v", rest)
	}
	l.mu.Unlock()
	rests(l, time.Hour, time.Hour)
	fill(t, f, archivetest.Options{Articles: 20, Sites: 1, Seed: 9})
	v := view(t, l)
	if v.Current {
		t.Error("it was updated at once")
	}
	rests(l, 0, 0)
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		if v = view(t, l); v.Current {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	want := 0
	for range f.Catalog.Stories(t.Context(), catalog.Filter{}) {
		want++
	}
	if got := len(v.Select(Selection{}).Rows); !v.Current || got != want {
		t.Errorf("got %d, want %d, current %v", got, want, v.Current)
	}
}

// TestLiveAdds: while it is too early to read all stories again, new ones are added; the
// index does not claim to be current then.
func TestLiveAdds(t *testing.T) {
	f, l := filled(t)
	before := len(view(t, l).Select(Selection{}).Rows)
	rests(l, time.Hour, 0)
	fill(t, f, archivetest.Options{Articles: 20, Sites: 1, Seed: 9})
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		v := view(t, l)
		if v.Current {
			t.Fatal("it claims to be current")
		}
		if got := len(v.Select(Selection{}).Rows); got == before+20 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("no story was added")
}

// TestClosed: a closed one answers with an error, and does not panic.
func TestClosed(t *testing.T) {
	_, l := filled(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Index(t.Context()); err == nil {
		t.Error("no error")
	}
}

// TestSuppressedUpdate: what is suppressed does not come back with an update that adds new
// stories to the index before.
func TestSuppressedUpdate(t *testing.T) {
	f, l := filled(t)
	before := view(t, l).Select(Selection{})
	var gone catalog.Story
	for st, err := range f.Catalog.Stories(t.Context(), catalog.Filter{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		gone = st
	}
	rests(l, time.Hour, 0)
	suppress(t, f, gone.URL)
	for _, more := range []int{0, 1} {
		if more > 0 {
			rests(l, time.Hour, 0)
			fill(t, f, archivetest.Options{Articles: more, Sites: 1, Seed: 9})
		}
		v := view(t, l)
		if after := v.Select(Selection{}); len(after.Rows) > len(before.Rows)-1+more || slices.Contains(keysOf(v, after.Rows), keyOf(t, gone)) {
			t.Errorf("got %d stories, before %d", len(after.Rows), len(before.Rows))
		}
	}
}
