package dates

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A dateStyle is how dates are written where a text is from.
type dateStyle struct {
	monthFirst bool   // 3/4/2026 is the fourth of March
	lang       string // two letters
	india      bool   // IST is India's time
	america    bool   // CST is Chicago's time
	minguo     bool   // years of three digits are Taiwan's
	exact      bool   // the text is meant for machines: 20260403 and Unix times are dates
}

// americanDomains are top-level domains under which English without a country is
// mostly American.
var americanDomains = []string{".com", ".org", ".net", ".us", ".gov", ".edu"}

// indian are languages of India.
var indian = text.Set("hi bn ta te mr gu kn ml pa or as")

// styleOf gives the style of a page's dates. Only American English puts the month first.
func styleOf(p *doc.Page) dateStyle {
	tag := strings.ToLower(strings.ReplaceAll(p.Lang, "_", "-"))
	host := ""
	if p.Input.URL != nil {
		host = p.Input.URL.Hostname()
	}
	s := dateStyle{india: strings.HasSuffix(tag, "-in") || strings.HasSuffix(host, ".in")}
	s.lang, _, _ = strings.Cut(tag, "-")
	s.india = s.india || indian[s.lang]
	s.america = s.lang == "en" || s.lang == ""
	s.minguo = tag == "zh-tw" || tag == "zh-hant" || tag == "zh-hant-tw" || strings.HasSuffix(host, ".tw")
	switch tag {
	case "en-us":
		s.monthFirst = true
	case "en", "":
		for _, domain := range americanDomains {
			s.monthFirst = s.monthFirst || strings.HasSuffix(host, domain)
		}
	}
	return s
}

// Parse reads the first date of a text as newspapers and programs write it, in any
// of their languages. It gives it in RFC 3339, as precise as it is written (see
// [Find]), or "" if there is none. dayFirst says that 3/4/2026 is in April.
func Parse(s string, dayFirst bool) string {
	if len(s) > 200 {
		return ""
	}
	all := dateStyle{monthFirst: !dayFirst, exact: true}.dates(s, 1)
	if len(all) == 0 {
		return ""
	}
	return all[0].String()
}

// dates lists the dates of a text with their times, at most limit.
func (s dateStyle) dates(in string, limit int) []partialDate {
	var store [64]token
	p := tokenize(in, store[:0])
	if s.exact && len(p) == 1 && p[0].digits > 0 {
		if d, ok := digitsDate(p[0]); ok {
			return []partialDate{d}
		}
		return nil
	}
	var all []partialDate
	read := 0 // bytes
	for i := 0; i < len(p) && len(all) < limit; i++ {
		d, next, ok := s.dateAt(p, i)
		if !ok {
			continue
		}
		d.start, d.end = p[i].start, p[next-1].end
		if d.clock == toDay && !s.clockAfter(p, next, &d) {
			s.clockBefore(p, i, read, &d)
		}
		all = append(all, d)
		read = d.end
		i = next - 1
	}
	return all
}

// digitsDate reads 20260403, 20260403101500 and Unix times in seconds or milliseconds.
func digitsDate(t token) (d partialDate, ok bool) {
	const sinceMid90s = 600_000_000 // smaller numbers are no times of pages
	switch n := t.n; t.digits {
	case 8:
		d = partialDate{year: n / 10000, month: n / 100 % 100, day: n % 100}
	case 14:
		d = partialDate{year: n / 1e10, month: n / 1e8 % 100, day: n / 1e6 % 100, hour: n / 1e4 % 100, minute: n / 100 % 100, second: n % 100, clock: toSecond}
	case 13:
		d, ok = unixDate(n/1000), n > sinceMid90s*1000
	case 10:
		d, ok = unixDate(n), n > sinceMid90s
	}
	d.start, d.end = t.start, t.end
	if t.digits == 8 || t.digits == 14 {
		ok = d.hour < 24 && d.minute < 60 && d.second < 60
	}
	return d, ok && d.valid()
}

func unixDate(seconds int) partialDate {
	t := time.Unix(int64(seconds), 0).UTC()
	return partialDate{year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), minute: t.Minute(), second: t.Second(), clock: toSecond, offset: "Z"}
}
