package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// The captures of a URL as mementos: RFC 7089. The original resource is the URL, a TimeMap
// (section 5) lists its captures, and the TimeGate (section 4) leads to the one that is
// nearest to a time. Mementos are at /raw/TIMESTAMP/URL.

// perTimeMap is how many mementos a TimeMap lists.
const perTimeMap = 5000

// mementoTypes are the types of records that can be shown again.
var mementoTypes = []string{"response", "revisit"}

// An original is a URL that has mementos.
type original struct {
	base        string // of the viewer: scheme and host
	url         string // as the archive has it
	query       catalog.CaptureQuery
	first, last archive.Capture
}

// original finds what the archive has of a URL, under the likeliest of its spellings.
func (s *Server) original(r *http.Request, raw string) (*original, error) {
	for _, u := range s.spellings(raw) {
		o := &original{base: baseOf(r), url: u, query: catalog.CaptureQuery{URL: u, Types: mementoTypes}}
		q := o.query
		q.Limit = 1
		for _, end := range []*archive.Capture{&o.first, &o.last} {
			found, err := s.Catalog.CapturesOf(r.Context(), q)
			if err != nil {
				return nil, err
			}
			if len(found) == 0 {
				break
			}
			*end, q.NewestFirst = found[0], true
		}
		if o.last.ID != "" {
			return o, nil
		}
	}
	return nil, fmt.Errorf("%w: %s has no captures that can be shown", errMissing, cutText(raw, 200))
}

// baseOf is the scheme and host by which a client reached the viewer.
func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + linkTarget(r.Host)
}

// linkTarget escapes what must not be within <> of a link (RFC 8288 section 3).
func linkTarget(url string) string {
	if !strings.ContainsFunc(url, notLinkable) {
		return url
	}
	var b strings.Builder
	for i := range len(url) {
		if c := url[i]; notLinkable(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func notLinkable(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`#<>"\^{|}`+"`", r)
}

func (o *original) memento(c archive.Capture) string {
	return o.base + rawPath(c.Time, "", o.url)
}

func (o *original) timeGate() string { return o.base + "/timegate/" + linkTarget(o.url) }

// timeMap is the address of a TimeMap: "link" or "json", the first page being 1.
func (o *original) timeMap(form string, page int) string {
	number := ""
	if page > 1 {
		number = strconv.Itoa(page) + "/"
	}
	return o.base + "/timemap/" + form + "/" + number + linkTarget(o.url)
}

// A webLink is one of a TimeMap or of a Link header.
type webLink struct {
	url, rel, mime string
	at             time.Time // of a memento
	from, until    time.Time // of a TimeMap
}

func (l webLink) String() string {
	s := "<" + l.url + `>; rel="` + l.rel + `"`
	if l.mime != "" {
		s += `; type="` + l.mime + `"`
	}
	for _, t := range []struct {
		name string
		at   time.Time
	}{{"datetime", l.at}, {"from", l.from}, {"until", l.until}} {
		if !t.at.IsZero() {
			s += "; " + t.name + `="` + t.at.UTC().Format(http.TimeFormat) + `"`
		}
	}
	return s
}

const linkFormat = "application/link-format"

// mementoLink is the link of a capture; the first and the last are marked.
func (o *original) mementoLink(c archive.Capture) webLink {
	rel := "memento"
	if c.ID == o.last.ID {
		rel = "last " + rel
	}
	if c.ID == o.first.ID {
		rel = "first " + rel
	}
	return webLink{url: o.memento(c), rel: rel, at: c.Time}
}

// A timeMap is one page of the mementos of a URL.
type timeMap struct {
	*original
	page, pages int
	mementos    []archive.Capture
}

// timeMapOf reads the page of a TimeMap that a request asks for: a number before the URL.
func (s *Server) timeMapOf(r *http.Request, prefix string) (*timeMap, error) {
	m := &timeMap{page: 1}
	if address, ok := strings.CutPrefix(requestAddress(r), prefix); ok {
		number, rest, _ := strings.Cut(address, "/")
		if n, err := strconv.Atoi(number); err == nil && strings.HasPrefix(strings.ToLower(rest), "http") {
			m.page, prefix = n, prefix+number+"/"
		}
	}
	raw, err := archivedURL(r, prefix)
	if err != nil {
		return nil, err
	}
	if m.original, err = s.original(r, raw); err != nil {
		return nil, err
	}
	n, err := s.Catalog.CountCaptures(r.Context(), m.query)
	if err != nil {
		return nil, err
	}
	m.pages = max((n+perTimeMap-1)/perTimeMap, 1)
	if m.page < 1 || m.page > m.pages {
		return nil, fmt.Errorf("%w: the TimeMap of %s has %s", errMissing, cutText(m.url, 200), plural(m.pages, "page"))
	}
	q := m.query
	q.Limit, q.Skip = perTimeMap, (m.page-1)*perTimeMap
	m.mementos, err = s.Catalog.CapturesOf(r.Context(), q)
	return m, err
}

// between is the time of the page's mementos.
func (m *timeMap) between() (from, until time.Time) {
	if len(m.mementos) > 0 {
		from, until = m.mementos[0].Time, m.mementos[len(m.mementos)-1].Time
	}
	return from, until
}

// otherPages are the pages before and after.
func (m *timeMap) otherPages() (all []int) {
	if m.page > 1 {
		all = append(all, m.page-1)
	}
	if m.page < m.pages {
		all = append(all, m.page+1)
	}
	return all
}

// writeLinks writes the page as application/link-format (RFC 6690; RFC 7089 section 5).
func (m *timeMap) writeLinks(w io.Writer) error {
	out := bufio.NewWriter(w)
	from, until := m.between()
	links := []webLink{
		{url: linkTarget(m.url), rel: "original"},
		{url: m.timeMap("link", m.page), rel: "self", mime: linkFormat, from: from, until: until},
		{url: m.timeGate(), rel: "timegate"},
	}
	for _, p := range m.otherPages() {
		links = append(links, webLink{url: m.timeMap("link", p), rel: "timemap", mime: linkFormat})
	}
	for i, l := range links {
		if i > 0 {
			out.WriteString(",\n")
		}
		out.WriteString(l.String())
	}
	for _, c := range m.mementos {
		out.WriteString(",\n" + m.mementoLink(c).String())
	}
	out.WriteByte('\n')
	return out.Flush()
}

func (s *Server) timeMapLink(r *http.Request) (*page, error) {
	m, err := s.timeMapOf(r, "/timemap/link/")
	if err != nil {
		return nil, err
	}
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", linkFormat)
		w.Header().Set("Cache-Control", "no-store")
		return m.writeLinks(w)
	}}, nil
}

// A jsonTimeMap is a TimeMap in the JSON that MemGator and pywb's clients know.
type jsonTimeMap struct {
	Original string `json:"original_uri"`
	Self     string `json:"self"`
	TimeGate string `json:"timegate_uri"`
	TimeMap  struct {
		Link string `json:"link_format"`
		JSON string `json:"json_format"`
		Prev string `json:"prev,omitempty"`
		Next string `json:"next,omitempty"`
	} `json:"timemap_uri"`
	Mementos struct {
		First jsonMemento   `json:"first"`
		Last  jsonMemento   `json:"last"`
		List  []jsonMemento `json:"list"`
	} `json:"mementos"`
}

type jsonMemento struct {
	Time string `json:"datetime"` // RFC 3339
	URI  string `json:"uri"`
}

func (s *Server) timeMapJSON(r *http.Request) (*page, error) {
	m, err := s.timeMapOf(r, "/timemap/json/")
	if err != nil {
		return nil, err
	}
	memento := func(c archive.Capture) jsonMemento {
		return jsonMemento{c.Time.UTC().Format(time.RFC3339), m.memento(c)}
	}
	j := jsonTimeMap{Original: m.url, Self: m.timeMap("json", m.page), TimeGate: m.timeGate()}
	j.TimeMap.Link, j.TimeMap.JSON = m.timeMap("link", 1), m.timeMap("json", 1)
	if m.page > 1 {
		j.TimeMap.Prev = m.timeMap("json", m.page-1)
	}
	if m.page < m.pages {
		j.TimeMap.Next = m.timeMap("json", m.page+1)
	}
	j.Mementos.First, j.Mementos.Last = memento(m.first), memento(m.last)
	for _, c := range m.mementos {
		j.Mementos.List = append(j.Mementos.List, memento(c))
	}
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		return e.Encode(j)
	}}, nil
}

// timeGate leads to the memento that is nearest to the time of Accept-Datetime; to the
// last one without that (RFC 7089 section 4.1, pattern 2.1).
func (s *Server) timeGate(r *http.Request) (*page, error) {
	raw, err := archivedURL(r, "/timegate/")
	if err != nil {
		return nil, err
	}
	o, err := s.original(r, raw)
	if err != nil {
		return s.varied(r, err), nil
	}
	at := o.last.Time
	if wanted := r.Header.Get("Accept-Datetime"); wanted != "" {
		if at, err = http.ParseTime(strings.TrimSpace(wanted)); err != nil {
			return s.varied(r, refuse("Accept-Datetime is %q; it must be a date such as %q (RFC 7089)", cutText(wanted, 100), o.last.Time.UTC().Format(http.TimeFormat))), nil
		}
	}
	chosen, err := s.nearest(r.Context(), o, at)
	if err != nil {
		return nil, err
	}
	links := []string{
		webLink{url: linkTarget(o.url), rel: "original"}.String(),
		webLink{url: o.timeMap("link", 1), rel: "timemap", mime: linkFormat, from: o.first.Time, until: o.last.Time}.String(),
	}
	for _, c := range around(o, chosen) {
		links = append(links, o.mementoLink(c).String())
	}
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		h := w.Header()
		h.Set("Vary", "accept-datetime")
		h.Set("Link", strings.Join(links, ", "))
		h.Set("Location", rawPath(chosen.Time, "", o.url))
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusFound)
		return nil
	}}, nil
}

// varied is the page of an error of a TimeGate: it depends on the time, too, and caches may
// keep it (RFC 7089 section 4.5).
func (s *Server) varied(r *http.Request, err error) *page {
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Vary", "accept-datetime")
		s.send(w, r, s.errorPage(r, err))
		return nil
	}}
}

func (s *Server) nearest(ctx context.Context, o *original, at time.Time) (archive.Capture, error) {
	c, ok, err := s.Catalog.NearestCapture(ctx, o.query, at)
	if err == nil && !ok { // suppressed since
		err = errMissing
	}
	return c, err
}

// around are the mementos that the answer of a TimeGate names: the first, the chosen one
// and the last.
func around(o *original, chosen archive.Capture) (all []archive.Capture) {
	for _, c := range []archive.Capture{o.first, chosen, o.last} {
		if len(all) == 0 || all[len(all)-1].ID != c.ID {
			all = append(all, c)
		}
	}
	return all
}
