package language

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

func TestNextWord(t *testing.T) {
	var got []string
	const text = " Don't — l’été, 2nd año "
	for start, end := 0, 0; ; {
		if start, end = nextWord(text, end); start == end {
			break
		}
		got = append(got, text[start:end])
	}
	if want := []string{"Don't", "l’été", "nd", "año"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

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

func TestReadLanguage(t *testing.T) {
	for want, text := range samples {
		if r := readLanguage(text); r.language != want {
			t.Errorf("%s: got %q (%s, %.2f), shares %.2f and %.2f", want, r.language, r.script, r.sure, r.share[r.language], r.share[want])
		}
	}
}

// TestDeclaredLanguage declares each language of each text: what is right stands,
// what is clearly wrong does not.
func TestDeclaredLanguage(t *testing.T) {
	for of, text := range samples {
		r := readLanguage(text)
		for declared := range samples {
			if declared+of == "espt" || declared+of == "bgru" {
				continue // so near that so short a text cannot tell for sure
			}
			if got, want := r.allows(declared), declared == of || kin(declared, of); got != want {
				t.Errorf("text in %s declared as %s: got %v, want %v", of, declared, got, want)
			}
		}
	}
	for _, c := range []struct{ of, declared string }{{"en", "cy"}, {"da", "nb"}, {"id", "ms"}, {"ru", "be"}} {
		if c.of == "en" {
			if readLanguage(samples["en"]).allows("cy") {
				t.Error("an English text was taken for Welsh")
			}
		} else if !readLanguage(samples[c.of]).allows(c.declared) {
			t.Errorf("text in %s: its kin %s was overruled", c.of, c.declared)
		}
	}
}

func FuzzReadLanguage(f *testing.F) {
	for _, s := range samples {
		f.Add(s, "en-US")
	}
	f.Add(strings.Repeat("the of ", 9999), "\xff")
	f.Fuzz(func(t *testing.T, text, tag string) {
		r := readLanguage(text)
		_ = r.allows(baseOf(languageTag(tag)))
		if v := languageTag(tag); v != "" && !article.LanguageForm.MatchString(v) {
			t.Errorf("%q: got %q, no tag", tag, v)
		}
	})
}

func TestLanguageOfPage(t *testing.T) {
	for _, c := range []struct{ head, text, want, from string }{
		{`<html lang="en-US">`, samples["en"], "en-US", "html:lang"},
		{`<html lang="en-us">`, samples["de"], "de", "text:words"}, // a theme that nobody translated
		{`<html lang="EN_gb">`, samples["en"], "en-GB", "html:lang"},
		{`<html lang="zh-hant-tw">`, samples["zh"], "zh-Hant-TW", "html:lang"},
		{`<html lang="cz">`, samples["cs"], "cs", "html:lang"},
		{`<html lang="de"><meta property="og:locale" content="fr_FR">`, samples["fr"], "fr-FR", "meta:og:locale"},
		{`<html><script type="application/ld+json">{"@type":"NewsArticle","headline":"A","inLanguage":{"@type":"Language","name":"Spanish"}}</script>`, samples["es"], "es", "jsonld:inLanguage"},
		{`<html lang="{{lang}}">`, samples["pl"], "pl", "text:words"},
		{`<html lang="und">`, samples["ja"], "ja", "text:script"},
		{`<html lang="nn-NO">`, samples["da"], "nn-NO", "html:lang"},
		{`<html lang="en">`, "Short.", "en", "html:lang"},
		{`<html>`, "Short.", "", ""},
	} {
		root, err := html.Parse(strings.NewReader(c.head + `<title>A bridge</title><body><article><h1>A bridge</h1><p>` + c.text + `</p></article>`))
		if err != nil {
			t.Fatal(err)
		}
		got, from := Find(doc.Read(&article.Page{}, root), c.text)
		if got != c.want || from.From != c.from {
			t.Errorf("%s, text %.20q: got %q from %q, want %q from %q", c.head, c.text, got, from.From, c.want, c.from)
		}
	}
}
