package viewer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// What a reader sees of an archived page in a frame.
type seenPage struct {
	Picture     int
	From, Color string
}

// TestLocked: behind a password, archived pages have their pictures and styles, and their
// links lead on in the frame, although browsers send no cookies with what a page in a
// sandbox asks for. Without a session, nothing is answered.
func TestLocked(t *testing.T) {
	node, browser := tools(t)
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 320, 240))); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>The Islander</title><h1>The Islander</h1><a href="/ferry">The ferry</a> <a href="/other">Other</a>`)
		case "/ferry":
			fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Ferry is late</title><meta property="og:type" content="article"><link rel="stylesheet" href="/a.css"></head>
<body><article><h1 id="said">Ferry is late</h1><p>By Kojo Mensah</p><img id="picture" src="/p.png" alt="">%s<p><a id="in" href="/other">other</a></p></article></body></html>`, ferry[0])
		case "/other":
			fmt.Fprint(w, `<!doctype html><title>Other</title><p id="said">The other page.`)
		case "/p.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(picture.Bytes())
		case "/a.css":
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, "#said { color: rgb(1, 2, 3) }")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	dir := filepath.Join(t.TempDir(), "archive")
	run(t, program, "archive", srv.URL+"/", "-q", "-a", dir, "--assets", "all")
	const password = "wet clippings"
	viewer := serve(t, dir, "NEWSMORGUE_PASSWORD="+password)
	origin := viewer.Scheme + "://" + viewer.Host
	var got struct {
		Before        int
		Wrong         string
		After         bool
		Article, Page seenPage
		Evidence      seenPage
		ArticleLink   string
		PageLink      string
		Refused       []string
		Without       map[string]int
		Keyed         int
		Cookies       []string
	}
	if err := json.Unmarshal(run(t, node, "locked.mjs", browser, origin, password, "ferry", "2026/"+srv.URL+"/ferry"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Before != 401 || got.Wrong != "This password is wrong." || !got.After || len(got.Cookies) != 1 || got.Cookies[0] != "true Strict" {
		t.Errorf("the login: %d, %q, led back %v, cookies %q", got.Before, got.Wrong, got.After, got.Cookies)
	}
	for name, s := range map[string]seenPage{"the article": got.Article, "the page": got.Page, "the evidence": got.Evidence} {
		if s.Picture != 320 || s.Color != "rgb(1, 2, 3)" {
			t.Errorf("%s: got %+v", name, s)
		}
	}
	const other = "The other page."
	if got.ArticleLink != other || got.PageLink != other {
		t.Errorf("links lead to %q and %q", got.ArticleLink, got.PageLink)
	}
	if len(got.Refused) > 0 {
		t.Errorf("with a session, these were refused: %q", got.Refused)
	}
	for path, status := range got.Without {
		if status != 401 {
			t.Errorf("without a session, %s is answered with %d", path, status)
		}
	}
	if len(got.Without) != 10 || got.Keyed != 200 {
		t.Errorf("asked for %d addresses; with the key of a page, the picture is %d", len(got.Without), got.Keyed)
	}
}
