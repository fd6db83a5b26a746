package keep

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// finish writes the run's metadata record, seals, and fills the summary.
func (c *crawl) finish(ctx context.Context, sum *Summary, runID string, k *Keeper, counts scraper.Counts, crawlErr error) error {
	// A run that was stopped still records what it did.
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	sum.Ended = time.Now().UTC()
	sum.Took = sum.Ended.Sub(sum.Started)
	sum.Seconds = float64(sum.Took.Milliseconds()) / 1000
	sum.Kept = k.Counts()
	sum.Asked, sum.Failed, sum.Pages, sum.WireBytes = counts.Asked, counts.Failed, counts.Pages, counts.WireBytes
	sum.PagesAsked, sum.PagesFailed, sum.Waits, sum.CookiePages = counts.PagesAsked, counts.PagesFailed, counts.Waits, counts.CookiePages
	sum.SeedsFailed, sum.HostsGivenUp = counts.SeedsFailed, counts.HostsGivenUp
	sum.Seeds, sum.Missed = counts.Seeds, counts.Reasons
	var err error
	stats, statsErr := c.front.Stats(ctx, c.Name)
	if statsErr == nil {
		sum.Pending, sum.Announced, sum.AnnouncedHad = stats.Pending, stats.Announced, stats.AnnouncedKept
	}
	var coverErr error
	sum.Coverage, coverErr = c.front.Coverage(ctx, c.Name)
	var runsErr error
	sum.NeverAnswered, runsErr = c.neverAnswered(ctx, sum)
	err = errors.Join(err, statsErr, coverErr, runsErr)
	// A run that resumes another may find nothing left but what is not allowed.
	sum.Nothing = counts.Pages == 0 && (sum.Mode != "continue" || stats.Pages == 0) && (counts.Limit != scraper.LimitDay || stats.Pages == 0)
	switch {
	case interrupted:
		sum.Status = StatusInterrupted
		if errors.Is(crawlErr, context.Canceled) {
			crawlErr = nil
		}
	case crawlErr != nil:
		sum.Status = StatusFailed
	case counts.Limit != "":
		sum.Status, sum.Reason = StatusLimited, counts.Limit
	case sum.Nothing:
		sum.Status = StatusNothing
	default:
		sum.Status = StatusComplete
	}
	if endErr := c.recordEnd(ctx, sum, runID); crawlErr == nil {
		// The end of a failed run is recorded if the failure, such as a full disk,
		// still allows it.
		err = errors.Join(err, endErr)
	}
	if crawlErr == nil {
		seal := c.writer.SealIfLarge
		if c.Seal {
			seal = c.writer.Seal
		}
		_, sealErr := seal(ctx)
		// Second names of what was sealed go when the writer closes.
		err = errors.Join(err, sealErr, c.writer.Close())
	}
	sum.DiskBytes = diskBytes(c.Archive) - c.before
	return errors.Join(crawlErr, err)
}

// neverAnswered reports whether neither this run nor an earlier one of the site got an
// answer.
func (c *crawl) neverAnswered(ctx context.Context, sum *Summary) (bool, error) {
	if sum.Responses+sum.Revisits > 0 || sum.Asked == 0 {
		return false, nil
	}
	runs, err := c.cat.Runs(ctx, c.Name, 1000)
	if err != nil {
		return false, err
	}
	for _, r := range runs {
		var earlier Summary
		if len(r.Counts) == 0 {
			continue
		}
		if err := json.Unmarshal(r.Counts, &earlier); err != nil || earlier.Responses+earlier.Revisits > 0 {
			return false, nil // a record that cannot be read proves nothing
		}
	}
	return true, nil
}

func (c *crawl) recordEnd(ctx context.Context, sum *Summary, runID string) error {
	// Paths and sizes of this copy of the archive are not part of the record. The run
	// is what it refers to.
	recorded := *sum
	recorded.Run, recorded.Archive, recorded.DiskBytes = "", "", 0
	body, err := json.Marshal(recorded)
	if err != nil {
		return err
	}
	rec := archive.NewRecord("metadata", sum.Ended)
	rec.Set("WARC-Refers-To", runID)
	rec.Set("WARC-Warcinfo-ID", runID)
	rec.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	rec.Payload = body
	return c.append(ctx, rec)
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// diskBytes is the size of the segments on disk; 0 if it is unknown.
func diskBytes(a *archive.Archive) int64 {
	segs, err := a.Segments()
	if err != nil {
		return 0
	}
	var n int64
	for _, s := range segs {
		if s.Local {
			n += s.Bytes
		}
	}
	return n
}
