package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

// get asks a server and returns the answer.
func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil).WithContext(t.Context()))
	return w
}

func TestTwins(t *testing.T) {
	f := archivetest.New(t)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	page := get(t, h, "/")
	if page.Code != 200 || !strings.Contains(page.Body.String(), `href="/index.json"`) {
		t.Errorf("got %d %s", page.Code, page.Body)
	}
	if twin := get(t, h, "/index.json"); twin.Code != 200 || !json.Valid(twin.Body.Bytes()) {
		t.Errorf("got %d %s", twin.Code, twin.Body)
	}
}

func TestMissing(t *testing.T) {
	f := archivetest.New(t)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	for target, want := range map[string]string{"/nothing": "<h1>Not found</h1>", "/nothing.json": `"error"`, "/assets/x/nothing": "404"} {
		if w := get(t, h, target); w.Code != 404 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
}

func TestAssets(t *testing.T) {
	h := (&Server{}).Handler()
	w := get(t, h, assetPath("app.css"))
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	if w := get(t, h, "/assets/0000/app.css"); strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("got %v", w.Header())
	}
}

func TestLongQuery(t *testing.T) {
	f := archivetest.New(t)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	if w := get(t, h, "/?q="+strings.Repeat("x", maxQuery)); w.Code != 400 || !strings.Contains(w.Body.String(), "longer than 8.2 kB") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
