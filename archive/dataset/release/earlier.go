package release

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
)

// ErrNoDigests means that the folder of an earlier release has no digests.csv.
var ErrNoDigests = errors.New("has no " + Digests + ": only a dataset with it can be compared")

// An Earlier is an earlier release. It reads its digests.csv.
type Earlier struct {
	*os.File
	Name   string // its version, or else the name of its folder
	Recipe recipe.Recipe
	known  bool // whether the recipe could be read
}

// Open opens the earlier release in a folder. It returns ErrNoDigests if there are no
// digests, and an error if they differ from the checksum in SHA256SUMS. If dir is the
// folder that the new release replaces, it has to be open before that is complete.
func Open(dir string) (*Earlier, error) {
	f, err := os.Open(filepath.Join(dir, Digests))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s %w", dir, ErrNoDigests)
	}
	if err != nil {
		return nil, err
	}
	e := &Earlier{File: f, Name: filepath.Base(dir)}
	if abs, err := filepath.Abs(dir); err == nil {
		e.Name = filepath.Base(abs)
	}
	if err := e.check(dir); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if text, err := os.Open(filepath.Join(dir, "recipe.toml")); err == nil {
		// A recipe of another version of the program may have keys that are not known.
		e.Recipe, err = recipe.Parse(text)
		e.known = err == nil
		text.Close()
	}
	if e.Recipe.Dataset.Version != "" {
		e.Name = e.Recipe.Dataset.Version
	}
	return e, nil
}

// check compares the digests with SHA256SUMS, and returns to their start.
func (e *Earlier) check(dir string) error {
	sums, err := folder.ReadSums(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, e); err != nil {
		return err
	}
	for _, s := range sums {
		if s.Name == Digests && s.SHA256 != hex.EncodeToString(h.Sum(nil)) {
			return fmt.Errorf("%s in %s differs from its checksum", Digests, dir)
		}
	}
	_, err = e.Seek(0, io.SeekStart)
	return err
}

// Differs lists the parts of the recipes that differ and so change rows: "fields",
// "filter", "choice", "rights". All articles may count as changed then, although their
// pages did not change. It is empty if the earlier recipe is not known.
func (e *Earlier) Differs(r recipe.Recipe) (parts []string) {
	if !e.known {
		return nil
	}
	for _, p := range []struct {
		name     string
		old, new any
	}{
		{"fields", e.Recipe.Fields, r.Fields}, {"filter", e.Recipe.Filter, r.Filter},
		{"choice", e.Recipe.Choice, r.Choice}, {"rights", e.Recipe.Rights, r.Rights},
	} {
		if !reflect.DeepEqual(p.old, p.new) {
			parts = append(parts, p.name)
		}
	}
	return parts
}
