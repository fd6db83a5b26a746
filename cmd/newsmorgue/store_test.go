package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOpenStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store with a space")
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	file := "file://" + strings.ReplaceAll(filepath.ToSlash(dir), " ", "%20")
	if runtime.GOOS == "windows" {
		file = "file:///" + strings.TrimPrefix(file, "file://")
	}
	for name, want := range map[string]string{
		dir: dir, file: dir, "s3://bucket/news": "s3://bucket/news", "s3://bucket/news?endpoint=https://s3.example.org": "s3://bucket/news",
	} {
		s, err := openStore(name)
		if err != nil {
			t.Errorf("openStore %s: %v", name, err)
		} else if s.String() != want {
			t.Errorf("openStore %s: got %s, want %s", name, s, want)
		}
	}
	for _, name := range []string{"", "http://example.org/news", "file://server/share", "file://", "s3://", "s3://bucket?unknown=1"} {
		if s, err := openStore(name); err == nil {
			t.Errorf("openStore %q: got %s, want an error", name, s)
		}
	}
}
