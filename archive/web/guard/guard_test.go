package guard

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// page answers each request with its path.
var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.Method == "POST" {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
	}
	fmt.Fprint(w, r.URL.Path)
})

func ask(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "127.0.0.1:8437"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHosts(t *testing.T) {
	h := (&Guard{Hosts: []string{"morgue.example"}}).Wrap(page)
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:80": 200, "localhost.": 200, "127.0.0.1:8437": 200, "[::1]:8437": 200, "192.0.2.7": 200, "Morgue.example": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:8437": 421, "": 421, "<script>": 421,
	} {
		w := ask(h, "GET", "/", "Host", host)
		if w.Code != want || strings.Contains(w.Body.String(), "<") {
			t.Errorf("%q: got %d %s, want %d", host, w.Code, w.Body, want)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := (&Guard{}).Wrap(page)
	w := ask(h, "GET", "/")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
	} {
		if got := w.Header().Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestForeignPages(t *testing.T) {
	h := (&Guard{}).Wrap(page)
	for _, c := range []struct {
		method string
		header []string
		want   int
	}{
		{"GET", []string{"Sec-Fetch-Site", "cross-site"}, 200}, // a link
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"POST", nil, 200}, // a program
		{"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"POST", []string{"Origin", "https://evil.example"}, 403},
		{"POST", []string{"Origin", "null"}, 403},
		{"POST", []string{"Origin", "http://127.0.0.1:8437"}, 200},
		{"DELETE", nil, 405},
		{"TRACE", nil, 405},
	} {
		if w := ask(h, c.method, "/exports", c.header...); w.Code != c.want {
			t.Errorf("%s %v: got %d, want %d", c.method, c.header, w.Code, c.want)
		}
	}
}

func TestLargeForm(t *testing.T) {
	r := httptest.NewRequest("POST", "/exports", strings.NewReader(strings.Repeat("x", maxBody+1)))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	(&Guard{}).Wrap(page).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", w.Code)
	}
}

func TestPassword(t *testing.T) {
	h := (&Guard{Password: "clippings"}).Wrap(page)
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"nobody", nil, 401},
		{"a browser", []string{"Accept", "text/html"}, 401},
		{"bearer", []string{"Authorization", "Bearer clippings"}, 200},
		{"basic", []string{"Authorization", "Basic YW55Ym9keTpjbGlwcGluZ3M="}, 200},
		{"wrong", []string{"Authorization", "Bearer clipping"}, 401},
		{"another scheme", []string{"Authorization", "Digest clippings"}, 401},
		{"a false session", []string{"Cookie", "newsmorgue=AAAA"}, 401},
		{"an empty session", []string{"Cookie", "newsmorgue="}, 401},
	} {
		if w := ask(h, "GET", "/articles", c.header...); w.Code != c.want {
			t.Errorf("%s: got %d %s", c.name, w.Code, w.Body)
		}
	}
	if w := ask(h, "GET", "/assets/x/app.css"); w.Code != 200 {
		t.Errorf("the style of the login: got %d", w.Code)
	}
}

// login sends the form and returns the session's cookie.
func login(t *testing.T, h http.Handler, password, to string) (*httptest.ResponseRecorder, string) {
	t.Helper()
	r := httptest.NewRequest("POST", "/login", strings.NewReader(url.Values{"password": {password}, "to": {to}}.Encode()))
	r.Host = "localhost"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return w, cookie
}

func TestLogin(t *testing.T) {
	h := (&Guard{Password: "clippings", Secure: true}).Wrap(page)
	form := ask(h, "GET", `/articles?q="><script>`, "Accept", "text/html")
	if form.Code != 401 || !strings.Contains(form.Body.String(), "<form") || strings.Contains(form.Body.String(), "<script>") {
		t.Errorf("got %d %s", form.Code, form.Body)
	}
	w, cookie := login(t, h, "clippings", "/articles?q=flood")
	set := w.Header().Get("Set-Cookie")
	if w.Code != 303 || w.Header().Get("Location") != "/articles?q=flood" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Secure"} {
		if !strings.Contains(set, want) {
			t.Errorf("got %s, want %s", set, want)
		}
	}
	if w := ask(h, "GET", "/articles", "Cookie", cookie); w.Code != 200 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := ask(h, "POST", "/logout", "Cookie", cookie); w.Code != 303 {
		t.Errorf("got %d", w.Code)
	}
	if w := ask(h, "GET", "/articles", "Cookie", cookie); w.Code != 401 {
		t.Errorf("after the logout: got %d", w.Code)
	}
	const capture = "/page/20260102030405/https://paper.example/a//b/../c?u=https://b.example//%C3%A9"
	if w, _ := login(t, h, "clippings", capture); w.Header().Get("Location") != capture {
		t.Errorf("an archived page: leads to %q", w.Header().Get("Location"))
	}
	for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "a", "/a\r\nSet-Cookie: x=y", "/\t/evil.example", "/é", "///evil.example", "/\x00"} {
		if w, _ := login(t, h, "clippings", to); w.Header().Get("Location") != "/" {
			t.Errorf("%q: leads to %q", to, w.Header().Get("Location"))
		}
	}
}

// TestKeyed checks that what replayed pages load needs no session.
func TestKeyed(t *testing.T) {
	g := &Guard{Password: "clippings", Keyed: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/raw/key/") }}
	h := g.Wrap(page)
	if w := ask(h, "GET", "/raw/key/a.png", "Sec-Fetch-Site", "cross-site", "Origin", "null"); w.Code != 200 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, target := range []string{"/raw/a.png", "/articles", "/"} {
		if w := ask(h, "GET", target); w.Code != 401 {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
}

func TestGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Guard{Password: "clippings"}
		h := g.Wrap(page)
		for i := range freeGuesses {
			if w, _ := login(t, h, "wrong", "/"); w.Code != 401 {
				t.Errorf("guess %d: got %d", i, w.Code)
			}
		}
		if w, _ := login(t, h, "clippings", "/"); w.Code != 429 {
			t.Errorf("too soon: got %d", w.Code)
		}
		if w := ask(h, "GET", "/", "Authorization", "Bearer clippings"); w.Code != 429 {
			t.Errorf("too soon, by a program: got %d", w.Code)
		}
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.RemoteAddr = "198.51.100.4:1234"
		r.Header.Set("Authorization", "Bearer clippings")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("from another address: got %d", w.Code)
		}
		time.Sleep(firstPause)
		if w, _ := login(t, h, "clippings", "/"); w.Code != 303 {
			t.Errorf("after the pause: got %d", w.Code)
		}
		if w, _ := login(t, h, "wrong", "/"); w.Code != 401 {
			t.Errorf("the right password makes all wrong ones forgotten: got %d", w.Code)
		}
	})
}

func TestManySessions(t *testing.T) {
	var s sessions
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	first := s.begin(now)
	for i := range maxSessions {
		s.begin(now.Add(time.Duration(i+1) * time.Second))
	}
	if len(s.byID) != maxSessions {
		t.Errorf("got %d sessions", len(s.byID))
	}
	if s.has(first, now) {
		t.Error("the oldest session is still there")
	}
	last := s.begin(now)
	if s.has(last, now.Add(maxIdle+time.Second)) {
		t.Error("a session that was not used for long is still there")
	}
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		g := &Guard{}
		h := g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
		for range maxAtOnce {
			go ask(h, "GET", "/")
		}
		synctest.Wait()
		if w := ask(h, "GET", "/"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("got %d", w.Code)
		}
		close(release)
	})
}

// TestBusyOutside: who has no password cannot take the turns of those who have, such as by
// forms that he sends slowly.
func TestBusyOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := (&Guard{Password: "clippings"}).Wrap(page)
		slow, end := io.Pipe()
		for range 2 * maxAtOnce {
			go func() {
				r := httptest.NewRequest("POST", "/login", slow)
				r.Host = "localhost"
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				h.ServeHTTP(httptest.NewRecorder(), r)
			}()
		}
		synctest.Wait()
		if w := ask(h, "GET", "/", "Authorization", "Bearer clippings"); w.Code != 200 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		end.Close()
	})
}

// TestEmbedded: other websites link to the viewer, and embed nothing of it; pages that it
// has rewritten do, by their key, and lead on in its frame.
func TestEmbedded(t *testing.T) {
	h := (&Guard{Keyed: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/raw/key/") }}).Wrap(page)
	for _, c := range []struct {
		path, site, mode, into string
		want                   int
	}{
		{"/articles", "none", "navigate", "document", 200},
		{"/articles", "cross-site", "navigate", "document", 200},
		{"/articles", "same-origin", "no-cors", "image", 200},
		{"/articles?q=x", "cross-site", "no-cors", "image", 403},
		{"/articles?q=x", "same-site", "cors", "empty", 403},
		{"/articles", "cross-site", "navigate", "iframe", 403},
		{"/raw/20260102030405/https://paper.example/", "cross-site", "navigate", "iframe", 200},
		{"/raw/20260102030405/https://paper.example/", "cross-site", "no-cors", "script", 403},
		{"/raw/key/a.png", "cross-site", "no-cors", "image", 200},
		{"/raw/key/a.ttf", "cross-site", "cors", "font", 200},
		{"/assets/x/app.css", "cross-site", "no-cors", "style", 403},
		{"/articles", "", "", "", 200},
	} {
		if w := ask(h, "GET", c.path, "Sec-Fetch-Site", c.site, "Sec-Fetch-Mode", c.mode, "Sec-Fetch-Dest", c.into); w.Code != c.want {
			t.Errorf("%+v: got %d %s", c, w.Code, w.Body)
		}
	}
}
