package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/web/cite"
	"github.com/newsmorgue/newsmorgue/archive/web/replay"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// What the reader shows of a body at most. The rest is in the Markdown.
const (
	maxBlocks      = 2000
	maxBodyBytes   = 1 << 20
	maxCells       = 20_000 // of tables and lists, all together
	maxBodyLinks   = 2000   // different addresses of links that are looked up
	maxPictures    = 300    // that are looked up
	maxGalleryText = 5000   // bytes of a caption or a credit
)

// A blockData is a block of a body as the reader shows it.
type blockData struct {
	Type    string // of article.Block
	Level   int    // of a heading: 2 to 6
	Spans   []spanData
	Items   [][]spanData
	Rows    [][][]spanData
	Figure  *figureData
	Address string // of an embed; "" if it is not of http or https
}

// A spanData is a piece of a text: plain, or a link to an article of the archive, or a
// link to the live web.
type spanData struct {
	Text string
	Path string // of the viewer
	Live string // address on the live web
}

// A figureData is a picture or another medium with its caption.
type figureData struct {
	Media, Text, Credit string
	Address             string // of the medium; "" if it is not of http or https
	Picture             string // address of the archived picture; "" if there is none
	File                string // address of an archived medium that is not a picture
	Unknown             bool   // it was not looked up whether it is archived
}

// A reader makes what the page of an article shows of its body.
type reader struct {
	article  *article.Article
	left     int // bytes
	cells    int
	levels   []int // of the headings around the current block
	figures  map[int]*figureData
	archived map[string]string // IDs of stories by URL
}

// addReader adds the body with its links and pictures.
func (s *Server) addReader(ctx context.Context, d *articleData) error {
	r := &reader{article: d.Article, left: maxBodyBytes, cells: maxCells, figures: map[int]*figureData{}}
	var err error
	if r.archived, err = s.Catalog.Archived(ctx, linksOf(d.Article)); err != nil {
		return err
	}
	subtitle := d.Article.Subtitle
	for i, b := range d.Article.Body {
		if i == maxBlocks || r.left <= 0 || r.cells <= 0 {
			d.Cut = true
			break
		}
		if subtitle != "" && b.Type == article.Paragraph && b.Text == subtitle {
			subtitle = "" // it stands below the title
			continue
		}
		d.Body = append(d.Body, r.block(b))
	}
	d.Cut = d.Cut || r.left <= 0 || r.cells <= 0
	for i := range d.Article.Captions {
		if _, inBody := r.figures[i]; !inBody && len(d.Gallery) < maxPictures && !d.Cut {
			d.Gallery = append(d.Gallery, r.figure(i))
		}
	}
	return s.addPictures(ctx, r.figures)
}

// linksOf are the addresses to which a body links, at most maxBodyLinks.
func linksOf(a *article.Article) (urls []string) {
	seen := map[string]bool{}
	for _, b := range a.Body[:min(len(a.Body), maxBlocks)] {
		for _, l := range b.Links {
			if len(urls) < maxBodyLinks && !seen[l.URL] && liveAddress(l.URL) != "" {
				seen[l.URL] = true
				urls = append(urls, l.URL)
			}
		}
	}
	return urls
}

// addPictures finds the archived pictures and other media of figures.
func (s *Server) addPictures(ctx context.Context, figures map[int]*figureData) error {
	order := make([]int, 0, len(figures))
	for i := range figures {
		order = append(order, i)
	}
	slices.Sort(order)
	for n, i := range order {
		f := figures[i]
		if f.Address == "" {
			continue
		}
		if n >= maxPictures {
			f.Unknown = true
			continue
		}
		found, ok, err := s.Catalog.Media(ctx, f.Address)
		if err != nil {
			return err
		}
		if ok {
			f.show(found)
		}
	}
	return nil
}

// show sets the address of an archived medium.
func (f *figureData) show(c archive.Capture) {
	if strings.HasPrefix(strings.ToLower(c.ContentType), "image/") {
		f.Picture = rawPath(c.Time, replay.Image, c.URL)
	} else {
		f.File = rawPath(c.Time, "", c.URL)
	}
}

func (r *reader) block(b article.Block) *blockData {
	d := &blockData{Type: b.Type}
	l := &linkCursor{links: b.Links, archived: r.archived}
	switch b.Type {
	case article.Heading:
		d.Level = r.level(b.Level)
		d.Spans = l.spans(r.take(b.Text))
	case article.List:
		for _, item := range b.Items {
			if r.cell() {
				d.Items = append(d.Items, l.spans(r.take(item)))
			}
		}
	case article.Table:
		for _, row := range b.Rows {
			var cells [][]spanData
			for _, cell := range row {
				if r.cell() {
					cells = append(cells, l.spans(r.take(cell)))
				}
			}
			if len(cells) > 0 {
				d.Rows = append(d.Rows, cells)
			}
		}
	case article.Media:
		if b.Caption != nil && *b.Caption >= 0 && *b.Caption < len(r.article.Captions) {
			d.Figure = r.figure(*b.Caption)
		}
	case article.Embed:
		d.Address = liveAddress(b.URL)
		d.Spans = l.spans(r.take(b.Text))
	default:
		d.Spans = l.spans(r.take(b.Text))
	}
	return d
}

// cell counts an item of a list or a cell of a table; false if there were too many.
func (r *reader) cell() bool {
	r.cells--
	return r.cells >= 0 && r.left > 0
}

// take returns a text, or what of it is still shown.
func (r *reader) take(text string) string {
	if len(text) > r.left {
		text = cutText(text, r.left)
		r.left = 0
		return text
	}
	r.left -= len(text)
	return text
}

// level fits the level of a heading below the title, which is the first level, so that
// none is left out: pages skip levels, and many use them for their size.
func (r *reader) level(of int) int {
	for len(r.levels) > 0 && r.levels[len(r.levels)-1] >= of {
		r.levels = r.levels[:len(r.levels)-1]
	}
	r.levels = append(r.levels, of)
	return min(1+len(r.levels), 6)
}

func (r *reader) figure(i int) *figureData {
	c := r.article.Captions[i]
	if f, ok := r.figures[i]; ok {
		return f
	}
	f := &figureData{Media: c.Media, Text: cutText(c.Text, maxGalleryText), Credit: cutText(c.Credit, maxGalleryText), Address: liveAddress(c.MediaURL)}
	r.figures[i] = f
	return f
}

// A linkCursor finds the links of a block in its texts: each where its text stands next.
type linkCursor struct {
	links    []article.Link
	archived map[string]string
}

func (l *linkCursor) spans(text string) (spans []spanData) {
	for len(l.links) > 0 {
		link := l.links[0]
		at := strings.Index(text, link.Text)
		if at < 0 || link.Text == "" {
			if link.Text == "" { // it has no place
				l.links = l.links[1:]
				continue
			}
			break // a link of the next text
		}
		if at > 0 {
			spans = append(spans, spanData{Text: text[:at]})
		}
		span := spanData{Text: link.Text, Live: liveAddress(link.URL)}
		if id := l.archived[link.URL]; id != "" {
			span.Path, span.Live = "/article/"+id, ""
		}
		spans = append(spans, span)
		text = text[at+len(link.Text):]
		l.links = l.links[1:]
	}
	if text != "" {
		spans = append(spans, spanData{Text: text})
	}
	return spans
}

// liveAddress is a URL of a page that may be linked: of http or https; else "".
func liveAddress(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return raw
}

// languageTag is the language of an article as HTML has it; "" if it is none.
func languageTag(s string) string {
	if !article.LanguageForm.MatchString(s) {
		return ""
	}
	return strings.ReplaceAll(s, "_", "-")
}

// datePart is a date of an article as <time> has it; "" if it is none.
func datePart(s string) string { return (&cite.Item{Published: s}).Day() }

// printedDate is a date of an article for people: the day and time of the page with its
// zone, as precise as it is.
func printedDate(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	if _, offset := t.Zone(); offset == 0 {
		return t.Format("2006-01-02 15:04 UTC")
	}
	there := "15:04 -07:00"
	if u := t.UTC(); u.YearDay() != t.YearDay() {
		there = "2006-01-02 15:04 -07:00"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC") + " (" + t.Format(there) + ")"
}
