// Package web is the viewer: it shows over HTTP what an archive holds. Pages are made on
// the server from templates, work without JavaScript, and request nothing from elsewhere.
// Each view has a twin in JSON: the same address with ".json" at the end of its path.
//
// The package does not crawl, parse or export. What it needs of those who do, it takes as
// functions and small interfaces.
package web

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/facets"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Server shows an archive. Its fields must not be changed once Handler was called.
type Server struct {
	Archive  *archive.Archive
	Catalog  *catalog.Catalog
	Software string       // the program and its version, as the pages name it
	Logger   *slog.Logger // for faults of the server; none if nil

	// Body returns the payload of a record without its codings; the payload as it is if nil.
	Body func(rec *archive.Record) []byte
	// Spelling returns the spelling under which crawls record a URL that was written
	// elsewhere. If it is nil, URLs are looked up as they are written.
	Spelling func(url string) string
	// Decode returns a payload in UTF-8. contentType are the values of the Content-Type
	// fields joined by commas, host is that of the URL. If it is nil, everything is taken
	// for UTF-8.
	Decode func(body []byte, contentType, host string) []byte
	// Resolve reads a reference of a page relative to a URL, as the crawler does; package
	// net/url if nil.
	Resolve func(base *url.URL, ref string) (*url.URL, error)
	// Explain reads the page of a response again and says how each field was decided. If it
	// is nil, fields have no evidence.
	Explain func(ctx context.Context, rec *archive.Record) (*article.Article, *article.Explanation, error)
	// Compare reads two versions of an article by the same extractor; reread says that both
	// pages had to be read again. If it is nil, versions have no comparison.
	Compare func(ctx context.Context, before, after catalog.Version) (a, b *article.Article, reread bool, err error)
	// WARC writes records, by their IDs, as a .warc.gz file. If it is nil, there are no
	// downloads of records.
	WARC func(ctx context.Context, w io.Writer, ids []string) error
	// Locked says that a password is asked for. Browsers send none for what a replayed page
	// loads and leads to, because of its sandbox; those addresses have a key: see Keyed.
	Locked bool
	// Machine says what runs and is scheduled; nil if nobody knows.
	Machine Machine
	// Exports makes datasets of what a search shows. If it is nil, only the command is shown.
	Exports Exports

	edits      editCache
	indexed    sync.Once
	index      *facets.Live // of all articles: see Prepare
	background background
	counted    counted
	listeners  listeners
	selected   selected
	records    recordSearch
	feed       feedPages
	key        string // in the addresses of what rewritten pages embed; see allowEmbedding
}

// viewTime is how long a view may take.
const viewTime = 30 * time.Second

// Handler answers the requests for all views. It checks neither who asks nor from where:
// package guard does.
func (s *Server) Handler() http.Handler {
	if s.key == "" {
		s.key = rand.Text()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{hash}/{name}", serveAsset)
	for _, v := range s.views() {
		mux.Handle(v.pattern, s.show(v))
	}
	mux.Handle("/", s.show(view{make: func(*http.Request) (*page, error) { return nil, errNoPage }}))
	return s.recovered(s.replayed(s.withURLs(withoutJSON(mux))))
}

// Prepare begins to build what views need of all articles, in the background. Without it,
// the first view that needs it does. Close must be called.
func (s *Server) Prepare() {
	s.indexed.Do(func() { s.index = facets.NewLive(s.Catalog) })
}

// Stop ends the streams of events, which otherwise go on until the client ends them.
func (s *Server) Stop() { s.background.close() }

// Close ends what the server does in the background, and waits for that. It must be called
// before the catalog is closed.
func (s *Server) Close() error {
	s.Stop()
	s.indexed.Do(func() {}) // from now on there is none to begin
	if s.index == nil {
		return nil
	}
	return s.index.Close()
}

// views lists the views by their patterns. The pattern of the twin in JSON follows.
func (s *Server) views() []view {
	return []view{
		{"GET /{$}", s.overview},
		{"GET /article/{id}/versions", s.versions},
		{"GET /changes", s.changes},
		{"GET /changes.atom", s.changesFeed},
		{"GET /cdx", s.cdx},
		{"GET /articles", s.articles},
		{"GET /article/{$}", s.articleByURL},
		{"GET /article/{id}", s.article},
		{"GET /record/{id}", s.record},
		{"GET /runs", s.runs},
		{"GET /runs/{id}", s.run},
		{"GET /live", s.live},
		{"GET /exports", s.exports},
		{"POST /exports", s.startExport},
		{"POST /exports/{id}/cancel", s.cancelExport},
		{"GET /files/{id}/{name...}", s.exportFile},
		{"GET /help", s.help},
		{"GET /article/{id}/evidence", s.evidence},
	}
}
