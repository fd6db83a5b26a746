package byline_test

import (
	"cmp"
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestNameKinds: bylines that were read wrongly once, and their relatives in other
// languages and markup.
func TestNameKinds(t *testing.T) {
	for name, tc := range map[string]struct{ lang, head, top, authors, role string }{
		"only in JSON-LD":                  {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","datePublished":"2024-05-03T08:00:00Z","author":[{"@type":"Person","name":"Mira Holt"},{"@type":"Person","name":"Tom Reeder"}]}</script>`, authors: "Mira Holt; Tom Reeder"},
		"second link":                      {top: `<address><a rel="author" href="/profile/nora-vance">Nora Vance</a> and <a rel="author" href="/profile/piet-lowe">Piet Lowe</a></address>`, authors: "Nora Vance; Piet Lowe"},
		"family name of a trade":           {top: `<p class="byline">By Hal Morrow, Cleo Baker, Ray Writer and Marta Ibsen</p>`, authors: "Hal Morrow; Cleo Baker; Ray Writer; Marta Ibsen"},
		"a trade":                          {top: `<p class="byline">By Hal Morrow, Food Writer</p>`, authors: "Hal Morrow"},
		"message of a button":              {top: `<div class="authors-bar"><span>By Ned Farrow</span> <button>Print</button> <span class="tip">Link Copied</span></div>`, authors: "Ned Farrow"},
		"message of a button, de":          {lang: "de", top: `<div class="authors-bar"><span>Von Ned Farrow</span> <span role="status">Link kopiert</span></div>`, authors: "Ned Farrow"},
		"shown twice":                      {top: `<div class="byline">by <a href="/x">Lin Marlowe</a><span>Lin Marlowe</span></div>`, authors: "Lin Marlowe"},
		"place after a bar":                {lang: "es", top: `<div class="firma"><span class="autor">Rosalía Vidal</span> | <span class="lugar">Palma de Mallorca</span></div>`, authors: "Rosalía Vidal"},
		"label alone":                      {lang: "zh", top: `<div><span id="author">作者：</span></div>`},
		"roles in Japanese":                {lang: "ja", top: `<p class="author">エリック・フリー 著、嶋田 健司 監訳、木下 哲雄 訳</p>`, authors: "エリック・フリー; 嶋田 健司; 木下 哲雄", role: "著"},
		"unit after a role":                {top: `<p class="byline">By <a href="/bio/dk">Edda Ruiz</a>, Chief Archivist, Harbour Records, Letters, and Maps Programme</p>`, authors: "Edda Ruiz", role: "Chief Archivist, Harbour Records, Letters and Maps Programme"},
		"reporter in a sentence":           {lang: "zh", top: `<p>记者从港务局获悉，如下：</p><p>记者了解到，工程再次推迟。</p>`},
		"name in parts":                    {top: `<div class="author-group"><a class="author" href="#"><span class="given-name">Walter K.</span><span class="surname">Thorne</span></a>, <a class="author" href="#"><span class="given-name">Anna</span> <span class="surname">Bell</span></a></div>`, authors: "Walter K. Thorne; Anna Bell"},
		"role behind a comma":              {top: `<div class="byline">By <a href="/staff/hal">Hal Morrow</a><span class="author-title">, <b>Harbour Editor</b></span></div>`, authors: "Hal Morrow", role: "Harbour Editor"},
		"role in lines":                    {top: `<div class="byline">By <a href="/staff/hal">Hal Morrow</a><span class="author-title"> <i>Harbour</i> <i>Editor</i> </span></div>`, authors: "Hal Morrow", role: "Harbour Editor"},
		"no role but a comma":              {top: `<div class="byline">By <a href="/staff/hal">Hal Morrow</a><span class="author-title">,</span></div>`, authors: "Hal Morrow", role: "none"},
		"label behind date and source, zh": {lang: "zh", top: `<div class="info">2024年05月03日 08:00 来源：海滨日报 作者：周文澜</div>`, authors: "周文澜"},
		"a sentence and a credit, zh":      {lang: "zh", top: `<p>2024年05月03日</p><p>图为港口的渡轮。陆鸣 摄</p>`},
		"desk and name, ja":                {lang: "ja", top: `<p class="article-author">文化部・森下 灯</p>`, authors: "森下 灯"},
		"generation":                       {top: `<p class="byline">By Martin Thorne Jr.</p>`, authors: "Martin Thorne Jr."},
		"degree":                           {top: `<p class="byline">By Martin Thorne, PhD</p>`, authors: "Martin Thorne"},
		"hCard of a hotel":                 {top: `<div class="vcard"><span class="fn org">Harbour Hotel</span> <span class="adr">Quay 1</span></div>`},
		"text glued to a name":             {top: `<p class="byline">By Jane DoePublished 3 May 2024</p>`, authors: "Jane Doe"},
		"sentence after a comma":           {top: `<p class="byline">By Jane Doe, had gone</p>`, authors: "Jane Doe"},
		"reporter, Korean":                 {lang: "ko", top: `<p class="byline">김바다 기자</p>`, authors: "김바다", role: "기자"},
	} {
		t.Run(name, func(t *testing.T) {
			lang := tc.lang
			if lang == "" {
				lang = "en"
			}
			u, _ := url.Parse("https://www.ledger.example/2024/ferry")
			a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: []byte(`<html lang="` + lang + `"><head><meta charset="utf-8"><title>The ferry is back</title>` + tc.head + `</head><body><main><article><h1>The ferry is back</h1>` + tc.top + `<div class="article-body">` + ferry + `</div></article></main></body></html>`)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range a.Authors {
				got = append(got, n.Name)
			}
			if names := strings.Join(got, "; "); names != tc.authors {
				t.Errorf("got %q, want %q", names, tc.authors)
			}
			if tc.role != "" && (len(a.Authors) == 0 || cmp.Or(a.Authors[0].Role, "none") != tc.role) {
				t.Errorf("role: got %+v, want %q", a.Authors, tc.role)
			}
			for _, n := range a.Authors {
				if n.Role == "had gone" {
					t.Errorf("role: got %q", n.Role)
				}
			}
		})
	}
}
