package dates

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// ago matches lines that say how long ago it was: 2 hours ago, vor 3 Tagen, il y a 5
// minutes. Group 1 is the number, group 2 begins as the unit does.
var ago = text.MustCompile(`(?i)^(?:(?:published|posted|updated|publié|publicado|aktualisiert|veröffentlicht)?:?\s*)(?:vor|il y a|hace|há|fa|for|před|przed)?\s*(\d{1,2})\s*(minut|mins?\b|m\b|hour|hrs?\b|h\b|day|d\b|stund|std|tag|heure|jour|hora|día|dia|ora|ore|giorn|uur|uren|dag|tim|dzie|dni|godz|hodin|dn|час|дн|день|минут|мин|saat|gün|dakika|分|時間|小时|小時|日前|天|분|시간|일)\pL*\.?(?:\s*(?:ago|geleden|fa|atrás|sedan|siden|temu|назад|önce|前|전))?$`)

// daysIn are units whose count is one of days.
var daysIn = text.Set("day d tag jour día dia giorn dag dzie dni dn дн день gün 日前 天 일")

// agoWords are words without which such a line says something else.
var agoWords = text.Literals("ago|vor |il y a|hace |há |fa |geleden|atrás|sedan|siden|temu|назад|önce|前|전|před |przed ")

// readAgo adds the day of a line by the story that says how long ago it was, where it
// is known when the page was fetched.
func (f *finder) readAgo(l dateLine) {
	if f.page.Input.Fetched.IsZero() || len(l.text) > 40 || l.zone != zoneHeader && l.zone != zoneAbove || !text.HasDigit(l.text) || !agoWords.FoundIn(strings.ToLower(l.text)) {
		return
	}
	m := ago.FindStringSubmatch(l.text)
	if m == nil {
		return
	}
	n, unit := 0, strings.ToLower(m[2])
	for _, c := range m[1] {
		n = n*10 + int(c-'0')
	}
	back := time.Duration(n) * time.Hour
	switch {
	case daysIn[unit]:
		back *= 24
	case strings.HasPrefix(unit, "m") || unit == "dakika" || strings.HasPrefix(unit, "мин") || unit == "分" || unit == "분":
		back /= 60
	}
	t := f.page.Input.Fetched.Add(-back)
	d := partialDate{year: t.Year(), month: int(t.Month()), day: t.Day()}
	own := lineDate{partialDate: d, label: labelOf(l.text[:strings.Index(l.text, m[1])])}
	l.names.date = true
	if own.label != labelOther {
		f.add(d, claim{from: "text:" + l.Node.Data, label: own.label, kind: line, seen: f.sightIn(l, own)})
	}
}
