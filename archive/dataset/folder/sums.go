package folder

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ReadSums reads the SHA256SUMS of a folder. Lines that are not valid, such as those
// whose names lead out of the folder, are an error.
func ReadSums(dir string) ([]File, error) {
	f, err := os.Open(filepath.Join(dir, Sums))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var files []File
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 64 || !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("%s: line %q is not valid", Sums, lines.Text())
		}
		files = append(files, File{Name: name, SHA256: sum})
	}
	return files, lines.Err()
}

// Verify checks the files of a dataset against its SHA256SUMS. It returns how many
// files these list, and a message for each that is missing, differs or is not listed.
func Verify(dir string) (files int, wrong []string, err error) {
	sums, err := ReadSums(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil, fmt.Errorf("dataset: %w", err)
		}
		return 0, []string{err.Error()}, nil
	}
	listed := map[string]bool{Sums: true}
	for _, s := range sums {
		listed[s.Name] = true
		got, err := sumOf(filepath.Join(dir, filepath.FromSlash(s.Name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			wrong = append(wrong, s.Name+" is missing")
		case err != nil:
			return len(sums), wrong, fmt.Errorf("dataset: %w", err)
		case got != s.SHA256:
			wrong = append(wrong, s.Name+" differs from what was exported")
		}
	}
	err = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		switch name = filepath.ToSlash(name); {
		case name == ".":
		case strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return filepath.SkipDir
			}
		case !e.IsDir() && !listed[name]:
			wrong = append(wrong, name+" was not exported")
		}
		return nil
	})
	return len(sums), wrong, err
}

func sumOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
