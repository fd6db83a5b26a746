package byline

import (
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

// readerOf makes a reader for a page with a head as given.
func readerOf(t testing.TB, head, lang string) *reader {
	t.Helper()
	root, err := html.Parse(strings.NewReader(`<html lang="` + lang + `"><head>` + head + `</head><body><h1>The ferry is back</h1><p>It came in at noon.</p></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse("https://www.ledger.example/x")
	return newReader(doc.Read(&article.Page{URL: u}, root), "The ferry is back", nil)
}

func joinNames(names []authorName) string {
	var res []string
	for _, n := range names {
		s := n.Name
		if n.Kind == "organization" {
			s = "[" + s + "]"
		}
		if n.Role != "" {
			s += " (" + n.Role + ")"
		}
		if n.Email != "" {
			s += " <" + n.Email + ">"
		}
		res = append(res, s)
	}
	return strings.Join(res, "; ")
}

// TestNames: names come out of a byline as printed, without what stands around
// them. "|" stands for the border of an element, "/n" for that of a block.
func TestNames(t *testing.T) {
	for _, tc := range []struct{ lang, in, want string }{
		{"en", "By Jane Doe", "Jane Doe"},
		{"en", "BY JANE DOE AND JOHN ROE-SMITH", "Jane Doe; John Roe-Smith"},
		{"en", "By Jane Doe in Seoul and John Roe in Tokyo, Reuters", "Jane Doe; John Roe; [Reuters]"},
		{"en", "By|Jane Doe|Thursday, May 2, 2024", "Jane Doe"},
		{"en", "By|Jane|Doe", "Jane Doe"},
		{"en", "Jane Doe, Senior Reporter", "Jane Doe (Senior Reporter)"},
		{"en", "Jane Doe|Chief Winemaker, Co-Founder", "Jane Doe (Chief Winemaker)"},
		{"en", "Jane Doe/nStaff Writer/nPublished May 3, 2024", "Jane Doe (Staff Writer)"},
		{"en", "Written by Jane Doe, MD, reviewed by John Roe, PhD", "Jane Doe"},
		{"en", "Medically reviewed by John Roe", ""},
		{"en", "Jane Doe jane@ledger.example", "Jane Doe <jane@ledger.example>"},
		{"en", "By Jane Doe for The Ledger", "Jane Doe"},
		{"en", "By Jane Doe | Updated 3:15 p.m.", "Jane Doe"},
		{"en", "J. R. Doe", "J. R. Doe"},
		{"en", "By Jane Doe, BA, MSc", "Jane Doe"},
		{"en", "By PhD Jane Doe", "Jane Doe"},
		{"en", "Jane Doe, CFP®", "Jane Doe"},
		{"en", "By John Roe III, MD", "John Roe III"},
		{"en", "By John Roe, Jr., Ph.D.", "John Roe, Jr."},
		{"en", "By Jack Ma", "Jack Ma"},
		{"en", "By Cleo Baker", "Cleo Baker"},
		{"en", "By Emily Post", "Emily Post"},
		{"en", "By Lorenzo Da Ponte and Da Silva", "Lorenzo Da Ponte; Da Silva"},
		{"en", "By Da Ponte", "Da Ponte"},
		{"it", "Da Anna Rossi", "Anna Rossi"},
		{"en", "By Jane Doe Lifestyle Writer", "Jane Doe (Lifestyle Writer)"},
		{"en", "Jane Doe|Culture Writer", "Jane Doe (Culture Writer)"},
		{"en", "About Jane Doe", "Jane Doe"},
		{"en", "By Jane Doe | 3 May 2024 | Brakes and Brake Repair", "Jane Doe"},
		{"en", "Phoenix, United States", "Phoenix"},
		{"en", "(c)", ""},
		{"de", "Von Anna Muster/nLeitende Wirtschaftsredakteurin", "Anna Muster (Leitende Wirtschaftsredakteurin)"},
		{"ko", "순천, 광양 |홍길동| 기자", "홍길동 (기자)"},
		{"ko", "서울=홍길동·김철수 기자", "홍길동 (기자); 김철수 (기자)"},
		{"en", "Dr. Jane Doe", "Jane Doe"},
		{"en", "Posted by SomeBody on March 3, 2024", "SomeBody"},
		{"en", "By Harbour Staff", "[Harbour Staff]"},
		{"en", "By Harbour Ledger staff - 24 June 2026", "[Harbour Ledger staff]"},
		{"en", "By The Associated Press", "[The Associated Press]"},
		{"en", "More by Jane Doe", "Jane Doe"},
		{"en", "By Jane Doe, Seoul", "Jane Doe"},
		{"en", "Jane O’Hara and Seán Ó Briain", "Jane O’Hara; Seán Ó Briain"},
		{"en", "By the time the ferry came", ""},
		{"en", "Published", ""},
		{"en", "Share this story", ""},
		{"en", "Photo: Jane Doe", ""},
		{"de", "Von Anna Muster und Jürgen von der Heide", "Anna Muster; Jürgen von der Heide"},
		{"de", "Ein Gastbeitrag von Anna Muster", "Anna Muster"},
		{"de", "Autorin: Anna Muster, Redakteurin", "Anna Muster (Redakteurin)"},
		{"de", "Von Anna Muster, dpa", "Anna Muster; [dpa]"},
		{"de", "Geprüft von Anna Muster", ""},
		{"de", "von Anna Muster am 3. Mai 2024, 10:15 Uhr", "Anna Muster"},
		{"fr", "Par Jeanne Dupont et Luc Martin (à Nice)", "Jeanne Dupont; Luc Martin"},
		{"fr", "Propos recueillis par Jeanne Dupont", "Jeanne Dupont"},
		{"es", "Por Juana Pérez y Luis Gómez", "Juana Pérez; Luis Gómez"},
		{"es", "Por José Ortega y Gasset", "José Ortega y Gasset"},
		{"es", "Juana Pérez en Madrid", "Juana Pérez"},
		{"it", "di Maria Rossi e Luca Bianchi", "Maria Rossi; Luca Bianchi"},
		{"nl", "Door Jan de Vries en Piet van den Berg", "Jan de Vries; Piet van den Berg"},
		{"pt", "Por Ana Silva", "Ana Silva"},
		{"nb", "Skrevet av Kari Nordmann og Ola Hansen", "Kari Nordmann; Ola Hansen"},
		{"ru", "Автор: Анна Иванова", "Анна Иванова"},
		{"id", "Penulis: Budi Santoso", "Budi Santoso"},
		{"ko", "홍길동 기자", "홍길동 (기자)"},
		{"zh", "作者：王小明", "王小明"},
		{"ja", "文/山田太郎", "山田太郎"},
	} {
		x := readerOf(t, "", tc.lang)
		in := strings.NewReplacer("|", string(inlineSep), "/n", string(blockSep)).Replace(tc.in)
		if strings.Contains(tc.in, " | ") {
			in = tc.in
		}
		if got := joinNames(x.bylineNames(in)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.in, got, tc.want)
		}
	}
}

// TestDeclaredNames: what data declares may be any account, but no placeholder.
func TestDeclaredNames(t *testing.T) {
	for in, want := range map[string]string{
		"jdoe77":                       "jdoe77",
		"annette doe":                  "annette doe",
		"Doe, Jane":                    "Jane Doe",
		"Jane Doe, Berlin":             "Jane Doe; Berlin",
		"Jane Doe (jad)":               "Jane Doe",
		"von Trapp":                    "von Trapp",
		"Di Stefano":                   "Di Stefano",
		"Von Anna Muster":              "Anna Muster",
		"By Jane Doe":                  "Jane Doe",
		"admin":                        "",
		"null":                         "",
		"[[author]]":                   "",
		"https://a.example/jane":       "",
		"Jane Doe &amp; John Roe":      "Jane Doe; John Roe",
		"Department of Food and Drugs": "[Department of Food and Drugs]",
		"www.ledger.example":           "",
	} {
		x := readerOf(t, "", "en")
		if got := joinNames(x.declaredNames(html.UnescapeString(in))); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// FuzzNames: no byline panics, and the names in it are within bounds.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"By Jane Doe and John Roe, Reuters", "Von\x1fAnna\x1fMuster\nRedakteurin", "작성자 홍길동 기자", "(((", "By By By", "Doe, Jane", "文/", "a@b.example", "ВЛАДИМИР ИВАНОВ", "İi Iı", "Jane\xffDoe", "·|–"} {
		f.Add(s)
	}
	x := readerOf(f, "", "es")
	f.Fuzz(func(t *testing.T, s string) {
		for _, names := range [][]authorName{x.bylineNames(s), x.declaredNames(s)} {
			if len(names) > 200 {
				t.Errorf("%d names", len(names))
			}
			for _, n := range names {
				if n.Name == "" || len(n.Name) > len(s)+200 {
					t.Errorf("odd name %q", n.Name)
				}
			}
		}
		trimByline(printed(s))
		IsLine(s)
	})
}

func TestIsPlaceholder(t *testing.T) {
	for name, want := range map[string]bool{
		"admin": true, "Site-Admin": true, "wpadmin2": true, "EDITOR": true, "[author]": true, "{{name}}": true, "%author%": true, "null": true, "": true,
		"Jane Doe": false, "Staff": false, "Harbour Admin Society": false,
	} {
		if got := IsPlaceholder(name); got != want {
			t.Errorf("IsPlaceholder(%q) = %v", name, got)
		}
	}
}

func TestIsLine(t *testing.T) {
	for s, want := range map[string]bool{
		"By Jane Doe": true, "Von Anna Muster": true, "Autor: Anna Muster": true, "3 May 2024, 10:15": true, "Published 3 May 2024": true,
		"By the time the ferry came": false, "By noon the ferry had left.": false, "The ferry is back": false, "": false,
		"di Maria Rossi": true, "di mare": false,
	} {
		if got := IsLine(s); got != want {
			t.Errorf("IsLine(%q) = %v", s, got)
		}
	}
}
