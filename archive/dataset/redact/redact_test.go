package redact

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/contacts"
)

// table has texts in many languages: what is between {E or {P and } must go, and nothing else.
var table = []struct{ region, text string }{
	{"GB", "Write to {Ejane.doe@paper.example.org} or call {P020 7946 0018}. It cost £1,250,000 in 2019-2024."},
	{"GB", "Email {Eo'brien+tips@mail.example.co.uk}, {EJANE@EXAMPLE.ORG}; see mailto:{Ea%40b.example.org} and mailto:{Eb@example.org}."},
	{"GB", "Spelled: {Ename [at] example.org}, {Ename (at) example (dot) org}, {Ename{at}example.org}, {Ename @ example.org}, {Ename＠example.org}."},
	{"GB", "In words: {Ejane.doe at example dot org}; email {Ejane at example dot org}. Meet us at example street, look at the dot com boom."},
	{"GB", "Arsenal @ Chelsea. Tonight @arsenal and @jane: see https://social.example/@jane, 5@10, logo@2x.png, a @ b, me@localhost."},
	{"GB", `"John Smith" <{Ejsmith@example.org}>; {E"john smith"@example.org}; ({Ex@example.org}), {Ey@example.org.} Then "{Ez@example.org}".`},
	{"US", "Call {P(212) 555-0123} or {P+1 212 555 0123}. He won 6-4 6-3 7-5; the bill has 2125550123 lines, SKU 4-55512-99."},
	{"DE", "Hinweise unter {P030 4664-0} oder an {Ehinweis@polizei.example.de}. Am 12.03.2024, 10.30 Uhr, ISBN 978-3-16-148410-0; 1 234 567 Menschen."},
	{"DE", "Schreiben Sie {Eüber.büro@müller-example.de}, Tel. {P+49 (0)30 901820}, {Epost (ät) example.de}."},
	{"FR", "Appelez le {P01 44 71 12 34} ou écrivez à {Econtact@journal.example.fr}, le 01.02.24 à 10.30, pour 1 200 000 euros."},
	{"ES", "Llame al {P912 345 678}, correo {Eredaccion@diario.example.es}, {Ejuan arroba example punto org}; 912 345 678 personas."},
	{"IT", "Scrivete a {Eredazione (chiocciola) giornale.example.it} o chiamate lo {P06 49821}. Nel 2023 1.234.567 euro."},
	{"PT", "Ligue {P21 321 4500} ou escreva para {Egeral@jornal.example.pt}."},
	{"NL", "Bel {P020-5629222} of mail {Eredactie@krant.example.nl}."},
	{"PL", "Telefon {P22 123 45 67}, e-mail {Eredakcja@gazeta.example.pl}; 600 123 456 złotych."},
	{"DK", "Ring {P33 11 22 33} eller skriv til {Eøster@avis.example.dk}. Kampen endte 21-19 21-15."},
	{"CZ", "Volejte {P224 222 222}, pište na {Eredakce (zavináč) noviny.example.cz}."},
	{"HU", "Hívja a {P06 1 234 5678} számot, {Ehirek (kukac) lap.example.hu}."},
	{"TR", "Arayın: {P0212 340 00 00}, {Ehaber@gazete.example.com.tr}"},
	{"GR", "Καλέστε {P210 338 2000}, γράψτε {Eνέα@εφημερίδα.ελ}."},
	{"RU", "Звоните по телефону {P8 (495) 123-45-67} или пишите {Eпочта@газета.рф}, {Enews@gazeta.example.ru}. В 2024 году 1 234 567 рублей."},
	{"UA", "Телефон {P044 123 4567}, пошта {Eredaktor@gazeta.example.ua}."},
	{"IL", "טלפון {P03-5123456}, דואר {Enews@paper.example.co.il}"},
	{"EG", "اتصل على هاتف {P٠٢ ٢٧٣٥ ٨٧٦١} أو {Einfo@paper.example.eg} في ٢٠٢٤"},
	{"IN", "फोन {P०११-२३४५६७८९}, ईमेल {Edesk@paper.example.in}, {Eसंपर्क@डेटामेल.भारत}"},
	{"TH", "โทร {P02-123-4567} อีเมล {Enews@paper.example.th}ครับ"},
	{"CN", "联系电话{P010-65363263}，邮箱{Ezhang3@paper.example.cn}谢谢，2024年5月6日，{E用户@例子.广告}。"},
	{"JP", "電話{P０３－３５８１－５１１１}、メール{Einfo@paper.example.jp}まで。"},
	{"KR", "전화 {P02-123-4567}, 이메일 {Enews@paper.example.kr}로"},
	{"ID", "Hubungi {P021 5296 0000} atau {Eredaksi@koran.example.id}."},
	{"NG", "Call {P0803 123 4567}, {P+234 803 123 4567} or {Etips@paper.example.ng}. N5,000,000 and 1.2 million."},
	{"", "Only {P+33 1 44 71 12 34} counts without a region, 01 44 71 12 34 does not."},
}

func plainAndWant(text string) (plain, want string) {
	var p, w strings.Builder
	for text != "" {
		i := strings.IndexByte(text, '{')
		if i < 0 || len(text) < i+2 || text[i+1] != 'E' && text[i+1] != 'P' {
			if i < 0 {
				i = len(text) - 1
			}
			p.WriteString(text[:i+1])
			w.WriteString(text[:i+1])
			text = text[i+1:]
			continue
		}
		p.WriteString(text[:i])
		w.WriteString(text[:i])
		name := map[byte]string{'E': "<EMAIL>", 'P': "<PHONE>"}[text[i+1]]
		text = text[i+2:]
		end := strings.IndexByte(text, '}')
		if j := strings.IndexByte(text, '{'); j >= 0 && j < end { // a brace of the text
			end += 1 + strings.IndexByte(text[end+1:], '}')
		}
		value := text[:end]
		rest := ""
		if trimmed := strings.TrimSuffix(value, "."); trimmed != value {
			value, rest = trimmed, "."
		}
		p.WriteString(value + rest)
		w.WriteString(name + rest)
		text = text[end+1:]
	}
	return p.String(), w.String()
}

// unnumbered takes the numbers out of placeholders.
func unnumbered(s string) string {
	for _, name := range kindNames {
		for i := range 20 {
			s = strings.ReplaceAll(s, fmt.Sprintf("<%s_%d>", name, i), "<"+name+">")
		}
	}
	return s
}

func TestTexts(t *testing.T) {
	r := mustNew(t, Options{Emails: true, Phones: true})
	for _, test := range table {
		plain, want := plainAndWant(test.text)
		got, _ := r.Text(plain, strings.Fields(test.region)...)
		if unnumbered(got) != want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", test.region, plain, got, want)
		}
		if again, counts := r.Text(got, test.region); again != got || counts != (Counts{}) {
			t.Errorf("again:\ngot  %s\nwant %s", again, got)
		}
		only, _ := mustNew(t, Options{Phones: true}).Text(plain, test.region)
		if strings.Contains(only, "<EMAIL") {
			t.Errorf("e-mails are redacted unasked: %s", only)
		}
	}
}

func mustNew(t testing.TB, o Options) *Redactor {
	t.Helper()
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func listOf(entries ...string) Options {
	return Options{List: strings.NewReader(strings.Join(entries, "\n"))}
}

func TestList(t *testing.T) {
	for _, test := range []struct{ list, text, want string }{
		{"Jane Doe", "Jane Doe, JANE  DOE, jane\n\tdoe and Jane\u00a0Doe met Jane Doery and Janet Doe.", "<REDACTED_1>, <REDACTED_1>, <REDACTED_1> and <REDACTED_1> met Jane Doery and Janet Doe."},
		{"Jose Munoz", "José Muñoz; Jose\u0301 Mun\u0303oz", "<REDACTED_1>; <REDACTED_1>"},
		{"José Muñoz", "Jose Munoz", "<REDACTED_1>"},
		{"O'Brien|Smith-Jones", "O’Brien and Smith–Jones, O Brien", "<REDACTED_1> and <REDACTED_2>, O Brien"},
		{"J. Doe|C++", "J. Doe likes C++, not C", "<REDACTED_1> likes <REDACTED_2>, not C"},
		{"Jane|Jane Doe", "Jane Doe and Jane", "<REDACTED_1> and <REDACTED_2>"},
		{"Ja\u00adne", "Jane, Ja\u00adne", "<REDACTED_1>, <REDACTED_1>"},
		{"Straße|Łódź|Ɗanƙasa", "STRASSE, Lodz, danKasa", "<REDACTED_1>, <REDACTED_2>, <REDACTED_3>"},
		{"张三", "记者张三报道", "记者<REDACTED_1>报道"},
		{"홍길동", "홍길동은 말했다", "<REDACTED_1>은 말했다"},
		{"иванов", "Иванов и Иванова", "<REDACTED_1> и Иванова"},
		{"محمد", "مُحَمَّد", "<REDACTED_1>"},
		{"कमल", "कमल और कमला", "<REDACTED_1> और कमला"},
		{"re:Case [A-Z]{2}-\\d+|#x", "Case AB-123 and Case CD-4 and Case AB-123", "<REDACTED_1> and <REDACTED_2> and <REDACTED_1>"},
		{"re:x*|re:^", "axa", "a<REDACTED_1>a"},
		{"# Jane||re:(?i)jane", "jane # Jane", "<REDACTED_1> # <REDACTED_2>"},
		{"email|1|redacted", "email 1 <EMAIL_1>", "<REDACTED_1> <REDACTED_2> <EMAIL_1>"},
		{"re:^.", "abc", "<REDACTED_1>bc"},
		{"re:.+", "a <EMAIL_1> b", "<REDACTED_1><EMAIL_1><REDACTED_1>"},
		{"Doe", "<REDACTED_7> Doe", "<REDACTED_7> <REDACTED_8>"},
		{"Jane", "", ""},
		{"a", "\xffa\xff", "\xff<REDACTED_1>\xff"},
	} {
		r := mustNew(t, listOf(strings.Split(test.list, "|")...))
		got, _ := r.Text(test.text)
		if got != test.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", test.list, test.text, got, test.want)
		}
		if again, _ := r.Text(got); again != got {
			t.Errorf("%s: again %s, got %s", test.list, again, got)
		}
	}
}

func TestListErrors(t *testing.T) {
	for list, want := range map[string]string{
		"a\nre:(":                           "line 2: error parsing regexp",
		"a\nb\n" + strings.Repeat("x", 1e4): "line 3: longer than 1000 bytes",
		"\xff":                              "line 1: not UTF-8",
		"\u00ad":                            "line 1: no word in it",
		strings.Repeat("a ", maxTokens+1):   "line 1: more than 50 words",
		strings.Repeat("re:a\n", 1+1000):    "line 1001: more than 1000 regular",
	} {
		if _, err := New(Options{List: strings.NewReader(list)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %s", list, err, want)
		}
	}
	if r := mustNew(t, listOf("\ufeffJane", "", "# x", "JANE", "re:x")); r.Entries() != 2 {
		t.Errorf("got %d entries", r.Entries())
	}
}

// TestDocument: a value has one number in all fields, however it is written.
func TestDocument(t *testing.T) {
	r := mustNew(t, Options{Emails: true, Phones: true, List: strings.NewReader("Jane Doe")})
	d := r.Document("GB")
	for _, test := range []struct{ text, want string }{
		{"By Jane Doe", "By <REDACTED_1>"},
		{"jane@example.org, 020 7946 0018, joe@example.org", "<EMAIL_1>, <PHONE_1>, <EMAIL_2>"},
		{"JANE DOE: Jane (at) Example.org, +44 20 7946 0018, +44 20 7946 0019", "<REDACTED_1>: <EMAIL_1>, <PHONE_1>, <PHONE_2>"},
		{"nothing", "nothing"},
	} {
		if got := d.Text(test.text); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if got, want := d.Counts(), (Counts{Emails: 3, Phones: 3, Listed: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := r.Document("GB").Text("joe@example.org"); got != "<EMAIL_1>" {
		t.Errorf("another document goes on counting: %s", got)
	}
}

// TestOverlap: an address with a listed name in it is an address; an expression that
// cuts one in two leaves none behind.
func TestOverlap(t *testing.T) {
	for _, test := range []struct{ list, text, want string }{
		{"Jane", "jane@example.org", "<EMAIL_1>"},
		{"re:.*org", "to jane@example.org now", "<REDACTED_1> now"},
		{"re:\\d", "jane@example.co1", "<EMAIL_1>"},
		{"ISBN", "ISBN 0301 234567", "<REDACTED_1> <PHONE_1>"},
	} {
		o := listOf(test.list)
		o.Emails, o.Phones = true, true
		r := mustNew(t, o)
		got, _ := r.Text(test.text, "DE")
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
		if again, _ := r.Text(got, "DE"); again != got {
			t.Errorf("%s: again %s", got, again)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	r := mustNew(t, Options{Emails: true, Phones: true, List: strings.NewReader("Jane Doe")})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if got, _ := r.Text("Jane Doe jane@example.org 020 7946 0018", "GB"); got != "<REDACTED_1> <EMAIL_1> <PHONE_1>" {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
}

func TestNothingToDo(t *testing.T) {
	s := "Jane Doe jane@example.org"
	if got, counts := mustNew(t, Options{}).Text(s, "GB"); got != s || counts != (Counts{}) {
		t.Errorf("got %s, %+v", got, counts)
	}
}

func Example() {
	r, err := New(Options{Emails: true, Phones: true, List: strings.NewReader("# witnesses\nJane Doe\n")})
	if err != nil {
		panic(err)
	}
	d := r.Document(contacts.RegionsOf("paper.co.uk", "en")...)
	fmt.Println(d.Text("Jane Doe speaks"))
	fmt.Println(d.Text("Reach JANE DOE at jane@example.org or 020 7946 0018."))
	fmt.Println(d.Counts())
	// Output:
	// <REDACTED_1> speaks
	// Reach <REDACTED_1> at <EMAIL_1> or <PHONE_1>.
	// {1 1 2}
}

// FuzzText: no address is found afterwards, redacting again changes nothing, and valid
// UTF-8 stays so.
func FuzzText(f *testing.F) {
	for _, test := range table {
		plain, _ := plainAndWant(test.text)
		f.Add(plain)
	}
	f.Add("<EMAIL_1>@<PHONE_22>x@y.org@z.com 030 901820 040 428280 Jane\u00ad Doe")
	r := mustNew(f, Options{Emails: true, Phones: true, List: strings.NewReader("Jane Doe\nre:J\\d+\n张三\n'")})
	f.Fuzz(func(t *testing.T, s string) {
		got, _ := r.Text(s, "DE", "US")
		if again, counts := r.Text(got, "DE", "US"); again != got || counts != (Counts{}) {
			t.Fatalf("%q: got %q, again %q", s, got, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q: got %q", s, got)
		}
		if at := mailLike.FindString(got); at != "" && !retina.MatchString(at) {
			t.Fatalf("%q: got %q with %q", s, got, at)
		}
	})
}

// TestHostileText takes minutes if a sign is followed as far as the text goes.
func TestHostileText(t *testing.T) {
	r := mustNew(t, Options{Emails: true, Phones: true, List: strings.NewReader("a\na a a a\nJane Doe")})
	for _, part := range []string{"@", "a@", "a.", "\"", "%40", "(at)", "a (at) ", "x at x dot ", "<EMAIL_", "<EMAIL_1>", "a ", "0 ", "+1 ", "(0", "0301234567 ", "張@", "a@b.c@", "\u0301", "https://a/0301234567/"} {
		s := strings.Repeat(part, (64<<10)/len(part))
		got, _ := r.Text(s, "DE")
		if again, _ := r.Text(got, "DE"); again != got {
			t.Errorf("%q: again differs", part)
		}
	}
}
