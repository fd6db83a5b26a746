package cite

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
)

var captured = time.Date(2026, 11, 23, 23, 30, 0, 0, time.FixedZone("", 3600))

func story() Item {
	return Item{
		ID: "3f9a12ab34cd", Title: "Ferry returns", Authors: []Author{{Name: "Jane van der Doe"}, {Name: "Harbour Press", Organization: true}},
		Published: "2024-06-19T10:00:00+01:00", URL: "https://paper.example/ferry?a=1&b=2%20x#top", Site: "paper.example", Section: "Harbour", Language: "en",
		Accessed: captured, Archive: "an-id", Record: "<urn:uuid:01a22a3a-3071-7158-9a28-a51dc3396844>", Digest: "sha256:ab",
	}
}

func TestBibTeX(t *testing.T) {
	want := `@online{doe-2024-3f9a12ab34cd,
  author       = {Jane van der Doe and {Harbour Press}},
  title        = {{Ferry returns}},
  date         = {2024-06-19},
  organization = {{paper.example}},
  url          = {https://paper.example/ferry?a=1&b=2%20x#top},
  urldate      = {2026-11-23},
  note         = {WARC record urn:uuid:01a22a3a-3071-7158-9a28-a51dc3396844; payload sha256:ab},
}
`
	if got := BibTeX(story()); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got, want := BibTeX(Item{}), "@online{article,\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestText(t *testing.T) {
	it := story()
	want := "van der Doe, J., & Harbour Press. (2024, June 19). Ferry returns. paper.example. https://paper.example/ferry?a=1&b=2%20x#top Archived 2026-11-23 22:30 UTC as urn:uuid:01a22a3a-3071-7158-9a28-a51dc3396844."
	if got := Text(it); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	it.Authors, it.Published, it.Title = nil, "", "Who was it?"
	if got, want := Text(it), "Who was it? (n.d.). paper.example."; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range 100 {
		it.Authors = append(it.Authors, Author{Name: fmt.Sprintf("Ann-Marie Name%d", i)})
	}
	if got := Text(it); !strings.HasPrefix(got, "Name0, A.-M., Name1, A.-M.,") || !strings.Contains(got, "Name18, A.-M., … Name99, A.-M. (n.d.)") || strings.Contains(got, "Name19") {
		t.Errorf("got %q", got)
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"2024": "2024", "2024-06": "2024-06", "2024-06-19": "2024-06-19", "2024-06-19T23:59:59-08:00": "2024-06-19", "2024-06-19 10:00": "2024-06-19",
		"": "", "19 June": "", "2024-13-01": "", "2024-06-40": "", "20240619": "", "2024-06-19}": "", "99999-01-01": "",
	} {
		it := Item{Published: in}
		if got := it.Day(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if got := len(it.date()); (want == "") != (got == 0) {
			t.Errorf("%q: got %d parts", in, got)
		}
	}
}

func TestParts(t *testing.T) {
	for in, want := range map[string]name{
		"Jane Doe": {"Jane", "", "Doe"}, "Ludwig van Beethoven": {"Ludwig", "van", "Beethoven"}, "bell hooks": {"bell", "", "hooks"},
		"Анна Павлова": {"Анна", "", "Павлова"}, "María José de la Cruz": {"María José", "de la", "Cruz"},
		"Madonna": {}, "王小明": {}, "王 小明": {}, "Doe, Jane": {}, "Tom and Jerry": {}, "Martin King Jr.": {}, "علي حسن": {}, "": {}, "A {B": {},
	} {
		if got, ok := parts(in); got != want || ok != (want != name{}) {
			t.Errorf("%q: got %+v, %v, want %+v", in, got, ok, want)
		}
	}
}

// hostile are values that end fields, entries and lines where they are not escaped.
var hostile = []string{
	"}", "{", `\}`, `\`, "a } , x = {y", "100% of #1 & $2 _ ~ ^", "line\nbreak\r\n@online{evil,}", `"quoted"`, "\u202eltr\u202c", "\x00\x1b[31m", "é — 日本語 🦭",
	"שלום עולם", "<script>alert(1)</script>", strings.Repeat("x{", 5000), "a and b", "others", `\input{/etc/passwd}`, "\xff\xfe", "@comment{", "%", "''", "$x$",
}

func hostileItems() (items []Item) {
	for _, h := range hostile {
		items = append(items, Item{ID: h, Title: h, Authors: []Author{{Name: h}, {Name: h, Organization: true}, {Name: "Jane " + h}}, Published: h, URL: "https://paper.example/" + h,
			Site: h, Section: h, Language: h, Source: h, Accessed: captured, Archive: h, Record: h, Digest: h})
	}
	many := story()
	for i := range 100 {
		many.Authors = append(many.Authors, Author{Name: fmt.Sprintf("Ann Name%d", i)})
	}
	return append(items, many, story(), Item{})
}

// An entry is an entry of a .bib file.
type entry struct {
	kind, key string
	fields    map[string]string
}

// parseBib reads a .bib file as BibTeX does: a value ends with the brace that balances its
// first one, whatever is before a brace.
func parseBib(s string) (entries []entry, err error) {
	for {
		at := strings.IndexByte(s, '@')
		if at < 0 {
			if strings.TrimSpace(s) != "" {
				return nil, fmt.Errorf("text outside of entries: %.40q", s)
			}
			return entries, nil
		}
		if strings.TrimSpace(s[:at]) != "" {
			return nil, fmt.Errorf("text outside of entries: %.40q", s[:at])
		}
		s = s[at+1:]
		kind, rest, ok := strings.Cut(s, "{")
		key, rest, ok2 := strings.Cut(rest, ",")
		if !ok || !ok2 || strings.ContainsAny(key, " {}\"#%'()=\n") || key == "" {
			return nil, fmt.Errorf("no key: %.40q", s)
		}
		e := entry{kind, key, map[string]string{}}
		for {
			rest = strings.TrimLeft(rest, " \n,")
			if after, ok := strings.CutPrefix(rest, "}"); ok {
				s = after
				break
			}
			field, value, ok := strings.Cut(rest, "=")
			value = strings.TrimLeft(value, " ")
			if !ok || !strings.HasPrefix(value, "{") {
				return nil, fmt.Errorf("no value: %.60q", rest)
			}
			depth, end := 0, -1
			for i, c := range value {
				switch c {
				case '{':
					depth++
				case '}':
					depth--
				}
				if depth == 0 {
					end = i
					break
				}
			}
			if end < 0 {
				return nil, fmt.Errorf("value does not end: %.60q", value)
			}
			field = strings.TrimSpace(field)
			if _, twice := e.fields[field]; twice {
				return nil, fmt.Errorf("field %s twice", field)
			}
			e.fields[field], rest = value[1:end], value[end+1:]
		}
		entries = append(entries, e)
	}
}

// unescaped takes back what latex did, and the braces around a value.
func unescaped(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	return strings.NewReplacer(`\textbackslash{}`, `\`, `\textbraceleft{}`, "{", `\textbraceright{}`, "}", `\&`, "&", `\%`, "%", `\$`, "$", `\#`, "#", `\_`, "_",
		`\textasciitilde{}`, "~", `\textasciicircum{}`, "^", `\textless{}`, "<", `\textgreater{}`, ">", `\textbar{}`, "|").Replace(s)
}

func TestHostileBibTeX(t *testing.T) {
	known := map[string]bool{"author": true, "title": true, "date": true, "organization": true, "url": true, "urldate": true, "note": true}
	for _, it := range hostileItems() {
		out := BibTeX(it)
		entries, err := parseBib(out)
		if err != nil || len(entries) != 1 || entries[0].kind != "online" {
			t.Errorf("%.40q: got %d entries, %v in %.300s", it.Title, len(entries), err, out)
			continue
		}
		for name, value := range entries[0].fields {
			if !known[name] {
				t.Errorf("%.40q: field %q", it.Title, name)
			}
			for _, r := range value {
				if unicode.IsControl(r) || r == '\u202e' {
					t.Errorf("%.40q: %s has %q", it.Title, name, r)
				}
			}
			if name == "url" && strings.ContainsAny(value, "${}\\ \"") {
				t.Errorf("%.40q: url is %.80q", it.Title, value)
			}
			if name != "url" && strings.Contains(strings.NewReplacer(`\%`, "", `\&`, "", `\$`, "", `\#`, "", `\_`, "").Replace(value), "%") {
				t.Errorf("%.40q: %s has a comment: %.80q", it.Title, name, value)
			}
		}
		if got, want := unescaped(entries[0].fields["title"]), oneLine(it.Title); got != want {
			t.Errorf("title: got %.80q, want %.80q", got, want)
		}
		if n := len(it.Authors); n > 100 && strings.Count(entries[0].fields["author"], " and ") != n-1 {
			t.Errorf("got %s", entries[0].fields["author"])
		}
	}
}

// The schema csl-data.json requires type and id of each item, allows no other members than
// its own, and has dates as lists of one to three numbers.
func TestHostileCSL(t *testing.T) {
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq("type id title author issued accessed container-title section language URL source archive archive_location note") {
		allowed[name] = true
	}
	for _, it := range hostileItems() {
		out, err := CSL(it)
		var items []map[string]json.RawMessage
		if err == nil {
			err = json.Unmarshal(out, &items)
		}
		if err != nil || len(items) != 1 {
			t.Fatalf("%.40q: got %v, %s", it.Title, err, out)
		}
		if string(items[0]["type"]) != `"article-newspaper"` || len(items[0]["id"]) < 3 {
			t.Errorf("%.40q: got %s, %s", it.Title, items[0]["type"], items[0]["id"])
		}
		for name := range items[0] {
			if !allowed[name] {
				t.Errorf("%.40q: member %q", it.Title, name)
			}
		}
		for _, name := range []string{"issued", "accessed"} {
			var d struct {
				Parts [][]int `json:"date-parts"`
			}
			if raw, ok := items[0][name]; ok {
				if err := json.Unmarshal(raw, &d); err != nil || len(d.Parts) != 1 || len(d.Parts[0]) < 1 || len(d.Parts[0]) > 3 {
					t.Errorf("%.40q: %s is %s", it.Title, name, raw)
				}
			}
		}
		var authors []map[string]string
		if raw, ok := items[0]["author"]; ok {
			if err := json.Unmarshal(raw, &authors); err != nil {
				t.Errorf("%.40q: %v", it.Title, err)
			}
		}
		for _, a := range authors {
			if (a["literal"] == "") == (a["family"] == "") {
				t.Errorf("%.40q: author %v", it.Title, a)
			}
		}
	}
	out, err := CSL(story())
	if err != nil || !strings.Contains(string(out), `"non-dropping-particle": "van der"`) || !strings.Contains(string(out), `"archive_location": "urn:uuid:01a2`) {
		t.Errorf("got %s, %v", out, err)
	}
}

func FuzzBibTeX(f *testing.F) {
	for _, h := range hostile {
		f.Add(h, h)
	}
	f.Fuzz(func(t *testing.T, text, url string) {
		it := Item{ID: text, Title: text, Authors: []Author{{Name: text}}, URL: url, Site: text, Published: text}
		entries, err := parseBib(BibTeX(it))
		if err != nil || len(entries) != 1 {
			t.Fatalf("got %d entries, %v", len(entries), err)
		}
		if _, err := CSL(it); err != nil {
			t.Fatal(err)
		}
		Text(it)
	})
}
