package archive

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ProofVersion is the version of proofs (FORMAT.md, "Proofs") that this package writes.
const ProofVersion = 1

const proofFormat = "newsmorgue-proof"

// The bounds of a proof.
const (
	maxProof        = 512 << 20 // bytes of its file
	maxProofRecords = 64
	maxProofStamps  = 64
	maxProofToken   = 1 << 20 // bytes of a token
	maxProofArray   = 64      // elements of any array, members of any object
	maxProofDepth   = 16
)

// proofBounds are those of the file of a proof, recordBounds those of a line in it.
var (
	proofBounds = jsonBounds{depth: maxProofDepth, elements: maxProofArray, members: maxProofArray, known: map[string]bool{
		"format": true, "version": true, "archive": true, "segments": true, "records": true, "stamps": true,
		"segment": true, "root": true, "previous": true, "index": true, "line": true, "base64": true, "path": true, "erased": true,
		"tsa": true, "digest": true, "size": true, "token": true,
	}}
	recordBounds = jsonBounds{depth: maxProofDepth, elements: 1 << 20, members: 1 << 12}
)

// ErrOpen means that a record is in an open journal, which has no root yet.
var ErrOpen = errors.New("in an open journal, which has no root yet")

// A Proof shows that records were in sealed segments, without the archive. Write and
// ParseProof write and read its file; Verify checks it, except for the tokens of its
// time stamps.
type Proof struct {
	Format   string          `json:"format"`
	Version  int             `json:"version"`
	Archive  string          `json:"archive"` // the archive's ID
	Segments []ProvedSegment `json:"segments"`
	Records  []ProvedRecord  `json:"records"`
	Stamps   []ProvedStamp   `json:"stamps,omitempty"`
}

// A ProvedSegment is a sealed segment that has records of a proof. Previous is the root
// of the segment sealed before it, or "": information that no hash covers.
type ProvedSegment struct {
	SealedRoot
	Previous string `json:"previous"`
}

// A ProvedRecord is a record with its path to the root of its segment.
type ProvedRecord struct {
	Segment string
	Index   uint64 // of its leaf
	Line    []byte // the record as it is in the segment, without line feed
	Erased  bool   // the line is a tombstone: only the hash of the record is proved
	Path    []string
}

// A ProvedStamp is a time stamp that covers segments of a proof. Token is an RFC 3161
// token in DER, whose message imprint must be Digest. Verify does not check that.
type ProvedStamp struct {
	TSA      string           `json:"tsa"` // URL of the time-stamp authority
	Digest   Digest           `json:"digest"`
	Size     uint64           `json:"size"` // number of all segments that it covers
	Segments []StampedSegment `json:"segments"`
	Token    []byte           `json:"token"`
}

// A StampedSegment is the path of a segment to the digest of a time stamp.
type StampedSegment struct {
	Segment string   `json:"segment"`
	Index   uint64   `json:"index"`
	Path    []string `json:"path"`
}

// provedRecordJSON is a ProvedRecord as a proof has it.
type provedRecordJSON struct {
	Segment string   `json:"segment"`
	Index   uint64   `json:"index"`
	Erased  bool     `json:"erased,omitempty"`
	Path    []string `json:"path"`
	Line    *string  `json:"line,omitempty"`
	Base64  *string  `json:"base64,omitempty"`
}

// MarshalJSON encodes the record as specified in FORMAT.md.
func (r ProvedRecord) MarshalJSON() ([]byte, error) {
	j := provedRecordJSON{Segment: r.Segment, Index: r.Index, Erased: r.Erased, Path: r.Path}
	if j.Path == nil {
		j.Path = []string{}
	}
	line := string(r.Line)
	if utf8.Valid(r.Line) {
		j.Line = &line
	} else {
		line = base64.StdEncoding.EncodeToString(r.Line)
		j.Base64 = &line
	}
	return marshalPlain(j)
}

// UnmarshalJSON decodes the record as specified in FORMAT.md.
func (r *ProvedRecord) UnmarshalJSON(b []byte) error {
	var j provedRecordJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*r = ProvedRecord{Segment: j.Segment, Index: j.Index, Erased: j.Erased, Path: j.Path}
	switch {
	case (j.Line == nil) == (j.Base64 == nil):
		return errors.New("a record needs either line or base64")
	case j.Line != nil:
		r.Line = []byte(*j.Line)
		return nil
	}
	var err error
	r.Line, err = base64.StdEncoding.DecodeString(*j.Base64)
	return err
}

// marshalPlain encodes JSON without the escapes of HTML, which a reader would have to
// undo to compare lines.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Write writes the proof as JSON, indented, as people read it too.
func (p *Proof) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(p)
}

// ParseProof reads the file of a proof. It returns ErrDamaged if it is none or exceeds
// the bounds of FORMAT.md, and ErrNewerFormat if its version is not known. It does not
// verify the proof.
func ParseProof(r io.Reader) (*Proof, error) {
	body, err := readProof(r)
	if err != nil {
		return nil, err
	}
	if len(body) > maxProof {
		return nil, fmt.Errorf("%w: larger than %d MiB", ErrDamaged, maxProof>>20)
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("%w: not a proof: %w", ErrDamaged, err)
	}
	switch {
	case head.Format != proofFormat || head.Version < 1:
		return nil, fmt.Errorf("%w: not a proof: its format is %q", ErrDamaged, head.Format)
	case head.Version > ProofVersion:
		return nil, fmt.Errorf("a proof of version %d, this program supports up to %d: %w", head.Version, ProofVersion, ErrNewerFormat)
	}
	if err := proofBounds.check(body); err != nil {
		return nil, fmt.Errorf("%w: proof: %w", ErrDamaged, err)
	}
	p := new(Proof)
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("%w: proof: %w", ErrDamaged, err)
	}
	if err := p.bounded(); err != nil {
		return nil, fmt.Errorf("%w: proof: %w", ErrDamaged, err)
	}
	return p, nil
}

// readProof reads the file of a proof, but not one that obviously is something else.
func readProof(r io.Reader) ([]byte, error) {
	in := bufio.NewReader(io.LimitReader(r, maxProof+1))
	for {
		c, err := in.ReadByte()
		switch {
		case err == io.EOF:
			return nil, fmt.Errorf("%w: not a proof: it is empty", ErrDamaged)
		case err != nil:
			return nil, err
		case c == '{':
			if err := in.UnreadByte(); err != nil {
				return nil, err
			}
			return io.ReadAll(in)
		case strings.IndexByte(" \t\r\n", c) < 0:
			return nil, fmt.Errorf("%w: not a proof: not a JSON object", ErrDamaged)
		}
	}
}

// bounded checks the numbers and lengths of what a proof has.
func (p *Proof) bounded() error {
	if n := len(p.Records); n == 0 || n > maxProofRecords {
		return fmt.Errorf("has %d records", n)
	}
	if len(p.Stamps) > maxProofStamps || len(p.Segments) > maxProofRecords {
		return fmt.Errorf("has %d time stamps of %d segments", len(p.Stamps), len(p.Segments))
	}
	for _, r := range p.Records {
		if len(r.Path) > maxPath || len(r.Line) > maxLine {
			return errors.New("has a record or path that is too long")
		}
	}
	for _, s := range p.Stamps {
		if len(s.Token) > maxProofToken || len(s.Segments) > maxProofRecords {
			return errors.New("has a time stamp that is too large")
		}
		for _, in := range s.Segments {
			if len(in.Path) > maxPath {
				return errors.New("has a path that is too long")
			}
		}
	}
	return nil
}

// Verify checks that all records of a proof are valid and part of their segments, and
// that each time stamp's digest covers the segments that it names. It returns
// ErrDamaged, with what is wrong, if not. The tokens of the time stamps are left to the
// caller: without them nothing is shown about the time.
func (p *Proof) Verify() error {
	roots := map[string]ProvedSegment{}
	for _, s := range p.Segments {
		if _, twice := roots[s.Segment]; twice {
			return fmt.Errorf("%w: segment %s is listed twice", ErrDamaged, s.Segment)
		}
		if _, err := s.leaf(p.Archive); err != nil {
			return err
		}
		roots[s.Segment] = s
	}
	for i := range p.Records {
		if err := p.Records[i].verify(roots); err != nil {
			return fmt.Errorf("%w: record %d of the proof %w", ErrDamaged, i+1, err)
		}
	}
	for i := range p.Stamps {
		if err := p.Stamps[i].verify(p.Archive, roots); err != nil {
			return fmt.Errorf("%w: time stamp %d of the proof %w", ErrDamaged, i+1, err)
		}
	}
	return nil
}

// Record decodes the record; for an erased one, its tombstone.
func (r *ProvedRecord) Record() (*Record, error) {
	rec := new(Record)
	return rec, rec.UnmarshalJSON(r.Line)
}

func (r *ProvedRecord) verify(roots map[string]ProvedSegment) error {
	in, ok := roots[r.Segment]
	if !ok {
		return fmt.Errorf("is in segment %q, which the proof does not list", r.Segment)
	}
	if err := recordBounds.check(r.Line); err != nil {
		return fmt.Errorf("is invalid: %w", err)
	}
	rec, err := r.Record()
	if err != nil {
		return fmt.Errorf("is invalid: %w", err)
	}
	if bytes.IndexByte(r.Line, '\n') >= 0 {
		return errors.New("is more than one line")
	}
	if mismatch := fieldMismatch(rec); mismatch != "" {
		return errors.New(mismatch)
	}
	node := leafOf(r.Line)
	if r.Erased {
		if !isTombstone(captureOf(rec)) {
			return errors.New("is called erased, and is no tombstone")
		}
		if node, err = tombstoneLeaf(rec); err != nil {
			return err
		}
	}
	if !leads(node, r.Index, uint64(in.Records), r.Path, in.Root) {
		return fmt.Errorf("(%s %s) is not part of segment %s: its path does not lead to the root %s", rec.Type(), trimURN(rec.ID()), r.Segment, in.Root)
	}
	return nil
}

func (s *ProvedStamp) verify(archive string, roots map[string]ProvedSegment) error {
	if len(s.Segments) == 0 {
		return errors.New("covers no segment of it")
	}
	for _, in := range s.Segments {
		segment, ok := roots[in.Segment]
		if !ok {
			return fmt.Errorf("covers segment %q, which the proof does not list", in.Segment)
		}
		node, err := segment.leaf(archive)
		if err != nil {
			return err
		}
		if !leads(node, in.Index, s.Size, in.Path, string(s.Digest)) {
			return fmt.Errorf("does not cover segment %s with the root %s", in.Segment, segment.Root)
		}
	}
	return nil
}

// Covers reports whether the time stamp names a segment.
func (s *ProvedStamp) Covers(segment string) bool {
	for _, in := range s.Segments {
		if in.Segment == segment {
			return true
		}
	}
	return false
}

// leads reports whether a path, as a proof has it, leads from a leaf to a root.
func leads(node leaf, index, size uint64, path []string, root string) bool {
	end, ok := parseRoot(root)
	siblings := make([]leaf, len(path))
	for i, digits := range path {
		var valid bool
		siblings[i], valid = parseLeaf(digits)
		ok = ok && valid
	}
	return ok && included(node, index, size, siblings, end)
}

func hexPath(path []leaf) []string {
	digits := make([]string, len(path))
	for i, l := range path {
		digits[i] = hex.EncodeToString(l[:])
	}
	return digits
}
