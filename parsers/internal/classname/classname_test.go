package classname

import (
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		value string
		want  Mask
	}{
		{"", 0},
		{"byline", Byline},
		{"article__byline--large", Byline},
		{"ArticleByline", Byline},
		{"BYLINE", Byline},
		{"byline2", Byline},
		{"misleading", 0},
		{"leader", 0},
		{"update", 0},
		// Two parts side by side make a word, and are words themselves.
		{"article__sub-title", Standfirst | TitlePart | Headline},
		{"articleSubTitle", Standfirst | TitlePart | Headline},
		{"x-LeadText", Standfirst | Lead},
		{"photo-by", Credit | Media},
		{"photoby", Credit},
		{"author-name", Author | PersonName},
		// Not across names, digits or other signs, and not with a third between.
		{"sub title", TitlePart | Headline},
		{"sub2title", TitlePart | Headline},
		{"sub:title", TitlePart | Headline},
		{"sub-x-title", TitlePart | Headline},
		{"author\tcaption\n", Author | Caption},
		{"schlagwörter", Tags},
		{"подпись", Caption},
		{strings.Repeat("x", 30) + "-byline", Byline},
		{strings.Repeat("byline", 10), 0},
		{"byline" + strings.Repeat("x", 30), 0},
		{strings.Repeat("x ", 197) + "byline", Byline},
		{strings.Repeat("x ", 198) + "byline", 0}, // cut after 400 bytes
	} {
		if got := Of(c.value); got != c.want {
			t.Errorf("%q: got %b, want %b", c.value, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	got := slices.Collect(Names(" author-box  x share "))
	if want := []Mask{Author, 0, Share}; !slices.Equal(got, want) {
		t.Errorf("got %b, want %b", got, want)
	}
}

func TestOfAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Of("article__sub-title entryAuthorName c-media c-media--wide") }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

// TestTable looks for rows and words that a hand put in twice, or that Of cannot find.
func TestTable(t *testing.T) {
	var rows Mask
	for _, row := range table {
		if bits.OnesCount64(uint64(row.group)) != 1 || rows&row.group != 0 {
			t.Errorf("%b: not a group with one row", row.group)
		}
		rows |= row.group
		seen := map[string]bool{}
		for _, w := range strings.Fields(row.words) {
			joined := strings.NewReplacer("-", "", "_", "").Replace(w)
			switch {
			case seen[w]:
				t.Errorf("%q stands twice in one group", w)
			case w != strings.ToLower(w):
				t.Errorf("%q is not in lower case", w)
			case len(w) > maxWord || strings.ContainsFunc(joined, func(r rune) bool { return !unicode.IsLetter(r) }):
				t.Errorf("%q cannot be a word", w)
			case Of(joined)&row.group == 0:
				t.Errorf("%q is not found", w)
			}
			seen[w] = true
		}
		if got := Words(row.group); !slices.Equal(got, strings.Fields(row.words)) {
			t.Errorf("got words %q, want %q", got, row.words)
		}
	}
	if rows != 1<<numGroups-1 {
		t.Errorf("got groups %b, want %d of them", rows, numGroups)
	}
}

// TestGroupsAreUsed looks in the sources of the fields for each group of the table.
func TestGroupsAreUsed(t *testing.T) {
	groups, err := os.ReadFile("groups.go")
	if err != nil {
		t.Fatal(err)
	}
	var fields strings.Builder
	root := filepath.Join("..", "..")
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		src, err := os.ReadFile(file)
		fields.Write(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`\n\t\{(\w+), `).FindAllStringSubmatch(string(groups), -1)
	if len(rows) != numGroups {
		t.Errorf("got %d rows, want %d", len(rows), numGroups)
	}
	for _, row := range rows {
		if !regexp.MustCompile(`\bclassname\.` + row[1] + `\b`).MatchString(fields.String()) {
			t.Errorf("no field uses %s", row[1])
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, s := range []string{"", "article__sub-title", "ArticleSubTitle leadText", "schlagwörter-\xff", "sub--title_", strings.Repeat("authorBox ", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := Of(value)
		if got>>numGroups != 0 {
			t.Errorf("%q: got %b, which are more than the groups", value, got)
		}
		var names Mask
		for m := range Names(value) {
			names |= m
		}
		if names != got {
			t.Errorf("%q: got %b, but %b by name", value, got, names)
		}
		if want := slowly(value); got != want {
			t.Errorf("%q: got %b, want %b", value, got, want)
		}
	})
}

var (
	camel = regexp.MustCompile(`([a-z])([A-Z])`)
	sign  = regexp.MustCompile(`[\x00-\x2c./0-9:-@\[-^` + "`" + `{-\x7f]+`)
)

// slowly is what Of promises, by regular expressions.
func slowly(value string) Mask {
	var m Mask
	for _, name := range strings.Fields(value[:min(len(value), maxValue)]) {
		if strings.ToValidUTF8(name, "") != name {
			m |= Of(name) // regular expressions see other bytes
			continue
		}
		for _, run := range sign.Split(name, -1) {
			parts := strings.FieldsFunc(camel.ReplaceAllString(run, "$1-$2"), func(r rune) bool { return r == '-' || r == '_' })
			for i, p := range parts {
				m |= lexicon[lower(p)]
				if i > 0 {
					m |= lexicon[lower(parts[i-1]+p)]
				}
			}
		}
	}
	return m
}

// lower folds the case of ASCII letters only, as Of does.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, s)
}
