package dates

import (
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

var (
	// labelledRow matches a line that begins with a label of dates.
	labelledRow = text.MustCompile(`(?i)^(?:published|updated|posted|last updated|first published|aktualisiert|veröffentlicht|stand|publié|mis à jour|publicado|actualizado|pubblicato|aggiornato|опубликовано|обновлено|发布|更新)(?:\PL.{0,59})?$`)

	// dateAloneRow matches a line that is a date with a few words around it.
	dateAloneRow = regexp.MustCompile(`^\W*(?:\p{L}{3,9}\.?,?\s+){0,2}\d{1,2}[\s./,-].{0,30}\d{4}.{0,24}$`)

	// labelAloneRow are lines that label a date in another line.
	labelAloneRow = text.Set("on published updated posted")
)

// postRow matches the sentence with which weblogs end a post: when and under what
// it was posted, and how to answer to it.
var postRow = text.MustCompile(`(?i)^(?:(?:this (?:entry|post|article|item) was (?:posted|published|written|filed|entered)|dieser (?:eintrag|beitrag|artikel) wurde|diesen (?:eintrag|beitrag) |(?:cet article|ce billet|ce message) a été (?:publié|posté|écrit)|cette entrée a été |` +
	`esta entrada (?:fue|ha sido) |este (?:artículo|post) fue |quest[oa] (?:articolo|voce|post) è stat[oa] |est[ea] (?:entrada|artigo|post) foi |dit (?:bericht|artikel) (?:werd|is|was) |det här inlägget |dette indlæg |dette innlegget |(?:kirjoitus|tämä artikkeli) |ten wpis |(?:tento )?příspěvek byl |` +
	`запись (?:опубликована|добавлена)|bu (?:yazı|içerik) ).{0,160}(?:\bon\b|\bin\b|\bat\b|\bby\b|am|unter|dans|le|en|em|il|op|i|sarja|w|ve|в|tarihinde|kategori)\b|posted (?:by|on|in|at)\b.{3,120}\b(?:permalink|filed under|trackback|comments? ?(?:\(\d+\)|off|closed)|\d+ comments?|no comments)|この投稿は)`)

// answerRow matches what follows it: how to answer, and where the post is kept.
var answerRow = text.MustCompile(`(?i)^(?:this entry was posted in .{1,160}(?:bookmark|permalink|tagged)|you can (?:follow any (?:responses|comments) to this entry|leave a (?:response|comment), or trackback|skip to the end and leave)|both comments and pings are (?:currently|now) closed|(?:responses|comments) are (?:currently|now) closed, but you can|du kannst (?:alle antworten|die kommentare) (?:auf|zu) diese[nm] (?:eintrag|beitrag)|` +
	`vous pouvez suivre (?:les commentaires|les réponses|toutes les réponses) (?:à|de) |puedes seguir (?:las|cualquier) respuestas? a esta entrada|puoi seguire (?:i commenti|tutte le risposte) a quest)`)

// maxPostRow is the length of the longest such sentence.
const maxPostRow = 400

// IsPostRow reports whether a text is a sentence under a post that says when it was
// posted, or how to answer to it.
func IsPostRow(line string) bool {
	return len(line) <= maxPostRow && (mayDate(line) && postRow.MatchString(line) || answerRow.MatchString(line))
}

// IsDateRow reports whether a line has the form of one that gives a story's date:
// a label at its beginning ("Published …", "Stand: …"), a date and little else, or a
// label alone. It does not read the date, and may err on short sentences.
func IsDateRow(line string) bool {
	return labelledRow.MatchString(line) ||
		text.DigitsIn(line) > 4 && dateAloneRow.MatchString(line) ||
		len(line) <= len("published") && labelAloneRow[strings.ToLower(line)]
}
