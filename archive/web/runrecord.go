package web

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A runEnd is what the record of a run's end says, of which a page shows a part.
type runEnd struct {
	Mode         string         `json:"mode,omitempty"`
	Scope        string         `json:"scope,omitempty"`
	Reason       string         `json:"reason,omitempty"` // of a limit
	Asked        int            `json:"asked"`
	Failed       int            `json:"failed"`
	Waits        int            `json:"asked_to_wait,omitempty"`
	CookiePages  int            `json:"cookie_pages,omitempty"`
	Pages        int            `json:"pages"`
	Pending      int            `json:"pending,omitempty"`
	SeedsFailed  int            `json:"seeds_failed,omitempty"`
	HostsGivenUp int            `json:"hosts_given_up,omitempty"`
	Seeds        []seedNote     `json:"seeds,omitempty"`
	Never        bool           `json:"never_answered,omitempty"`
	Missed       []reasonCount  `json:"missed,omitempty"`
	WireBytes    int64          `json:"wire_bytes"`
	Responses    int            `json:"responses"`
	Revisits     int            `json:"revisits"`
	Articles     int            `json:"articles"`
	New          int            `json:"new"`
	Changed      int            `json:"changed"`
	Gone         int            `json:"gone,omitempty"`
	Behind       int            `json:"behind_maintenance,omitempty"`
	Reread       int            `json:"reread,omitempty"`
	Blocked      int            `json:"blocked,omitempty"`
	Consent      int            `json:"consent,omitempty"`
	Truncated    map[string]int `json:"truncated,omitempty"`
	Unread       map[string]int `json:"unread,omitempty"`
	Announced    int            `json:"announced,omitempty"`
	Kept         int            `json:"announced_kept,omitempty"`
	Coverage     []coverage     `json:"coverage,omitempty"`
}

// A seedNote is what became of a seed that failed or led elsewhere.
type seedNote struct {
	URL    string `json:"url"`
	Target string `json:"target,omitempty"`
	Reason string `json:"reason"`
	Moved  bool   `json:"moved,omitempty"`
	Asks   bool   `json:"asks,omitempty"`
	Failed bool   `json:"failed,omitempty"`
}

// A reasonCount is why pages were not archived, with one of them.
type reasonCount struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example,omitempty"`
	Record  string `json:"record,omitempty"` // path of the example's newest capture
}

// A coverage is how much of what one source announces is archived.
type coverage struct {
	Source    string        `json:"source"`
	Announced int           `json:"announced"`
	Kept      int           `json:"kept"`
	Articles  int           `json:"articles"`
	Missing   []reasonCount `json:"missing,omitempty"`
}

// A skippedTurns is what the record of turns without a run says.
type skippedTurns struct {
	Reason string    `json:"reason"`
	Turns  int       `json:"turns"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Error  string    `json:"error,omitempty"`
}

// maxRunReasons bounds the lists of a run that a page shows.
const maxRunReasons = 50

// readEnd reads the record of a run's end; nil if it has none that can be read.
func readEnd(r catalog.Run) *runEnd {
	if len(r.Counts) == 0 || r.Status == catalog.StatusSkipped {
		return nil
	}
	var e runEnd
	if json.Unmarshal(r.Counts, &e) != nil {
		return nil
	}
	e.Seeds = e.Seeds[:min(len(e.Seeds), maxRunReasons)]
	e.Missed = e.Missed[:min(len(e.Missed), maxRunReasons)]
	e.Coverage = e.Coverage[:min(len(e.Coverage), maxRunReasons)]
	for i, c := range e.Coverage {
		e.Coverage[i].Missing = slices.Clone(c.Missing[:min(len(c.Missing), maxRunReasons)])
	}
	return &e
}

// readSkipped reads the record of turns without a run; nil if it cannot be read.
func readSkipped(r catalog.Run) *skippedTurns {
	var s skippedTurns
	if r.Status != catalog.StatusSkipped || json.Unmarshal(r.Counts, &s) != nil {
		return nil
	}
	return &s
}

// skipWords say why turns had no run.
var skipWords = map[string]string{
	"busy": "another process crawled the site", "overlap": "the run before was still going on", "keep-out": "keep-out hours",
	"down": "newsmorgue watch was not running", "slots": "too many other runs at that time", "failed": "the run could not begin",
}

// Words says why the turns had no run.
func (s skippedTurns) Words() string {
	if w, ok := skipWords[s.Reason]; ok {
		return w
	}
	return s.Reason
}

// statusWords are the words for how runs ended.
var statusWords = map[string]string{
	"complete": "complete", "nothing": "nothing archived", "limited": "stopped at a limit", "interrupted": "interrupted", "failed": "failed",
	RunKilled: "killed or failed", RunRunning: "running", catalog.StatusSkipped: "no run", "": "no end recorded",
}

// runText is how a run ended, in words.
func runText(status string) string {
	if w, ok := statusWords[status]; ok {
		return w
	}
	return status
}

// isBad reports whether a run that ended so needs a look.
func isBad(status string) bool {
	return status == "failed" || status == RunKilled || status == "nothing"
}
