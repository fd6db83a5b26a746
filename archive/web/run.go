package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A runData is what the page of a run shows.
type runData struct {
	runRow
	ID       string        `json:"id"`
	Settings []setting     `json:"settings,omitempty"` // as its warcinfo record has them
	Damage   string        `json:"damage,omitempty"`   // why that record cannot be read
	Warnings []string      `json:"warnings,omitempty"`
	Missing  []reasonCount `json:"missing,omitempty"` // announced and not archived
}

// A setting is one field of a warcinfo record.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (s *Server) run(r *http.Request) (*page, error) {
	ctx, id := r.Context(), r.PathValue("id")
	if !uuidForm.MatchString(id) {
		return nil, refuse("%.100q is not the ID of a run", id)
	}
	run, ok, err := s.Catalog.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok || run.Start.IsZero() {
		return nil, fmt.Errorf("%w: a run with the ID %s", errMissing, id)
	}
	status, _, _ := s.status(ctx, firstWait)
	d := &runData{runRow: newRunRow(run, status), ID: bareID(run.ID)}
	rec, err := s.Catalog.Record(ctx, run.ID)
	switch {
	case err == nil:
		d.Settings = settingsOf(rec)
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, archive.ErrDamaged):
		d.Damage = err.Error()
	default:
		return nil, err
	}
	if d.Counts != nil {
		d.Warnings = warningsOf(d.Counts)
		if err := s.addRecords(ctx, d.Counts.Missed); err != nil {
			return nil, err
		}
		for i := range d.Counts.Coverage {
			if err := s.addRecords(ctx, d.Counts.Coverage[i].Missing); err != nil {
				return nil, err
			}
		}
	}
	return &page{Title: "Run of " + d.Site, Section: "/runs", Template: "run", Data: d}, nil
}

// settingNames are the words for fields of warcinfo records.
var settingNames = map[string]string{
	"software": "Software", "operator": "Operator", "http-header-user-agent": "User-Agent", "http-header-from": "From", "robots": "robots.txt",
	"newsmorgue-scope": "Scope", "newsmorgue-mode": "Mode", "newsmorgue-assets": "Assets", "format": "Format", "hostname": "Host", "description": "Description",
}

// settingsOf reads the fields of a warcinfo record.
func settingsOf(rec *archive.Record) (all []setting) {
	for line := range strings.Lines(string(rec.Payload[:min(len(rec.Payload), 64<<10)])) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" || name == "newsmorgue-site" || name == "conformsTo" {
			continue
		}
		if words, ok := settingNames[name]; ok {
			name = words
		}
		if all = append(all, setting{name, value}); len(all) == maxRunReasons {
			break
		}
	}
	return all
}

// warningsOf says what of a run needs a look, in sentences.
func warningsOf(e *runEnd) (all []string) {
	add := func(n int, format string, args ...any) {
		if n > 0 {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	if e.Never {
		all = append(all, "No server of the site has ever answered.")
	}
	add(e.SeedsFailed, "%s could not be fetched.", plural(e.SeedsFailed, "seed"))
	for _, s := range e.Seeds {
		text := s.URL + ": " + s.Reason
		if s.Target != "" {
			text += "; it leads to " + s.Target
		}
		if s.Asks {
			text += ", which seems to ask for consent or a login"
		}
		all = append(all, text+".")
	}
	add(e.HostsGivenUp, "%s did not answer and got no more requests.", plural(e.HostsGivenUp, "host"))
	add(e.Blocked-e.Consent, "A bot wall answered in place of %s.", plural(e.Blocked-e.Consent, "page"))
	add(e.Consent, "A question about cookies answered in place of %s.", plural(e.Consent, "page"))
	add(e.CookiePages, "%s came only with the cookies that the site had set.", plural(e.CookiePages, "page"))
	add(e.Behind, "%s answered with a maintenance page, and will be tried again.", plural(e.Behind, "page"))
	add(e.Waits, "Servers asked to wait %s.", plural(e.Waits, "time"))
	for _, why := range slices.Sorted(maps.Keys(e.Truncated)) {
		add(e.Truncated[why], "%s truncated (%s).", plural(e.Truncated[why], "response"), why)
	}
	for _, why := range slices.Sorted(maps.Keys(e.Unread)) {
		add(e.Unread[why], "%s gave no article: %s.", plural(e.Unread[why], "page"), why)
	}
	return all[:min(len(all), maxRunReasons)]
}

// maxLookups bounds for how many examples of a list the capture is looked up.
const maxLookups = 20

// addRecords adds the newest capture of each example, if there is one.
func (s *Server) addRecords(ctx context.Context, reasons []reasonCount) error {
	for i := range reasons[:min(len(reasons), maxLookups)] {
		if reasons[i].Example == "" {
			continue
		}
		caps, err := s.Catalog.Captured(ctx, reasons[i].Example)
		if err != nil {
			return err
		}
		if n := len(caps); n > 0 {
			reasons[i].Record = "/record/" + bareID(caps[n-1].ID)
		}
	}
	return nil
}

// Web is the address of an example on the live web; none if it is not of http.
func (c reasonCount) Web() string {
	if u, err := url.Parse(c.Example); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return c.Example
	}
	return ""
}

// Share is how much of what a source announces is archived.
func (c coverage) Share() string { return percent(c.Kept, c.Announced) }

// Total is how many pages a run did not archive.
func (e *runEnd) Total() (n int) {
	for _, m := range e.Missed {
		n += m.Count
	}
	return n
}
