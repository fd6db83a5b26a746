package parsers_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/template"
	"github.com/newsmorgue/newsmorgue/testdata/newspaper"
)

var pressDay = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// A gazette generates the stories of one site with the truth about each. Its
// boxes stand among the paragraphs and are called nothing that tells.
type gazette struct {
	words   []string
	authors []string
	stories []gazetteStory
}

type gazetteStory struct {
	title, section, author string
	paras                  []string
	list                   []string
	date                   time.Time
}

func newGazette(seed uint64, stories int) *gazette {
	r := rand.New(rand.NewPCG(seed, 7))
	g := &gazette{authors: []string{"Ann Lee", "Jon Roe", "Mia Poe", "Sam Fox", "Eva Gum", "Tim Oak"}}
	for range 4000 {
		b := make([]byte, 2+r.IntN(8))
		for k := range b {
			b[k] = "etaoinshrdlucmfwypvbgk"[r.IntN(22)]
		}
		g.words = append(g.words, string(b))
	}
	for i := range stories {
		s := gazetteStory{title: g.text(r, 7), section: []string{"town", "sport", "harbour"}[i%3], author: g.authors[r.IntN(len(g.authors))], date: pressDay.AddDate(0, 0, -i)}
		for range 4 + r.IntN(6) {
			s.paras = append(s.paras, g.text(r, 18+r.IntN(40))+".")
		}
		if i%4 == 0 {
			s.list = []string{g.text(r, 6), g.text(r, 7), "Yes", g.text(r, 5)}
		}
		g.stories = append(g.stories, s)
	}
	return g
}

func (g *gazette) text(r *rand.Rand, n int) string {
	var out []string
	for range n {
		out = append(out, g.words[int(r.ExpFloat64()*700)%len(g.words)])
	}
	s := strings.Join(out, " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

func (g *gazette) bio(author string) string {
	return author + " has written for the Gazette since the old bridge was closed, and can be found on most mornings at the fish market with a notebook."
}

const letter = "Our letter comes every morning at seven with the tide table, the ships in port and what the council would rather not have printed. It costs nothing and never will."
const notice = "The Gazette, 4 Quay Street, Northport. News desk: 01632 960 001. Notices are taken until noon on the day before."

// layouts are the templates of the site; each gives the inside of body.
var layouts = map[string]func(*gazette, int) string{
	// All of it is paragraphs of one container.
	"bare": func(g *gazette, i int) string {
		s := g.stories[i]
		var b strings.Builder
		for k, p := range s.paras {
			b.WriteString("<p>" + p + "</p>\n")
			switch k {
			case 0:
				b.WriteString(`<p><a href="/notices">Change of Name</a></p>`)
			case 1:
				b.WriteString("<p>" + letter + "</p>")
			case 2:
				b.WriteString(g.list(s) + `<p>Elsewhere on our pages: <a href="/s/1">` + g.stories[(i+1)%3].title + `</a> and other things.</p>`)
			}
		}
		return "<div><div><h1>" + s.title + "</h1><p>By " + s.author + "</p>" + b.String() + "<p>" + g.bio(s.author) + "</p><p>" + notice + "</p></div></div>"
	},
	// Boxes have containers of their own, with classes that a machine made up.
	"boxed": func(g *gazette, i int) string {
		s := g.stories[i]
		var b strings.Builder
		for k, p := range s.paras {
			b.WriteString(`<p class="qk">` + p + "</p>\n")
			switch k {
			case 1:
				b.WriteString(`<div class="zz"><h3>What you get from us</h3><p>` + letter + `</p></div>` + g.list(s))
			case 2:
				b.WriteString(`<div class="vw"><ul>`)
				for n := range 4 {
					o := g.stories[(i/10*10+n+1)%len(g.stories)]
					b.WriteString(`<li><b>` + o.title + `</b> ` + o.paras[0][:60] + `</li>`)
				}
				b.WriteString(`</ul></div>`)
			}
		}
		return `<main><article class="rt"><h1>` + s.title + `</h1><div class="kp">` + b.String() + `<div class="ux"><p>` + g.bio(s.author) + `</p></div><div class="mn"><p>` + notice + `</p></div></div></article></main>`
	},
	// As pages were made in the last century.
	"table": func(g *gazette, i int) string {
		s := g.stories[i]
		return `<table><tr><td><h1>` + s.title + `</h1><font>` + strings.Join(s.paras[:2], "<br><br>") + "<br><br>" + letter + "<br><br>" + strings.Join(s.paras[2:], "<br><br>") +
			"<br><br>" + strings.Join(s.list, "<br><br>") + "<br><br>" + g.bio(s.author) + "<br><br>" + notice + `</font></td></tr></table>`
	},
}

func (g *gazette) list(s gazetteStory) string {
	if s.list == nil {
		return ""
	}
	return "<ul><li>" + strings.Join(s.list, "</li><li>") + "</li></ul>"
}

func (g *gazette) url(i int) string {
	return fmt.Sprintf("https://gazette.example/%s/%d-story", g.stories[i].section, 1000+i)
}

func (g *gazette) page(t testing.TB, layout string, i int) *article.Page {
	t.Helper()
	s := g.stories[i]
	head := fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%s | The Gazette</title><meta property="og:site_name" content="The Gazette"><meta property="og:type" content="article"><meta property="article:published_time" content="%s"><meta name="description" content="%s"></head><body>`,
		s.title, s.date.Format(time.RFC3339), s.paras[0])
	return pageAt(t, g.url(i), head+layouts[layout](g, i)+"</body></html>")
}

func pageAt(t testing.TB, raw, html string) *article.Page {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &article.Page{URL: u, HTML: []byte(html), Fetched: pressDay}
}

// learn makes the profile of some pages.
func learn(t testing.TB, pages ...*article.Page) *template.Profile {
	t.Helper()
	var l template.Learner
	for _, p := range pages {
		seen, err := parsers.Observe(p)
		if err != nil {
			t.Fatal(err)
		}
		l.Add(*seen)
	}
	return l.Profile("gazette.example", article.Extractor, pressDay)
}

func read(t testing.TB, site *template.Profile, p *article.Page) *article.Article {
	t.Helper()
	a, err := (&parsers.Parser{Site: site}).Parse(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// overlap counts words of a text, those of the truth, and those in both.
func overlap(got, want string) (n, of, both float64) {
	count := map[string]int{}
	for w := range strings.FieldsSeq(want) {
		count[w]++
		of++
	}
	for w := range strings.FieldsSeq(got) {
		n++
		if count[w] > 0 {
			count[w]--
			both++
		}
	}
	return n, of, both
}

func f1(got, want string) float64 {
	n, of, both := overlap(got, want)
	if both == 0 {
		return 0
	}
	return 2 * both / (n + of)
}

func (s gazetteStory) truth() string {
	return strings.Join(append(slices.Clone(s.paras), s.list...), "\n")
}

// TestProfileCleans reads stories that no profile has seen, cold and with
// profiles of more and more pages.
func TestProfileCleans(t *testing.T) {
	const held = 20
	for _, layout := range []string{"bare", "boxed", "table"} {
		t.Run(layout, func(t *testing.T) {
			g := newGazette(1, held+80)
			var cold, last float64
			for _, size := range []int{0, 2, 5, 20, 80} {
				var pages []*article.Page
				for i := range size {
					pages = append(pages, g.page(t, layout, held+i))
				}
				var site *template.Profile
				if size > 0 {
					site = learn(t, pages...)
				}
				sum, recall := 0.0, 0.0
				for i := range held {
					a := read(t, site, g.page(t, layout, i))
					sum += f1(a.Text, g.stories[i].truth())
					_, of, both := overlap(a.Text, g.stories[i].truth())
					recall += both / of
				}
				last = sum / held
				if size == 0 {
					cold = last
				}
				t.Logf("%2d pages known: F1 %.4f, recall %.4f", size, last, recall/held)
				if last < cold {
					t.Errorf("%d pages known: F1 %.4f, cold %.4f", size, last, cold)
				}
			}
			// Where boxes are more than two fifths of a short story's page, some stay.
			if last < 0.96 {
				t.Errorf("with 80 pages known: F1 %.4f, want 0.96", last)
			}
		})
	}
}

// TestProfileOfOwnPages: what was learned from a page too takes nothing of its
// story.
func TestProfileOfOwnPages(t *testing.T) {
	for layout := range layouts {
		g := newGazette(3, 40)
		var pages []*article.Page
		for i := range g.stories {
			pages = append(pages, g.page(t, layout, i))
		}
		site := learn(t, pages...)
		for i, p := range pages {
			cold, warm := read(t, nil, p), read(t, site, p)
			want := g.stories[i].truth()
			_, _, before := overlap(cold.Text, want)
			_, _, after := overlap(warm.Text, want)
			if after < before {
				t.Errorf("%s, story %d: lost %v words of its own:\n%s", layout, i, before-after, warm.Text)
			}
			if f1(warm.Text, want) < f1(cold.Text, want) {
				t.Errorf("%s, story %d: F1 %.3f, cold %.3f", layout, i, f1(warm.Text, want), f1(cold.Text, want))
			}
		}
	}
}

// TestTwinsKeepTheirBody: AMP, print and second pages, copies under other titles
// and sessions, a page a thousand times.
func TestTwinsKeepTheirBody(t *testing.T) {
	g := newGazette(5, 12)
	var pages []*article.Page
	for i := range g.stories {
		p := g.page(t, "bare", i)
		pages = append(pages, p)
		html := string(p.HTML)
		title := g.stories[i].title
		pages = append(pages,
			pageAt(t, g.url(i)+"/amp", html),
			pageAt(t, g.url(i)+"?print=1", strings.ReplaceAll(html, "<h1>"+title, "<h1>Print: "+title)),
			pageAt(t, fmt.Sprintf("https://gazette.example/copy/%d", i), strings.ReplaceAll(html, title, "In brief: "+g.stories[(i+5)%12].title)),
			pageAt(t, g.url(i)+"/2", strings.ReplaceAll(html, "<h1>"+title, "<h1>"+title+" (page 2)")))
	}
	for n := range 1000 {
		p := *pages[0]
		u := *p.URL
		u.RawQuery = fmt.Sprint("session=", n)
		p.URL = &u
		if n < 300 { // each reading takes its time
			pages = append(pages, &p)
		}
	}
	site := learn(t, pages...)
	if site.Pages != len(g.stories) {
		t.Errorf("got %d distinct pages, want %d", site.Pages, len(g.stories))
	}
	for _, p := range pages[:60] {
		cold, warm := read(t, nil, p), read(t, site, p)
		for i := range g.stories {
			for _, para := range g.stories[i].paras {
				if strings.Contains(cold.Text, para) && !strings.Contains(warm.Text, para) {
					t.Errorf("%s: lost %.60q", p.URL, para)
				}
			}
		}
		if strings.Contains(warm.Text, letter) {
			t.Errorf("%s: kept the letter", p.URL)
		}
	}
}

// TestTwinsAlone: a site of which only one story is known, in many forms, has
// nothing that repeats.
func TestTwinsAlone(t *testing.T) {
	g := newGazette(6, 1)
	html := string(g.page(t, "boxed", 0).HTML)
	var pages []*article.Page
	for i := range 40 {
		pages = append(pages, pageAt(t, fmt.Sprintf("https://gazette.example/%d", i), strings.ReplaceAll(html, g.stories[0].title, fmt.Sprintf("%s Edition %c%c", g.words[i], 'A'+i, 'B'+i))))
	}
	if site := learn(t, pages...); !site.Empty() {
		t.Errorf("got a profile of %d pages", site.Pages)
	}
}

// TestMostOfABodyStays: a profile that knows a whole story, as by a mistake,
// takes at most two fifths of it.
func TestMostOfABodyStays(t *testing.T) {
	g := newGazette(7, 9)
	var l template.Learner
	p := g.page(t, "bare", 0)
	seen, err := parsers.Observe(p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		other, err := parsers.Observe(g.page(t, "bare", i))
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			other.Blocks = append(other.Blocks, seen.Blocks[:5]...)
		}
		l.Add(*other)
	}
	cold, warm := read(t, nil, p), read(t, l.Profile("gazette.example", article.Extractor, pressDay), p)
	if a, b := len(strings.Fields(warm.Text)), len(strings.Fields(cold.Text)); a*10 < b*6 || a == 0 {
		t.Errorf("%d of %d words are left", a, b)
	}
}

// TestRecipes: headings and words that belong to every page of their kind stay.
func TestRecipes(t *testing.T) {
	g := newGazette(8, 30)
	page := func(i int) *article.Page {
		s := g.stories[i]
		return pageAt(t, g.url(i), "<html><head><title>"+s.title+"</title><meta property=og:type content=article></head><body><article><h1>"+s.title+"</h1><p>"+s.paras[0]+"</p><p>"+s.paras[3]+"</p><h2>Ingredients</h2><ul><li>Salt</li><li>"+
			g.words[i]+"</li><li>"+g.words[i+40]+" "+g.words[i+90]+"</li></ul><h2>Method</h2><p>"+s.paras[1]+"</p><p>"+s.paras[2]+"</p></article></body></html>")
	}
	var pages []*article.Page
	for i := range g.stories {
		pages = append(pages, page(i))
	}
	site := learn(t, pages...)
	for _, p := range pages {
		if cold, warm := read(t, nil, p), read(t, site, p); cold.Text != warm.Text || !strings.Contains(warm.Text, "Ingredients") {
			t.Errorf("%s: got\n%s\nwant\n%s", p.URL, warm.Text, cold.Text)
		}
	}
}

// TestNewspaperWithProfile reads the demo site as it is, where its articles stay
// whole, and as it would be if its boxes were called nothing, where what a
// reading without its profile takes for text goes.
func TestNewspaperWithProfile(t *testing.T) {
	for _, c := range []struct {
		name string
		page func(string) string
		gain float64
	}{
		{"as it is", func(s string) string { return s }, 0},
		{"without names", nameless, 0.02},
	} {
		t.Run(c.name, func(t *testing.T) {
			var pages []*article.Page
			for _, a := range newspaper.Articles() {
				w := httptest.NewRecorder()
				newspaper.Handler().ServeHTTP(w, httptest.NewRequest("GET", a.Path, nil))
				p := pageAt(t, "http://"+newspaper.Host+a.Path, c.page(w.Body.String()))
				p.Header = w.Header()
				pages = append(pages, p)
			}
			site := learn(t, pages...)
			cold, warm := 0.0, 0.0
			for i, a := range newspaper.Articles() {
				want := strings.Join(append([]string{a.Subtitle}, a.Paragraphs...), "\n")
				before, after := read(t, nil, pages[i]), read(t, site, pages[i])
				_, _, had := overlap(before.Text, want)
				if _, _, has := overlap(after.Text, want); has < had {
					t.Errorf("%s: lost %v words of its own", a.Path, had-has)
				}
				cold, warm = cold+f1(before.Text, want)/float64(len(pages)), warm+f1(after.Text, want)/float64(len(pages))
			}
			t.Logf("%d pages, %d of them distinct: F1 %.4f without, %.4f with the profile", len(pages), site.Pages, cold, warm)
			if warm < cold+c.gain && cold < 0.97 { // else there is little left to gain
				t.Errorf("F1 %.4f without, %.4f with the profile: want %v more", cold, warm, c.gain)
			}
		})
	}
}

var (
	nameAttr = regexp.MustCompile(` (?:class|id|role|rel|itemprop)="[^"]*"`)
	nameTag  = regexp.MustCompile(`<(/?)(?:nav|aside|footer|header|section|form|button|figure|figcaption|address|article|main)\b[^>]*>`)
)

// nameless takes away what a page calls its parts.
func nameless(page string) string {
	head, body, _ := strings.Cut(page, "<body")
	return head + "<body" + nameTag.ReplaceAllString(nameAttr.ReplaceAllString(body, ""), "<${1}div>")
}

// TestExtractorNamesProfile: readings say by what they were made.
func TestExtractorNamesProfile(t *testing.T) {
	g := newGazette(9, 12)
	var pages []*article.Page
	for i := range g.stories {
		pages = append(pages, g.page(t, "boxed", i))
	}
	site := learn(t, pages...)
	a := read(t, site, pages[0])
	if want := article.Extractor + "; profile=" + site.Digest(); a.Extractor != want || parsers.ExtractorFor(site) != want {
		t.Errorf("got %q, want %q", a.Extractor, want)
	}
	b := read(t, site, pages[0])
	if a.ContentDigest() != b.ContentDigest() {
		t.Error("two readings say different things")
	}
	b.Extractor, b.Provenance = "another", nil
	if a.ContentDigest() != b.ContentDigest() {
		t.Error("who read it changed what it says")
	}
	b.Title += "!"
	if a.ContentDigest() == b.ContentDigest() {
		t.Error("another title says the same")
	}
}

func BenchmarkProfile(b *testing.B) {
	g := newGazette(9, 60)
	var pages []*article.Page
	for i := range g.stories {
		p := g.page(b, "boxed", i)
		pages = append(pages, p)
	}
	site := learn(b, pages...)
	for _, with := range []*template.Profile{nil, site} {
		b.Run(fmt.Sprintf("known=%t", with != nil), func(b *testing.B) {
			for i := range b.N {
				read(b, with, pages[i%len(pages)])
			}
		})
	}
}
