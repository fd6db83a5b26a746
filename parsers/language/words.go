package language

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// nextWord gives where the next word at or after a place begins and ends: letters,
// marks and apostrophes. Without one, both are the length of the text.
func nextWord(text string, from int) (start, end int) {
	start = -1
	for i := from; i < len(text); {
		c, size := rune(text[i]), 1
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '\''
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
			letter = unicode.IsLetter(c) || unicode.IsMark(c) || c == '’'
		}
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			return start, i
		}
		i += size
	}
	if start < 0 {
		start = len(text)
	}
	return start, len(text)
}

// bitOf is the bit of a language in functionWords; 0 if it has none.
func bitOf(language string) uint64 {
	if i := indexOf(language); i >= 0 {
		return 1 << i
	}
	return 0
}

// indexOf is the index of a language in wordLanguages; -1 if it is not there.
func indexOf(language string) int {
	if language == "nb" {
		language = "no"
	}
	return slices.Index(wordLanguages, language)
}

// manyFunctionWords are languages of whose words a large part are function words.
var manyFunctionWords = text.Set("en de fr es pt it nl sv da no nb ca gl ro af")

// related reports whether two languages share so many words that a text cannot
// tell for sure which of them it is in.
func related(a, b string) bool {
	return a == b || slices.ContainsFunc(relatedLanguages, func(group map[string]bool) bool { return group[a] && group[b] })
}

var relatedLanguages = []map[string]bool{
	text.Set("hr bs sr sh cnr me"), text.Set("id ms jv su min"), text.Set("no nb nn da"), text.Set("gl pt"), text.Set("ca oc es an ast"), text.Set("cs sk"), text.Set("af nl fy nds"), text.Set("bg mk"),
	text.Set("ru be uk rue"), text.Set("tr az tk crh gag"), text.Set("hi mr ne mai bho sa"), text.Set("fa prs tg"), text.Set("de gsw lb nds bar als"), text.Set("it co scn vec lmo nap fur"),
	text.Set("tl fil ceb"), text.Set("kk ky tt ba"), text.Set("en sco"), text.Set("fi et"), text.Set("is fo"), text.Set("ro mo"), text.Set("zu xh ss nr"), text.Set("fr wa frp"),
}

// wordLanguages are the languages of functionWords: the index of a language is its bit.
var wordLanguages []string

// functionWords are the most frequent words of each language, with a bit for each
// language that has the word.
var functionWords = map[string]uint64{}

// Most other words need not be looked up: they are longer than functionWords are that
// begin with their first byte, or end with their last. These have a bit for each length.
var functionStarts, functionEnds [256]uint64

func init() {
	for line := range strings.SplitSeq(strings.TrimSpace(frequentWords), "\n") {
		lang, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		bit := uint64(1) << len(wordLanguages)
		wordLanguages = append(wordLanguages, lang)
		for w := range strings.FieldsSeq(words) {
			functionWords[w] |= bit
			functionStarts[w[0]] |= 1 << len(w)
			functionEnds[w[len(w)-1]] |= 1 << len(w)
		}
	}
}

// frequentWords has a line for each language, at most 64: its code, then words that
// nearly every news text contains.
const frequentWords = `
en the of and to in a is that for it was on with as be by at from this have are his has had but not they which you will their been were or an said who its more would he she we about after there when also
de der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei
fr le de la les et des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la avec son aux d’un d’une ont été cette mais comme ou si leur y elle être nous ses deux ces fait même
es de la que el en y a los del se las por un para con no una su al es lo como más pero sus le ha o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante fue han
pt de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem
it di e che la il un a è per in una sono non con del si da come le della i dei ha più nel alla al ma anche lo gli su delle dal nella o se ci questo stato essere quando dalla hanno dopo degli fra
nl de van het een en in is dat op te zijn met voor niet die aan er om ook als dan maar bij uit nog naar door heeft hij ze wordt over tot hebben zich worden deze was meer kan werd of al geen wel
sv och i att det som en på är av för med den till inte har om ett han men var jag sig från vi så kan när år de ska under efter också eller vid över hade två mot blir nu där än
da og i at det er en til på som for med de den af ikke har der et han var om sig men fra jeg vi kan så skal efter være blev ved også ud havde nu over eller når hvor være mere hun år
no og i det er på en til som for med av at ikke har de den et han var om seg men fra jeg vi kan så skal etter være ble ved også ut hadde nå over eller når hvor mer hun år sier mot må blir
fi ja on ei että se oli hän mutta ovat myös kun ole mukaan kuin joka sen vuoden ollut jo tai hänen voi siitä jos niin sekä ne vain vielä nyt olla tämä jossa sitä noin kertoo mitä eivät
et ja on ei et ka see oli kui ta aga mis oma ning või seda kes nii välja selle üks ma veel siis pole kuid juba nagu tema sest olla kes mida aasta kas eesti
lv un ir ar no kas par arī ka bet uz to tas gada pēc nav lai tika vai kā gadā bija līdz savu tiek latvijas es vēl jau ja tā viņš viņa nevar kad
lt ir kad į iš yra su bei kaip apie tai metų bet buvo nuo taip tik po per jis jo savo jau dėl o ar už prie šis ne dar kai būti gali lietuvos
pl i w na z się że do nie jest o to jak po od za przez co dla ale czy tym oraz jego są także który która jej było został roku już może być tego ma które przed tylko ze pod też
cs a se v na je že s z do o to i k za po jako by ale pro si jsem od podle které jsou bude také který ve už nebo být uvedl která než jeho ze před má tak až když není při
sk a sa v na je že s z do o to aj k za po ako by ale pre si od podľa ktoré sú bude ktorý vo už alebo byť uviedol ktorá než jeho zo pred má tak až keď nie pri však
sl in je v na da se za ki so z pa s po tudi kot iz ne bi od ter o do ni pri še bo ali le med lahko bila bil več zaradi kar leta že pred smo
hr i je u na se da za su od s o koji a će iz kako ne što to koja do nije ili bi te kao sa je po koje samo što više bio prema ali godine nakon jer još biti
hu a az és hogy nem is egy ez meg volt de csak azt már van mint szerint vagy még ki fel ha lehet után el arra több lesz pedig mert ezt kell amely aki sem ami
ro de și în a la cu pe nu care din că mai este un o pentru sunt al ce prin fost ale ca după au fi să lui dar sau am această acest fără între până către când va ar
sq e të në dhe për me që një nga se u i është më ka do si por janë edhe nuk kjo ky kanë tij ishte duke shqipëri deri ndërsa
tr ve bir bu da de için ile olarak olan çok daha gibi en sonra kadar ancak ise her oldu dedi ne göre o var değil olduğunu yer tarafından üzerinde iki ama olduğu etti
az və bir bu da də üçün ilə olan daha çox kimi sonra olub ki isə onun hər edib bildirib həmçinin olaraq azərbaycan edən var ən
id yang dan di dengan untuk dari ini itu dalam tidak pada akan juga ke ada oleh adalah kata saat sudah telah bisa karena kepada para tersebut bahwa mereka lebih dapat atau setelah namun
ms yang dan di dengan untuk dari ini itu dalam tidak pada akan juga ke ada oleh adalah kata telah boleh kerana kepada para tersebut bahawa mereka lebih dapat atau selepas namun beliau turut berkata daripada
vi và của là có được cho các trong một những với không đã người này đến khi để về từ tại ra cũng như năm sẽ vào trên nhiều sau phải ông đó
tl ang ng sa na mga ay at si ni kay para ito hindi may kung dahil naman din nang ngunit isang kanyang ating siya sila nila pa lang rin
sw ya na wa kwa katika ni la za kuwa cha hiyo huyo hilo kama yake wake huo hii vya ili au pia lakini baada alisema watu hao yao
ha da na a ta ya ne ce cikin wani wata kuma ga don shi sun an suka wanda kan mai za amma bayan yi
so ee oo ka ku iyo in ah waxa waxaa uu ay la ayaa u si soo kala sheegay waxay isaga lagu inuu
yo ni ti ó tí sí ní àti fún náà wọn pé kí ń bí ṣe jẹ́ lọ wá
zu ukuthi futhi ngoba kodwa uma kanye nge njengoba wathi abantu lapho yini bonke ukuze
af die van en in is het dat nie om te sy op met vir word aan wat hy was as deur ook ’n 'n na by hulle maar sal kan ons uit sê
ca de la i el que a en les per un una amb del els és al no es ha més pel com dels però han també o sobre aquest aquesta ser són seva seu fins hi va
gl de a que e o do da en un para é con non unha os no se na por máis as dos como pero foi ao das ten á seu súa ou ser cando moi hai nos xa está tamén polo pola ata
eu eta da ez du ere bat dira zen dute baina egin izan dela beste hau bere urte baino duen horren
cy y a yn i o ar mae ac wedi am gan fod bod ei eu oedd yw hefyd sydd hyn nid roedd mewn gyda
ga an na ar a i agus go is do le de ag bhí ach níl mar sé tá seo sin ó bhfuil nach raibh
is og í að á er sem við til var um en ekki með það hann af fyrir hefur eru frá þess hún verið eftir þar sé
mt li ta u il fil tal minn dan biex għal kien hija huwa ma ukoll fuq din jew meta qal
lb an de d'en vun ass op fir mat och net dat eng sinn zu huet dass wéi awer hunn gouf nach vum
ru и в не на что с по как это из о за от к для его но то он был так все а у же при также после году которые или до было во бы который были их только ее
uk і в на що не з у та до за як від про це для його але був року також які або після є який при щоб їх було під було ще ж він україни україні
be і ў на што не з у да за як ад пра гэта для яго але быў года таксама якія або пасля ёсць які каб іх было яшчэ ён беларусі
bg и на да се в за от с не е че по са като към ще при това до който след или което които му беше има през но си те както бъде още само
mk и на да се во за од со не е дека по како ќе што при ова до кој или кои му беше има но ги ја го како уште само бил биде сите тоа
sr и је у на се да за су од с о који а ће из како не што то која до није или би те као са по које само више био према али године након јер још
kk және бұл мен үшін бір де да деп бар болды деді туралы қазақстан бойынша жылы осы ол еді болып дейін кейін
ky жана бул менен үчүн бир да де деп бар болду деди тууралуу кыргызстан боюнча жылы ал эле болуп чейин кийин
mn ба нь энэ байна гэж юм болон хийж улсын монгол байгаа тус оны тухай гэсэн уу бол хүн
tg ва дар аз ба ки ин бо барои аст ҳам бар он шуд мекунад буд худ то карда
tt һәм бу белән өчен бер дә да дип бар булды диде турында татарстан буенча ул иде
uz va bu bilan uchun bir ham deb bor bo‘ldi o‘zbekiston haqida yil bo‘yicha shu edi qilish esa
ar في من على أن إلى عن التي الذي هذا مع هذه ما كان لا بعد أو بين قد ولا كما أي كل كانت قال وقد وفي وقال خلال حيث قبل إن عام
fa و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد شده گفت ها وی اما های می باید کرده بود
ur کے کی میں ہے اور سے کا کو نے اس پر کہ یہ ہیں بھی کر تھا ایک نہیں گیا ہو کیا لیے جو ان تھے تو
ps د په او چې له کې سره دی هم يې ته کړي شوي لپاره دا هغه څخه نه وو وي
ckb لە و بە کە ئەو بۆ لەگەڵ ئەم بوو هەر نیە دەکات خۆی کردووە
hi के में है की और से का को ने पर कि यह हैं भी कर था एक नहीं गया हो किया लिए जो इस तो वह कहा अपने
mr आणि आहे या च्या त्या ते ही हे होते तर मध्ये केली केला आहेत नाही असे करण्यात होता यांनी झाली
ne छ र को मा ले का गर्न हो पनि भएको गरेको यो छन् भने तथा लागि गरी थियो नेपाल बताए
`
