package mirror

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// folder has what this package keeps in an archive's folder. It costs time if it is
// lost: stored objects are compared with local files again.
const folder = ".store"

const stateFormat = "newsmorgue-store-state"

// A state is what is known about the stored copy of an archive's local files. It is
// a record of what was compared, so that this is not done twice.
type state struct {
	Format   string                   `json:"format"`
	Version  int                      `json:"version"`
	Store    string                   `json:"store"`
	Archive  string                   `json:"archive"`
	Segments map[string]*segmentState `json:"segments"`
	Journals map[string]*journalState `json:"journals"`
}

// A segmentState says which local file of a sealed segment has which stored copy.
type segmentState struct {
	Size   int64  `json:"size"`               // of the local file, when it was compared
	Mod    int64  `json:"mod"`                // its modification time, in nanoseconds
	ETag   string `json:"etag"`               // of the stored copy
	SHA256 string `json:"sha256,omitempty"`   // of both
	Proved bool   `json:"verified,omitempty"` // the whole stored copy was read and compared
}

// matches reports whether a local file is the one that was compared.
func (s *segmentState) matches(f archive.SegmentFile) bool {
	return s != nil && s.Size == f.Size && s.Mod == f.Modified.UnixNano()
}

// A journalState says how much of a local journal is in the stored parts 1 to Parts.
type journalState struct {
	Parts  int       `json:"parts"`
	End    int64     `json:"end"`  // offset in the local journal
	Last   int64     `json:"last"` // offset of the last line before End
	Sum    string    `json:"sum"`  // checksum of that line
	At     time.Time `json:"at"`   // until when everything was stored
	Others bool      `json:"others,omitempty"`
	// Others says that the parts have lines that the local journal does not.
}

func statePath(dir string) string { return filepath.Join(dir, folder, "state.json") }

// loadState reads the state of an archive's folder, or returns an empty one if there is
// none that is of this store and archive.
func loadState(a *archive.Archive, store archive.Store) *state {
	return loadStateOf(a, store.String())
}

func loadStateOf(a *archive.Archive, store string) *state {
	empty := &state{stateFormat, 1, store, a.Info().ID, map[string]*segmentState{}, map[string]*journalState{}}
	body, err := os.ReadFile(statePath(a.Dir()))
	if err != nil {
		return empty
	}
	var s state
	if json.Unmarshal(body, &s) != nil || s.Format != stateFormat || s.Version != 1 || s.Store != empty.Store || s.Archive != empty.Archive {
		return empty
	}
	if s.Segments == nil {
		s.Segments = empty.Segments
	}
	if s.Journals == nil {
		s.Journals = empty.Journals
	}
	for name, j := range s.Journals {
		if j == nil || j.Parts < 0 || j.End < 0 {
			delete(s.Journals, name)
		}
	}
	return &s
}

// save writes the state, atomically. It need not survive a power failure: what it says
// is compared with the store's list and the local files.
func (s *state) save(dir string) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeFile(statePath(dir), append(body, '\n'))
}

// writeFile replaces a file by another one, at once.
func writeFile(path string, body []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), tmpPrefix+"*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(body)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

const tmpPrefix = "tmp-"

// prepare makes the folder of the state, and removes what a crash left there. The caller
// holds the lock of the store.
func prepare(dir string) error {
	path := filepath.Join(dir, folder)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tmpPrefix) {
			if err := os.Remove(filepath.Join(path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove what an earlier process left: %w", err)
			}
		}
	}
	return nil
}

// tempFile creates a temporary file in the archive's folder, so that it can be renamed to
// a place there. The caller closes and removes it.
func tempFile(dir string) (*os.File, error) {
	return os.CreateTemp(filepath.Join(dir, folder), tmpPrefix+"*")
}
