package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// maxReference bounds the ID or URL by which an article is named, in bytes.
const maxReference = 4 << 10

// article shows one article, or answers with one of its files if the path ends in the
// ending of one.
func (s *Server) article(r *http.Request) (*page, error) {
	ref, file := r.PathValue("id"), ""
	for ending := range articleFiles {
		if id, ok := strings.CutSuffix(ref, ending); ok {
			ref, file = id, ending
		}
	}
	story, other, err := s.findStory(r, ref, file)
	if err != nil || other != nil {
		return other, err
	}
	n, err := versionNumber(r)
	if err != nil {
		return nil, err
	}
	l, err := s.load(r.Context(), story, n)
	if err != nil {
		return nil, err
	}
	if file != "" {
		return s.articleFile(l, file)
	}
	return s.articlePage(r, l)
}

// articleByURL leads from the URL of an article to its page.
func (s *Server) articleByURL(r *http.Request) (*page, error) {
	ref := strings.TrimSpace(r.URL.Query().Get("url"))
	if ref == "" {
		return nil, refuse("name an article: /article/ID, or /article/?url=URL")
	}
	_, other, err := s.findStory(r, ref, "")
	return other, err
}

// findStory finds the article that a reference names. If that is not its ID, the page that
// leads there comes instead: a redirection, a list where several match, or the notice of a
// suppression.
func (s *Server) findStory(r *http.Request, ref, file string) (story catalog.Story, other *page, err error) {
	if len(ref) > maxReference {
		return story, nil, refuse("the name of the article is longer than %s", formatBytes(maxReference))
	}
	found, err := s.Catalog.Find(r.Context(), ref)
	if err != nil {
		return story, nil, err
	}
	switch {
	case len(found) == 0:
		if other, err = s.suppressedPage(r.Context(), ref); err == nil && other == nil {
			err = fmt.Errorf("there is no article %q: %w", ref, errMissing)
		}
	case len(found) > 1:
		other = &page{Title: "Which article?", Section: "/articles", Template: "which", Status: http.StatusMultipleChoices, Data: whichOf(ref, file, found)}
	case found[0].ID != ref:
		query := r.URL.Query()
		query.Del("url")
		other = redirectTo(r, "/article/"+found[0].ID+file, query)
	default:
		story = found[0]
	}
	return story, other, err
}

// redirectTo is a page that leads to another path of the viewer, of the same kind.
func redirectTo(r *http.Request, path string, query url.Values) *page {
	if wantsJSON(r) {
		path += ".json"
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return &page{Write: func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, path, http.StatusFound)
		return nil
	}}
}

// A whichData lists the articles that a reference matches.
type whichData struct {
	Reference string        `json:"reference"`
	Articles  []whichRecord `json:"articles"`
	More      bool          `json:"more"` // there may be others
}

type whichRecord struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
	Site  string `json:"site"`
	Path  string `json:"-"`
}

// maxFound is how many stories the catalog finds at most.
const maxFound = 50

func whichOf(ref, file string, found []catalog.Story) whichData {
	d := whichData{Reference: ref, More: len(found) >= maxFound}
	for _, f := range found {
		d.Articles = append(d.Articles, whichRecord{f.ID, f.URL, f.Title, f.Site, "/article/" + f.ID + file})
	}
	return d
}

// versionNumber is the version that a request asks for; 0 for the current one.
func versionNumber(r *http.Request) (int, error) {
	v := r.URL.Query().Get("version")
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, refuse("version=%s is not the number of a version: the first is 1", v)
	}
	return n, nil
}

// A loaded is one version of an article with its records, as far as they can be read.
type loaded struct {
	story    catalog.Story
	versions []catalog.Version
	number   int  // of the version, from 1
	current  bool // it is the version that lists show

	article *article.Article // nil if it cannot be read: damage says why
	damage  string

	readingID, responseID string
	reading, response     *archive.Record // nil if they cannot be read
	responseAt            archive.Capture // with its location
	missing               string          // why there is no response
}

// load reads a version of an article; the current one if n is 0. Damaged and lost records
// are no error.
func (s *Server) load(ctx context.Context, story catalog.Story, n int) (*loaded, error) {
	l := &loaded{story: story, readingID: story.RecordID, responseID: story.ResponseID, current: true}
	var err error
	if l.versions, err = s.Catalog.Versions(ctx, story.URL); err != nil {
		return nil, err
	}
	l.number = max(1, len(l.versions))
	switch {
	case n > l.number:
		return nil, refuse("there is no version %d: the newest is %d", n, l.number)
	case n > 0 && n < l.number:
		v := l.versions[n-1]
		l.number, l.current, l.readingID, l.responseID = n, false, v.RecordID, v.ResponseID
	}
	r := s.Archive.NewReader()
	defer r.Close()
	if l.reading, _, l.damage, err = s.readRecord(ctx, r, l.readingID); err != nil {
		return nil, err
	}
	if l.reading != nil {
		l.readArticle()
	}
	if l.response, l.responseAt, l.missing, err = s.readRecord(ctx, r, l.responseID); err != nil {
		return nil, err
	}
	return l, nil
}

// readRecord reads a record; damage says why it cannot be read.
func (s *Server) readRecord(ctx context.Context, r *archive.Reader, id string) (rec *archive.Record, at archive.Capture, damage string, err error) {
	at, ok, err := s.Catalog.Locate(ctx, id)
	if err != nil {
		return nil, at, "", err
	}
	if !ok {
		return nil, at, "the catalog does not know the record " + id, nil
	}
	rec, err = r.Record(ctx, at)
	switch {
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, archive.ErrDamaged):
		return nil, at, err.Error(), nil
	case err != nil:
		return nil, at, "", err
	case rec.Type() == "metadata":
		return nil, at, "the record " + id + " was erased", nil
	}
	return rec, at, "", nil
}

func (l *loaded) readArticle() {
	var a article.Article
	if err := json.Unmarshal(l.reading.Payload, &a); err != nil {
		l.damage = fmt.Sprintf("the record %s is not an article: %v", l.readingID, err)
		return
	}
	if l.current {
		a.Kind = article.Kind(l.story.Kind)
	}
	l.article = &a
}

// A suppressedData is what the page of a suppressed article or record shows.
type suppressedData struct {
	Error  string `json:"error"`
	Since  string `json:"since"`
	Reason string `json:"reason,omitempty"`
	Erased bool   `json:"erased"`
}

// maxLedger bounds how many suppressions of single records are looked up for an article
// that is not there.
const maxLedger = 2000

// suppressedPage is the notice that the article of an ID or a URL is suppressed; nil if it
// is not.
func (s *Server) suppressedPage(ctx context.Context, ref string) (*page, error) {
	ledger, err := s.Catalog.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	newest := map[[2]string]catalog.Suppression{} // by target
	for _, l := range ledger {
		newest[[2]string{l.URL, l.Record}] = l
	}
	looked := 0
	for _, l := range newest {
		if l.Lift {
			continue
		}
		urls := []string{l.URL}
		if l.Record != "" {
			if looked++; looked > maxLedger {
				continue
			}
			if urls, err = s.urlsOf(ctx, l.Record); err != nil {
				return nil, err
			}
		}
		for _, u := range urls {
			if u != "" && (u == ref || catalog.StoryID(u) == ref) {
				return suppressionPage("This article is suppressed", l), nil
			}
		}
	}
	return nil, nil
}

// urlsOf are the URLs of a record.
func (s *Server) urlsOf(ctx context.Context, record string) (urls []string, err error) {
	found, err := s.Catalog.Lookup(ctx, record)
	for _, c := range found {
		urls = append(urls, c.URL)
	}
	return urls, err
}

func suppressionPage(what string, l catalog.Suppression) *page {
	return &page{Title: "Suppressed", Section: "/articles", Template: "suppressed", Status: http.StatusNotFound,
		Data: suppressedData{what, l.Date.UTC().Format("2006-01-02"), l.Reason, l.Erase}}
}
