package dirstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
)

// maxDepth bounds the folders within folders that List enters. A name has at most so
// many parts.
const maxDepth = 256

// List implements archive.Store.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		fail := func(err error) {
			yield(archive.Object{}, fmt.Errorf("list %q: %w", prefix, denied(err)))
		}
		root, err := s.root(ctx, false)
		if err != nil {
			fail(err)
			return
		}
		defer root.Close()
		// Only the folder that all names with the prefix are in is read.
		dir := "."
		if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
			dir = prefix[:i]
			if checkName(dir) != nil {
				return // no object has such a name
			}
		}
		l := lister{ctx: ctx, root: root, prefix: prefix, yield: yield}
		if err := l.walk(dir, 0); err != nil && !errors.Is(err, errStopped) {
			fail(err)
		}
	}
}

var errStopped = errors.New("the caller has seen enough")

type lister struct {
	ctx    context.Context
	root   *os.Root
	prefix string
	yield  func(archive.Object, error) bool
}

// An entry is a file, or a folder, whose name ends with a slash then: it is sorted among
// files where the objects in it belong.
type entry struct {
	name string
	dir  bool
}

func (l *lister) walk(dir string, depth int) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		return nil
	}
	entries, err := l.entries(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		if e.dir {
			if err := l.walk(strings.TrimSuffix(e.name, "/"), depth+1); err != nil {
				return err
			}
			continue
		}
		o, err := stat(l.root, filepath.FromSlash(e.name), e.name)
		if errors.Is(err, archive.ErrNoObject) { // removed meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if !l.yield(o, nil) {
			return errStopped
		}
	}
	return nil
}

// entries reads a folder: what may be an object of the prefix, or have one below it.
func (l *lister) entries(dir string) ([]entry, error) {
	if info, err := l.root.Lstat(filepath.FromSlash(dir)); err == nil && !info.IsDir() {
		return nil, nil
	}
	f, err := l.root.Open(filepath.FromSlash(dir))
	if err != nil {
		if errors.Is(noObject(err), archive.ErrNoObject) {
			return nil, nil
		}
		return nil, err
	}
	defer f.Close()
	found, err := f.ReadDir(-1)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var entries []entry
	for _, d := range found {
		name := path.Join(dir, d.Name())
		if checkName(name) != nil {
			continue
		}
		switch {
		case d.IsDir() && (strings.HasPrefix(name+"/", l.prefix) || strings.HasPrefix(l.prefix, name+"/")):
			entries = append(entries, entry{name + "/", true})
		case d.Type().IsRegular() && strings.HasPrefix(name, l.prefix):
			entries = append(entries, entry{name, false})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return entries, nil
}
