package main

import (
	"context"
	"errors"
	"io"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
)

// warcOf writes records for the viewer as newsmorgue export --format warc does.
func warcOf(ar *archive.Archive, c *catalog.Catalog) func(context.Context, io.Writer, []string) error {
	return func(ctx context.Context, w io.Writer, ids []string) error {
		_, err := exchange.Records(ctx, ar, c, w, ids, exchange.Options{Software: software(), Workers: 1})
		if errors.Is(err, exchange.ErrNothing) {
			return refusal{errors.New("none of these records can be written: they are suppressed, erased or damaged, or speak of the archive itself")}
		}
		return err
	}
}
