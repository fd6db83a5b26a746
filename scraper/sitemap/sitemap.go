// Package sitemap reads what sites announce in sitemaps: the XML of
// sitemaps.org, indexes of them, Google's news extension, and plain lists of
// URLs, packed with gzip or not. It neither fetches nor decodes them.
//
// Sitemaps are read as they occur: without namespaces, with unescaped ampersands, after
// junk, cut off. Entries that are complete are used.
package sitemap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/scraper/internal/loosexml"
	"github.com/newsmorgue/newsmorgue/scraper/internal/webdate"
)

// maxBytes bounds a sitemap, unpacked (sitemaps.org: 50 MB).
const maxBytes = 50 << 20

// maxText bounds one element's text.
const maxText = 8 << 10

// maxAlternates bounds the pages in other languages that one sitemap names.
const maxAlternates = 10_000

// What a document is instead of a sitemap.
var (
	ErrHTML    = errors.New("HTML page")
	ErrEmpty   = errors.New("empty")
	ErrZip     = errors.New("zip archive")
	ErrDamaged = errors.New("damaged gzip data")
	ErrOther   = errors.New("unknown format")
)

// An Entry is one URL that a sitemap names.
type Entry struct {
	URL       string    // as written, without space around it; "" if the entry has none
	LastMod   time.Time // zero if missing
	Published time.Time // of the news extension; zero if missing
	Title     string    // of the news extension
	Language  string    // of the news extension
	Sitemap   bool      // the URL is another sitemap: an entry of an index
	News      bool      // the entry has the news extension
}

// A Sitemap is what one document announces.
type Sitemap struct {
	Entries []Entry
	// Alternates are URLs of the same pages in other languages (hreflang) that are not
	// among the entries.
	Alternates []string
	Left       int  // entries beyond the limit, which are left out
	Cut        bool // the document ends before the sitemap does
}

// Looks reports whether an answer that is not HTML begins as a sitemap does.
func Looks(contentType string, body []byte) bool {
	if strings.Contains(strings.ToLower(contentType), "html") {
		return false
	}
	start := bytes.ToLower(bytes.ReplaceAll(body[:min(len(body), 4096)], []byte{0}, nil)) // without the zeros of UTF-16
	if bytes.Contains(start, []byte("<html")) {
		return false
	}
	return bytes.Contains(start, []byte("<urlset")) || bytes.Contains(start, []byte("<sitemapindex")) || bytes.Contains(start, []byte("sitemaps.org/schemas/sitemap/"))
}

// Unpack undoes gzip, at most 50 MiB of text. A packed file that is served with a
// content coding may be packed twice. A damaged file gives what precedes the damage; cut
// says that there was any, or that the text is longer. The errors are ErrDamaged, if there
// is nothing before the damage, and ErrZip.
func Unpack(body []byte) (text []byte, cut bool, err error) {
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return nil, false, ErrZip
	}
	var r io.Reader = bytes.NewReader(body)
	packed := false
	for range 2 {
		br := bufio.NewReaderSize(r, 4096)
		r = br
		if magic, _ := br.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			break
		}
		if r, err = gzip.NewReader(br); err != nil {
			return nil, false, ErrDamaged
		}
		packed = true
	}
	if !packed {
		return body[:min(len(body), maxBytes)], len(body) > maxBytes, nil
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxBytes+1))
	if err != nil && n == 0 {
		return nil, false, ErrDamaged
	}
	return b.Bytes()[:min(n, maxBytes)], err != nil || n > maxBytes, nil
}

// Parse reads a sitemap in UTF-8, whatever encoding its XML declaration names, and takes
// at most max entries. cut says that the text is not whole; an XML document says so
// itself. The error is one of those above.
func Parse(text []byte, cut bool, max int) (*Sitemap, error) {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n\x00")
	if len(text) == 0 {
		return nil, ErrEmpty
	}
	if text[0] != '<' && startsWithURL(text) {
		return list(text, cut, max), nil
	}
	r := reader{max: max, names: map[string]bool{}}
	if err := r.document(text); err != nil {
		return nil, err
	}
	return &r.sitemap, nil
}

// startsWithURL reports whether one of the first lines of a text is a URL.
func startsWithURL(text []byte) bool {
	for line := range bytes.FieldsFuncSeq(text[:min(len(text), 4096)], isLineEnd) {
		if isURL(string(bytes.TrimSpace(line))) {
			return true
		}
	}
	return false
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

func isURL(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	return ok && rest != "" && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// list reads one URL per line. A line of something else is an entry without a URL.
func list(text []byte, cut bool, max int) *Sitemap {
	s := &Sitemap{Cut: cut}
	if end := bytes.LastIndexByte(text, '\n'); cut && end >= 0 {
		text = text[:end] // the last line may be the beginning of a URL
	}
	for line := range bytes.FieldsFuncSeq(text, isLineEnd) {
		line = bytes.Trim(line, " \t\ufeff")
		switch {
		case len(line) == 0 || line[0] == '#':
		case len(s.Entries) == max:
			s.Left++
		case len(line) <= maxText && isURL(string(line)):
			s.Entries = append(s.Entries, Entry{URL: string(line)})
		default:
			s.Entries = append(s.Entries, Entry{})
		}
	}
	return s
}

// vocabularies are the namespaces that entries are made of.
var vocabularies = []loosexml.Vocabulary{
	{Namespace: "sitemap-news", Prefix: "news", Usual: []string{"news", "n"}},
	{Namespace: "sitemap-image", Prefix: "image", Usual: []string{"image"}},
	{Namespace: "sitemap-video", Prefix: "video", Usual: []string{"video"}},
	{Namespace: "sitemap-mobile", Prefix: "mobile"},
	{Namespace: "sitemaps.org/schemas/sitemap", Usual: []string{"sitemap", "sm", "ns0"}},
	{Namespace: "google.com/schemas/sitemap/", Usual: nil}, // of 2005
	{Namespace: "1999/xhtml", Prefix: "xhtml", Usual: []string{"xhtml"}},
}

// A reader reads the elements of one document.
type reader struct {
	sitemap Sitemap
	max     int
	root    string
	prefix  string // of the root, which no declaration explains; with its colon
	ended   bool
	entry   *Entry
	names   map[string]bool // alternates
	field   string          // the open element whose text is read; "" if none
	text    []byte
	bare    []byte // text of the entry itself: some leave out loc
	media   string // the open extension whose elements are not the entry's; "" if none
}

// fields are the elements of an entry, without and with the prefix of the extension
// where some leave it out.
var fields = map[string]func(e *Entry, text string){
	"loc":                   func(e *Entry, text string) { e.URL = text },
	"lastmod":               func(e *Entry, text string) { e.LastMod = date(text) },
	"news:publication_date": func(e *Entry, text string) { e.Published = date(text) },
	"news:title":            func(e *Entry, text string) { e.Title = text },
	"news:language":         func(e *Entry, text string) { e.Language = text },
	"publication_date":      func(e *Entry, text string) { e.Published = date(text) },
	"title": func(e *Entry, text string) {
		if e.News {
			e.Title = text
		}
	},
	"language": func(e *Entry, text string) {
		if e.News {
			e.Language = text
		}
	},
}

// media are the extensions that have a loc and a title of their own.
var media = map[string]bool{"image:image": true, "video:video": true, "image": true, "video": true}

func (r *reader) document(text []byte) error {
	x := loosexml.NewReader(text, vocabularies, "url", "sitemap")
	for !r.ended {
		t, ok := x.Next()
		if !ok {
			break
		}
		switch t.Kind {
		case loosexml.Text:
			if r.field != "" {
				r.text = t.AppendText(r.text, maxText)
			} else if r.entry != nil && r.media == "" {
				r.bare = t.AppendText(r.bare, maxText)
			}
		case loosexml.End:
			r.end(strings.TrimPrefix(t.Name, r.prefix))
		default:
			if prefix, local, ok := strings.Cut(t.Name, ":"); ok && r.root == "" && (local == "urlset" || local == "sitemapindex") {
				r.prefix = prefix + ":"
			}
			t.Name = strings.TrimPrefix(t.Name, r.prefix)
			if r.root == "" && (t.Name == "html" || t.Name == "head" || t.Name == "body") {
				return ErrHTML
			}
			r.start(t)
		}
	}
	if r.root == "" {
		return ErrOther
	}
	r.sitemap.Cut = !r.ended
	// An alternate that has an entry of its own is known with its date.
	for _, e := range r.sitemap.Entries {
		delete(r.names, e.URL)
	}
	kept := r.sitemap.Alternates[:0]
	for _, u := range r.sitemap.Alternates {
		if r.names[u] {
			kept = append(kept, u)
		}
	}
	r.sitemap.Alternates = kept
	return nil
}

func (r *reader) start(t loosexml.Token) {
	switch t.Name {
	case "urlset", "sitemapindex":
		r.root, r.ended = t.Name, t.Kind == loosexml.Empty
		return
	case "url", "sitemap":
		r.finish() // the one before, if its end tag is missing
		if r.root == "" {
			r.root = "urlset" // the root was lost, with whatever stood before
		}
		if t.Kind == loosexml.Start {
			r.entry = &Entry{Sitemap: t.Name == "sitemap"}
		}
		return
	}
	switch {
	case r.entry == nil || r.media != "":
	case media[t.Name]:
		r.close()
		if t.Kind == loosexml.Start {
			r.media = t.Name
		}
	case t.Name == "news" || strings.HasPrefix(t.Name, "news:"):
		r.close()
		r.entry.News = true
		r.open(t)
	case t.Name == "xhtml:link" || t.Name == "link":
		r.close()
		r.alternate(t)
	case r.field == "" || fields[t.Name] != nil:
		r.close()
		r.open(t)
	}
}

// open begins to read the text of an element that is known.
func (r *reader) open(t loosexml.Token) {
	if fields[t.Name] != nil && t.Kind == loosexml.Start {
		r.field = t.Name
	}
}

// alternate takes the URL of an entry's page in another language.
func (r *reader) alternate(t loosexml.Token) {
	u := strings.TrimSpace(t.Attr("href"))
	if u == "" || t.Attr("hreflang") == "" || !strings.EqualFold(t.Attr("rel"), "alternate") || r.names[u] || len(r.names) >= maxAlternates {
		return
	}
	r.names[u] = true
	r.sitemap.Alternates = append(r.sitemap.Alternates, u)
}

func (r *reader) end(name string) {
	switch {
	case name == "urlset" || name == "sitemapindex":
		r.finish()
		r.ended = true
	case name == "url" || name == "sitemap":
		r.finish()
	case name == r.media:
		r.media = ""
	case name == r.field:
		r.close()
	}
}

// close stores the text of the open element, if there is one.
func (r *reader) close() {
	if text := strings.TrimSpace(string(r.text)); r.field != "" && r.entry != nil && text != "" {
		if r.field != "loc" || r.entry.URL == "" {
			fields[r.field](r.entry, text)
		}
	}
	r.field, r.text = "", r.text[:0]
}

// finish ends the open entry, if there is one.
func (r *reader) finish() {
	r.close()
	r.media = ""
	if text := strings.TrimSpace(string(r.bare)); r.entry != nil && r.entry.URL == "" && isURL(text) {
		r.entry.URL = text
	}
	r.bare = r.bare[:0]
	switch {
	case r.entry == nil:
	case len(r.sitemap.Entries) >= r.max:
		r.sitemap.Left++
	default:
		r.sitemap.Entries = append(r.sitemap.Entries, *r.entry)
	}
	r.entry = nil
}

// date reads W3C's date and time formats, and what sites write instead. A month stands
// for its first day.
func date(s string) time.Time {
	if t := webdate.Parse(s); !t.IsZero() {
		return t
	}
	if t, err := time.Parse("2006-01", s); err == nil && t.Year() > 1900 && t.Year() < 2200 {
		return t
	}
	return time.Time{}
}
