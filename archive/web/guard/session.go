package guard

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	cookieName  = "newsmorgue"
	maxSessions = 1000
	maxIdle     = 14 * 24 * time.Hour
)

// A session is a browser that has sent the password.
type session struct {
	used time.Time
}

// sessions are kept in memory: after a restart, browsers log in again.
type sessions struct {
	mu   sync.Mutex
	byID map[string]*session
}

// begin makes a session and returns its ID. The one that was not used for the longest
// time makes room.
func (s *sessions) begin(now time.Time) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = map[string]*session{}
	}
	var oldest string
	for id, e := range s.byID {
		if now.Sub(e.used) > maxIdle {
			delete(s.byID, id)
		} else if oldest == "" || e.used.Before(s.byID[oldest].used) {
			oldest = id
		}
	}
	if len(s.byID) >= maxSessions {
		delete(s.byID, oldest)
	}
	id = rand.Text()
	s.byID[id] = &session{now}
	return id
}

// has reports whether there is a session with an ID, and notes that it is used.
func (s *sessions) has(id string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e == nil || now.Sub(e.used) > maxIdle {
		return false
	}
	e.used = now
	return true
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

// authenticated passes on the requests of those who know the password.
func (g *Guard) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		switch {
		case r.URL.Path == "/login" && r.Method == "POST":
			g.login(w, r)
			return
		case r.URL.Path == "/logout" && r.Method == "POST":
			g.logout(w, r)
			return
		case strings.HasPrefix(r.URL.Path, "/assets/") && r.Method != "POST":
			next.ServeHTTP(w, r) // the same for everybody; the form of the login needs the style
			return
		case g.Keyed != nil && g.Keyed(r):
			next.ServeHTTP(w, r)
			return
		}
		if c, err := r.Cookie(cookieName); err == nil {
			if g.sessions.has(c.Value, now) {
				next.ServeHTTP(w, r)
				return
			}
		}
		if sent, ok := sentPassword(r); ok {
			switch g.judge(r, sent, now) {
			case right:
				next.ServeHTTP(w, r)
			case wrong:
				unauthorized(w, "wrong password")
			default:
				tooMany(w)
			}
			return
		}
		if wantsPage(r) {
			g.loginForm(w, r, "")
			return
		}
		unauthorized(w, "a password is needed: send it as a bearer token")
	})
}

// sentPassword is what a program sends with its request.
func sentPassword(r *http.Request) (string, bool) {
	if _, p, ok := r.BasicAuth(); ok {
		return p, true
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

func unauthorized(w http.ResponseWriter, text string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="newsmorgue"`)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, http.StatusUnauthorized)
}

// wantsPage reports whether a browser asks for a page that it shows.
func wantsPage(r *http.Request) bool {
	return r.Method != "POST" && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// cookie is the cookie of a session.
func (g *Guard) cookie(id string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: id, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: g.Secure}
}

func (g *Guard) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	switch g.judge(r, r.PostForm.Get("password"), time.Now()) {
	case wrong:
		g.loginForm(w, r, "This password is wrong.")
		return
	case notJudged:
		tooMany(w)
		return
	}
	http.SetCookie(w, g.cookie(g.sessions.begin(time.Now()), int(maxIdle/time.Second)))
	// Not by http.Redirect, which would take the two slashes of an archived URL for one.
	w.Header().Set("Location", local(r.PostForm.Get("to")))
	w.WriteHeader(http.StatusSeeOther)
}

func (g *Guard) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		g.sessions.end(c.Value)
	}
	http.SetCookie(w, g.cookie("", -1))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// local returns a path of this server: what was asked for before the login, if it is one.
func local(to string) string {
	foreign := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, foreign) {
		return "/"
	}
	return to
}

func (g *Guard) loginForm(w http.ResponseWriter, r *http.Request, problem string) {
	to := r.URL.RequestURI()
	if r.Method == "POST" {
		to = r.PostForm.Get("to")
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusUnauthorized)
	_ = loginPage.Execute(w, map[string]string{"To": local(to), "Problem": problem})
}

// loginPage uses the viewer's style sheet, under a path without its hash.
var loginPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Log in · newsmorgue</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/latest/app.css">
</head>
<body>
<main class="login">
<h1>newsmorgue</h1>
<form method="post" action="/login">
<input type="hidden" name="to" value="{{.To}}">
<p><label for="password">Password of this viewer</label></p>
<p><input type="password" id="password" name="password" required autocomplete="current-password"{{with .Problem}} aria-invalid="true" aria-describedby="problem"{{end}}> <button class="primary">Log in</button></p>
{{with .Problem}}<p id="problem" class="bad" role="alert">{{.}}</p>{{end}}
</form>
</main>
</body>
</html>
`))
