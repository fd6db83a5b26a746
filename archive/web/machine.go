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
	Bytes int64        `json:"bytes"`     // of the archive on disk
	Free  int64        `json:"disk_free"` // bytes on its disk
	Sites []SiteStatus `json:"sites"`
}

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
	Next     time.Time `json:"next,omitzero"` // turn of its schedule

	LastRun    time.Time `json:"last_run,omitzero"`
	LastStatus string    `json:"last_status,omitempty"`
	Problems   []Problem `json:"problems,omitempty"` // why URLs could not be fetched, the most frequent first
}

// A Problem is a reason for which URLs could not be fetched.
type Problem struct {
	Reason  string `json:"reason"`
	URLs    int    `json:"urls"`
	Example string `json:"example,omitempty"`
}
