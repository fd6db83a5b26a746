package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestArchivedURL(t *testing.T) {
	for sent, want := range map[string]string{
		"https://a.example/story":                      "https://a.example/story",
		"https://a.example":                            "https://a.example/",
		"https://a.example?p=1":                        "https://a.example/?p=1",
		"https://a.example/a//b/../c?x=1&y=%2F?z":      "https://a.example/a//b/../c?x=1&y=%2F?z",
		"https://a.example/a%2Fb|c":                    "https://a.example/a%2Fb|c",
		"https://a.example/%E4%BD%A0":                  "https://a.example/%E4%BD%A0",
		"http:/a.example/one-slash":                    "http://a.example/one-slash",
		"http:///a.example/three":                      "http://a.example/three",
		"HTTPS://a.example/":                           "https://a.example/",
		"a.example/story":                              "http://a.example/story",
		"//a.example/story":                            "http://a.example/story",
		"a.example:8080/story":                         "http://a.example:8080/story",
		"https%3A%2F%2Fa.example%2Fs%3Fa%3D1":          "https://a.example/s?a=1",
		"https://me:secret@a.example/story":            "https://a.example/story",
		"https://a.example/u/@name":                    "https://a.example/u/@name",
		"https://a.example/story#part":                 "https://a.example/story",
		"https://a.example/?u=http://b.example/":       "https://a.example/?u=http://b.example/",
		"https://a.example/login?to=https://b.example": "https://a.example/login?to=https://b.example",
	} {
		r := httptest.NewRequest("GET", "/raw/20260101000000/x", nil)
		r.RequestURI = "/raw/20260101000000/" + sent
		if got, err := archivedURL(r, "/raw/20260101000000/"); err != nil || got != want {
			t.Errorf("%s: got %q %v, want %q", sent, got, err, want)
		}
	}
	for _, sent := range []string{"", "/", "https://", "https:///", "javascript:alert(1)", "file:///etc/passwd", "dns:a.example", "https://a<b>/", "https://a.example/\x00", "https://" + strings.Repeat("a", maxAddress)} {
		r := httptest.NewRequest("GET", "/raw/x/x", nil)
		r.RequestURI = "/raw/x/" + sent
		if got, err := archivedURL(r, "/raw/x/"); err == nil {
			t.Errorf("%q: got %q", sent, got)
		}
	}
}

// A proxy sends the whole URL, and a request may have been rewritten.
func TestRequestAddress(t *testing.T) {
	r, err := http.NewRequest("GET", "http://viewer.example/timegate/https://a.example//x?y", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI = "http://viewer.example/timegate/https://a.example//x?y"
	if got, err := archivedURL(r, "/timegate/"); err != nil || got != "https://a.example//x?y" {
		t.Errorf("got %q %v", got, err)
	}
}

func FuzzArchivedURL(f *testing.F) {
	f.Add("https://a.example/story?x#y")
	f.Add("http:/a@b@c.example:80")
	f.Add("https%3a%2f%2fa")
	f.Fuzz(func(t *testing.T, sent string) {
		got, err := cleanURL(sent)
		if err != nil {
			return
		}
		scheme, rest, ok := strings.Cut(got, "://")
		if !ok || scheme != "http" && scheme != "https" || rest == "" || rest[0] == '/' || !strings.Contains(rest, "/") || strings.ContainsAny(got, "#\r\n\x00") {
			t.Errorf("%q: got %q", sent, got)
		}
		if again, err := cleanURL(got); err != nil || again != got {
			t.Errorf("%q: got %q, then %q %v", sent, got, again, err)
		}
	})
}

func TestSpellings(t *testing.T) {
	s := &Server{Spelling: strings.ToLower}
	got := strings.Join(s.spellings("http://www.a.example/S"), " ")
	for _, want := range []string{"http://www.a.example/S http://www.a.example/s ", "https://a.example/s/", " https://www.a.example/S "} {
		if !strings.Contains(got+" ", want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}
