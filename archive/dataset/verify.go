package dataset

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

// Verify checks the files of an export against its SHA256SUMS. It returns how many
// files it lists, and a message for each that is missing or differs.
func Verify(dir string) (files int, wrong []string, err error) {
	f, err := os.Open(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		return 0, nil, fmt.Errorf("dataset: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		want, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || name == "" || filepath.Base(name) != name {
			wrong = append(wrong, fmt.Sprintf("SHA256SUMS: line %q is not valid", lines.Text()))
			continue
		}
		files++
		got, err := sumOf(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			wrong = append(wrong, name+" is missing")
		case err != nil:
			return files, wrong, fmt.Errorf("dataset: %w", err)
		case got != want:
			wrong = append(wrong, name+" differs from what was exported")
		}
	}
	return files, wrong, lines.Err()
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
