package contacts

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

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
		{"شارع", mayStreet | mayHouse}, {"3rd floor", mayHouse}, {"#12", mayHouse}, {"no. 7", mayRoom},
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
	f.Add("〒100-0004 東京都，x\n.–", 0, 92)
	f.Fuzz(func(t *testing.T, s string, from, to int) {
		if !utf8.ValidString(s) {
			return // package charset decodes pages; signs and expressions differ about other bytes
		}
		var taken [][2]int
		if from >= 0 && from < to && to <= len(s) {
			taken = [][2]int{{from, to}}
		}
		p := &passage{text: s}
		ps := p.appendParts(nil, taken)
		last := 0
		for _, part := range ps {
			if part.start < last || part.end <= part.start || part.end > len(s) {
				t.Fatalf("part %d to %d after %d of %d", part.start, part.end, last, len(s))
			}
			last = part.end
		}
		for _, a := range sameAddresses(t, ps) {
			if a.raw == "" || a.start > a.end {
				t.Errorf("address %+v", a)
			}
		}
	})
}

// sameAddresses finds the addresses in parts, whose kinds are open, in places of
// each sort, and asks that the kinds which findKinds leaves open make no difference.
func sameAddresses(t *testing.T, ps []addressPart) (found []foundAddress) {
	t.Helper()
	known := slices.Clone(ps)
	for i := range known {
		known[i].findKind()
	}
	for _, place := range []addressPlace{{framed: true, close: true}, {framed: true}, {framed: true, marked: true}, {}} {
		some, all := slices.Clone(ps), slices.Clone(known)
		findKinds(some, place)
		got, want := addressesOf(some, place), addressesOf(all, place)
		if !slices.Equal(got, want) {
			t.Errorf("%+v: with the kinds near signs alone %+v, with all kinds %+v", place, got, want)
		}
		found = append(found, got...)
	}
	return found
}

// addressesOf are all ranges that may be an address.
func addressesOf(ps []addressPart, place addressPlace) (all []foundAddress) {
	for _, a := range addressRanges(ps, place) {
		all = append(all, a.address)
	}
	return all
}

// TestOpenKinds makes rows of what addresses have in them, and of what they have
// not.
func TestOpenKinds(t *testing.T) {
	pieces := strings.Split("14 Quay Street|Quay Street|Saltmere SM4 7QT|Saltmere|Ledger House|3rd Floor|Suite 210|Kenya|P.O. Box 2345|Address|Bouchard 557|8|rue des Lilas|2026|"+
		"75011 Paris|IL 62701|Tel|10:30|Old Sam|the sea of others|Music|of all|北京市朝阳区金台西路2号|Ledger Media Ltd.|Monday|Otterburn 7|Park|12", "|")
	random := rand.New(rand.NewPCG(5, 8))
	found := 0
	for range 500 {
		var b strings.Builder
		rare := random.IntN(3) * 20
		for range 1 + random.IntN(70) {
			i := random.IntN(len(pieces) + rare)
			b.WriteString(pieces[min(i, len(pieces)-1)] + []string{", ", " | ", "\n", ": "}[random.IntN(4)])
			if i >= len(pieces) {
				b.WriteString("the sea, of others, ")
			}
		}
		p := &passage{text: b.String()}
		var taken [][2]int
		if at := random.IntN(len(p.text)); random.IntN(2) == 0 {
			taken = [][2]int{{at, min(at+10, len(p.text))}}
		}
		found += len(sameAddresses(t, p.appendParts(nil, taken)))
	}
	if found < 200 {
		t.Errorf("only %d addresses in all rows", found)
	}
}

// TestFindKinds: an address is found wherever it stands among other pieces, though
// most of their kinds stay open.
func TestFindKinds(t *testing.T) {
	filler := strings.Repeat("Old Sam, the sea, Music, ", 12)
	for _, tt := range []struct {
		text  string
		place addressPlace
		want  string
	}{
		{"14 Quay Street, Saltmere SM4 7QT", addressPlace{framed: true}, "14 Quay Street, Saltmere SM4 7QT"},
		{"Ledger House, Quay Street, Saltmere", addressPlace{framed: true, close: true}, "Ledger House, Quay Street, Saltmere"},
		{"Kimathi Street, Nairobi", addressPlace{framed: true}, "Kimathi Street, Nairobi"},
		{"地址：北京市朝阳区金台西路2号", addressPlace{framed: true}, "北京市朝阳区金台西路2号"},
		{"Harbour Lane, Old Mill", addressPlace{framed: true}, ""},
	} {
		p := &passage{text: filler + "\n" + tt.text + "\n" + filler}
		ps := p.appendParts(nil, nil)
		findKinds(ps, tt.place)
		open := 0
		for _, part := range ps {
			if !part.known {
				open++
			}
		}
		found := addressesOf(ps, tt.place)
		has := slices.ContainsFunc(found, func(a foundAddress) bool { return a.raw == tt.want })
		if has != (tt.want != "") || tt.want == "" && len(found) > 0 || open == 0 {
			t.Errorf("%q, %+v: got %+v with %d kinds left open, want %q with some", tt.text, tt.place, found, open, tt.want)
		}
	}
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
