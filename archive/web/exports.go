package web

import (
	"context"
	"net/url"
	"time"
)

// Exports makes datasets in the background.
type Exports interface {
	// Command returns the command line that exports what a search selects, for people to
	// copy. The values are those of the search's address.
	Command(query url.Values) string
	// Start begins an export and returns its ID. An error that the user can correct wraps
	// ErrRefused.
	Start(query url.Values, format string) (id string, err error)
	// Jobs lists the exports of this server, the newest first.
	Jobs() []Job
	// Cancel ends an export; its folder is removed.
	Cancel(id string) error
	// Files opens the folder of an export that is done.
	Files(ctx context.Context, id string) (dir string, err error)
}

// A Job is one export.
type Job struct {
	ID      string    `json:"id"`
	Command string    `json:"command"`
	Format  string    `json:"format"`
	State   string    `json:"state"` // "running", "done", "failed" or "canceled"
	Error   string    `json:"error,omitempty"`
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended,omitzero"`
	Done    int       `json:"done"`            // articles
	Total   int       `json:"total,omitempty"` // if it is known
	Dir     string    `json:"dir,omitempty"`   // of the files
	Bytes   int64     `json:"bytes,omitempty"`
}
