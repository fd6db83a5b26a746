// Package article holds the words that everyone shares: Article and its parts,
// the Page that is read, the Candidates that explain a reading, and how an
// article prints as Markdown, text and HTML. It reads no page.
package article

import (
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Schema names the form of Article's JSON.
const Schema = "newsmorgue.article/1"

// Extractor names this parser and its version. A change of what Parse gives
// for some page is a new version, so that readings can be told apart.
const Extractor = "newsmorgue/3"

// Kind is what sort of page was read.
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

// Story reports whether the kind is listed and exported unless asked otherwise.
func (k Kind) Story() bool {
	return k == KindArticle || k == KindLive || k == KindGallery || k == KindVideo
}

// An Article is what a page says. Missing is empty; nothing is invented.
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
	Published    string    `json:"published,omitempty"` // RFC 3339, as precise as the page: a date without a time stays a date
	Modified     string    `json:"modified,omitempty"`
	Text         string    `json:"text,omitempty"` // Body's text, blocks joined by a blank line
	Body         []Block   `json:"body,omitempty"`
	Captions     []Caption `json:"captions,omitempty"`
	Contacts     []Contact `json:"contacts,omitempty"`
	Paywalled    bool      `json:"paywalled"`
	Rights       *Rights   `json:"rights,omitempty"`
	Pages        []PageRef `json:"pages,omitempty"`
	Further      bool      `json:"-"` // by its address or its links this is a further page of an article
	// Provenance says for each field where it is from.
	Provenance map[string]Provenance `json:"provenance,omitempty"`
	Extractor  string                `json:"extractor"` // the parser, and the profile of the site that it used: "newsmorgue/3; profile=sha256:…"
}

// ContentDigest is a digest of what the article says: of all but who read it, where on
// the page it was found, and where its words link to, which sites fill with
// sessions. Readings by different extractors that say the same have the same one.
func (a *Article) ContentDigest() [sha256.Size]byte {
	said := *a
	said.Extractor, said.Provenance = "", nil
	said.Body = slices.Clone(a.Body)
	for i := range said.Body {
		said.Body[i].Links = nil
	}
	body, err := json.Marshal(&said)
	if err != nil {
		return [sha256.Size]byte{} // strings and numbers alone: it cannot fail
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

// A Link is a link of a block: where its text stands next in the block's, after
// that of the link before it.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// A Caption is the text of a picture or video, its credit apart.
type Caption struct {
	Text     string   `json:"text,omitempty"`
	Credit   string   `json:"credit,omitempty"`  // as printed, without brackets and label
	Credits  []string `json:"credits,omitempty"` // its parts
	Media    string   `json:"media"`             // "image", "video", "audio" or "other"
	MediaURL string   `json:"media_url,omitempty"`
}

// A Contact is one visible block that says how to reach somebody.
type Contact struct {
	Kind      string    `json:"kind"` // "publisher", "department", "author" or "other"
	Label     string    `json:"label,omitempty"`
	Emails    []string  `json:"emails,omitempty"`
	Phones    []Phone   `json:"phones,omitempty"`
	Faxes     []Phone   `json:"faxes,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
	Social    []string  `json:"social,omitempty"`
}

// A Phone is a number as printed and, where it is known for sure, in E.164.
type Phone struct {
	Raw  string `json:"raw"`
	E164 string `json:"e164,omitempty"`
}

// An Address is a postal address on one line, its country an ISO 3166 code.
type Address struct {
	Raw     string `json:"raw"`
	Country string `json:"country,omitempty"`
}

// Rights are what page and response say of its use.
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

// Provenance says where a field is from and how sure that is, from 0 to 1.
type Provenance struct {
	From       string  `json:"from"`
	Confidence float64 `json:"confidence"`
}

// Hints are what discovery knew of a page: they fill missing fields only, and Provenance says so.
type Hints struct {
	Title     string
	Published time.Time
	Modified  time.Time
	Authors   []string
	Language  string
	Source    string // "feed", "sitemap", "news-sitemap", "wp-json"
}

// A Page is what Parse reads. Doc is shared and never written to; if it is nil,
// HTML is parsed. HTML may be nil if Doc is given.
type Page struct {
	URL     *url.URL
	Doc     *html.Node
	HTML    []byte
	Header  map[string][]string // of the response, canonical keys; may be nil
	Charset string              // what the response header says; overrides Header
	Fetched time.Time           // bounds what can be a date; zero if unknown
	Hints   Hints
}

// PlainText is what a reader of the article reads.
func PlainText(body []Block) string {
	var parts []string
	for _, b := range body {
		switch b.Type {
		case List:
			parts = append(parts, strings.Join(b.Items, "\n"))
		case Table:
			var rows []string
			for _, r := range b.Rows {
				rows = append(rows, strings.Join(r, " | "))
			}
			parts = append(parts, strings.Join(rows, "\n"))
		case Media:
		default:
			if b.Text != "" {
				parts = append(parts, b.Text)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

// Inherit takes over what an earlier reading of the same page had from hints
// and this one lacks.
func (a *Article) Inherit(before *Article) {
	for field, pr := range before.Provenance {
		source, _, _ := strings.Cut(pr.From, ":")
		if _, has := a.Provenance[field]; has || !hintSources[source] {
			continue
		}
		switch field {
		case "title":
			a.Title = before.Title
		case "language":
			a.Language = before.Language
		case "published":
			a.Published = before.Published
		case "modified":
			a.Modified = before.Modified
		case "authors":
			a.Authors = before.Authors
		default:
			continue
		}
		a.Provenance[field] = pr
	}
}

// hintSources are the sources that Hints name.
var hintSources = map[string]bool{"feed": true, "sitemap": true, "news-sitemap": true, "wp-json": true}
