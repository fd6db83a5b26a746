package parsers

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// Each piece of evidence of a kind has a page that shows it, and pages without it
// do not.
func TestKindEvidence(t *testing.T) {
	const (
		prose  = "<p>The ferry came in at noon on Tuesday, three weeks after the storm had torn its mooring from the old quay, and left again.</p>"
		plain  = "<body><p>Nothing much.</p></body>"
		card   = `<h2><a href="/%d">How the storm tore ferry %d away</a></h2>`
		day    = "<p>On day %d the ferry came in at noon, three weeks after the storm had torn mooring %d from the old quay, and left again.</p>"
		teaser = `<h2><a href="/%d">Ferry story %d</a></h2><p>The ferry came in at noon on Tuesday, three weeks after the storm had torn its mooring away from the quay.</p>`
	)
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i, i)
		}
		return b.String()
	}
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	shown := map[string]bool{}
	for _, test := range []struct {
		piece, path, page string
		value             float64
	}{
		{storyEvidence[ldDescribesIt].Name, "/x", "<title>The ferry is back at its quay</title><h1>The ferry is back at its quay</h1>" + ld(`{"@type":"NewsArticle","headline":"The ferry is back at its quay"}`) + prose, 1},
		{storyEvidence[ldPresent].Name, "/x", "<h1>The ferry</h1>" + ld(`{"@type":"NewsArticle","headline":"Another"}`) + prose, 1},
		{storyEvidence[ogArticle].Name, "/x", `<meta property="og:type" content="article">` + plain, 1},
		{storyEvidence[publishedMeta].Name, "/x", `<meta property="article:published_time" content="2024-05-01">` + plain, 1},
		{storyEvidence[singleClass].Name, "/x", `<body class="wp single-post"><p>Nothing much.</p></body>`, 1},
		{storyEvidence[dateDeclared].Name, "/x", `<meta property="article:published_time" content="2024-05-01T08:00:00Z">` + plain, 1},
		{storyEvidence[authorsNamed].Name, "/x", ld(`{"@type":"NewsArticle","headline":"The ferry","author":{"@type":"Person","name":"Jane Doe"}}`) + "<h1>The ferry</h1><p>By Jane Doe</p>" + prose, 1},
		{storyEvidence[longTitle].Name, "/x", "<h1>The ferry is back at its old quay</h1>" + prose, 1},
		{storyEvidence[slugAddress].Name, "/the-ferry-is-back", plain, 1},
		{storyEvidence[datedAddress].Name, "/2024/05/01/ferry", plain, 1},
		{storyEvidence[someProse].Name, "/x", "<article>" + repeat(3, day) + "</article>", 1},
		{storyEvidence[moreProse].Name, "/x", "<article>" + repeat(7, day) + "</article>", 1},
		{storyEvidence[muchProse].Name, "/x", "<article>" + repeat(14, day) + "</article>", 1},
		{frontEvidence[shortTitle].Name, "/x", "<h1>Sport</h1>" + prose, 1},
		{frontEvidence[ldCollection].Name, "/x", ld(`{"@type":"CollectionPage"}`) + plain, 1},
		{frontEvidence[archiveClass].Name, "/x", `<body class="archive category"><p>Nothing much.</p></body>`, 1},
		{frontEvidence[sectionAddress].Name, "/category/sport", plain, 1},
		{frontEvidence[searchAddress].Name, "/?s=ferry", plain, 1},
		{frontEvidence[pagedAddress].Name, "/sport/page/2", plain, 1},
		{frontEvidence[shortAddress].Name, "/sport", plain, 1},
		{frontEvidence[ogWebsite].Name, "/x", `<meta property="og:type" content="website">` + plain, 1},
		{frontEvidence[cardCount].Name, "/x", repeat(12, card), 2},
		{frontEvidence[postCount].Name, "/x", repeat(4, teaser), 1.5},
	} {
		shown[test.piece] = true
		has := func(page string) (float64, bool) {
			u, err := url.Parse("https://example.org" + test.path)
			if err != nil {
				t.Fatal(err)
			}
			_, why, err := new(Parser).Explain(&Page{URL: u, HTML: []byte("<!doctype html><html>" + page)})
			if err != nil {
				t.Fatalf("%s: %v", test.piece, err)
			}
			for _, c := range why.Fields {
				i := slices.IndexFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == test.piece })
				if c.Field == "kind" && i >= 0 {
					return c.Evidence[i].Value, true
				}
			}
			return 0, false
		}
		if value, ok := has(test.page); !ok || value != test.value {
			t.Errorf("%s: got %v, %v, want %v", test.piece, value, ok, test.value)
		}
		if test.page != plain {
			if _, ok := has(`<h1>Ferry and harbour news</h1><body><p>Nothing much.</p></body>`); ok {
				t.Errorf("%s: a page without it has it", test.piece)
			}
		}
	}
	for _, table := range []evidence.Table{storyEvidence, frontEvidence} {
		for _, piece := range table {
			if !shown[piece.Name] {
				t.Errorf("%s: no page shows it", piece.Name)
			}
		}
	}
}

// TestKindPieces: the model of a kind's confidence and the code know the same pieces.
func TestKindPieces(t *testing.T) {
	unknown, vain, err := evidence.Missing(kindData, kindPieces[:]...)
	if err != nil || len(unknown)+len(vain) > 0 {
		t.Errorf("the model does not know %q and knows %q in vain (%v)", unknown, vain, err)
	}
}
