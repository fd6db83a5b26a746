package web

import (
	"net/url"
	"time"
)

// Exports makes datasets in the background. Its methods are quick.
type Exports interface {
	// Formats lists the formats that it makes, the usual one first.
	Formats() []Format
	// Command returns the command line that exports what a search selects, for people to
	// copy. The values are those of the search's address. An error that wraps ErrRefused
	// says why this cannot be exported in this format.
	Command(query url.Values, format string) (string, error)
	// Start begins an export and returns its ID, or queues it behind those that run. An
	// error that the user can correct wraps ErrRefused.
	Start(query url.Values, format string) (id string, err error)
	// Jobs lists the exports, the newest first.
	Jobs() []Job
	// Cancel ends an export; its folder is removed.
	Cancel(id string) error
	// Files returns the folder of an export that is done.
	Files(id string) (dir string, err error)
}

// A Format is one in which datasets are made.
type Format struct {
	Name string `json:"name"`
	For  string `json:"for"` // in words: what it is good for
}

// The states of a job.
const (
	JobQueued   = "queued"
	JobRunning  = "running"
	JobDone     = "done"
	JobFailed   = "failed"
	JobCanceled = "canceled"
)

// A Job is one export.
type Job struct {
	ID      string    `json:"id"`
	Command string    `json:"command"`
	Format  string    `json:"format"`
	Query   string    `json:"query,omitempty"` // of the search's address
	State   string    `json:"state"`
	Error   string    `json:"error,omitempty"`
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended,omitzero"`
	Doing   string    `json:"doing,omitempty"` // the part of the work that is being done
	Done    int       `json:"done"`
	Total   int       `json:"total,omitempty"` // if it is known
	Unit    string    `json:"unit"`            // what these count: "article" or "record"
	Note    string    `json:"note,omitempty"`  // about what was made
	Dir     string    `json:"dir,omitempty"`   // of the files
	Bytes   int64     `json:"bytes,omitempty"`
}

// Running reports whether it can still be canceled.
func (j Job) Running() bool { return j.State == JobRunning || j.State == JobQueued }
