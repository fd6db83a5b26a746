package parsers

import (
	"strings"
	"testing"
)

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
