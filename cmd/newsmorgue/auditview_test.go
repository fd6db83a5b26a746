package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/pagetext"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		cells int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a abcdefgh", 4, []string{"a", "abcd", "efgh"}},
		{"日本語の文", 4, []string{"日本", "語の", "文"}},
		{"e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
		{"日", 1, []string{"日"}}, // wider than the line
	} {
		var got []string
		for _, r := range wrap([]rune(tt.text), tt.cells) {
			got = append(got, string([]rune(tt.text)[r[0]:r[1]]))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d: got %q, want %q", tt.text, tt.cells, got, tt.want)
		}
	}
}

func TestCutKey(t *testing.T) {
	for _, tt := range []struct {
		sent string
		want []string
	}{
		{"yN?", []string{"y", "N", "?"}},
		{"\x1b[A\x1bOB\x1b[5~ \t\r\x7f", []string{"up", "down", "pageup", "space", "tab", "enter", "backspace"}},
		{"\x1b", []string{"escape"}},
		{"\x1by", []string{"escape", "y"}},
		{"\x1b[1;5Cy", []string{"unknown", "y"}},
		{"\x1b[", []string{"unknown"}},
		{"\x1bO", []string{"unknown"}},
		{"\x03\x1a", []string{"ctrl-c", "unknown"}},
		{"é日", []string{"é", "日"}},
		{"\xff", []string{"unknown"}},
		{"\xe6\x97", nil}, // the rest of the character comes later
	} {
		var got []string
		for rest := []byte(tt.sent); len(rest) > 0; {
			var k string
			if k, rest = cutKey(rest); k == "" {
				break
			}
			got = append(got, k)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.sent, got, tt.want)
		}
	}
}

// hostilePage is an article whose page and fields try to write to the terminal.
func hostilePage() *auditPage {
	a := &article.Article{URL: "https://a.example/\x1b[2J", Title: "A \x1b]0;pwned\x07title", Kind: article.KindArticle, Text: "The quay is new.\n\nIt is\u202e long.",
		Captions: []article.Caption{{Text: "A crane at the quay", Credit: "Rudd"}}, Provenance: map[string]article.Provenance{"title": {From: "dom:\x1b[1m"}}}
	story := catalog.Story{ID: "0123456789ab", URL: a.URL, Site: "a.example\x1b[3J", RecordID: "r"}
	page := pagetext.Read([]byte("<title>x\x1b[31m</title><h1>A \x1b]0;pwned\x07title</h1><p>The quay\u009b2J is new.</p><p>The quay is new.<p>A crane at the quay (Rudd)<p>An advertisement\x07"))
	return &auditPage{story: story, article: a, page: page, form: audit.NewForm(story, audit.Questions(a), (audit.Sample{}).History(nil), nil)}
}

func TestNoControlCharactersReachTheTerminal(t *testing.T) {
	p := hostilePage()
	s := &auditScreen{mono: true, width: 120, height: 30, session: &auditSession{now: p, stories: []catalog.Story{p.story}}}
	for !p.form.Done() {
		for _, w := range []int{120, 60, 12, 1} {
			s.width = w
			s.view = newAuditView(p, s.pageCells()-2)
			s.message, s.noting, s.note = []string{p.story.URL, "x"}, false, nil
			for _, r := range s.rows() {
				text := r.text(true)
				if text != plain(text) {
					t.Errorf("row %q", text)
				}
				if r.used > w {
					t.Errorf("a row of %d cells in %d: %q", r.used, w, text)
				}
			}
		}
		for _, line := range auditValue(p.question(), 5) {
			if line != plain(line) {
				t.Errorf("line %q", line)
			}
		}
		p.form.Answer(audit.Yes, "")
	}
}

func TestViewMarks(t *testing.T) {
	p := hostilePage()
	var got []string
	for _, l := range newAuditView(p, 80).lines {
		if len(l.text) == 0 {
			continue
		}
		var b strings.Builder
		b.WriteRune(l.gutter)
		for i, r := range l.text {
			if l.mark[i] && (i == 0 || !l.mark[i-1]) {
				b.WriteByte('{')
			}
			b.WriteRune(r)
			if l.mark[i] && (i+1 == len(l.text) || !l.mark[i+1]) {
				b.WriteByte('}')
			}
		}
		got = append(got, b.String())
	}
	want := []string{" title: x [31m", " {A  ]0;pwned title}", " The quay 2J is new.", "|The quay is new.", ":A crane at the quay (Rudd)", " An advertisement "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzCutKey(f *testing.F) {
	f.Add([]byte("y\x1b[A\x1bO\x1b[1;5"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		for rest := sent; len(rest) > 0; {
			k, after := cutKey(rest)
			if k == "" {
				return
			}
			if len(after) >= len(rest) {
				t.Fatalf("%q: a key without bytes", rest)
			}
			rest = after
		}
	})
}
