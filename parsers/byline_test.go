package parsers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// bylinesOf makes a reader of bylines for a page with a head as given.
func bylinesOf(t testing.TB, head, lang string) *bylines {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(`<html lang="` + lang + `"><head>` + head + `</head><body><h1>The ferry is back</h1><p>It came in at noon.</p></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse("https://www.ledger.example/x")
	return newIndex(&Page{URL: u}, doc).newBylines("The ferry is back")
}

func joinNames(names []authorName) string {
	var res []string
	for _, n := range names {
		s := n.Name
		if n.Kind == "organization" {
			s = "[" + s + "]"
		}
		if n.Role != "" {
			s += " (" + n.Role + ")"
		}
		if n.Email != "" {
			s += " <" + n.Email + ">"
		}
		res = append(res, s)
	}
	return strings.Join(res, "; ")
}

// TestNames: names come out of a byline as printed, without what stands around
// them. "|" stands for the border of an element, "/n" for that of a block.
func TestNames(t *testing.T) {
	for _, tc := range []struct{ lang, in, want string }{
		{"en", "By Jane Doe", "Jane Doe"},
		{"en", "BY JANE DOE AND JOHN ROE-SMITH", "Jane Doe; John Roe-Smith"},
		{"en", "By Jane Doe in Seoul and John Roe in Tokyo, Reuters", "Jane Doe; John Roe; [Reuters]"},
		{"en", "By|Jane Doe|Thursday, May 2, 2024", "Jane Doe"},
		{"en", "By|Jane|Doe", "Jane Doe"},
		{"en", "Jane Doe, Senior Reporter", "Jane Doe (Senior Reporter)"},
		{"en", "Jane Doe|Chief Winemaker, Co-Founder", "Jane Doe (Chief Winemaker)"},
		{"en", "Jane Doe/nStaff Writer/nPublished May 3, 2024", "Jane Doe (Staff Writer)"},
		{"en", "Written by Jane Doe, MD, reviewed by John Roe, PhD", "Jane Doe"},
		{"en", "Medically reviewed by John Roe", ""},
		{"en", "Jane Doe jane@ledger.example", "Jane Doe <jane@ledger.example>"},
		{"en", "By Jane Doe for The Ledger", "Jane Doe"},
		{"en", "By Jane Doe | Updated 3:15 p.m.", "Jane Doe"},
		{"en", "J. R. Doe", "J. R. Doe"},
		{"en", "Dr. Jane Doe", "Jane Doe"},
		{"en", "Posted by SomeBody on March 3, 2024", "SomeBody"},
		{"en", "By Harbour Staff", "[Harbour Staff]"},
		{"en", "By Harbour Ledger staff - 24 June 2026", "[Harbour Ledger staff]"},
		{"en", "By The Associated Press", "[The Associated Press]"},
		{"en", "More by Jane Doe", "Jane Doe"},
		{"en", "By Jane Doe, Seoul", "Jane Doe"},
		{"en", "Jane O’Hara and Seán Ó Briain", "Jane O’Hara; Seán Ó Briain"},
		{"en", "By the time the ferry came", ""},
		{"en", "Published", ""},
		{"en", "Share this story", ""},
		{"en", "Photo: Jane Doe", ""},
		{"de", "Von Anna Muster und Jürgen von der Heide", "Anna Muster; Jürgen von der Heide"},
		{"de", "Ein Gastbeitrag von Anna Muster", "Anna Muster"},
		{"de", "Autorin: Anna Muster, Redakteurin", "Anna Muster (Redakteurin)"},
		{"de", "Von Anna Muster, dpa", "Anna Muster; [dpa]"},
		{"de", "Geprüft von Anna Muster", ""},
		{"de", "von Anna Muster am 3. Mai 2024, 10:15 Uhr", "Anna Muster"},
		{"fr", "Par Jeanne Dupont et Luc Martin (à Nice)", "Jeanne Dupont; Luc Martin"},
		{"fr", "Propos recueillis par Jeanne Dupont", "Jeanne Dupont"},
		{"es", "Por Juana Pérez y Luis Gómez", "Juana Pérez; Luis Gómez"},
		{"es", "Por José Ortega y Gasset", "José Ortega y Gasset"},
		{"es", "Juana Pérez en Madrid", "Juana Pérez"},
		{"it", "di Maria Rossi e Luca Bianchi", "Maria Rossi; Luca Bianchi"},
		{"nl", "Door Jan de Vries en Piet van den Berg", "Jan de Vries; Piet van den Berg"},
		{"pt", "Por Ana Silva", "Ana Silva"},
		{"nb", "Skrevet av Kari Nordmann og Ola Hansen", "Kari Nordmann; Ola Hansen"},
		{"ru", "Автор: Анна Иванова", "Анна Иванова"},
		{"id", "Penulis: Budi Santoso", "Budi Santoso"},
		{"ko", "홍길동 기자", "홍길동 (기자)"},
		{"zh", "作者：王小明", "王小明"},
		{"ja", "文/山田太郎", "山田太郎"},
	} {
		x := bylinesOf(t, "", tc.lang)
		in := strings.NewReplacer("|", string(soft), "/n", string(hard)).Replace(tc.in)
		if strings.Contains(tc.in, " | ") {
			in = tc.in
		}
		if got := joinNames(x.names(in, false)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.in, got, tc.want)
		}
	}
}

// TestDeclaredNames: what data declares may be any account, but no placeholder.
func TestDeclaredNames(t *testing.T) {
	for in, want := range map[string]string{
		"jdoe77":                       "jdoe77",
		"annette doe":                  "annette doe",
		"Doe, Jane":                    "Jane Doe",
		"Jane Doe, Berlin":             "Jane Doe; Berlin",
		"Jane Doe (jad)":               "Jane Doe",
		"von Trapp":                    "von Trapp",
		"Di Stefano":                   "Di Stefano",
		"Von Anna Muster":              "Anna Muster",
		"By Jane Doe":                  "Jane Doe",
		"admin":                        "",
		"null":                         "",
		"[[author]]":                   "",
		"https://a.example/jane":       "",
		"Jane Doe &amp; John Roe":      "Jane Doe; John Roe",
		"Department of Food and Drugs": "[Department of Food and Drugs]",
		"www.ledger.example":           "",
	} {
		x := bylinesOf(t, "", "en")
		if got := joinNames(x.names(html.UnescapeString(in), true)); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

const ferry = `<p>The ferry came in at noon and left again an hour later, with all of its cars and most of its passengers, the harbour master said.</p>
	<p>Nobody on the pier had seen it for three weeks, and the line of cars reached back to the church, as it does in summer.</p>
	<p>The company did not say when the second ship will be repaired, nor who pays for the repair of the pier.</p>`

// TestAuthors: one page each, in the ways sites sign their stories.
func TestAuthors(t *testing.T) {
	for name, tc := range map[string]struct{ head, top, end, authors, byline string }{
		"link": {top: `<div class="meta">By <a href="/author/jane-doe">Jane Doe</a> <time>3 May 2024</time></div>`, authors: "Jane Doe https://www.ledger.example/author/jane-doe", byline: "By Jane Doe"},
		"microdata": {top: `<span itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="Jane Doe"><a href="/staff/jd">Jane</a></span>`,
			authors: "Jane Doe https://www.ledger.example/staff/jd", byline: "Jane"},
		"class": {top: `<div class="article__byline"><span>Von</span><span class="name">Anna Muster</span><span>Redakteurin</span></div>`, authors: "Anna Muster", byline: "Von Anna Muster Redakteurin"},
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
		"labelled at the end":         {end: `<p><strong>Autorin: Anna Muster, Projektleiterin in Tunis</strong></p>`, authors: "Anna Muster", byline: "Autorin: Anna Muster, Projektleiterin in Tunis"},
		"agency at the end":           {top: `<p class="byline">dpa</p>`, authors: "[dpa]", byline: "dpa"},
		"json-ld":                     {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":[{"@type":"Person","name":"Jane Doe","jobTitle":"Reporter","url":"/jane","email":"mailto:Jane@ledger.example"}]}</script>`, top: `<p>Jane Doe, Reporter</p>`, authors: "Jane Doe https://www.ledger.example/jane Reporter jane@ledger.example", byline: "Jane Doe, Reporter"},
		"json-ld by reference":        {head: `<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"The ferry is back","author":{"@type":"Person","@id":"#jd"}},{"@type":"Person","@id":"#jd","name":"Jane Doe"},{"@type":"Person","@id":"#x","name":"Other Body"}]}</script>`, end: `<p>About Jane Doe: she sails.</p>`, authors: "Jane Doe"},
		"json-ld that no reader sees": {head: `<script type="application/ld+json">{"@type":"Article","headline":"The ferry is back","author":{"name":"Jane Doe"}}</script>`},
		"seen by nobody, said twice":  {head: `<script type="application/ld+json">{"@type":"Article","headline":"The ferry is back","author":{"name":"Jane Doe"}}</script><meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">`, authors: "Jane Doe"},
		"newsroom":                    {head: `<script type="application/ld+json">{"@type":"NewsArticle","headline":"The ferry is back","author":{"@type":"Organization","name":"The Ledger"},"publisher":{"name":"The Ledger"}}</script>`, authors: "[The Ledger]"},
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
		"nobody":                      {top: `<p>Last updated 3 May 2024</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			head := tc.head
			if !strings.Contains(head, "<title>") {
				head += "<title>The ferry is back</title>"
			}
			u, _ := url.Parse("https://www.ledger.example/2024/ferry")
			a, err := (&Parser{}).Parse(&Page{URL: u, HTML: []byte(`<html lang="en"><head><meta charset="utf-8">` + head + `</head><body><main><article><h1>The ferry is back</h1>` + tc.top + `<div class="article-body">` + ferry + `</div>` + tc.end + `</article></main></body></html>`)})
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

// FuzzNames: no byline panics, and the names in it are within bounds.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"By Jane Doe and John Roe, Reuters", "Von\x1fAnna\x1fMuster\nRedakteurin", "작성자 홍길동 기자", "(((", "By By By", "Doe, Jane", "文/", "a@b.example", "ВЛАДИМИР ИВАНОВ", "İi Iı", "Jane\xffDoe", "·|–"} {
		f.Add(s)
	}
	x := bylinesOf(f, "", "es")
	f.Fuzz(func(t *testing.T, s string) {
		for _, exact := range []bool{false, true} {
			names := x.names(s, exact)
			if len(names) > 200 {
				t.Errorf("%d names", len(names))
			}
			for _, n := range names {
				if n.Name == "" || len(n.Name) > len(s)+200 {
					t.Errorf("odd name %q", n.Name)
				}
			}
		}
		trimByline(printed(s))
		bylineLine(s)
	})
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
			a := parseBytes(t, []byte("<article><h1>The ferry</h1>"+body+ferry+"</article>"))
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if a == nil || len(a.Authors) > 40 {
				t.Errorf("got %+v", a)
			}
		})
	}
}
