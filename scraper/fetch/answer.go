package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// An answer is the response to one request. Its body is empty for colly, which gets
// the text of a page from the call. The first Read receives the whole body, bounded,
// and fills the call's Response. A body that is cut on its way ends in EOF like any
// other.
type answer struct {
	*recorder
	call   *call
	ctx    context.Context
	cancel context.CancelCauseFunc
	res    *http.Response
	x      *scraper.Exchange
	tape   *tape
	header http.Header // as colly sees it
	read   bool        // the body was received
	err    error       // why it could not be
}

// exchange sends the request and waits for the header of the answer.
func (a *answer) exchange(from *http.Request) error {
	timer := time.AfterFunc(a.HeaderTimeout+2*a.ConnectTimeout, func() { a.cancel(errHeaderTime) })
	defer timer.Stop()
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if conn, ok := info.Conn.(*recordedConn); ok {
			// Called again if a kept connection turned out to be dead.
			a.tape.on(conn)
			a.x.Protocol, a.x.Unverified = conn.protocol, conn.unverified
			if a.Proxy == nil { // the proxy's address says nothing about the host
				a.x.RemoteAddr = conn.RemoteAddr().String()
			}
			remote := a.x.RemoteAddr
			a.tape.check = func() error { return scraper.Check(a.ctx, remote) }
		}
	}}
	req := from.Clone(httptrace.WithClientTrace(a.ctx, trace))
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Accept-Encoding", "gzip, br, zstd")
	if a.From != "" {
		req.Header.Set("From", a.From)
	}
	res, err := a.base.RoundTrip(req)
	if err != nil {
		if cause := context.Cause(a.ctx); cause != nil && from.Context().Err() == nil {
			err = cause
		}
		return err
	}
	a.res = res
	// colly sees no other field, and this one without parameters: net/http would
	// follow a Location, and colly would decode what a charset says.
	a.header = http.Header{}
	if mt, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil {
		a.header.Set("Content-Type", mt)
	}
	return nil
}

// tooLarge reports whether the header declares more than MaxBody of something that
// is not a page and is useless in part: a video, an installer, a disk image.
func (a *answer) tooLarge() bool {
	switch a.call.req.Kind {
	case scraper.KindPage, scraper.KindAsset:
	default:
		return false // half a sitemap still has links
	}
	head := &scraper.Response{Header: a.res.Header, DetectHTML: a.DetectHTML}
	return a.res.ContentLength > a.MaxBody && !head.IsHTML()
}

// Read implements io.Reader.
func (a *answer) Read([]byte) (int, error) {
	if !a.read && a.err == nil {
		a.receive()
	}
	if a.err != nil {
		return 0, a.err
	}
	return 0, io.EOF
}

// Close implements io.Closer. If nothing was read, the body was refused.
func (a *answer) Close() error {
	if !a.read && a.err == nil {
		a.finish(body{truncated: "length"})
	}
	a.end()
	return nil
}

// end gives back what the exchange holds.
func (a *answer) end() {
	a.tape.off()
	if a.res != nil {
		a.res.Body.Close()
	}
	a.cancel(nil)
}

// receive reads the body.
func (a *answer) receive() {
	b, err := a.readBody()
	if err != nil {
		a.err = err
		return
	}
	a.read = true
	a.finish(b)
	if a.call.resp.IsHTML() {
		a.header.Set("Content-Type", "text/html; charset=utf-8")
	}
}

// finish records the exchange and makes the call's Response.
func (a *answer) finish(b body) {
	head, sent, length, sum := a.tape.off()
	x := a.x
	x.Elapsed = time.Since(x.Start)
	x.Request, x.Response, x.WireLength, x.WireSHA256 = redact(sent, a.Header), redact(head, nil), length, sum
	if len(x.Response) == 0 { // a connection of another kind; the header as net/http has it
		x.Response = plainHead(a.res)
	}
	header := a.res.Header
	if b.decoded {
		header = header.Clone()
		header.Del("Content-Encoding")
		header.Del("Content-Length")
	}
	a.call.resp = &scraper.Response{
		Request: a.call.req, URL: a.call.req.URL, Status: a.res.StatusCode, Header: header, Body: b.data,
		AsSent: b.sent, Truncated: b.truncated, CodingFlaw: b.flaw, Exchanges: []*scraper.Exchange{x}, Release: b.release,
		DetectHTML: a.DetectHTML, Decode: a.Decode, EncodeQuery: a.EncodeQuery, Parse: a.Parse,
	}
}

func plainHead(res *http.Response) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", res.Status)
	_ = res.Header.Write(&b) // to memory
	b.WriteString("\r\n")
	return b.Bytes()
}

// body is the body of an answer as far as it was read.
type body struct {
	data      []byte
	sent      []byte // with its content codings, if it had any and Options.AsSent is set
	decoded   bool   // data has no coding, whatever the header says
	truncated string // as of scraper.Response
	flaw      string // as of scraper.Response.CodingFlaw
	release   func()
}

// readBody reads and decodes a body within the limits. An answer that stops
// early is an answer; an error means that the memory budget gave no turn
// before ctx ended.
func (a *answer) readBody() (body, error) {
	var b body
	whole := time.AfterFunc(a.BodyTimeout, func() { a.cancel(errBodyTime) })
	defer whole.Stop()
	stall := &stallReader{r: a.res.Body, limit: a.StallTimeout, cancel: a.cancel, shown: time.Now()}
	if a.Received != nil {
		stall.received = func(n int64) { a.Received(a.call.req, n) }
	}
	var buf bytes.Buffer
	large := int64(a.Budget.LargeBody())
	if n := a.res.ContentLength; n > 0 {
		buf.Grow(int(min(n, large)) + bytes.MinRead)
	}
	_, err := io.CopyN(&buf, stall, large)
	if err == nil {
		whole.Stop() // waiting for memory is not the server's fault
		if b.release, err = a.Budget.Large(a.ctx); err != nil {
			return b, err
		}
		whole.Reset(a.BodyTimeout)
		_, err = io.CopyN(&buf, stall, a.MaxBody+1-large)
	}
	switch {
	case err == nil:
		b.truncated = "length" // there is more than MaxBody
	case errors.Is(err, io.EOF):
	case errors.Is(context.Cause(a.ctx), errStalled), errors.Is(context.Cause(a.ctx), errBodyTime):
		b.truncated = "time"
	case a.ctx.Err() != nil:
		if b.release != nil {
			b.release()
		}
		return b, a.ctx.Err()
	default:
		b.truncated = "disconnect"
	}
	b.decode(a, buf.Bytes())
	if int64(len(b.data)) > large && b.release == nil {
		// A small body that unpacks to a large one takes its turn now; the
		// decoder was bounded by the limit.
		if b.release, err = a.Budget.Large(a.ctx); err != nil {
			return b, err
		}
	}
	return b, nil
}

// decode takes the body as it was received and removes its content codings.
func (b *body) decode(a *answer, raw []byte) {
	header := a.res.Header
	c := DecodeContent(raw, strings.Join(header.Values("Content-Encoding"), ","), strings.Join(header.Values("Content-Type"), ","), a.MaxBody)
	b.data, b.decoded = c.Data, !c.Opaque
	if a.AsSent && c.Layers > 0 {
		b.sent = raw
	}
	switch {
	case b.truncated == "disconnect" && c.Layers > 0 && !c.Cut && !c.Partial():
		// Some servers announce the length of the text and send it compressed; others
		// forget the last chunk. Coded data shows by itself that it is complete.
		b.truncated = ""
		c.flaw(flawLength)
	case b.truncated != "":
		// Then it is no wonder that the coded data ends early.
		c.Flaws = slices.DeleteFunc(c.Flaws, func(word string) bool { return word == flawIncomplete })
	case c.Cut:
		b.truncated = "length"
	case slices.Contains(c.Flaws, flawIncomplete) && a.res.ContentLength < 0 && len(a.res.TransferEncoding) == 0:
		// The body ended with the connection, and only the coded data shows that this
		// was too early.
		b.truncated = "disconnect"
	case c.Partial():
		b.truncated = "unspecified"
	}
	b.flaw = strings.Join(c.Flaws, ",")
}

// stallReader cancels a body of which no byte comes in time, and says how much came.
type stallReader struct {
	r      io.Reader
	limit  time.Duration
	cancel context.CancelCauseFunc
	timer  *time.Timer

	received func(n int64) // nil if nobody wants to know
	n        int64
	shown    time.Time
}

func (s *stallReader) Read(p []byte) (int, error) {
	if s.timer == nil {
		s.timer = time.AfterFunc(s.limit, func() { s.cancel(errStalled) })
	} else {
		s.timer.Reset(s.limit)
	}
	defer s.timer.Stop()
	n, err := s.r.Read(p)
	s.n += int64(n)
	if s.received != nil && time.Since(s.shown) >= time.Second {
		s.shown = time.Now()
		s.received(s.n)
	}
	return n, err
}
