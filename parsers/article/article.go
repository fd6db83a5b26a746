// Package article defines the types that parsers and their callers share: Article
// and its parts, the Page that is read, and the Candidates that explain a reading.
// It renders articles as Markdown, plain text and HTML. It does not read pages.
package article

import (
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"golang.org/x/net/html"
)

// Schema names the format of Article's JSON.
const Schema = "newsmorgue.article/1"

// Extractor names this parser and its version. Each change of what Parse returns
// for some page is a new version, so that readings can be distinguished.
const Extractor = "newsmorgue/5"

// Kind is the kind of page that was read.
type Kind string

// The kinds of pages.
const (
	KindArticle Kind = "article"
	KindLive    Kind = "live"
	KindGallery Kind = "gallery"
	KindVideo   Kind = "video"
	KindSection Kind = "section"
	KindHome    Kind = "home"
	KindAuthor  Kind = "author"
	KindOther   Kind = "other"
	KindBlocked Kind = "blocked"
)

// Story reports whether pages of this kind tell a story: these are listed and
// exported by default.
func (k Kind) Story() bool {
	return k == KindArticle || k == KindLive || k == KindGallery || k == KindVideo
}

// An Article is what a page says. What it does not say is empty; nothing is
// invented.
type Article struct {
	Schema       string    `json:"schema"`
	URL          string    `json:"url"`
	CanonicalURL string    `json:"canonical_url,omitempty"`
	Site         string    `json:"site"`
	Kind         Kind      `json:"kind"`
	Title        string    `json:"title,omitempty"`
	Subtitle     string    `json:"subtitle,omitempty"`
	Summary      string    `json:"summary,omitempty"`
	Section      string    `json:"section,omitempty"`
	Tags         []string  `json:"tags,omitempty"`
	Language     string    `json:"language,omitempty"`
	Byline       string    `json:"byline,omitempty"`
	Authors      []Author  `json:"authors,omitempty"`
	Source       string    `json:"source,omitempty"`
	Dateline     string    `json:"dateline,omitempty"`
	Published    string    `json:"published,omitempty"` // RFC 3339, as precise as on the page: a date without a time stays a date
	Modified     string    `json:"modified,omitempty"`
	Text         string    `json:"text,omitempty"` // PlainText of Body
	Body         []Block   `json:"body,omitempty"`
	Captions     []Caption `json:"captions,omitempty"`
	Contacts     []Contact `json:"contacts,omitempty"`
	Paywalled    bool      `json:"paywalled"`
	Rights       *Rights   `json:"rights,omitempty"`
	Pages        []PageRef `json:"pages,omitempty"`
	Further      bool      `json:"-"` // its address or its links say that it is a further page of an article
	// Provenance says for each field, by its JSON name, where it is from.
	Provenance map[string]Provenance `json:"provenance,omitempty"`
	Extractor  string                `json:"extractor"` // Extractor, and the profile of the site that it used: "newsmorgue/5; profile=sha256:…"
}

// ContentDigest is the SHA-256 of what the article says: of its JSON without
// extractor, provenance and the links of its body, which often hold session ids.
// Readings by different extractors that say the same have the same digest.
func (a *Article) ContentDigest() [sha256.Size]byte {
	content := *a
	content.Extractor, content.Provenance = "", nil
	content.Body = slices.Clone(a.Body)
	for i := range content.Body {
		content.Body[i].Links = nil
	}
	body, err := json.Marshal(&content)
	if err != nil {
		return [sha256.Size]byte{} // cannot happen: there are only strings and numbers
	}
	return sha256.Sum256(body)
}

// An Author is one name of a byline.
type Author struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"` // "person" or "organization"
	Role  string `json:"role,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

// The types of a Block.
const (
	Paragraph = "paragraph"
	Heading   = "heading"
	List      = "list"
	Quote     = "quote"
	Table     = "table"
	Code      = "code"
	Media     = "media"
	Embed     = "embed"
)

// A Block is one piece of a body, in reading order. Which members are set
// depends on Type.
type Block struct {
	Type    string     `json:"type"`
	Text    string     `json:"text,omitempty"`
	Level   int        `json:"level,omitempty"`   // of a heading, 1 to 6
	Items   []string   `json:"items,omitempty"`   // of a list
	Rows    [][]string `json:"rows,omitempty"`    // of a table
	Caption *int       `json:"caption,omitempty"` // of media: index into Captions
	URL     string     `json:"url,omitempty"`     // of an embed
	Links   []Link     `json:"links,omitempty"`   // in its text, items or cells, in order
}

// A Link is a link in the text of a block. Its place is the next occurrence of its
// text, after that of the link before it.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// A Caption is the text of a picture or video, without its credit.
type Caption struct {
	Text     string   `json:"text,omitempty"`
	Credit   string   `json:"credit,omitempty"`  // as printed, without brackets and label
	Credits  []string `json:"credits,omitempty"` // its parts
	Media    string   `json:"media"`             // "image", "video", "audio" or "other"
	MediaURL string   `json:"media_url,omitempty"`
}

// A Contact is one visible block of contact details.
type Contact struct {
	Kind      string    `json:"kind"` // "publisher", "department", "author" or "other"
	Label     string    `json:"label,omitempty"`
	Emails    []string  `json:"emails,omitempty"`
	Phones    []Phone   `json:"phones,omitempty"`
	Faxes     []Phone   `json:"faxes,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
	Social    []string  `json:"social,omitempty"`
}

// A Phone is a number as printed and, if its country is certain, in E.164.
type Phone struct {
	Raw  string `json:"raw"`
	E164 string `json:"e164,omitempty"`
}

// An Address is a postal address on one line, its country an ISO 3166 code.
type Address struct {
	Raw     string `json:"raw"`
	Country string `json:"country,omitempty"`
}

// Rights are what the page and its response headers say about use of the page.
type Rights struct {
	MetaRobots     string `json:"meta_robots,omitempty"`
	XRobotsTag     string `json:"x_robots_tag,omitempty"`
	TDMReservation string `json:"tdm_reservation,omitempty"`
	License        string `json:"license,omitempty"`
}

// A PageRef is a further page of the same article.
type PageRef struct {
	URL string `json:"url"`
}

// Provenance says where a field is from and how certain it is, from 0 to 1.
type Provenance struct {
	From       string  `json:"from"`
	Confidence float64 `json:"confidence"`
}

// Hints are what feeds and sitemaps say of a page. They fill missing fields only, and
// Provenance names their source.
type Hints struct {
	Title     string
	Published time.Time
	Modified  time.Time
	Authors   []string
	Language  string
	Source    string // "feed", "sitemap", "news-sitemap", "wp-json"
}

// A Page is the input of Parse. Doc is shared and not written to; if it is nil,
// HTML is parsed. HTML may be nil if Doc is given.
type Page struct {
	URL     *url.URL
	Doc     *html.Node
	HTML    []byte
	Header  map[string][]string // of the response, canonical keys; may be nil
	Charset string              // of the response; overrides Header
	Fetched time.Time           // later dates are rejected; zero if unknown
	Hints   Hints
}
