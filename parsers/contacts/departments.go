package contacts

import "github.com/newsmorgue/newsmorgue/parsers/internal/text"

// Words of departments, separated by "|".
const (
	// departmentStems are parts of the words for departments, in labels and in the
	// names of mailboxes.
	departmentStems = "advertis|anzeige|annons|annonse|annonce|publicidad|werbung|reklam|subscri|abonn|prenumer|newsroom|newsdesk|redaktion|redaksjon|redakcj|redazione|tipsa|correction|fehler|customer|kunden|kundservice|support|sales|vertrieb|marketing|circulation|letters|leserbrief|cartas|feedback"
	// labelStems are so in labels alone, mailboxStems at the start of a mailbox's
	// words: there "abo" and "news" say enough.
	labelStems   = "pubblicità|publicité|suscrip|news desk|redacción|rédaction|toimitus|feil|kundeservice|verkauf|editorial|press office|leserservice|send |report |submit|complain|ansvarig|staff|team|whatsapp|servicio|comercial|редакция|реклама|отдел"
	mailboxStems = "abo|advert|briefe|career|correct|datenschutz|desk|editor|help|jobs|korrekt|legal|letter|news|press|privacy|pubblicita|redac|redak|redaz|redir|scoop|service|subs|tip|webmaster"
)

var (
	departmentLabel   = text.MustCompile(`(?i)` + anyOf(departmentStems, labelStems) + `|(?:editor|tips?)\b`)
	departmentMailbox = text.MustCompile(`(?i)^(?:.*[._-])?` + anyOf(departmentStems, mailboxStems))
)

// plainStems are the parts of departmentLabel that match wherever they stand: one of
// them saves the expression.
var plainStems = text.FoldedLiterals(departmentStems + "|" + labelStems)

// isDepartment reports whether a label names a department.
func isDepartment(label string) bool {
	return departmentLabel.MayMatch(label) && (plainStems.FoundIn(label) || departmentLabel.Regexp.MatchString(label))
}

// isDepartmentMail reports whether an address is that of a department, by its
// mailbox.
func isDepartmentMail(mail string) bool { return departmentMailbox.MatchString(localOf(mail)) }

// anyWord matches one of the words.
func anyWord(words string) *text.Regexp {
	return text.MustCompile(`(?i)` + notLetter + anyOf(words) + wordEnd)
}
