package keep

import (
	"context"
	"hash/maphash"
	"strings"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// recordIDs are the IDs of all records of an archive, and what tells two records with
// one ID apart: some twelve bytes a record. The seed is random, so that no file can be
// made to look known. It is not safe for concurrent use, but for addCapture.
type recordIDs struct {
	seed     maphash.Seed
	all      map[uint64]uint32
	fresh    map[uint64]bool // read by this import
	captures map[uint64]bool // captures of this import: URL, time and payload
}

// anyRecord is the check of an ID that stands for whatever has it: an erased record.
const anyRecord = 0

// knownRecords reads the IDs of an archive from the indexes of its segments. Requests
// are in no other index.
func knownRecords(ctx context.Context, ar *archive.Archive) (*recordIDs, error) {
	ids := &recordIDs{seed: maphash.MakeSeed(), all: map[uint64]uint32{}, fresh: map[uint64]bool{}, captures: map[uint64]bool{}}
	segs, err := ar.Segments()
	if err != nil {
		return nil, err
	}
	for _, s := range segs {
		for c, err := range ar.Captures(ctx, s.Name) {
			if err != nil {
				break // verify reports it
			}
			check := ids.check(c)
			if strings.Contains(c.ContentType, "newsmorgue.tombstone/") {
				check = anyRecord
			}
			ids.all[ids.key(c.ID)] = check
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// key is the hash of a record ID.
func (ids *recordIDs) key(id string) uint64 {
	return maphash.String(ids.seed, id)
}

// usualIDs writes the UUIDs of a record, and of those that it refers to, in lower case, so
// that they are found whichever way a program wrote them.
func usualIDs(rec *archive.Record) {
	for i, f := range rec.Fields {
		switch f.Name {
		case "WARC-Record-ID", "WARC-Refers-To", "WARC-Concurrent-To", "WARC-Warcinfo-ID", "WARC-Segment-Origin-ID":
		default:
			continue
		}
		id := strings.TrimSuffix(strings.TrimPrefix(f.Value, "<"), ">")
		if len(id) != 45 || !strings.EqualFold(id[:9], "urn:uuid:") || uuid.Validate(id[9:]) != nil {
			continue
		}
		if usual := "<" + strings.ToLower(id) + ">"; usual != f.Value {
			keepHead(rec)
			rec.Fields[i].Value = usual
		}
	}
}

func (ids *recordIDs) check(c archive.Capture) uint32 {
	var h maphash.Hash
	h.SetSeed(ids.seed)
	h.WriteString(c.Type)
	h.WriteByte(0)
	h.WriteString(c.URL)
	h.WriteByte(0)
	h.WriteString(string(c.Digest))
	h.WriteByte(0)
	h.WriteString(archive.FormatDate(c.Time))
	return uint32(h.Sum64()) | 1
}

// has reports whether the archive has a record with this ID, and isFresh whether this
// import has read it.
func (ids *recordIDs) has(id string) (known, isFresh bool) {
	key := ids.key(id)
	_, known = ids.all[key]
	return known, ids.fresh[key]
}

// add reports whether a record is new, and notes it. One that has the ID of another
// record, as some tools write by mistake, gets an ID of its own.
func (ids *recordIDs) add(rec *archive.Record) (isNew, renamed bool) {
	c := captureOf(rec)
	c.Digest = archive.Digest(rec.Get("WARC-Payload-Digest"))
	check := ids.check(c)
	for range 2 {
		key := ids.key(rec.ID())
		had, ok := ids.all[key]
		if !ok {
			ids.all[key], ids.fresh[key] = check, true
			return true, renamed
		}
		if had == check || had == anyRecord {
			return false, renamed
		}
		keepHead(rec)
		id := uuid.NewSHA1(importSpace, []byte(rec.ID()+"\n"+rec.Get("WARC-Block-Digest")))
		rec.Set("WARC-Record-ID", "<urn:uuid:"+id.String()+">")
		renamed = true
	}
	return false, renamed
}

// importSpace is the namespace of IDs that imports make: FORMAT.md.
var importSpace = uuid.MustParse("c3f1c6de-0b0f-5d0c-9a35-7f6f6d0f5a41")

// addCapture reports whether a capture is new to this import by its URL, time and
// payload, and notes it.
func (ids *recordIDs) addCapture(rec *archive.Record) bool {
	digest := rec.Get("WARC-Payload-Digest")
	if digest == "" || rec.Type() == "revisit" {
		digest = rec.Get("WARC-Block-Digest")
	}
	key := maphash.String(ids.seed, rec.Type()+"\n"+rec.TargetURI()+"\n"+rec.Get("WARC-Date")+"\n"+digest)
	if ids.captures[key] {
		return false
	}
	ids.captures[key] = true
	return true
}

// keepHead gives a record the header that it has as a WARC file, before a field is
// changed, so that it is written to a file as it came.
func keepHead(rec *archive.Record) {
	if len(rec.Head) > 0 || rec.Get("Newsmorgue-Cut") != "" || rec.Get("Newsmorgue-ARC") != "" {
		return
	}
	head, err := warc.Header(rec)
	if err != nil {
		return // its fields stay as they are, besides the new one
	}
	rec.Head = append(head, "\r\n\r\n"...)
}
