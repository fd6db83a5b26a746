package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets/*
var assetFiles embed.FS

// An asset is a style sheet, script or picture of the viewer.
type asset struct {
	content []byte
	path    string // with the hash of the content, so that it never changes
	mime    string
}

var assets = readAssets()

func readAssets() map[string]asset {
	all := map[string]asset{}
	files, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // the program was built wrongly
	}
	for _, f := range files {
		b, err := assetFiles.ReadFile("assets/" + f.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		kind := mime.TypeByExtension(path.Ext(f.Name()))
		switch path.Ext(f.Name()) { // the system's table may differ
		case ".css":
			kind = "text/css; charset=utf-8"
		case ".js":
			kind = "text/javascript; charset=utf-8"
		case ".svg":
			kind = "image/svg+xml"
		}
		all[f.Name()] = asset{b, "/assets/" + hex.EncodeToString(sum[:6]) + "/" + f.Name(), kind}
	}
	return all
}

// assetPath is the address of an asset.
func assetPath(name string) string { return assets[name].path }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if !strings.Contains(a.path, r.PathValue("hash")) {
		h.Set("Cache-Control", "no-cache") // of another version of the program
	}
	_, _ = w.Write(a.content)
}
