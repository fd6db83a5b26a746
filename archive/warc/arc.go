package warc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
)

// arcState is what is known of the ARC file that is read.
type arcState struct {
	active   bool   // records of ARC were read
	warcinfo string // ID of the record made from the file's version block
}

// fileDesc begins the first line of an ARC file.
const fileDesc = "filedesc:"

// An arcLine is the line before an ARC record's block: "URL IP date type length" in
// version 1; in version 2 with a status, a checksum, a location, an offset and a file
// name between the last two.
type arcLine struct {
	url, ip, mime string
	date          time.Time
	length        int64 // -1 if it is not a length
}

// begins reports whether a line begins a record of an ARC file.
func (s *arcState) begins(line []byte) bool {
	if !s.active && !bytes.HasPrefix(line, []byte(fileDesc)) {
		return false
	}
	_, ok := parseARCLine(line)
	return ok
}

// mayBegin is begins for the first line of a member, also if the file's first line was
// not read.
func (s *arcState) mayBegin(line []byte) bool {
	l, ok := parseARCLine(line)
	return ok && l.length >= 0 && strings.Contains(l.mime, "/")
}

// parseARCLine reads a URL record line. URLs may have spaces, and types, too.
func parseARCLine(line []byte) (l arcLine, ok bool) {
	if len(line) > maxLine || bytes.IndexByte(line, ':') < 0 {
		return l, false
	}
	f := strings.Split(strings.ReplaceAll(str(line), "\r", " "), " ")
	at := len(f) - 2
	for ; at >= 2; at-- {
		if ip, err := netip.ParseAddr(f[at-1]); err == nil && isARCDate(f[at]) {
			l.ip = ip.String()
			break
		}
	}
	if at < 2 || at == len(f)-1 {
		return l, false
	}
	if l.date, ok = looseDate(f[at]); !ok {
		return l, false
	}
	l.url = strings.Join(f[:at-1], " ")
	if scheme, _, ok := strings.Cut(l.url, ":"); !ok || !isScheme(scheme) {
		return l, false
	}
	l.mime = strings.Join(f[at+1:len(f)-1], " ")
	if len(f)-at-1 == 7 { // version 2
		l.mime = f[at+1]
	}
	var err error
	if l.length, err = strconv.ParseInt(f[len(f)-1], 10, 64); err != nil || l.length < 0 {
		l.length = -1
	}
	return l, true
}

func isScheme(s string) bool {
	return len(s) > 0 && len(s) < 20 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

func isARCDate(s string) bool {
	return len(s) >= 12 && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}

// arcRecord reads the record that begins here. It becomes a response if its block is
// an HTTP message, and the version block at the beginning of the file a warcinfo record.
func (r *Reader) arcRecord(ctx context.Context, line []byte) (*Entry, error) {
	line = bytes.Clone(line)
	l, _ := parseARCLine(line)
	r.in.advance(len(line))
	r.lineEnd()
	r.arc.active = true
	e := &Entry{}
	if l.length > r.o.MaxBlock {
		done, err := r.in.skip(l.length, ctx.Err)
		if err != nil {
			return nil, err
		}
		rec, _ := r.fromARC(l, line, nil)
		e.TooLarge = true
		e.Record, e.Notes = tooLarge(header{fields: rec.Fields}, l.length, r.o.MaxBlock)
		if done < l.length {
			e.Notes = append(e.Notes, Note{KindCut, fmt.Sprintf("only %d bytes of it are there", done)})
		}
		return e, nil
	}
	var block []byte
	claim := trim(line[max(bytes.LastIndexByte(line, ' ')+1, len(line)-30):])
	cut := l.length < 0
	if cut {
		e.Notes = append(e.Notes, Note{KindLength, "the length is not a number: " + printable(claim) + "; the block was taken up to the next record"})
		block = r.untilNext(r.o.MaxBlock)
	} else if block = r.in.read(l.length); int64(len(block)) < l.length {
		cut = true
		e.Notes = append(e.Notes, Note{KindCut, fmt.Sprintf("the block has %d bytes, not %d as declared%s", len(block), l.length, r.because())})
	} else {
		r.recordEnd()
	}
	rec, notes := r.fromARC(l, line, block)
	e.Notes = append(e.Notes, notes...)
	if cut {
		rec.Set("Newsmorgue-Cut", "length="+strings.ReplaceAll(claim, ";", ""))
		rec.Set("WARC-Truncated", "unspecified")
	}
	rec.Finish()
	e.Record = rec
	return e, nil
}

// lineEnd reads one line end.
func (r *Reader) lineEnd() {
	b := r.in.peek(16)
	n := 0
	for n < len(b) && b[n] == '\r' {
		n++
	}
	if n < len(b) && b[n] == '\n' {
		n++
	}
	r.in.advance(n)
}

// fromARC makes a record of what an ARC file has.
func (r *Reader) fromARC(l arcLine, line, block []byte) (rec *archive.Record, notes []Note) {
	typ := "resource"
	switch {
	case strings.HasPrefix(l.url, fileDesc):
		typ = "warcinfo"
	case bytes.HasPrefix(block, []byte("HTTP/")):
		typ = "response"
	}
	text := strings.TrimSpace(strings.ReplaceAll(str(line), "\r", " "))
	sum := sha256.Sum256(block)
	id := uuid.NewSHA1(idNamespace, slices.Concat(line, []byte("\n"), sum[:]))
	rec = &archive.Record{}
	rec.Set("WARC-Type", typ)
	rec.Set("WARC-Record-ID", "<urn:uuid:"+id.String()+">")
	rec.Set("WARC-Date", l.date.Format(time.RFC3339Nano))
	if typ == "warcinfo" {
		r.arc.warcinfo = rec.ID()
		rec.Set("WARC-Filename", strings.TrimSpace(strings.TrimLeft(strings.TrimPrefix(l.url, fileDesc), "/")))
	} else {
		rec.Set("WARC-Target-URI", strings.TrimSpace(l.url))
		rec.Set("WARC-IP-Address", l.ip)
		rec.Set("WARC-Warcinfo-ID", r.arc.warcinfo)
	}
	rec.Set("Newsmorgue-ARC", text)
	rec.Set("Content-Type", strings.TrimSpace(l.mime))
	rec.Payload = block
	if typ == "response" {
		rec.Set("Content-Type", "application/http; msgtype=response")
		setBlock(rec, block, &notes)
	}
	return rec, notes
}
