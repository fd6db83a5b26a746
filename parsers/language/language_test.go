package language_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
	"github.com/newsmorgue/newsmorgue/parsers/language"
)

// samples are the opening of one story in many languages.
var samples = map[string]string{
	"en": "The council said on Tuesday that the old bridge over the river will be closed for two years, because the stones are no longer safe. People who live on the other side will have to take the ferry, which has been there for more than a hundred years but is often late when it rains.",
	"de": "Der Rat der Stadt hat am Dienstag mitgeteilt, dass die alte Brücke über den Fluss für zwei Jahre geschlossen wird, weil die Steine nicht mehr sicher sind. Wer auf der anderen Seite wohnt, muss mit der Fähre fahren, die es seit mehr als hundert Jahren gibt und die bei Regen oft zu spät kommt.",
	"fr": "Le conseil a annoncé mardi que le vieux pont sur la rivière sera fermé pendant deux ans, parce que les pierres ne sont plus sûres. Ceux qui habitent de l’autre côté devront prendre le bac, qui existe depuis plus de cent ans mais qui est souvent en retard quand il pleut dans la vallée.",
	"es": "El consejo anunció el martes que el viejo puente sobre el río estará cerrado durante dos años, porque las piedras ya no son seguras. Los que viven en la otra orilla tendrán que tomar la barca, que existe desde hace más de cien años pero que llega tarde con frecuencia cuando llueve en el valle.",
	"pt": "O conselho anunciou na terça-feira que a velha ponte sobre o rio vai ficar fechada durante dois anos, porque as pedras já não são seguras. Quem mora do outro lado terá de usar a balsa, que existe há mais de cem anos, mas que muitas vezes se atrasa quando chove no vale. Não há outra.",
	"it": "Il consiglio ha annunciato martedì che il vecchio ponte sul fiume sarà chiuso per due anni, perché le pietre non sono più sicure. Chi abita dall’altra parte dovrà prendere il traghetto, che esiste da più di cento anni ma che è spesso in ritardo quando piove nella valle e anche nella città.",
	"nl": "De raad heeft dinsdag gezegd dat de oude brug over de rivier voor twee jaar wordt gesloten, omdat de stenen niet meer veilig zijn. Wie aan de andere kant woont, moet met de veerboot, die er al meer dan honderd jaar is maar die bij regen vaak te laat komt. Een andere weg is er niet.",
	"sv": "Rådet meddelade på tisdagen att den gamla bron över floden ska vara stängd i två år, eftersom stenarna inte längre är säkra. De som bor på den andra sidan får ta färjan, som har funnits i mer än hundra år men som ofta är sen när det regnar. Någon annan väg finns inte.",
	"da": "Rådet oplyste tirsdag, at den gamle bro over floden skal være lukket i to år, fordi stenene ikke længere er sikre. De, der bor på den anden side, må tage færgen, som har været der i mere end hundrede år, men som ofte er forsinket, når det regner. Der er ikke nogen anden vej.",
	"fi": "Neuvosto kertoi tiistaina, että joen yli johtava vanha silta on suljettu kaksi vuotta, koska sen kivet eivät ole enää turvallisia. Ne, jotka asuvat toisella puolella, joutuvat kulkemaan lautalla, joka on ollut siellä yli sata vuotta mutta on sateella usein myöhässä. Muuta tietä ei ole, ja se on ollut tiedossa.",
	"pl": "Rada poinformowała we wtorek, że stary most na rzece będzie zamknięty przez dwa lata, ponieważ kamienie nie są już bezpieczne. Ci, którzy mieszkają po drugiej stronie, będą musieli korzystać z promu, który jest tam od ponad stu lat, ale często się spóźnia, gdy pada deszcz. Innej drogi nie ma.",
	"cs": "Rada v úterý oznámila, že starý most přes řeku bude dva roky uzavřen, protože jeho kameny už nejsou bezpečné. Ti, kteří bydlí na druhé straně, budou muset jezdit přívozem, který tam je více než sto let, ale za deště se často opozdí. Jiná cesta tam není a ani se o ní neuvažuje.",
	"hu": "A tanács kedden közölte, hogy a folyón átívelő régi híd két évig zárva lesz, mert a kövei már nem biztonságosak. Akik a túlsó parton élnek, azoknak a komppal kell járniuk, amely több mint száz éve ott van, de az esőben gyakran késik. Más út nincs, és nem is lesz egy ideig, mondta a polgármester is.",
	"ro": "Consiliul a anunțat marți că podul vechi de peste râu va fi închis timp de doi ani, pentru că pietrele nu mai sunt sigure. Cei care locuiesc pe malul celălalt vor trebui să ia bacul, care este acolo de mai bine de o sută de ani, dar care întârzie des când plouă. Alt drum nu este.",
	"tr": "Belediye meclisi salı günü nehrin üzerindeki eski köprünün taşları artık güvenli olmadığı için iki yıl kapalı olacağını açıkladı. Karşı yakada yaşayanlar yüz yıldan daha eski olan ve yağmurda çok geç kalan feribota binmek zorunda. Bu yol için başka bir çare yok ve ne kadar süreceği de belli değil dedi.",
	"id": "Dewan kota pada hari Selasa mengatakan bahwa jembatan tua di atas sungai itu akan ditutup selama dua tahun karena batunya sudah tidak aman. Mereka yang tinggal di seberang harus naik perahu, yang telah ada lebih dari seratus tahun dan sering terlambat ketika hujan. Tidak ada jalan lain untuk mereka.",
	"vi": "Hội đồng thành phố hôm thứ ba cho biết cây cầu cũ bắc qua sông sẽ đóng cửa trong hai năm vì những viên đá không còn an toàn. Người dân ở bờ bên kia sẽ phải đi phà, đã có từ hơn một trăm năm nay nhưng thường đến muộn khi trời mưa. Không có con đường nào khác.",
	"sw": "Baraza la mji lilisema Jumanne kwamba daraja la zamani juu ya mto huo litafungwa kwa miaka miwili kwa sababu mawe yake si salama tena. Watu wanaoishi ng'ambo ya pili watalazimika kutumia kivuko, ambacho kimekuwa hapo kwa zaidi ya miaka mia moja lakini huchelewa wakati wa mvua. Hakuna njia nyingine ya kuvuka katika eneo hilo.",
	"ru": "Совет города сообщил во вторник, что старый мост через реку будет закрыт на два года, потому что его камни больше не безопасны. Тем, кто живёт на другом берегу, придётся ездить на пароме, который ходит там уже более ста лет, но часто опаздывает в дождь. Другого пути нет, и это всем известно.",
	"uk": "Рада міста повідомила у вівторок, що старий міст через річку буде закрито на два роки, бо його камені вже не є безпечними. Тим, хто живе на іншому березі, доведеться їздити поромом, який ходить там понад сто років, але часто запізнюється під час дощу. Іншого шляху немає, і це вже всі знають.",
	"bg": "Съветът съобщи във вторник, че старият мост над реката ще бъде затворен за две години, защото камъните му вече не са безопасни. Тези, които живеят на другия бряг, ще трябва да ползват ферибота, който е там от повече от сто години, но често закъснява при дъжд. Друг път няма и това не е новина.",
	"el": "Το συμβούλιο ανακοίνωσε την Τρίτη ότι η παλιά γέφυρα πάνω από το ποτάμι θα μείνει κλειστή για δύο χρόνια, γιατί οι πέτρες δεν είναι πια ασφαλείς.",
	"ar": "أعلن المجلس يوم الثلاثاء أن الجسر القديم على النهر سيغلق لمدة عامين لأن حجارته لم تعد آمنة. وقال إن من يعيش في الجانب الآخر عليه أن يستخدم العبارة التي كانت هناك منذ أكثر من مئة عام، لكنها تتأخر كثيرا عن موعدها في المطر. ولا طريق غير هذا إلى المدينة في الوقت الحالي كما قال المجلس.",
	"fa": "شورای شهر روز سه\u200cشنبه اعلام کرد که پل قدیمی روی رودخانه برای دو سال بسته می\u200cشود، زیرا سنگ\u200cهای آن دیگر امن نیست. کسانی که در آن سوی رود زندگی می\u200cکنند باید با قایق بروند که بیش از صد سال است در آنجا کار می\u200cکند اما در باران دیر می\u200cرسد. راه دیگری برای این مردم نیست و باید با آن بسازند.",
	"he": "המועצה הודיעה ביום שלישי כי הגשר הישן מעל הנהר ייסגר לשנתיים, משום שאבניו אינן בטוחות עוד. מי שגר בצד השני ייאלץ לנסוע במעבורת.",
	"hi": "परिषद ने मंगलवार को कहा कि नदी के ऊपर का पुराना पुल दो साल के लिए बंद रहेगा, क्योंकि उसके पत्थर अब सुरक्षित नहीं हैं। जो लोग दूसरी तरफ रहते हैं, उन्हें नाव से जाना होगा, जो सौ साल से भी अधिक समय से वहां है और बारिश में देर से आती है। और कोई रास्ता नहीं है।",
	"bn": "পরিষদ মঙ্গলবার জানিয়েছে যে নদীর উপর পুরোনো সেতুটি দুই বছরের জন্য বন্ধ থাকবে, কারণ এর পাথর আর নিরাপদ নয়।",
	"ta": "ஆற்றின் மீதுள்ள பழைய பாலம் இரண்டு ஆண்டுகளுக்கு மூடப்படும் என்று நகர மன்றம் செவ்வாய்க்கிழமை தெரிவித்தது.",
	"th": "สภาเมืองแถลงเมื่อวันอังคารว่าสะพานเก่าข้ามแม่น้ำจะปิดเป็นเวลาสองปีเพราะหินไม่ปลอดภัยอีกต่อไป",
	"ja": "市議会は火曜日、川にかかる古い橋を二年間閉鎖すると発表した。石がもはや安全ではないためだ。対岸に住む人々は渡し船を使うことになる。",
	"ko": "시의회는 화요일 강을 가로지르는 오래된 다리를 이 년 동안 폐쇄한다고 밝혔다. 돌이 더 이상 안전하지 않기 때문이다. 건너편 주민들은 나룻배를 타야 한다.",
	"zh": "市议会星期二宣布，横跨河流的老桥将关闭两年，因为桥上的石头已经不再安全。住在对岸的人只能乘坐渡船，这条渡船已经运行了一百多年。",
	"ka": "საბჭომ სამშაბათს განაცხადა, რომ მდინარეზე ძველი ხიდი ორი წლით დაიკეტება, რადგან ქვები უსაფრთხო აღარ არის.",
	"am": "ምክር ቤቱ ማክሰኞ ዕለት በወንዙ ላይ ያለው አሮጌ ድልድይ ለሁለት ዓመታት እንደሚዘጋ አስታወቀ። ድንጋዮቹ ከእንግዲህ ደህና አይደሉም።",
}

// find gives the language of a page with a head and a text, and where it is from.
func find(t testing.TB, head, text string) (tag, from string) {
	t.Helper()
	p := doctest.Page(t, head+`<title>A bridge</title><body><article><h1>A bridge</h1><p>`+html.EscapeString(text)+`</p></article>`)
	tag, pr := language.Find(p, text)
	if (tag == "") != (pr == article.Provenance{}) {
		t.Errorf("%q has provenance %v", tag, pr)
	}
	return tag, pr.From
}

func TestDetected(t *testing.T) {
	for want, text := range samples {
		if got, from := find(t, `<html>`, text); got != want {
			t.Errorf("got %q from %q, want %q", got, from, want)
		}
	}
}

// TestDeclared declares each language for each text: the right one and its
// relatives stand, one that is clearly wrong does not.
func TestDeclared(t *testing.T) {
	related := map[string]bool{"ruuk": true, "ukru": true}
	for of, text := range samples {
		for declared := range samples {
			if declared+of == "espt" || declared+of == "bgru" {
				continue // too similar for so short a text
			}
			_, from := find(t, `<html lang="`+declared+`">`, text)
			if got, want := from == "html:lang", declared == of || related[declared+of]; got != want {
				t.Errorf("text in %s declared as %s: allowed is %v, want %v", of, declared, got, want)
			}
		}
	}
	for _, c := range []struct {
		of, declared string
		allowed      bool
	}{
		{"en", "cy", false}, {"de", "nb", false}, {"ru", "sr-Latn", false},
		{"da", "nb", true}, {"id", "ms", true}, {"ru", "be", true},
	} {
		if _, from := find(t, `<html lang="`+c.declared+`">`, samples[c.of]); (from == "html:lang") != c.allowed {
			t.Errorf("text in %s declared as %s: got it from %q", c.of, c.declared, from)
		}
	}
}

// TestTag: what pages write in the place of a tag. The text is too short to
// contradict it.
func TestTag(t *testing.T) {
	for value, want := range map[string]string{
		"en": "en", "en-US": "en-US", "en-us": "en-US", "EN_gb": "en-GB", "zh-hant-tw": "zh-Hant-TW", "es-419": "es-419", "ca-valencia": "ca-valencia", "de-DE-1996": "de-DE-1996",
		// locales and lists
		"de_DE.UTF-8": "de-DE", "sr_RS@latin": "sr-RS", "DE, AT, CH": "de", "de-DE-formal": "de-DE", " fr ": "fr",
		// old codes and those of three letters
		"iw-IL": "he-IL", "in": "id", "ji": "yi", "jw": "jv", "eng": "en", "ger": "de", "deu-AT": "de-AT", "fre": "fr", "chi": "zh", "heb": "he", "per": "fa", "ckb": "ckb",
		// codes in use stay
		"tl": "tl", "sh": "sh", "no": "no", "nb-NO": "nb-NO", "fil": "fil",
		// countries
		"jp": "ja", "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "vn": "vi", "kz": "kk", "us": "en", "cn-TW": "zh-TW",
		// regions
		"en-UK": "en-GB", "en-EN": "en", "es_LA": "es-LA", "en-qqqq-US": "en-US",
		// names
		"English": "en", "Deutsch": "de", "español": "es", "Espanol": "es", "tiếng Việt": "vi", "Bahasa Indonesia": "id", "日本語": "ja", "Русский": "ru", "Eesti": "et", "Norsk": "no", "Bengali": "bn", "Serbian": "sr",
		// extensions
		"de-x-formal": "de", "en-US-posix": "en-US", "th-TH-u-ca-buddhist": "th-TH",
		// none
		"": "", "und": "", "mul": "", "zxx": "", "all": "", "xx": "", "qq-QQ": "", "default": "", "null": "", "{{lang}}": "", "x-klingon": "", "English language edition": "", "-": "", "\xff": "",
	} {
		if got, _ := find(t, `<html lang="`+value+`">`, "Short."); got != want {
			t.Errorf("lang=%q: got %q, want %q", value, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	ld := func(v string) string {
		return `<html><script type="application/ld+json">{"@type":"NewsArticle","headline":"A","inLanguage":` + v + `}</script>`
	}
	for _, c := range []struct{ head, text, want, from string }{
		{`<html lang="en-US">`, samples["en"], "en-US", "html:lang"},
		{`<html lang="en-us">`, samples["de"], "de", "text:words"}, // a theme that nobody translated
		{`<html lang="de"><meta property="og:locale" content="fr_FR">`, samples["fr"], "fr-FR", "meta:og:locale"},
		{ld(`{"@type":"Language","name":"Spanish"}`), samples["es"], "es", "jsonld:inLanguage"},
		{ld(`["nl-BE","fr"]`), samples["fr"], "fr", "jsonld:inLanguage"},
		{`<html lang="{{lang}}">`, samples["pl"], "pl", "text:words"},
		{`<html lang="und">`, samples["ja"], "ja", "text:script"},
		{`<html lang="nn-NO">`, samples["da"], "nn-NO", "html:lang"},
		{`<html lang="en">`, "Short.", "en", "html:lang"},
		{`<html>`, "Short.", "", ""},
	} {
		if got, from := find(t, c.head, c.text); got != c.want || from != c.from {
			t.Errorf("%s, text %.20q: got %q from %q, want %q from %q", c.head, c.text, got, from, c.want, c.from)
		}
	}
}

func TestExplanation(t *testing.T) {
	p := doctest.Page(t, `<html lang="en"><meta property="og:locale" content="de_DE"><meta name="language" content="German"><p>`+samples["de"])
	p.Explanation = &article.Explanation{}
	language.Find(p, samples["de"])
	var got []string
	for _, c := range p.Explanation.Fields {
		got = append(got, fmt.Sprintf("%s %s %v: %s", c.Value, c.From, c.Won, c.Why))
	}
	want := "en html:lang false: the text is in another language\n" +
		"de meta:language false: lower-priority declaration\n" +
		"de-DE meta:og:locale true: declared, and consistent with the text"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range samples {
		f.Add("en-US", s)
	}
	f.Add("\xff", strings.Repeat("the of ", 9999))
	f.Add("de-x-formal, Deutsch", "")
	f.Add("en-US-posix", "кана")
	f.Fuzz(func(t *testing.T, declared, text string) {
		if tag, _ := find(t, `<html lang="`+html.EscapeString(declared)+`">`, text); tag != "" && !article.LanguageForm.MatchString(tag) {
			t.Errorf("%q: got %q, not a tag", declared, tag)
		}
	})
}
