// Package folder writes the folder of a dataset. Files are written into a hidden folder
// inside it and get their final names together, at the end: whoever is interrupted
// leaves no half file under its final name. It knows which files belong to a dataset by
// its SHA256SUMS, and never removes others.
package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Sums is the file with the checksums, in the format of sha256sum.
const Sums = "SHA256SUMS"

// stagingPrefix begins the names of the hidden folders.
const stagingPrefix = ".newsmorgue-export-"

// A File is one file of a dataset.
type File struct {
	Name   string // path within the folder, with slashes
	Bytes  int64
	SHA256 string // hexadecimal
	Rows   int64  // of its table; 0 if it has none
	Table  string // "" if it has none
	Split  string
}

// ErrForeign means that the folder has files that are not part of a dataset.
var ErrForeign = errors.New("not an earlier export")

// A Folder is the folder of a dataset that is being written.
type Folder struct {
	dir, staging string
	earlier      []string // files of the dataset that this one replaces
	lock         *os.File // held until Commit or Discard

	mu    sync.Mutex
	files []File
}

// Create begins a dataset in a folder that does not exist, is empty, or has an earlier
// dataset, which Commit replaces and nothing changes before. It returns ErrForeign if
// the folder has other files, and their names, and ErrBusy if another export is writing
// into it. What a killed export left is removed.
func Create(dir string) (*Folder, error) {
	if _, err := Check(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l, err := lock(dir)
	if err != nil {
		return nil, err
	}
	d := &Folder{dir: dir, lock: l}
	d.earlier, err = Check(dir) // again, as another export may just have completed
	if err == nil {
		err = d.removeStaging()
	}
	if err == nil {
		d.staging, err = os.MkdirTemp(dir, stagingPrefix)
	}
	if err != nil {
		return nil, errors.Join(err, unlock(l))
	}
	return d, nil
}

// Check returns the files of the dataset that is in a folder; none if the folder does
// not exist or is empty. It changes nothing.
func Check(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sums, err := ReadSums(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	isDataset := err == nil
	known := map[string]bool{Sums: true}
	for _, s := range sums {
		files = append(files, s.Name)
		top, _, _ := strings.Cut(s.Name, "/")
		known[top] = true
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), stagingPrefix), strings.HasPrefix(e.Name(), "."):
		case !isDataset:
			return nil, fmt.Errorf("%s has files and is %w: %s", dir, ErrForeign, e.Name())
		case !known[e.Name()]:
			return nil, fmt.Errorf("%s has %s, which is not part of the export there: %w", dir, e.Name(), ErrForeign)
		}
	}
	return files, nil
}

// Earlier lists the files of the dataset that this one replaces.
func (d *Folder) Earlier() []string { return d.earlier }

// Temp is a folder for temporary files, on the same disk.
func (d *Folder) Temp(name string) (string, error) {
	dir := filepath.Join(d.staging, ".temp", name)
	return dir, os.MkdirAll(dir, 0o755)
}

// Path is where a file of the dataset is written before Commit, for libraries that open
// files themselves; Add takes it into the dataset afterwards.
func (d *Folder) Path(name string) (string, error) {
	p := filepath.Join(d.staging, filepath.FromSlash(name))
	return p, os.MkdirAll(filepath.Dir(p), 0o755)
}

// Add takes a file into the dataset that was written at its Path.
func (d *Folder) Add(f File) error {
	p, err := d.Path(f.Name)
	if err != nil {
		return err
	}
	in, err := os.Open(p)
	if err != nil {
		return err
	}
	defer in.Close()
	h := sha256.New()
	if f.Bytes, err = io.Copy(h, in); err != nil {
		return err
	}
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	d.add(f)
	return nil
}

func (d *Folder) add(f File) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = append(d.files, f)
}

// Rename gives a file of this dataset another name, before Commit.
func (d *Folder) Rename(from, to string) error {
	old, err := d.Path(from)
	if err != nil {
		return err
	}
	p, err := d.Path(to)
	if err != nil {
		return err
	}
	if err := os.Rename(old, p); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.files {
		if d.files[i].Name == from {
			d.files[i].Name = to
		}
	}
	return nil
}

// Files lists the complete files, sorted by name.
func (d *Folder) Files() []File {
	d.mu.Lock()
	defer d.mu.Unlock()
	files := slices.Clone(d.files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

// A Writer writes one file and computes its checksum.
type Writer struct {
	File // Bytes and SHA256 are set by Close; Rows may be set before
	d    *Folder
	f    *os.File
	h    hash.Hash
}

// Create begins a file.
func (d *Folder) Create(f File) (*Writer, error) {
	p, err := d.Path(f.Name)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	return &Writer{File: f, d: d, f: out, h: sha256.New()}, nil
}

// Write implements io.Writer.
func (w *Writer) Write(b []byte) (int, error) {
	n, err := w.f.Write(b)
	w.h.Write(b[:n])
	w.Bytes += int64(n)
	return n, err
}

// ReadAt reads what was written, for whoever checks it.
func (w *Writer) ReadAt(b []byte, at int64) (int, error) { return w.f.ReadAt(b, at) }

// Close completes the file and takes it into the dataset.
func (w *Writer) Close() error {
	if err := errors.Join(w.f.Sync(), w.f.Close()); err != nil {
		return err
	}
	w.SHA256 = hex.EncodeToString(w.h.Sum(nil))
	w.d.add(w.File)
	return nil
}

// WriteFile writes a small file.
func (d *Folder) WriteFile(name string, data []byte) error {
	w, err := d.Create(File{Name: name})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// Commit writes the checksums, removes the files of the earlier dataset, and gives all
// files their names. SHA256SUMS comes last: a dataset without it is not complete.
func (d *Folder) Commit() error {
	files := d.Files()
	var sums strings.Builder
	for _, f := range files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	if err := d.WriteFile(Sums, []byte(sums.String())); err != nil {
		return err
	}
	if err := d.removeEarlier(); err != nil {
		return err
	}
	for _, f := range append(files, File{Name: Sums}) {
		from, err := d.Path(f.Name)
		if err != nil {
			return err
		}
		to := filepath.Join(d.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	return d.Discard()
}

// removeEarlier removes the files of the dataset that this one replaces, its checksums
// first, and folders that become empty.
func (d *Folder) removeEarlier() error {
	names := append([]string{Sums}, d.earlier...)
	folders := map[string]bool{}
	for _, name := range names {
		if err := os.Remove(filepath.Join(d.dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for p := path.Dir(name); p != "."; p = path.Dir(p) {
			folders[p] = true
		}
	}
	deepest := slices.SortedFunc(keys(folders), func(a, b string) int { return len(b) - len(a) })
	for _, p := range deepest {
		_ = os.Remove(filepath.Join(d.dir, filepath.FromSlash(p))) // stays if it is not empty
	}
	return nil
}

func keys(m map[string]bool) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Discard removes what was not committed. A folder that becomes empty by it goes, too. It
// does nothing after Commit.
func (d *Folder) Discard() error {
	if d.lock == nil {
		return nil
	}
	err := errors.Join(d.removeStaging(), unlock(d.lock))
	d.lock = nil
	// A link to a folder is not the folder, and stays.
	if info, lerr := os.Lstat(d.dir); lerr == nil && info.IsDir() {
		_ = os.Remove(d.dir) // stays if it is not empty
	}
	return err
}

// removeStaging removes the hidden folders of this export and of killed ones.
func (d *Folder) removeStaging() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagingPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(d.dir, e.Name())))
		}
	}
	return err
}
