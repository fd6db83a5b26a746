package replay

import (
	"testing"
	"time"
)

func TestAddress(t *testing.T) {
	for _, a := range []Address{
		{Time: captured, URL: "https://paper.example/"},
		{Time: captured, Modifier: Image, Key: "Ab_-9", URL: "https://paper.example/a,b?c=d&e=https://x/"},
		{Time: captured, Modifier: Identity, URL: "http://paper.example:8080/%20/a(b)'c"},
	} {
		got, err := ParseAddress(a.String())
		if err != nil || got != a {
			t.Errorf("%s: got %+v, %v", a, got, err)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]Address{
		"/raw/2026/https://a.example/":                {Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), URL: "https://a.example/"},
		"/raw/20260203/a.example/b":                   {Time: time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC), URL: "https://a.example/b"},
		"/page/20260102030405/http:/a.example/?b#":    {Time: captured, URL: "http://a.example/?b#"},
		"/raw/20260102030405mp_/https://a.example/":   {Time: captured, URL: "https://a.example/"},
		"/raw/20260102030405cs_~x/https://a.example/": {Time: captured, Modifier: Style, Key: "x", URL: "https://a.example/"},
	} {
		if got, err := ParseAddress(in); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "/raw/", "/raw/x/https://a.example/", "/raw/20269999/https://a.example/", "/raw/20260102030405/", "/raw/202601020304056/https://a/", "/other/2026/https://a/"} {
		if got, err := ParseAddress(in); err == nil {
			t.Errorf("%s: got %+v", in, got)
		}
	}
}
