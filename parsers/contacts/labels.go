package contacts

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

var itemLabel = regexp.MustCompile(`(?i)^[\s\p{P}\p{S}]*(?:(?:e-?mails?|mail|e-?post|courriel|correo(?: electrónico)?|tel|telephone|telefon|teléfonos?|telefono|téléphone|phones?|fax|faks|telefax|address(?:es)?|adresser?|anschrift|dirección|indirizzo|endereço|adres|kontakt|contact|contacts|contacto|web(?:site)?|whatsapp|sms|mobile?|mejla|mob|redaktion|anzeigen|switchboard|newsroom|tlf|puh|sími|тел|телефон|факс|адрес|почта|전화|팩스|주소|이메일|电话|地址|邮箱|電話|住所|メール|numbers?|nummer|us|lines?|info(?:rmation)?|direct|toll free|main|local|office)[\s\p{P}\p{S}]*){1,4}$`)

// labelOnly reports whether a text is but a label of items, like "Phone:".
func labelOnly(s string) bool { return len(s) < 60 && mayBeItemLabel(s) && itemLabel.MatchString(s) }

// itemLabelStarts are the first letters of the words of itemLabel, at most two.
var itemLabelStarts = func() map[[2]byte]bool {
	starts := map[[2]byte]bool{{'e', '-'}: true, {'e', 'm'}: true, {'e', 'p'}: true} // "e-?mail", "e-?post"
	for word := range strings.FieldsFuncSeq(itemLabel.String(), func(r rune) bool { return !isWordRune(r) }) {
		if len(word) >= 2 {
			starts[[2]byte([]byte(word))] = true
		}
	}
	return starts
}()

// mayBeItemLabel is the cheap question whether a text is a label of items: if its first
// letters are in ASCII, they say most.
func mayBeItemLabel(s string) bool {
	for i := range len(s) {
		switch c := text.Lower(s[i]); {
		case c >= utf8.RuneSelf:
			return true
		case c >= 'a' && c <= 'z':
			return i+1 < len(s) && (s[i+1] >= utf8.RuneSelf || itemLabelStarts[[2]byte{c, text.Lower(s[i+1])}])
		}
	}
	return false
}

func isBold(b *block.Block) bool { return b.BoldBytes*10 >= len(b.Text)*9 }

// genericLabel are texts of links that only say that they are links.
var genericLabel = regexp.MustCompile(`(?i)^\W*(?:e-?mail|mail|e-?post|email us|send(?: an)? e-?mail|here|hier|click here|contact|kontakt|tips meg|mejla|correo|courriel|link|\[email.protected\])?\W*$`)

// contactWord are words of headings for contacts.
var contactWord = text.MustCompile(`(?i)\b(?:contacts?|kontakt|contacto|cont[aá]ctenos|contatti|contato|contactez|impressum|imprint|redaktion|redacción|redazione|rédaction|newsroom|advertis(?:e|ing)|anzeigen|publicidad|subscriptions?|abonnements?|customer service|get in touch|reach us|write to us|tip(?:s| line)?|corrections?|editorial|editors?|enquiries|office|bureau)\b|контакт|редакция|联系|연락`)
