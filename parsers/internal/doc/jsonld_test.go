package doc

import (
	"strings"
	"testing"
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
			if objs := ParseLD(tc.in); len(objs) > 0 {
				got = objs[0].Text("headline") + "|" + objs[0].Text("author")
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
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
	f.Fuzz(func(t *testing.T, s string) {
		objs := ParseLD(s)
		if len(objs) > maxObjects {
			t.Errorf("%d objects", len(objs))
		}
	})
}
