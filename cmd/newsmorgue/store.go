package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dirstore"
	"github.com/newsmorgue/newsmorgue/archive/s3store"
)

// openStore opens the store that a person names: s3://BUCKET/PREFIX, file:///FOLDER, or
// the path of a folder.
func openStore(name string) (archive.Store, error) {
	scheme, _, isURL := strings.Cut(name, "://")
	switch {
	case !isURL && name != "":
		return dirstore.Open(name)
	case scheme == "s3":
		return s3store.Open(name, s3store.Options{})
	case scheme == "file":
		path, _, err := filePath(name)
		if err != nil {
			return nil, err
		}
		return dirstore.Open(path)
	}
	return nil, fmt.Errorf("a store is s3://BUCKET/PREFIX, file:///FOLDER, or the path of a folder")
}

// filePath is the path of the folder that a file:// URL names; ok is false for any other
// name.
func filePath(name string) (path string, ok bool, err error) {
	if !strings.HasPrefix(name, "file://") {
		return "", false, nil
	}
	u, err := url.Parse(name)
	if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, fmt.Errorf("the store %q is not of the form file:///FOLDER", name)
	}
	path = u.Path
	if runtime.GOOS == "windows" { // file:///C:/news
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.FromSlash(path), true, nil
}
