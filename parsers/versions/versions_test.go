package versions

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// story is an article of paragraphs.
func story(paragraphs ...string) *article.Article {
	a := &article.Article{URL: "https://example.org/story", Kind: article.KindArticle, Title: "Bridge closed", Language: "en"}
	for _, p := range paragraphs {
		a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: p})
	}
	a.Text = article.PlainText(a.Body)
	return a
}

// with changes a copy of an article.
func with(a *article.Article, change func(a *article.Article)) *article.Article {
	b := *a
	b.Body = slices.Clone(a.Body)
	change(&b)
	return &b
}

const (
	council = "The council closed the old bridge on Monday. Engineers had found cracks in two pillars."
	traffic = "Traffic is sent through the harbour until further notice. Buses run every ten minutes."
	cost    = "A repair would cost 4 million, the works office said. \"We will not wait for winter,\" said its head, Mara Lindt."
	school  = "Parents worry about the way to school. A crossing guard was promised for the first week."
)

// contents is a body as Diff tells it.
func contents(a *article.Article) []Content {
	body := make([]Content, 0, len(a.Body))
	for i := range a.Body {
		body = append(body, Content{a.Body[i].Type, linesOf(a, &a.Body[i])})
	}
	return body
}

// check compares, and checks what is true of every Diff.
func check(t *testing.T, before, after *article.Article) *Diff {
	t.Helper()
	d := Compare(before, after)
	if got, want := d.Before(), contents(before); !sameContents(got, want) {
		t.Errorf("earlier body from the diff: got %q, want %q", got, want)
	}
	if got, want := d.After(), contents(after); !sameContents(got, want) {
		t.Errorf("later body from the diff: got %q, want %q", got, want)
	}
	for _, b := range d.Blocks {
		for _, s := range b.Sentences {
			checkSpans(t, s.Before, s.After, s.Spans)
			if (s.At != nil) != (s.Op == MovedIn || s.Op == MovedOut) {
				t.Errorf("sentence %q, %s: At is %v", s.Text, s.Op, s.At)
			}
		}
	}
	if n := len(d.Classes); n > 0 && d.Class != d.Classes[0] || n == 0 && d.Class != None {
		t.Errorf("class %s of %s", d.Class, d.Classes)
	}
	return d
}

func sameContents(a, b []Content) bool {
	return slices.EqualFunc(a, b, func(x, y Content) bool { return x.Type == y.Type && slices.Equal(x.Lines, y.Lines) })
}

func checkSpans(t *testing.T, before, after string, spans []Span) {
	t.Helper()
	if len(spans) == 0 {
		return
	}
	var old, now strings.Builder
	for _, s := range spans {
		if s.Op != Insert {
			old.WriteString(s.Text)
		}
		if s.Op != Delete {
			now.WriteString(s.Text)
		}
		if s.Text == "" {
			t.Errorf("an empty span: %q", spans)
		}
	}
	if old.String() != before || now.String() != after {
		t.Errorf("spans %q do not give %q and %q", spans, before, after)
	}
}

// notation is a short form of the blocks of a diff: the operation of each, and the
// operations of the sentences of edited ones.
func notation(d *Diff) string {
	var all []string
	for _, b := range d.Blocks {
		s := string(b.Op)
		if b.Moved && b.Op != Moved {
			s = "moved " + s
		}
		if b.Rearranged {
			s += " rearranged"
		}
		if b.Op == Edited {
			var ops []string
			for _, x := range b.Sentences {
				ops = append(ops, string(x.Op))
			}
			s += "(" + strings.Join(ops, " ") + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestBlocks(t *testing.T) {
	first, second, _ := strings.Cut(council, "Engineers")
	second = "Engineers" + second
	tests := []struct {
		name          string
		before, after *article.Article
		want          string
	}{
		{"same", story(council, traffic), story(council, traffic), "equal, equal"},
		{"nothing", story(), story(), ""},
		{"all added", story(), story(council), "added"},
		{"all removed", story(council), story(), "removed"},
		{"one added", story(council, cost), story(council, traffic, cost), "equal, added, equal"},
		{"one removed", story(council, traffic, cost), story(council, cost), "equal, removed, equal"},
		{"replaced", story(council, traffic, cost), story(council, school, cost), "equal, removed, added, equal"},
		{"word edited", story(council, traffic), story(strings.Replace(council, "Monday", "Tuesday", 1), traffic), "edited(edited equal), equal"},
		{"sentence added", story(council, traffic), story(council+" Nobody was hurt.", traffic), "edited(equal equal added), equal"},
		{"sentence removed", story(council, traffic), story(council, strings.Replace(traffic, " Buses run every ten minutes.", "", 1)), "equal, edited(equal removed)"},
		{"moved up", story(council, traffic, cost, school), story(school, council, traffic, cost), "moved, equal, equal, equal"},
		{"moved down", story(council, traffic, cost, school), story(traffic, cost, school, council), "equal, equal, equal, moved"},
		{"moved and edited", story(council, traffic, cost, school), story(strings.Replace(school, "first", "second", 1), council, traffic, cost), "moved edited(equal edited), equal, equal, equal"},
		{"split", story(council, traffic), story(strings.TrimSpace(first), second, traffic), "edited rearranged(equal equal), equal"},
		{"joined", story(council, traffic, cost), story(council, traffic+" "+cost), "equal, edited rearranged(equal equal equal equal)"},
		{"split and edited", story(council, traffic), story(strings.TrimSpace(first), strings.Replace(second, "two", "three", 1), traffic), "edited rearranged(equal edited), equal"},
		{"sentence moved within", story(council), story(second + " " + strings.TrimSpace(first)), "edited(moved_out equal moved_in)"},
		{"sentence moved to another paragraph", story(council+" The mayor flew home from her holiday.", traffic, cost), story(council, traffic, cost+" The mayor flew home from her holiday."),
			"edited(equal equal moved_out), equal, edited(equal equal moved_in)"},
		{"white space only", story(council), story(strings.ReplaceAll(council, " old ", "  old ")), "edited(edited equal)"},
		{"repeated", story("More soon.", "More soon.", "More soon."), story("More soon.", "More soon."), "equal, equal, removed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := notation(check(t, test.before, test.after)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestListsAndTables(t *testing.T) {
	list := func(items ...string) *article.Article {
		a := story(council)
		a.Body = append(a.Body, article.Block{Type: article.List, Items: items})
		return a
	}
	table := func(rows ...[]string) *article.Article {
		a := story(council)
		a.Body = append(a.Body, article.Block{Type: article.Table, Rows: rows})
		return a
	}
	tests := []struct {
		name          string
		before, after *article.Article
		want          string
		class         Class
	}{
		{"item added", list("north gate", "south gate"), list("north gate", "east gate", "south gate"), "equal, edited(equal added equal)", Substantive},
		{"item removed", list("north gate", "south gate"), list("north gate"), "equal, edited(equal removed)", Substantive},
		{"item edited", list("north gate opens at 8", "south gate"), list("north gate opens at 9", "south gate"), "equal, edited(edited equal)", Substantive},
		{"cell edited", table([]string{"Lindt", "412"}, []string{"Okoro", "398"}), table([]string{"Lindt", "412"}, []string{"Okoro", "402"}), "equal, edited(equal edited)", Substantive},
		{"row added", table([]string{"Lindt", "412"}), table([]string{"Lindt", "412"}, []string{"Okoro", "398"}), "equal, edited(equal added)", Substantive},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := check(t, test.before, test.after)
			if got := notation(d); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if d.Class != test.class {
				t.Errorf("class: got %s, want %s", d.Class, test.class)
			}
		})
	}
}

func TestSpans(t *testing.T) {
	tests := []struct{ before, after, want string }{
		{"The bridge is closed.", "The bridge is open.", "The bridge is [-closed][+open]."},
		{"about 12,500 people", "about 12,700 people", "about [-12,500][+12,700] people"},
		{"it isn't so", "it is so", "it [-isn't][+is] so"},
		{"a red house", "a very red house", "a [+very ]red house"},
		{"市长周一宣布关闭大桥", "市长周二宣布关闭大桥", "市长周[-一][+二]宣布关闭大桥"},
		{"橋は閉鎖された", "橋は再開された", "橋は[-閉鎖][+再開]された"},
		{"ที่สะพาน", "ทีสะพาน", "[-ที่][+ที]สะพาน"},
		{"cafe\u0301 noir", "cafe noir", "[-cafe\u0301][+cafe] noir"},
		{"👩\u200d🚒 came", "👩 came", "[-👩\u200d🚒][+👩] came"},
		{"👍🏽 yes", "👍 yes", "[-👍🏽][+👍] yes"},
		{"🇩🇪🇫🇷", "🇩🇪🇮🇹", "🇩🇪[-🇫🇷][+🇮🇹]"},
		{"the long and winding way home", "the short but straight way home", "the [-long and winding][+short but straight] way home"},
		{"same", "same", "same"},
		{"", "new", "[+new]"},
		{"old", "", "[-old]"},
	}
	for _, test := range tests {
		spans := newDiffer().spans(test.before, test.after)
		checkSpans(t, test.before, test.after, spans)
		var b strings.Builder
		for _, s := range spans {
			switch s.Op {
			case Keep:
				b.WriteString(s.Text)
			case Delete:
				b.WriteString("[-" + s.Text + "]")
			case Insert:
				b.WriteString("[+" + s.Text + "]")
			}
		}
		if b.String() != test.want {
			t.Errorf("%q to %q: got %s, want %s", test.before, test.after, b.String(), test.want)
		}
	}
}

func TestSentences(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"One. Two! Three?", []string{"One. ", "Two! ", "Three?"}},
		{"Mr. Hart met Dr. Ode. They spoke.", []string{"Mr. Hart met Dr. Ode. ", "They spoke."}},
		{"It cost 3.50 a litre. Too much.", []string{"It cost 3.50 a litre. ", "Too much."}},
		{"\"Is it?\" she asked. \"Yes.\" He left.", []string{"\"Is it?\" she asked. ", "\"Yes.\" ", "He left."}},
		{"Am 3. Mai begann es. Es endete.", []string{"Am 3. Mai begann es. ", "Es endete."}},
		{"大桥关闭。市长道歉！", []string{"大桥关闭。", "市长道歉！"}},
		{"「はい。」と言った。次の日。", []string{"「はい。」と言った。", "次の日。"}},
		{"هل أغلق الجسر؟ نعم.", []string{"هل أغلق الجسر؟ ", "نعم."}},
		{"पुल बंद है। लोग नाराज़ हैं।", []string{"पुल बंद है। ", "लोग नाराज़ हैं।"}},
		{"line one\nline two", []string{"line one\n", "line two"}},
	}
	for _, test := range tests {
		if got := sentences(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestSame(t *testing.T) {
	a := story(council, traffic, cost)
	a.Tags = []string{"bridge", "city"}
	d := check(t, a, a)
	if d.Changed() || d.Silent || len(d.Fields) > 0 || d.Summary != "no changes" {
		t.Errorf("got %+v", d)
	}
}

func TestJSON(t *testing.T) {
	d := Compare(story(council, traffic, cost), story(cost, council, traffic+" It rains."))
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again Diff
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&again, d) {
		t.Errorf("got %+v, want %+v", &again, d)
	}
	if !sameContents(again.After(), d.After()) {
		t.Error("the body changed on its way through JSON")
	}
}

// TestFoldASCII: the fast way of folding gives what the general one does.
func TestFoldASCII(t *testing.T) {
	for _, s := range []string{"", " a  B ", "He said 'No' - twice .", "a\x00\x1fb\tc\vd", "`x` \"y\" 4 000"} {
		// A character that is folded away makes the text one of the general kind.
		if got, want := fold(s), fold("\u200b"+s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// TestCommon: both ways of counting give the same.
func TestCommon(t *testing.T) {
	long := make([]uint32, 0, 100)
	for i := range uint32(100) {
		long = append(long, i/3)
	}
	for _, short := range [][]uint32{{}, {0}, {0, 0, 0, 0}, {1, 5, 5, 200}, {33, 33}} {
		want := 0
		rest := slices.Clone(long)
		for _, w := range short {
			if k := slices.Index(rest, w); k >= 0 {
				rest = slices.Delete(rest, k, k+1)
				want++
			}
		}
		if got := common(short, long); got != want {
			t.Errorf("%v: got %d, want %d", short, got, want)
		}
		if got := common(long[:20], slices.Clone(long)); got != 20 {
			t.Errorf("got %d, want 20", got)
		}
	}
}
