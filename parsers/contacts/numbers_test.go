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

// TestSignsOfAddresses: the cheap questions let through what the expression and the
// words say, in either case.
func TestSignsOfAddresses(t *testing.T) {
	labels := 0
	for _, s := range strings.Split("our address|Postal Address|MAILING ADDRESS|street address|head office|Headquarter|headquarters|registered office address|main office|adresse postale|Anschrift|direccion|direcciones|Domicilio legal|indirizzo|sede operativa|adres redakcji|osoite|adresa|naslov|alamat|address line|(address|— Address|cím|адрес", "|") {
		if addressLabel.MatchString(s) {
			if labels++; !mayBeLabel(s) {
				t.Errorf("%q is held back", s)
			}
		}
	}
	if labels < 20 {
		t.Errorf("only %d are labels", labels)
	}
	for word := range addressWordClasses {
		for _, s := range []string{word, strings.ToUpper(word), "in the " + word + ", left", "#" + word} {
			if classesOf(strings.ToLower(s))&(mayHouse|mayRoom) != 0 && !mayHaveHouse(s) {
				t.Errorf("%q is held back", s)
			}
		}
	}
	for _, s := range []string{"Yesterday", "Weather"} {
		if mayBeLabel(s) || mayHaveHouse(s) {
			t.Errorf("%q is let through: label %v, house %v", s, mayBeLabel(s), mayHaveHouse(s))
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

// TestLabelsOfNumbers: the cheap questions let through whatever the expressions for
// labels match.
func TestLabelsOfNumbers(t *testing.T) {
	ends := []string{"", " ", ": ", ".: ", " no. ", "-", " (0) ", "Nr ", "no ", " DE "}
	words := strings.FieldsFunc(phoneLabel.String()+bothLabel.String()+numberNot.String()+itemLabel.String(), func(r rune) bool { return strings.ContainsRune(`|()[]?:{}^$\`, r) })
	words = append(words, "tel/fax", "Tel. & Fax", "phone and fax", "t/f", "USt-IdNr", "cno", "piva", "P.O. Box", "regno", "e-mail", "email", "epost", "№", "#", "$", "©", "id #")
	n := 0
	for _, word := range words {
		for _, lead := range []string{"", "Saltmere "} {
			for _, end := range ends {
				for _, s := range []string{lead + word + end, lead + strings.ToUpper(word) + end} {
					for name, c := range map[string]struct{ matches, may bool }{
						"phoneLabel": {phoneLabel.Regexp.MatchString(s), mayEndInPhoneLabel(s)},
						"bothLabel":  {bothLabel.Regexp.MatchString(s), mayEndInBothLabel(s)},
						"numberNot":  {numberNot.Regexp.MatchString(s), mayEndInNumberNot(s)},
						"itemLabel":  {itemLabel.MatchString(s), mayBeItemLabel(s)},
					} {
						if c.matches {
							n++
						}
						if c.matches && !c.may {
							t.Errorf("%s: %q is held back", name, s)
						}
					}
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d labels", n)
	}
}
