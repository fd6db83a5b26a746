package byline_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

const ferry = `<p>The ferry came in at noon and left again an hour later, with all of its cars and most of its passengers, the harbour master said.</p>
	<p>Nobody on the pier had seen it for three weeks, and the line of cars reached back to the church, as it does in summer.</p>
	<p>The company did not say when the second ship will be repaired, nor who pays for the repair of the pier.</p>`

// TestAuthors: one page each, in the ways sites sign their stories.
func TestAuthors(t *testing.T) {
	for name, tc := range map[string]struct{ head, top, end, authors, byline string }{
		"link": {top: `<div class="meta">By <a href="/author/jane-doe">Jane Doe</a> <time>3 May 2024</time></div>`, authors: "Jane Doe https://www.ledger.example/author/jane-doe", byline: "By Jane Doe"},
		"microdata": {top: `<span itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="Jane Doe"><a href="/staff/jd">Jane</a></span>`,
			authors: "Jane Doe https://www.ledger.example/staff/jd", byline: "Jane"},
		"class": {top: `<div class="article__byline"><span>Von</span><span class="name">Anna Muster</span><span>Redakteurin</span></div>`, authors: "Anna Muster", byline: "Von Anna Muster"},
		"two elements, no sign": {top: `<div class="article-byline"><span>Anna Muster</span> <span>Jan Michael Beispiel</span> <span>Eva Probe</span></div>`,
			authors: "Anna Muster; Jan Michael Beispiel; Eva Probe", byline: "Anna Muster Jan Michael Beispiel Eva Probe"},
		"text alone":                  {top: `<p>Par Jeanne Dupont</p>`, authors: "Jeanne Dupont", byline: "Par Jeanne Dupont"},
		"by-word above":               {top: `<p>Written by</p><p>Jane Doe</p>`, authors: "Jane Doe", byline: "Written by Jane Doe"},
		"mail link":                   {top: `<p class="byline">By Jane Doe (<a href="mailto:Jane.Doe@ledger.example?subject=x">mail</a>)</p>`, authors: "Jane Doe jane.doe@ledger.example", byline: "By Jane Doe (mail)"},
		"label after a date":          {top: `<p>Erstellt: 03.05.2024 | Autor: Anna Muster</p>`, authors: "Anna Muster", byline: "Autor: Anna Muster"},
		"date before":                 {top: `<p>3 May 2024 by Jane Doe</p>`, authors: "Jane Doe", byline: "by Jane Doe"},
		"beside a date":               {top: `<p>Jane Doe · 3 May 2024 · 4 min</p>`, authors: "Jane Doe", byline: "Jane Doe"},
		"slogan beside a date":        {top: `<p>Harbour Matters · 3 May 2024</p>`},
		"signature":                   {end: `<p style="text-align: right"><em>Jane Doe</em></p>`, authors: "Jane Doe", byline: "Jane Doe"},
		"labelled at the end":         {end: `<p><strong>Autorin: Anna Muster, Projektleiterin in Tunis</strong></p>`, authors: "Anna Muster", byline: "Autorin: Anna Muster"},
		"agency at the end":           {top: `<p class="byline">dpa</p>`, authors: "[dpa]", byline: "dpa"},
		"json-ld":                     {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":[{"@type":"Person","name":"Jane Doe","jobTitle":"Reporter","url":"/jane","email":"mailto:Jane@ledger.example"}]}</script>`, top: `<p>Jane Doe, Reporter</p>`, authors: "Jane Doe https://www.ledger.example/jane Reporter jane@ledger.example", byline: "Jane Doe"},
		"json-ld by reference":        {head: `<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"The ferry is back","author":{"@type":"Person","@id":"#jd"}},{"@type":"Person","@id":"#jd","name":"Jane Doe"},{"@type":"Person","@id":"#x","name":"Other Body"}]}</script>`, end: `<p>About Jane Doe: she sails.</p>`, authors: "Jane Doe"},
		"json-ld that no reader sees": {head: `<script type="application/ld+json">{"@type":"Article","headline":"The ferry is back","author":{"name":"Jane Doe"}}</script>`, authors: "Jane Doe"},
		"seen by nobody, said twice":  {head: `<script type="application/ld+json">{"@type":"Article","headline":"The ferry is back","author":{"name":"Jane Doe"}}</script><meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">`, authors: "Jane Doe"},
		"newsroom":                    {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":{"@type":"Organization","name":"The Ledger"},"publisher":{"name":"The Ledger"}}</script>`, top: `<p class="byline">By The Ledger</p>`, authors: "[The Ledger]", byline: "By The Ledger"},
		"site of a blog":              {head: `<meta property="og:site_name" content="Harbour Shop"><script type="application/ld+json">{"@type":"BlogPosting","headline":"The ferry is back","author":{"@type":"Organization","name":"Harbour Shop"}}</script>`},
		"site, but a person":          {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":{"@type":"Organization","name":"The Ledger"},"publisher":{"name":"The Ledger"}}</script>`, top: `<p class="byline">By Jane Doe</p>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"admin":                       {head: `<meta name="author" content="admin">`, top: `<div class="post-author">admin</div>`},
		"meta of the web shop":        {head: `<meta name="author" content="Web Studio Example GmbH">`},
		"meta, seen":                  {head: `<meta name="author" content="Jane Doe">`, top: `<div>Jane Doe, Harbour</div>`, authors: "Jane Doe", byline: "Jane Doe, Harbour"},
		"account and full name":       {head: `<meta name="author" content="janedoe">`, top: `<div class="byline">By Jane Doe</div>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"one of two":                  {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":"Jane Doe"}</script>`, top: `<p class="byline">By Jane Doe and Robert Roe</p>`, authors: "Jane Doe; Robert Roe", byline: "By Jane Doe and Robert Roe"},
		"reviewer":                    {top: `<p class="author">Written by Jane Doe</p><p class="author">Reviewed by Robert Roe</p>`, authors: "Jane Doe", byline: "Written by Jane Doe"},
		"comments":                    {end: `<div id="comments"><div class="comment"><span class="comment-author">Some Reader</span> says</div></div>`},
		"other stories":               {end: `<div class="related-posts"><article><a href="/y"><h3>Another story</h3></a><span class="author">By Robert Roe</span></article></div>`},
		"photographer":                {top: `<figure><img src="/x.jpg"><figcaption>The pier. <span class="author">Robert Roe</span></figcaption></figure>`},
		"template":                    {top: `<div class="author">{{author}}</div>`},
		"author box":                  {end: `<div class="author-box"><h4 class="author-box__name">Jane Doe</h4><div class="author-bio">She has written about ships since the old pier burned down, and sails.</div></div>`, authors: "Jane Doe", byline: "Jane Doe"},
		"head title":                  {head: `<title>The ferry is back | by Jane Doe | Ledger</title>`, top: `<p>Jane Doe</p>`, authors: "Jane Doe", byline: "Jane Doe"},
		"without a space":             {top: `<div class="x"><span>By</span><span>Jane Doe</span></div>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"data attribute":              {top: `<div data-author="Jane Doe"></div><p>Jane Doe</p>`, authors: "Jane Doe", byline: "Jane Doe"},
		"role by its class":           {top: `<div class="author"><a href="/author/jane-doe">Jane Doe</a><span class="job-title">Ships and Harbours</span></div>`, authors: "Jane Doe", byline: "Jane Doe"},
		"role and mail":               {top: `<p class="byline">By Jane Doe, Staff writer, <a href="mailto:jane@ledger.example">jane@ledger.example</a></p>`, authors: "Jane Doe Staff writer jane@ledger.example", byline: "By Jane Doe"},
		"a name that is a word":       {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":{"@type":"Person","name":"Ottilie Post"}}</script>`, top: `<p class="byline">By Ottilie Post</p>`, authors: "Ottilie Post", byline: "By Ottilie Post"},
		"dashes before the by-word":   {top: `<p><em>---- by Jane Doe</em></p>`, authors: "Jane Doe", byline: "by Jane Doe"},
		"fact-checker":                {top: `<p class="byline">By Jane Doe</p><div>3 May 2024 | Fact-checked by <a href="/author/roe">Robert Roe</a></div>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"editor, with a comment":      {top: `<p class="byline">By Jane Doe</p><span>Edited<!-- --> by <span class="byline-link">Robert Roe</span></span>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"editor in the meta elements": {head: `<meta name="author" content="publisher">`},
		"place beside the date":       {top: `<p>Phoenix, United States · 3 May 2024</p>`},
		"photographer in a caption":   {top: `<p class="byline">By Jane Doe</p><figure><img src="/x.jpg"><figcaption>The pier, seen from the church. Photo: Robert Roe</figcaption></figure>`, authors: "Jane Doe", byline: "By Jane Doe"},
		"nobody":                      {top: `<p>Last updated 3 May 2024</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			head := tc.head
			if !strings.Contains(head, "<title>") {
				head += "<title>The ferry is back</title>"
			}
			u, _ := url.Parse("https://www.ledger.example/2024/ferry")
			a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: []byte(`<html lang="en"><head><meta charset="utf-8">` + head + `</head><body><main><article><h1>The ferry is back</h1>` + tc.top + `<div class="article-body">` + ferry + `</div>` + tc.end + `</article></main></body></html>`)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range a.Authors {
				s := n.Name
				if n.Kind == "organization" {
					s = "[" + s + "]"
				}
				for _, more := range []string{n.URL, n.Role, n.Email} {
					if more != "" && (strings.Contains(tc.authors, more) || strings.Contains(tc.authors, "http")) {
						s += " " + more
					}
				}
				got = append(got, s)
			}
			if names := strings.Join(got, "; "); names != tc.authors {
				t.Errorf("got %q, want %q (%+v)", names, tc.authors, a.Provenance["authors"])
			}
			if a.Byline != tc.byline {
				t.Errorf("byline: got %q, want %q", a.Byline, tc.byline)
			}
			if _, ok := a.Provenance["authors"]; ok != (len(a.Authors) > 0) {
				t.Error("provenance without authors, or authors without")
			}
		})
	}
}

// TestManyBylines: a page of nothing but bylines is read in bounded time.
func TestManyBylines(t *testing.T) {
	list := "By " + strings.Repeat("Jane Doe, Robert Roe, Anna Muster, ", 8) + "John Doe"
	for name, body := range map[string]string{
		"long lists": strings.Repeat(`<p class="author">`+list+`</p>`, 2_000),
		"nested":     strings.Repeat(`<span class="author">By Jane Doe `, 1_500) + list,
		"links":      "<a href=/x>" + strings.Repeat(`<span class="byline">By Jane Doe</span><br>`, 20_000) + "</a>",
		"one line":   `<p class="byline">` + strings.Repeat("Jane Doe and ", 100_000) + "</p>",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a, err := (&parsers.Parser{}).Parse(&article.Page{HTML: []byte("<article><h1>The ferry</h1>" + body + ferry + "</article>")})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if len(a.Authors) > 40 {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// FuzzFind: whatever the page, authors have a name and a kind, and there is a
// provenance if and only if there are authors.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		`<h1>The ferry</h1><p class="byline">By <a rel=author href="/a">Jane Doe</a></p>`,
		`<span itemprop=author><meta itemprop=name content="Jane Doe"></span>`,
		`<a href="/author/x"><h3>Story</h3><span class=author>Jane</span></a>`,
		`<p>Written by</p><p>Jane Doe</p><p align=right>(dpa)</p><p>Source: Reuters</p>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		p := doctest.Page(t, source)
		kept := doctest.Kept(p, func(b *block.Block) bool { return b.Words > 8 })
		authors, line, prov := byline.Find(p, "The ferry", kept)
		if (prov.From != "") != (len(authors) > 0) || line != "" && len(authors) == 0 {
			t.Errorf("got %d authors, byline %q, provenance %+v", len(authors), line, prov)
		}
		for _, a := range authors {
			if a.Name == "" || a.Kind != "person" && a.Kind != "organization" {
				t.Errorf("odd author %+v", a)
			}
		}
		byline.Source(p, &article.Article{Title: "The ferry", Authors: authors}, "", kept)
	})
}
