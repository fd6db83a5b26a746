package contacts

import "testing"

// Every rule by an address that it decides; "/" is a line break.
func TestAddressRules(t *testing.T) {
	for _, tt := range []struct {
		text     string
		place    addressPlace
		labelled bool
		ok       bool
		why      string
	}{
		{"in the long street, 10115 Berlin", addressPlace{framed: true}, false, false, "begins within a sentence"},
		{"〒100-0004 東京都千代田区大手町1-7-1", addressPlace{}, true, true, "East Asian address"},
		{"14 Quay Street, Saltmere SM4 7QT", addressPlace{framed: true}, false, true, "numbered street with a code or box"},
		{"14 Quay Street, Saltmere SM4 7QT", addressPlace{}, false, false, "numbered street with a code or box"},
		{"Quay Street, Saltmere", addressPlace{}, true, true, "labelled, with a street, code or box"},
		{"Ledger House, Saltmere, Kenya", addressPlace{framed: true}, true, true, "labelled, with a building or country"},
		{"Quay Street, Saltmere", addressPlace{}, false, false, "not where contacts stand"},
		{"P.O. Box 2345, Nairobi", addressPlace{framed: true}, false, true, "box with a place"},
		{"42 Mandume Street, Windhoek, Namibia", addressPlace{framed: true}, false, true, "numbered street with a place"},
		{"Kungsgatan, 111 43 Stockholm", addressPlace{framed: true}, false, true, "street with a code"},
		{"Bygholm 12, 110 Reykjavík", addressPlace{framed: true}, false, true, "street with a short code"},
		{"Bouchard 557, Buenos Aires", addressPlace{framed: true, close: true}, false, true, "words with a number, a country, an item beside"},
		{"Kimathi Street, Nairobi", addressPlace{framed: true}, false, true, "street with a country"},
		{"Ledger House, Saltmere, Kenya", addressPlace{framed: true, close: true}, false, true, "building with a country, an item beside"},
		{"Quay Street, Ledger House", addressPlace{framed: true, close: true}, false, false, "not enough parts of an address"},
		{"Quay Street, Ledger House, Saltmere", addressPlace{framed: true, close: true}, false, true, "street with a building, an item beside"},
		{"3rd Floor, Ledger House, Saltmere", addressPlace{framed: true}, false, true, "numbered floors"},
		{"Saltmere, Otterburn, Kenya", addressPlace{framed: true}, true, true, "labelled, with a building or country"},
		{"Saltmere, Otterburn, Kenya", addressPlace{framed: true}, false, false, "places up to a country"},
	} {
		p := &passage{text: tt.text}
		ps := p.parts(nil)
		all := pieceKind(0)
		for _, part := range ps {
			all |= part.kind
		}
		if ok, why := accept(ps, all, tt.place, tt.labelled); ok != tt.ok || why != tt.why {
			t.Errorf("%q, %+v, labelled %v: got %v, %q, want %v, %q", tt.text, tt.place, tt.labelled, ok, why, tt.ok, tt.why)
		}
	}
}

// What is said of a piece by its words and figures.
func TestKindOfPiece(t *testing.T) {
	for s, want := range map[string]pieceKind{
		"Address":                      pieceLabel,
		"14 Quay Street":               pieceStreet | pieceNumber,
		"Lindenstraße 12":              pieceStreet | pieceNumber | pieceShort,
		"Viale Monza":                  pieceStreet,
		"Bouchard 557":                 pieceWeak,
		"20099 Hamburg":                pieceCode | pieceWeak,
		"Springfield, IL 62701":        pieceCode,
		"Saltmere 2024":                pieceShort,
		"P.O. Box 2345":                pieceBox | pieceWeak,
		"POB 2345":                     pieceBox | pieceWeak,
		"3rd Floor":                    pieceHouse,
		"Suite 210":                    pieceHouse | pieceWeak,
		"Kenya":                        pieceCountry,
		"tp. Hà Nội":                   pieceCountry,
		"Saltmere Ledger":              pieceWords,
		"all of the other boats":       0,
		"Tel":                          pieceNoise,
		"Open":                         pieceNoise,
		"Mo-Fr":                        pieceNoise,
		"Ledger Media Ltd.":            pieceNoise,
		"10min":                        pieceWords,
		"12.03.2026":                   pieceNoise,
		"Verlag GmbH Lindenstraße 12":  pieceStreet | pieceNumber | pieceShort,
		"Copyright Ledger via Roma 12": pieceStreet | pieceNumber,
		"서울특별시 중구 새문안로 22":             pieceWhole,
		"ถนน 12":                       pieceStreet | pieceNumber,
	} {
		if got := kindOfPiece(s); got != want {
			t.Errorf("%q: got %012b, want %012b", s, got, want)
		}
	}
}

// Words of the tables must be in lower case, or classesOf never finds them, and
// whatever an address pattern matches must have a class that lets it be tried.
func TestWordClasses(t *testing.T) {
	for _, tt := range []struct {
		text  string
		class wordClass
	}{
		{"quay street", mayStreet}, {"lindenstraße", mayStreet}, {"jl. palmerah", mayStreet}, {"sejong-daero", mayStreet}, {"km 12", mayStreet},
		{"شارع", mayStreet | mayHouse}, {"3rd floor", mayHouse}, {"#12", mayHouse}, {"no. 7", mayHouse},
		{"p.o. box", mayBox}, {"postbus", mayBox}, {"a@b", mayNoise}, {"s.p.a", mayNoise | mayBox}, {"monday", mayNoise | isNoise}, {"mo-fr", mayNoise},
	} {
		if got := classesOf(tt.text); got&tt.class != tt.class {
			t.Errorf("%q: got %05b, want %05b", tt.text, got, tt.class)
		}
	}
	if got := classesOf("10min monday2"); got&isNoise != 0 {
		t.Errorf("digits beside words: got %05b, want no noise", got)
	}
}

func FuzzParts(f *testing.F) {
	f.Add("Ledger House, 14 Quay Street\nSaltmere SM4 7QT · Tel: 020", 10, 14)
	f.Add("〒100-0004 東京都，x\n\n–", 0, 1)
	f.Fuzz(func(t *testing.T, s string, from, to int) {
		var taken [][2]int
		if from >= 0 && from < to && to <= len(s) {
			taken = [][2]int{{from, to}}
		}
		p := &passage{text: s}
		ps := p.parts(taken)
		last := 0
		for _, part := range ps {
			if part.start < last || part.end <= part.start || part.end > len(s) {
				t.Fatalf("part %d to %d after %d of %d", part.start, part.end, last, len(s))
			}
			last = part.end
		}
		for _, a := range findAddresses(ps, addressPlace{framed: true, close: true}) {
			if a.raw == "" || a.why == "" || a.start > a.end {
				t.Errorf("address %+v", a)
			}
		}
	})
}

func FuzzNumberSpots(f *testing.F) {
	f.Add("Tel +49 (0)89 123456-0/-99 (020) 7946 0301")
	f.Add("1/2/3/4/5/6/7/(8")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, at := range numberSpots(s) {
			if at[0] < last || at[1] <= at[0] || at[1] > len(s) {
				t.Fatalf("number %v after %d of %d", at, last, len(s))
			}
			last = at[1]
		}
	})
}
