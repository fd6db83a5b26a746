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

// IsDateRow reports whether a line has the form of one that gives a story's date:
// a label at its beginning ("Published …", "Stand: …"), a date and little else, or a
// label alone. It does not read the date, and may err on short sentences.
func IsDateRow(line string) bool {
	return labelledRow.MatchString(line) ||
		text.DigitsIn(line) > 4 && dateAloneRow.MatchString(line) ||
		len(line) <= len("published") && labelAloneRow[strings.ToLower(line)]
}
