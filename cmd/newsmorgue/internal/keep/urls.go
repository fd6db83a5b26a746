package keep

import (
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Spelling is the one spelling under which crawls fetch and record a URL; raw itself
// if it is not an http or https URL. Records that were imported, or made by earlier
// versions, may have others.
func Spelling(raw string) string {
	u, err := weburl.Parse(raw)
	if err != nil {
		return raw
	}
	n, _ := scraper.Normalize(u) // a trap has a spelling, too
	if n == nil {
		return raw
	}
	return n.String()
}
