package contacts

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

var (
	// phoneLabel and faxLabel stand directly before a number, phoneAfter behind it.
	phoneLabel = text.MustCompile(`(?i)(?:^|[^\p{L}])(?:tel(?:e?f(?:on|oon|ono|one|oni|onas|óno|axe?))?|(?:call|phone|ring)(?:\s[\p{L}'’.]{1,20}){1,4}\s(?:at|on)|(?:t[ée]l[ée]phone|tel[eé]fono|telefone|telefon|telefoon|telefoonnummer|telefonnummer|nummer|número|numéro|numero|puhelin|по телефону)\s(?:au|al|unter|unter der|pod|på|op|pelo|a|em|no|numer|numerem)|unter(?: der)?(?: telefon)?nummer|tālrunis|tālr|tálrunis|trunk ?lines?|uan|freephone|free ?call|lo-?call|toll-?free|standard|standard téléphonique|central telefonica|telpon|hp|telefonas|telefons|telefonszám|telefonos|telefonů?|telefón|telefax/tel|teletextos|asiakaspalvelu|kundservice|kundeservice|klantenservice|contact(?: no\.?| number)?|tele?phones?(?: numbers?)?|teléfonos?|telefones?|telefonnummer|telefono|téléphone|tél|telp|telepon|telf|tfno|tlf|tfn|tlp|phones?|ph|puh(?:elin)?|puhelinvaihde|vaihde|fon|fono|ring|sími|simi|call(?: us)?(?: (?:at|on))?|mobile?|cell(?:ulare)?|móvil|celular|cel|handy|gsm|hotline|switchboard|central(?:ita)?|central telefónica|centralino|zentrale|växel|sentralbord|whats ?app(?: (?:at|on|number))?|viber|telegram|sms(?:/mms)?|text(?: us)?|landline|toll[ -]free|informaciones|newsroom|newsdesk|info|t|p|m)[.)]*` +
		`(?:\s*(?:no|nr|number|numbers|num)\.?)?(?:\s*\([^()]{0,24}\))?\s*[:：.\-–|/]?\s*$|(?:☎|☏|📞|✆|📱|тел(?:ефон[ыа]?)?|моб|қоңырау|τηλ(?:έφωνο)?|电话|電話|电话号码|联系电话|热线|전화|대표전화|TEL|هاتف|تلفن|الهاتف|तेलीफोन|फोन|โทร(?:ศัพท์)?|điện thoại|đt|טלפון|טל|نقال|جوال|موبايل|واتساب|फ़ोन|दूरभाष|ফোন|মোবাইল|টেলিফোন|เบอร์โทร|コールセンター|ＴＥＬ|热线电话|手机|手機|☏|🕿|🕻|📲|☎️|ტელ|հեռ)[.']?\s*[:：.]?\s*$`)
	faxLabel = text.MustCompile(`(?i)(?:^|[^\p{L}])(?:tele)?(?:fax|faks|faksi|fakss|faksas|faksas|telefax|faxe|fx|téléc|télécopie|télécopieur|faxnummer|faksnummer|bréfasími|bréfsími|belgegeçer)(?:[ -]?(?:no|nr|number|nummer|num))?[.)]*(?:\s*\([^()]{0,24}\))?\s*[:：.\-–|]?\s*$|(?:факс|φαξ|传真|傳真|傳真機|팩스|팩시밀리|ファックス|ファクス|ＦＡＸ|FAX|فاكس|فکس|نمابر|دورنگار|פקס|แฟกซ์|โทรสาร|फैक्स|ফ্যাক্স|ფაქსი|ֆաքս|📠|🖷|℻)\.?\s*[:：.]?\s*$`)
	// faxLetter is the letter alone, in a column of such letters.
	faxLetter = text.MustCompile(`(?:^|[\s|,;·•/])F[.:]?\s*$`)
	// bothLabel is one label for a phone and a fax: the number is both.
	bothLabel  = text.MustCompile(`(?i)(?:^|[^\p{L}])(?:tel(?:e?f(?:on|oon|ono|one|ón)?)?|tél(?:éphone)?|tlf|phone|ph|t|тел|τηλ)[.]?(?:\s?[/&+,]\s?|\s(?:and|und|et|y|e|i|og|och|и|και)\s)(?:tele)?(?:fax|faks|f|факс|φαξ)[.)]*\s*[:：.\-–|]?\s*$`)
	faxAfter   = text.MustCompile(`(?i)^\s*[(\[]\s*(?:tele)?(?:fax|faks|факс|传真|傳真)\b`)
	phoneAfter = text.MustCompile(`(?i)^\s*\(?(?:toll[ -]free|tel|phone|whats ?app|newsroom|switchboard)\b`)
	// numberNot stands before numbers that reach nobody.
	numberNot = text.MustCompile(`(?i)(?:^|[^\p{L}])(?:vat|ust|u?st-?id(?:nr)?|steuernummer|tva|iva|p\.? ?iva|partita iva|c\.? ?f|codice fiscale|cif|nif|nit|ruc|rut|cuit|cnpj|rnc|nip|regon|krs|ico|ič|dič|oib|cvr|org\.? ?(?:nr|nummer)?|orgnr|kvk|btw|siren|siret|rcs|cppap|hrb|hra|abn|acn|gst|cin|pan|ein|issn|isbn|iban|bic|swift|konto|account|registr?\p{L}*|reg|company|license|licence|lic|permit|charity|number of|id|инн|огрн|кпп|бин|эл|фс|пи|version|article|order|ref|post(?:code|giro)?|bankgiro|zip|plz|cp|p\.? ?o\.?(?: box)?|box|№|등록번호|신고번호|사업자\p{L}*|备|备案|许可证|ICP|since|c|©)\s*(?:no|nr|num|number|nummer|code|box)?\.?\s*[:：#.№\-]*\s*(?:[A-Z]{2}\s?)?$|[#€$£¥₹№©]\s*$`)
)

// labelOf is where the label of a number is in what is before it, nil if there is
// none, and whether it is that of a fax alone.
func labelOf(lead string) (label []int, fax bool) {
	if mayEndInBothLabel(lead) {
		if label = labelAhead(bothLabel, lead); label != nil {
			return label, false
		}
	}
	if label = labelAhead(faxLabel, lead); label == nil {
		label = labelAhead(faxLetter, lead)
	}
	if label != nil {
		return label, true
	}
	if !mayEndInPhoneLabel(lead) {
		return nil, false
	}
	return labelAhead(phoneLabel, lead), false
}

// phoneLabelStarts are the words of phoneLabel, of which at most three letters count,
// and phoneLabelEnds those that may follow another word without a space.
var (
	phoneLabelStarts = func() map[string]bool {
		starts := map[string]bool{"loc": true} // "lo-?call"
		for word := range strings.FieldsFuncSeq(phoneLabel.String(), func(r rune) bool { return !isWordRune(r) }) {
			word = strings.ToLower(word)
			starts[word[:min(len(word), 3)]] = true
		}
		return starts
	}()
	phoneLabelEnds = []string{"no", "nr", "num", "number", "numbers", "tel"}
)

// mayEndInPhoneLabel is the cheap question whether a text ends with a label for a
// number: phoneLabel is long, and most numbers stand behind other words. If the last
// word is in ASCII, its first letters say most.
func mayEndInPhoneLabel(lead string) bool {
	word, sure := lastWord(lead)
	if !sure {
		return true
	}
	return word != "" && (phoneLabelStarts[word[:min(len(word), 3)]] || slices.ContainsFunc(phoneLabelEnds, func(end string) bool { return strings.HasSuffix(word, end) }))
}

// mayEndInBothLabel is the cheap question whether a text ends with bothLabel.
func mayEndInBothLabel(lead string) bool {
	word, sure := lastWord(lead)
	return !sure || strings.HasSuffix(word, "f") || strings.HasSuffix(word, "fax") || strings.HasSuffix(word, "faks")
}

// lastWord is the last word of what is before a number, in lower case, without the
// signs that may follow a label; it is not sure if the word is not in ASCII, or in
// brackets.
func lastWord(lead string) (word string, sure bool) {
	s := strings.TrimRight(lead, " \t\n\f\r.:-|/'")
	if s == "" {
		return "", true
	}
	if c := s[len(s)-1]; c >= utf8.RuneSelf || c == ')' {
		return "", false
	}
	start := len(s)
	for start > 0 && text.Lower(s[start-1]) >= 'a' && text.Lower(s[start-1]) <= 'z' {
		start--
	}
	if start > 0 && s[start-1] >= utf8.RuneSelf {
		return "", false
	}
	return strings.ToLower(s[start:]), true
}

// numberNotStarts are the words of numberNot, of which at most three letters count,
// alone and with what may follow a short one without a space.
var numberNotStarts = func() map[string]bool {
	starts := map[string]bool{}
	words := strings.FieldsFunc(strings.ToLower(numberNot.String()), func(r rune) bool { return r < 'a' || r > 'z' })
	words = append(words, "cf", "piva", "po", "pobox", "ustid", "stid", "orgnr", "licence", "reg")
	for _, word := range words {
		starts[word[:min(len(word), 3)]] = true
		for _, end := range []string{"no", "nr", "num", "code", "box"} {
			if len(word) < 3 {
				starts[(word + end)[:3]] = true
			}
		}
	}
	return starts
}()

// mayEndInNumberNot is the cheap question whether numberNot may match the end of what
// is before a number: only signs of numberNot may follow its last word, whose first
// letters say most if it is in ASCII.
func mayEndInNumberNot(lead string) bool {
	s := strings.TrimRight(lead, " \t\n\f\r:#.-")
	if s == "" {
		return len(strings.Trim(lead, " \t\n\f\r:.-")) > 0 // a sign alone
	}
	last := s[len(s)-1]
	if last >= utf8.RuneSelf || last == '$' || strings.TrimRight(lead, " \t\n\f\r") != strings.TrimRight(lead, " \t\n\f\r#") {
		return true
	}
	start := len(s)
	for start > 0 && text.Lower(s[start-1]) >= 'a' && text.Lower(s[start-1]) <= 'z' {
		start--
	}
	word := s[start:]
	switch {
	case word == "":
		return false
	case start > 0 && s[start-1] >= utf8.RuneSelf:
		return true // the word is not in ASCII
	case len(word) == 2:
		return true // a country's letters may follow
	}
	lower := strings.ToLower(word)
	return numberNotStarts[lower[:min(len(lower), 3)]] || len(word) == 3 && numberNotStarts[lower[:1]] || len(word) == 4 && numberNotStarts[lower[:2]]
}

// labelAhead is where a label stands in what is before a number; nil if none does.
// What has neither letters nor the signs of numberNot is none.
func labelAhead(label *text.Regexp, lead string) []int {
	for i := range len(lead) {
		if c := lead[i]; c >= utf8.RuneSelf || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '#' || c == '$' {
			return label.FindStringIndex(lead)
		}
	}
	return nil
}
