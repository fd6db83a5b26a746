package neardup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestExactDuplicates(t *testing.T) {
	docs := []Document{
		{ID: 7, Time: 30, Text: "The mayor\u00a0 spoke.\n"},
		{ID: 3, Time: 20, Text: "The mayor spoke."},
		{ID: 9, Time: 10, Text: " The\tmayor spoke."},
		{ID: 4, Time: 1, Text: "the mayor spoke."}, // case counts
		{ID: 5, Text: ""},
		{ID: 6, Text: " \n"}, // blank texts are duplicates of nothing
	}
	got, stats := clusterDocs(t, Options{}, docs)
	dup := func(id uint64) Member {
		return Member{ID: id, Cluster: 3, Representative: 9, Exact: 3, Component: 3, First: 9, Size: 3, ComponentSize: 3, Similarity: 1, Containment: 1}
	}
	alone := aloneMember
	want := []Member{dup(3), alone(4), alone(5), alone(6), dup(7), dup(9)}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if stats.Clusters != 1 || stats.Clustered != 3 || stats.Largest != 3 || stats.ExactDuplicates != 2 {
		t.Errorf("got %+v", stats)
	}
}

func TestLookup(t *testing.T) {
	x, err := New(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, id := range []uint64{1 << 47, 12, 99} {
		if err := x.Add(Document{ID: id, Time: int64(id), Text: "One text for all."}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := x.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, found, err := c.Lookup(1 << 47)
	if err != nil || !found || m.Cluster != 12 || m.Size != 3 {
		t.Errorf("got %+v, %v, %v", m, found, err)
	}
	if _, found, err := c.Lookup(13); found || err != nil {
		t.Errorf("13: got %v, %v; want not found", found, err)
	}
}

func TestEmptyIndex(t *testing.T) {
	if got, stats := clusterDocs(t, Options{}, nil); len(got) != 0 || stats != (Stats{}) {
		t.Errorf("got %v, %+v", got, stats)
	}
}

// TestUnrelatedStories has thousands of stories with common phrases and a Zipf
// vocabulary: not two of them may join.
func TestUnrelatedStories(t *testing.T) {
	w := newWriter(3)
	var docs []Document
	for i := range uint64(4000) {
		docs = append(docs, Document{ID: i, Text: join(w.text(30 + w.IntN(150)))})
	}
	if _, stats := clusterDocs(t, Options{}, docs); stats.Clusters != 0 {
		t.Errorf("joined: %+v", stats)
	}
}

// templates are short texts that sites make by the hundred; slots are filled anew.
var templates = []struct{ name, text string }{
	{"weather", "Weather for # on #. The morning starts with # and light wind from the #. By noon it gets up to # degrees, " +
		"and in the evening # is likely with gusts of # kilometres per hour."},
	{"shares", "Shares of # closed at # on #, down # from the day before. Volume was # against a monthly average of #. " +
		"The index # ended the session at # points as traders waited for #."},
	{"football", "# beat # by # on # at #. The goals came from # and #. # now stand in place # with # points and meet # next."},
}

func TestTemplatesDoNotJoin(t *testing.T) {
	for _, template := range templates {
		w := newWriter(9)
		var docs []Document
		for i := range uint64(1500) {
			text := template.text
			for strings.Contains(text, "#") {
				text = strings.Replace(text, "#", w.words[w.IntN(5000)+50], 1)
			}
			docs = append(docs, Document{ID: i, Time: int64(i), Text: text})
		}
		if _, stats := clusterDocs(t, Options{}, docs); stats.Clusters != 0 {
			t.Errorf("%s: joined: %+v", template.name, stats)
		}
	}
}

// TestNoticeDoesNotJoin has short unrelated texts that all end in one notice.
func TestNoticeDoesNotJoin(t *testing.T) {
	const notice = " This page requires JavaScript. Please turn it on in the settings of your browser and load the page again to read on."
	w := newWriter(13)
	var docs []Document
	for i := range uint64(1500) {
		docs = append(docs, Document{ID: i, Text: join(w.text(25)) + notice})
	}
	if _, stats := clusterDocs(t, Options{}, docs); stats.Clusters != 0 {
		t.Errorf("joined: %+v", stats)
	}
}

// TestChainIsDivided has a weekly column that repeats two thirds of last week's: each text
// resembles the one before it, and the first and the last have nothing in common.
func TestChainIsDivided(t *testing.T) {
	w := newWriter(21)
	var docs []Document
	text := w.text(300)
	for i := range uint64(200) {
		docs = append(docs, Document{ID: 1000 - i, Time: int64(i), Text: join(text)})
		text = append(text[len(text)/3:], w.text(100)...)
	}
	members, stats := clusterDocs(t, Options{}, docs)
	if stats.Cut == 0 || stats.Largest > 3 || stats.Clustered < 180 {
		t.Errorf("got %+v", stats)
	}
	components := map[uint64]uint32{}
	for _, m := range members {
		if m.Containment <= 0.25 {
			t.Errorf("%+v: in a cluster with too little in common", m)
		}
		components[m.Component]++
		if m.Cluster < m.Component || m.Size > m.ComponentSize {
			t.Errorf("%+v: not in its component", m)
		}
	}
	for _, m := range members {
		if components[m.Component] != m.ComponentSize {
			t.Errorf("%+v: %d documents in the component", m, components[m.Component])
		}
	}
}

// TestLargeBucket has 10,000 copies of one text and 2,000 variants of another: the
// number of comparisons must stay linear.
func TestLargeBucket(t *testing.T) {
	w := newWriter(2)
	one, other := join(w.text(100)), w.text(100)
	var docs []Document
	for i := range uint64(10_000) {
		docs = append(docs, Document{ID: i, Time: -int64(i), Text: one})
	}
	for i := range uint64(2000) {
		docs = append(docs, Document{ID: 20_000 + i, Time: int64(i), Text: join(append(w.text(8), other...))})
	}
	members, stats := clusterDocs(t, Options{}, docs)
	if stats.Clusters != 2 || stats.Largest != 10_000 || stats.Clustered != 12_000 {
		t.Errorf("got %+v", stats)
	}
	if stats.Compared > 10_000 {
		t.Errorf("%d comparisons", stats.Compared)
	}
	if m := members[0]; m.Representative != 9999 || m.Exact != 0 {
		t.Errorf("got %+v", m)
	}
}

// mixture returns stories, copies, exact duplicates and template texts in one list.
func mixture(seed uint64, stories int) []Document {
	w := newWriter(seed)
	var docs []Document
	add := func(text string) {
		docs = append(docs, Document{ID: uint64(len(docs))*7919%1_000_003 + 1, Time: w.Int64N(1000), Text: text})
	}
	for range stories {
		text := w.text(20 + w.IntN(300))
		add(join(text))
		for _, edit := range edits {
			if len(text) > 60 && w.IntN(3) == 0 {
				add(join(edit.change(w, text)))
			}
		}
		if w.IntN(4) == 0 {
			add(join(text))
		}
		add("Results of " + w.words[w.IntN(9)] + " in the draw of today are not yet known to us and will follow later in the evening")
	}
	return docs
}

// TestSameResultInAnyOrder shuffles, adds from 1 and 8 goroutines and sorts in memory
// and in many runs.
func TestSameResultInAnyOrder(t *testing.T) {
	docs := mixture(17, 200)
	want, wantStats := clusterDocs(t, Options{}, docs)
	if wantStats.Clusters < 60 {
		t.Fatalf("got %+v", wantStats)
	}
	for _, workers := range []int{1, 8} {
		for _, memory := range []int{0, 1} { // 1: the least there is
			rand.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
			x, err := New(t.TempDir(), Options{SortMemory: memory})
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for worker := range workers {
				wg.Go(func() {
					for i := worker; i < len(docs); i += workers {
						if err := x.Add(docs[i]); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			c, err := x.Clusters(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := collect(t, c); !slices.Equal(got, want) || c.Stats() != wantStats {
				t.Errorf("%d goroutines, memory %d: another result", workers, memory)
			}
			if err := x.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestAgainstBruteForce compares clusters with the connected components of all pairs,
// found by sets of strings and no code of the package but the rule for short texts.
func TestAgainstBruteForce(t *testing.T) {
	docs := mixture(29, 70)
	sets := make([]map[string]bool, len(docs))
	for i, d := range docs {
		words := strings.Fields(strings.ReplaceAll(strings.ToLower(d.Text), ".", ""))
		sets[i] = map[string]bool{}
		for j := range len(words) - 4 {
			sets[i][strings.Join(words[j:j+5], " ")] = true
		}
	}
	parent := make([]int, len(docs))
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	edges, missed := 0, 0
	members, _ := clusterDocs(t, Options{}, docs)
	got := byIDMap(members)
	for i := range docs {
		parent[i] = i
		for j := range i {
			common, least := 0, min(len(sets[i]), len(sets[j]))
			for g := range sets[i] {
				if sets[j][g] {
					common++
				}
			}
			o := overlap{containment: float64(common) / float64(max(1, least))}
			if docs[i].Text == docs[j].Text || least >= 10 && o.containment > threshold(0.5, least, 10) {
				parent[find(i)] = find(j)
				if docs[i].Text == docs[j].Text {
					continue
				}
				edges++
				if got[docs[i].ID].Component != got[docs[j].ID].Component {
					missed++
				}
			}
		}
	}
	for i := range docs {
		for j := range i {
			if got[docs[i].ID].Component == got[docs[j].ID].Component && find(i) != find(j) {
				t.Errorf("documents %d and %d are joined without a path between them", docs[i].ID, docs[j].ID)
			}
		}
	}
	t.Logf("%d documents, %d pairs, %d in different components", len(docs), edges, missed)
	// Half-rewritten stories meet in a bucket one time in three.
	if edges < 60 || missed > edges/5 {
		t.Errorf("%d of %d pairs missed", missed, edges)
	}
}

func TestChinese(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 20, 3000)
	story := func(n int) []rune {
		out := make([]rune, n)
		for i := range out {
			out[i] = 0x4e00 + rune(zipf.Uint64())
			if i%17 == 16 {
				out[i] = '。'
			}
		}
		return out
	}
	var docs []Document
	for i := range uint64(200) {
		text := story(300)
		docs = append(docs, Document{ID: 2 * i, Text: string(text)})
		docs = append(docs, Document{ID: 2*i + 1, Time: 1, Text: string(story(30)) + string(text[:220])})
	}
	members, stats := clusterDocs(t, Options{}, docs)
	for _, m := range members {
		if m.Cluster != m.ID&^1 {
			t.Errorf("joined with another story: %+v", m)
		}
	}
	if stats.Clusters < 190 {
		t.Errorf("got %+v, want 190 of 200 pairs", stats)
	}
}

// TestVeryLongText has more n-grams than are kept.
func TestVeryLongText(t *testing.T) {
	w := newWriter(4)
	long := w.text(40_000)
	docs := []Document{
		{ID: 1, Time: 1, Text: join(long)},
		{ID: 2, Time: 2, Text: join(long[:30_000])},
		{ID: 3, Time: 3, Text: join(w.text(40_000))},
	}
	members, _ := clusterDocs(t, Options{}, docs)
	if m := members[1]; m.Cluster != 1 || m.Containment < 0.98 || m.Similarity < 0.72 || m.Similarity > 0.78 {
		t.Errorf("got %+v", m)
	}
	if members[2].Cluster != 3 {
		t.Errorf("got %+v", members[2])
	}
}

func TestErrorsOfUse(t *testing.T) {
	for _, threshold := range []float64{-1, 1, 2} {
		if _, err := New(t.TempDir(), Options{Threshold: threshold}); err == nil {
			t.Errorf("threshold %v is accepted", threshold)
		}
	}
	if _, err := New(t.TempDir()+"/missing", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: got %v", err)
	}
	dir := t.TempDir()
	x, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := x.Add(Document{ID: 5, Text: "twice"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.Clusters(t.Context()); err == nil || !strings.Contains(err.Error(), "5 was added twice") {
		t.Errorf("got %v", err)
	}
	if err := x.Add(Document{ID: 6}); err == nil {
		t.Error("Add after Clusters is accepted")
	}
	for range 2 {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("Close leaves %v", left)
	}
}

func TestCancel(t *testing.T) {
	x, err := New(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Add(Document{ID: 1, Text: "text"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Clusters(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

var errFull = errors.New("no space left on device")

// fullFile fails when all files together have taken what the disk has.
type fullFile struct {
	file
	left *int
}

func (f fullFile) Write(b []byte) (int, error) {
	if *f.left -= len(b); *f.left < 0 {
		return 0, errFull
	}
	return f.file.Write(b)
}

// TestFullDisk lets the disk fill up at many places.
func TestFullDisk(t *testing.T) {
	docs := mixture(41, 50)
	try := func(space int) error {
		dir := t.TempDir()
		opts := Options{SortMemory: 1, create: func(path string) (file, error) {
			f, err := createFile(path)
			return fullFile{f, &space}, err
		}}
		x, err := New(dir, opts)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := x.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("Close leaves %v", left)
			}
		}()
		for _, d := range docs {
			if err := x.Add(d); err != nil {
				return err
			}
		}
		_, err = x.Clusters(t.Context())
		return err
	}
	failed := 0
	for space := 0; ; space += 15_013 {
		err := try(space)
		if err == nil {
			break
		}
		if !errors.Is(err, errFull) {
			t.Fatalf("%d bytes: got %v", space, err)
		}
		failed++
	}
	if failed < 10 {
		t.Errorf("failed at %d sizes only", failed)
	}
}

func TestSketchIsReusable(t *testing.T) {
	w := newWriter(1)
	s := new(Sketch)
	for _, n := range []int{500, 3, 0, 50, 2000, 9} {
		text := join(w.text(n))
		s.Reset(text)
		fresh := NewSketch(text)
		if s.keys != fresh.keys || s.digest != fresh.digest || s.Grams() != fresh.Grams() || !slices.Equal(s.grams, fresh.grams) {
			t.Errorf("%d words: another sketch", n)
		}
		if !slices.IsSorted(s.grams) {
			t.Errorf("%d words: n-grams are not sorted", n)
		}
	}
}

func ExampleIndex() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	x, err := New(dir, Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer x.Close()
	x.Add(Document{ID: 11, Time: 200, Text: "The bridge at Old Mill opens on Friday."})
	x.Add(Document{ID: 12, Time: 100, Text: "The bridge at Old Mill  opens on Friday."})
	x.Add(Document{ID: 13, Time: 300, Text: "Rain stopped the match."})
	clusters, err := x.Clusters(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for m, err := range clusters.All() {
		fmt.Println(m.ID, "cluster", m.Cluster, "first published as", m.Representative, err)
	}
	// Output:
	// 11 cluster 11 first published as 12 <nil>
	// 12 cluster 11 first published as 12 <nil>
	// 13 cluster 13 first published as 13 <nil>
}
