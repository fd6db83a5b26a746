package parsers

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const siteFrame = `<header><a href="/"><img src="/logo.svg" alt="The Strait Times"></a><nav><ul><li><a href="/news">News</a></li><li><a href="/islands">Islands</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>`

const siteFoot = `<footer><p>The Strait Times, 4 Quay Street</p><ul><li><a href="/contact">Contact us today</a></li><li><a href="/terms">Terms of use and sale</a></li></ul></footer>`

func kindPage(head, bodyClass, content string) string {
	return `<!doctype html><html lang="en"><head>` + head + `<meta property="og:site_name" content="The Strait Times"></head><body class="` + bodyClass + `">` + siteFrame + content + siteFoot + `</body></html>`
}

// cardList are n teasers, each in its own box; with excerpts of so many words.
func cardList(n, excerpt int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<article class="card"><a href="/news/story-%d"><img src="/p%d.jpg" alt=""></a><h3><a href="/news/story-%d">Harbour council hears plan number %d for the old pier</a></h3>`, i, i, i, i)
		if excerpt > 0 {
			fmt.Fprintf(&b, `<p>%s</p>`, strings.Join(strings.Fields(strings.Repeat(fmt.Sprintf("The council of the harbour town met %d times to hear about the pier and its costs ", i), 10))[:excerpt], " "))
		}
		b.WriteString(`</article>`)
	}
	return b.String()
}

// proseOf are n paragraphs side by side.
func proseOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>In paragraph %d the harbour master said that the pier had stood for longer than anybody could remember, and that its timbers, which came from the northern islands, would hold for another %d winters.</p>", i, i+2)
	}
	return b.String()
}

func TestKind(t *testing.T) {
	const title = "Harbour master says the old pier will stand"
	articleHead := `<title>` + title + ` - The Strait Times</title><meta property="og:type" content="article"><meta property="og:title" content="` + title + `"><meta property="article:published_time" content="2026-11-20T08:00:00+00:00">`
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	live := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<div class="entry"><time datetime="2026-11-20T%02d:15:00Z">%d:15</time><h2>Entry %d of the day at the pier</h2><p>At this hour, the crane lifted timber number %d from the barge, and the crowd on the quay cheered for the crew of the barge.</p></div>`, 8+i, 8+i, i, i)
		}
		return b.String()
	}
	slides := ""
	for i := range 9 {
		slides += fmt.Sprintf(`<figure><img src="/s%d.jpg"><figcaption>The old pier in the year %d, with the ferry at its end and gulls on the rail.</figcaption></figure>`, i, 1900+i)
	}
	for _, test := range []struct {
		name, url, page string
		want            article.Kind
	}{
		{"article", "https://a.example/news/2026/11/20/harbour-master-says-pier-will-stand", kindPage(articleHead, "single single-post", `<main><article><h1>`+title+`</h1><p class="byline">By Ane Dahl</p>`+proseOf(8)+`</article><aside><h2>More</h2>`+cardList(12, 0)+`</aside></main>`), article.KindArticle},
		{"article without metadata, many links around it", "https://a.example/n/7781234", kindPage(`<title>`+title+`</title>`, "", `<div id="c"><h1>`+title+`</h1>`+proseOf(6)+`</div><div class="list">`+cardList(30, 20)+`</div>`), article.KindArticle},
		{"article of a topic folder", "https://a.example/topics/harbour/harbour-master-says-the-old-pier-will-stand", kindPage(`<title>`+title+`</title>`, "", `<h1>`+title+`</h1>`+proseOf(5)+cardList(6, 0)), article.KindArticle},
		{"short notice", "https://a.example/news/2026/11/20/pier-closed", kindPage(articleHead, "", `<main><article><h1>`+title+`</h1>`+proseOf(1)+`</article>`+cardList(10, 0)+`</main>`), article.KindArticle},
		{"small story without metadata", "https://a.example/harbour/pier.html", kindPage(`<title>Pier closed</title>`, "", `<div><div><h2>Pier closed</h2><p>`+strings.Repeat("The harbour master has closed the old pier to anglers until the spring. ", 5)+`</p></div></div>`), article.KindArticle},
		{"a page about the site", "https://a.example/imprint", kindPage(`<title>Imprint</title>`, "", `<div><h2>Imprint</h2><p>`+strings.Repeat("The Strait Times is printed on the quay by four people and a dog. ", 5)+`</p></div>`), article.KindOther},
		{"a list of ten as an article", "https://a.example/travel/ten-piers-to-see-before-winter", kindPage(articleHead+ld(`{"@type":"NewsArticle","headline":"`+title+`"}`), "", `<main><article><h1>`+title+`</h1>`+proseOf(1)+cardList(10, 40)+`</article></main>`), article.KindArticle},
		{"a story of an old archive", "http://a.example/archive/story441.htm", kindPage(`<title>`+title+`</title>`, "", `<table><tr><td><font size="5"><b>`+title+`</b></font><br>By Ada Obi<br>May 3, 2004<br><br>`+strings.ReplaceAll(strings.ReplaceAll(proseOf(5), "<p>", ""), "</p>", "<br><br>")+`</td></tr></table>`), article.KindArticle},
		{"an item of the news", "https://a.example/news/items/the-old-pier-stands.html", kindPage(`<title>`+title+`</title>`, "", `<div class="mod_newsreader"><h1>`+title+`</h1><p class="info"><time datetime="2026-11-20T08:00">20.11.2026</time></p>`+proseOf(2)+`</div>`), article.KindArticle},
		{"WordPress category", "https://a.example/category/harbour/", kindPage(`<title>Harbour Archives - The Strait Times</title><meta property="og:type" content="article"><link rel="next" href="https://a.example/category/harbour/page/2/">`, "archive category category-harbour category-12", `<main><h1>Category: Harbour</h1>`+cardList(10, 40)+`</main>`), article.KindSection},
		{"category with whole posts", "https://a.example/category/harbour/", kindPage(`<title>Harbour Archives</title>`, "archive category", `<main><h1>Harbour</h1><article><h2><a href="/a-1">The first of two posts</a></h2>`+proseOf(4)+`</article><article><h2><a href="/a-2">The second of two posts</a></h2>`+proseOf(4)+`</article></main>`), article.KindSection},
		{"newspaper's section of 60 cards", "https://a.example/islands", kindPage(`<title>Islands - The Strait Times</title><meta property="og:type" content="website">`, "", `<main><h1>Islands</h1>`+cardList(60, 0)+`</main>`), article.KindSection},
		{"section with metadata of a list", "https://a.example/news/islands", kindPage(`<title>Islands</title>`+ld(`{"@type":"CollectionPage","name":"Islands","mainEntity":{"@type":"ItemList","itemListElement":[]}}`), "", `<main><h1>Islands</h1>`+cardList(8, 22)+`</main>`), article.KindSection},
		{"section whose teasers stand side by side", "https://a.example/news/islands", kindPage(`<title>Islands</title>`, "", `<main><h1>Islands</h1><div>`+strings.NewReplacer("<article class=\"card\">", "", "</article>", "").Replace(cardList(9, 40))+`</div></main>`), article.KindSection},
		{"section with links to the rest", "https://a.example/news/islands", kindPage(`<title>Islands</title>`, "", `<main><h1>Islands</h1>`+strings.Repeat(`<div class="item"><h2>Plan for the old pier is heard</h2><p>The council of the harbour town met again to hear about the pier, and what it would cost to keep its timbers.</p><a href="/x">Read more</a></div>`, 8)+`</main>`), article.KindSection},
		{"home", "https://a.example/", kindPage(`<title>The Strait Times</title>`, "home", `<main>`+cardList(40, 18)+`</main>`), article.KindHome},
		{"home of a language", "https://a.example/en/", kindPage(`<title>The Strait Times</title>`, "", `<main>`+cardList(40, 0)+`</main>`), article.KindHome},
		{"author", "https://a.example/author/ane-dahl/", kindPage(`<title>Ane Dahl, Author at The Strait Times</title><meta property="og:type" content="profile">`, "archive author author-ane-dahl", `<main><h1>Ane Dahl</h1><p>Ane Dahl has written about harbours and ferries for the paper since she left the merchant navy, and lives on the northern island.</p>`+cardList(12, 0)+`</main>`), article.KindAuthor},
		{"author by metadata", "https://a.example/profil/ane-dahl", kindPage(`<title>Ane Dahl</title>`+ld(`{"@type":"ProfilePage","mainEntity":{"@type":"Person","name":"Ane Dahl"}}`), "", `<main><h1>Ane Dahl</h1>`+cardList(12, 0)+`</main>`), article.KindAuthor},
		{"tag", "https://a.example/tag/pier", kindPage(`<title>pier</title>`, "", `<main><h1>pier</h1>`+cardList(5, 0)+`</main>`), article.KindSection},
		{"search", "https://a.example/?s=pier", kindPage(`<title>You searched for pier</title>`, "search search-results", `<main><h1>Search results for: pier</h1>`+cardList(6, 25)+`</main>`), article.KindSection},
		{"second page of a section", "https://a.example/islands/page/2/", kindPage(`<title>Islands - Page 2</title>`, "", `<main><h1>Islands</h1>`+cardList(10, 20)+`</main>`), article.KindSection},
		{"video", "https://a.example/video/crane-lifts-pier", kindPage(`<title>Crane lifts the pier</title><meta property="og:type" content="video.other">`+ld(`{"@type":"VideoObject","name":"Crane lifts the pier"}`), "", `<main><h1>Crane lifts the pier</h1><video src="/v.mp4"></video>`+proseOf(1)+cardList(12, 0)+`</main>`), article.KindVideo},
		{"gallery", "https://a.example/photos/the-old-pier-in-nine-pictures", kindPage(`<title>The old pier in nine pictures</title>`, "", `<main><article><h1>The old pier in nine pictures</h1>`+proseOf(1)+slides+`</article></main>`), article.KindGallery},
		{"live, by metadata", "https://a.example/news/pier-day", kindPage(`<title>Pier day</title>`+ld(`{"@type":"LiveBlogPosting","headline":"Pier day","liveBlogUpdate":[]}`), "", `<main><h1>Pier day</h1>`+live(8)+`</main>`), article.KindLive},
		{"live, by its entries", "https://a.example/news/pier-day-live-updates-from-the-quay", kindPage(`<title>Pier day live: updates from the quay</title><meta property="og:type" content="article">`, "", `<main><article><h1>Pier day live: updates from the quay</h1>`+live(8)+`</article></main>`), article.KindLive},
		{"an article about living", "https://a.example/blogs/live/how-to-live-at-the-quay-all-year", kindPage(articleHead, "", `<main><article><h1>How to live at the quay all year</h1>`+proseOf(8)+`</article></main>`), article.KindArticle},
		{"missing page", "https://a.example/news/2026/gone", kindPage(`<title>Page not found - The Strait Times</title>`, "error404", `<main><h1>404</h1><p>The page that you are looking for has sailed. Try one of these.</p>`+cardList(4, 0)+`</main>`), article.KindOther},
		{"consent wall", "https://a.example/news/story-of-the-day-at-the-pier", `<html><head><title>The Strait Times</title></head><body><div><h1>We value your privacy</h1><p>We and our 812 partners store and access information on your device, such as cookies, and process personal data for advertising and measurement.</p><button>Accept all</button></div></body></html>`, article.KindBlocked},
		{"a page that only refreshes", "https://a.example/news/2026/11/20/harbour-master-says-pier-will-stand", kindPage(articleHead+`<META HTTP-EQUIV="Refresh" CONTENT="5; URL='/new/'">`, "", `<main><article><h1>`+title+`</h1><p>This story has moved to <a href="/new/">a new address</a>.</p></article></main>`), article.KindOther},
		{"a story that is loaded again each minute", "https://a.example/news/2026/11/20/harbour-master-says-pier-will-stand", kindPage(articleHead+`<meta http-equiv=refresh content="60;/news/2026/11/20/harbour-master-says-pier-will-stand">`, "", `<main><article><h1>`+title+`</h1>`+proseOf(1)+`</article></main>`), article.KindArticle},
		{"a story of a slide show", "https://a.example/news/2026/11/20/harbour-master-says-pier-will-stand", kindPage(articleHead+`<meta http-equiv=refresh content="7;/next">`, "", `<main><article><h1>`+title+`</h1>`+proseOf(4)+`</article></main>`), article.KindArticle},
		{"bot wall", "https://a.example/news/story-of-the-day-at-the-pier", `<html><head><title>Just a moment...</title></head><body><h1>a.example</h1><p>Checking your browser before you go on.</p></body></html>`, article.KindBlocked},
		{"a story about a wall", "https://a.example/news/access-denied-pier", kindPage(articleHead, "", `<main><article><h1>Access denied: pier closed to anglers</h1>`+proseOf(2)+`</article></main>`), article.KindArticle},
		{"paywall stub", "https://a.example/news/2026/11/20/harbour-master-says-pier-will-stand", kindPage(articleHead+ld(`{"@type":"NewsArticle","headline":"`+title+`","isAccessibleForFree":false}`), "", `<main><article><h1>`+title+`</h1>`+proseOf(1)+`<div class="paywall"><p>Subscribe to continue reading this story.</p></div></article>`+cardList(12, 0)+`</main>`), article.KindArticle},
		{"contact page", "https://a.example/contact", kindPage(`<title>Contact</title>`, "", `<main><h1>Contact</h1><p>Write to the desk at 4 Quay Street.</p></main>`), article.KindOther},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, err := url.Parse(test.url)
			if err != nil {
				t.Fatal(err)
			}
			a, e, err := new(Parser).Explain(&article.Page{URL: u, HTML: []byte(test.page)})
			if err != nil {
				t.Fatal(err)
			}
			if a.Kind != test.want {
				t.Errorf("got %s, want %s: %+v", a.Kind, test.want, e.Fields)
			}
			if asks := AsksConsent(a); asks != (test.name == "consent wall") {
				t.Errorf("asks for consent: %v", asks)
			}
		})
	}
}

// TestPaywalled: what a page declares counts only with what it shows.
func TestPaywalled(t *testing.T) {
	declared := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Pier","isAccessibleForFree":%s,"wordCount":%d}</script>`
	for _, test := range []struct {
		name, page string
		want       bool
	}{
		{"free", kindPage("", "", `<article><h1>Pier</h1>`+proseOf(3)+`</article>`), false},
		{"declared, a stub", kindPage(fmt.Sprintf(declared, "false", 900), "", `<article><h1>Pier</h1>`+proseOf(1)+`</article>`), true},
		{"declared as text", kindPage(fmt.Sprintf(declared, `"False"`, 900), "", `<article><h1>Pier</h1>`+proseOf(1)+`</article>`), true},
		{"declared, all there", kindPage(fmt.Sprintf(declared, "false", 420), "", `<article><h1>Pier</h1>`+proseOf(12)+`</article>`), false},
		{"declared, a long beginning of more", kindPage(fmt.Sprintf(declared, "false", 2000), "", `<article><h1>Pier</h1>`+proseOf(12)+`</article>`), true},
		{"a tier", kindPage(`<meta property="article:content_tier" content="locked">`, "", `<article><h1>Pier</h1>`+proseOf(1)+`</article>`), true},
		{"free by its word", kindPage(fmt.Sprintf(declared, "true", 40), "", `<article><h1>Pier</h1>`+proseOf(1)+`</article>`), false},
		{"a wall in German", kindPage("", "", `<article><h1>Pier</h1>`+proseOf(2)+`<p>Jetzt weiterlesen mit Plus</p></article>`), true},
		{"a wall in French", kindPage("", "", `<article><h1>Pier</h1>`+proseOf(2)+`<p>La suite est réservée aux abonnés</p></article>`), true},
		{"a wall in Japanese", kindPage("", "", `<article><h1>Pier</h1>`+proseOf(2)+`<p>この記事は会員限定です。続きを読むには登録</p></article>`), true},
		{"an invitation below a whole story", kindPage("", "", `<article><h1>Pier</h1>`+proseOf(12)+`<p>Subscribe to continue reading our stories.</p></article>`), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if a := parseBytes(t, []byte(test.page)); a == nil || a.Paywalled != test.want {
				t.Errorf("got %+v", a)
			}
		})
	}
}
