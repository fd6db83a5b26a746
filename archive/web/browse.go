package web

import (
	"context"
	"errors"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/facets"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const (
	// hitsOnPage is how many articles a page lists.
	hitsOnPage = 20
	// maxPlainPage is the last page that can be listed before the index is built: all
	// articles before it are read.
	maxPlainPage = 20
)

// A browseData is what /articles shows.
type browseData struct {
	Total *int        `json:"total"` // null if it is not known yet
	Exact bool        `json:"exact"` // the catalog has not changed since it was counted
	Page  int         `json:"page"`
	Pages int         `json:"pages,omitempty"`
	Sort  string      `json:"sort"`
	Error string      `json:"error,omitempty"` // what is wrong with the query
	Hits  []hit       `json:"hits"`
	Facet *facetsData `json:"facets"`         // null until the index is built
	Left  []leftKind  `json:"left,omitempty"` // pages of other kinds that have the words
	Did   []meant     `json:"did_you_mean,omitempty"`

	Query     browseQuery `json:"-"`
	Chips     []chip      `json:"-"`
	Sorts     []choice    `json:"-"`
	Bars      *dateChart  `json:"-"`
	Command   string      `json:"-"`
	Export    string      `json:"-"`
	Previous  string      `json:"-"`
	Next      string      `json:"-"`
	First     int         `json:"-"` // number of the first hit
	Last      int         `json:"-"`
	Counted   time.Time   `json:"-"`
	Ranked    int         `json:"-"` // how many are ranked at once, if there are more
	Operators string      `json:"-"` // address of the same search with operators
	Hidden    []field     `json:"-"` // of the panel's form
	Empty     bool        `json:"-"` // the archive has no articles
}

// A hit is an article of a list, in the words of newsmorgue search --json.
type hit struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Site      string   `json:"site"`
	Kind      string   `json:"kind"`
	Title     string   `json:"title,omitempty"`
	Byline    string   `json:"byline,omitempty"`
	Authors   []string `json:"authors,omitempty"`
	Section   string   `json:"section,omitempty"`
	Language  string   `json:"language,omitempty"`
	Published string   `json:"published,omitempty"`
	Modified  string   `json:"modified,omitempty"`
	Captured  string   `json:"captured"`
	Words     int      `json:"words"`
	Score     float64  `json:"score,omitempty"`
	Snippet   string   `json:"snippet,omitempty"`
	Marks     [][2]int `json:"marks,omitempty"` // of snippet, in characters

	Headline words.Snippet `json:"-"`
	Text     words.Snippet `json:"-"`
	Date     template.HTML `json:"-"`
}

// A leftKind is how many pages of a kind a list leaves out.
type leftKind struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Address string `json:"-"`
}

// Pages says it in words, such as "2 section pages".
func (l leftKind) Pages() string { return plural(l.Count, l.Kind+" page") }

// A meant is a word that may be meant by one that no article has.
type meant struct {
	Word    string `json:"word"`
	Nearest string `json:"nearest"`
	Address string `json:"-"`
}

func (s *Server) articles(r *http.Request) (*page, error) {
	q, err := readBrowse(r.URL.Query())
	if err != nil {
		return nil, err
	}
	d := &browseData{Query: q, Page: q.Page, Sort: q.order(), Hits: []hit{}}
	err = q.check()
	if err == nil {
		err = s.browse(r.Context(), d)
	}
	p := &page{Title: "Articles", Section: "/articles", Template: "articles", Data: d}
	if q.Words != "" {
		p.Title = cutText(q.Words, 60)
	}
	if errors.Is(err, ErrRefused) || errors.Is(err, catalog.ErrQuery) {
		d.Error, p.Status = sentence(err.Error()), http.StatusBadRequest
		err = nil
	}
	if err != nil {
		return nil, err
	}
	d.describe(s.Archive.Dir())
	return p, nil
}

// browse finds what a query asks for.
func (s *Server) browse(ctx context.Context, d *browseData) error {
	s.Prepare()
	if s.index == nil {
		return s.browsePlain(ctx, d)
	}
	v, err := s.index.Index(ctx)
	if err != nil && ctx.Err() != nil {
		return err
	}
	if err != nil && s.Logger != nil { // the catalog is asked instead
		s.Logger.Warn("no index of the articles", "error", err)
	}
	if v == nil {
		return s.browsePlain(ctx, d)
	}
	return s.browseIndexed(ctx, d, v)
}

// browseIndexed lists the articles that an index selects.
func (s *Server) browseIndexed(ctx context.Context, d *browseData, v *facets.View) error {
	sel := d.Query.selection()
	if d.Query.Words != "" {
		match := v.Match
		if d.Sort == sortRelevance {
			match = v.MatchAhead
		}
		var err error
		if sel.Match, err = match(ctx, d.Query.filter()); err != nil {
			return err
		}
	}
	res := v.Select(sel)
	total := len(res.Rows)
	d.Total, d.Exact, d.Counted = &total, v.Current, v.Made
	d.Pages = max(1, (total+hitsOnPage-1)/hitsOnPage)
	d.Empty = v.Len() == 0
	if d.Page > d.Pages {
		return refuse("page %d does not exist; the last one is page %d", d.Page, d.Pages)
	}
	d.facets(res, v.Periods(res.Rows))
	if total == 0 {
		return s.explainNothing(ctx, d)
	}
	rows, err := rowsOf(ctx, d, v, sel.Match, res.Rows)
	if err != nil {
		return err
	}
	keys := make([]int64, len(rows))
	for i, row := range rows {
		keys[i] = v.Key(row.Row)
	}
	stories, err := s.Catalog.StoriesByKey(ctx, keys)
	if err != nil {
		return err
	}
	var hits []catalog.Hit
	for i, key := range keys {
		if story, ok := stories[key]; ok { // else it was suppressed just now
			hits = append(hits, catalog.Hit{Story: story, Score: rows[i].Score})
		}
	}
	d.First = (d.Page-1)*hitsOnPage + 1
	return s.fill(ctx, d, hits)
}

// rowsOf returns the rows of the page.
func rowsOf(ctx context.Context, d *browseData, v *facets.View, m *facets.Match, rows []int32) (page []facets.Scored, err error) {
	offset := (d.Page - 1) * hitsOnPage
	if d.Sort == sortRelevance {
		if m.Len() > catalog.MaxRanked {
			d.Ranked = catalog.MaxRanked
		}
		return v.Best(ctx, m, rows, offset, hitsOnPage)
	}
	if d.Sort == sortOldest {
		for i := len(rows) - 1 - offset; i >= 0 && len(page) < hitsOnPage; i-- {
			page = append(page, facets.Scored{Row: rows[i]})
		}
		return page, nil
	}
	for _, row := range rows[offset:min(offset+hitsOnPage, len(rows))] {
		page = append(page, facets.Scored{Row: row})
	}
	return page, nil
}

// browsePlain lists articles without an index: by the catalog alone, which counts and
// sorts less.
func (s *Server) browsePlain(ctx context.Context, d *browseData) error {
	if d.Page > maxPlainPage {
		return refuse("page %d can be shown once the index is built; reload this page in a moment", d.Page)
	}
	if d.Sort == sortOldest {
		d.Sort = sortNewest
	}
	f := d.Query.filter()
	f.Limit = d.Page*hitsOnPage + 1
	var hits []catalog.Hit
	if d.Query.Words == "" {
		for story, err := range s.Catalog.Stories(ctx, f) {
			if err != nil {
				return err
			}
			hits = append(hits, catalog.Hit{Story: story})
		}
	} else {
		order := map[string]catalog.Order{sortRelevance: catalog.ByRelevance, sortNewest: catalog.ByDate}[d.Sort]
		for h, err := range s.Catalog.Search(ctx, f, order) {
			if err != nil {
				return err
			}
			hits = append(hits, h)
		}
	}
	from := min((d.Page-1)*hitsOnPage, len(hits))
	d.First = from + 1
	if len(hits) == f.Limit {
		hits = hits[:f.Limit-1]
		d.Next = d.Query.address(d.Page + 1)
	}
	return s.fill(ctx, d, hits[from:])
}

// fill adds hits to the page, with the parts of their texts that show best what was
// looked for.
func (s *Server) fill(ctx context.Context, d *browseData, hits []catalog.Hit) error {
	if err := s.Catalog.Describe(ctx, d.Query.filter(), hits); err != nil {
		return err
	}
	for _, h := range hits {
		d.Hits = append(d.Hits, hitOf(h))
	}
	d.Last = d.First + len(d.Hits) - 1
	return nil
}

func hitOf(h catalog.Hit) hit {
	s := h.Story
	l := hit{ID: s.ID, URL: s.URL, Site: s.Site, Kind: s.Kind, Title: s.Title, Byline: s.Byline, Authors: s.Authors, Section: s.Section, Language: s.Language,
		Published: s.Published, Modified: s.Modified, Captured: s.Captured.UTC().Format(time.RFC3339), Words: s.Words,
		Score: math.Round(h.Score*1000) / 1000, Snippet: h.Snippet.Text, Headline: h.Title, Text: h.Snippet, Date: dateOf(s)}
	if l.Headline.Text == "" {
		l.Headline = words.Snippet{Text: s.URL}
	}
	for _, m := range h.Snippet.Marks {
		start := utf8.RuneCountInString(h.Snippet.Text[:m.Start])
		l.Marks = append(l.Marks, [2]int{start, start + utf8.RuneCountInString(h.Snippet.Text[m.Start:m.End])})
	}
	return l
}

// Lang is the language as HTML has it; "" if it has not the form of a language.
func (h hit) Lang() string {
	if !article.LanguageForm.MatchString(h.Language) {
		return ""
	}
	return strings.ReplaceAll(h.Language, "_", "-")
}

// dateOf is when an article was published; if that is not known, when it was archived.
func dateOf(s catalog.Story) template.HTML {
	if t, err := time.Parse(time.RFC3339, s.Published); err == nil {
		return moment(t)
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly, "2006-01", "2006"} {
		if _, err := time.Parse(layout, s.Published); err == nil {
			return template.HTML(`<time datetime="` + template.HTMLEscapeString(s.Published) + `">` + template.HTMLEscapeString(strings.Replace(s.Published, "T", " ", 1)) + `</time>`)
		}
	}
	return "archived " + moment(s.Captured)
}

// maxMeant is how many words are looked up that may be misspelt.
const maxMeant = 3

// explainNothing says what may be meant by words that find nothing.
func (s *Server) explainNothing(ctx context.Context, d *browseData) error {
	q := d.Query
	if q.Words == "" || q.FTS || len(d.Left) > 0 {
		return nil
	}
	if slices.ContainsFunc(strings.Fields(q.Words), func(w string) bool { return w == "AND" || w == "OR" || w == "NOT" || w == "NEAR" }) {
		q := q
		q.FTS = true
		d.Operators = q.address(1)
	}
	for i, w := range words.Parse(q.Words).Words() {
		if i == maxMeant {
			break
		}
		near, err := s.Catalog.NearestWord(ctx, w)
		if err != nil {
			return err
		}
		if near != "" {
			other := q
			other.Words = replaced(q.Words, w, near)
			d.Did = append(d.Did, meant{w, near, other.address(1)})
		}
	}
	return nil
}

// replaced replaces a folded word in a text.
func replaced(text, word, by string) string {
	var b strings.Builder
	at := 0
	for tok := range words.Tokens(text) {
		if tok.Text == word && tok.Start >= at {
			b.WriteString(text[at:tok.Start] + by)
			at = tok.End
		}
	}
	return b.String() + text[at:]
}
