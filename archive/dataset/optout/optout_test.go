package optout

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var at = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestRobots(t *testing.T) {
	for value, want := range map[string]string{
		"":                                   "",
		"index, follow":                      "",
		"all":                                "",
		"noindex":                            "noindex",
		"NOINDEX,NOARCHIVE":                  "noindex, noarchive",
		" NoArchive , nofollow":              "nofollow, noarchive",
		"none":                               "noindex, nofollow",
		"noai, noimageai":                    "noai, noimageai",
		"noml":                               "noai",
		"nocache":                            "noarchive",
		"noindex nofollow":                   "noindex, nofollow",
		"noindex;noai":                       "noindex, noai",
		"max-snippet:0":                      "nosnippet",
		"max-snippet: 0, max-image-preview:": "nosnippet",
		"max-snippet:-1, max-image-preview:large, max-video-preview:-1": "",
		"max-snippet:50":                  "",
		"max-image-preview:none":          "",
		"noimageindex":                    "noimageindex",
		"xnoindex, noindexed":             "",
		"googlebot: noarchive":            "",
		"googlebot: noarchive, nosnippet": "",
		"noai, googlebot: noarchive":      "noai",
		"googlebot: noindex, *: noai":     "noai",
		"newsmorgue: noarchive":           "noarchive",
		"bingbot: noindex, Newsmorgue: noai, googlebot: nosnippet":        "noai",
		"googlebot: max-snippet:0":                                        "",
		"newsmorgue: max-snippet:0, noai":                                 "nosnippet, noai",
		"unavailable_after: 2026-04-30":                                   "unavailable_after",
		"unavailable_after: 2026-05-02":                                   "",
		"unavailable_after: Thursday, 25 Jun 2020 15:00:00 PST, noai":     "noai, unavailable_after",
		"unavailable_after: 25 Jun 2030 15:00:00 PST, noai":               "noai",
		"unavailable_after: 01 May 2026 05:30:00 PDT":                     "", // 12:30 UTC
		"unavailable_after: 01 May 2026 04:30:00 PDT":                     "unavailable_after",
		"unavailable_after: Mon, 02 Jan 2023 10:00:00 GMT":                "unavailable_after",
		"unavailable_after:2020-01-01T10:00:00+02:00,noindex":             "noindex, unavailable_after",
		"unavailable_after: Wednesday, 01-Jan-20 10:00:00 GMT, noarchive": "noarchive, unavailable_after",
		"unavailable_after: some day":                                     "",
		"unavailable_after:":                                              "",
		"googlebot: unavailable_after: 2020-01-01":                        "",
		"newsmorgue: unavailable_after: 2020-01-01":                       "unavailable_after",
		"noai: true, noarchive":                                           "noarchive, noai",
		"::::":                                                            "",
		",,,:,noai":                                                       "",
		strings.Repeat("a", maxValue+9):                                   "",
	} {
		if got := Robots(value, at).String(); got != want {
			t.Errorf("%.80q: got %q, want %q", value, got, want)
		}
	}
	if got := Robots("unavailable_after: 2020-01-01", time.Time{}); got != 0 {
		t.Errorf("without a time: got %v", got)
	}
}

func TestOf(t *testing.T) {
	for _, test := range []struct {
		rights             *article.Rights
		want               string
		reserves, pictures bool
	}{
		{nil, "", false, false},
		{&article.Rights{License: "https://creativecommons.org/licenses/by/4.0/"}, "", false, false},
		{&article.Rights{MetaRobots: "noindex"}, "noindex", true, true},
		{&article.Rights{XRobotsTag: "noarchive"}, "noarchive", true, true},
		{&article.Rights{MetaRobots: "nosnippet"}, "nosnippet", true, true},
		{&article.Rights{MetaRobots: "nofollow"}, "nofollow", false, false},
		{&article.Rights{MetaRobots: "noimageai"}, "noimageai", false, true},
		{&article.Rights{MetaRobots: "noimageindex"}, "noimageindex", false, true},
		{&article.Rights{TDMReservation: "1"}, "tdm", true, true},
		{&article.Rights{TDMReservation: " 1 "}, "tdm", true, true},
		{&article.Rights{TDMReservation: "0, 1"}, "tdm", true, true},
		{&article.Rights{TDMReservation: "0"}, "", false, false},
		{&article.Rights{TDMReservation: "10"}, "", false, false},
		{&article.Rights{MetaRobots: "noai", XRobotsTag: "unavailable_after: 2020-01-01", TDMReservation: "1"}, "noai, tdm, unavailable_after", true, true},
	} {
		got := Of(test.rights, at)
		if got.String() != test.want || got.Reserves() != test.reserves || got.ReservesImages() != test.pictures {
			t.Errorf("%+v: got %q, %v, %v", test.rights, got, got.Reserves(), got.ReservesImages())
		}
	}
}

func TestHeader(t *testing.T) {
	got := Header(map[string][]string{
		"X-Robots-Tag":    {"googlebot: noindex", "noai"},
		"tdm-reservation": {"0"},
		"Content-Signal":  {"search=yes, ai-train=no"},
		"Content-Usage":   {"search=n"},
		"Content-Type":    {"noindex"},
	}, at)
	if got.String() != "noai, ai-train=no, search=no" {
		t.Errorf("got %q", got)
	}
}

func TestRobotsTxt(t *testing.T) {
	for _, test := range []struct{ txt, path, want string }{
		{"", "/", ""},
		{"User-agent: *\nAllow: /", "/", ""},
		{"User-Agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /", "/", "ai-train=no"},
		{"user-agent: *\r\ncontent-signal: search=no, ai-input=no, ai-train=no # all\r\n", "/", "ai-train=no, ai-input=no, search=no"},
		{"\ufeffContent-Signal: ai-input=no\nUser-agent: *\nDisallow:", "/", "ai-input=no"},
		{"User-agent: GPTBot\nContent-Signal: ai-train=no\n\nUser-agent: *\nAllow: /", "/", ""},
		{"User-agent: GPTBot\nUser-agent: *\nContent-Signal: ai-train=no", "/", "ai-train=no"},
		{"User-agent: *\nUser-agent: GPTBot\nContent-Signal: ai-train=no", "/", "ai-train=no"},
		{"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: newsmorgue\nContent-Signal: search=no", "/", "search=no"},
		{"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: newsmorgue/1.0\nAllow: /", "/", ""},
		{"User-agent: *\nContent-Signal: /premium/ ai-train=no", "/a", ""},
		{"User-agent: *\nContent-Signal: /premium/* ai-train=no", "/premium/a", "ai-train=no"},
		{"User-agent: *\nContent-Usage: train-ai=n", "/", "ai-train=no"},
		{"User-agent: *\nContent-Signal: ai-train=yes", "/", ""},
		{"User-agent: *\nContent-Signal: ai-train", "/", ""},
	} {
		if got := RobotsTxt(test.txt, test.path).String(); got != test.want {
			t.Errorf("%q for %s: got %q, want %q", test.txt, test.path, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	for i, name := range names {
		got, ok := Named(name)
		if !ok || got != 1<<i || got.String() != name || !got.Has(got) || Set(0).Has(got) {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
	if NoSearch.String() != names[len(names)-1] {
		t.Error("the names are not in the order of the constants")
	}
	if _, ok := Named("nothing"); ok {
		t.Error(`"nothing" is a reservation`)
	}
}

func ExampleOf() {
	rights := &article.Rights{MetaRobots: "index, noarchive", XRobotsTag: "googlebot: noindex", TDMReservation: "1"}
	s := Of(rights, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	fmt.Println(s, s.Reserves())
	// Output: noarchive, tdm true
}

// FuzzRobots: nothing panics, and a set prints as names that are read again.
func FuzzRobots(f *testing.F) {
	for _, s := range []string{"noindex, googlebot: noarchive", "unavailable_after: Friday, 25 Jun 2010 15:00:00 PST, noai", "User-agent: *\nContent-Signal: search=no", "a:b:c:0,::,max-snippet:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		set := Robots(s, at) | Signal(s) | tdm(s) | RobotsTxt(s, s)
		var again Set
		for _, n := range set.Names() {
			r, ok := Named(n)
			if !ok {
				t.Fatalf("%q is unknown", n)
			}
			again |= r
		}
		if again != set {
			t.Errorf("%q: got %v, again %v", s, set, again)
		}
		if Robots("noai, "+s, at)&NoAI == 0 {
			t.Errorf("%q hides the directive before it", s)
		}
	})
}
