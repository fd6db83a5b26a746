package main

import (
	"fmt"
	"strings"
)

// section is the page of a category, tag, folder or month.
func (m *pageMaker) section() (path, head, class, content string) {
	name := pick(m, m.lang.sections)
	if m.some(50) {
		name = m.title(m.between(1, 2))
	}
	s := slug(name)
	path = pick(m, []string{"/category/" + s + "/", "/tag/" + s, "/" + s, "/" + s + "/", "/news/" + s, "/" + m.lang.topic + "/" + s, "/" + s + ".html", "/2021/05/", "/index.php?cat=7", "/section/" + s})
	if m.some(15) && strings.HasSuffix(path, "/") {
		path += "page/3/"
	}
	title := name
	if m.some(40) {
		title = strings.ReplaceAll(pick(m, m.lang.archiveTitles), "{}", name)
	}
	head = m.head(title, "website", `{"@context":"https://schema.org","@type":"CollectionPage","name":"`+title+`"}`)
	content = "<h1>" + title + "</h1>"
	if m.some(30) {
		content += "<p>" + m.text(m.between(1, 3)) + "</p>"
	}
	if m.some(8) { // whole posts
		for range m.between(2, 5) {
			t := m.title(m.between(4, 9))
			content += fmt.Sprintf(`<article class="post"><h2><a href="/%s/">%s</a></h2>%s</article>`, slug(t), t, m.prose(m.between(2, 5)))
		}
	} else {
		content += m.cards(m.between(5, 40), m.IntN(4))
	}
	if m.some(50) {
		content += `<nav class="pagination"><a href="page/2/">2</a> <a href="page/3/">3</a></nav>`
	}
	return path, head, pick(m, m.sys.archive), content
}

// search is the page of what a search found.
func (m *pageMaker) search() (path, head, class, content string) {
	q := m.words(1)
	title := strings.ReplaceAll(pick(m, m.lang.searchTitles), "{}", q)
	path = pick(m, []string{"/?s=" + q, "/search?q=" + q, "/suche/?query=" + q, "/search/" + q})
	class = pick(m, m.sys.archive)
	if m.some(30) {
		class = "search search-results"
	}
	return path, m.head(title, "website", `{"@type":"SearchResultsPage"}`), class, "<h1>" + title + "</h1>" + m.cards(m.between(3, 20), m.IntN(3))
}

// home is the front page.
func (m *pageMaker) home() (path, head, class, content string) {
	path = pick(m, []string{"/", "/", "/", "/index.html", "/" + m.lang.code + "/", "/index.php", "/home"})
	class = pick(m, m.sys.front)
	head = m.head(m.site, "website", `{"@type":"WebSite","name":"`+m.site+`"}`)
	if m.some(30) {
		content += "<h1>" + m.site + "</h1>"
	}
	if m.some(25) {
		content += m.prose(m.between(1, 4))
	}
	for range m.between(1, 5) {
		if m.some(60) {
			content += "<h2>" + pick(m, m.lang.sections) + "</h2>"
		}
		content += "<section>" + m.cards(m.between(3, 14), m.IntN(3)) + "</section>"
	}
	return path, head, class, content
}

// author is the page of who writes.
func (m *pageMaker) author() (path, head, class, content string) {
	name := m.name()
	title := name
	if m.some(50) {
		title = strings.ReplaceAll(pick(m, m.lang.authorTitles), "{}", name)
	}
	path = pick(m, []string{"/author/", "/authors/", "/autor/", "/profile/", "/team/", "/by/", "/people/", "/"}) + slug(name) + pick(m, []string{"", "/"})
	head = m.head(title, pick(m, []string{"profile", "website"}), `{"@type":"ProfilePage","mainEntity":{"@type":"Person","name":"`+name+`"}}`)
	class = pick(m, m.sys.authors)
	content = "<h1>" + name + "</h1>"
	if m.some(60) {
		content += `<div class="author-bio"><p>` + m.text(m.between(1, 6)) + "</p></div>"
	}
	return path, head, class, content + m.cards(m.between(3, 25), m.IntN(3))
}

// service is a page about the site.
func (m *pageMaker) service() (path, head, class, content string) {
	title := pick(m, m.lang.services)
	path = "/" + slug(title) + pick(m, []string{"", "/", ".html"})
	head = m.head(title, pick(m, []string{"website", "article"}), pick(m, []string{"", `{"@type":"WebPage","name":"` + title + `"}`, `{"@type":"AboutPage"}`, `{"@type":"ContactPage"}`}))
	content = m.prose(m.between(1, 12))
	switch m.IntN(4) {
	case 0:
		content += "<p>" + m.site + "<br>" + m.name() + "<br>" + m.title(1) + " 12<br>Tel. 040 123456</p>"
	case 1:
		for i := range m.between(3, 8) {
			content += fmt.Sprintf("<h2>%d. %s</h2>", i+1, m.title(3)) + m.prose(2) + "<ul><li>" + m.words(9) + "</li><li>" + m.words(12) + "</li></ul>"
		}
	case 2:
		content += `<form><label>` + m.words(1) + `</label><input name=a><textarea></textarea><button>OK</button></form>`
	}
	return path, head, pick(m, m.sys.page), pick(m, []string{"<h1>" + title + "</h1>" + content, `<div class="page type-page"><h1 class="entry-title">` + title + `</h1><div class="entry-content">` + content + `</div></div>`})
}

// product is a page of a shop, or of an offer.
func (m *pageMaker) product() (path, head, class, content string) {
	title := m.title(m.between(1, 5))
	price := fmt.Sprintf("%d,%02d €", m.between(2, 400), m.IntN(100))
	path = pick(m, []string{"/product/", "/shop/", "/produkte/", "/collections/all/products/", "/p/", "/"}) + slug(title) + pick(m, []string{"", "/", "-" + fmt.Sprint(m.between(100, 99999)) + ".html"})
	head = m.head(title, pick(m, []string{"product", "og:product", "website", "article"}), `{"@type":"Product","name":"`+title+`","offers":{"@type":"Offer","price":"12.00"}}`)
	if m.some(40) {
		head += `<meta property="product:price:amount" content="12.00">`
	}
	content = `<div class="product"><h1>` + title + `</h1><span class="price" itemprop="price" content="12.00">` + price + `</span><form class="cart"><button>` + m.words(2) + `</button></form>` + m.prose(m.between(1, 5)) +
		"<table>" + strings.Repeat("<tr><th>"+m.words(1)+"</th><td>"+m.words(2)+"</td></tr>", m.between(2, 9)) + "</table></div>"
	for range m.between(0, 6) {
		content += fmt.Sprintf(`<li class="product"><a href="/product/%s"><h3>%s</h3></a><span>%s</span></li>`, m.words(1), m.title(m.between(2, 5)), price)
	}
	class = pick(m, m.sys.page)
	if m.some(40) {
		class = "product-template-default single single-product woocommerce woocommerce-page"
	}
	return path, head, class, content
}

// forum is a thread of a forum.
func (m *pageMaker) forum() (path, head, class, content string) {
	title := m.title(m.between(3, 9))
	path = pick(m, []string{"/forum/", "/forums/threads/", "/thread/", "/community/t/", "/r/news/comments/"}) + slug(title) + pick(m, []string{"", ".3976/", "/" + fmt.Sprint(m.between(10, 9999))})
	head = m.head(title, pick(m, []string{"website", "article"}), `{"@type":"DiscussionForumPosting","headline":"`+title+`"}`)
	content = "<h1>" + title + "</h1>"
	form := pick(m, []string{
		`<div class="post"><div class="author"><a href="/u/1">{name}</a></div><time datetime="{date}T09:00">{date}</time><div class="content">{text}</div></div>`,
		`<table class="tborder"><tr><td>{date}, 09:14</td></tr><tr><td><a href="/m">{name}</a></td><td>{text}</td></tr></table>`,
		`<article class="message"><h4><a href="/members/x">{name}</a></h4><div class="bbWrapper">{text}</div></article>`,
	})
	for range m.between(2, 14) {
		content += strings.NewReplacer("{name}", m.words(1)+fmt.Sprint(m.IntN(99)), "{date}", m.day(), "{text}", m.text(m.between(1, 6))).Replace(form)
	}
	return path, head, pick(m, []string{"", "forum", "topic bbpress", "template-thread"}), content
}

// gallery is a story of pictures.
func (m *pageMaker) gallery() (path, head, class, content string) {
	title := m.title(m.between(4, 9))
	path = pick(m, []string{"/gallery/", "/photos/", "/fotostrecke/", "/bilder/", "/", "/news/"}) + slug(title)
	head = m.head(title, "article", m.storyLD(title, pick(m, []string{"ImageGallery", "MediaGallery", "NewsArticle"})))
	class = pick(m, m.sys.single)
	if m.some(20) {
		class += " single-format-gallery"
	}
	form := pick(m, []string{
		`<figure><img src="/{n}.jpg"><figcaption>{text} {name}</figcaption></figure>`,
		`<div class="slide"><img src="/{n}.jpg" alt=""><div class="caption">{text}</div></div>`,
		`<div class="gallery-item"><div class="gallery-icon"><a href="/{n}"><img src="/{n}.jpg"></a></div><div class="wp-caption-text gallery-caption">{text}</div></div>`,
	})
	text := ""
	if m.some(60) {
		text = m.prose(m.between(1, 3))
	}
	for i := range m.between(5, 24) {
		text += strings.NewReplacer("{n}", fmt.Sprint(i), "{text}", m.sentence(), "{name}", m.name()).Replace(form)
	}
	return path, head, class, m.story(title, text) + m.related()
}

// video is a page about a film that it shows.
func (m *pageMaker) video() (path, head, class, content string) {
	title := m.title(m.between(3, 9))
	path = pick(m, []string{"/video/", "/videos/", "/watch/", "/mediathek/", "/news/video/"}) + slug(title) + pick(m, []string{"", "-" + fmt.Sprint(m.between(10000, 99999))})
	head = m.head(title, pick(m, []string{"video.other", "article", "video"}), fmt.Sprintf(`{"@type":"VideoObject","name":"%s","uploadDate":"%s"}`, title, m.day()))
	if m.some(40) { // only its data say so
		path = m.storyPath(title)
		head = fmt.Sprintf(`<title>%s</title><meta property="og:type" content="%s"><script type="application/ld+json">{"@type":"VideoObject","name":"%s","uploadDate":"%s"}</script>`, title, pick(m, []string{"video.other", "article", "video"}), title, m.day())
	}
	class = pick(m, m.sys.single)
	player := pick(m, []string{`<video src="/v.mp4"></video>`, `<div class="player"><iframe src="https://player.example/1"></iframe></div>`})
	content = m.story(title, player+m.prose(m.between(0, 2)))
	if m.some(70) {
		content += m.cards(m.between(3, 16), 0)
	}
	return path, head, class, content
}

// live is a blog about an event as it happens.
func (m *pageMaker) live() (path, head, class, content string) {
	title := m.title(m.between(3, 8))
	if m.some(70) {
		title = pick(m, []string{"Live: " + title, title + " - live updates", "Liveblog: " + title, "Liveticker: " + title, "En direct: " + title, "LIVE " + title})
	}
	path = pick(m, []string{"/live/", "/liveblog/", "/news/live-", "/liveticker/", "/en-direct/", "/news/"}) + slug(strings.ReplaceAll(title, ":", ""))
	head = m.head(title, "article", m.storyLD(title, pick(m, []string{"LiveBlogPosting", "LiveBlogPosting", "NewsArticle"})))
	form := pick(m, []string{
		`<div class="entry"><time datetime="{date}T{h}:15:00Z">{h}:15</time><h2>{title}</h2>{text}</div>`,
		`<section><p><strong>{h}:40</strong></p>{text}</section>`,
		`<article class="liveblog-post"><span class="time">{h}.05 Uhr</span><h3>{title}</h3>{text}</article>`,
	})
	text := m.prose(1)
	day := m.day()
	for i := range m.between(5, 14) {
		text += strings.NewReplacer("{date}", day, "{h}", fmt.Sprintf("%02d", 22-i), "{title}", m.title(5), "{text}", m.prose(m.between(1, 2))).Replace(form)
	}
	return path, head, pick(m, m.sys.single), m.story(title, text) + m.related()
}
