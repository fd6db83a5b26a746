package newspaper

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// perPage is the number of stories on one page of a section.
const perPage = 4

// A page is a response of the site.
type page struct {
	body     []byte
	mime     string
	modified time.Time
	status   int
	location string
	listed   bool // a crawl should archive it
}

// built is the modification time of pages that are not stories.
var built = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// view is the data of a template.
type view struct {
	*story
	S           *story
	Site        string
	Base        string
	PageTitle   string
	Description string
	Stories     []*story
	Prev, Next  string
	Authors     []string
	Name        string
	SectionSlug string
	Index       int
	JSONLD      template.JS
}

var funcs = template.FuncMap{
	"sections": func() any { return sections },
	"slug":     authorSlug,
	"img":      func(s *story, i int) string { return fmt.Sprintf("/images/%s-%d.png", s.Slug, i) },
	"day":      func(t time.Time) string { return t.Format("2 January 2006") },
	"iso":      func(t time.Time) string { return t.Format(time.RFC3339) },
	"rest":     func(b []block) []block { return b[min(1, len(b)):] },
	"first":    func(b []block) []block { return b[:min(1, len(b))] },
	"caps":     func(c []Caption) []Caption { return c[min(1, len(c)):] },
	"next":     func(i int) int { return i + 1 },
	"protect":  protect,
}

// protect obfuscates a mail address as Cloudflare does: XORed with a key, which is
// the first byte.
func protect(mail string) string {
	const key = 0x5a
	out := fmt.Sprintf("%02x", key)
	for _, c := range []byte(mail) {
		out += fmt.Sprintf("%02x", c^key)
	}
	return out
}

func authorSlug(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), " ", "-")
}

// build renders all pages of the site, once.
var build = sync.OnceValues(func() (map[string]*page, error) {
	stories, err := load()
	if err != nil {
		return nil, err
	}
	t, err := template.New("").Funcs(funcs).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	b := &builder{t: t, stories: slices.Clone(stories), pages: map[string]*page{}}
	slices.SortFunc(b.stories, func(x, y *story) int {
		return cmp.Or(y.Time.Compare(x.Time), strings.Compare(x.Slug, y.Slug))
	})
	for _, step := range []func() error{b.articles, b.fronts, b.authors, b.frame, b.feeds, b.pictures} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.pages, nil
})

type builder struct {
	t       *template.Template
	stories []*story // newest first
	pages   map[string]*page
}

func (b *builder) render(path, name string, v view, modified time.Time) error {
	v.Site, v.Base = "The Saltmere Ledger", "http://"+Host
	var out bytes.Buffer
	if err := b.t.ExecuteTemplate(&out, name, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p := &page{body: out.Bytes(), mime: "text/html; charset=utf-8", modified: modified, listed: true}
	if name == "table.html" {
		// This part of the site is old and has an old encoding.
		old, err := charmap.Windows1252.NewEncoder().Bytes(out.Bytes())
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		p.body, p.mime = old, "text/html"
	}
	b.pages[path] = p
	return nil
}

func (b *builder) articles() error {
	for i, s := range b.stories {
		v := view{story: s, S: s, PageTitle: s.Title, Index: i, Stories: b.near(s), SectionSlug: strings.ToLower(s.Section)}
		v.Description = s.Subtitle
		if v.Description == "" {
			v.Description = s.Paragraphs[0]
		}
		if s.Template == "ld" {
			body, err := json.Marshal(linkedData(s, v.Description))
			if err != nil {
				return err
			}
			v.JSONLD = template.JS(body)
		}
		modified := s.Time
		if m, err := time.Parse(time.RFC3339, s.Modified); err == nil {
			modified = m
		}
		if err := b.render(s.Path, s.Template+".html", v, modified); err != nil {
			return err
		}
	}
	return nil
}

// near returns stories of the same section, for "related" boxes.
func (b *builder) near(s *story) []*story {
	var res []*story
	for _, o := range b.stories {
		if o.Section == s.Section && o != s && len(res) < 3 {
			res = append(res, o)
		}
	}
	return res
}

func linkedData(s *story, description string) any {
	typ := map[string]string{"article": "NewsArticle", "live": "LiveBlogPosting", "gallery": "ImageGallery", "video": "VideoObject"}[s.Kind]
	var authors []any
	for _, a := range s.Authors {
		kind := "Person"
		if a == "Reuters" || strings.Contains(a, "Ledger") {
			kind = "Organization"
		}
		authors = append(authors, map[string]string{"@type": kind, "name": a, "url": "http://" + Host + "/author/" + authorSlug(a) + "/"})
	}
	doc := map[string]any{
		"@context": "https://schema.org", "@type": typ, "headline": s.Title, "description": description, "datePublished": s.Published,
		"author": authors, "articleSection": s.Section, "keywords": s.Tags, "inLanguage": "en-GB",
		"mainEntityOfPage": "http://" + Host + s.Path, "url": "http://" + Host + s.Path,
		"publisher": map[string]string{"@type": "NewsMediaOrganization", "name": "The Saltmere Ledger"},
	}
	if s.Modified != "" {
		doc["dateModified"] = s.Modified
	}
	if s.Kind == "video" {
		doc["name"], doc["uploadDate"] = s.Title, s.Published
	}
	return doc
}

// fronts renders the home page and the pages of the sections.
func (b *builder) fronts() error {
	if err := b.render("/", "front.html", view{PageTitle: "The Saltmere Ledger", Stories: b.stories[:12]}, built); err != nil {
		return err
	}
	for _, sec := range sections {
		var own []*story
		for _, s := range b.stories {
			if s.Section == sec.Name {
				own = append(own, s)
			}
		}
		for n := 1; (n-1)*perPage < len(own); n++ {
			path := "/section/" + sec.Slug + "/"
			at := func(n int) string {
				if n < 1 || (n-1)*perPage >= len(own) {
					return ""
				}
				if n == 1 {
					return path
				}
				return fmt.Sprintf("%spage/%d/", path, n)
			}
			v := view{PageTitle: sec.Name, Name: sec.Name, Stories: own[(n-1)*perPage : min(len(own), n*perPage)], Prev: at(n - 1), Next: at(n + 1)}
			if err := b.render(at(n), "front.html", v, built); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) authors() error {
	by := map[string][]*story{}
	var names []string
	for _, s := range b.stories {
		for _, a := range s.Authors {
			if by[a] == nil {
				names = append(names, a)
			}
			by[a] = append(by[a], s)
		}
	}
	for _, n := range names {
		if err := b.render("/author/"+authorSlug(n)+"/", "author.html", view{PageTitle: n, Name: n, Stories: by[n]}, built); err != nil {
			return err
		}
	}
	slices.Sort(names)
	return b.render("/about/", "about.html", view{PageTitle: "About us", Authors: names}, built)
}

// frame renders what is not a story: contact page, style sheet, robots.txt, a
// disallowed page and a redirect.
func (b *builder) frame() error {
	if err := b.render("/contact/", "contact.html", view{PageTitle: "Contact"}, built); err != nil {
		return err
	}
	if err := b.render("/private/drafts", "contact.html", view{PageTitle: "Drafts"}, built); err != nil {
		return err
	}
	b.pages["/private/drafts"].listed = false
	css, err := files.ReadFile("templates/style.html")
	if err != nil {
		return err
	}
	b.pages["/style.css"] = &page{body: css, mime: "text/css", modified: built}
	b.pages["/robots.txt"] = &page{body: []byte("User-agent: *\nDisallow: /private/\nDisallow: /search\n\nSitemap: http://" + Host + "/sitemap_index.xml\nSitemap: http://" + Host + "/news-sitemap.xml\n"), mime: "text/plain", modified: built}
	b.pages["/ferry"] = &page{status: http.StatusMovedPermanently, location: b.find("ferry-returns-after-winter-refit").Path}
	return nil
}

func (b *builder) find(slug string) *story {
	for _, s := range b.stories {
		if s.Slug == slug {
			return s
		}
	}
	return b.stories[0]
}

func (b *builder) feeds() error {
	xml := func(s string) string { return template.HTMLEscapeString(s) }
	var rss, news, all bytes.Buffer
	fmt.Fprintf(&rss, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>The Saltmere Ledger</title><link>http://%s/</link><language>en-GB</language>\n", Host)
	fmt.Fprint(&news, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n")
	fmt.Fprint(&all, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for i, s := range b.stories {
		u := "http://" + Host + s.Path
		if i < 20 {
			fmt.Fprintf(&rss, "<item><title>%s</title><link>%s?utm_source=feed</link><guid>%s</guid><pubDate>%s</pubDate><dc:creator>%s</dc:creator></item>\n", xml(s.Title), u, u, s.Time.Format(time.RFC1123Z), xml(s.Authors[0]))
		}
		if i < 10 {
			fmt.Fprintf(&news, "<url><loc>%s</loc><news:news><news:publication><news:name>The Saltmere Ledger</news:name><news:language>en</news:language></news:publication><news:publication_date>%s</news:publication_date><news:title>%s</news:title></news:news></url>\n", u, s.Published, xml(s.Title))
		}
		fmt.Fprintf(&all, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", u, s.Published)
	}
	fmt.Fprint(&rss, "</channel></rss>\n")
	fmt.Fprint(&news, "</urlset>\n")
	fmt.Fprint(&all, "</urlset>\n")
	index := fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><sitemap><loc>http://%s/sitemap-articles.xml</loc></sitemap></sitemapindex>\n", Host)
	for path, p := range map[string]*page{
		"/feed.xml": {body: rss.Bytes(), mime: "application/rss+xml; charset=utf-8"}, "/news-sitemap.xml": {body: news.Bytes(), mime: "application/xml"},
		"/sitemap-articles.xml": {body: all.Bytes(), mime: "application/xml"}, "/sitemap_index.xml": {body: []byte(index), mime: "application/xml"},
	} {
		p.modified = built
		b.pages[path] = p
	}
	return nil
}

// pictures renders small landscapes: sky, sea, land and a sun, from the hash of the name.
func (b *builder) pictures() error {
	for _, s := range b.stories {
		for i := range s.Captions {
			body, err := picture(fmt.Sprintf("%s-%d", s.Slug, i))
			if err != nil {
				return err
			}
			b.pages[fmt.Sprintf("/images/%s-%d.png", s.Slug, i)] = &page{body: body, mime: "image/png", modified: s.Time}
		}
	}
	return nil
}

func picture(name string) ([]byte, error) {
	h := sha256.Sum256([]byte(name))
	const w, height = 480, 270
	img := image.NewPaletted(image.Rect(0, 0, w, height), nil)
	for i := range 64 { // sky, from high to low
		img.Palette = append(img.Palette, color.RGBA{uint8(60 + int(h[0])/4 + 2*i), uint8(90 + int(h[1])/4 + i), uint8(150 + i), 255})
	}
	sea, land, sun := uint8(64), uint8(65), uint8(66)
	img.Palette = append(img.Palette, color.RGBA{30, uint8(60 + h[2]/4), uint8(90 + h[3]/4), 255}, color.RGBA{uint8(40 + h[4]/4), uint8(60 + h[5]/5), 45, 255}, color.RGBA{250, 230, uint8(120 + h[6]/3), 255})
	horizon := 120 + int(h[7])/4
	sx, sy := 60+int(h[8])*360/255, 30+int(h[9])/5
	for y := range height {
		for x := range w {
			c := uint8(min(63, y*64/horizon))
			hill := horizon - int(h[10])/6 + (x-int(h[11]))*(x-int(h[11]))/900
			switch {
			case y > horizon:
				c = sea
				if (x+y*y/7)%37 == 0 {
					c = uint8(50)
				}
			case y > hill:
				c = land
			case (x-sx)*(x-sx)+(y-sy)*(y-sy) < 400:
				c = sun
			}
			img.Pix[y*img.Stride+x] = c
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

// Paths lists the paths that a crawl of the site should archive, sorted.
func Paths() []string {
	pages, err := build()
	if err != nil {
		return nil
	}
	var res []string
	for path, p := range pages {
		if p.listed {
			res = append(res, path)
		}
	}
	slices.Sort(res)
	return res
}

// Handler serves the whole site. The same request always gets the same bytes.
func Handler() http.Handler {
	pages, err := build()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		p := pages[r.URL.Path]
		switch {
		case p == nil:
			http.Error(w, "There is no such page in the Saltmere Ledger.", http.StatusNotFound)
		case p.location != "":
			http.Redirect(w, r, p.location, p.status)
		default:
			sum := sha256.Sum256(p.body)
			w.Header().Set("Content-Type", p.mime)
			w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum[:8]))
			http.ServeContent(w, r, "", p.modified, bytes.NewReader(p.body))
		}
	})
}
