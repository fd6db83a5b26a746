package dates

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// addressForms are the ways in which dates stand in addresses, the usual ones
// first. Their groups are year, month and day.
var addressForms = []struct {
	form *text.Regexp
	kind kind
}{
	{text.MustCompile(`/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})(?:[/_.-]|$)`), addressDate},
	{text.MustCompile(`(?:^|[/_.-])((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?:[/._-]|$)`), addressDate},
	{text.MustCompile(`/[A-Za-z]{0,3}((?:19|20)\d\d)([01]\d)([0-3]\d)\d{4,14}(?:[/._-]|$)`), addressNumber},
}

// readAddress reads the date in the page's own address. In the address of an
// archive's copy, the first number is the time of the copy.
func (f *finder) readAddress() {
	if f.page.Input.URL == nil {
		return
	}
	path := f.page.Input.URL.Path
	if i := strings.LastIndex(path, "/http"); i >= 0 {
		path = path[i+1:]
	}
	for _, a := range addressForms {
		for _, m := range a.form.FindAllStringSubmatch(path, 4) {
			all := dateStyle{}.dates(m[1]+"-"+m[2]+"-"+m[3], 1)
			if len(all) > 0 && f.add(all[0], claim{from: "url", kind: a.kind}) {
				return
			}
		}
	}
}
