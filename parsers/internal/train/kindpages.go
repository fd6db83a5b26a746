package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/blind"
)

// The labelled pages have few that are no articles. For these, and for articles in the
// same markup, kindPages writes pages in words of our own, in the markup of content
// systems: the model of kinds is trained with them, and measured on real pages only.
// All pages of a system are in one part of cross-validation.

// A pageMaker writes the pages of one system in one language.
type pageMaker struct {
	*rand.Rand
	sys  *system
	lang *wording
	site string // the site's name
	host string
}

// madePages is how many pages of each kind a system has.
const madePages = 2

// kindMakers write the pages of a kind. Articles are many, as among the pages of a site.
var kindMakers = []struct {
	kind  string
	times int
	make  func(m *pageMaker) (path, head, class, content string)
}{
	{"article", 6, (*pageMaker).article},
	{"article", 2, (*pageMaker).brief},
	{"section", 2, (*pageMaker).section},
	{"section", 1, (*pageMaker).search},
	{"home", 2, (*pageMaker).home},
	{"author", 2, (*pageMaker).author},
	{"other", 2, (*pageMaker).service},
	{"other", 1, (*pageMaker).product},
	{"other", 1, (*pageMaker).forum},
	{"gallery", 2, (*pageMaker).gallery},
	{"video", 2, (*pageMaker).video},
	{"live", 2, (*pageMaker).live},
}

// kindPages are the made pages.
func kindPages() []*sample {
	var all []*sample
	for s := range systems {
		for l := range wordings {
			m := &pageMaker{Rand: rand.New(rand.NewPCG(uint64(s), uint64(l))), sys: &systems[s], lang: &wordings[l], host: systems[s].name + ".example"}
			for _, of := range kindMakers {
				for n := range of.times * madePages {
					m.site = m.title(2)
					path, head, class, content := of.make(m)
					url := "https://" + m.lang.code + "." + m.host + path
					all = append(all, &sample{
						ID: fmt.Sprintf("made-%s-%s-%s-%d-%d", m.sys.name, m.lang.code, of.kind, len(all), n), Source: "made",
						URL: url, site: blind.Site(url), factor: 1, extra: true, labels: &label{Kind: of.kind},
						Page: m.frame(head, class, content),
					})
				}
			}
		}
	}
	return all
}

// some reports true in so many of a hundred cases.
func (m *pageMaker) some(percent int) bool { return m.IntN(100) < percent }

func pick[T any](m *pageMaker, from []T) T { return from[m.IntN(len(from))] }

// between is a number from low to high.
func (m *pageMaker) between(low, high int) int { return low + m.IntN(high-low+1) }

// words is a run of words.
func (m *pageMaker) words(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = pick(m, m.lang.words)
	}
	return strings.Join(all, " ")
}

// title is a run of words with a capital.
func (m *pageMaker) title(n int) string {
	s := m.words(n)
	return strings.ToUpper(s[:1]) + s[1:]
}

func (m *pageMaker) sentence() string { return m.title(m.between(7, 22)) + "." }

func (m *pageMaker) text(sentences int) string {
	all := make([]string, sentences)
	for i := range all {
		all[i] = m.sentence()
	}
	return strings.Join(all, " ")
}

func (m *pageMaker) name() string { return pick(m, m.lang.first) + " " + pick(m, m.lang.last) }

func slug(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "-")) }

func (m *pageMaker) day() string {
	return fmt.Sprintf("20%02d-%02d-%02d", m.between(8, 25), m.between(1, 12), m.between(1, 28))
}

// frame is the page around its content: logo, menu, side, foot.
func (m *pageMaker) frame(head, class, content string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s"><head><meta charset="utf-8">%s`, m.lang.code, head)
	if m.some(60) {
		fmt.Fprintf(&b, `<meta property="og:site_name" content="%s">`, m.site)
	}
	fmt.Fprintf(&b, `</head><body class="%s"><header class="%s"><a href="/">%s</a><nav><ul>`, class, m.sys.header, m.site)
	for _, s := range m.lang.sections {
		fmt.Fprintf(&b, `<li><a href="/%s/">%s</a></li>`, slug(s), s)
	}
	fmt.Fprintf(&b, `</ul></nav></header>%s%s%s`, m.sys.open, content, m.sys.close)
	if m.some(50) {
		fmt.Fprintf(&b, `<aside class="%s"><h2>%s</h2>`, m.sys.side, pick(m, m.lang.more))
		for range m.between(3, 10) {
			fmt.Fprintf(&b, `<li><a href="/%s">%s</a></li>`, m.words(1), m.title(m.between(4, 10)))
		}
		b.WriteString(`</aside>`)
	}
	fmt.Fprintf(&b, `<footer><p>© %s</p><ul>`, m.site)
	for _, s := range m.lang.services {
		fmt.Fprintf(&b, `<li><a href="/%s">%s</a></li>`, slug(s), s)
	}
	b.WriteString(`</ul></footer></body></html>`)
	return b.String()
}

// head is what a page declares: a title, and in some cases its type, and JSON-LD.
func (m *pageMaker) head(title, ogType, ld string) string {
	s := "<title>" + title
	if m.some(70) {
		s += pick(m, []string{" - ", " | ", " – "}) + m.site
	}
	s += "</title>"
	if m.some(70) {
		if m.some(10) {
			ogType = pick(m, []string{"article", "website"}) // by mistake
		}
		s += fmt.Sprintf(`<meta property="og:type" content="%s"><meta property="og:title" content="%s">`, ogType, title)
	}
	if m.some(40) {
		s += fmt.Sprintf(`<meta name="description" content="%s">`, m.sentence())
	}
	if ld != "" && m.some(50) {
		s += `<script type="application/ld+json">` + ld + `</script>`
	}
	return s
}

// cards are teasers of other stories.
func (m *pageMaker) cards(n, excerpt int) string {
	var b strings.Builder
	form := pick(m, m.sys.cards)
	for range n {
		title, text := m.title(m.between(3, 12)), ""
		if excerpt > 0 {
			text = m.text(excerpt)
		}
		b.WriteString(strings.NewReplacer("{url}", "/"+slug(title)+"/", "{title}", title, "{text}", text, "{more}", pick(m, m.lang.readOn), "{date}", m.day(), "{name}", m.name()).Replace(form))
	}
	return b.String()
}

// prose are paragraphs of a story.
func (m *pageMaker) prose(paragraphs int) string {
	var b strings.Builder
	for range paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", m.text(m.between(1, 5)))
	}
	return b.String()
}

// storyPath is the address of a story.
func (m *pageMaker) storyPath(title string) string {
	s := slug(title)
	return pick(m, []string{
		"/" + s + "/", "/" + s, "/" + slug(pick(m, m.lang.sections)) + "/" + s + ".html", "/" + strings.ReplaceAll(m.day(), "-", "/") + "/" + s + "/",
		"/artikel/" + fmt.Sprint(m.between(10, 9999999)), "/" + slug(pick(m, m.lang.sections)) + "/" + m.words(1) + ".html", "/node/" + fmt.Sprint(m.between(10, 99999)), "/?p=" + fmt.Sprint(m.between(1, 9999)), "/blog/" + m.words(1),
		"/" + m.lang.topic + "/" + m.words(1) + "/" + s, "/newsletter/" + s, "/" + slug(pick(m, m.lang.sections)) + "/" + m.lang.topic + "/" + s + "/",
	})
}

// story is a page's own story in its system's markup.
func (m *pageMaker) story(title, content string) string {
	form := pick(m, m.sys.stories)
	by, date := "", ""
	if m.some(60) {
		by = pick(m, m.lang.by) + " " + m.name()
	}
	if m.some(60) {
		date = m.day()
	}
	return strings.NewReplacer("{title}", title, "{by}", by, "{date}", date, "{text}", content).Replace(form)
}

// related are teasers below or beside a story.
func (m *pageMaker) related() string {
	if m.some(35) {
		return ""
	}
	return "<div class=\"related\"><h2>" + pick(m, m.lang.more) + "</h2>" + m.cards(m.between(2, 14), m.IntN(2)) + "</div>"
}

func (m *pageMaker) storyLD(title, typ string) string {
	return fmt.Sprintf(`{"@context":"https://schema.org","@type":"%s","headline":"%s","datePublished":"%sT08:00:00Z","author":{"@type":"Person","name":"%s"}}`, typ, title, m.day(), m.name())
}

func (m *pageMaker) article() (path, head, class, content string) {
	title := m.title(m.between(3, 13))
	head = m.head(title, "article", m.storyLD(title, pick(m, []string{"NewsArticle", "Article", "BlogPosting"})))
	if m.some(30) {
		head += fmt.Sprintf(`<meta property="article:published_time" content="%sT07:00:00Z">`, m.day())
	}
	text := m.prose(m.between(3, 16))
	switch m.IntN(6) {
	case 0: // a list of things
		text = m.prose(1)
		for i := range m.between(4, 10) {
			text += fmt.Sprintf("<h2>%d. %s</h2><img src=/p%d.jpg>", i+1, m.title(3), i) + m.prose(1)
		}
	case 1: // a recipe or a guide
		text += "<ul>" + strings.Repeat("<li>"+m.words(4)+"</li>", 6) + "</ul>" + m.prose(2)
	}
	return m.storyPath(title), head, pick(m, m.sys.single), m.story(title, text) + m.related()
}

// brief is a short story that declares little.
func (m *pageMaker) brief() (path, head, class, content string) {
	title := m.title(m.between(2, 9))
	class = pick(m, m.sys.single)
	if m.some(50) {
		class = ""
	}
	head = "<title>" + title + "</title>"
	if m.some(30) {
		head = m.head(title, "article", "")
	}
	content = m.story(title, m.prose(m.between(1, 2)))
	if m.some(40) {
		content += m.related()
	}
	return m.storyPath(title), head, class, content
}
