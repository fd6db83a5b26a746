package web

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// The index of captures in the dialect of pywb's CDX server API: url, matchType, from, to,
// sort, closest, limit, filter, fl, output, collapseTime, resolveRevisits, page, pageSize
// and showNumPages. Lines are in the order of their SURT keys and times.
//
// What differs: lines have no length, offset and filename, as the archive has no WARC
// files; id is the record's, for /record/ID.warc.gz. With resolveRevisits, revisits get
// mime and status of what they refer to, and no orig.* fields. There is no showPagedIndex.
// An exact URL is found in its usual spellings (scheme, www., slash at the end, as crawls
// write it), and not in others with the same key.

// cdx answers a question to the index.
func (s *Server) cdx(r *http.Request) (*page, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return cdxError(refuse("the question cannot be read: %v", err)), nil
	}
	q, err := parseCDX(values)
	if err != nil {
		return cdxError(err), nil
	}
	w := &cdxWalk{s: s, q: q, base: baseOf(r), batch: cdxBatch}
	if q.countPages {
		return w.pageCount(r.Context())
	}
	// The first line decides whether the answer is an error.
	return &page{Write: func(rw http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), viewTime)
		defer cancel()
		return w.answer(ctx, rw)
	}}, nil
}

// cdxError is an error as text, for programs.
func cdxError(err error) *page {
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusBadRequest)
		return json.NewEncoder(w).Encode(map[string]string{"message": sentence(err.Error())})
	}}
}

// A cdxWalk goes through the index for one question.
type cdxWalk struct {
	s    *Server
	q    *cdxQuery
	base string

	batch  int        // how many URLs are in memory at once
	ranges []urlRange // where the URLs of a host are; nil for an exact URL
	seen   int        // lines before filters
	sent   int
	last   string // the last timestamp and status, for collapseTime
	out    *bufio.Writer
}

// A urlRange is URLs from one text to before another.
type urlRange struct{ from, to string }

// errEnough ends a walk.
var errEnough = errors.New("enough lines")

func (w *cdxWalk) pageCount(ctx context.Context) (*page, error) {
	n := 0
	err := w.eachURL(ctx, func(u catalog.CountedURL, _ string) { n += u.Captures })
	if err != nil {
		return nil, err
	}
	blocks := (n + cdxBlock - 1) / cdxBlock
	counts := map[string]int{"blocks": blocks, "pages": max((blocks+w.q.perPage-1)/w.q.perPage, 1), "pageSize": w.q.perPage}
	return &page{Write: func(rw http.ResponseWriter, _ *http.Request) error {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Cache-Control", "no-store")
		return json.NewEncoder(rw).Encode(counts)
	}}, nil
}

// answer writes all lines.
func (w *cdxWalk) answer(ctx context.Context, rw http.ResponseWriter) error {
	h := rw.Header()
	h.Set("Content-Type", map[string]string{"cdxj": "text/x-cdxj; charset=utf-8", "json": "text/x-ndjson; charset=utf-8", "text": "text/plain; charset=utf-8", "link": linkFormat}[w.q.output])
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.out = bufio.NewWriterSize(rw, 32<<10)
	err := w.walk(ctx)
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err != nil && w.sent > 0 {
		panic(http.ErrAbortHandler) // the client must see that the answer is not whole
	}
	if err == nil && w.q.page > 0 && w.seen <= w.q.page*w.q.perPage*cdxBlock {
		err = refuse("there is no page %d; showNumPages=true counts them", w.q.page)
	}
	if err != nil {
		if errors.Is(err, ErrRefused) {
			return cdxError(err).Write(rw, nil)
		}
		h.Del("X-Content-Type-Options")
		return err
	}
	return w.out.Flush()
}

func (w *cdxWalk) walk(ctx context.Context) error {
	if !w.q.closest.IsZero() {
		return w.closest(ctx)
	}
	var after keyedURL
	for {
		batch, more, err := w.nextURLs(ctx, after)
		if err != nil {
			return err
		}
		for len(batch) > 0 {
			n := 1
			for n < len(batch) && batch[n].key == batch[0].key {
				n++
			}
			if err := w.group(ctx, batch[:n]); err != nil {
				return err
			}
			after, batch = batch[n-1], batch[n:]
		}
		if !more {
			return nil
		}
	}
}

// A keyedURL is a URL with its SURT key.
type keyedURL struct{ key, url string }

func (a keyedURL) compare(b keyedURL) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.url, b.url))
}

// cdxBatch is how many URLs are in memory at once.
const cdxBatch = 20_000

// nextURLs returns URLs behind one, in the order of the walk, and whether there are more.
// The URLs with the last key may be incomplete: they are left for the next time, unless
// there are no others.
func (w *cdxWalk) nextURLs(ctx context.Context, after keyedURL) (batch []keyedURL, more bool, err error) {
	compare := keyedURL.compare
	if w.q.reverse {
		compare = func(a, b keyedURL) int { return b.compare(a) }
	}
	trim := func() {
		slices.SortFunc(batch, compare)
		if len(batch) > w.batch {
			clear(batch[w.batch:])
			batch, more = batch[:w.batch], true
		}
	}
	err = w.eachURL(ctx, func(u catalog.CountedURL, key string) {
		k := keyedURL{key, u.URL}
		if after.url != "" && compare(k, after) <= 0 || more && compare(k, batch[len(batch)-1]) > 0 && len(batch) == w.batch {
			return
		}
		if batch = append(batch, k); len(batch) >= 2*w.batch {
			trim()
		}
	})
	trim()
	if more {
		last := len(batch)
		for last > 0 && batch[last-1].key == batch[len(batch)-1].key {
			last--
		}
		if last > 0 {
			batch = batch[:last]
		}
	}
	return batch, more, err
}

// eachURL calls visit with each URL that the question selects.
func (w *cdxWalk) eachURL(ctx context.Context, visit func(u catalog.CountedURL, key string)) error {
	if w.q.match == "exact" {
		for _, u := range w.s.spellings(w.q.url) {
			n, err := w.s.Catalog.CountCaptures(ctx, catalog.CaptureQuery{URL: u})
			if err != nil {
				return err
			}
			if n > 0 {
				visit(catalog.CountedURL{URL: u, Captures: n}, cdxj.SURT(u))
			}
		}
		return nil
	}
	if w.ranges == nil {
		var err error
		if w.ranges, err = w.hostRanges(ctx); err != nil {
			return err
		}
	}
	for _, r := range w.ranges {
		err := w.s.Catalog.CapturedURLs(ctx, r.from, r.to, func(u catalog.CountedURL) {
			if key := cdxj.SURT(u.URL); w.q.matches(key) {
				visit(u, key)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hostRanges are where the index of URLs has those of the host, which SURT keys leave
// unnamed: with both schemes and with "www." before it. Subdomains are looked for among
// the hosts of the archive.
func (w *cdxWalk) hostRanges(ctx context.Context) (all []urlRange, err error) {
	add := func(origin string) { all = append(all, urlRange{origin, origin + "@"}) } // @ is behind all that may end a host
	if w.q.match == "domain" {
		origins, err := w.s.Catalog.CapturedOrigins(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range origins {
			if w.q.matches(cdxj.SURT(o + "/")) {
				all = append(all, urlRange{o, o + "@"})
			}
		}
		return mergedRanges(all), nil
	}
	host, port, hasPort := strings.Cut(w.q.host, ":")
	labels := strings.Split(host, ",")
	slices.Reverse(labels)
	host = strings.Join(labels, ".")
	if hasPort {
		host += ":" + port
	}
	for _, scheme := range []string{"http://", "https://"} {
		for _, before := range []string{"", "www.", "www1.", "www2.", "www3."} {
			add(scheme + before + host)
		}
	}
	return mergedRanges(all), nil
}

// mergedRanges sorts ranges and joins those that overlap.
func mergedRanges(all []urlRange) []urlRange {
	slices.SortFunc(all, func(a, b urlRange) int { return strings.Compare(a.from, b.from) })
	out := []urlRange{}
	for _, r := range all {
		if n := len(out); n > 0 && r.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, r.to)
			continue
		}
		out = append(out, r)
	}
	return out
}

// capturesPerRead is how many captures of a URL are read at once.
const capturesPerRead = 1000

// A capturesOf reads the captures of one URL, some at a time.
type capturesOf struct {
	query catalog.CaptureQuery
	next  []archive.Capture
	ended bool
}

func (c *capturesOf) fill(ctx context.Context, cat *catalog.Catalog) (err error) {
	if len(c.next) > 0 || c.ended {
		return nil
	}
	if c.next, err = cat.CapturesOf(ctx, c.query); err != nil {
		return err
	}
	if c.ended = len(c.next) < c.query.Limit; len(c.next) > 0 {
		c.query.After = c.next[len(c.next)-1]
	}
	return nil
}

// group sends the captures of URLs with the same key, in the order of time.
func (w *cdxWalk) group(ctx context.Context, urls []keyedURL) error {
	sources := make([]*capturesOf, len(urls))
	for i, u := range urls {
		sources[i] = &capturesOf{query: catalog.CaptureQuery{URL: u.url, Since: w.q.since, Until: w.q.until, NewestFirst: w.q.reverse, Limit: max(capturesPerRead/len(urls), 2)}}
	}
	for {
		var first *capturesOf
		for _, c := range sources {
			if err := c.fill(ctx, w.s.Catalog); err != nil {
				return err
			}
			if len(c.next) == 0 {
				continue
			}
			if first == nil || w.before(c.next[0], first.next[0]) {
				first = c
			}
		}
		if first == nil {
			return nil
		}
		line := &cdxLine{Capture: first.next[0], key: urls[0].key}
		first.next = first.next[1:]
		if err := w.take(ctx, line); err != nil {
			return err
		}
	}
}

func (w *cdxWalk) before(a, b archive.Capture) bool {
	if w.q.reverse {
		return a.Time.After(b.Time)
	}
	return a.Time.Before(b.Time)
}

// take sends a line, if it is of the page and the filters select it.
func (w *cdxWalk) take(ctx context.Context, l *cdxLine) error {
	w.seen++
	if size := w.q.perPage * cdxBlock; w.q.page >= 0 {
		switch at := (w.seen - 1) / size; {
		case at < w.q.page:
			return nil
		case at > w.q.page:
			return errEnough
		}
	}
	ok, err := w.selects(ctx, l)
	if err != nil || !ok {
		return err
	}
	if w.q.collapse > 0 {
		if now := l.get("timestamp")[:w.q.collapse] + l.status(); now == w.last {
			return nil
		} else {
			w.last = now
		}
	}
	return w.send(l)
}

func (w *cdxWalk) selects(ctx context.Context, l *cdxLine) (bool, error) {
	if w.q.resolve && l.Type == "revisit" && l.RefersTo != "" {
		refers, err := w.s.Catalog.Lookup(ctx, l.RefersTo)
		if err != nil {
			return false, err
		}
		for _, c := range refers {
			if c.ID == l.RefersTo && c.Type == "response" {
				o := cdxLine{Capture: c}
				l.originalMime, l.originalStatus = o.mime(), o.status()
			}
		}
	}
	for i := range w.q.filters {
		if !w.q.filters[i].selects(l) {
			return false, nil
		}
	}
	return true, nil
}

func (w *cdxWalk) send(l *cdxLine) error {
	switch w.q.output {
	case "json":
		w.out.WriteString(l.json(w.q.fields))
	case "text":
		w.out.WriteString(l.text(w.q.fields))
	case "link":
		w.out.WriteString(webLink{url: w.base + rawPath(l.Time, "", l.URL), rel: "memento", at: l.Time}.String() + ",")
	default:
		w.out.WriteString(l.cdxj(w.q.fields))
	}
	if err := w.out.WriteByte('\n'); err != nil {
		return err
	}
	if w.sent++; w.sent >= w.q.limit {
		return errEnough
	}
	return nil
}

// closest sends the captures of a URL that are nearest to a time, the nearest first.
func (w *cdxWalk) closest(ctx context.Context) error {
	var near []*cdxLine
	distance := func(l *cdxLine) time.Duration { return l.Time.Sub(w.q.closest).Abs() }
	trim := func() {
		slices.SortStableFunc(near, func(a, b *cdxLine) int { return cmp.Compare(distance(a), distance(b)) })
		near = near[:min(len(near), w.q.limit)]
	}
	var urls []keyedURL
	err := w.eachURL(ctx, func(u catalog.CountedURL, key string) { urls = append(urls, keyedURL{key, u.URL}) })
	if err != nil {
		return err
	}
	for _, u := range urls {
		c := &capturesOf{query: catalog.CaptureQuery{URL: u.url, Since: w.q.since, Until: w.q.until, Limit: capturesPerRead}}
		for {
			if err := c.fill(ctx, w.s.Catalog); err != nil {
				return err
			}
			if len(c.next) == 0 {
				break
			}
			for _, found := range c.next {
				l := &cdxLine{Capture: found, key: u.key}
				ok, err := w.selects(ctx, l)
				if err != nil {
					return err
				}
				if ok {
					near = append(near, l)
				}
			}
			if c.next = nil; len(near) > 2*w.q.limit {
				trim()
			}
		}
	}
	trim()
	for _, l := range near {
		if err := w.send(l); err != nil {
			return fmt.Errorf("cdx: %w", err)
		}
	}
	return nil
}
