package web

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// A cdxLine is a line of the index: one capture.
type cdxLine struct {
	archive.Capture
	key string
	// Of a revisit, with resolveRevisits, what it refers to.
	originalMime, originalStatus string
}

func (l *cdxLine) get(field string) string {
	switch field {
	case "urlkey":
		return l.key
	case "timestamp":
		return cdxj.Timestamp14(l.Time)
	case "url":
		return l.URL
	case "mime":
		return l.mime()
	case "status":
		return l.status()
	case "digest":
		return string(l.Digest)
	case "id":
		return strings.TrimSuffix(strings.TrimPrefix(l.ID, "<urn:uuid:"), ">")
	}
	return ""
}

func (l *cdxLine) mime() string {
	switch {
	case l.originalMime != "":
		return l.originalMime
	case l.Type == "revisit":
		return "warc/revisit"
	}
	return bareMime(l.ContentType)
}

func bareMime(typ string) string {
	typ, _, _ = strings.Cut(typ, ";")
	if typ = strings.ToLower(strings.TrimSpace(typ)); typ == "" || strings.ContainsAny(typ, " \t") {
		return "unk"
	}
	return typ
}

// status is the status code; 200 for files, and - where a page was not sent again.
func (l *cdxLine) status() string {
	switch {
	case l.originalStatus != "":
		return l.originalStatus
	case l.Type == "revisit" && l.Status == 304:
		return "-"
	case l.Status > 0:
		return strconv.Itoa(l.Status)
	case l.Type == "resource":
		return "200"
	}
	return "-"
}

// cdxj is the line as CDXJ; nil fields are all.
func (l *cdxLine) cdxj(fields []string) string {
	if fields == nil {
		fields = cdxFields
	}
	out := cdxj.Line{Key: l.key, Timestamp: cdxj.Timestamp14(l.Time), Fields: map[string]string{}}
	for _, f := range fields {
		if f != "urlkey" && f != "timestamp" {
			out.Fields[f] = l.get(f)
		}
	}
	return out.String()
}

// json is the line as an object, its members in the order of the fields.
func (l *cdxLine) json(fields []string) string {
	if fields == nil {
		fields = cdxFields
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteString(", ")
		}
		for n, s := range []string{f, l.get(f)} {
			if n > 0 {
				b.WriteString(": ")
			}
			_ = e.Encode(s) // a text
			b.Truncate(b.Len() - 1)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// text is the line with spaces between fields, - where one is missing.
func (l *cdxLine) text(fields []string) string {
	if fields == nil {
		fields = cdxFields
	}
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = strings.Join(strings.Fields(l.get(f)), "%20")
		if all[i] == "" {
			all[i] = "-"
		}
	}
	return strings.Join(all, " ")
}
