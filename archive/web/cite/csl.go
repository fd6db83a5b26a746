package cite

import (
	"bytes"
	"encoding/json"
	"strings"
)

// A cslItem is an item of CSL-JSON: csl-data.json of citationstyles.org, version 1.0.2.
type cslItem struct {
	Type            string    `json:"type"`
	ID              string    `json:"id"`
	Title           string    `json:"title,omitempty"`
	Author          []cslName `json:"author,omitempty"`
	Issued          *cslDate  `json:"issued,omitempty"`
	Accessed        *cslDate  `json:"accessed,omitempty"`
	ContainerTitle  string    `json:"container-title,omitempty"`
	Section         string    `json:"section,omitempty"`
	Language        string    `json:"language,omitempty"`
	URL             string    `json:"URL,omitempty"`
	Source          string    `json:"source,omitempty"`
	Archive         string    `json:"archive,omitempty"`
	ArchiveLocation string    `json:"archive_location,omitempty"`
	Note            string    `json:"note,omitempty"`
}

type cslName struct {
	Family   string `json:"family,omitempty"`
	Given    string `json:"given,omitempty"`
	Particle string `json:"non-dropping-particle,omitempty"`
	Literal  string `json:"literal,omitempty"`
}

type cslDate struct {
	Parts [][]int `json:"date-parts"`
}

// CSL returns a file of CSL-JSON with one item. Organizations, and persons whose name has
// no sure family name, have a literal name.
func CSL(it Item) ([]byte, error) {
	item := cslItem{
		Type: "article-newspaper", ID: key(&it), Title: oneLine(it.Title), ContainerTitle: oneLine(it.Site), Section: oneLine(it.Section),
		Language: oneLine(it.Language), URL: it.URL, Source: oneLine(it.Source), ArchiveLocation: strings.Trim(it.Record, "<>"), Note: it.note(),
	}
	if it.Archive != "" {
		item.Archive = "newsmorgue archive " + it.Archive
	}
	for _, a := range it.Authors {
		full := oneLine(a.Name)
		if full == "" {
			continue
		}
		if n, ok := parts(full); ok && !a.Organization {
			item.Author = append(item.Author, cslName{Family: n.family, Given: n.given, Particle: n.particle})
		} else {
			item.Author = append(item.Author, cslName{Literal: full})
		}
	}
	if d := it.date(); d != nil {
		item.Issued = &cslDate{[][]int{d}}
	}
	if !it.Accessed.IsZero() {
		y, m, d := it.Accessed.UTC().Date()
		item.Accessed = &cslDate{[][]int{{y, int(m), d}}}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode([]cslItem{item})
	return b.Bytes(), err
}
