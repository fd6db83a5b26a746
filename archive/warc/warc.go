// Package warc reads and writes WARC files (ISO 28500, versions 1.0 and 1.1), plain,
// compressed with gzip, or with zstd; and reads ARC files, WARC's predecessor. Records
// become records of an archive and come back as the same bytes. The package opens no
// files and does not judge what records contain.
package warc

import (
	"errors"

	"github.com/newsmorgue/newsmorgue/archive"
)

// An Entry is what a Reader found at one place of a file: a record, or bytes that are
// not one.
type Entry struct {
	// Record is nil if the bytes are not a record: Notes say why. It is complete with
	// its digests, as FORMAT.md requires it, and can be appended to an archive; unless
	// TooLarge is set: then it has fields but no block.
	Record   *archive.Record
	TooLarge bool
	// Offset is where the record begins in the file, and Length how many bytes of the
	// file it has: a gzip member, one or more zstd frames, or the record itself in a
	// plain file. Both are -1 for a record that shares its member with others.
	Offset, Length int64
	Notes          []Note
}

// A Note is something unusual about an entry. It was read nevertheless, as What says.
type Note struct {
	Kind Kind
	What string
}

// A Kind is the kind of a Note.
type Kind string

// The kinds of notes.
const (
	// What is not a record, or only a part of one.
	KindGarbage  Kind = "garbage"   // bytes between records
	KindDamaged  Kind = "damaged"   // a gzip member or zstd frame that does not decode
	KindCut      Kind = "cut"       // the block is shorter than declared; what is there is kept
	KindLength   Kind = "length"    // Content-Length is missing or not a number
	KindTooLarge Kind = "too-large" // the block is larger than ReaderOptions.MaxBlock and was skipped

	// Records that are complete.
	KindBlockDigest   Kind = "block-digest"   // it is not that of the block
	KindPayloadDigest Kind = "payload-digest" // it is not that of the payload
	KindVersion       Kind = "version"        // neither WARC/1.0 nor WARC/1.1
	KindLineEnds      Kind = "line-ends"      // lines of the header do not end with CRLF
	KindHeader        Kind = "header"         // lines of the header that are not fields, or a folded one
	KindRecordEnd     Kind = "record-end"     // not CRLF CRLF
	KindField         Kind = "field"          // a field is missing, or was put into its usual form
	KindHTTPHead      Kind = "http-head"      // the block does not begin with the head of an HTTP message
)

// HasKind reports whether the entry has a note of a kind.
func (e *Entry) HasKind(k Kind) bool {
	for _, n := range e.Notes {
		if n.Kind == k {
			return true
		}
	}
	return false
}

// ReaderOptions are the options of a Reader. The zero value is valid.
type ReaderOptions struct {
	// MaxBlock is the size of the largest block that is read, in bytes: 40 MiB if zero, so
	// that any block fits into a line of a journal. Larger ones are skipped, and reported
	// with their header.
	MaxBlock int64
	// Dictionary is the zstd dictionary of a file of which only a part is read, without
	// its dictionary frame.
	Dictionary []byte
	// Offset is where the first byte is in the file, so that the offsets of entries are
	// right for one that is read from the middle.
	Offset int64
}

const (
	defaultMaxBlock = 40 << 20
	maxHeader       = 1 << 20  // bytes of a WARC header; the longest seen have 10 KB of JSON
	maxFields       = 2000     // lines of a WARC header
	maxDictionary   = 8 << 20  // bytes of a zstd dictionary
	maxWindow       = 32 << 20 // bytes of a zstd window; the format advises 8 MiB
	// A member that inflates to bombSize bytes more than a block may have, and to bombRatio
	// times its own size, is not read to its end. A video inflates to its own size, a long
	// log to 20 times.
	bombSize  = 16 << 20
	bombRatio = 200
)

// ErrInvalid is wrapped by the errors of records that a WARC file cannot have.
var ErrInvalid = errors.New("not a valid WARC record")
