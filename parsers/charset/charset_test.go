package charset

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/charset"
)

// sentences are in many languages, as pages of that time have them.
var sentences = map[string]string{
	"ru":    "Паром через пролив пойдёт в последний раз в октябре, сообщила в понедельник контора порта. Жители островов просили о лодке поменьше, но моста, говорят они, овцам недостаточно.",
	"uk":    "Пором через протоку піде востаннє у жовтні, повідомила в понеділок контора порту. Мешканці островів просили про менший човен, але мосту, кажуть вони, вівцям не досить.",
	"zh":    "港口办公室星期一说，北方海峡的最后一班渡轮将在十月开出。岛上的居民要一条小一点的船，他们说有了桥还不够，因为羊不会在桥上走。这条船已经用了九十年。",
	"zh-tw": "港口辦公室星期一說，北方海峽的最後一班渡輪將在十月開出。島上的居民要一條小一點的船，他們說有了橋還不夠，因為羊不會在橋上走。這條船已經用了九十年。",
	"ja":    "港の事務所は月曜日、北の海峡を渡る最後の船が十月に出ると発表した。島の人たちはもっと小さな船がほしいと言い、橋だけでは羊を運ぶことができないと話している。",
	"ko":    "항구 사무소는 월요일에 북쪽 해협을 건너는 마지막 배가 시월에 떠난다고 말했다. 섬의 주민들은 더 작은 배를 원하며 다리만으로는 양을 나를 수 없다고 이야기했다.",
	"el":    "Το τελευταίο πλοίο θα περάσει το στενό τον Οκτώβριο, είπε τη Δευτέρα το γραφείο του λιμανιού. Οι κάτοικοι των νησιών ζήτησαν μια μικρότερη βάρκα.",
	"he":    "המעבורת האחרונה תצא באוקטובר, אמר ביום שני משרד הנמל. תושבי האיים ביקשו סירה קטנה יותר, כי גשר לבדו אינו מספיק לכבשים.",
	"ar":    "قال مكتب الميناء يوم الاثنين إن العبارة الأخيرة ستبحر في أكتوبر. وطلب سكان الجزر قاربا أصغر لأن الجسر وحده لا يكفي للأغنام التي تعيش هناك.",
	"th":    "สำนักงานท่าเรือกล่าวเมื่อวันจันทร์ว่าเรือข้ามฟากเที่ยวสุดท้ายจะออกในเดือนตุลาคม ชาวเกาะขอเรือที่เล็กกว่า เพราะสะพานอย่างเดียวไม่พอสำหรับแกะ",
	"pl":    "Ostatni prom przepłynie cieśninę w październiku, powiedziało w poniedziałek biuro portu. Mieszkańcy wysp chcą mniejszej łodzi, ponieważ most nie wystarczy, żeby przewieźć ich owce, które pasą się na łąkach.",
	"cs":    "Poslední přívoz přepluje úžinu v říjnu, řekla v pondělí kancelář přístavu. Obyvatelé ostrovů chtějí menší loď, protože most ovcím nestačí, přestože stojí u břehu už léta. Věří, že se něco změní.",
	"tr":    "Son feribot boğazı ekimde geçecek, dedi pazartesi günü liman ofisi. Adalarda yaşayanlar daha küçük bir tekne istiyor, çünkü köprü koyunlar için yeterli değil, diyorlar. Işıklar şimdi kapanıyor.",
	"de":    "Die letzte Fähre fährt im Oktober über die Meerenge, sagte das Hafenbüro am Montag. Die Bewohner möchten ein kleineres Boot, denn über die Brücke gehen die Schafe nicht, und die Höhe von 5 m² genügt.",
	"fr":    "Le dernier bac traversera le détroit en octobre, a déclaré lundi le bureau du port. Les habitants des îles préfèrent un bateau plus léger, car le pont ne suffit pas aux bêtes, même l’été.",
}

func encoded(t testing.TB, name, s string) string {
	t.Helper()
	e, _ := charset.Lookup(name)
	if e == nil {
		t.Fatalf("no encoding %q", name)
	}
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func TestDecode(t *testing.T) {
	banner := "<!-- " + strings.Repeat("An archive says here for a long while where the page is from. ", 60) + " -->"
	meta := func(name string) string {
		return `<meta http-equiv="Content-Type" content="text/html; charset=` + name + `">`
	}
	for _, test := range []struct {
		name, lang, coding, head, header, host string
	}{
		{"UTF-8, undeclared", "ru", "utf-8", "", "", ""},
		{"UTF-8 that a meta element calls Latin", "fr", "utf-8", meta("iso-8859-1"), "", ""},
		{"UTF-8 that a header calls Latin", "zh", "utf-8", "", "iso-8859-1", ""},
		{"UTF-8 that a meta element calls so, and a header Latin", "de", "utf-8", meta("utf-8"), "iso-8859-1", ""},
		{"by the header", "cs", "iso-8859-2", meta("utf-8"), "ISO-8859-2", ""},
		{"by a late meta element", "zh", "gb2312", banner + meta("gb2312"), "", ""},
		{"by a short meta element in capitals", "ko", "euc-kr", "<META CHARSET=EUC-KR>", "", ""},
		{"by an XML declaration", "ja", "euc-jp", "", "", ""},
		{"header of UTF-8 that is none", "ru", "windows-1251", meta("windows-1251"), "utf-8", ""},
		{"header of UTF-8 that is none, no other declaration", "ru", "windows-1251", "", "utf-8", ""},
		{"meta element of UTF-8 that is none", "ja", "shift_jis", meta("utf-8"), "", ""},
		{"a template's Latin", "ru", "windows-1251", meta("iso-8859-1"), "", ""},
		{"a template's Latin, Korean", "ko", "euc-kr", meta("windows-1252"), "", ""},
		{"an unknown label", "de", "windows-1252", meta("none-such"), "", ""},
		{"guessed: windows-1251", "ru", "windows-1251", "", "", ""},
		{"guessed: windows-1251, Ukrainian", "uk", "windows-1251", "", "", ""},
		{"guessed: KOI8-R", "ru", "koi8-r", "", "", ""},
		{"guessed: ISO-8859-5", "ru", "iso-8859-5", "", "", ""},
		{"guessed: IBM866", "ru", "ibm866", "", "", ""},
		{"guessed: GB2312", "zh", "gbk", "", "", ""},
		{"guessed: Big5", "zh-tw", "big5", "", "", ""},
		{"guessed: Shift_JIS", "ja", "shift_jis", "", "", ""},
		{"guessed: EUC-JP", "ja", "euc-jp", "", "", ""},
		{"guessed: ISO-2022-JP", "ja", "iso-2022-jp", "", "", ""},
		{"guessed: EUC-KR", "ko", "euc-kr", "", "", ""},
		{"guessed: windows-1253", "el", "windows-1253", "", "", ""},
		{"guessed: windows-1255", "he", "windows-1255", "", "", ""},
		{"guessed: windows-1256", "ar", "windows-1256", "", "", ""},
		{"guessed: windows-874", "th", "windows-874", "", "", ""},
		{"guessed: windows-1250, Polish", "pl", "windows-1250", "", "", ""},
		{"guessed: ISO-8859-2, Polish", "pl", "iso-8859-2", "", "", ""},
		{"guessed: windows-1250, Czech host", "cs", "windows-1250", "", "", "strait.cz"},
		{"guessed: ISO-8859-2, Czech host", "cs", "iso-8859-2", "", "", "strait.cz"},
		{"guessed: windows-1254, Turkish host", "tr", "windows-1254", "", "", "strait.com.tr"},
		{"guessed: windows-1252, German", "de", "windows-1252", "", "", ""},
		{"guessed: windows-1252, French", "fr", "windows-1252", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := sentences[test.lang]
			page := "<html><head>" + test.head + "<script>var a = '<p>';</script><title>x</title></head><body><article><p>" + text + "</p></article></body></html>"
			if strings.Contains(test.name, "XML") {
				page = `<?xml version="1.0" encoding="` + test.coding + `"?><!DOCTYPE html>` + page
			}
			contentType := "text/html"
			if test.header != "" {
				contentType += "; charset=" + test.header
			}
			out, err := Decode([]byte(encoded(t, test.coding, page)), contentType, test.host)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(out), text) {
				t.Errorf("got %q", out[max(0, len(out)-len(text)-40):])
			}
		})
	}
}

// TestDamagedUTF8: an invalid byte does not make a page another encoding.
// TestUTF16: with or without a byte order mark, whole or cut off in a character.
func TestUTF16(t *testing.T) {
	const text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>Ünï çödé 港</a>"
	for _, name := range []string{"utf-16le", "utf-16be"} {
		e, _ := charset.Lookup(name)
		bare, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		mark, err := e.NewEncoder().String("\ufeff")
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []string{bare, mark + bare} {
			if got, err := Decode([]byte(in), "application/xml; charset=utf-8", ""); err != nil || string(got) != text {
				t.Errorf("%s: got %q, %v", name, got, err)
			}
			if got, err := Decode([]byte(in[:len(in)-1]), "", ""); err != nil || !strings.HasPrefix(string(got), text[:len(text)-1]) {
				t.Errorf("%s, cut off: got %q, %v", name, got, err)
			}
		}
	}
	// Zeros elsewhere are not UTF-16.
	for _, in := range []string{"a\x00bc", "\x00\x00ab", "ab\x00\x00", "a\x00"} {
		if got, err := Decode([]byte(in), "", ""); err != nil || string(got) != in {
			t.Errorf("got %q, %v for %q", got, err, in)
		}
	}
}

func TestDamagedUTF8(t *testing.T) {
	out, err := Decode([]byte("<meta charset=utf-8><p>"+strings.Repeat(sentences["de"], 5)+"\xe4\xff</p>"), "", "")
	if err != nil || !strings.Contains(string(out), "Fähre") || !strings.Contains(string(out), "\ufffd") {
		t.Errorf("got %q, %v", out, err)
	}
}

// TestHostile: an encoding is found in bounded time.
func TestHostile(t *testing.T) {
	for name, unit := range map[string]string{"scripts": "<script \xe4", "comments": "<!-- \xe4", "charsets": "charset", "metas": "<meta charset", "letters": "\xe4\xf6 "} {
		start := time.Now()
		if _, err := Decode([]byte(strings.Repeat(unit, 8<<20/len(unit))+"\xff\xfe"), "", ""); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("<meta charset=koi8-r><p>\xd0\xcf\xd2\xd4"), "")
	f.Add([]byte("<?xml encoding='x'?><META CONTENT='text/html; charset=\""), "utf-16")
	f.Add([]byte("0<sCript0>\xd3"), "")
	f.Fuzz(func(t *testing.T, b []byte, header string) {
		for _, h := range []string{"", header} {
			if _, err := Decode(b, "text/html; charset="+h, ""); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestInvalidContentType: browsers pass an invalid Content-Type over, so what its
// charset says counts less than the page's own word, and more than a guess.
func TestInvalidContentType(t *testing.T) {
	const text = "<p>Le caf\u00e9 de l\u2019\u00eele</p>"
	latin := "<meta charset=windows-1252>" + encoded(t, "windows-1252", text)
	greek := encoded(t, "iso-8859-7", "<p>\u03bd\u03b1\u03b9</p>")
	tests := []struct{ name, body, contentType, want string }{
		{"a declaration goes before it", latin, "text/html charset=koi8-r", text},
		{"it goes before a guess", greek, "text/html charset=iso-8859-7", "<p>\u03bd\u03b1\u03b9</p>"},
		{"the last valid field counts", greek, "text/html; charset=koi8-r, text/html; charset=iso-8859-7", "<p>\u03bd\u03b1\u03b9</p>"},
		{"the charset of a field of the same type", greek, "text/html; charset=iso-8859-7, text/html", "<p>\u03bd\u03b1\u03b9</p>"},
		{"a second charset does not count", greek, "text/html; charset=iso-8859-7; charset=utf-8", "<p>\u03bd\u03b1\u03b9</p>"},
	}
	for _, tt := range tests {
		got, err := Decode([]byte(tt.body), tt.contentType, "")
		if err != nil || !strings.HasSuffix(string(got), tt.want) {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
