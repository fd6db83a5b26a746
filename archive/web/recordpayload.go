package web

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive"
)

// addPayload adds the payload and the digests, which are computed again.
func (s *Server) addPayload(ctx context.Context, d *recordData, rec *archive.Record) error {
	of := rec
	if rec.Type() == "revisit" {
		var note string
		var err error
		if of, note, err = s.originalOf(ctx, rec); err != nil {
			return err
		}
		d.Payload.Note = note
	}
	d.Digests = digestsOf(rec, of)
	if of == nil {
		return nil
	}
	if of != rec {
		d.Payload.Of = of.ID()
	}
	d.Payload.Bytes, d.Payload.Type = len(of.Payload), of.Get("Content-Type")
	if of.HTTP != nil {
		d.Payload.Type = of.HTTP.Get("Content-Type")
	}
	body := of.Payload
	if s.Body != nil {
		body = s.Body(of)
	}
	d.Payload.Text, d.Payload.Cut, d.Payload.Binary = payloadText(body)
	return nil
}

// originalOf reads the record with the payload of a revisit; nil with a note if it cannot
// be shown.
func (s *Server) originalOf(ctx context.Context, rec *archive.Record) (of *archive.Record, note string, err error) {
	of, err = s.Catalog.Payload(ctx, rec.ID())
	switch {
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, archive.ErrDamaged):
		return nil, "The record that has the payload cannot be read: " + err.Error() + ".", nil
	case err != nil:
		return nil, "", err
	case of.Type() == "metadata":
		return nil, "The record that had the payload was erased.", nil
	}
	hidden, err := s.Catalog.Hidden(ctx)
	if err != nil {
		return nil, "", err
	}
	if hidden.Hides(archive.Capture{ID: of.ID(), URL: of.TargetURI(), Type: of.Type(), Time: of.Date()}) {
		return nil, "The record that has the payload is suppressed.", nil
	}
	return of, "", nil
}

// digestsOf compares the digests of a record with its bytes; of is the record with its
// payload, if that can be had.
func digestsOf(rec, of *archive.Record) (all []digestData) {
	check := func(name, what string, parts ...[]byte) {
		value := archive.Digest(rec.Get(name))
		if value == "" {
			return
		}
		d := digestData{Name: name, Value: string(value), Result: "matches", What: what}
		switch {
		case parts == nil:
			d.Result = "not checked"
		case !value.Matches(parts...):
			d.Result = "differs"
		}
		all = append(all, d)
	}
	switch {
	case of == nil:
		check("WARC-Payload-Digest", "the payload cannot be read")
	case of != rec:
		check("WARC-Payload-Digest", "of the payload of the record that it refers to", of.Entity())
	default:
		check("WARC-Payload-Digest", "of the payload", rec.Entity())
	}
	check("WARC-Block-Digest", "of the head and the payload", rec.Block())
	return all
}

// payloadText is the beginning of a payload as text. Bytes that are not UTF-8 are read as
// Latin-1, as the records of the archive have them.
func payloadText(b []byte) (text string, cut, binary bool) {
	cut = len(b) > maxPayloadText
	isUTF8 := utf8.Valid(b)
	b = b[:min(len(b), maxPayloadText)]
	if bytes.IndexByte(b, 0) >= 0 {
		return "", false, true
	}
	if isUTF8 {
		for len(b) > 0 && !utf8.Valid(b[len(b)-min(len(b), utf8.UTFMax):]) && !utf8.Valid(b) {
			b = b[:len(b)-1]
		}
		return string(b), cut, false
	}
	controls := 0
	var out strings.Builder
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			controls++
		}
		out.WriteRune(rune(c))
	}
	if controls > len(b)/100 {
		return "", false, true
	}
	return out.String(), cut, false
}
