package web

import (
	"context"
	"time"
)

// A Machine says what runs on the machine, and what is to run.
type Machine interface {
	// Status returns the state of all sites that are crawled or scheduled, by name.
	Status(ctx context.Context) (*Status, error)
}

// A Status is what happens now.
type Status struct {
	Bytes      int64        `json:"bytes"`     // of the archive on disk
	Free       int64        `json:"disk_free"` // bytes on its disk
	Low        bool         `json:"disk_low"`  // so few that crawls pause
	Repairing  int          `json:"mending_pid,omitempty"`
	Quarantine []string     `json:"quarantine,omitempty"` // what repairs have set aside
	Problem    string       `json:"problem,omitempty"`    // of sites.toml: schedules are not known
	Sites      []SiteStatus `json:"sites"`
}

// What became of a run whose record has no end, besides those that its end has.
const (
	RunRunning = "running"
	RunKilled  = "killed"
)

// A SiteStatus is the state of one site.
type SiteStatus struct {
	Site      string    `json:"site"`
	Running   bool      `json:"running"`
	PID       int       `json:"pid,omitempty"` // of the process that crawls it; 0 if unknown
	Since     time.Time `json:"since,omitzero"`
	Known     int       `json:"known"`                // URLs
	Queued    int       `json:"queued"`               // of these
	PerMinute int       `json:"per_minute,omitempty"` // responses in the last minute
	Waiting   []string  `json:"waiting,omitempty"`    // what the crawl waits for, in words

	Schedule string    `json:"schedule,omitempty"` // such as "every 6h"
	Paused   bool      `json:"paused,omitempty"`
	Next     time.Time `json:"next,omitzero"`     // turn of its schedule
	Overdue  bool      `json:"overdue,omitempty"` // several turns had no run
	Skipped  int       `json:"skipped,omitempty"` // turns since the last run that had none
	// SkippedReason is why the newest of these had none, in words.
	SkippedReason string `json:"skipped_reason,omitempty"`

	LastID     string    `json:"last_id,omitempty"` // of the record of its start
	LastRun    time.Time `json:"last_run,omitzero"`
	LastStatus string    `json:"last_status,omitempty"` // RunRunning, RunKilled, or as the run recorded it
	LastResult string    `json:"last_result,omitempty"` // in words
	Problems   []Problem `json:"problems,omitempty"`    // why URLs could not be fetched, the most frequent first
}

// A Problem is a reason for which URLs could not be fetched.
type Problem struct {
	Reason  string `json:"reason"`
	URLs    int    `json:"urls"`
	Example string `json:"example,omitempty"`
}
