package scraper

import (
	"net/http"
	"slices"
	"testing"
	"unicode"
)

// TestSetCookies: values that browsers take and net/http does not.
func TestSetCookies(t *testing.T) {
	for field, want := range map[string]string{
		"v=1":                          "v=1",
		" v = 1 ; Path=/":              "v=1",
		`v="a b,c"; HttpOnly`:          `v="a b,c"`,
		`v={"a":[1,2]}; SameSite=None`: `v={"a":[1,2]}`,
		"v=K\u00f6ln; Unknown=x":       "v=K\u00f6ln",
		"v=a=b":                        "v=a=b",
		"v=":                           "v=",
		"a b=1":                        "a b=1",
		"=1":                           "",
		"v":                            "",
		"":                             "",
		"v=\x01":                       "",
	} {
		got := ""
		for _, c := range setCookies(http.Header{"Set-Cookie": {field}}) {
			got += c.Name + "=" + c.Value
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", field, got, want)
		}
	}
	c := setCookies(http.Header{"Set-Cookie": {"v={}; Path=/x; Domain=.a.example; Secure; Max-Age=60"}})[0]
	if c.Path != "/x" || c.Domain != ".a.example" || !c.Secure || c.MaxAge != 60 {
		t.Errorf("attributes: got %+v", c)
	}
}

func FuzzSetCookies(f *testing.F) {
	f.Add("v={\"a\":1}; Path=/; Max-Age=0")
	f.Fuzz(func(t *testing.T, field string) {
		for _, c := range setCookies(http.Header{"Set-Cookie": {field}}) {
			if c.Name == "" || slices.ContainsFunc([]rune(c.Name+c.Value), unicode.IsControl) {
				t.Errorf("got %q, %q", c.Name, c.Value)
			}
		}
	})
}
