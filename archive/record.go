package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A Field is one header field. Order, case and duplicates are preserved.
type Field struct{ Name, Value string }

// A Record is one entry of a segment: WARC fields and a block (WARC 1.1, section 4).
type Record struct {
	Fields  []Field
	HTTP    *HTTPHead // of application/http blocks; nil for others
	Payload []byte    // what follows the head; the whole block if there is no head
	Head    []byte    // the WARC header of an imported record and what follows its block, if Fields would serialize differently; mostly nil
}

// ImportID is the field of a record that was imported from another program's file: the
// ID of the warcinfo record of the import.
const ImportID = "Newsmorgue-Import-ID"

// dateLayout is the layout of WARC-Date with microseconds.
const dateLayout = "2006-01-02T15:04:05.000000Z"

// FormatDate formats a time as WARC-Date: UTC, with microseconds.
func FormatDate(t time.Time) string { return t.UTC().Format(dateLayout) }

// NewRecord returns a record of a type with a new WARC-Record-ID. Records of
// one capture share their date.
func NewRecord(typ string, date time.Time) *Record {
	id, err := uuid.NewV7()
	if err != nil { // the system has no random numbers: use the clock
		id = uuid.NewSHA1(uuid.NameSpaceOID, []byte(typ+date.Format(time.RFC3339Nano)+strconv.FormatInt(time.Now().UnixNano(), 10)))
	}
	return &Record{Fields: []Field{
		{"WARC-Type", typ},
		{"WARC-Record-ID", "<urn:uuid:" + id.String() + ">"},
		{"WARC-Date", date.UTC().Format(dateLayout)},
	}}
}

// Get returns the first value of a field, or "".
func (r *Record) Get(name string) string {
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns all values of a field.
func (r *Record) Values(name string) []string {
	var v []string
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			v = append(v, f.Value)
		}
	}
	return v
}

// Set gives a field one value, at its first position or at the end. An empty
// value removes the field, since WARC has no empty fields.
func (r *Record) Set(name, value string) {
	at := slices.IndexFunc(r.Fields, func(f Field) bool { return strings.EqualFold(f.Name, name) })
	if at >= 0 && value != "" {
		r.Fields[at].Value = value
		rest := slices.DeleteFunc(r.Fields[at+1:], func(f Field) bool { return strings.EqualFold(f.Name, name) })
		r.Fields = r.Fields[:at+1+len(rest)]
		return
	}
	if value == "" {
		r.Fields = slices.DeleteFunc(r.Fields, func(f Field) bool { return strings.EqualFold(f.Name, name) })
		return
	}
	r.Add(name, value)
}

// Add appends a field; others with its name stay.
func (r *Record) Add(name, value string) { r.Fields = append(r.Fields, Field{name, value}) }

// Type returns WARC-Type: "response", "request", …
func (r *Record) Type() string { return r.Get("WARC-Type") }

// ID returns WARC-Record-ID, with its angle brackets.
func (r *Record) ID() string { return r.Get("WARC-Record-ID") }

// TargetURI returns WARC-Target-URI, or "".
func (r *Record) TargetURI() string { return r.Get("WARC-Target-URI") }

// Date returns WARC-Date in UTC, or zero if it is missing or invalid.
func (r *Record) Date() time.Time {
	t, err := time.Parse(time.RFC3339Nano, r.Get("WARC-Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Block returns the record's content: the HTTP head, if there is one, and the payload.
func (r *Record) Block() []byte {
	if r.HTTP == nil {
		return r.Payload
	}
	return append(r.HTTP.Bytes(), r.Payload...)
}

// hasPayload has the record types with a payload digest (WARC 1.1, section 5.9).
var hasPayload = map[string]bool{"response": true, "resource": true, "conversion": true, "request": true}

// Finish sets Content-Length and the digests of the block. It does not change a
// payload digest that is already set: that of a revisit is its original's.
func (r *Record) Finish() {
	h := sha256.New()
	length := len(r.Payload)
	if r.HTTP != nil {
		head := r.HTTP.Bytes()
		h.Write(head)
		length += len(head)
	}
	h.Write(r.Payload)
	block := Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
	typ := r.Type()
	if hasPayload[typ] && r.Get("WARC-Payload-Digest") == "" && (typ != "request" || len(r.Payload) > 0) {
		payload := block
		if r.HTTP != nil {
			payload = SHA256(r.Payload)
		}
		r.Set("WARC-Payload-Digest", string(payload))
	}
	r.Set("WARC-Block-Digest", string(block))
	r.Set("Content-Length", strconv.Itoa(length))
}
