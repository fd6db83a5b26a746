package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// An atomFeed is a feed of RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// changesFeed is the feed of changes in Atom, with the same parameters.
func (s *Server) changesFeed(r *http.Request) (*page, error) {
	q, err := parseChangeQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	d, err := s.changesOf(r.Context(), q)
	if err != nil {
		return nil, err
	}
	archive, base := s.Archive.Info(), baseOf(r)
	feed := atomFeed{ID: nameID(archive.ID, "changes", q.address("", nil)), Title: "Changes of articles", Updated: archive.Created.UTC().Format(time.RFC3339), Author: "newsmorgue",
		Links: []atomLink{{"self", "application/atom+xml", base + q.address("/changes.atom", nil)}, {"alternate", "text/html", base + q.address("/changes", nil)}}}
	if q.Vanished {
		feed.Title = "Articles gone"
	}
	if len(d.Changes) > 0 {
		feed.Updated = d.Changes[0].Captured
	}
	for _, c := range d.Changes {
		feed.Entries = append(feed.Entries, c.entry(base, archive.ID))
	}
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		b, err := xml.MarshalIndent(feed, "", " ")
		if err != nil {
			return err
		}
		_, err = w.Write(append([]byte(xml.Header), b...))
		return err
	}}, nil
}

// nameID is an ID that is always the same for the same texts.
func nameID(archive string, parts ...string) string {
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(archive+"\n"+strings.Join(parts, "\n"))).String()
}

func (c changeLine) entry(base, archive string) atomEntry {
	title := c.Title
	if title == "" {
		title = c.URL
	}
	address := "/article/" + c.ID
	if c.Compare != "" {
		address = c.Compare
	}
	e := atomEntry{ID: nameID(archive, c.What, c.ID, c.response), Title: c.What + ": " + title, Updated: c.Captured, Links: []atomLink{{"alternate", "text/html", base + address}},
		Categories: []atomCategory{{c.What}}}
	for _, class := range c.Classes {
		e.Categories = append(e.Categories, atomCategory{string(class)})
	}
	var parts []string
	for _, s := range []string{c.How, c.Summary} {
		if s != "" {
			parts = append(parts, capital(s)+".")
		}
	}
	if c.From != "" {
		parts = append(parts, "It was at "+c.From+".")
	}
	e.Summary = strings.Join(append(parts, c.Site+", "+c.URL), " ")
	return e
}
