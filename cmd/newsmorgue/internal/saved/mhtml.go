package saved

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// A Page is what an MHTML file has.
type Page struct {
	URL   string    // of the page; "" if the file does not say it
	Date  time.Time // when it was saved; zero if the file does not say it
	Root  Part      // the page itself
	Parts []Part    // what it shows: images, styles, frames
	Left  int       // parts without a URL of http or https, such as styles that the browser made

	// Problems are the damaged parts, and those beyond the limits: at most 100, the last
	// of which counts the others.
	Problems []Problem
	more     int // of the problems
}

// A Part is a file in an MHTML file.
type Part struct {
	URL         string // absolute; of the root perhaps ""
	ContentType string
	Body        []byte
	Cut         bool // the rest is damaged
}

// A Problem is something of a file that was not read as it should be.
type Problem struct {
	Damaged bool // else it is beyond the limits of this package
	What    string
}

// Limits of an MHTML file.
const (
	maxParts     = 5000
	maxPart      = 64 << 20  // bytes, decoded
	maxPartBytes = 256 << 20 // of all parts together
	maxHead      = 1 << 20   // bytes of the header of the file
	maxFile      = 3 * maxPartBytes
	maxProblems  = 100
)

// ErrTooLarge says that the page in an MHTML file is larger than this package reads.
var ErrTooLarge = fmt.Errorf("it has more than %d bytes", maxPart)

// ErrDamaged is wrapped by the errors of files that are damaged so that no page can be
// read.
var ErrDamaged = errors.New("the MHTML file is damaged")

// ReadMHTML reads an MHTML file (RFC 2557), as browsers save it: a message of type
// multipart/related, or of the page alone. Of a damaged part, what is before the damage
// is read; the page's Problems name it.
func ReadMHTML(r io.Reader) (*Page, error) {
	in := &io.LimitedReader{R: r, N: maxHead}
	m, err := mail.ReadMessage(in)
	switch {
	case err != nil && in.N <= 0:
		return nil, fmt.Errorf("not an MHTML file: its header has more than %d bytes", maxHead)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: its header is cut off", ErrDamaged)
	case err != nil:
		return nil, fmt.Errorf("not an MHTML file: %w", err)
	}
	in.N = maxFile
	page := &Page{}
	if date, err := m.Header.Date(); err == nil && date.UTC().Year() > 1990 && date.UTC().Year() < 10000 {
		page.Date = date.UTC()
	}
	location := strings.TrimSpace(m.Header.Get("Snapshot-Content-Location"))
	if location == "" {
		location = strings.TrimSpace(m.Header.Get("Content-Location"))
	}
	if IsWebURL(location) {
		page.URL = location
	}
	mediaType, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		if n, _ := m.Body.Read(make([]byte, 1)); n == 0 {
			return nil, fmt.Errorf("%w: its header is cut off", ErrDamaged)
		}
		return nil, fmt.Errorf("not an MHTML file: its Content-Type: %w", err)
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		body, err := decodePart(m.Body, m.Header.Get("Content-Transfer-Encoding"), maxPart)
		switch {
		case errors.Is(err, ErrTooLarge):
			return nil, err
		case err != nil && len(body) == 0:
			return nil, fmt.Errorf("%w: the page cannot be decoded: %w", ErrDamaged, err)
		case err != nil:
			page.problem(true, "the page is damaged after %d bytes: %v", len(body), err)
		}
		page.Root = Part{page.URL, m.Header.Get("Content-Type"), body, err != nil}
		return page, nil
	}
	if params["boundary"] == "" {
		return nil, fmt.Errorf("%w: its header does not name the boundary between its parts", ErrDamaged)
	}
	if err := page.readParts(m.Body, params); err != nil {
		return nil, err
	}
	if in.N <= 0 {
		page.problem(false, "the file has more than %d bytes; the rest was not read", maxFile)
	}
	page.countOthers()
	switch {
	case page.Root.Body != nil:
		return page, nil
	case len(page.Problems) > 0 && page.Problems[0].Damaged:
		return nil, fmt.Errorf("%w: no page is left of it: %s", ErrDamaged, page.Problems[0].What)
	}
	return nil, errors.New("it has no part of type text/html")
}

func (p *Page) problem(damaged bool, format string, args ...any) {
	if len(p.Problems) == maxProblems-1 {
		p.more++
		return
	}
	p.Problems = append(p.Problems, Problem{damaged, fmt.Sprintf(format, args...)})
}

func (p *Page) countOthers() {
	if p.more > 0 {
		damaged := slices.ContainsFunc(p.Problems, func(q Problem) bool { return q.Damaged })
		p.Problems = append(p.Problems, Problem{damaged, fmt.Sprintf("%d more parts are damaged or beyond the limits", p.more)})
		p.more = 0
	}
}

// readParts reads the parts. The root is the one that the header names as the start,
// else the first page.
func (p *Page) readParts(body io.Reader, params map[string]string) error {
	tail := &tailReader{r: body}
	parts, left := multipart.NewReader(tail, params["boundary"]), int64(maxPartBytes)
	isCut := false // the last part
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF) && bytes.Contains(tail.last, []byte("--"+params["boundary"]+"--")):
			return nil
		case err != nil && isCut: // this is named already
			return nil
		case err != nil && n == 0:
			p.problem(true, "none of its parts begins with the boundary that its header names")
			return nil
		case err != nil:
			p.problem(true, "the file is cut off or damaged after part %d: %v", n, err)
			return nil
		case n == 2*maxParts:
			p.problem(false, "it has more than %d parts, which were not read", n)
			return nil
		}
		name := partName(n+1, part.Header.Get("Content-Location"))
		if n >= maxParts {
			p.problem(false, "%s was left out: more than %d parts", name, maxParts)
			continue
		}
		data, err := decodePart(part, part.Header.Get("Content-Transfer-Encoding"), min(maxPart, left))
		isCut = errors.Is(err, io.ErrUnexpectedEOF)
		contentType := part.Header.Get("Content-Type")
		isRoot := p.Root.Body == nil && isPage(contentType) && (params["start"] == "" || params["start"] == part.Header.Get("Content-ID") || n > 0)
		switch {
		case errors.Is(err, ErrTooLarge) && isRoot:
			return err
		case errors.Is(err, ErrTooLarge) && left < maxPart:
			p.problem(false, "%s was left out: the parts have more than %d bytes together", name, maxPartBytes)
			continue
		case errors.Is(err, ErrTooLarge):
			p.problem(false, "%s was left out: %v", name, err)
			continue
		case err != nil:
			p.problem(true, "%s is damaged after %d bytes: %v", name, len(data), err)
			if len(data) == 0 {
				continue
			}
		}
		left -= int64(len(data))
		location := resolve(p.URL, part.Header.Get("Content-Location"))
		switch {
		case isRoot:
			if p.URL == "" {
				p.URL = location
			}
			p.Root = Part{location, contentType, data, err != nil}
		case location == "": // such as cid: of a style that the browser made
			p.Left++
		default:
			p.Parts = append(p.Parts, Part{location, contentType, data, err != nil})
		}
	}
}

// A tailReader remembers the last bytes that were read: a multipart.Reader does not tell
// whether there was a last boundary, up to which it reads, and some thousand bytes on.
type tailReader struct {
	r    io.Reader
	last []byte
}

func (t *tailReader) Read(p []byte) (int, error) {
	const most = 16 << 10
	n, err := t.r.Read(p)
	if t.last = append(t.last, p[:n]...); len(t.last) > 2*most {
		t.last = append(t.last[:0], t.last[len(t.last)-most:]...)
	}
	return n, err
}

// partName names a part in a message.
func partName(n int, location string) string {
	location = strings.TrimSpace(location)
	if location == "" {
		return fmt.Sprintf("part %d", n)
	}
	if len(location) > 200 {
		location = strings.ToValidUTF8(location[:200], "") + "…"
	}
	return fmt.Sprintf("part %d (%s)", n, location)
}

func isPage(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// decodePart removes the transfer encoding of a part. With an error other than
// ErrTooLarge, it returns what is before the damage.
func decodePart(r io.Reader, encoding string, limit int64) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if n > limit {
		return nil, ErrTooLarge
	}
	return append([]byte{}, b.Bytes()...), err
}
