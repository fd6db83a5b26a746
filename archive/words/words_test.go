package words

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"The Mayor, again.", "the mayor again"},
		{"covid-19 N5,000 a.b@c.org U.S. O'Brien C++", "covid 19 n5 000 a b c org u s o brien c"},
		{"Économie déjà l’été ŒUVRE", "economie deja l ete oeuvre"},
		{"e\u0301te\u0301 e\u0323\u0300", "ete e"},
		{"Ƙasar ɓangaren ɗalibi Ƴan 'yan ʼyan sana’a", "kasar bangaren dalibi yan yan yan sana a"},
		{"Eŋlɛ ɔkɔ Øre Łódź Đà Nẵng ISTANBUL İstanbul ıstanbul Straße STRASSE Þór", "enle oko ore lodz da nang istanbul istanbul istanbul strasse strasse thor"},
		{"ﬁnance ＦＵＬＬ １２３ ① Ⅷ", "finance full 123 1 viii"},
		{"ΟΔΟΣ οδός", "οδοσ οδοσ"},
		{"ёлка Мой", "елка мой"},
		{"أَخْبَار إسلام آخر مدرسة على العـــربية ٢٠٢٦", "اخبار اسلام اخر مدرسه علي العربيه 2026"},
		{"می\u200cخواهم کتاب", "ميخواهم كتاب"},
		{"שָׁלוֹם", "שלום"},
		{"हिन्दी समाचार", "हिन्दी समाचार"},
		{"서울에서", "서울 울에 에서 서"},
		{"東京 カメラー ﾃﾚﾋﾞ", "東京 京 カメ メラ ラー ー テレ レビ ビ"},
		{"新冠COVID19感染", "新冠 冠 covid19 感染 染"},
		{"2026年", "2026 年"},
		{"ข่าว", "ข่ ่า าว ว"},
		{"क़ीमत क\u093cीमत कीमत", "कीमत कीमत कीमत"},
		{"កម្ពុ\u200bជា", Fold("កម្ពុជា")},
		{"東\u200b京 a東\u200bb", "東京 京 a 東 b"},
		{"soft\u00adhyphen a\u200bb", "softhyphen a b"},
		{"bad\xffbytes\x00here", "bad bytes here"},
		{strings.Repeat("x", 1000), strings.Repeat("x", maxToken)},
	} {
		if got := Fold(test.in); got != test.want {
			t.Errorf("Fold(%q): got %q, want %q", test.in, got, test.want)
		}
		var all []string
		for tok := range Tokens(test.in) {
			all = append(all, tok.Text)
			if tok.Start < 0 || tok.Start >= tok.FirstEnd || tok.FirstEnd > tok.End || tok.End > len(test.in) {
				t.Errorf("%q: token %+v is out of range", test.in, tok)
			}
		}
		if got := strings.Join(all, " "); got != test.want {
			t.Errorf("Tokens(%q): got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestTokensKnowTheirPlace(t *testing.T) {
	s := "L’Été à 서울"
	var got []string
	for tok := range Tokens(s) {
		got = append(got, s[tok.Start:tok.End]+"/"+s[tok.Start:tok.FirstEnd])
	}
	if want := "L/L Été/Été à/à 서울/서 울/울"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"The Mayor", `"quoted phrase" -not pre*`, "서울에서", "Ƙasa \xff\x00", "NEAR(a b, 3) OR title:x", "((", "ﷺ", "a\u0301\u0302"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for tok := range Tokens(s) {
			if tok.Start < 0 || tok.Start > tok.FirstEnd || tok.FirstEnd > tok.End || tok.End > len(s) || tok.Start < last && tok.FirstEnd == tok.End && !tok.Last {
				t.Fatalf("%q: token %+v", s, tok)
			}
			last = tok.Start
			if tok.Text == "" || strings.ContainsAny(tok.Text, " \"'\x00*") || !utf8.ValidString(tok.Text) {
				t.Fatalf("%q: token %q", s, tok.Text)
			}
		}
		for _, q := range []Query{Parse(s)} {
			_ = q.Expression()
			checkMarks(t, q, s)
		}
		if q, err := ParseOperators(s); err == nil {
			_ = q.Expression()
			checkMarks(t, q, s)
		}
	})
}

func checkMarks(t *testing.T, q Query, s string) {
	t.Helper()
	for _, m := range q.Marks(s) {
		if m.Start < 0 || m.Start >= m.End || m.End > len(s) {
			t.Fatalf("mark %v of %q", m, s)
		}
	}
	sn := q.Snippet(s)
	for _, m := range sn.Marks {
		if m.Start < 0 || m.Start >= m.End || m.End > len(sn.Text) {
			t.Fatalf("mark %v of %q", m, sn.Text)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	s := strings.Repeat("The mayor of Saltmere said that the économie would recover. ", 70)
	b.SetBytes(int64(len(s)))
	var buf []byte
	for b.Loop() {
		buf = Append(buf[:0], s)
	}
}
