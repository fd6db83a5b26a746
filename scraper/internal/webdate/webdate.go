// Package webdate reads dates as feeds and sitemaps write them, whatever their standards
// ask for.
package webdate

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms of a date: RFC 3339 and its relatives, RFC 822 and its relatives with the
// day or the month first, and numbers with dots or slashes.
var (
	yearFirst  = regexp.MustCompile(`\b((?:19|20)\d\d)[-/]?([01]?\d)[-/]?([0-3]?\d)(?:\D|$)`)
	dayFirst   = regexp.MustCompile(`(?:^|[^\d:])([0-3]?\d)[\s.,-]*(\pL{3,})[\s.,-]+((?:19|20)?\d\d)(?:[^\d:]|$)`)
	monthFirst = regexp.MustCompile(`(?:^|[^\pL])(\pL{3,})[\s.]+([0-3]?\d)(?:st|nd|rd|th)?(?:,\s*|\s+)(?:[\d:]+\s+(?:(?:[A-Z]{2,4}|[+-]\d{4})\s+)?)?((?:19|20)\d\d)(?:\D|$)`)
	numbers    = regexp.MustCompile(`(?:^|\D)([0-3]?\d)[/-]([0-3]?\d)[/-]((?:19|20)\d\d)(?:\D|$)`)
	withDots   = regexp.MustCompile(`(?:^|\D)([0-3]?\d)\.([01]?\d)\.((?:19|20)\d\d)(?:\D|$)`)
	clock      = regexp.MustCompile(`(?:^|[^\d:])([0-2]?\d):([0-5]?\d)(?::([0-5]?\d)(\.\d{1,9})?)?\s*([aApP]\.?[mM]\b)?`)
	offset     = regexp.MustCompile(`(?:UTC|GMT)?\s*([+-])\s?(\d\d?)(?::?(\d\d))?\b`)
	zoneName   = regexp.MustCompile(`\b[A-Z]{1,4}\b`)
)

// zones are abbreviations and their hours from UTC: those of RFC 822, and others with one
// usual meaning.
var zones = map[string]int{"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "WAT": 1, "CAT": 2, "SAST": 2, "EAT": 3, "HKT": 8, "SGT": 8, "JST": 9, "AEST": 10, "AEDT": 11}

// months are the first three letters of each month, in English and what feeds in other
// languages write.
var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"mär": 3, "mai": 5, "okt": 10, "dez": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "fév": 2, "avr": 4, "aoû": 8, "déc": 12, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "fev": 2, "out": 10, "maj": 5, "mei": 5}

// Parse returns the time that a text gives, with its offset; without one it is in UTC,
// without a time of day at its beginning. It is zero if the text has no date, or one
// like 03/04/2026, in which day and month cannot be distinguished.
func Parse(s string) time.Time {
	if len(s) > 100 || s == "" {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return plausible(t)
	}
	year, month, day := calendar(s)
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}
	}
	var hour, minute, second, nano int
	zone := time.UTC
	if m := clock.FindStringSubmatchIndex(s); m != nil {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		hour, minute, second = number(part(1)), number(part(2)), number(part(3))
		if f, err := strconv.ParseFloat("0"+part(4), 64); err == nil {
			nano = int(f * 1e9)
		}
		if half := strings.ToLower(part(5)); half != "" && hour <= 12 {
			hour %= 12
			if half[0] == 'p' {
				hour += 12
			}
		}
		zone = zoneOf(s[m[1]:])
	}
	t := time.Date(year, month, day, hour, minute, second, nano, zone)
	if t.Day() != day || hour > 24 {
		return time.Time{} // such as 30 February
	}
	return plausible(t)
}

// calendar finds a day in a text; year is 0 if there is none.
func calendar(s string) (year int, month time.Month, day int) {
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return number(m[1]), time.Month(number(m[2])), number(m[3])
	}
	if m := withDots.FindStringSubmatch(s); m != nil {
		return number(m[3]), time.Month(number(m[2])), number(m[1])
	}
	if m := numbers.FindStringSubmatch(s); m != nil {
		switch a, b := number(m[1]), number(m[2]); {
		case a > 12 || a == b:
			return number(m[3]), time.Month(b), a
		case b > 12:
			return number(m[3]), time.Month(a), b
		}
		return 0, 0, 0
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		if month = monthOf(m[2]); month != 0 {
			year = number(m[3])
			if year < 100 { // RFC 822
				year += 2000
			}
			return year, month, number(m[1])
		}
	}
	if m := monthFirst.FindStringSubmatch(s); m != nil {
		return number(m[3]), monthOf(m[1]), number(m[2])
	}
	return 0, 0, 0
}

func monthOf(name string) time.Month {
	letters := []rune(strings.ToLower(name))
	return months[string(letters[:min(3, len(letters))])]
}

// zoneOf reads what follows a time.
func zoneOf(s string) *time.Location {
	if m := offset.FindStringSubmatch(s); m != nil {
		if seconds := number(m[2])*3600 + number(m[3])*60; seconds > 0 && seconds <= 15*3600 {
			if m[1] == "-" {
				seconds = -seconds
			}
			return time.FixedZone("", seconds)
		}
		return time.UTC
	}
	for _, name := range zoneName.FindAllString(s, 3) {
		if hours, ok := zones[name]; ok && hours != 0 {
			return time.FixedZone("", hours*3600)
		}
	}
	return time.UTC
}

// number is a text of digits that a regular expression has matched, or 0.
func number(s string) int {
	n, _ := strconv.Atoi(s) // missing is 0
	return n
}

// plausible drops years that no page is from.
func plausible(t time.Time) time.Time {
	if t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}
	}
	return t
}
