package keep

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// Why turns of a schedule had no run.
const (
	SkippedBusy    = "busy"     // another process crawled the site
	SkippedOverlap = "overlap"  // the run before was still going on
	SkippedKeepOut = "keep-out" // in the keep-out hours
	SkippedDown    = "down"     // nobody followed the schedule
	SkippedSlots   = "slots"    // as many other runs as allowed were going on
	SkippedFailed  = "failed"   // the run could not begin
)

// A Skipped is turns of a site's schedule, one after another, that had no run for the
// same reason.
type Skipped struct {
	Site   string    `json:"site"`
	Reason string    `json:"reason"`
	Turns  int       `json:"turns"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Error  string    `json:"error,omitempty"`
}

// Record writes it into an archive.
func (s Skipped) Record(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog) error {
	s.From, s.Until = s.From.UTC(), s.Until.UTC()
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	rec := archive.NewRecord("metadata", time.Now())
	rec.Set("Content-Type", "application/json; profile=newsmorgue.skipped/1")
	rec.Payload = body
	w, err := ar.NewWriter()
	if err != nil {
		return err
	}
	caps, err := w.Append(ctx, rec)
	if err == nil {
		err = cat.Index(ctx, caps, []*archive.Record{rec})
	}
	return errors.Join(err, w.Close())
}
