package keep

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A replayer takes the answers of one run from the archive.
type replayer struct {
	*crawl
	again  *scraper.Replay
	keeper *Keeper // for pages that a crash left unread
	taken  int
	// waiting has redirects with cookies, by the URL that was asked next. Such a URL is done
	// only with that: its answer needs the cookies, which no record has.
	waiting map[string]waiting
}

type waiting struct {
	*scraper.Lease
	scraper.Replayed
	at time.Time
}

// maxWaiting bounds the redirects that wait; beyond it they are asked for again.
const maxWaiting = 10_000

const (
	readAhead  = 16      // answers that are read before their turn
	largeRead  = 1 << 20 // of records, in bytes: larger ones are read when it is their turn
	maxReaders = 4
)

// A stored is an answer in the archive and what was read from it.
type stored struct {
	at    archive.Capture
	ready chan struct{} // closed when it was read
	err   error

	rec  *archive.Record
	resp *scraper.Response // without its request
	past catalog.Past
	a    *article.Article
}

// takeAll takes answers in their order. They are read and parsed ahead, by several
// goroutines.
func (p *replayer) takeAll(ctx context.Context, caps []archive.Capture) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	todo, inOrder := make(chan *stored), make(chan *stored, readAhead)
	for range min(maxReaders, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			reader := p.Archive.NewReader()
			defer reader.Close()
			for s := range todo {
				s.err = p.read(ctx, reader, s)
				close(s.ready)
			}
		})
	}
	wg.Go(func() {
		defer close(inOrder)
		defer close(todo)
		for _, at := range caps {
			known, err := p.isKnown(ctx, at)
			if known {
				continue
			}
			s := &stored{at: at, ready: make(chan struct{}), err: err}
			select {
			case inOrder <- s:
			case <-ctx.Done():
				return
			}
			if err != nil || at.Length > largeRead {
				close(s.ready)
				continue
			}
			select {
			case todo <- s:
			case <-ctx.Done():
				return
			}
		}
	})
	reader := p.Archive.NewReader()
	defer reader.Close()
	for s := range inOrder {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
		if s.err == nil && s.rec == nil {
			s.err = p.read(ctx, reader, s)
		}
		if err := p.take(ctx, s); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// isKnown reports whether the frontier has an answer, or a later one of its URL.
func (p *replayer) isKnown(ctx context.Context, at archive.Capture) (bool, error) {
	l, err := p.front.Recall(ctx, p.Name, at.URL)
	return l != nil && has(l, at), err
}

func has(l *scraper.Lease, at archive.Capture) bool {
	begun := at.Time.Truncate(time.Millisecond) // visits are in milliseconds
	if asksToWait(at.Status) && !l.Due.Before(begun) {
		return true // it waits for another try
	}
	return !l.Visited.Before(begun)
}

func asksToWait(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// read reads an answer and what is known of it.
func (p *replayer) read(ctx context.Context, reader *archive.Reader, s *stored) (err error) {
	if s.rec, err = reader.Record(ctx, s.at); err != nil {
		return err
	}
	s.resp = &scraper.Response{Status: s.at.Status, Header: http.Header{}, DetectHTML: tree.IsHTML, Decode: charset.Decode, EncodeQuery: charset.QueryEncoder, Parse: tree.Parse,
		Exchanges: []*scraper.Exchange{{Start: s.rec.Date()}}}
	if s.resp.URL, err = url.Parse(s.at.URL); err != nil {
		return err
	}
	s.resp.Exchanges[0].URL = s.resp.URL
	if s.rec.HTTP == nil {
		return nil // it was erased
	}
	for _, h := range s.rec.HTTP.Headers {
		s.resp.Header.Add(h.Name, h.Value)
	}
	s.resp.Header.Del("Content-Encoding")
	body := s.rec
	switch {
	case s.rec.Type() == "response":
		s.resp.Truncated = s.rec.Get("WARC-Truncated")
	case s.at.Status != http.StatusNotModified:
		if body, err = p.cat.Payload(ctx, s.at.ID); err != nil {
			return err
		}
	}
	if body.HTTP != nil {
		s.resp.Body = Body(body)
	}
	if s.past, err = p.cat.PastOf(ctx, s.at.URL, s.at.ID); err != nil {
		return err
	}
	if s.past.Reading.ID != "" {
		// It is mostly next to the answer, in the frame that was just read.
		conv, err := reader.Record(ctx, s.past.Reading)
		if err == nil {
			s.a, err = articleIn(conv)
		}
		if err != nil && !errors.Is(err, archive.ErrNotFound) {
			return err
		}
	}
	if s.at.Status >= 200 && s.at.Status < 300 {
		_, _ = s.resp.Document() // whoever needs it gets the error
	}
	return nil
}

// take brings the frontier to what it was after an answer.
func (p *replayer) take(ctx context.Context, s *stored) error {
	switch {
	case errors.Is(s.err, archive.ErrNotFound), errors.Is(s.err, archive.ErrDamaged):
		return nil // it cannot be read: the URL is asked for again
	case s.err != nil:
		return s.err
	}
	at := s.rec.Date().Add(elapsed(s.rec))
	if err := p.endChain(ctx, s); err != nil {
		return err
	}
	l, err := p.lease(ctx, s)
	if err != nil || l == nil || has(l, s.at) {
		return err
	}
	p.taken++
	if s.rec.HTTP == nil {
		return p.front.DoneAt(ctx, l, scraper.Outcome{Result: scraper.ResultKept, Status: s.at.Status}, at)
	}
	s.resp.Request = l.Request
	if l.Kind == scraper.KindRobots {
		_, err := p.again.Take(ctx, s.resp, scraper.Outcome{}, at)
		return err
	}
	if s.rec.Type() == "revisit" && s.resp.Status == http.StatusNotModified {
		l.Header = http.Header{"If-None-Match": {"*"}} // as the request was, whatever its value
	}
	out, err := p.outcome(ctx, s)
	if err != nil {
		return err
	}
	end, err := p.again.Take(ctx, s.resp, out, at)
	if err != nil {
		return err
	}
	if ip := s.rec.Get("WARC-IP-Address"); ip != "" {
		end.RemoteAddr = net.JoinHostPort(ip, "0")
	}
	if end.Next != nil {
		if len(p.waiting) < maxWaiting {
			p.waiting[end.Next.URL.String()] = waiting{l, end, at}
		}
		return nil
	}
	return p.front.DoneAt(ctx, l, end.Outcome, at)
}

// endChain completes the redirect with cookies that led to an answer.
func (p *replayer) endChain(ctx context.Context, s *stored) error {
	w, ok := p.waiting[s.at.URL]
	if !ok {
		return nil
	}
	delete(p.waiting, s.at.URL)
	if w.URL.String() == s.at.URL {
		return nil // it was asked again, and this is its answer
	}
	if err := p.front.Add(ctx, w.Next); err != nil {
		return err
	}
	return p.front.DoneAt(ctx, w.Lease, w.Outcome, w.at)
}

// outcome is what Handle said of an answer.
func (p *replayer) outcome(ctx context.Context, s *stored) (scraper.Outcome, error) {
	out := scraper.Outcome{Status: s.resp.Status, Result: scraper.ResultKept}
	v := &visit{Response: s.resp, captured: s.rec, held: s.past.Before, isHeld: s.past.Was, state: s.past.State, changed: s.past.Changed, why: s.past.Why}
	if s.resp.Request.Kind != scraper.KindPage {
		v.why, v.state, v.changed = "", catalog.State{}, false
		v.fill(&out)
		return out, nil
	}
	if !v.unchanged() {
		v.a = s.a
	}
	if v.a == nil && s.past.Reading.ID == "" {
		if err := p.readAgain(ctx, v); err != nil {
			return out, err
		}
	}
	isBlocked := v.a != nil && v.a.Kind == article.KindBlocked
	switch {
	case v.failed() && isBlocked:
		v.why = catalog.ReasonWall
	case v.failed() && v.held.ArticleRecordID != "":
		v.why = catalog.ReasonStatus
	case v.failed():
		v.why = ""
	case v.held.ArticleRecordID == "" && isBlocked:
		v.why = catalog.ReasonWall
	case v.held.ArticleRecordID == "" && v.why != catalog.ReasonPlaceholder, v.unchanged() && v.why == catalog.ReasonUnread:
		v.why = ""
	}
	v.isNew = v.a != nil && (v.held.ArticleRecordID == "" || v.held.Kind == string(article.KindBlocked) && v.why == "")
	v.changed = v.changed && !v.isNew && v.why == ""
	if v.a != nil {
		if head, ok := strings.CutPrefix(v.a.Provenance["kind"].From, pageOf); ok {
			v.head = head
		}
	}
	var err error
	if v.consent, err = p.keeper.consents(ctx, v); err != nil {
		return out, err
	}
	v.fill(&out)
	return out, nil
}

// readAgain reads a page that has no reading, since it is none to keep or since a crash came
// before.
func (p *replayer) readAgain(ctx context.Context, v *visit) (err error) {
	if v.a, _, _, err = p.keeper.read(ctx, v.Response, v.captured, v.unchanged()); err != nil || v.a == nil {
		return err
	}
	if v.a.Kind == article.KindBlocked && v.Status > 299 {
		return nil // the status says that this is not the page
	}
	conv, err := p.keeper.conversion(v.a, v.captured)
	if err != nil {
		return err
	}
	return keepRecord(ctx, p.cat, p.writer, conv)
}

// lease is the URL of an answer as the frontier knows it; nil if the answer is nothing that
// a frontier knows. What it does not know it learns from the record.
func (p *replayer) lease(ctx context.Context, s *stored) (*scraper.Lease, error) {
	l, err := p.front.Recall(ctx, p.Name, s.at.URL)
	if err != nil || l != nil {
		return l, err
	}
	req := requestOf(s.rec, s.resp.URL)
	req.Site = p.Name
	if req.Kind == scraper.KindRobots {
		return &scraper.Lease{Request: req}, nil
	}
	if err := p.front.Add(ctx, req); err != nil {
		return nil, err
	}
	return p.front.Recall(ctx, p.Name, s.at.URL)
}

// requestOf is the request of an answer, as far as its record has it.
func requestOf(rec *archive.Record, u *url.URL) *scraper.Request {
	fields := fetchFields(rec)
	req := &scraper.Request{URL: u, Hops: fields["hops"]}
	if via, err := url.Parse(fields["via"]); err == nil && fields["via"] != "" {
		req.Via = via
	}
	if n := len(req.Hops); n > 0 {
		req.Hop = scraper.Hop(req.Hops[n-1:])
	}
	req.Depth = strings.Count(req.Hops, string(scraper.HopLink))
	switch found := strings.TrimRight(req.Hops, string(scraper.HopRedirect)); {
	case found == string(scraper.HopPrereq):
		req.Kind = scraper.KindRobots
	case strings.HasSuffix(found, string(scraper.HopEmbed)):
		req.Kind = scraper.KindAsset
	case found == scraper.HopsNamed, found == scraper.HopsGuessed:
		req.Kind = scraper.KindSitemap
	}
	return req
}

// fetchFields reads a record's Newsmorgue-Fetch.
func fetchFields(rec *archive.Record) map[string]string {
	fields := map[string]string{}
	for part := range strings.SplitSeq(rec.Get("Newsmorgue-Fetch"), "; ") {
		if name, value, ok := strings.Cut(part, "="); ok && fields[name] == "" {
			fields[name] = value
		}
	}
	return fields
}

// elapsed is how long an answer took.
func elapsed(rec *archive.Record) time.Duration {
	n, err := strconv.ParseUint(fetchFields(rec)["ms"], 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Millisecond
}
