// Package archive keeps records on disk: WARC's record types and fields as JSON
// lines, in a journal that is flushed before anything is acknowledged and is
// later sealed into an immutable, compressed segment. FORMAT.md is its
// specification. It knows nothing of crawling or of articles.
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

// FormatVersion is the version of FORMAT.md that this package writes.
const FormatVersion = 1

const formatName = "newsmorgue-archive"

// Errors by which callers decide.
var (
	ErrNotArchive  = errors.New("no archive")
	ErrForeign     = errors.New("not a newsmorgue archive")
	ErrNewerFormat = errors.New("archive has a newer format")
	ErrNotFound    = errors.New("no such record")
	ErrDamaged     = errors.New("damaged")
	ErrBusy        = errors.New("busy")
)

// Info is archive.json.
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
	indexes  []*segmentIndex      // of sealed segments, the most recently used last
	journals map[string]*tailScan // how far open journals were read
}

// Create opens the archive in a folder and makes one if the folder is missing
// or empty. A file, or a folder that holds anything else, is ErrForeign.
// software is written into a new archive.json, as "newsmorgue/0.1.0".
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
			err = fmt.Errorf("%s holds %s but no archive.json: %w", dir, foreign, ErrForeign)
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
		return nil, fmt.Errorf("make archive in %s: %w", dir, err)
	}
	return Open(dir)
}

// foreignEntry names something in a folder that a new archive must not move in with.
func foreignEntry(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, e := range entries {
		// A folder of segments without archive.json is what a crash in Create leaves.
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "segments" {
			return e.Name(), nil
		}
	}
	if held, _ := os.ReadDir(filepath.Join(dir, "segments")); len(held) > 0 {
		return "segments/" + held[0].Name(), nil
	}
	return "", err
}

// writeInfo puts archive.json in place; of two processes that do, one wins and
// both use its file.
func writeInfo(dir string, info Info) error {
	body, err := json.Marshal(info)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".archive-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(body, '\n'))
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	path := filepath.Join(dir, "archive.json")
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without hard links.
		if err := os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return system{}.SyncDir(dir)
}

// Open opens an archive to read or to write. It writes nothing, so a read-only
// medium opens. ErrNotArchive where there is none, ErrNewerFormat where this
// package is too old to read it.
func Open(dir string) (*Archive, error) {
	body, err := os.ReadFile(filepath.Join(dir, "archive.json"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return nil, fmt.Errorf("%w in %s", ErrNotArchive, dir)
	}
	if err != nil {
		return nil, err
	}
	var info Info
	if err := json.Unmarshal(body, &info); err != nil || info.Format != formatName || info.Version < 1 {
		return nil, fmt.Errorf("%s: archive.json is not one of newsmorgue's: %w", dir, ErrForeign)
	}
	if info.Version > FormatVersion {
		return nil, fmt.Errorf("%s has format %d, this program knows up to %d: %w", dir, info.Version, FormatVersion, ErrNewerFormat)
	}
	return &Archive{dir: dir, info: info, disk: system{}, journals: map[string]*tailScan{}}, nil
}

// Dir is the archive's folder.
func (a *Archive) Dir() string { return a.dir }

// Info is the archive's archive.json.
func (a *Archive) Info() Info { return a.info }

// Close frees what reading has cached. Writers are closed by themselves.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.indexes, a.journals = nil, map[string]*tailScan{}
	return nil
}

func (a *Archive) segmentsDir() string { return filepath.Join(a.dir, "segments") }
