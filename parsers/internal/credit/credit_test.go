package credit

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestSplitCredit(t *testing.T) {
	for _, c := range []struct {
		in                  string
		text, credit, media string
	}{
		// In brackets at the end, with and without a label.
		{"Crowds line the bank. (Photo: Ada Obi/Reuters)", "Crowds line the bank.", "Ada Obi/Reuters", "image"},
		{"Crowds line the bank. (Photo by Ada Obi)", "Crowds line the bank.", "Ada Obi", "image"},
		{"The ministers sign on May 14. (Video: The Lagoon Courier)", "The ministers sign on May 14.", "The Lagoon Courier", "video"},
		{"Crowds line the bank. (Ada Obi/Coastline/Pool/Reuters)", "Crowds line the bank.", "Ada Obi/Coastline/Pool/Reuters", "image"},
		{"The mayor on Monday (AP Photo/Jane Doe)", "The mayor on Monday", "AP Photo/Jane Doe", "image"},
		{"The mayor on Monday (AFP)", "The mayor on Monday", "AFP", "image"},
		{"The mayor on Monday (Jane Doe via AP)", "The mayor on Monday", "Jane Doe via AP", "image"},
		{"The mayor on Monday. (Jane Doe)", "The mayor on Monday.", "Jane Doe", "image"},
		{"The mayor on Monday. [Photo: AFP]", "The mayor on Monday.", "AFP", "image"},
		{"The floods by district. (Graphic: Ada Obi)", "The floods by district.", "Ada Obi", "other"},
		// After a label.
		{"Der Hafen am Morgen. Foto: Jan Muster/dpa", "Der Hafen am Morgen.", "Jan Muster/dpa", "image"},
		{"Der Hafen am Morgen Foto: Jan Muster (Keystone)", "Der Hafen am Morgen", "Jan Muster (Keystone)", "image"},
		{"The port at dawn.Credit: Jane Doe/AFP/Getty", "The port at dawn.", "Jane Doe/AFP/Getty", "image"},
		{"The port at dawn | Foto: zVg.", "The port at dawn", "zVg", "image"},
		{"Havnen om morgenen. Foto: Per Hansen.", "Havnen om morgenen.", "Per Hansen", "image"},
		{"Порт утром. Фото: Иван Петров / ТАСС", "Порт утром.", "Иван Петров / ТАСС", "image"},
		{"Le port à l'aube. Crédit photo : Luc Petit", "Le port à l'aube.", "Luc Petit", "image"},
		{"Liman sabahı. Fotoğraf: Ali Veli/AA", "Liman sabahı.", "Ali Veli/AA", "image"},
		{"Isikhumulo. Isithombe: Sithunyelwe", "Isikhumulo.", "Sithunyelwe", "image"},
		{"A view of the port. Courtesy of Jane Doe", "A view of the port.", "Jane Doe", "image"},
		// After a sign.
		{"The port at dawn © Jane Doe", "The port at dawn", "Jane Doe", "image"},
		{"The port at dawn. © 2024 Jane Doe", "The port at dawn.", "Jane Doe", "image"},
		{"The port at dawn | Jane Doe", "The port at dawn", "Jane Doe", "image"},
		{"El puerto al amanecer / Ana Pérez", "El puerto al amanecer", "Ana Pérez", "image"},
		{"Uostas ryte / J. Jonaitis / ELTA nuotr.", "Uostas ryte", "J. Jonaitis / ELTA nuotr", "image"},
		// As a last sentence.
		{"The port has been closed for a week. AP", "The port has been closed for a week.", "AP", "image"},
		{"Ships wait before the port, as seen on 3 July. Jane Doe / Pool via Reuters", "Ships wait before the port, as seen on 3 July.", "Jane Doe / Pool via Reuters", "image"},
		{"항구에서 주민들이 배를 기다리고 있다. 연합뉴스", "항구에서 주민들이 배를 기다리고 있다.", "연합뉴스", "image"},
		{"항구에서 주민들이 배를 기다리고 있다. 홍길동 기자", "항구에서 주민들이 배를 기다리고 있다.", "홍길동 기자", "image"},
		{"港口的早晨。图片来源：新华社", "港口的早晨。", "新华社", "image"},
		// None.
		{"Jan Muster (CDU) und Ada Obi (AfD)", "Jan Muster (CDU) und Ada Obi (AfD)", "", "image"},
		{"The port – opening (1:24:10)", "The port – opening (1:24:10)", "", "image"},
		{"Im Bild: Jan Muster", "Im Bild: Jan Muster", "", "image"},
		{"The port, left, and Jane Doe, right.", "The port, left, and Jane Doe, right.", "", "image"},
		{"Ships wait for Dr. Jane Doe", "Ships wait for Dr. Jane Doe", "", "image"},
		{"A photo of the port shows how the water rose", "A photo of the port shows how the water rose", "", "image"},
		{"", "", "", "image"},
	} {
		text, credit, media := Split(c.in, true)
		if text != c.text || credit != c.credit || media != c.media {
			t.Errorf("%q:\n got %q | %q | %s\nwant %q | %q | %s", c.in, text, credit, media, c.text, c.credit, c.media)
		}
	}
}

// TestStoryBrackets: what a story says in brackets is no credit.
func TestStoryBrackets(t *testing.T) {
	for _, s := range []string{
		"Villages lost 4,100 houses in 2021 (the figure is the eastern government's own)",
		"The treaty was signed by three parties (Labour, the Greens and the Centre)",
		"She was elected mayor (2010/2014)",
		"He said the party (Labour/Greens) would not agree (as it had said before)",
		"The figures are from the ministry (source: annual report)",
		"The painting shows the river (image of a boat)",
		"Children were told of it (a photo by which the village is known)",
		"He left the Front (FN)",
		"The picture by Jane Doe",
		"Photo: Jane Doe",
	} {
		if _, credit, _ := Split(s, false); credit != "" {
			t.Errorf("%q: got the credit %q", s, credit)
		}
	}
}

func TestCreditLine(t *testing.T) {
	for in, want := range map[string]string{
		"Foto: Jan Muster":            "Jan Muster",
		"(Image: Getty Images)":       "Getty Images",
		"Image credit: Jane Doe":      "Jane Doe",
		"© Jane Doe / Agency":         "Jane Doe / Agency",
		"Jan Muster/dpa":              "Jan Muster/dpa",
		"/ Ana Pérez / AFP":           "Ana Pérez / AFP",
		"BERTRAND GUAY / AFP":         "BERTRAND GUAY / AFP",
		"Getty Images":                "Getty Images",
		"The port at dawn":            "",
		"Photo shows the port":        "",
		"Source of the river":         "",
		"Jane Doe looks at the river": "",
		"Jane Doe":                    "",
		"12 May 2024":                 "",
		"":                            "",
	} {
		if got, _, _ := Line(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestSplitCredits(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Obi/Coastline/Pool/Reuters":       "Ada Obi|Coastline|Pool|Reuters",
		"Jane Doe / Pool via Reuters":          "Jane Doe|Pool|Reuters",
		"Jane Doe via Getty Images":            "Jane Doe|Getty Images",
		"Jan Muster (Keystone)":                "Jan Muster|Keystone",
		"picture alliance | Jan Muster":        "picture alliance|Jan Muster",
		"Ola Berg og Kari Nes (Courier)":       "Ola Berg|Kari Nes|Courier",
		"Jane Doe and Ada Obi/AFP":             "Jane Doe|Ada Obi|AFP",
		"Barnes and Noble":                     "Barnes and Noble",
		"Jane Doe, AP":                         "Jane Doe|AP",
		"U.S. District Court":                  "U.S. District Court",
		"AFP/afp":                              "AFP",
		"Jane Doe c/o Agency":                  "Jane Doe c/o Agency",
		"":                                     "",
		strings.Repeat("A/B/", 1000) + "final": "A|B|final",
	} {
		if got := strings.Join(Parts(in), "|"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzSplitCredit: nothing panics; caption and credit are parts of what was said.
func FuzzSplitCredit(f *testing.F) {
	for _, s := range []string{
		"A. (Photo: B/C)", "A © B", "A | B / C", "Foto: (", "）（图：新华社）", "(((a/b)))", "A. Credit:Credit:Credit: X", "写真＝共同 写真＝", "/ / / AFP", "Foto von von von", "\xff(AP)", "사진=연합뉴스 기자", "©©©", "A. B.C.@d (e@f.g)", "!  0", "Fot.Fot.(",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, known bool) {
		text, credit, media := Split(s, known)
		if !strings.HasPrefix(strings.TrimSpace(s), text) && !strings.HasPrefix(s, text) {
			t.Errorf("%q: the caption %q is not its start", s, text)
		}
		line, kind, ok := Line(s)
		if ok != (line != "") && ok {
			t.Errorf("%q: a credit line without a credit", s)
		}
		for _, c := range []string{credit, line, Clean(s)} {
			if !strings.Contains(s, c) {
				t.Errorf("%q: the credit %q is not part of it", s, c)
			}
			if utf8.ValidString(s) && !utf8.ValidString(c) {
				t.Errorf("%q: the credit %q is cut within a character", s, c)
			}
			if parts := Parts(c); len(parts) > 30 || slices.Contains(parts, "") {
				t.Errorf("%q: got the parts %q", c, parts)
			}
		}
		for _, m := range []string{media, kind} {
			if !slices.Contains([]string{"", "image", "video", "audio", "other"}, m) {
				t.Errorf("%q: got the medium %q", s, m)
			}
		}
	})
}

// TestAgencyNames: each agency stands in one row.
func TestAgencyNames(t *testing.T) {
	rows := map[string]AgencyUse{}
	for _, row := range agencyNames {
		for name := range text.Phrases(row.names) {
			folded := text.Fold(name)
			if uses, has := rows[folded]; has && uses != row.uses {
				t.Errorf("%q stands in two rows", name)
			}
			rows[folded] = row.uses
		}
	}
}
