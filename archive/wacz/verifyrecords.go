package wacz

import (
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// records reads all records and compares them with the index.
func (c *checker) records(ctx context.Context) error {
	cursor, err := c.sorted(ctx)
	if err != nil {
		return err
	}
	defer cursor.stop()
	o := originals{seed: maphash.MakeSeed()}
	for _, name := range c.p.WARCs() {
		if err := c.file(ctx, cursor, &o, name); err != nil {
			return err
		}
	}
	if err := c.unmatched(cursor, "\xff", 0); err != nil {
		return err
	}
	c.outside(&o)
	return nil
}

// broken are the kinds of notes that are damage.
var broken = map[warc.Kind]bool{
	warc.KindGarbage: true, warc.KindDamaged: true, warc.KindCut: true, warc.KindLength: true,
	warc.KindBlockDigest: true, warc.KindPayloadDigest: true,
}

// file reads a WARC file.
func (c *checker) file(ctx context.Context, cursor *lineCursor, o *originals, name string) error {
	data, stored := c.p.At(name)
	if !stored {
		data = nil
	}
	for e, err := range c.p.Records(ctx, name, warc.ReaderOptions{}) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.r.damage(Problem{Member: name, What: "it cannot be read to its end: " + plainError(err)})
			break
		}
		c.o.Progress(c.done+max(e.Offset, 0), 2*c.r.Bytes, name)
		c.notes(name, e)
		if e.Record == nil {
			continue
		}
		c.r.Records++
		o.add(e.Record, name, e.Offset)
		if err := c.entry(cursor, name, data, e); err != nil {
			return err
		}
	}
	c.done += c.p.Size(name)
	return c.unmatched(cursor, name, 1<<62)
}

func (c *checker) notes(name string, e *warc.Entry) {
	at, url := e.Offset, ""
	if e.Record != nil {
		url = e.Record.TargetURI()
	}
	for _, n := range e.Notes {
		p := Problem{Member: name, URL: url, What: n.What}
		if at >= 0 {
			p.Offset = &at
		}
		if broken[n.Kind] {
			c.r.damage(p)
		} else {
			c.r.note(p)
		}
	}
}

// maxLines bounds how many lines are compared with one record: each comparison may read
// all of it.
const maxLines = 100

// entry compares a record with the lines that lead to it.
func (c *checker) entry(cursor *lineCursor, name string, data io.ReaderAt, e *warc.Entry) error {
	at := e.Offset
	problem := func(what string) {
		p := Problem{Member: name, URL: e.Record.TargetURI(), What: what}
		if at >= 0 {
			p.Offset = &at
		}
		c.r.damage(p)
	}
	if e.Offset < 0 {
		if indexable(e.Record) {
			c.r.note(Problem{Member: name, URL: e.Record.TargetURI(), What: "the record shares its gzip member with others, so no index can lead to it"})
		}
		return nil
	}
	if err := c.unmatched(cursor, name, e.Offset); err != nil {
		return err
	}
	base, found := path.Base(name), 0
	for l := cursor.line; l != nil && l.Filename == base && l.Offset == e.Offset; l = cursor.line {
		if found++; found == maxLines {
			problem(fmt.Sprintf("at least %d lines of the index lead to this record; the others were not compared", maxLines))
		}
		if found < maxLines {
			if what := differs(l, e, data); what != "" {
				problem(what)
			}
		}
		if err := cursor.next(); err != nil {
			return err
		}
	}
	if found == 0 && indexable(e.Record) {
		problem("the index has no line for this record, so viewers do not find it")
	}
	return nil
}

// differs says in what a line of the index differs from its record, or "".
func differs(l *foundLine, e *warc.Entry, data io.ReaderAt) string {
	rec := e.Record
	if url := rec.TargetURI(); l.URL != url && cdxj.SURT(l.URL) != cdxj.SURT(url) {
		return "the line of the index is for another URL, " + shorten(l.URL)
	}
	if n, err := strconv.ParseInt(l.Length, 10, 64); l.Length != "" && (err != nil || n > e.Length || n < e.Length-4) { // the line ends after a plain record may count, or not
		return fmt.Sprintf("the index says that the record has %s bytes; it has %d", shorten(l.Length), e.Length)
	}
	if t := rec.Date(); !t.IsZero() && l.Timestamp != cdxj.Timestamp14(t) && l.Timestamp != cdxj.Timestamp17(t) {
		return fmt.Sprintf("the index says that it was captured at %s; the record says %s", l.Timestamp, cdxj.Timestamp14(t))
	}
	if s := status(rec); l.Status != "" && l.Status != s && l.Status != "-" && s != "-" && rec.Type() == "response" {
		return fmt.Sprintf("the index says that its status is %s; it is %s", shorten(l.Status), s)
	}
	if !e.TooLarge && !sameDigest(l.Digest, rec) {
		return "the payload does not have the digest of the index, " + shorten(l.Digest)
	}
	if l.Record != "" && data != nil {
		if known, same := readerHash(data, e.Offset, e.Length, l.Record); known && !same {
			return "the record was changed: its bytes do not have the recordDigest of the index"
		}
	}
	return ""
}

// sameDigest reports whether the digest of a line is that of a record. Many indexes have
// SHA-1 in Base32 without a label.
func sameDigest(digest string, rec *archive.Record) bool {
	own := rec.Get("WARC-Payload-Digest")
	if digest == "" || digest == "-" || strings.EqualFold(digest, own) {
		return true
	}
	_, value, labelled := strings.Cut(digest, ":")
	if !labelled {
		value = digest
	}
	if _, v, _ := strings.Cut(own, ":"); v != "" && strings.EqualFold(v, value) {
		return true
	}
	if rec.Type() == "revisit" { // the payload is elsewhere
		return own == ""
	}
	if !labelled {
		digest = map[int]string{32: "sha1:", 40: "sha1:", 64: "sha256:"}[len(value)] + value
	}
	d := archive.Digest(digest)
	return d.Matches(rec.Payload) || d.Matches(rec.Entity()) || d.Matches(rec.Block())
}

// originals remembers where the payloads of revisits could be, as hashes: 24 bytes for
// each response.
type originals struct {
	seed     maphash.Seed
	known    []uint64
	revisits []pendingRevisit
	full     bool // there are too many
}

const maxOriginals = 100e6

// A pendingRevisit is a revisit whose original is looked for.
type pendingRevisit struct {
	of     [3]uint64 // by ID, by URL and time, by digest; 0 if unknown
	name   string
	offset int64
	url    string
}

func (o *originals) hash(parts ...string) uint64 {
	if slices.Contains(parts, "") {
		return 0
	}
	return maphash.String(o.seed, strings.Join(parts, "\x00"))
}

func (o *originals) add(rec *archive.Record, name string, offset int64) {
	if len(o.known) > maxOriginals {
		o.full = true
		return
	}
	digest := o.hash("digest", rec.Get("WARC-Payload-Digest"))
	switch rec.Type() {
	case "response", "resource":
		o.known = append(o.known, o.hash("id", rec.ID()), o.hash(rec.TargetURI(), cdxj.Timestamp14(rec.Date())), digest)
	case "revisit":
		when := ""
		if t := parseTime(rec.Get("WARC-Refers-To-Date")); !t.IsZero() {
			when = cdxj.Timestamp14(t)
		}
		o.revisits = append(o.revisits, pendingRevisit{[3]uint64{o.hash("id", rec.Get("WARC-Refers-To")), o.hash(rec.Get("WARC-Refers-To-Target-URI"), when), digest}, name, offset, rec.TargetURI()})
	}
}

// outside reports the revisits whose originals are not in the package.
func (c *checker) outside(o *originals) {
	if o.full {
		c.r.note(Problem{What: "there are too many records to check whether all originals of revisits are there"})
		return
	}
	slices.Sort(o.known)
	for _, v := range o.revisits {
		if slices.ContainsFunc(v.of[:], func(h uint64) bool {
			_, ok := slices.BinarySearch(o.known, h)
			return ok && h != 0
		}) {
			continue
		}
		p := Problem{Member: v.name, Offset: &v.offset, URL: v.url, What: "this is a revisit: its payload is that of an earlier capture, which is not in the package"}
		if c.p.requires {
			c.r.note(p)
		} else {
			c.r.damage(p)
		}
	}
}
