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
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
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
		{name: "an update in a card far below", after: strings.Repeat("<p>Tickets</p>", 120) + `<div class="related"><div class="card"><h3><a href="/x">The other ferry sails again</a></h3><div>Updated 7 March 2024</div></div></div>`},
		{name: "a publication in a card far below", below: `<div>5 March 2024</div>`, after: strings.Repeat("<p>Tickets</p>", 120) + `<div class="related"><div class="card"><h3><a href="/x">The other ferry sails again</a></h3><time datetime="2024-03-07T10:00Z">Published 7 March 2024</time></div></div>`, published: "2024-03-05"},
		{name: "the time of the last change in microdata, without an offset", head: `<meta property="article:modified_time" content="2024-03-05T15:26:09+01:00">` + ld(`"datePublished":"2024-03-05T12:10:35+01:00","dateModified":"2024-03-05T15:26:09+01:00"`),
			below: `<meta itemprop="datePublished" content="2024-03-05T15:26:09">`, published: "2024-03-05T12:10:35+01:00", modified: "2024-03-05T15:26:09+01:00"},
		{name: "the time of the last change beside the title", head: ld(`"datePublished":"2024-03-05T04:05:23+01:00","dateModified":"2024-03-05T20:15:00+01:00"`),
			below: `<time datetime="2024-03-05T20:15:00.000+01:00">05.03.2024 | 20:15</time>`, published: "2024-03-05T04:05:23+01:00", modified: "2024-03-05T20:15:00+01:00"},
		{name: "a newspaper called Post", below: `<div>The Harbour Post, 5 March 2024</div>`, published: "2024-03-05"},
		{name: "the date of the original", below: `<p class="meta">5 March 2024</p><p><a href="https://b.example/x">Link to the original article (posted on 2 March 2024)</a></p>`, published: "2024-03-05"},
		{name: "the date of the original, in Japanese", below: `<p class="meta">2024年3月5日</p><p><a href="https://b.example/x">原文(掲載日：2024/03/02)はこちら</a></p>`, published: "2024-03-05"},
		{name: "the date of the original, in German", below: `<p class="meta">5. März 2024</p><p>Der Originalbeitrag erschien am 2. März 2024.</p>`, published: "2024-03-05"},
		{name: "publication and update in one element", below: `<div><time itemprop="datePublished" datetime="2024-03-05T16:40:00.000Z">March 5, 2024, 10:05 AM UTC / Updated March 5, 2024, 4:40 PM UTC</time></div>`, published: "2024-03-05T10:05:00Z", modified: "2024-03-05T16:40:00Z"},
		{name: "the time of an update alone", below: `<div><time datetime="2024-03-05T16:40:00Z">5 March 2024, 10:05 GMT. Updated 16:40 GMT</time></div>`, published: "2024-03-05T10:05:00Z", modified: "2024-03-05T16:40:00Z"},
		{name: "milliseconds in JSON-LD", head: ld(`"datePublished":1709631000000`), published: "2024-03-05T09:30:00Z"},
		{name: "seconds in JSON-LD", head: ld(`"datePublished":1709631000`), published: "2024-03-05T09:30:00Z"},
		{name: "seconds in JSON-LD, as a string", head: ld(`"datePublished":"1709631000"`), published: "2024-03-05T09:30:00Z"},
		{name: "seconds in a data attribute", below: `<span class="date" data-timestamp="1709631000">Tuesday</span>`, published: "2024-03-05T09:30:00Z"},
		{name: "milliseconds in a time element", below: `<time datetime="1709631000000">Tuesday</time>`, published: "2024-03-05T09:30:00Z"},
		{name: "the leaf of a calendar", below: `<div class="date"><div>5</div><div>March</div><div>2024</div></div>`, published: "2024-03-05"},
		{name: "how long ago it was", below: `<div class="date">3 days ago</div>`, published: "2024-05-29"},
		{name: "how long ago it was, in German", below: `<div class="date">vor 2 Stunden</div>`, published: "2024-06-01"},
		{name: "the Hijra beside our years", below: `<div class="date">24 شعبان 1445هـ - 5 مارس 2024م</div>`, published: "2024-03-05"},
		{name: "the sentence under a post", after: `<p class="postmetadata"><small>This entry was posted on Tuesday, March 5th, 2024 at 2:48 pm and is filed under <a href="/c">Harbour</a>. You can follow any responses to this entry through the <a href="/feed">RSS 2.0</a> feed.</small></p>`, published: "2024-03-05T14:48"},
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
		less                                      bool // it counts for less than 1
	}{
		{piece: "JSON-LD of the article: datePublished, dateModified", head: inArticle(`"datePublished":"2024-03-05"`)},
		{piece: "JSON-LD of the article: datePublished, dateModified", head: inArticle(`"datepublished":"2024-03-05"`)},
		{piece: "metadata says that it is that of an update", head: inArticle(`"dateModified":"2024-03-05"`)},
		{piece: "metadata says that it is that of an update", head: inArticle(`"datemodified":"2024-03-05"`)},
		{piece: "JSON-LD of the page", head: ld(`{"@type":"WebPage","datePublished":"2024-03-05"}`)},
		{piece: "metadata says that it is that of an update", head: ld(`{"@type":"WebPage","dateModified":"2024-03-05"}`)},
		{piece: "meta element for publication or updates", head: `<meta property="article:published_time" content="2024-03-05">`},
		{piece: "meta element for any date", head: `<meta name="dc.date" content="2024-03-05">`},
		{piece: "metadata says that it is that of an update", head: `<meta property="article:modified_time" content="2024-03-05">`},
		{piece: "date in the page's address", address: dated},

		{piece: "microdata", below: `<span itemprop="datePublished" content="2024-03-05"></span>`},
		{piece: "marked up as a date, between title and story", below: `<abbr title="2024-03-05">Tuesday</abbr>`},
		{piece: "marked up as a date, between title and story", below: `<time datetime="2024-03-05">5</time>`},
		{piece: "marked up as a date, far from the story, labelled as publication", after: elements + `Published <time datetime="2024-03-05">5</time>`},
		{piece: "marked up as a date, between title and story, labelled as publication", below: `Published <time datetime="2024-03-05">5</time>`},

		{piece: "line between title and story", below: `<div>5 March 2024</div>`},
		{piece: "line above the title", above: `<p>Ferries</p><div>5 March 2024</div>`},
		{piece: "line between title and story, labelled as update", below: `<div>Updated 5 March 2024</div>`},
		{piece: "class or id names a date", after: pad + `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date", below: `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date", above: `<div class="date">5 March 2024</div>`},
		{piece: "class or id names a date", below: `<p class="date">5 March 2024 was a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "class or id names a date", below: strings.Repeat(`<p>There was a day on which the ferry office was closed, and so was the harbour.</p>`, 3) + `<p class="date">Published 5 March 2024</p>`},
		{piece: "class or id names a date", after: `<div class="date">5 March 2024</div>`},
		{piece: "share of the date in its line", below: `<div>5 March 2024, Harbour</div>`},
		{piece: "a line begins with it", below: `<p>5 March 2024 was a day on which the ferry office was closed, and so was the harbour.</p>`},
		{piece: "share of the date in its line", below: `<div>The harbour master has seen this office close on 5 March 2024 for want of clerks.</div>`},
		{piece: "share of the date in its line", below: `<div>The harbour master has seen this office close on 5 March 2024 for want of clerks, and so has his wife, who sold the tickets for many years.</div>`},
		{piece: "line between title and story", below: `<div>5 March 2024 7 March 2024</div>`},
		{piece: "line above the title", less: true, above: `<p>Ferries</p><nav>5 March 2024</nav>`},
		{piece: "line above the title", less: true, above: card + `<div>5 March 2024</div>`},

		{piece: "independent sources that give the day", address: dated, head: `<meta name="dc.date" content="2024-03-05">`},

		{piece: "kinds of place that give the day", address: dated},
		{piece: "places that give the day", address: dated},
		{piece: "days that the page gives", address: dated},
		{piece: "time of day", head: inArticle(`"datePublished":"2024-03-05T09:30:10+01:00"`)},
		{piece: "seconds", head: inArticle(`"datePublished":"2024-03-05T09:30:10+01:00"`)},
		{piece: "offset from UTC", head: inArticle(`"datePublished":"2024-03-05T09:30:10+01:00"`)},
		{piece: "time in UTC", head: inArticle(`"datePublished":"2024-03-05T09:30:10Z"`)},
		{piece: "time of day in UTC alone", head: inArticle(`"datePublished":"2024-03-05T09:30:10Z"`)},
		{piece: "times in UTC of other days that may be on it", head: inArticle(`"datePublished":"2024-03-04T23:30:10Z"`), below: `<div>5 March 2024</div>`},
		{piece: "independent sources that give the same time", head: inArticle(`"datePublished":"2024-03-05T09:30Z"`) + `<meta property="article:published_time" content="2024-03-05T09:30Z">`},
		{piece: "places that give another time of that day", head: inArticle(`"datePublished":"2024-03-05T09:30Z"`) + `<meta property="article:published_time" content="2024-03-05T10:30Z">`},
		{piece: "places that give an earlier time", head: inArticle(`"datePublished":"2024-03-05T09:30Z"`) + `<meta property="article:published_time" content="2024-03-05T10:30Z">`},
		{piece: "places that give a later time", head: inArticle(`"datePublished":"2024-03-05T09:30Z"`) + `<meta property="article:published_time" content="2024-03-05T10:30Z">`},
		{piece: "places that give the same time as that of an update", head: inArticle(`"datePublished":"2024-03-05T09:30Z","dateModified":"2024-03-05T09:30Z"`)},
		{piece: "labelled as publication", head: inArticle(`"datePublished":"2024-03-05"`)},
		{piece: "labelled as update", head: inArticle(`"datePublished":"2024-03-05","dateModified":"2024-03-06"`)},
		{piece: "all labels are of an update", head: inArticle(`"dateModified":"2024-03-06"`)},
		{piece: "readers are told that it is that of an update", below: `<div>Updated 5 March 2024</div>`},
		{piece: "publication and update in metadata are of one day", head: inArticle(`"datePublished":"2024-03-05","dateModified":"2024-03-05"`)},
		{piece: "the publication in metadata has a time of day", head: inArticle(`"datePublished":"2024-03-05T09:30Z"`)},
		{piece: "readers see the publication in metadata", head: inArticle(`"datePublished":"2024-03-05"`), below: `<div>5 March 2024</div>`},
		{piece: "days after the publication", head: inArticle(`"datePublished":"2024-03-05","dateModified":"2024-03-06"`)},
		{piece: "no publication in metadata", address: dated},
		{piece: "no update in metadata", address: dated},
		{piece: "no date that readers see near the story", address: dated},
		{piece: "days after the publication in metadata", address: dated, head: inArticle(`"datePublished":"2024-03-06"`)},
		{piece: "days after the update in metadata", address: dated, head: inArticle(`"dateModified":"2024-03-06"`)},
		{piece: "days after the best date that readers see", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "independent sources that give another day", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "places that give another day", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "earlier days", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "later days", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "how well readers see it", below: `<div>5 March 2024</div>`},
		{piece: "how well readers see another day", address: dated, below: `<div>6 March 2024</div>`},
		{piece: "how well metadata gives it", head: inArticle(`"datePublished":"2024-03-05"`)},
		{piece: "how well metadata gives another day", address: dated, head: inArticle(`"datePublished":"2024-03-06"`)},
		{piece: "places where readers see the day", below: `<div>5 March 2024</div>`},
		{piece: "the first date of a line", below: `<div>5 March 2024</div>`},
		{piece: "nearness to the title", below: `<div>5 March 2024</div>`},
		{piece: "readers see it", below: `<div>Published 5 March 2024</div>`},
		{piece: "in a section, frame or card beside the story", above: `<nav>5 March 2024</nav>`},
		{piece: "its line begins with it", below: `<div>5 March 2024</div>`},
		{piece: "the first date of its line", below: `<div>5 March 2024</div>`},
		{piece: "line", below: `<div>5 March 2024</div>`},
		{piece: "marked up as a date", below: `<time datetime="2024-03-05">5</time>`},
		{piece: "line far from the story", after: pad + `<div>5 March 2024</div>`},
		{piece: "line between title and story, labelled as publication", below: `<div>Published 5 March 2024</div>`},
		{piece: "readers see it far from the story", after: elements + `<time datetime="2024-03-05">5</time>`},
		{piece: "readers see it between title and story", below: `<time datetime="2024-03-05">5</time>`},
	} {
		if c.address == "" {
			c.address = "https://a.example/islands"
		}
		p, kept := storyPage(t, c.address, c.head, c.above, c.below, c.after)
		p.Explanation = &article.Explanation{}
		dates.Find(p, title, kept)
		found := false
		for _, candidate := range p.Explanation.Fields {
			for _, e := range candidate.Evidence {
				found = found || e.Name == c.piece && e.Value != 0 && (!c.less || e.Value < 1)
			}
		}
		if !found {
			t.Errorf("%s: got %+v", c.piece, p.Explanation.Fields)
		}
		covered[c.piece] = true
	}
	for _, names := range dates.ModelNames {
		for _, name := range names {
			if !covered[name] {
				t.Errorf("%s: no test row", name)
			}
		}
	}
}

// TestModels: data and code know the same pieces of evidence.
func TestModels(t *testing.T) {
	for name, data := range dates.ModelData {
		// Pieces that no page of the corpora has are unknown to the data.
		_, vain, err := evidence.Missing(data, dates.ModelNames[name]...)
		if err != nil || len(vain) > 0 {
			t.Errorf("%s: pieces that the code does not know: %q, %v", name, vain, err)
		}
		if len(data) > 60<<10 {
			t.Errorf("%s has %d bytes", name, len(data))
		}
	}
}

// TestExplanation: there is a candidate for each day that the page gives, its evidence
// adds up to its score, and the highest score wins.
func TestExplanation(t *testing.T) {
	head := `<meta property="article:published_time" content="2024-03-05T09:30Z"><meta name="dc.date" content="2024-03-07"><meta property="article:modified_time" content="2024-03-08">` +
		`<script type="application/ld+json">{"@type":"NewsArticle","headline":"` + title + `","datePublished":"2024-03-05"}</script>`
	p, kept := storyPage(t, "https://a.example/2024/03/05/ferry", head, "", "", "")
	p.Explanation = &article.Explanation{}
	dates.Find(p, title, kept)
	var got []string
	best := map[string]float64{}
	for _, c := range p.Explanation.Fields {
		if most, ok := best[c.Field]; !ok || c.Score > most {
			best[c.Field] = c.Score
		}
	}
	for _, c := range p.Explanation.Fields {
		sum := 0.0
		for _, e := range c.Evidence {
			sum += e.Part
		}
		if d := sum - c.Score; d > 1e-6 || d < -1e-6 {
			t.Errorf("%s %s: evidence adds up to %v, score is %v", c.Field, c.Value, sum, c.Score)
		}
		if c.Field == "published" && c.Won != (c.Score == best[c.Field]) {
			t.Errorf("%s %s: score is %v, the highest %v, won: %v", c.Field, c.Value, c.Score, best[c.Field], c.Won)
		}
		got = append(got, fmt.Sprintf("%s %s %s %v", c.Field, c.Value, c.From, c.Won))
	}
	slices.Sort(got)
	want := []string{
		"modified 2024-03-08 meta:article:modified_time true",
		"published 2024-03-05T09:30:00Z meta:article:published_time true",
		"published 2024-03-07 meta:dc.date false",
		"published 2024-03-08 meta:article:modified_time false",
		"time 2024-03-05 jsonld:datePublished false",
		"time 2024-03-05 url false",
		"time 2024-03-05T09:30:00Z meta:article:published_time true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
