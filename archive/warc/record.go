package warc

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
)

// usual are the fields of WARC 1.1 in their usual spelling, by their lower-case names.
var usual = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{
		"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length", "Content-Type", "WARC-Concurrent-To", "WARC-Block-Digest",
		"WARC-Payload-Digest", "WARC-IP-Address", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Target-URI",
		"WARC-Truncated", "WARC-Warcinfo-ID", "WARC-Filename", "WARC-Profile", "WARC-Identified-Payload-Type", "WARC-Segment-Number",
		"WARC-Segment-Origin-ID", "WARC-Segment-Total-Length", "WARC-Protocol", "WARC-Cipher-Suite",
	} {
		m[strings.ToLower(name)] = name
	}
	return m
}()

// idNamespace is that of the IDs of records that had none (UUID version 5 of their bytes).
var idNamespace = uuid.MustParse("9b0a3c52-7d41-5e0f-8c3b-51b9b6b0d7aa")

// A raw record is one as it lies in a file.
type raw struct {
	head  []byte // the header with its empty line
	block []byte
	end   []byte // what follows the block, at most a few line ends
	// cut says that the block does not have the length that the header declares.
	cut bool
}

// record makes an archive's record of one that was found in a file.
func (w raw) record(h header) (*archive.Record, []Note) {
	rec := &archive.Record{Fields: h.fields}
	notes := h.notes
	usualFields(rec, w, &notes)
	setBlock(rec, w.block, &notes)
	if w.cut {
		cutFields(rec, h)
		rec.Finish()
		return rec, notes
	}
	blockOK, asStored := checkDigests(rec, &notes)
	if !blockOK || !isFinished(rec, len(w.block)) {
		rec.Finish()
	}
	usual := bytes.Equal(w.end, recordEnd)
	if !usual {
		notes = append(notes, Note{KindRecordEnd, fmt.Sprintf("the record ends with %q instead of an empty line", w.end)})
	}
	if !usual || !asStored || !bytes.Equal(appendHeader(make([]byte, 0, len(w.head)), rec.Fields), w.head) {
		rec.Head = append(w.head, w.end...)
	}
	return rec, notes
}

// setBlock gives a record its block, and splits it if it is an HTTP message.
func setBlock(rec *archive.Record, block []byte, notes *[]Note) {
	rec.Payload = block
	if len(block) == 0 || !isHTTP(rec, block) {
		return
	}
	head, payload, err := archive.ParseHTTPHead(block)
	if err != nil {
		head, err = headAlone(block)
		payload = nil
	}
	if err != nil {
		*notes = append(*notes, Note{KindHTTPHead, "the block is not an HTTP message: it does not have a head that ends with an empty line"})
		return
	}
	rec.HTTP, rec.Payload = head, payload
}

// maxHTTPHead bounds the heads without an empty line that are accepted.
const maxHTTPHead = 64 << 10

// headAlone reads a head that ends without an empty line, as some tools write in revisits.
func headAlone(block []byte) (*archive.HTTPHead, error) {
	start, _, _ := bytes.Cut(block, []byte("\n"))
	if len(block) > maxHTTPHead || !bytes.Contains(start, []byte("HTTP/")) {
		return nil, ErrInvalid
	}
	head, _, err := archive.ParseHTTPHead(slices.Concat(block, recordEnd))
	if err != nil {
		return nil, err
	}
	head.Raw = block
	return head, nil
}

// isHTTP reports whether a record's block is an HTTP message.
func isHTTP(rec *archive.Record, block []byte) bool {
	switch rec.Type() {
	case "request", "response", "revisit":
	default:
		return false
	}
	mime, _, _ := strings.Cut(strings.ToLower(rec.Get("Content-Type")), ";")
	switch strings.TrimSpace(mime) {
	case "application/http", "message/http":
		return true
	case "":
		return bytes.HasPrefix(block, []byte("HTTP/"))
	}
	return false
}

// usualFields puts the fields into the form that FORMAT.md demands. What it changes is
// in the header, which the record keeps.
func usualFields(rec *archive.Record, w raw, notes *[]Note) {
	note := func(format string, args ...any) {
		*notes = append(*notes, Note{KindField, fmt.Sprintf(format, args...)})
	}
	for i, f := range rec.Fields {
		if name := usual[strings.ToLower(f.Name)]; name != "" {
			rec.Fields[i].Name = name
		}
	}
	group(rec)
	if typ := rec.Type(); typ == "" {
		typ = guessType(rec)
		note("WARC-Type is missing; it was taken for a %s", typ)
		rec.Set("WARC-Type", typ)
	} else if lower := strings.ToLower(typ); lower != typ {
		rec.Set("WARC-Type", lower)
	}
	if rec.ID() == "" {
		note("WARC-Record-ID is missing; it was made of the record's bytes")
		sum := sha256.New()
		sum.Write(w.head)
		sum.Write(w.block)
		rec.Set("WARC-Record-ID", "<urn:uuid:"+uuid.NewSHA1(idNamespace, sum.Sum(nil)).String()+">")
	}
	if rec.Date().IsZero() {
		if t, ok := looseDate(rec.Get("WARC-Date")); ok {
			rec.Set("WARC-Date", t.Format(time.RFC3339Nano))
		} else {
			note("WARC-Date is not a date: %s", printable(rec.Get("WARC-Date")))
		}
	}
	for _, name := range []string{"WARC-Target-URI", "WARC-Refers-To-Target-URI"} {
		uri := rec.Get(name)
		if in, ok := strings.CutPrefix(uri, "<"); ok && strings.HasSuffix(in, ">") {
			uri = strings.TrimSuffix(in, ">")
			rec.Set(name, uri)
		}
		if strings.ContainsAny(uri, " \t") {
			note("%s has spaces: %s", name, printable(uri))
		}
	}
}

// group moves fields that occur several times to their first position, as the JSON of
// a record has them.
func group(rec *archive.Record) {
	seen := map[string]int{}
	apart := false
	for i, f := range rec.Fields {
		if last, ok := seen[f.Name]; ok && last != i-1 {
			apart = true
		}
		seen[f.Name] = i
	}
	if !apart {
		return
	}
	first := map[string]int{}
	for _, f := range rec.Fields {
		if _, ok := first[f.Name]; !ok {
			first[f.Name] = len(first)
		}
	}
	slices.SortStableFunc(rec.Fields, func(a, b archive.Field) int { return first[a.Name] - first[b.Name] })
}

// guessType is the type of a record that does not say which it has.
func guessType(rec *archive.Record) string {
	mime := strings.ReplaceAll(strings.ToLower(rec.Get("Content-Type")), " ", "")
	switch {
	case strings.Contains(mime, "msgtype=request"):
		return "request"
	case strings.HasPrefix(mime, "application/http"):
		return "response"
	case strings.HasPrefix(mime, "application/warc-fields") && rec.TargetURI() == "":
		return "warcinfo"
	case rec.TargetURI() == "":
		return "metadata"
	}
	return "resource"
}

// looseDate reads the dates that WARC 1.1 allows (section 5.4), and those that tools write.
func looseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z", "2006-01-02", "2006-01", "20060102150405", "200601021504", "2006-01-02 15:04:05", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if len(s) > 14 && strings.Trim(s, "0123456789") == "" { // with milliseconds, or digits that nobody needs
		return looseDate(s[:14])
	}
	return time.Time{}, false
}

// cutFields corrects what the fields say about a block that is not there as declared.
// Newsmorgue-Cut keeps what they said. The record gets an ID of its own: the complete
// record, which is perhaps in another copy of the file, is another one.
func cutFields(rec *archive.Record, h header) {
	was := func(name string) string {
		s := (&archive.Record{Fields: h.fields}).Get(name)
		if len(s) > 100 || strings.ContainsAny(s, ";\x00") {
			return ""
		}
		return s
	}
	parts := []string{"length=" + was("Content-Length")}
	for _, p := range [][2]string{{"id", "WARC-Record-ID"}, {"block", "WARC-Block-Digest"}, {"payload", "WARC-Payload-Digest"}} {
		if v := was(p[1]); v != "" {
			parts = append(parts, p[0]+"="+v)
		}
	}
	rec.Set("Newsmorgue-Cut", strings.Join(parts, "; "))
	sum := sha256.Sum256(rec.Block())
	id := uuid.NewSHA1(idNamespace, []byte(rec.ID()+" cut "+hex.EncodeToString(sum[:])))
	rec.Set("WARC-Record-ID", "<urn:uuid:"+id.String()+">")
	if rec.Get("WARC-Truncated") == "" {
		rec.Set("WARC-Truncated", "unspecified")
	}
	rec.Set("WARC-Block-Digest", "")
	if rec.Type() != "revisit" { // that of a revisit is its original's
		rec.Set("WARC-Payload-Digest", "")
	}
}

// payloadDigested are the types whose payload digest is that of their own payload.
var payloadDigested = map[string]bool{"response": true, "resource": true, "conversion": true, "request": true}

// checkDigests compares the digests of a record with its block. asStored is false if the
// payload digest is not that of the payload as stored.
func checkDigests(rec *archive.Record, notes *[]Note) (blockOK, asStored bool) {
	block := archive.Digest(rec.Get("WARC-Block-Digest"))
	if blockOK = block.Matches(blockParts(rec)...); !blockOK && block != "" {
		*notes = append(*notes, Note{KindBlockDigest, "the block does not match " + printable(string(block))})
	}
	d := archive.Digest(rec.Get("WARC-Payload-Digest"))
	switch {
	case d == "" || !payloadDigested[rec.Type()]:
		return blockOK, true
	case rec.HTTP == nil && d == block && blockOK:
		return true, true // the payload is the block
	case d.Matches(rec.Payload):
		return blockOK, true
	case d.Matches(rec.Entity()):
		return blockOK, false
	}
	*notes = append(*notes, Note{KindPayloadDigest, "the payload does not match " + printable(string(d))})
	// Crawls look for payloads by their SHA-256: a wrong one would lead them to other
	// bytes. The right one takes its place.
	if label, _, _ := strings.Cut(strings.ToLower(string(d)), ":"); strings.ReplaceAll(label, "-", "") == "sha256" {
		rec.Set("WARC-Payload-Digest", string(archive.SHA256(rec.Payload)))
	}
	return blockOK, false
}

// isFinished reports whether Record.Finish would change nothing in a record whose block
// digest is right, so that its block need not be hashed again.
func isFinished(rec *archive.Record, length int) bool {
	d := rec.Get("WARC-Block-Digest")
	hexDigits, ok := strings.CutPrefix(d, "sha256:")
	typ := rec.Type()
	return ok && len(hexDigits) == 64 && strings.Trim(hexDigits, "0123456789abcdef") == "" && len(rec.Values("WARC-Block-Digest")) == 1 &&
		rec.Get("Content-Length") == strconv.Itoa(length) && len(rec.Values("Content-Length")) == 1 &&
		(rec.Get("WARC-Payload-Digest") != "" || !payloadDigested[typ] || typ == "request" && len(rec.Payload) == 0)
}

func blockParts(rec *archive.Record) [][]byte {
	if rec.HTTP == nil {
		return [][]byte{rec.Payload}
	}
	return [][]byte{rec.HTTP.Bytes(), rec.Payload}
}

// blockLength is the length of a record's block.
func blockLength(rec *archive.Record) int {
	n := 0
	for _, p := range blockParts(rec) {
		n += len(p)
	}
	return n
}

// tooLarge makes the entry of a record without its block.
func tooLarge(h header, length, limit int64) (*archive.Record, []Note) {
	rec := &archive.Record{Fields: h.fields}
	return rec, append(h.notes, Note{KindTooLarge, "the block has " + strconv.FormatInt(length, 10) + " bytes; at most " + strconv.FormatInt(limit, 10) + " are read"})
}
