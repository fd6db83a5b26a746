package parsers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// storyOf is a page whose story is long enough to be found.
func storyOf(head, aboveTitle, belowTitle, after string) string {
	para := "<p>The ferry office in the old harbour opened its doors again on a grey morning, and the first of the islanders stood in line long before the clerks had found their keys.</p>"
	return `<html lang="en-GB"><head><title>Ferry office opens again</title>` + head + `</head><body><header><a href="/">The Harbour Post</a></header>` + aboveTitle +
		`<article><h1>Ferry office opens again</h1>` + belowTitle + `<div class="text">` + strings.Repeat(para, 5) + `</div></article>` + after + `<footer>© 2003-2031 The Harbour Post</footer></body></html>`
}

func TestDates(t *testing.T) {
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
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			a, err := (&Parser{}).Parse(&article.Page{URL: u, HTML: []byte(storyOf(c.head, c.above, c.below, c.after)), Fetched: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			if a.Published != c.published || a.Modified != c.modified {
				t.Errorf("got published %q, modified %q, want %q, %q", a.Published, a.Modified, c.published, c.modified)
			}
			pr := a.Provenance["published"]
			if c.source != "" && pr.From != c.source {
				t.Errorf("got it from %q, want %q", pr.From, c.source)
			}
			if (a.Published == "") != (pr.From == "") || pr.Confidence < 0 || pr.Confidence > 0.99 {
				t.Errorf("published %q has provenance %v", a.Published, pr)
			}
		})
	}
}
