package newspaper_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/testdata/newspaper"
)

// dead are links that are broken or disallowed, as on every site.
var dead = map[string]bool{"/gone/long-ago": true, "/search": true, "/cdn-cgi/l/email-protection": true, "/video/bell.mp4": true}

func get(t *testing.T, path string) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	newspaper.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), string(body)
}

func TestArticles(t *testing.T) {
	templates, paths := map[string]int{}, map[string]bool{}
	for _, a := range newspaper.Articles() {
		templates[a.Template]++
		if paths[a.Path] {
			t.Errorf("%s twice", a.Path)
		}
		paths[a.Path] = true
		code, _, body := get(t, a.Path)
		if code != 200 || a.Template != "table" && !strings.Contains(body, strings.ReplaceAll(a.Title, "'", "&#39;")) {
			t.Errorf("%s: status %d, or its title is missing", a.Path, code)
		}
	}
	if n := len(paths); n < 40 {
		t.Errorf("got %d articles, want 40 or more", n)
	}
	for _, name := range []string{"wp", "ld", "plain", "table"} {
		if templates[name] < 8 {
			t.Errorf("template %s: got %d articles, want 8 or more", name, templates[name])
		}
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	href := regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	reached := map[string]bool{}
	for _, path := range newspaper.Paths() {
		_, _, body := get(t, path)
		for _, m := range href.FindAllStringSubmatch(body, -1) {
			u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if u.Host != "" && u.Host != newspaper.Host || u.Scheme == "mailto" || dead[u.Path] {
				continue
			}
			reached[u.Path] = true
			if code, _, _ := get(t, u.Path); code >= 400 {
				t.Errorf("%s links to %s: HTTP %d", path, m[1], code)
			}
		}
	}
	for _, path := range newspaper.Paths() {
		if !reached[path] {
			t.Errorf("nothing links to %s", path)
		}
	}
}

func TestNotModified(t *testing.T) {
	_, h, _ := get(t, "/")
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("If-None-Match", h.Get("ETag"))
	w := httptest.NewRecorder()
	newspaper.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified {
		t.Errorf("got %d, want 304", w.Code)
	}
}
