package weburl

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// samePlain checks that parsePlain gives what parse gives, or leaves the reference to it.
func samePlain(t *testing.T, b *Base, ref string) (plain bool) {
	t.Helper()
	got := b.parsePlain(ref)
	if got == nil {
		return false
	}
	want, err := b.parse(ref)
	if err != nil || *got != *want {
		t.Errorf("%q on %s%s: plain %#v, else %#v, %v", ref, b.host, b.path, got, want, err)
	}
	return true
}

// pieces are what references are made of in TestPlain.
var pieces = []string{
	"http:", "https:", "HTTP:", "mailto:", "/", "/", "/", "//", "\\", "a", "b.example", "c-d", "xn--tda", "x_y", "1", "0x7f", "08", ".", "..", "./", "%2e", "%41", "%", "%zz",
	":", ":80", "@", "?", "?q=1", "&", "#", "#f", "(x)", "!", "*", "'", "[", "]", "|", "~", "$", ";", ",", "=", "+", " ", "\t", "\n", "\x00", "ü", "新", "\xff", "A", "Example", "-", "_", "a.example", "localhost", "2026",
}

// TestPlain compares the two ways over references of all kinds.
func TestPlain(t *testing.T) {
	var bases []*Base
	for _, s := range []string{"", "https://a.example/", "http://a.example:8080/dir/page?q", "https://a.example/d%41/(x)/y", "http://[::1]/x"} {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, NewBase(u, nil))
	}
	random := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 300_000 {
		var ref strings.Builder
		for range random.IntN(8) {
			ref.WriteString(pieces[random.IntN(len(pieces))])
		}
		if samePlain(t, bases[random.IntN(len(bases))], ref.String()) {
			plain++
		}
		if t.Failed() {
			return
		}
	}
	if plain < 10_000 {
		t.Errorf("only %d references were plain", plain)
	}
	for _, ref := range []string{"/", "/story", "story.html", "a/b-c_d~e", "/x?y=1&z=/#frag", "https://b.example/", "http://www.b.example/x", "//b.example/x", " /x\n", "/(x)", "https://a.example:8080/x"} {
		if b := bases[2]; !samePlain(t, b, ref) && ref != "https://a.example:8080/x" {
			t.Errorf("%s is not plain", ref)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("https://a.example/dir/page?q", "/x?y#z")
	f.Add("http://a.example:8080/", "http://a.example:8080//b:c@")
	f.Fuzz(func(t *testing.T, base, ref string) {
		u, err := url.Parse(base)
		if err != nil {
			return
		}
		samePlain(t, NewBase(u, nil), ref)
	})
}
