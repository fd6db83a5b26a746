package article_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// everyBlock is an article with a block of each type.
func everyBlock() *article.Article {
	caption := 0
	return &article.Article{
		URL: "https://a.example/pier", Kind: article.KindLive, Title: "The *pier*", Subtitle: "It still stands.", Language: "en-GB",
		Authors: []article.Author{{Name: "Karin Holm"}, {Name: "Ola Nord"}}, Published: "2026-11-23", Section: "Harbour", Text: "Plain.",
		Body: []article.Block{
			paragraph("It still stands."),
			{Type: article.Paragraph, Text: "# The [mayor] said <so>", Links: []article.Link{{Text: "said", URL: "https://a.example/<x>"}}},
			{Type: article.Heading, Level: 1, Text: "Reactions"},
			{Type: article.List, Items: []string{"one", "two"}, Links: []article.Link{{Text: "two", URL: "https://a.example/2"}}},
			{Type: article.Quote, Text: "Never."},
			{Type: article.Code, Text: "x ``` y"},
			{Type: article.Table, Rows: [][]string{{"a", "b|c"}, {"1", "2"}}},
			{Type: article.Embed, Text: "A post", URL: "https://b.example/post"},
			{Type: article.Media, Caption: &caption},
			{Type: article.Media},
		},
		Captions: []article.Caption{{Text: "The pier", Credit: "A. Holm", Media: "image"}},
		Contacts: []article.Contact{{Kind: "publisher", Phones: []article.Phone{{Raw: "01 23", E164: "+44123"}, {Raw: "+4419"}}, Emails: []string{"desk@a.example"}}},
	}
}

func TestMarkdown(t *testing.T) {
	want := strings.ReplaceAll(`# The \*pier\*

By Karin Holm, Ola Nord  
Published 2026-11-23, in Harbour  
Kind: live  
<https://a.example/pier>

*It still stands.*

\# The \[mayor\] [said](<https://a.example/%3Cx%3E>) \<so>

## Reactions

- one
- [two](<https://a.example/2>)

> Never.

'''
x ' ' ' y
'''

| a | b\|c |
| --- | --- |
| 1 | 2 |

> A post
> <https://b.example/post>

*Image: The pier (A. Holm)*

---

**Contact** (publisher)
- Phone: 01 23 (+44123)
- Phone: +4419
- desk@a.example
`, "'", "`")
	if got := article.Markdown(everyBlock()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHTML(t *testing.T) {
	want := `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>The *pier*</title>
</head>
<body>
<article>
<h1>The *pier*</h1>
<p><small>By Karin Holm, Ola Nord</small></p>
<p><small>Published 2026-11-23, in Harbour</small></p>
<p><small>Kind: live</small></p>
<p>It still stands.</p>
<p># The [mayor] <a href="https://a.example/&lt;x&gt;">said</a> &lt;so&gt;</p>
<h2>Reactions</h2>
<ul>
<li>one</li>
<li><a href="https://a.example/2">two</a></li>
</ul>
<blockquote>Never.</blockquote>
<pre>x ` + "```" + ` y</pre>
<table>
<tr><td>a</td><td>b|c</td></tr>
<tr><td>1</td><td>2</td></tr>
</table>
<blockquote>A post</blockquote>
<figure><figcaption>The pier <small>A. Holm</small></figcaption></figure>
</article>
</body>
</html>
`
	if got := article.HTML(everyBlock()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	a := &article.Article{Title: "<script>", Language: `en" onload="x`}
	if got := article.HTML(a); strings.Contains(got, "<script>") || strings.Contains(got, "onload") {
		t.Errorf("text of the page became markup:\n%s", got)
	}
}

func TestText(t *testing.T) {
	want := "The *pier*\n\nBy Karin Holm, Ola Nord\nPublished 2026-11-23, in Harbour\nKind: live\n\nPlain.\n"
	if got := article.Text(everyBlock()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = "It still stands.\n\n# The [mayor] said <so>\n\nReactions\n\none\ntwo\n\nNever.\n\nx ``` y\n\na | b|c\n1 | 2\n\nA post"
	if got := article.PlainText(everyBlock().Body); got != want {
		t.Errorf("PlainText: got %q, want %q", got, want)
	}
}

// TestContentDigest: who read the article, from where and with which links does not
// change it; what it says does.
func TestContentDigest(t *testing.T) {
	want := everyBlock().ContentDigest()
	a := everyBlock()
	a.Extractor, a.Provenance, a.Body[1].Links = "other/1", map[string]article.Provenance{"title": {From: "h1"}}, nil
	if a.ContentDigest() != want {
		t.Error("extractor, provenance or links change the digest")
	}
	if a.Body[2].Text = "Reaction"; a.ContentDigest() == want {
		t.Error("a changed heading does not change the digest")
	}
}
