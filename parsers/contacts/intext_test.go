package contacts

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestInText: [[ and ]] are around what is found.
func TestInText(t *testing.T) {
	for _, test := range []struct{ regions, text string }{
		{"GB", "Call the desk on [[020 7946 0018]] or [[+44 20 7946 0018]]."},
		{"GB", "He rang [[(020) 7946 0018]] twice."},
		{"GB", "The strip is £1,250,000 and 0.5% of 12,345,678 people."},
		{"GB", "ISBN 978-0-306-40615-7, ISBN 0-306-40615-2; 2019-2024; 23.11.2026; 2026-11-23; 10:30-11:45."},
		{"GB", "https://a.example/2026/02079460018/x?id=02079460018 and www.a.example/02079460018"},
		{"GB", "order 02079460018, account no. 020 7946 0018 and id 02079460018x"},
		{"US", "Reach her at [[(212) 555-0123]], [[212-555-0199]] or [[1-800-433-7300]]."},
		{"US", "Call [[555-0142]] now; the bill has 2125550123 lines and 555-0142 more."},
		{"US", "He won 6-4 6-3 7-5 and 21-19 21-15; server 208.80.154.224."},
		{"DE", "Hinweise an die Polizei unter [[030 4664-0]] oder [[0176 12345678]]. Am 12.03.2024 um 10.30 Uhr."},
		{"DE", "Tel.: [[12345]], Fax [[030/901820]], [[+49 (0) 30 901820]], [[0049 30 901820]]"},
		{"DE", "Postleitzahl 10115, Aktenzeichen 123456789, 1.234.567 Euro, 1 234 567 Menschen, PLZ 10115 12345"},
		{"DE", "Anrufe: [[030 901820]] [[040 428280]] gehen ein; seit 2024 [[030 901820]]."},
		{"BE", "Vicco von Bülow (1923-2011), (12.03.2024); HP 9000/720"},
		{"FR", "Appelez le [[01 44 71 12 34]] ou le [[01.44.71.12.34]], le 01.02.24 à 10.30."},
		{"ES", "Llame al [[912 345 678]]. Hay 912 345 678 personas y 912 345 678 €."},
		{"PL", "Telefon [[22 123 45 67]], [[600 123 456]]; 600 123 456 złotych."},
		{"DK", "Ring [[33 11 22 33]] eller læs 2019 2020, 21-19 21-15."},
		{"RU", "Звоните по телефону [[8 (495) 123-45-67]] или [[+7 495 123-45-67]]."},
		{"JP", "電話[[03-3581-5111]]まで。"},
		{"CN", "联系电话：[[010-65363263]]，2024-05-06"},
		{"IN", "Phone: [[011-23456789]], Rs 12,34,567 crore"},
		{"BR", "Telefone [[(11) 3224-3322]], R$ 1.234.567"},
		{"NG", "Call [[0803 123 4567]] or [[+234 803 123 4567]]"},
		{"", "Only [[+33 1 44 71 12 34]] counts, 01 44 71 12 34 not; +100 000 000 readers; Tel. [[01 44 71 12 34]]"},
		{"", ""},
	} {
		plain := strings.NewReplacer("[[", "", "]]", "").Replace(test.text)
		var n Numbers
		var b strings.Builder
		last := 0
		for _, f := range n.InText(plain, strings.Fields(test.regions)...) {
			b.WriteString(plain[last:f.Start] + "[[" + plain[f.Start:f.End] + "]]")
			last = f.End
		}
		if got := b.String() + plain[last:]; got != test.text {
			t.Errorf("%s:\ngot  %s\nwant %s", test.regions, got, test.text)
		}
	}
}

func TestRegionsOf(t *testing.T) {
	for _, test := range []struct{ host, language, want string }{
		{"paper.de", "de", "DE"}, {"paper.co.uk", "en", "GB US"}, {"paper.co.uk:8080", "", "GB"}, {"paper.com", "pt-BR", "BR"}, {"paper.com", "en", "US"},
		{"paper.com", "", "US"}, {"paper.com", "fr", "FR"}, {"paper.tv", "de", "DE TV"}, {"paper.ch", "de-AT", "CH AT DE"}, {"", "", "US"}, {"paper.example", "sw", ""},
	} {
		if got := strings.Join(RegionsOf(test.host, test.language), " "); got != test.want {
			t.Errorf("%s in %q: got %q, want %q", test.host, test.language, got, test.want)
		}
	}
}

// FuzzInText: places are in order, apart, and cut no character.
func FuzzInText(f *testing.F) {
	f.Add("Tel. 030 901820, (020) 7946 0018 +49 30 901820 030 901820")
	f.Add("((((((((((1((((2")
	f.Fuzz(func(t *testing.T, s string) {
		var n Numbers
		last := 0
		for _, at := range n.InText(s, "DE", "US") {
			if at.Start < last || at.End <= at.Start || at.End > len(s) || at.End < len(s) && utf8.ValidString(s) && !utf8.RuneStart(s[at.End]) {
				t.Fatalf("%q: %+v", s, at)
			}
			last = at.End
		}
	})
}

// TestInTextOfHostileText takes a second if each bracket or digit is asked about again.
func TestInTextOfHostileText(t *testing.T) {
	var n Numbers
	for _, s := range []string{strings.Repeat("(", 1<<20) + "0123456", strings.Repeat("1 ", 1<<19), strings.Repeat("(1", 1<<18), strings.Repeat("+", 1<<18), strings.Repeat("0(", 1<<16) + "30901820"} {
		if got := n.InText(s, "DE"); len(got) > len(s)/7 {
			t.Errorf("%.20s: %d", s, len(got))
		}
	}
}
