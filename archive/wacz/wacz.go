// Package wacz writes, reads and checks WACZ packages (Web Archive Collection Zipped,
// version 1.1.1): a ZIP file with WARC files, an index of their records, a list of pages
// and checksums. It does not know where records come from, or go.
package wacz

import (
	"errors"
	"time"
)

// Version is the version of WACZ that a Writer writes.
const Version = "1.1.1"

const (
	packageName = "datapackage.json"
	digestName  = "datapackage-digest.json"
	archiveDir  = "archive/"
	indexDir    = "indexes/"
	pagesName   = "pages/pages.jsonl"
	extraName   = "pages/extraPages.jsonl"
	pagesFormat = "json-pages-1.0"
)

// ErrFormat is wrapped by errors about files that are not WACZ packages.
var ErrFormat = errors.New("not a WACZ package")

// ErrMulti is returned for packages that only name other packages.
var ErrMulti = errors.New("a list of several WACZ packages (multi-WACZ), which has no records of its own; use the .wacz files that it names")

// A Page is an entry of a list of pages.
type Page struct {
	ID    string
	URL   string
	Time  time.Time // of the capture
	Title string
	Text  string // of the article; empty if unknown
	Size  int64  // of the payload, in bytes; 0 if unknown
	Extra bool   // it is not in the main list
}

// A pageLine is a line of a list of pages.
type pageLine struct {
	ID    string `json:"id,omitempty"`
	URL   string `json:"url"`
	TS    string `json:"ts"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	Size  int64  `json:"size,omitempty"`
}

// A pagesHeader is the first line of a list of pages.
type pagesHeader struct {
	Format  string `json:"format"`
	ID      string `json:"id"`
	Title   string `json:"title"`
	HasText bool   `json:"hasText"`
}

// A Resource is a member as datapackage.json lists it.
type Resource struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  string `json:"hash"` // "sha256:" and hexadecimal digits
	Bytes int64  `json:"bytes"`
}

// A dataPackage is datapackage.json, as a Writer writes it.
type dataPackage struct {
	Profile      string     `json:"profile"`
	Version      string     `json:"wacz_version"`
	Title        string     `json:"title,omitempty"`
	Description  string     `json:"description,omitempty"`
	Created      string     `json:"created"`
	Modified     string     `json:"modified"`
	Software     string     `json:"software,omitempty"`
	MainPageURL  string     `json:"mainPageUrl,omitempty"`
	MainPageDate string     `json:"mainPageDate,omitempty"`
	Resources    []Resource `json:"resources"`
}

// A packageDigest is datapackage-digest.json.
type packageDigest struct {
	Path string `json:"path"`
	Hash string `json:"hash"`
}
