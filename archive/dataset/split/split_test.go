package split

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"hash:80/10/10", "hash:80/10/10"},
		{"hash", "hash:80/10/10"},
		{"hash:80/20", "hash:80/0/20"},
		{"hash:1/1/1", "hash:1/1/1"},
		{"site", "site:80/10/10"},
		{"site:3/1", "site:3/0/1"},
		{"time:2026-01-01,2026-04-01", "time:2026-01-01,2026-04-01"},
		{"time:2026,2026-04", "time:2026-01-01,2026-04-01"},
		{"time:2026-04-01", "time:2026-04-01"},
	} {
		r, err := Parse(tt.value)
		if err != nil || r.String() != tt.want {
			t.Errorf("%s: got %s, %v; want %s", tt.value, r, err, tt.want)
		}
		if again, err := Parse(r.String()); err != nil || again.String() != tt.want {
			t.Errorf("%s: got %s, %v from its own text", tt.value, again, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"", "the rules are hash:80/10/10, time:DATE,DATE and site"},
		{"random:80", "the rules are"},
		{"Hash:80/10/10", "the rules are"},
		{"hash:", "shares are train/validation/test"},
		{"hash:80", "shares are train/validation/test"},
		{"hash:80/10/5/5", "shares are train/validation/test"},
		{"hash:80/x/10", `share "x" is not a whole number`},
		{"hash:80/-10/10", `share "-10" is not`},
		{"hash:80/10/99999999999999999999", "is not a whole number"},
		{"hash:0/50/50", "training needs a share"},
		{"site:100/0/0", "and so does validation or test"},
		{"time", "time needs the date"},
		{"time:", "time needs the date"},
		{"time:2026-13-01", `"2026-13-01" is not a valid date; write it as 2026-04-01`},
		{"time:2026-01-01,", `"" is not a valid date`},
		{"time:2026-04-01,2026-01-01", "2026-04-01 is not before 2026-01-01"},
		{"time:2024,2025,2026", "one date or two"},
	} {
		_, err := Parse(tt.value)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.value, err, tt.want)
		}
	}
}

// TestOf pins the hash, so that a release of next year has the splits of this year's.
func TestOf(t *testing.T) {
	shares := [3]int{40, 30, 30}
	// From python: sha256(seed.to_bytes(8) + story.to_bytes(8)), its first 8 bytes.
	for _, tt := range []struct {
		story, seed uint64
		want        Split
	}{
		{0, 0, Train},
		{1, 0, Validation},
		{2, 0, Validation},
		{12345, 0, Validation},
		{1 << 47, 0, Validation},
		{0, 1, Validation},
		{1, 1, Train},
		{2, 1, Validation},
		{12345, 1, Train},
		{1 << 47, 1, Train},
		{0, 1 << 63, Train},
		{1, 1 << 63, Train},
		{2, 1 << 63, Validation},
		{12345, 1 << 63, Validation},
		{1 << 47, 1 << 63, Test},
	} {
		if got := Of(tt.story, tt.seed, shares); got != tt.want {
			t.Errorf("story %d, seed %d: got %s, want %s", tt.story, tt.seed, got, tt.want)
		}
	}
	if Of(1, 1, [3]int{}) != None || Of(1, 1, [3]int{-1, 0, 5}) != Test {
		t.Error("zero and negative shares")
	}
}

func TestDistribution(t *testing.T) {
	for _, shares := range [][3]int{{80, 10, 10}, {1, 1, 1}, {90, 0, 10}} {
		const n = 50_000
		var count [4]float64
		changed := 0
		for story := range uint64(n) {
			s := Of(story, 1, shares)
			count[s]++
			if s != Of(story, 2, shares) {
				changed++
			}
		}
		total := float64(shares[0] + shares[1] + shares[2])
		for i, share := range shares {
			want := n * float64(share) / total
			if got := count[i+1]; math.Abs(got-want) > 4*math.Sqrt(want) {
				t.Errorf("%v: %v rows of %s, want %.0f", shares, got, Split(i+1), want)
			}
		}
		if changed < n/10 {
			t.Errorf("%v: another seed changes %d of %d storys", shares, changed, n)
		}
	}
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func TestAssignByTime(t *testing.T) {
	for _, tt := range []struct {
		rule, published, first string
		want                   Split
		why                    Reason
	}{
		{"time:2026-01-01,2026-04-01", "2025-12-31", "2025-12-31", Train, ""},
		{"time:2026-01-01,2026-04-01", "2026-01-01", "2026-01-01", Validation, ""},
		{"time:2026-01-01,2026-04-01", "2026-03-31", "2026-01-01", Validation, ""},
		{"time:2026-01-01,2026-04-01", "2026-04-01", "2026-04-01", Test, ""},
		{"time:2026-01-01,2026-04-01", "2026-04-02", "2025-12-31", None, Leaking},
		{"time:2026-01-01,2026-04-01", "2026-02-01", "2025-12-31", None, Leaking},
		{"time:2026-01-01,2026-04-01", "", "2025-12-31", None, Undated},
		{"time:2026-01-01,2026-04-01", "", "", None, Undated},
		{"time:2026-01-01", "2026-01-01", "2026-01-01", Test, ""},
		{"time:2026-01-01", "2025-06-01", "2025-01-01", Train, ""},
	} {
		r, err := Parse(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		got, why := r.Assign(Row{Published: day(tt.published)}, Row{Published: day(tt.first)})
		if got != tt.want || why != tt.why {
			t.Errorf("%s: %q, first %q: got %q %q, want %q %q", tt.rule, tt.published, tt.first, got, why, tt.want, tt.why)
		}
	}
}

// TestNothingLeaks assigns stories that run on many sites over months, by each rule.
func TestNothingLeaks(t *testing.T) {
	start := day("2025-12-01")
	for _, value := range []string{"hash:60/20/20", "time:2026-01-01,2026-03-01", "site:50/25/25"} {
		r, err := Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		r.Seed = 7
		var tally, unguarded Tally
		for i := range 3000 {
			story := i % 500
			row := Row{
				Story:     uint64(story),
				Site:      fmt.Sprintf("site%d.example", i*31%97),
				Published: start.AddDate(0, 0, story/4+i/500*20),
			}
			first := Row{Story: row.Story, Site: fmt.Sprintf("site%d.example", story*31%97), Published: start.AddDate(0, 0, story/4)}
			s, why := r.Assign(row, first)
			tally.Add(row.Story, 6, s, why)
			s, why = r.Assign(row, row)
			unguarded.Add(row.Story, 6, s, why)
		}
		if tally.Leaks() != 0 {
			t.Errorf("%s: %d stories leak", value, tally.Leaks())
		}
		if tally.Train == 0 || tally.Validation == 0 || tally.Test == 0 || tally.Train+tally.Validation+tally.Test+tally.Leaking != 3000 {
			t.Errorf("%s: %d train, %d validation, %d test, %d leaking", value, tally.Train, tally.Validation, tally.Test, tally.Leaking)
		}
		if r.NeedsFirst() && (tally.Leaking == 0 || unguarded.Leaks() == 0) {
			t.Errorf("%s: the test has no story that could leak", value)
		}
	}
}

func TestZeroRule(t *testing.T) {
	var r Rule
	if s, why := r.Assign(Row{}, Row{}); s != None || why != "" || r.String() != "" {
		t.Errorf("got %q %q %q", s, why, r)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"hash:80/10/10", "time:2026,2027", "site", "hash:///"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r, err := Parse(value)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || again.String() != r.String() {
			t.Errorf("%q: got %q, %v from %q", value, again, err, r)
		}
		r.Assign(Row{}, Row{})
	})
}
