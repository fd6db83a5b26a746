package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/cite"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// maxCaptures is how many captures of its URL an article shows, the newest first.
const maxCaptures = 30

// An articleData is what the page of an article shows.
type articleData struct {
	ID      string           `json:"id"`
	URL     string           `json:"url"`
	Site    string           `json:"site"`
	Version versionData      `json:"version"`
	Article *article.Article `json:"article"`          // null if it cannot be read
	Damage  string           `json:"damage,omitempty"` // why it cannot be read
	Notice  string           `json:"notice,omitempty"` // what the last answer of the URL was, if that is not the current version
	Records recordsData      `json:"records"`

	Captures     []captureData `json:"captures"` // of the URL, the newest first
	CaptureCount int           `json:"capture_count"`

	Story   storyData     `json:"-"` // for the reader
	View    string        `json:"-"` // "", "both", "reader" or "original"
	Views   []viewLink    `json:"-"`
	Fields  []fieldData   `json:"-"`
	Body    []*blockData  `json:"-"`
	Cut     bool          `json:"-"` // the body is longer than what is shown
	Gallery []*figureData `json:"-"` // captions that are not in the body
	Archive string        `json:"-"` // address of the archived page; "" if there is none
	Alone   string        `json:"-"` // address of that page with a bar
	BibTeX  string        `json:"-"`
	Cite    string        `json:"-"`
	Query   string        `json:"-"` // "?version=N" for the addresses of an older version
	Files   bool          `json:"-"` // it can be had as WARC
	All     string        `json:"-"` // address of the list of all captures
}

// A versionData says which version of an article is shown.
type versionData struct {
	Number   int       `json:"number"` // from 1
	Of       int       `json:"of"`
	Current  bool      `json:"current"`
	Captured time.Time `json:"captured"`
}

// A storyData is the head of an article as the reader shows it: from the article, or if
// that cannot be read, from the catalog.
type storyData struct {
	Title, Subtitle, Section, Byline string
	Language, Published, Modified    string
	Source, Dateline                 string
	Kind                             article.Kind
	Authors                          []article.Author
}

// A recordsData says in which records of the archive an article is.
type recordsData struct {
	Reading   string `json:"reading"`
	Extractor string `json:"extractor,omitempty"`
	Response  string `json:"response"`
	Revisit   bool   `json:"revisit,omitempty"`  // the response is a revisit
	Original  string `json:"original,omitempty"` // what that refers to
	Request   string `json:"request,omitempty"`
	Run       string `json:"run,omitempty"`
	Missing   string `json:"missing,omitempty"` // why the response cannot be read

	URL           string         `json:"url,omitempty"` // of the capture
	Captured      time.Time      `json:"captured"`
	Status        int            `json:"status,omitempty"`
	ContentType   string         `json:"content_type,omitempty"`
	Server        string         `json:"server,omitempty"`
	IP            string         `json:"ip_address,omitempty"`
	Protocols     []string       `json:"protocols,omitempty"`
	Truncated     string         `json:"truncated,omitempty"`
	TLS           string         `json:"tls,omitempty"`
	PayloadDigest archive.Digest `json:"payload_digest,omitempty"`
	BlockDigest   archive.Digest `json:"block_digest,omitempty"`
	Segment       string         `json:"segment,omitempty"`
}

// A captureData is one capture of a URL.
type captureData struct {
	Time   time.Time `json:"time"`
	Type   string    `json:"type"`
	Status int       `json:"status,omitempty"`
	ID     string    `json:"id"`
	Page   string    `json:"-"` // address
}

// A viewLink leads to another arrangement of the article and the archived page.
type viewLink struct {
	Name, Path string
	Current    bool
	Next       bool // the one that follows the current one
}

// articleViews are the arrangements, in the order in which a key changes them.
var articleViews = []struct{ view, name string }{{"reader", "Text"}, {"both", "Text and page"}, {"original", "Archived page"}}

func (s *Server) articlePage(r *http.Request, l *loaded) (*page, error) {
	ctx := r.Context()
	view := r.URL.Query().Get("view")
	if view != "" && view != "both" && view != "reader" && view != "original" {
		return nil, refuse("view=%s is none of both, reader and original", view)
	}
	d := &articleData{
		ID: l.story.ID, URL: l.story.URL, Site: l.story.Site, Article: l.article, Damage: l.damage, View: view, Files: s.WARC != nil,
		Version: versionData{l.number, max(1, len(l.versions)), l.current, l.captured()},
		Records: l.records(), Story: l.head(), All: "/timemap/link/" + linkTarget(l.story.URL),
	}
	if !l.current {
		d.Query = fmt.Sprintf("?version=%d", l.number)
	}
	if err := s.addCaptures(ctx, d); err != nil {
		return nil, err
	}
	if l.article != nil {
		if err := s.addReader(ctx, d); err != nil {
			return nil, err
		}
		d.Fields = fieldsOf(l.article, d.ID, d.Query)
	}
	if l.response != nil {
		d.Archive = rawPath(d.Records.Captured, "", d.Records.URL)
		d.Alone = pagePath(d.Records.Captured, d.Records.URL)
	}
	item := s.item(l)
	d.BibTeX, d.Cite = cite.BibTeX(item), cite.Text(item)
	d.Views = viewLinks(d)
	title := d.Story.Title
	if title == "" {
		title = l.story.URL
	}
	return &page{Title: title, Section: "/articles", Template: "article", Data: d}, nil
}

// addCaptures adds the captures of the URL, and what the newest of them was.
func (s *Server) addCaptures(ctx context.Context, d *articleData) error {
	caps, total, err := s.Catalog.NewestCaptured(ctx, d.URL, maxCaptures)
	if err != nil {
		return err
	}
	d.CaptureCount = total
	for _, c := range caps {
		d.Captures = append(d.Captures, captureData{c.Time, c.Type, c.Status, c.ID, pagePath(c.Time, c.URL)})
	}
	state, ok, err := s.Catalog.State(ctx, d.URL)
	if ok {
		d.Notice = lastAnswer(state)
	}
	return err
}

// captured is when the page of the version was captured.
func (l *loaded) captured() time.Time {
	if l.response != nil {
		return l.response.Date()
	}
	if !l.current {
		return l.versions[l.number-1].Captured
	}
	return l.story.Captured
}

// head is what stands above the text.
func (l *loaded) head() storyData {
	a := l.article
	if a == nil {
		s := l.story
		h := storyData{Title: s.Title, Section: s.Section, Byline: s.Byline, Language: s.Language, Published: s.Published, Modified: s.Modified, Kind: article.Kind(s.Kind)}
		for _, name := range s.Authors {
			h.Authors = append(h.Authors, article.Author{Name: name})
		}
		return h
	}
	return storyData{a.Title, a.Subtitle, a.Section, a.Byline, a.Language, a.Published, a.Modified, a.Source, a.Dateline, a.Kind, a.Authors}
}

func (l *loaded) records() recordsData {
	d := recordsData{Reading: l.readingID, Response: l.responseID, Captured: l.captured(), URL: l.story.URL, Missing: l.missing}
	if l.reading != nil {
		d.Extractor = l.reading.Get("Newsmorgue-Extractor")
	}
	rec := l.response
	if rec == nil {
		return d
	}
	d.URL, d.Run, d.Request, d.Segment = rec.TargetURI(), rec.Get("WARC-Warcinfo-ID"), rec.Get("WARC-Concurrent-To"), l.responseAt.Segment
	if rec.Type() == "revisit" {
		d.Revisit, d.Original = true, rec.Get("WARC-Refers-To")
	}
	d.IP, d.Protocols, d.Truncated, d.TLS = rec.Get("WARC-IP-Address"), rec.Values("WARC-Protocol"), rec.Get("WARC-Truncated"), rec.Get("Newsmorgue-TLS")
	d.PayloadDigest, d.BlockDigest = archive.Digest(rec.Get("WARC-Payload-Digest")), archive.Digest(rec.Get("WARC-Block-Digest"))
	if rec.HTTP != nil {
		d.Status, d.ContentType, d.Server = rec.HTTP.Status(), rec.HTTP.Get("Content-Type"), rec.HTTP.Get("Server")
	} else {
		d.ContentType = rec.Get("Content-Type")
	}
	return d
}

// item is an article as it is cited.
func (s *Server) item(l *loaded) cite.Item {
	h := l.head()
	it := cite.Item{
		ID: l.story.ID, Title: h.Title, Published: h.Published, URL: l.story.URL, Site: l.story.Site, Section: h.Section, Language: h.Language,
		Source: h.Source, Accessed: l.captured(), Archive: s.Archive.Info().ID, Record: l.responseID,
	}
	if l.response != nil {
		it.Digest = l.response.Get("WARC-Payload-Digest")
	}
	for _, a := range h.Authors {
		it.Authors = append(it.Authors, cite.Author{Name: a.Name, Organization: a.Kind == "organization"})
	}
	return it
}

// viewLinks are the arrangements that a page can have. Without a wish, wide screens show
// the text and the page, and narrow ones the text: none is marked as the current one then.
func viewLinks(d *articleData) (links []viewLink) {
	if d.Archive == "" {
		return nil
	}
	at := 1
	for i, v := range articleViews {
		if v.view == d.View {
			at = i
		}
	}
	for i, v := range articleViews {
		q := url.Values{"view": {v.view}}
		if d.Query != "" {
			q.Set("version", fmt.Sprint(d.Version.Number))
		}
		links = append(links, viewLink{v.name, "/article/" + d.ID + "?" + q.Encode(), v.view == d.View, i == (at+1)%len(articleViews)})
	}
	return links
}

// answeredWith says what a page was that does not become the current version.
var answeredWith = map[catalog.Reason]string{
	catalog.ReasonPlaceholder: "the page that the site showed in place of many others",
	catalog.ReasonWall:        "a bot wall or a question about cookies",
	catalog.ReasonKind:        "a page that is no longer an article",
	catalog.ReasonPaywall:     "a shorter page behind a paywall",
	catalog.ReasonTruncated:   "an incomplete page",
	catalog.ReasonUnread:      "a page without text",
}

// lastAnswer says in words that the last answer of a URL is not its current version; "" if
// it is.
func lastAnswer(s catalog.State) string {
	if s.Why == "" {
		return ""
	}
	with := answeredWith[s.Why]
	switch {
	case s.Why == catalog.ReasonStatus && s.Status/100 == 3:
		with = fmt.Sprintf("a redirect (HTTP %d)", s.Status)
	case s.Why == catalog.ReasonStatus:
		with = fmt.Sprintf("HTTP %d", s.Status)
	case with == "":
		with = string(s.Why)
	}
	when := s.Last.UTC().Format("2006-01-02 15:04 UTC")
	if s.Current.IsZero() || s.Current.Equal(s.Last) {
		return fmt.Sprintf("The last answer, of %s, was %s. There is no other version.", when, with)
	}
	return fmt.Sprintf("The last answer, of %s, was %s. This is the last good version, of %s.", when, with, s.Current.UTC().Format("2006-01-02 15:04 UTC"))
}
