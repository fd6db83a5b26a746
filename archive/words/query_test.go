package words

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{" -- ** \" ' ((", ""},
		{"Mayor floods", `"mayor" AND "floods"`},
		{`covid-19 "the Mayor said" O'Brien`, `"covid 19" AND "the mayor said" AND "o brien"`},
		{"N5,000 a.b@c.org U.S. C++", `"n5 000" AND "a b c org" AND "u s" AND "c"`},
		{"mayor -floods", `("mayor") NOT ("floods")`},
		{`mayor -"flood plain" -x`, `("mayor") NOT ("flood plain" OR "x")`},
		{"-floods", `"floods"`},
		{"gover* AND OR NOT NEAR title:x", `"gover" * AND "and" AND "or" AND "not" AND "near" AND "title x"`},
		{"서울", `"서울"`},
		{"서", `"서" *`},
		{"서울에서 감", `"서울 울에 에서" AND "감" *`},
		{`"新冠 covid"`, `"新冠 冠 covid"`},
		{"«Île d’Yeu» “open", `"ile d yeu" AND "open"`},
		{`unclosed "quote here`, `"unclosed" AND "quote here"`},
		{`word"glued"`, `"word" AND "glued"`},
	} {
		if got := Parse(test.in).Expression(); got != test.want {
			t.Errorf("Parse(%q): got %s, want %s", test.in, got, test.want)
		}
	}
	if q := Parse(strings.Repeat("a ", 100)); !q.Cut() {
		t.Error("a query of 100 words is not cut")
	}
}

func TestParseOperators(t *testing.T) {
	for _, test := range []struct{ in, want, err string }{
		{"Mayor OR flöods", `"mayor" OR "floods"`, ""},
		{"title: covid-19 AND NOT x", `title : "covid 19" NOT "x"`, ""},
		{"{title Text}: (a NOT b*)", `{ title text } : ( "a" NOT "b" * )`, ""},
		{"NEAR(a 서, 5) ^b", `NEAR ( "a" "서" * , 5 ) ^ "b"`, ""},
		{`"say ""no""" + c`, `"say no" + "c"`, ""},
		{"-title: a", `- title : "a"`, ""},
		{"x-title", `"x title"`, ""},
		{"http://a.example", "", "no column"},
		{"nope: a", "", "no column"},
		{"(a", "", "( has no )"},
		{"a)", "", ") has no ("},
		{"*a", "", "* must follow"},
		{`"a`, "", "no partner"},
		{"!!", "", "no letter"},
		{"NEAR(a b, x)", "", "distance"},
		{strings.Repeat("(", 60) + "a", "", "parentheses"},
	} {
		q, err := ParseOperators(test.in)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("ParseOperators(%q): got error %v, want %q", test.in, err, test.err)
		}
		if got := q.Expression(); got != test.want {
			t.Errorf("ParseOperators(%q): got %s, want %s", test.in, got, test.want)
		}
	}
}

// bracketed writes a snippet with its marks in brackets.
func bracketed(s Snippet) string {
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		fmt.Fprintf(&b, "%s[%s]", s.Text[at:m.Start], s.Text[m.Start:m.End])
		at = m.End
	}
	return b.String() + s.Text[at:]
}

func TestSnippet(t *testing.T) {
	filler := strings.TrimSpace(strings.Repeat("lorem ", 100))
	for _, test := range []struct{ query, text, want string }{
		{"mayor", "The Mayor said no.", "The [Mayor] said no."},
		{"nothing", "The Mayor\n\n said  no.", "The Mayor said no."},
		{"l'été", "Avec l’ÉTÉ, enfin", "Avec [l’ÉTÉ], enfin"},
		{"서울", "어제 서울에서 만났다", "어제 [서울]에서 만났다"},
		{"에", "어제 서울에서 만났다", "어제 서울[에]서 만났다"},
		{"서울에서", "어제 서울에서 만났다", "어제 [서울에서] 만났다"},
		{"gov*", "Governors of the government", "[Governors] of the [government]"},
		{"yan sanda", "Ƴan sanda sun ce 'yan", "[Ƴan] [sanda] sun ce '[yan]"},
		{"one two", "one " + filler + " “One, two” three.", "…" + strings.Repeat("lorem ", 9) + "“[One], [two]” three."},
		{"end", filler + " the end", "…" + strings.Repeat("lorem ", 28) + "the [end]"},
		{"match", "Some " + filler + ". A sentence with a match begins. " + filler, "…A sentence with a [match] begins. " + strings.TrimSpace(strings.Repeat("lorem ", 24)) + "…"},
		{"x", "", ""},
	} {
		got := bracketed(Parse(test.query).Snippet(test.text))
		if test.query == "one two" || test.query == "end" {
			if !strings.HasPrefix(got, "…lorem") || !strings.HasSuffix(got, test.want[len(test.want)-9:]) || len(strings.Fields(got)) > 31 {
				t.Errorf("snippet of %q: got %q, want about %q", test.query, got, test.want)
			}
			continue
		}
		if got != test.want {
			t.Errorf("snippet of %q: got %q, want %q", test.query, got, test.want)
		}
	}
}

// A query of a megabyte takes a time in proportion to its length: if each word copied the
// rest of the query, this test would take hours.
func TestParseOperatorsLongQuery(t *testing.T) {
	for _, test := range []struct {
		piece string
		valid bool
	}{{"AND ", true}, {"{title}: ", true}, {"-title: ", true}, {"- ", false}, {"(", false}, {"a* ", false}} {
		if _, err := ParseOperators(strings.Repeat(test.piece, 1<<20/len(test.piece))); (err == nil) != test.valid {
			t.Errorf("a megabyte of %q: got error %v", test.piece, err)
		}
	}
}
