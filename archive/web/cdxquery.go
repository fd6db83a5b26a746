package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// Bounds of a question to the index.
const (
	cdxLimit    = 10_000  // lines, unless the question says another number
	cdxMaxLimit = 100_000 // lines
	cdxFilters  = 10
	cdxPattern  = 500 // bytes of a filter
	cdxBlock    = 1000
	cdxPageSize = 5 // blocks, unless the question says another number
)

// cdxFields are the fields of lines, in their order.
var cdxFields = []string{"urlkey", "timestamp", "url", "mime", "status", "digest", "id"}

// cdxAliases are other names of fields, as those of older servers.
var cdxAliases = map[string]string{"original": "url", "mimetype": "mime", "statuscode": "status", "key": "urlkey", "u": "url", "t": "timestamp", "k": "urlkey", "s": "status", "m": "mime"}

func fieldName(name string) string {
	if to, ok := cdxAliases[name]; ok {
		return to
	}
	return name
}

// A cdxQuery is a question to the index of captures, in the dialect of pywb's CDX server.
type cdxQuery struct {
	url, match    string
	key, host     string // SURT keys: of the URL, and of its host alone
	since, until  time.Time
	closest       time.Time
	reverse       bool
	limit         int
	filters       []cdxFilter
	fields        []string // all if nil
	output        string
	collapse      int // digits of the timestamp; 0 if nothing is collapsed
	resolve       bool
	page, perPage int // page is -1 for all
	countPages    bool
}

// parseCDX reads the parameters of a question.
func parseCDX(v url.Values) (*cdxQuery, error) {
	q := &cdxQuery{url: v.Get("url"), match: v.Get("matchType"), output: v.Get("output"), page: -1, reverse: v.Get("sort") == "reverse" || cdxTrue(v.Get("reverse")),
		resolve: cdxTrue(v.Get("resolveRevisits")), countPages: cdxTrue(v.Get("showNumPages"))}
	for _, step := range []func(url.Values) error{q.parseURL, q.parseTimes, q.parseNumbers, q.parseFilters, q.parseOutput} {
		if err := step(v); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func cdxTrue(s string) bool { return s == "true" || s == "1" || s == "on" || s == "yes" }

func (q *cdxQuery) parseURL(url.Values) (err error) {
	if q.url == "" {
		return refuse("the question has no url: /cdx?url=example.org/story, or url=example.org/* for all that begins so")
	}
	if q.match == "" {
		q.match = "exact"
		if rest, ok := strings.CutPrefix(q.url, "*."); ok {
			q.url, q.match = rest, "domain"
		} else if rest, ok := strings.CutSuffix(q.url, "*"); ok {
			q.url, q.match = rest, "prefix"
		}
	}
	if !slices.Contains([]string{"exact", "prefix", "host", "domain"}, q.match) {
		return refuse("matchType is %q; it must be exact, prefix, host or domain", cutText(q.match, 50))
	}
	written := q.url
	if q.url, err = cleanURL(q.url); err != nil {
		return err
	}
	q.key = cdxj.SURT(q.url)
	q.host, _, _ = strings.Cut(q.key, ")")
	if q.match == "prefix" && strings.HasSuffix(written, "/") && !strings.HasSuffix(q.key, "/") {
		q.key += "/" // keys have none at their end, but what the path begins with has
	}
	return nil
}

// matches reports whether a question is for a key.
func (q *cdxQuery) matches(key string) bool {
	switch q.match {
	case "exact":
		return key == q.key
	case "prefix":
		return strings.HasPrefix(key, q.key)
	}
	rest, ok := strings.CutPrefix(key, q.host)
	return ok && (strings.HasPrefix(rest, ")") || q.match == "domain" && strings.HasPrefix(rest, ","))
}

func (q *cdxQuery) parseTimes(v url.Values) (err error) {
	from := v.Get("from")
	if from == "" {
		from = v.Get("from_ts")
	}
	if q.since, err = paddedTime("from", from, "00000101000000"); err != nil {
		return err
	}
	if q.until, err = paddedTime("to", v.Get("to"), "99991231235959"); err != nil {
		return err
	}
	if !q.until.IsZero() {
		q.until = q.until.Add(time.Second - time.Microsecond) // all of the second
	}
	if q.closest, err = paddedTime("closest", v.Get("closest"), "00000101000000"); err != nil {
		return err
	}
	switch sort := v.Get("sort"); {
	case sort == "closest" && q.closest.IsZero():
		return refuse("sort=closest needs closest=, a time of up to 14 digits")
	case !q.closest.IsZero() && q.match != "exact":
		return refuse("closest works for one URL only, with matchType=exact")
	case sort != "" && sort != "closest" && sort != "reverse" && sort != "default":
		return refuse("sort is %q; it must be closest or reverse", cutText(sort, 50))
	}
	return nil
}

// paddedTime reads a time of 4 to 14 digits; what is missing is that of fill.
func paddedTime(name, s, fill string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	wrong := refuse("%s is %q; it must be a time of 4 to 14 digits, such as 2026 or 20261123180000", name, cutText(s, 50))
	if len(s) < 4 || len(s) > 14 || strings.Trim(s, "0123456789") != "" {
		return time.Time{}, wrong
	}
	if len(s) == 5 || len(s) == 7 || len(s) == 9 || len(s) == 11 || len(s) == 13 {
		return time.Time{}, wrong
	}
	full := s + fill[len(s):]
	t, err := cdxj.ParseTimestamp(full)
	if err != nil && len(s) < 8 && fill[0] == '9' { // a month without a 31st
		for day := 30; err != nil && day > 27; day-- {
			t, err = cdxj.ParseTimestamp(full[:6] + strconv.Itoa(day) + full[8:])
		}
	}
	if err != nil {
		return time.Time{}, wrong
	}
	return t, nil
}

func (q *cdxQuery) parseNumbers(v url.Values) (err error) {
	for _, p := range []struct {
		name             string
		into             *int
		usual, low, high int
	}{
		{"limit", &q.limit, cdxLimit, 1, cdxMaxLimit},
		{"collapseTime", &q.collapse, 0, 1, 14},
		{"page", &q.page, -1, 0, 1_000_000},
		{"pageSize", &q.perPage, cdxPageSize, 1, cdxMaxLimit / cdxBlock},
	} {
		*p.into = p.usual
		s := v.Get(p.name)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < p.low || n > p.high {
			return refuse("%s is %q; it must be a number from %d to %d", p.name, cutText(s, 50), p.low, p.high)
		}
		*p.into = n
	}
	if q.page >= 0 && (q.reverse || !q.closest.IsZero()) {
		return refuse("pages are in the order of the index: leave out sort and closest")
	}
	return nil
}

// A cdxFilter selects lines by one field, or by the whole line.
type cdxFilter struct {
	field   string // "" is the whole line
	not     bool
	exact   bool
	text    string
	pattern *regexp.Regexp // nil if text is compared
}

func (q *cdxQuery) parseFilters(v url.Values) error {
	all := v["filter"]
	if len(all) > cdxFilters {
		return refuse("there are %d filters; %d are read", len(all), cdxFilters)
	}
	for _, s := range all {
		f, err := parseFilter(s)
		if err != nil {
			return err
		}
		q.filters = append(q.filters, f)
	}
	return nil
}

// parseFilter reads [!][=|~]FIELD:EXPRESSION.
func parseFilter(s string) (f cdxFilter, err error) {
	if len(s) > cdxPattern {
		return f, refuse("a filter is longer than %s", formatBytes(cdxPattern))
	}
	rest, isPattern := s, false
	rest, f.not = strings.CutPrefix(rest, "!")
	if rest, f.exact = strings.CutPrefix(rest, "="); !f.exact {
		rest, isPattern = strings.CutPrefix(rest, "~")
	}
	if name, expression, ok := strings.Cut(rest, ":"); ok {
		f.field, rest = fieldName(name), expression
		if !slices.Contains(cdxFields, f.field) {
			return f, refuse("filter=%s: the index has no field %q; it has %s", cutText(s, 100), cutText(name, 50), strings.Join(cdxFields, ", "))
		}
	}
	if f.text = rest; isPattern {
		// As Python's re.match, at the beginning. RE2 takes linear time.
		if f.pattern, err = regexp.Compile("^(?:" + rest + ")"); err != nil {
			return f, refuse("filter=%s: %v", cutText(s, 100), err)
		}
	}
	return f, nil
}

func (f *cdxFilter) selects(l *cdxLine) bool {
	value := ""
	if f.field == "" {
		value = l.cdxj(nil)
	} else {
		value = l.get(f.field)
	}
	switch {
	case f.pattern != nil:
		return f.pattern.MatchString(value) != f.not
	case f.exact:
		return (value == f.text) != f.not
	}
	return strings.Contains(value, f.text) != f.not
}

func (q *cdxQuery) parseOutput(v url.Values) error {
	if q.output == "" {
		q.output = "cdxj"
	}
	if !slices.Contains([]string{"cdxj", "json", "text", "link"}, q.output) {
		return refuse("output is %q; it must be cdxj, json, text or link", cutText(q.output, 50))
	}
	fields := v.Get("fl")
	if fields == "" {
		fields = v.Get("fields")
	}
	if fields == "" {
		return nil
	}
	if len(fields) > cdxPattern {
		return refuse("fl is longer than %s", formatBytes(cdxPattern))
	}
	for name := range strings.SplitSeq(fields, ",") {
		if name = fieldName(strings.TrimSpace(name)); name != "" && !slices.Contains(q.fields, name) {
			q.fields = append(q.fields, name)
		}
	}
	return nil
}
