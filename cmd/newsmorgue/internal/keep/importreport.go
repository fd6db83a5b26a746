package keep

import (
	"cmp"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const importSchema = "newsmorgue.import/1"

// Imported is the report of an Import.
type Imported struct {
	Schema    string    `json:"schema,omitempty"`
	Extractor string    `json:"extractor,omitempty"` // empty if no articles were extracted
	Status    string    `json:"status"`
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
	Seconds   float64   `json:"seconds"`

	Files      []ImportedFile `json:"files,omitempty"`   // at most 1,000
	Records    map[string]int `json:"records,omitempty"` // imported, by type
	Payload    int64          `json:"payload_bytes"`
	Pages      int            `json:"pages"`    // of the records, those that an article was read from, or tried
	Articles   int            `json:"articles"` // of kind article, live, gallery, video
	New        int            `json:"new"`      // of these, at URLs without an earlier capture
	Kinds      map[string]int `json:"kinds,omitempty"`
	NoArticle  map[string]int `json:"unread,omitempty"`     // pages that gave no article, by reason
	Known      int            `json:"known"`                // records that the archive has
	Duplicates int            `json:"duplicates,omitempty"` // records of captures that it has under other IDs
	Filtered   int            `json:"filtered,omitempty"`   // records that the filter does not select
	Suppressed int            `json:"suppressed,omitempty"` // records of suppressed pages
	Erased     int            `json:"erased,omitempty"`     // records of this archive that the imported one had erased
	// CatalogInUse means that words of erased records may remain in the catalog: see Suppressed.
	CatalogInUse bool `json:"catalog_in_use,omitempty"`

	Unresolved int             `json:"unresolved_revisits,omitempty"` // revisits whose original is not in the archive
	Damaged    int             `json:"damaged,omitempty"`             // places in files
	LeftOut    []ImportReason  `json:"left_out,omitempty"`            // records and pages that could not be imported
	Notes      map[string]int  `json:"notes,omitempty"`               // what is unusual about records that were imported
	Problems   []ImportProblem `json:"problems,omitempty"`            // the first ones
	Archive    string          `json:"archive,omitempty"`

	readBefore map[uint64]bool // pages of other archives that are counted, by a hash of their IDs
}

// An ImportedFile is what was read of one file.
type ImportedFile struct {
	Name    string `json:"name"`
	Records int    `json:"records"`
	New     int    `json:"new"`
	Damaged int    `json:"damaged,omitempty"`
}

// An ImportReason counts what was left out for one reason.
type ImportReason struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example,omitempty"`
}

// An ImportProblem is a place of a file that is damaged, or something that was left out.
type ImportProblem struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`         // -1 if it is unknown
	Line   int    `json:"line,omitempty"` // of a manifest
	Kind   string `json:"kind"`
	URL    string `json:"url,omitempty"`
	Reason string `json:"reason"`
}

// Kinds of problems besides those of package warc.
const (
	problemFile     = "the file cannot be read"
	problemTooLarge = "records that are too large"
	problemRow      = "lines of the manifest that cannot be used"
	problemNoURL    = "saved pages whose URL is unknown"
	problemPage     = "saved pages that cannot be read"
	problemPart     = "parts of saved pages beyond the limits"
)

// isDamage reports whether a kind of problem is damage.
func isDamage(kind string) bool {
	switch warc.Kind(kind) {
	case warc.KindDamaged, warc.KindGarbage, warc.KindCut, warc.KindLength, warc.KindBlockDigest:
		return true
	}
	return false
}

// maxProblems bounds the problems in a report, and maxReasons its reasons.
const (
	maxProblems = 20
	maxReasons  = 100
)

func (r *Imported) addFile(f ImportedFile) {
	if len(r.Files) < maxImportNames {
		r.Files = append(r.Files, f)
	}
}

func (r *Imported) addProblem(p ImportProblem) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, p)
	}
	if isDamage(p.Kind) {
		r.Damaged++
		return
	}
	i := slices.IndexFunc(r.LeftOut, func(l ImportReason) bool { return l.Reason == p.Kind })
	switch {
	case i >= 0:
		r.LeftOut[i].Count++
	case len(r.LeftOut) < maxReasons:
		r.LeftOut = append(r.LeftOut, ImportReason{p.Kind, 1, p.String()})
	}
}

// take counts a group that is imported; it returns true if that gave an article.
func (r *Imported) take(g *importGroup) bool {
	for _, rec := range g.recs {
		add(&r.Records, rec.Type())
		r.Payload += int64(len(rec.Payload))
	}
	is := false
	for _, p := range g.readBefore {
		is = r.takeRead(p) || is
	}
	if g.unread != "" {
		r.Pages++
		add(&r.NoArticle, g.unread)
	}
	if g.page != nil {
		is = r.takeArticle(g.page.a)
	}
	if is && g.isNew {
		r.New++
	}
	return is
}

// A readPage is a page of another archive with the kind that was read there.
type readPage struct {
	of   string // the ID of the response
	kind article.Kind
}

// pagesRead are the pages that the conversions among records are readings of.
func pagesRead(recs []*archive.Record) (pages []readPage) {
	for _, rec := range recs {
		if rec.Type() != "conversion" || !strings.Contains(rec.Get("Content-Type"), "newsmorgue.article/") {
			continue
		}
		if a, err := articleIn(rec); err == nil {
			pages = append(pages, readPage{rec.Get("WARC-Refers-To"), a.Kind})
		}
	}
	return pages
}

// takeRead counts a page that another archive had read. A page with several readings is
// one page, of the kind of the first. It returns true if that is an article.
func (r *Imported) takeRead(p readPage) bool {
	h := fnv.New64a()
	io.WriteString(h, p.of)
	if r.readBefore[h.Sum64()] {
		return false
	}
	if r.readBefore == nil {
		r.readBefore = map[uint64]bool{}
	}
	r.readBefore[h.Sum64()] = true
	return r.takeArticle(&article.Article{Kind: p.kind})
}

func (r *Imported) takeArticle(a *article.Article) bool {
	r.Pages++
	add(&r.Kinds, string(a.Kind))
	if !a.Kind.Story() {
		return false
	}
	r.Articles++
	return true
}

// joined counts an article as the further page of another one that it is.
func (r *Imported) joined(a *article.Article) {
	if a == nil || r.Kinds[string(a.Kind)] == 0 {
		return
	}
	if addN(&r.Kinds, string(a.Kind), -1); r.Kinds[string(a.Kind)] == 0 {
		delete(r.Kinds, string(a.Kind))
	}
	add(&r.Kinds, string(article.KindOther))
	if a.Kind.Story() {
		r.Articles--
	}
}

func (r *Imported) finish(interrupted bool, err error) {
	r.Ended = time.Now().UTC()
	r.Seconds = float64(r.Ended.Sub(r.Started).Milliseconds()) / 1000
	switch {
	case interrupted:
		r.Status = StatusInterrupted
	case err != nil:
		r.Status = StatusFailed
	default:
		r.Status = StatusComplete
	}
	slices.SortFunc(r.LeftOut, func(a, b ImportReason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Reason, b.Reason))
	})
}

// recorded is the report as it is archived: without URLs, whose pages may be suppressed
// or erased later.
func (r *Imported) recorded() *Imported {
	c := *r
	c.Archive, c.Problems, c.LeftOut = "", nil, slices.Clone(r.LeftOut)
	for i := range c.LeftOut {
		c.LeftOut[i].Example = ""
	}
	return &c
}

// Written is the number of records that were imported.
func (r *Imported) Written() (n int) {
	for _, k := range r.Records {
		n += k
	}
	return n
}

// LeftOutCount is the number of records and pages that could not be imported.
func (r *Imported) LeftOutCount() (n int) {
	for _, l := range r.LeftOut {
		n += l.Count
	}
	return n
}
