package dates

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

var dateRow = regexp.MustCompile(`(?i)^(?:published|updated|posted|last updated|first published|aktualisiert|veröffentlicht|stand|publié|mis à jour|publicado|actualizado|pubblicato|aggiornato|опубликовано|обновлено|发布|更新)\b.{0,60}$|^\W*(?:\p{L}{3,9}\.?,?\s+){0,2}\d{1,2}[\s./,-].{0,30}\d{4}.{0,24}$|^(?:on|published|updated|posted)$`)

// IsDateRow reports whether a text is of this form. Most begin with none of its
// words and have no year, and need not be tried.
func IsDateRow(s string) bool {
	return (yearLike(s) || rowStarts(s)) && dateRow.MatchString(s)
}

// yearLike reports whether a text has four figures side by side.
func yearLike(s string) bool {
	run := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			run = 0
		} else if run++; run == 4 {
			return true
		}
	}
	return false
}

// rowStarts reports whether a text may begin with a word of dateRow.
func rowStarts(s string) bool {
	if len(s) < 2 {
		return false
	}
	var start [3]byte
	for i := range min(len(s), 3) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
		start[i] = s[i] | 0x20
	}
	switch string(start[:]) {
	case "pub", "upd", "pos", "las", "fir", "akt", "sta", "mis", "act", "agg":
		return true
	}
	return start[0] == 'v' && start[1] == 'e' || start[0] == 'o' && start[1] == 'n'
}

// A label says what a date is the date of.
type label uint8

const (
	unlabelled label = iota
	saysPublished
	saysUpdated
	saysOther // of something else: an event, a deadline, a right
)

// dateLabels are words that stand before a date.
var dateLabels = map[string]label{}

// updatedWords are those that say a date is of a change.
var updatedWords = map[string]bool{}

// wideDateLabels are labels in scripts without spaces, which stand within longer words.
var wideDateLabels = []struct {
	text string
	says label
}{
	{"更新", saysUpdated}, {"修正", saysUpdated}, {"編集", saysUpdated}, {"编辑时间", saysUpdated}, {"改訂", saysUpdated}, {"수정", saysUpdated}, {"업데이트", saysUpdated}, {"편집", saysUpdated}, {"แก้ไข", saysUpdated}, {"อัปเดต", saysUpdated}, {"อัพเดท", saysUpdated},
	{"公開", saysPublished}, {"発行", saysPublished}, {"掲載", saysPublished}, {"投稿", saysPublished}, {"配信", saysPublished}, {"作成", saysPublished}, {"发布", saysPublished}, {"發布", saysPublished}, {"發佈", saysPublished}, {"发表", saysPublished}, {"發表", saysPublished}, {"刊登", saysPublished}, {"出版", saysPublished},
	{"입력", saysPublished}, {"등록", saysPublished}, {"게시", saysPublished}, {"승인", saysPublished}, {"작성", saysPublished}, {"발행", saysPublished}, {"เผยแพร่", saysPublished}, {"วันที่", saysPublished}, {"โพสต์", saysPublished},
	{"締切", saysOther}, {"截止", saysOther}, {"마감", saysOther},
}

func init() {
	for i, words := range [...]string{
		saysPublished: `published publish publication posted post released release created written uploaded issued filed pub
			veröffentlicht veröffentlichung erschienen erscheinungsdatum erstellt publiziert gepostet verfasst eingestellt vom datum veröffentlichungsdatum
			publié publiée paru parue ligne posté créé parution publicado publicada publicación creado fecha subido publicat publicada
			pubblicato pubblicata pubblicazione inserito creato gepubliceerd geplaatst publicatiedatum publicerad publicerat publiserad publisert udgivet offentliggjort publiceret oprettet opprettet julkaistu
			opublikowano opublikowany dodano publikacji utworzono publikováno vydáno zveřejněno vytvořeno publikované zverejnené vydané objavljeno objava publikuar postat
			közzétéve megjelent közzététel megjelenés δημοσίευση δημοσιεύτηκε δημοσιεύθηκε ημερομηνία опубликовано опубликована дата создано опубліковано створено публикувано публикувана објављено објава
			yayınlanma yayın yayımlanma eklenme giriş oluşturulma tarihi yayımlandı yayınlandı dipublikasikan diterbitkan terbit tayang đăng نشر نُشر نشرت تاريخ انتشار منتشر تاریخ פורסם פורסמה
			प्रकाशित প্রকাশিত প্রকাশ paskelbta publicēts avaldatud birt imechapishwa publicação`,
		saysUpdated: `updated update modified edited revised reviewed changed corrected refreshed modification revision lastmod
			aktualisiert aktualisierung geändert änderung stand bearbeitet überarbeitet geupdated jour modifié modifiée actualisé actualisée
			actualizado actualizada actualización modificado modificada modificación editado aggiornato aggiornata aggiornamento modificato modifica atualizado atualizada atualização
			bijgewerkt gewijzigd geactualiseerd uppdaterad uppdaterat ändrad oppdatert endret opdateret ændret päivitetty muokattu aktualizacja aktualizacji zaktualizowano zmodyfikowano
			aktualizováno upraveno aktualizace aktualizované upravené ažurirano izmijenjeno posodobljeno frissítve frissült frissítés módosítva módosítás actualizat actualizare modificat actualitzat
			ενημέρωση ενημερώθηκε τροποποίηση обновлено обновлена обновление изменено изменена оновлено змінено обновена обновено ажурирано
			güncelleme güncellenme güncellendi diperbarui diperbaharui disunting nhật تحديث بروزرسانی به` + "\u200c" + `روزرسانی ویرایش ترمیم עודכן עדכון अपडेट अद्यतन আপডেট
			atnaujinta atjaunots uuendatud muudetud uppfært përditësuar`,
		saysOther: `© copyright expires until bis deadline born geboren gültig valid joined member event events retrieved accessed abgerufen archived heute today termin beginn start starts ends due
			geb hasta jusqu fino anmeldeschluss bewerbungsfrist einsendeschluss`,
	} {
		for w := range strings.FieldsSeq(words) {
			dateLabels[w] = label(i)
			if label(i) == saysUpdated {
				updatedWords[w] = true
			}
		}
	}
}

// labelOf reads the words before a date, the nearest first.
func labelOf(before string) label {
	if len(before) > 60 {
		before = before[len(before)-60:]
	}
	before = strings.ToLower(before)
	says := unlabelled
	for n := 0; before != "" && n < 5; {
		before = strings.TrimRight(before, " \t\n:：|,.-–·(（[【\u00a0/•")
		i := strings.LastIndexAny(before, " \t\n|:：·(（[【\u00a0/•")
		word := before[i+1:]
		if i < 0 {
			before = ""
		} else {
			before = before[:i]
		}
		word = strings.TrimLeft(strings.TrimRight(word, ":.,;"), " \t：（【•")
		if word == "" {
			continue
		}
		n++
		l := dateLabels[word]
		if r, _ := utf8.DecodeLastRuneInString(word); l == unlabelled && r >= 0xe00 {
			for _, w := range wideDateLabels {
				if strings.Contains(word, w.text) {
					l = w.says
					break
				}
			}
		}
		if l == saysUpdated || l == saysOther {
			return l
		}
		if l != unlabelled && says == unlabelled {
			says = l
			if n > 3 {
				break
			}
		}
		// "Zuletzt aktualisiert am": filler is passed over; a sentence's words are no label.
	}
	return says
}

// dateNames is what an element's class, id and other names say of a date in it.
type dateNames struct {
	date bool
	says label
}

// namesOf reads the names of an element.
func namesOf(n *html.Node) dateNames {
	var r dateNames
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "itemprop", "property", "name", "data-testid", "data-qa", "data-component", "data-type", "rel", "title", "aria-label":
		case "pubdate":
			r.date, r.says = true, saysPublished
			continue
		default:
			continue
		}
		if len(a.Val) > 300 {
			continue
		}
		r.add(strings.ToLower(a.Val))
	}
	return r
}

func (r *dateNames) add(s string) {
	published := strings.Contains(s, "publi") || strings.Contains(s, "posted") || strings.Contains(s, "pubdate") || strings.Contains(s, "pub-date") || strings.Contains(s, "created") || strings.Contains(s, "veröff") || strings.Contains(s, "issued")
	updated := strings.Contains(s, "updated") || strings.Contains(s, "modif") || strings.Contains(s, "update") || strings.Contains(s, "lastmod") || strings.Contains(s, "aktualis")
	switch {
	case published:
		r.date = true
		if !strings.Contains(s, "publisher") || updated || strings.Contains(s, "date") {
			r.says = saysPublished
		}
	case updated:
		r.date = true
		if r.says == unlabelled {
			r.says = saysUpdated
		}
	}
	if r.date {
		return
	}
	for _, w := range []string{"date", "datum", "fecha", "tarih", "dato", "timestamp", "time", "dateline", "byline", "entry-meta", "post-meta", "article-meta"} {
		if i := strings.Index(s, w); i >= 0 && (w != "time" || i == 0 || !asciiLetter(s[i-1]) || strings.Contains(s, "datetime")) && (w != "date" || i < 2 || s[i-2:i] != "up") {
			r.date = true
			return
		}
	}
}
