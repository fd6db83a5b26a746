package parsers

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestParseLD: what publishers' templates break is mended, as far as it can be.
func TestParseLD(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"plain":           {`{"@type":"NewsArticle","headline":"A ferry","author":{"name":"Jane Doe"}}`, "A ferry|Jane Doe"},
		"comment":         {"<!--\n{\"headline\":\"A ferry\",\"author\":\"Jane Doe\"}\n-->", "A ferry|Jane Doe"},
		"cdata":           {"//<![CDATA[\n{\"headline\":\"A ferry\",\"author\":\"Jane Doe\"}\n//]]>", "A ferry|Jane Doe"},
		"semicolon":       {`{"headline":"A ferry","author":"Jane Doe"};`, "A ferry|Jane Doe"},
		"raw line feed":   {"{\"headline\":\"A\nferry\",\"author\":\"Jane Doe\"}", "A ferry|Jane Doe"},
		"last comma":      {`{"headline":"A ferry","author":["Jane Doe",],}`, "A ferry|Jane Doe"},
		"odd escape":      {`{"headline":"A \'ferry\'","author":"Jane Doe"}`, "A 'ferry'|Jane Doe"},
		"bad unicode":     {`{"headline":"A \u00gray ferry","author":"Jane Doe"}`, "A u00gray ferry|Jane Doe"},
		"loose quotes":    {`{"headline":"The "old" ferry","author":"Jane Doe"}`, `The "old" ferry|Jane Doe`},
		"undefined":       {`{"headline":"A ferry","image":undefined,"author":"Jane Doe"}`, "A ferry|Jane Doe"},
		"slash comments":  {"{\"headline\":\"A ferry\", // the title\n \"author\":\"Jane Doe\" /* the name */}", "A ferry|Jane Doe"},
		"entities":        {`{&quot;headline&quot;:&quot;A ferry&quot;,&quot;author&quot;:&quot;Jane Doe&quot;}`, "A ferry|Jane Doe"},
		"two values":      {`{"headline":"A ferry","author":"Jane Doe"}{"headline":"Another"}`, "A ferry|Jane Doe"},
		"broken after":    {`{"headline":"A ferry","author":"Jane Doe"} {"headline":`, "A ferry|Jane Doe"},
		"address":         {`{"headline":"A ferry","url":"https://a.example//x","author":"Jane Doe",}`, "A ferry|Jane Doe"},
		"cut short":       {`{"headline":"A ferry","author":`, ""},
		"no json":         {`headline = "A ferry"`, ""},
		"nested too deep": {strings.Repeat(`[`, 200_000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if objs := parseLD(tc.in); len(objs) > 0 {
				got = objs[0].text("headline") + "|" + objs[0].text("author")
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestBrokenJSONLD: JSON-LD that is broken, too large or a circle costs its own
// field and no other.
func TestBrokenJSONLD(t *testing.T) {
	for name, tc := range map[string]struct{ ld, author string }{
		"broken":     {`{"@type":"NewsArticle","headline":"x","author":{"name":"Wrong`, ""},
		"large":      {`{"@type":"NewsArticle","author":{"name":"Wrong"},"articleBody":"` + strings.Repeat("words ", 2<<20) + `"}`, ""},
		"circle":     {`{"@graph":[{"@type":"NewsArticle","@id":"#a","author":{"@id":"#p"}},{"@id":"#p","@type":"Person","name":"Jane Doe","author":{"@id":"#a"},"worksFor":{"@id":"#p"}}]}`, "Jane Doe"},
		"self":       {`{"@type":"NewsArticle","@id":"#a","author":{"@id":"#a"}}`, ""},
		"many":       {`{"@type":"NewsArticle","author":[` + strings.Repeat(`{"@id":"#p"},`, 50_000) + `{"@id":"#p"}]}`, ""},
		"odd types":  {`{"@type":["NewsArticle",7],"author":[[["Jane"]],7,null,true,{"name":{"name":{}}}]}`, ""},
		"long names": {`{"@type":"NewsArticle","author":"` + strings.Repeat("A. B, ", 20_000) + `"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := parseBytes(t, []byte(`<title>The ferry is back</title><script type="application/ld+json">`+tc.ld+`</script>
				<article><h1>The ferry is back</h1><p>`+strings.Repeat("The ferry came in at noon and left again. ", 20)+`</p><p>Seen by Jane Doe</p></article>`))
			if a == nil || a.Title != "The ferry is back" || !strings.Contains(a.Text, "came in at noon") {
				t.Fatalf("the story is lost: %+v", a)
			}
			got := ""
			if len(a.Authors) > 0 {
				got = a.Authors[0].Name
			}
			if got != tc.author {
				t.Errorf("got author %q, want %q", got, tc.author)
			}
		})
	}
}

// FuzzJSONLD: no script panics, and what is read of it stays within bounds.
func FuzzJSONLD(f *testing.F) {
	for _, s := range []string{
		`{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","@id":"#a","headline":"A ferry","author":[{"@id":"#p"},"Roe, Richard"]},{"@id":"#p","name":"Jane Doe","url":["/jane"]}]}`,
		`<!-- [{"@type":"WebPage","author":{"@type":"Organization","name":"The "Ledger""},},] -->;`,
		`{&quot;author&quot;:&quot;Jane Doe&quot;}`, `{"a":"\u12"}`, "{\"a\":undefined/*", `{"mainEntity":{"mainEntity":{}}}`,
	} {
		f.Add(s)
	}
	u, _ := url.Parse("https://a.example/x")
	f.Fuzz(func(t *testing.T, s string) {
		objs := parseLD(s)
		if len(objs) > maxObjects {
			t.Errorf("%d objects", len(objs))
		}
		doc, err := html.Parse(strings.NewReader("<h1>A ferry</h1><p>It came in at noon.</p>"))
		if err != nil {
			t.Fatal(err)
		}
		x := newIndex(&Page{URL: u}, doc)
		x.ld = objs
		authors, _, _ := x.findAuthors("A ferry")
		if len(authors) > 40 {
			t.Errorf("%d authors", len(authors))
		}
		for _, a := range authors {
			if a.Name == "" || len(a.Name) > 400 || a.Kind != "person" && a.Kind != "organization" {
				t.Errorf("odd author %+v", a)
			}
		}
	})
}
