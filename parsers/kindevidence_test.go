package parsers

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// kindValue is the value of a piece of evidence that a page is of a kind; 0 if it has
// none.
func kindValue(t *testing.T, piece int, kind article.Kind, path, page string) float64 {
	t.Helper()
	u, err := url.Parse("https://example.org" + path)
	if err != nil {
		t.Fatal(err)
	}
	_, why, err := new(Parser).Explain(&Page{URL: u, HTML: []byte("<!doctype html><html>" + page)})
	if err != nil {
		t.Fatalf("%s: %v", kindPieces[piece], err)
	}
	for _, c := range why.Fields {
		if c.Field == "kind" && c.Of == "" && c.Value == string(kind) {
			if i := slices.IndexFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == kindPieces[piece] }); i >= 0 {
				return c.Evidence[i].Value
			}
		}
	}
	return 0
}

// Each piece of evidence of a kind has a page that shows it, and a page without it does
// not.
func TestKindEvidence(t *testing.T) {
	const (
		prose  = "<p>The ferry came in at noon on Tuesday, three weeks after the storm had torn its mooring from the old quay, and left again.</p>"
		card   = `<h2><a href="/%d">How the storm tore ferry %d away</a></h2>`
		day    = "<p>On day %d the ferry came in at noon, three weeks after the storm had torn mooring %d from the old quay, and left again.</p>"
		teaser = `<h2><a href="/%d">Ferry story %d</a></h2><p>The ferry came in at noon on Tuesday, three weeks after the storm had torn its mooring away from the quay.</p>`
		slide  = `<figure><img src="/%d.jpg"><figcaption>The ferry at quay number %d, with its crew.</figcaption></figure>`
		entry  = `<p>1%d:15</p><p>At this hour, the crane lifted timber number %d from the barge, and the crowd on the quay cheered for the crew of the barge.</p>`
		plain  = "<body><p>Nothing much.</p></body>"
		story  = article.KindArticle
	)
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i, i)
		}
		return b.String()
	}
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	shown := map[int]bool{}
	for _, test := range []struct {
		piece      int
		kind       article.Kind
		path, page string
		value      float64
	}{
		{candidateKind + anArticle, story, "/x", prose, 1},
		{candidateKind + aLiveBlog, article.KindLive, "/live/pier", prose, 1},
		{candidateKind + aGallery, article.KindGallery, "/gallery/pier", prose, 1},
		{candidateKind + aVideo, article.KindVideo, "/video/pier", prose, 1},
		{candidateKind + aSection, article.KindSection, "/x", prose, 1},
		{candidateKind + aHome, article.KindHome, "/", prose, 1},
		{candidateKind + anAuthor, article.KindAuthor, "/author/ane-dahl", prose, 1},
		{candidateKind + another, article.KindOther, "/x", prose, 1},
		{ofStory, story, "/x", prose, 1},
		{ofFront, article.KindSection, "/x", prose, 1},
		{typeNames, article.KindSection, "/x", ld(`{"@type":"CollectionPage"}`) + plain, 1},
		{typeNamesOther, article.KindSection, "/x", ld(`{"@type":"Product","name":"Rope"}`) + plain, 1},
		{ogNames, story, "/x", `<meta property="og:type" content="article">` + plain, 1},
		{ogNamesOther, story, "/x", `<meta property="og:type" content="website">` + plain, 1},
		{classNames, article.KindSection, "/x", `<body class="archive category"><p>Nothing much.</p></body>`, 1},
		{classNamesOther, article.KindSection, "/x", `<body class="wp single-post"><p>Nothing much.</p></body>`, 1},
		{addressNames, article.KindSection, "/category/sport", plain, 1},
		{addressNamesOther, article.KindSection, "/contact", plain, 1},
		{titleNames, article.KindOther, "/x", "<h1>Privacy policy</h1>" + prose, 1},
		{titleNamesOther, article.KindSection, "/x", "<h1>Privacy policy</h1>" + prose, 1},
		{builtSo, article.KindSection, "/x", repeat(4, teaser), 1},
		{builtOtherwise, article.KindOther, "/x", repeat(8, slide), 1},
		{ldStories, story, "/x", "<h1>The ferry</h1>" + ld(`{"@type":"NewsArticle","headline":"Another"}`) + prose, 1},
		{ldDescribesIt, story, "/x", "<title>The ferry is back at its quay</title><h1>The ferry is back at its quay</h1>" + ld(`{"@type":"NewsArticle","headline":"The ferry is back at its quay"}`) + prose, 1},
		{publishedMeta, story, "/x", `<meta property="article:published_time" content="2024-05-01">` + plain, 1},
		{dateConfidence, story, "/x", `<meta property="article:published_time" content="2024-05-01T08:00:00Z">` + plain, math.NaN()},
		{dateDeclared, story, "/x", `<meta property="article:published_time" content="2024-05-01T08:00:00Z">` + plain, 1},
		{authorConfidence, story, "/x", ld(`{"@type":"NewsArticle","headline":"The ferry","author":{"@type":"Person","name":"Jane Doe"}}`) + "<h1>The ferry</h1><p>By Jane Doe</p>" + prose, math.NaN()},
		{bylineShown, story, "/x", "<article><h1>The ferry</h1><p class=byline>By Jane Doe</p>" + prose + "</article>", 1},
		{titleWords, story, "/x", "<h1>The ferry is back at its old quay</h1>" + prose, 8},
		{slugAddress, story, "/the-ferry-is-back", plain, 1},
		{datedAddress, story, "/2024/05/01/ferry", plain, 1},
		{shortAddress, story, "/sport", plain, 1},
		{rootAddress, story, "/", plain, 1},
		{addressDepth, story, "/a/b/c/d", plain, 4},
		{storyWords, story, "/x", prose, math.NaN()},
		{proseWords, story, "/x", "<article>" + repeat(3, day) + "</article>", math.NaN()},
		{proseToCards, story, "/x", "<article>" + repeat(3, day) + "</article>", math.NaN()},
		{cardCount, story, "/x", prose + repeat(15, card), 4},
		{postCount, story, "/x", prose + repeat(3, teaser), 2},
		{storyShare, story, "/x", prose + repeat(5, card), math.NaN()},
		{linkShare, story, "/x", prose + repeat(5, card), math.NaN()},
		{paragraphShare, story, "/x", prose, 1},
		{itemShare, story, "/x", "<article>" + repeat(3, day) + "<ul>" + repeat(4, strings.NewReplacer("<p>", "<li>", "</p>", "</li>").Replace(day)) + "</ul>" + repeat(3, day) + "</article>", math.NaN()},
		{articleElement, story, "/x", "<article>" + prose + "</article>", 1},
		{captionCount, story, "/x", "<article>" + prose + repeat(3, slide) + "</article>", 3},
		{pictureCount, story, "/x", "<article>" + prose + repeat(3, slide) + "</article>", math.NaN()},
		{wordsToCaptions, story, "/x", prose, math.NaN()},
		{wordsToPictures, story, "/x", prose, math.NaN()},
		{stampCount, story, "/live/pier", "<article><h1>Live: the ferry</h1>" + repeat(6, entry) + "</article>", 6},
		{playerShown, story, "/x", prose + `<video src="/v.mp4"></video>`, 1},
		{priceDeclared, story, "/x", `<meta property="product:price:amount" content="12.00">` + plain, 1},
		{bodyConfidence, story, "/x", prose, math.NaN()},
	} {
		shown[test.piece] = true
		got := kindValue(t, test.piece, test.kind, test.path, test.page)
		if got == 0 || !math.IsNaN(test.value) && got != test.value {
			t.Errorf("%s: got %v, want %v", kindPieces[test.piece], got, test.value)
		}
		if without := kindValue(t, test.piece, test.kind, "/q/a1/z2", "<body><ul><li><a href=/>Nothing</a></ul></body>"); test.piece >= typeNames && without == got {
			t.Errorf("%s: a page without it has %v", kindPieces[test.piece], without)
		}
	}
	for piece, name := range kindPieces {
		if !shown[piece] {
			t.Errorf("%s: no page shows it", name)
		}
	}
}

// TestKindPieces: the model of kinds and the code know the same pieces.
func TestKindPieces(t *testing.T) {
	unknown, vain, err := evidence.Missing(kindData, kindPieces[:]...)
	if err != nil || len(unknown)+len(vain) > 0 {
		t.Errorf("the model does not know %q and knows %q in vain (%v)", unknown, vain, err)
	}
}

// TestKindByRule: a rule that decides is told among the reasons.
func TestKindByRule(t *testing.T) {
	u, err := url.Parse("https://example.org/x")
	if err != nil {
		t.Fatal(err)
	}
	a, why, err := new(Parser).Explain(&Page{URL: u, HTML: []byte(`<title>404 not found</title><h1>404</h1><p>Nothing here.</p>`)})
	if err != nil || a.Kind != article.KindOther || a.Provenance["kind"].Confidence != ruleConfidence {
		t.Fatalf("got %v, %v", a, err)
	}
	if !slices.ContainsFunc(why.Fields, func(c article.Candidate) bool { return c.Field == "kind" && c.Of == byRule && c.Won }) {
		t.Errorf("no rule among %+v", why.Fields)
	}
}

// TestReplayedAddress: the address of an archived copy says what that of its page does.
func TestReplayedAddress(t *testing.T) {
	for address, root := range map[string]bool{
		"https://archive.example/web/20160401095740/http://www.harbour.example/":             true,
		"https://archive.example/web/20160401095740id_/https://www.harbour.example/en/":      true,
		"https://archive.example/web/20160401095740/http://www.harbour.example/category/sea": false,
		"https://archive.example/web/":          false,
		"https://harbour.example/de/index.html": true,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if a := readAddress(u); a.root != root {
			t.Errorf("%s: got %v, want %v", address, a.root, root)
		}
	}
}
