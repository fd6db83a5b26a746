package notice

import (
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"time"
)

// A Feed is the newest changes of a site, or of all sites, as an Atom feed (RFC 4287).
type Feed struct {
	Archive string    // its ID
	Site    string    // "" for all
	Self    string    // reference of the feed itself, absolute or relative
	Created time.Time // of the archive: when a feed without changes was updated
	Version string    // of the program
	Changes []Change
}

// MaxEntries is how many changes a feed has.
const MaxEntries = 100

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Links     []atomLink  `xml:"link"`
	Author    atomPerson  `xml:"author"`
	Generator atomTool    `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomTool struct {
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

type atomTerm struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomEntry struct {
	ID         string     `xml:"id"`
	Title      string     `xml:"title"`
	Updated    string     `xml:"updated"`
	Links      []atomLink `xml:"link"`
	Categories []atomTerm `xml:"category"`
	Summary    string     `xml:"summary"`
	Content    atomText   `xml:"content"`
}

// Write writes the feed. What XML does not allow in text becomes U+FFFD.
func (f Feed) Write(w io.Writer) error {
	a := &Author{Archive: f.Archive}
	out := atomFeed{
		ID: a.id("feed", f.Site), Title: "Changes of articles", Updated: atomTime(f.Created),
		Links:  []atomLink{{Rel: "self", Type: "application/atom+xml", Href: f.Self}},
		Author: atomPerson{"newsmorgue"}, Generator: atomTool{f.Version, "newsmorgue"},
	}
	if f.Site != "" {
		out.Title = "Changes of articles: " + f.Site
	}
	updated := f.Created
	for _, c := range f.Changes[:min(len(f.Changes), MaxEntries)] {
		if c.Captured.After(updated) {
			updated = c.Captured
		}
		e := atomEntry{
			ID: c.ID, Title: strings.ToUpper(c.What[:1]) + c.What[1:] + ": " + c.headline(), Updated: atomTime(c.Captured),
			Categories: []atomTerm{{c.What}}, Summary: c.Summary, Content: atomText{"html", c.HTML},
		}
		// An entry with content needs no link, so that one that is not a reference can be
		// left out.
		e.link("alternate", c.URL)
		e.link("related", c.From)
		out.Entries = append(out.Entries, e)
	}
	out.Updated = atomTime(updated)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (e *atomEntry) link(rel, raw string) {
	if u, err := url.Parse(raw); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		e.Links = append(e.Links, atomLink{Rel: rel, Href: u.String()})
	}
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
