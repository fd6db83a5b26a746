package contacts

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestMayNameCountry: the cheap question lets every name of a country through, as
// addresses may write it.
func TestMayNameCountry(t *testing.T) {
	for name := range countryNames {
		for _, s := range []string{name, strings.ToUpper(name), " " + name + ".", "Kota " + name, "Lyon / " + name} {
			if namesCountry(strings.ToLower(s)) && !mayNameCountry(s) {
				t.Errorf("%q is held back", s)
			}
		}
	}
	for _, s := range []string{"", "/", " . ", "an ordinary line of a page", "[", strings.Repeat("france", 20)} {
		if mayNameCountry(s) {
			t.Errorf("%q may name a country", s)
		}
	}
}

// TestNumbers: what is remembered is what was read, by many at once and beyond the
// bound; the same digits are another number in another country.
func TestNumbers(t *testing.T) {
	var n Numbers
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range maxKnown/2 + 10 {
				raw := fmt.Sprintf("020 7946 %04d", i)
				for _, regions := range [][]string{{"GB"}, {"US"}, {"GB", "US"}} {
					e164, region, ok := n.read(raw, regions)
					if wantE164, wantRegion, wantOK := readPhone(raw, regions); e164 != wantE164 || region != wantRegion || ok != wantOK {
						t.Errorf("%s in %v: got %s %s %v, want %s %s %v", raw, regions, e164, region, ok, wantE164, wantRegion, wantOK)
					}
				}
			}
		})
	}
	wg.Wait()
	if len(n.known) > maxKnown {
		t.Errorf("%d numbers are remembered", len(n.known))
	}
}
