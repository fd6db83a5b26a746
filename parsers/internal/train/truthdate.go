package main

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// stamp reads a date as precisely as it is written; zoned says that it has an offset.
func stamp(s string) (t time.Time, timed, zoned bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true, true
		}
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true, false
		}
	}
	if len(s) >= len(time.DateOnly) {
		t, _ = time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	}
	return t, false, false
}

// sameDay reports whether a value is of the day of the truth, where that was if the
// truth has a time.
func sameDay(truth, value string) bool {
	t, timed, zoned := stamp(truth)
	v, vTimed, vZoned := stamp(value)
	if timed && zoned && vTimed && vZoned {
		v = v.In(t.Location())
	}
	return !t.IsZero() && t.Format(time.DateOnly) == v.Format(time.DateOnly)
}

func sameMinute(truth, value string) bool {
	t, timed, zoned := stamp(truth)
	v, vTimed, vZoned := stamp(value)
	switch {
	case !timed || !vTimed:
		return false
	case zoned && vZoned:
		return t.Truncate(time.Minute).Equal(v.Truncate(time.Minute))
	}
	const form = "2006-01-02T15:04"
	return t.Format(form) == v.Format(form)
}

// confirmed reports whether another kind of source gives a candidate's day too, if
// there is one that gives any.
func confirmed(c *article.Candidate, all []article.Candidate) (right, known bool) {
	day := func(c *article.Candidate) string { return c.Value[:min(len(c.Value), len(time.DateOnly))] }
	source := func(c *article.Candidate) string {
		name, _, _ := strings.Cut(c.From, ":")
		if name == "text" {
			return "dom"
		}
		return name
	}
	for i := range all {
		if o := &all[i]; o.Field == c.Field && source(o) != source(c) {
			known = true
			right = right || day(o) == day(c)
		}
	}
	return right, known
}
