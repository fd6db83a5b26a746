// Package archive stores records on disk: WARC's record types and fields as JSON
// Lines, in a journal that is flushed before records are acknowledged and is
// later sealed into an immutable, compressed segment. FORMAT.md is its
// specification. It does not depend on how records are crawled or what they contain.
package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// FormatVersion is the version of the format (FORMAT.md) that this package writes.
const FormatVersion = 1

const formatName = "newsmorgue-archive"

// Errors that callers distinguish.
var (
	ErrNotArchive  = errors.New("no archive")
	ErrForeign     = errors.New("not a newsmorgue archive")
	ErrNewerFormat = errors.New("archive has a newer format")
	ErrNotFound    = errors.New("no such record")
	ErrDamaged     = errors.New("damaged")
	ErrBusy        = errors.New("busy")
)

// Info is the content of archive.json.
type Info struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	Software string    `json:"software"`
}

// An Archive is an open archive folder. It is safe for use by many goroutines
// and takes no lock: readers see what writers have made durable.
type Archive struct {
	dir  string
	info Info
	disk disk

	mu       sync.Mutex
	indexes  []*segmentIndex          // of sealed segments, the most recently used last
	journals map[string]*journalCache // what was read of open journals

	stored storedSegments // in the stores that are attached
}

// Create opens the archive in a folder, and creates it if the folder is missing
// or empty. It returns ErrForeign for a file, or a folder with other contents.
// software is written into a new archive.json, for example "newsmorgue/0.1.0".
func Create(dir, software string) (*Archive, error) {
	st, err := os.Stat(dir)
	switch {
	case err == nil && !st.IsDir():
		return nil, fmt.Errorf("%s is a file, not a folder: %w", dir, ErrForeign)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if a, err := Open(dir); !errors.Is(err, ErrNotArchive) {
		return a, err
	}
	if foreign, err := foreignEntry(dir); err != nil || foreign != "" {
		if err == nil {
			err = fmt.Errorf("%s contains %s but no archive.json: %w", dir, foreign, ErrForeign)
		}
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "segments"), 0o755); err != nil {
		return nil, err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, err
	}
	info := Info{Format: formatName, Version: FormatVersion, ID: id.String(), Created: time.Now().UTC().Truncate(time.Second), Software: software}
	if err := writeInfo(dir, info); err != nil {
		return nil, fmt.Errorf("create archive in %s: %w", dir, err)
	}
	return Open(dir)
}

// foreignEntry returns the name of an entry of a folder in which no archive may be
// created, or "".
func foreignEntry(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, e := range entries {
		// A crash in Create leaves an empty folder segments without archive.json.
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "segments" {
			return e.Name(), nil
		}
	}
	if held, _ := os.ReadDir(filepath.Join(dir, "segments")); len(held) > 0 {
		return "segments/" + held[0].Name(), nil
	}
	return "", err
}

// writeInfo writes archive.json. If two processes do so at the same time, one wins
// and both use its file.
func writeInfo(dir string, info Info) error {
	body, err := json.Marshal(info)
	if err != nil {
		return err
	}
	return writeArchiveJSON(dir, append(body, '\n'))
}

func writeArchiveJSON(dir string, body []byte) error {
	tmp, err := os.CreateTemp(dir, ".archive-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(body)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	path := filepath.Join(dir, "archive.json")
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		// The file system has no hard links.
		if err := os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return system{}.SyncDir(dir)
}

// Open opens an archive for reading and writing. It writes nothing itself, so that
// read-only media can be opened. It returns ErrNotArchive if there is no archive,
// and ErrNewerFormat if this package is too old to read it.
func Open(dir string) (*Archive, error) {
	body, err := os.ReadFile(filepath.Join(dir, "archive.json"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return nil, fmt.Errorf("%w in %s", ErrNotArchive, dir)
	}
	if err != nil {
		return nil, err
	}
	info, err := ParseInfo(body, dir)
	if err != nil {
		return nil, err
	}
	return &Archive{dir: dir, info: info, disk: system{}, journals: map[string]*journalCache{}}, nil
}

// Dir returns the archive's folder.
func (a *Archive) Dir() string { return a.dir }

// Info returns the content of the archive's archive.json.
func (a *Archive) Info() Info { return a.info }

// Close frees the memory of caches. It does not close Writers.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.indexes, a.journals = nil, map[string]*journalCache{}
	return nil
}

func (a *Archive) segmentsDir() string { return filepath.Join(a.dir, "segments") }
