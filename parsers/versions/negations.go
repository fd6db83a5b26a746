package versions

import (
	"maps"
	"strings"
)

// negations are words that negate, by language: losing or gaining one turns a
// sentence round. The table has the closed class of each language as grammars list
// it; endings of verbs (Turkish -me-, Japanese ません) only where a token of their own
// shows them. In scripts without spaces every character is a token.
var negations = map[string]map[string]bool{
	"en": set("no not never none nobody nothing neither nor nowhere without cannot cant wont deny denies denied denying refuse refuses refused"),
	"de": set("nicht nichts nie niemals niemand kein keine keinen keinem keiner keines weder ohne nirgends nein"),
	"fr": set("ne n pas jamais rien personne aucun aucune ni sans non nul nulle"),
	"es": set("no nunca jamás nadie nada ningún ninguno ninguna ni sin tampoco"),
	"it": set("non no mai nessuno nessuna nessun niente nulla né senza neanche nemmeno neppure"),
	"pt": set("não nunca jamais ninguém nada nenhum nenhuma nem sem tampouco"),
	"nl": set("niet niets nooit niemand geen noch zonder nergens nee"),
	"pl": set("nie nigdy nikt nikogo nikomu nic niczego żaden żadna żadne żadnego żadnej ani bez"),
	"ru": set("не нет ни никогда никто никого ничто ничего нигде никакой никакие без нельзя"),
	"uk": set("не ні немає нема ніколи ніхто нікого ніщо нічого ніде жоден жодна жодного без"),
	"sv": set("inte ej icke aldrig ingen inget inga ingenting utan"),
	"da": set("ikke ej aldrig ingen intet uden"),
	"no": set("ikke ei aldri ingen intet ingenting uten"),
	"cs": set("ne není nikdy nikdo nic žádný žádná žádné ani bez nikoli"),
	"ro": set("nu niciodată nimeni nimic niciun nicio fără nici"),
	"el": set("δεν μην δε όχι ποτέ κανείς τίποτα χωρίς ούτε"),
	"ar": set("لا لم لن ليس ليست ليسوا ما غير دون بدون كلا"),
	"fa": set("نه نیست نیستند هیچ هرگز بدون"),
	"he": set("לא אין אל בלי ללא מעולם איש כלום"),
	"hi": set("नहीं न ना मत बिना कभी"),
	"tr": set("değil yok hayır asla hiç hiçbir ne olmadan"),
	"id": set("tidak tak bukan belum jangan tanpa tiada"),
	"vi": set("không chẳng chưa đừng chớ"),
	"ko": set("안 못 아니 아니다 아닌 없다 없는 없이 없었다 않는다 않았다 않은 않을 않다"),
	"zh": set("不 没 沒 未 無 无 非 否 勿 别 別"),
	"ja": set("な ぬ ず 無 非 不 未"),
	"th": set("ไม่ ม่"),
}

// numberWords are small and round numbers in words, by language.
var numberWords = map[string]map[string]bool{
	"en": set("one two three four five six seven eight nine ten eleven twelve dozen dozens half twice hundred hundreds thousand thousands million millions billion billions trillion double triple"),
	"de": set("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dutzend hälfte halb hundert hunderte tausend tausende million millionen milliarde milliarden billion billionen doppelt"),
	"fr": set("deux trois quatre cinq six sept huit neuf dix onze douze dizaine dizaines moitié cent cents centaines mille milliers million millions milliard milliards double"),
	"es": set("dos tres cuatro cinco seis siete ocho nueve diez once doce docena mitad cien cientos mil miles millón millones billón billones doble"),
	"it": set("due tre quattro cinque sei sette otto nove dieci undici dodici dozzina metà cento centinaia mille mila migliaia milione milioni miliardo miliardi doppio"),
	"pt": set("dois duas três quatro cinco seis sete oito nove dez onze doze dúzia metade cem centenas mil milhares milhão milhões bilhão bilhões dobro"),
	"nl": set("twee drie vier vijf zes zeven acht negen tien elf twaalf tientallen helft half honderd honderden duizend duizenden miljoen miljoenen miljard miljarden dubbele"),
	"pl": set("dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć połowa sto setki tysiąc tysiące tysięcy milion miliony milionów miliard miliardy miliardów"),
	"ru": set("два две три четыре пять шесть семь восемь девять десять половина сто сотни тысяча тысячи тысяч миллион миллиона миллионов миллиард миллиарда миллиардов"),
	"uk": set("два дві три чотири п'ять шість сім вісім дев'ять десять половина сто сотні тисяча тисячі тисяч мільйон мільйона мільйонів мільярд мільярда мільярдів"),
	"zh": set("一 二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 两 兩 半"),
	"ja": set("一 二 三 四 五 六 七 八 九 十 百 千 万 億 兆 半"),
}

// A lexicon is what is known of the words of an article's language.
type lexicon struct {
	negations, numbers map[string]bool
	nounsUpper         bool // all nouns begin with a capital letter
}

// anyLanguage is the lexicon of articles whose language is not known.
var anyLanguage = lexicon{negations: union(negations), numbers: union(numberWords)}

func union(table map[string]map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, words := range table {
		maps.Copy(all, words)
	}
	return all
}

// lexiconOf is the lexicon for a language tag, empty for languages without tables.
func lexiconOf(language string) lexicon {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	switch base {
	case "":
		return anyLanguage
	case "nb", "nn":
		base = "no"
	case "iw":
		base = "he"
	case "in":
		base = "id"
	}
	return lexicon{negations: negations[base], numbers: numberWords[base], nounsUpper: base == "de" || base == "lb"}
}
