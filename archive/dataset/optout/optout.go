// Package optout reads what publishers reserve: robots directives in a page's meta
// elements and in X-Robots-Tag, TDM-Reservation (TDMRep, W3C Community Group report of
// 2024), Content-Signal and Content-Usage. It has no network, disk or clock, and it
// decides nothing about crawling: robots.txt rules for that are scraper/robots.
//
// What a dataset leaves out with --respect-optouts is what Set.Reserves says. None of
// these signals is a licence, and their absence grants nothing: a page without a single
// reservation still belongs to its publisher. Reservations elsewhere (terms of use in
// prose, /.well-known/tdmrep.json, ai.txt, RSL documents) are not read.
package optout

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Set is a set of reservations. Its zero value is empty.
type Set uint16

// The reservations. Names are those that Names and String print.
const (
	NoIndex      Set = 1 << iota // "noindex": not in search results
	NoFollow                     // "nofollow": links are not to be followed
	NoArchive                    // "noarchive", Bing's "nocache": no copy is to be shown
	NoSnippet                    // "nosnippet", "max-snippet:0": no excerpt is to be shown
	NoAI                         // "noai", "noml": not to be used to train models
	NoImageAI                    // "noimageai": the pictures are not to be used so
	NoImageIndex                 // "noimageindex": the pictures are not to be found
	TDM                          // "tdm": TDM-Reservation is 1
	Expired                      // "unavailable_after": not to be shown since a date that has passed
	NoAITrain                    // "ai-train=no" in a Content-Signal, "train-ai=n" in a Content-Usage
	NoAIInput                    // "ai-input=no" in a Content-Signal
	NoSearch                     // "search=no" in a Content-Signal, "search=n" in a Content-Usage
)

// names are in the order of the constants.
var names = [...]string{"noindex", "nofollow", "noarchive", "nosnippet", "noai", "noimageai", "noimageindex", "tdm", "unavailable_after", "ai-train=no", "ai-input=no", "search=no"}

// Has reports whether all of these reservations are in the set.
func (s Set) Has(r Set) bool { return s&r == r }

// Names lists the reservations, always in the same order; nil if there are none.
func (s Set) Names() (list []string) {
	for i, name := range names {
		if s&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// String has the names, joined by ", "; "" if there are none.
func (s Set) String() string { return strings.Join(s.Names(), ", ") }

// Named is the reservation of a name as Names prints it. It is false for other names.
func Named(name string) (Set, bool) {
	for i, n := range names {
		if strings.EqualFold(n, name) {
			return 1 << i, true
		}
	}
	return 0, false
}

// reserved is what Reserves looks for.
const reserved = NoIndex | NoArchive | NoSnippet | NoAI | TDM | Expired | NoAITrain | NoAIInput | NoSearch

// Reserves reports whether a dataset that respects opt-outs leaves the text out.
//
// noarchive, nosnippet and unavailable_after ask that no copy, not even an excerpt, be
// shown: a row is a copy. noai, tdm, ai-train=no and ai-input=no ask that the text not
// be mined or given to a model, which whoever passes a dataset on cannot prevent.
// noindex and search=no ask that others not make the page findable, and a published
// dataset does. nofollow speaks of links, noimageai and noimageindex of pictures: they
// leave the text in.
func (s Set) Reserves() bool { return s&reserved != 0 }

// ReservesImages reports whether a dataset that respects opt-outs leaves the page's
// pictures out. What reserves the text reserves them too.
func (s Set) ReservesImages() bool { return s&(reserved|NoImageAI|NoImageIndex) != 0 }

// maxValue bounds, in bytes, how much is read of one value. Servers limit header lines
// to a few thousand.
const maxValue = 64 << 10

// Of is what an article's page and its response reserve. Directives for another robot
// by name ("googlebot: noarchive") are not for us.
//
// at is the time from which unavailable_after is judged; if it is zero, that does not
// count. For a dataset it is best the time of the archive's newest record, so that the
// same archive gives the same rows and a page whose date has passed since its capture
// is left out.
func Of(r *article.Rights, at time.Time) Set {
	if r == nil {
		return 0
	}
	return Robots(r.MetaRobots, at) | Robots(r.XRobotsTag, at) | tdm(r.TDMReservation)
}

// Header is what the fields of a response reserve. Names may be in any case; each
// value of a repeated field stands for itself. at is as for Of.
func Header(fields map[string][]string, at time.Time) (s Set) {
	for name, values := range fields {
		for _, v := range values {
			switch strings.ToLower(name) {
			case "x-robots-tag":
				s |= Robots(v, at)
			case "tdm-reservation":
				s |= tdm(v)
			case "content-signal", "content-usage":
				s |= Signal(v)
			}
		}
	}
	return s
}

// tdm is what a TDM-Reservation says. Joined values reserve if one does.
func tdm(value string) Set {
	for v := range strings.SplitSeq(value[:min(len(value), maxValue)], ",") {
		if strings.Trim(v, " \t\r\n\"'") == "1" {
			return TDM
		}
	}
	return 0
}
