package dates

import (
	"strconv"
	"time"
)

// A partialDate is a date as it is written in a text: a day, with a time of day and
// a UTC offset if those are written too.
type partialDate struct {
	year, month, day     int
	hour, minute, second int
	clock                precision
	offset               string // "Z" or "+01:00"; "" if none is written
	ambiguous            bool   // day and month could be swapped, as in 3/4/2026
	hijri                bool   // by the calendar of the Hijra, which may be a day off
	start, end           int    // bytes of the text
}

// A precision is how much of the time of day a date gives.
type precision uint8

const (
	toDay precision = iota
	toMinute
	toSecond
)

// String gives the date in RFC 3339, as precise as it is written: "2026-11-23",
// "2026-11-23T10:00", or with seconds and the offset.
func (d partialDate) String() string {
	if d.year == 0 {
		return ""
	}
	b := make([]byte, 0, 32)
	two := func(sign byte, n int) { b = append(b, sign, byte('0'+n/10), byte('0'+n%10)) }
	b = strconv.AppendInt(b, int64(d.year), 10)
	two('-', d.month)
	two('-', d.day)
	if d.clock >= toMinute {
		two('T', d.hour)
		two(':', d.minute)
		if d.clock == toSecond || d.offset != "" {
			two(':', d.second)
		}
		b = append(b, d.offset...)
	}
	return string(b)
}

// midnight is when the day begins in UTC.
func (d partialDate) midnight() time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}

// days counts days since 1970, so that dates can be compared.
func (d partialDate) days() int { return int(d.midnight().Unix() / 86400) }

// minutes gives the local time in minutes since 1970, and the offset in minutes.
func (d partialDate) minutes() (local, offset int) {
	if len(d.offset) == len("+01:00") {
		offset = (int(d.offset[1]-'0')*10+int(d.offset[2]-'0'))*60 + int(d.offset[4]-'0')*10 + int(d.offset[5]-'0')
		if d.offset[0] == '-' {
			offset = -offset
		}
	}
	return d.days()*1440 + d.hour*60 + d.minute, offset
}

// swapped is the date with day and month exchanged.
func (d partialDate) swapped() partialDate {
	d.month, d.day = d.day, d.month
	return d
}

// inUTC reports whether the date has a time in UTC.
func (d partialDate) inUTC() bool {
	return d.clock >= toMinute && (d.offset == "Z" || d.offset == "+00:00")
}

// hasTime reports whether the date tells the time of day. Programs write a day as
// its midnight.
func (d partialDate) hasTime() bool {
	return d.clock >= toMinute && (d.hour != 0 || d.minute != 0 || d.second != 0)
}

// valid reports whether there is such a day in the Gregorian calendar.
func (d partialDate) valid() bool {
	if d.year < 1900 || d.year > 2100 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 {
		return false
	}
	return d.day <= 28 || d.midnight().Day() == d.day
}

// before reports whether a is before b, as far as both tell.
func before(a, b partialDate) bool {
	if !a.hasTime() || !b.hasTime() || (a.offset == "") != (b.offset == "") {
		return a.days() < b.days()
	}
	at, aOffset := a.minutes()
	bt, bOffset := b.minutes()
	return at-aOffset < bt-bOffset
}

// sameMinute reports whether two dates with a time are of the same minute, in one
// time zone or in two.
func (d *partialDate) sameMinute(o partialDate) bool {
	if d.clock == toDay || o.clock == toDay {
		return false
	}
	at, aOffset := d.minutes()
	bt, bOffset := o.minutes()
	if (d.offset == "") != (o.offset == "") {
		return at == bt || isOffset(at-bt)
	}
	return at-aOffset == bt-bOffset
}

// formatOffset writes an offset in minutes as "+01:00".
func formatOffset(minutes int) string {
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	h, m := minutes/60, minutes%60
	return string([]byte{sign, byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)})
}
