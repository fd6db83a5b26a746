package keep

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// readingSpace is the namespace of the hashes in the IDs of later readings: FORMAT.md.
var readingSpace = uuid.MustParse("6f1d3c0a-52b7-5e1c-9d6e-2b8f4a7c9e10")

// readingID is the ID of a later reading of a capture: the same for the same response,
// extractor and reading before it, so that a reading that is made twice is one record.
// It is greater than the ID of the reading before it, or of the capture if there is
// none, since the greatest ID is the current reading.
func readingID(response, extractor, before string) string {
	id := uuid.NewSHA1(readingSpace, []byte(response+"\n"+extractor))
	first := catalog.SortKey(before)
	for i := len(first) - 1; i >= 0; i-- {
		if first[i]++; first[i] != 0 {
			break
		}
	}
	if first != [6]byte{} {
		copy(id[:], first[:])
	}
	id[6] = id[6]&0x0f | 0x80 // RFC 9562, section 5.8: a layout of our own
	return "<urn:uuid:" + id.String() + ">"
}

// laterReading is the record of a capture's reading by another extractor than that of
// before, the ID of the reading that counts for it; own says that this is a reading of the
// capture itself.
func (k *Keeper) laterReading(a *article.Article, of *archive.Record, before string, own bool) (*archive.Record, error) {
	rec, err := k.conversion(a, of)
	if err != nil {
		return nil, err
	}
	if !own {
		before = of.ID()
	}
	rec.Set("WARC-Record-ID", readingID(of.ID(), a.Extractor, before))
	return rec, nil
}

// articleIn is the article of a conversion record.
func articleIn(rec *archive.Record) (*article.Article, error) {
	a := &article.Article{}
	if err := json.Unmarshal(rec.Payload, a); err != nil {
		return nil, fmt.Errorf("reading of %s: %w: %w", rec.TargetURI(), archive.ErrDamaged, err)
	}
	return a, nil
}
