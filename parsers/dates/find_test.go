package dates_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

const title = "Ferry office opens again"

// storyPage is a page with a story of five paragraphs, and these.
func storyPage(t testing.TB, address, head, aboveTitle, belowTitle, after string) (*doc.Page, block.Kept) {
	t.Helper()
	para := "<p>The ferry office in the old harbour opened its doors again on a grey morning, and the first of the islanders stood in line long before the clerks had found their keys.</p>"
	p := doctest.PageAt(t, address, `<html lang="en-GB"><head><title>`+title+`</title>`+head+`</head><body><header><a href="/">The Harbour Post</a></header>`+aboveTitle+
		`<article><h1>`+title+`</h1>`+belowTitle+`<div class="text">`+strings.Repeat(para, 5)+`</div></article>`+after+`<footer>© 2003-2031 The Harbour Post</footer></body></html>`)
	return p, doctest.Kept(p, func(b *block.Block) bool { return b.Node.Data == "p" && b.Flags&block.InArticle != 0 })
}

func TestFind(t *testing.T) {
	ld := func(members string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry office opens again",` + members + `}</script>`
	}
	for _, c := range []struct {
		name                        string
		url                         string
		head, above, below, after   string
		published, modified, source string
	}{
		{name: "none"},
		{name: "head", head: ld(`"datePublished":"2024-03-05T09:30:00+01:00","dateModified":"2024-03-06T08:00:00+01:00"`), published: "2024-03-05T09:30:00+01:00", modified: "2024-03-06T08:00:00+01:00", source: "jsonld:datePublished"},
		{name: "modified before it was published", head: ld(`"datePublished":"2024-03-05T09:30:00+01:00","dateModified":"2024-03-05T09:20:00+01:00"`), published: "2024-03-05T09:30:00+01:00"},
		{name: "meta", head: `<meta property="article:published_time" content="2024-03-05 09:30">`, published: "2024-03-05T09:30", source: "meta:article:published_time"},
		{name: "a line below the title", below: `<div><span>By Ada Quill</span> | <span>5 March 2024, 9.30am</span></div>`, published: "2024-03-05T09:30", source: "text:div"},
		{name: "a label in the line before", below: `<div>First published</div><div>5 March 2024</div><div>Last updated on</div><div>7 March 2024</div>`, published: "2024-03-05", modified: "2024-03-07"},
		{name: "above the title", above: `<div class="kicker">Islands</div><p class="article-date">Tuesday 5 March 2024</p>`, published: "2024-03-05"},
		{name: "a byline below the standfirst", below: `<p class="standfirst">After three winters, islanders can buy tickets at the pier again, and the clerks are the same ones.</p><div>Ada Quill, updated 5 March 2024</div>`, published: "2024-03-05", modified: "2024-03-05"},
		{name: "marked up", below: `<time datetime="2024-03-05T09:30:00Z">an hour ago</time>`, published: "2024-03-05T09:30:00Z", source: "dom:time"},
		{name: "microdata", below: `<span itemprop="datePublished" content="2024-03-05">Tuesday</span><span itemprop="dateModified" content="2024-03-09">Saturday</span>`, published: "2024-03-05", modified: "2024-03-09", source: "dom:datepublished"},
		{name: "the more precise of two", head: ld(`"datePublished":"2024-03-05"`), below: `<time datetime="2024-03-05T09:30:00+00:00">5 March</time>`, published: "2024-03-05T09:30:00+00:00", source: "dom:time"},
		{name: "the newspaper's own clock", head: ld(`"datePublished":"2024-03-05T23:30:10Z"`), below: `<div class="date">6 March 2024, 00:30</div>`, published: "2024-03-06T00:30:10+01:00"},
		{name: "a day written as midnight elsewhere", head: ld(`"datePublished":"2024-03-04T23:00:00Z"`), below: `<div class="date">5 March 2024</div>`, published: "2024-03-05"},
		{name: "a relaunch in the head", head: ld(`"datePublished":"2024-03-05T09:30:00+01:00"`), below: `<div class="date">Published 11 June 2016</div>`, published: "2016-06-11"},
		{name: "a change is not the publication", head: ld(`"datePublished":"2016-06-11T10:00:00+01:00"`), below: `<div class="date">Updated 5 March 2024</div>`, published: "2016-06-11T10:00:00+01:00", modified: "2024-03-05"},
		{name: "day and month by the visible date", head: `<meta name="date" content="03-09-2024">`, below: `<div class="date">9 March 2024</div>`, published: "2024-03-09"},
		{name: "address", url: "https://a.example/islands/2024/03/05/ferry-office", published: "2024-03-05", source: "url"},
		{name: "an archive's copy", url: "https://archive.example/web/20240305093000/http://a.example/ferry-office", published: ""},
		{name: "an address within an archive's", url: "https://archive.example/web/20240305093000/http://a.example/2019/04/02/ferry-office", published: "2019-04-02"},
		{name: "scripts", below: `<script>window.page={"sections":["` + strings.Repeat("islands", 90) + `"],"story":{"published_at":"2024-03-05T09:30:00+01:00","updatedAt":"2024-03-08"}}</script>`, published: "2024-03-05T09:30:00+01:00", source: "state:published_at"},
		{name: "other stories", after: `<aside class="related"><div><h3><a href="/x">Pier is painted in a new colour</a></h3><time datetime="2024-03-05">5 March</time></div><div><h3><a href="/y">Gulls take over the market square</a></h3><time datetime="2024-03-06">6 March</time></div></aside>`},
		{name: "after the story", after: `<div class="posted">Posted on 5 March 2024 by the clerk</div>`, published: "2024-03-05"},
		{name: "a caption", below: `<figure><img src="a.jpg"><figcaption>The pier on 5 March 2014</figcaption></figure>`},
		{name: "hostile", head: `<meta property="article:published_time" content="99999-12-31T25:61:00Z">` + ld(`"datePublished":"`+strings.Repeat("9", 5000)+`","dateModified":{"@value":["x"]}`)},
		{name: "before the web, after the fetch", head: `<meta property="article:published_time" content="1970-01-01T00:00:00Z"><meta name="date" content="2036-01-01">`},
		{name: "the day it was fetched, in the page's frame", above: `<nav><span>Wednesday 1 May 2024</span></nav>`, below: `<div class="date">5 March 2024</div>`, published: "2024-03-05"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.url == "" {
				c.url = "https://a.example/islands/ferry-office"
			}
			p, kept := storyPage(t, c.url, c.head, c.above, c.below, c.after)
			found := dates.Find(p, title, kept)
			published, pr, modified := found.Published.Value, found.Published.From, found.Modified.Value
			if published != c.published || modified != c.modified {
				t.Errorf("got published %q, modified %q, want %q, %q", published, modified, c.published, c.modified)
			}
			if c.source != "" && pr.From != c.source {
				t.Errorf("got it from %q, want %q", pr.From, c.source)
			}
			if (published == "") != (pr.From == "") || pr.Confidence < 0 || pr.Confidence > 0.99 {
				t.Errorf("published %q has provenance %v", published, pr)
			}
		})
	}
}

// TestEvidence has a page for each piece of evidence, with a candidate that has it.
func TestEvidence(t *testing.T) {
	const dated = "https://a.example/2024/03/05/ferry"
	ld := func(object string) string { return `<script type="application/ld+json">` + object + `</script>` }
	inArticle := func(members string) string {
		return ld(`{"@type":"NewsArticle","headline":"` + title + `",` + members + `}`)
	}
	pad := strings.Repeat("<p>A note of the harbour master.</p>", 15)
	elements := strings.Repeat("<i>.</i>", 90)
	card := `<h3><a href="/x">Pier is painted in a new colour</a></h3>`
	covered := map[string]bool{}
	for _, c := range []struct {
		piece, address, head, above, below, after string
	}{
		{piece: "JSON-LD of the article: datePublished", head: inArticle(`"datePublished":"2024-03-05"`)},
		{piece: "JSON-LD of the article: datepublished", head: inArticle(`"datepublished":"2024-03-05"`)},
		{piece: "JSON-LD of the article: dateCreated", head: inArticle(`"dateCreated":"2024-03-05"`)},
		{piece: "JSON-LD of the article: uploadDate", head: inArticle(`"uploadDate":"2024-03-05"`)},
		{piece: "JSON-LD of the article: dateModified", head: inArticle(`"dateModified":"2024-03-05"`)},
		{piece: "JSON-LD of the article: datemodified", head: inArticle(`"datemodified":"2024-03-05"`)},
		{piece: "JSON-LD of a video", head: ld(`{"@type":["NewsArticle","VideoObject"],"headline":"` + title + `","datePublished":"2024-03-05"}`)},
		{piece: "JSON-LD of the page: datePublished", head: ld(`{"@type":"WebPage","datePublished":"2024-03-05"}`)},
		{piece: "JSON-LD of the page: dateModified", head: ld(`{"@type":"WebPage","dateModified":"2024-03-05"}`)},
		{piece: "meta element for publication", head: `<meta property="article:published_time" content="2024-03-05">`},
		{piece: "meta element for any date", head: `<meta name="dc.date" content="2024-03-05">`},
		{piece: "meta element for updates", head: `<meta property="article:modified_time" content="2024-03-05">`},
		{piece: "meta element of a Twitter card, labelled", head: `<meta name="twitter:label1" content="Published on"><meta name="twitter:data1" content="2024-03-05">`},
		{piece: "microdata in the head", head: `<meta itemprop="datePublished" content="2024-03-05">`, above: elements},
		{piece: "date in the page's address", address: dated},
		{piece: "long number in the page's address that begins like a date", address: "https://a.example/art20240305123456"},
		{piece: "member of script data", below: `<script>window.page={"sections":["` + strings.Repeat("islands", 90) + `"],"story":{"published_at":"2024-03-05"}}</script>`},
		{piece: "near the page's own name in script data", address: "https://a.example/ferry-office", below: `<script>window.page={"sections":["` + strings.Repeat("islands", 90) + `"],"story":{"slug":"ferry-office","published_at":"2024-03-05"}}</script>`},

		{piece: "microdata", below: `<span itemprop="datePublished" content="2024-03-05"></span>`},
		{piece: "neither a time element nor microdata", below: `<abbr title="2024-03-05">Tuesday</abbr>`},
		{piece: "discount: element in a section beside the story", above: `<nav><time datetime="2024-03-05">5</time></nav>`},
		{piece: "discount: element in a link around blocks", after: `<a href="/x"><div>Pier</div><time datetime="2024-03-05">5</time></a>`},
		{piece: "marked up as a date, far from the story", after: elements + `<time datetime="2024-03-05">5</time>`},
		{piece: "marked up as a date, between title and story", below: `<time datetime="2024-03-05">5</time>`},
		{piece: "marked up as a date, above the title", above: `<time datetime="2024-03-05">5</time>`},
		{piece: "marked up as a date, within the story", below: `<p>The clerks of the ferry office are the same ones as they were <time datetime="2024-03-05">then</time>.</p>`},
		{piece: "marked up as a date, after the story", after: `<time datetime="2024-03-05">5</time>`},
		{piece: "marked up as published, far from the story", after: elements + `Published <time datetime="2024-03-05">5</time>`},
		{piece: "marked up as published, between title and story", below: `Published <time datetime="2024-03-05">5</time>`},
		{piece: "marked up as published, above the title", above: `Published <time datetime="2024-03-05">5</time>`},
		{piece: "marked up as published, within the story", below: `<p>The clerks of the ferry office are the same ones as they were, published <time datetime="2024-03-05">then</time>.</p>`},
		{piece: "marked up as published, after the story", after: `Published <time datetime="2024-03-05">5</time>`},

		{piece: "line between title and story", below: `<div>5 March 2024</div>`},
		{piece: "line above the title", above: `<div>5 March 2024</div>`},
		{piece: "line in the story's opening", below: `<p>5 March 2024 was a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "line after the story", after: `<div>5 March 2024</div>`},
		{piece: "label says published or updated, line far from the story", after: pad + `<div>Published 5 March 2024</div>`},
		{piece: "label says published or updated, line between title and story", below: `<div>Updated 5 March 2024</div>`},
		{piece: "label says published or updated, line above the title", above: `<div>Published 5 March 2024</div>`},
		{piece: "label says published or updated, line in the story's opening", below: `<p>Published 5 March 2024, on a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "label says published or updated, line within the story", below: strings.Repeat(`<p>There was a day on which the ferry office was closed, and so was the harbour.</p>`, 3) + `<p>Published 5 March 2024</p>`},
		{piece: "label says published or updated, line after the story", after: `<div>Published 5 March 2024</div>`},
		{piece: "class or id names a date, line far from the story", after: pad + `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date, line between title and story", below: `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date, line above the title", above: `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date, line in the story's opening", below: `<p class="date">5 March 2024 was a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "class or id names a date, line within the story", below: strings.Repeat(`<p>There was a day on which the ferry office was closed, and so was the harbour.</p>`, 3) + `<p class="date">Published 5 March 2024</p>`},
		{piece: "class or id names a date, line after the story", after: `<div class="date">5 March 2024</div>`},
		{piece: "line with hardly more than the date", below: `<div>5 March 2024, Harbour</div>`},
		{piece: "first words of the story's opening", below: `<p>5 March 2024 was a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "line with more than 10 other words", below: `<div>The harbour master has seen this office close on 5 March 2024 for want of clerks.</div>`},
		{piece: "line with more than 22 other words, or within the story's opening", below: `<div>The harbour master has seen this office close on 5 March 2024 for want of clerks, and so has his wife, who sold the tickets for many years.</div>`},
		{piece: "not the first date of its line, without a label", below: `<div>5 March 2024 7 March 2024</div>`},
		{piece: "discount: line in navigation, footer, aside or form", after: `<aside>Published 5 March 2024</aside>`},
		{piece: "discount: line in navigation, footer, aside or form near the title", above: `<nav>5 March 2024</nav>`},
		{piece: "discount: line in a section beside the story", after: `<div class="related"><div>Published 5 March 2024</div></div>`},
		{piece: "discount: line in the card of another story", after: `<div class="date">5 March 2024</div>` + card},
		{piece: "discount: line in the card of another story, above the title", above: card + `<div>5 March 2024</div>`},
		{piece: "discount: labelled line in the card of another story", after: `<div>Published 5 March 2024</div>` + card},

		{piece: "other kinds of source give the same day", address: dated, head: `<meta name="dc.date" content="2024-03-05">`},
	} {
		if c.address == "" {
			c.address = "https://a.example/islands"
		}
		p, kept := storyPage(t, c.address, c.head, c.above, c.below, c.after)
		p.Explanation = &article.Explanation{}
		dates.Find(p, title, kept)
		found := false
		for _, candidate := range p.Explanation.Fields {
			sum := 0.0
			for _, e := range candidate.Evidence {
				sum += e.Value * e.Weight
				found = found || e.Name == c.piece
			}
			if d := sum - candidate.Score; d > 1e-9 || d < -1e-9 {
				t.Errorf("%s: evidence sums to %v, score is %v", c.piece, sum, candidate.Score)
			}
		}
		if !found {
			t.Errorf("%s: got %+v", c.piece, p.Explanation.Fields)
		}
		covered[c.piece] = true
	}
	for _, name := range dates.EvidenceNames() {
		if !covered[name] {
			t.Errorf("%s: no test row", name)
		}
	}
}

// TestExplanation: the score of a candidate is its own weight and what other kinds of
// source add to its day; the day with the highest score wins.
func TestExplanation(t *testing.T) {
	head := `<meta property="article:published_time" content="2024-03-05T09:30Z"><meta name="dc.date" content="2024-03-07"><meta property="article:modified_time" content="2024-03-08">` +
		`<script type="application/ld+json">{"@type":"NewsArticle","headline":"` + title + `","datePublished":"2024-03-05"}</script>`
	p, kept := storyPage(t, "https://a.example/2024/03/05/ferry", head, "", "", "")
	p.Explanation = &article.Explanation{}
	dates.Find(p, title, kept)
	var got []string
	for _, c := range p.Explanation.Fields {
		got = append(got, fmt.Sprintf("%s %s %s %.2f %v", c.Field, c.Value, c.From, c.Score, c.Won))
	}
	want := []string{
		"published 2024-03-05 jsonld:datePublished 7.80 false",
		"published 2024-03-05T09:30:00Z meta:article:published_time 7.30 true",
		"published 2024-03-07 meta:dc.date 2.80 false",
		"modified 2024-03-08 meta:article:modified_time 4.00 true",
		"published 2024-03-05 url 5.00 false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
