package recipe

import (
	"cmp"
	"fmt"
	"math"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

// What values may be. Names of tables and fields are checked by the package table.
var (
	formats  = []string{"jsonl", "jsonl.zst", "csv", "parquet", "sqlite", "text"}
	versions = []string{"latest", "first", "all"}
	dedupes  = []string{"none", "exact", "near"}
	tiers    = []string{"full", "pointers"}
	redacted = []string{"emails", "phones"}
	kinds    = []string{"article", "live", "gallery", "video", "section", "home", "author", "other", "blocked", "all"}
	// What --partition can write.
	partitioned = []string{"parquet", "jsonl", "jsonl.zst", "csv"}
	splitters   = []string{"hash", "time", "site"}
)

// Bounds of what a recipe may say.
const (
	maxText = 1 << 16 // bytes of a description
	maxLine = 1 << 10 // bytes of other strings
	maxList = 20_000  // elements of a list
)

// Validate checks the values of a recipe: names, numbers, dates, identifiers and what
// excludes each other. It returns an *Error, which suggests the nearest name.
func (r Recipe) Validate() error {
	c := &checker{}
	c.oneOf("format", r.Format, formats)
	c.list("tables", r.Tables)
	c.list("fields", r.Fields)
	if r.Excel && r.Format != "csv" {
		c.fail("excel", "only for format \"csv\"")
	}
	if r.Partition && !slices.Contains(partitioned, cmp.Or(r.Format, formats[0])) {
		c.fail("partition", "only for formats %s", strings.Join(partitioned, ", "))
	}
	if r.Media && r.Rights.Tier == "pointers" {
		c.fail("media", "not with rights.tier \"pointers\", which have no pictures")
	}
	c.filter(r.Filter)
	c.choice(r.Choice)
	c.rights(r.Rights)
	c.dataset(r.Dataset)
	if c.err == nil {
		return nil
	}
	return c.err
}

// A checker keeps the first error.
type checker struct{ err *Error }

func (c *checker) fail(key, format string, args ...any) {
	if c.err == nil {
		c.err = &Error{Key: key, Problem: fmt.Sprintf(format, args...)}
	}
}

func (c *checker) oneOf(key, value string, known []string) {
	if value == "" || slices.Contains(known, value) || c.err != nil {
		return
	}
	c.fail(key, "unknown value %q; known are %s", shown(value), strings.Join(known, ", "))
	c.err.Nearest = words.Nearest(strings.ToLower(value), known, 3)
}

// line checks a string that is printed on one line.
func (c *checker) line(key, value string) {
	c.text(key, value, maxLine)
	if strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == '\u2028' || r == '\u2029' }) >= 0 {
		c.fail(key, "must be one line without control characters")
	}
}

func (c *checker) text(key, value string, most int) {
	switch {
	case len(value) > most:
		c.fail(key, "longer than %d bytes", most)
	case !utf8.ValidString(value):
		c.fail(key, "not UTF-8 text")
	}
}

func (c *checker) list(key string, values []string) {
	if len(values) > maxList {
		c.fail(key, "more than %d elements", maxList)
	}
	for _, v := range values {
		if v == "" {
			c.fail(key, "an element is empty")
		}
		c.line(key, v)
	}
}

func (c *checker) notNegative(key string, n int) {
	if n < 0 {
		c.fail(key, "must not be negative, is %d", n)
	}
}

func (c *checker) filter(f Filter) {
	c.list("filter.sites", f.Sites)
	c.list("filter.sections", f.Sections)
	c.list("filter.authors", f.Authors)
	c.list("filter.languages", f.Languages)
	c.list("filter.kinds", f.Kinds)
	for _, k := range f.Kinds {
		c.oneOf("filter.kinds", k, kinds)
	}
	c.span("filter.", "since", f.Since, "until", f.Until)
	c.span("filter.", "captured-since", f.CapturedSince, "captured-until", f.CapturedUntil)
	c.line("filter.query", f.Query)
	c.notNegative("filter.min-words", f.MinWords)
}

// span checks the two ends of a time.
func (c *checker) span(table, since, from, until, to string) {
	start, _ := c.time(table+since, from)
	_, end := c.time(table+until, to)
	if !start.IsZero() && !end.IsZero() && !start.Before(end) {
		c.fail(table+until, "is before %s", since)
	}
}

func (c *checker) time(key, value string) (start, end time.Time) {
	if value == "" {
		return start, end
	}
	start, end, err := Span(value)
	if err != nil {
		c.fail(key, "%v", err)
	}
	return start, end
}

// Span returns what a time of a recipe covers: an instant (RFC 3339), or a whole day,
// month or year, in UTC. The end is the first instant after it.
func Span(s string) (start, end time.Time, err error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), t.UTC().Add(1), nil
	}
	for _, l := range []struct {
		layout              string
		years, months, days int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.Parse(l.layout, s); err == nil {
			return t, t.AddDate(l.years, l.months, l.days), nil
		}
	}
	return start, end, fmt.Errorf("%q is not a valid time; write 2026, 2026-11, 2026-11-23 or 2026-11-23T18:00:00Z", shown(s))
}

var recordID = regexp.MustCompile(`^(<?urn:uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}>?$`)

func (c *checker) choice(h Choice) {
	c.oneOf("choice.version", h.Version, versions)
	c.oneOf("choice.dedupe", h.Dedupe, dedupes)
	if h.AsOf != "" && !recordID.MatchString(h.AsOf) {
		if _, _, err := Span(h.AsOf); err != nil {
			c.fail("choice.as-of", "%v, or the WARC-Record-ID of a run", err)
		}
	}
	c.notNegative("choice.sample", h.Sample)
	c.notNegative("choice.limit", h.Limit)
	if h.Seed > math.MaxInt64 {
		c.fail("choice.seed", "larger than %d", math.MaxInt64)
	}
	c.split(h.Split)
}

func (c *checker) split(s string) {
	if s == "" {
		return
	}
	by, shares, _ := strings.Cut(s, ":")
	c.oneOf("choice.split", by, splitters)
	parts := strings.FieldsFunc(shares, func(r rune) bool { return r == '/' || r == ',' })
	switch {
	case by == "time":
		last := time.Time{}
		for _, p := range parts {
			start, _ := c.time("choice.split", p)
			if len(p) > len(time.DateOnly) {
				c.fail("choice.split", "%q is not a date; write 2026-06-01, 2026-06 or 2026", shown(p))
			}
			if !start.After(last) {
				c.fail("choice.split", "the dates must be in order")
			}
			last = start
		}
		if len(parts) < 1 || len(parts) > 2 {
			c.fail("choice.split", `write "time:DATE" (train until then, then test) or "time:DATE,DATE" (with validation between)`)
		}
	case len(parts) < 2 || len(parts) > 3:
		c.fail("choice.split", "write the shares of train, validation and test in percent, such as %q", by+":80/10/10")
	default:
		sum := 0
		for _, p := range parts {
			n, err := strconv.Atoi(p)
			if err != nil || n < 0 || n > 100 {
				c.fail("choice.split", "%q is not a percentage", shown(p))
			}
			sum += n
		}
		if sum != 100 {
			c.fail("choice.split", "the shares must add up to 100, and are %d", sum)
		}
	}
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (c *checker) rights(r Rights) {
	c.oneOf("rights.tier", r.Tier, tiers)
	for _, k := range r.Redact {
		if k == "" {
			c.fail("rights.redact", "an element is empty")
		}
		c.oneOf("rights.redact", k, redacted)
	}
	c.list("rights.redact", r.Redact)
	if r.RedactList != "" && !sha256Form.MatchString(r.RedactList) {
		c.fail("rights.redact-list", "must be the SHA-256 of the list: 64 hexadecimal digits in lower case")
	}
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	versionForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$`)
	doiForm     = regexp.MustCompile(`^10\.[0-9]{4,9}(\.[0-9]+)*/[^\s]+$`)
	spdxForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+-]*$`)
)

func (c *checker) dataset(d Dataset) {
	c.line("dataset.title", d.Title)
	c.line("dataset.name", d.Name)
	if d.Name != "" && !nameForm.MatchString(d.Name) {
		c.fail("dataset.name", "%q may only have lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit", shown(d.Name))
	}
	c.text("dataset.description", d.Description, maxText)
	if strings.IndexFunc(d.Description, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) >= 0 {
		c.fail("dataset.description", "has control characters")
	}
	if d.Version != "" && !versionForm.MatchString(d.Version) {
		c.fail("dataset.version", "%q is not of the form MAJOR.MINOR.PATCH, such as \"1.0.0\"", shown(d.Version))
	}
	if d.URL != "" && !isWebURL(d.URL) {
		c.fail("dataset.url", "%q is not a valid http or https URL", shown(d.URL))
	}
	c.line("dataset.doi", d.DOI)
	if d.DOI != "" && !doiForm.MatchString(d.DOI) {
		c.fail("dataset.doi", "%q is not a DOI; write it without a resolver, such as \"10.5281/zenodo.1234567\"", shown(d.DOI))
	}
	c.license(d.License)
	c.line("dataset.contact", d.Contact)
	if d.Contact != "" && !isWebURL(d.Contact) && !isEmail(d.Contact) {
		c.fail("dataset.contact", "%q is neither an e-mail address nor a URL", shown(d.Contact))
	}
	if len(d.Creators) > maxList {
		c.fail("dataset.creators", "more than %d elements", maxList)
	}
	for i, m := range d.Creators {
		c.creator(fmt.Sprintf("dataset.creators[%d]", i), m)
	}
}

func (c *checker) creator(key string, m Creator) {
	if strings.TrimSpace(m.Name) == "" {
		c.fail(key+".name", "is empty")
	}
	c.line(key+".name", m.Name)
	c.line(key+".affiliation", m.Affiliation)
	if m.ORCID != "" && !validORCID(m.ORCID) {
		c.fail(key+".orcid", "%q is not a valid ORCID iD, such as \"0000-0002-1825-0097\"; its last digit is a checksum", shown(m.ORCID))
	}
	if m.Email != "" && !isEmail(m.Email) {
		c.fail(key+".email", "%q is not a valid e-mail address", shown(m.Email))
	}
}

// Licences are those that datasets often have. Others are taken if they have the form
// of an SPDX identifier.
var licences = []string{
	"Apache-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0",
	"CC-BY-SA-4.0", "CC0-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "MIT", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0",
}

func (c *checker) license(s string) {
	c.line("dataset.license", s)
	if s == "" || slices.Contains(licences, s) || isWebURL(s) || c.err != nil {
		return
	}
	likely := ""
	for _, known := range licences {
		if strings.EqualFold(known, strings.ReplaceAll(s, " ", "-")) {
			likely = known
		}
	}
	if likely != "" || !spdxForm.MatchString(s) {
		c.fail("dataset.license", "%q is neither an SPDX identifier nor a URL", shown(s))
		c.err.Nearest = likely
	}
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		len(s) <= maxLine && !strings.ContainsAny(s, " \t\r\n\"<>\\^`{|}") && utf8.ValidString(s)
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && strings.Contains(s[strings.LastIndex(s, "@"):], ".") &&
		!strings.ContainsAny(s, " \"")
}

var orcidForm = regexp.MustCompile(`^([0-9]{4}-){3}[0-9]{3}[0-9X]$`)

// validORCID checks the form of an ORCID iD and its checksum (ISO/IEC 7064, MOD 11-2).
func validORCID(s string) bool {
	if !orcidForm.MatchString(s) {
		return false
	}
	digits := strings.ReplaceAll(s, "-", "")
	total := 0
	for _, d := range digits[:15] {
		total = (total + int(d-'0')) * 2
	}
	check := (12 - total%11) % 11
	return digits[15] == "0123456789X"[check]
}
