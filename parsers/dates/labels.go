package dates

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A label tells what a date is the date of.
type label uint8

const (
	unlabelled label = iota
	labelPublished
	labelUpdated
	labelOther // an event, a deadline, a copyright
)

// Words before a date that label it.
var (
	publishedLabels = text.Set(`published publish publication posted post released release created written uploaded issued filed pub
	veröffentlicht veröffentlichung erschienen erscheinungsdatum erstellt publiziert gepostet verfasst eingestellt vom datum veröffentlichungsdatum
	publié publiée paru parue ligne posté créé parution publicado publicada publicación creado fecha subido publicat publicada
	pubblicato pubblicata pubblicazione inserito creato gepubliceerd geplaatst publicatiedatum publicerad publicerat publiserad publisert udgivet offentliggjort publiceret oprettet opprettet julkaistu
	opublikowano opublikowany dodano publikacji utworzono publikováno vydáno zveřejněno vytvořeno publikované zverejnené vydané objavljeno objava publikuar postat
	közzétéve megjelent közzététel megjelenés δημοσίευση δημοσιεύτηκε δημοσιεύθηκε ημερομηνία опубликовано опубликована дата создано опубліковано створено публикувано публикувана објављено објава
	yayınlanma yayın yayımlanma eklenme giriş oluşturulma tarihi yayımlandı yayınlandı dipublikasikan diterbitkan terbit tayang đăng نشر نُشر نشرت تاريخ انتشار منتشر تاریخ פורסם פורסמה
	प्रकाशित প্রকাশিত প্রকাশ paskelbta publicēts avaldatud birt imechapishwa publicação`)
	updatedLabels = text.Set(`updated update modified edited revised reviewed changed corrected refreshed modification revision lastmod
	aktualisiert aktualisierung geändert änderung stand bearbeitet überarbeitet geupdated jour modifié modifiée actualisé actualisée
	actualizado actualizada actualización modificado modificada modificación editado aggiornato aggiornata aggiornamento modificato modifica atualizado atualizada atualização
	bijgewerkt gewijzigd geactualiseerd uppdaterad uppdaterat ändrad oppdatert endret opdateret ændret päivitetty muokattu aktualizacja aktualizacji zaktualizowano zmodyfikowano
	aktualizováno upraveno aktualizace aktualizované upravené ažurirano izmijenjeno posodobljeno frissítve frissült frissítés módosítva módosítás actualizat actualizare modificat actualitzat
	ενημέρωση ενημερώθηκε τροποποίηση обновлено обновлена обновление изменено изменена оновлено змінено обновена обновено ажурирано
	güncelleme güncellenme güncellendi diperbarui diperbaharui disunting nhật تحديث بروزرسانی به` + "\u200c" + `روزرسانی ویرایش ترمیم עודכן עדכון अपडेट अद्यतन আপডেট
	atnaujinta atjaunots uuendatud muudetud uppfært përditësuar`)
	otherLabels = text.Set(`© copyright expires until bis deadline born geboren gültig valid joined member event events retrieved accessed abgerufen archived heute today termin beginn start starts ends due
	geb hasta jusqu fino anmeldeschluss bewerbungsfrist einsendeschluss`)
)

// Labels in scripts without spaces, which stand within longer words.
var (
	updatedInWord   = text.Literals("更新|修正|編集|编辑时间|改訂|수정|업데이트|편집|แก้ไข|อัปเดต|อัพเดท")
	publishedInWord = text.Literals("公開|発行|掲載|投稿|配信|作成|发布|發布|發佈|发表|發表|刊登|出版|입력|등록|게시|승인|작성|발행|เผยแพร่|วันที่|โพสต์")
	otherInWord     = text.Literals("締切|截止|마감")
)

// labelOfWord is the label that a word in lower case is.
func labelOfWord(word string) label {
	switch {
	case otherLabels[word]:
		return labelOther
	case updatedLabels[word]:
		return labelUpdated
	case publishedLabels[word]:
		return labelPublished
	case word[len(word)-1] < 0x80: // of a script with spaces
	case updatedInWord.FoundIn(word):
		return labelUpdated
	case publishedInWord.FoundIn(word):
		return labelPublished
	case otherInWord.FoundIn(word):
		return labelOther
	}
	return unlabelled
}

const (
	labelEnds = " \t\n|:：·(（[【\u00a0/•" // what separates words before a date
	labelTrim = labelEnds + ",.-–"
)

// labelOf is the label that the last words of a text give the date after it. The
// words between label and date do not count ("zuletzt aktualisiert am").
func labelOf(before string) label {
	if len(before) > 60 {
		before = before[len(before)-60:]
	}
	before = strings.ToLower(before)
	found := unlabelled
	for n := 1; n <= 5; n++ {
		before = strings.TrimRight(before, labelTrim)
		if before == "" {
			break
		}
		word := before
		i := strings.LastIndexAny(before, labelEnds)
		if i >= 0 {
			_, size := utf8.DecodeRuneInString(before[i:])
			word = before[i+size:]
		}
		word = strings.Trim(word, ".,;")
		before = before[:max(i, 0)]
		if word == "" || word == "post" && n == 1 && strings.TrimRight(before, labelTrim) != "" {
			continue // "The Harbour Post", but "Post date"
		}
		switch l := labelOfWord(word); {
		case l == labelUpdated || l == labelOther:
			return l
		case l == labelPublished:
			found = l // a label before it may say more: "published, updated on"
		}
	}
	return found
}

// ofOriginal matches lines about another text: the one that was translated, reprinted
// or first ran elsewhere. A date in them is that one's.
var ofOriginal = text.MustCompile(`(?i)\b(?:(?:link to|read) the original|original (?:article|text|story|post|version|source|piece)\b|translat(?:ed|ion) (?:of|from)|(?:article|story|post|piece|essay|text|version|it) (?:(?:was|is|has been) )?(?:first|originally) (?:appeared|published|ran|posted) (?:in|at|by|on \p{Lu}?\pL*\.\pL)|(?:first|originally) (?:appeared|ran) (?:in|at|on) |reprinted (?:from|with)|republished from|` +
	`(?:zum|der) original(?:beitrag|artikel|text)?\b|originalbeitrag|originalartikel|originaltext|erschien (?:zuerst|ursprünglich|zunächst)|zuerst erschienen (?:in|bei|auf)|übersetz(?:t|ung) (?:aus|von)|` +
	`(?:article|texte|version) origina(?:l|le)\b|(?:paru|publié) (?:initialement|d['’]abord|à l['’]origine) (?:dans|sur|par|en)|traduit d|artículo original|texto original|(?:publicado|apareció) originalmente (?:en|por)|traducid[oa] d|articolo originale|testo originale|pubblicato originariamente (?:su|in)|tradotto d|` +
	`artigo original|publicado originalmente (?:em|no|na)|traduzido d|oorspronkelijke? (?:artikel|tekst|gepubliceerd|verschenen)|originalartikeln|tekst oryginalny|oryginalny artykuł|pierwotnie (?:ukazał|opublikowan)|původní článek|özgün (?:metin|yazı)|orijinal (?:metin|yazı|makale))|` +
	`(?i:оригинал (?:статьи|текста|материала|публикации)|оригінал (?:статті|тексту)|перевод с|впервые опубликован)|原文|元記事|初出|原載|原载|转载自|轉載自|원문|النص الأصلي|المقال الأصلي|متن اصلی`)

// dateNames is what the names of an element tell about a date in it.
type dateNames struct {
	date  bool // the names say that it is a date
	label label
}

// join adds the names of another element. Its label counts less.
func (d *dateNames) join(other dateNames) {
	d.date = d.date || other.date
	if d.label == unlabelled {
		d.label = other.label
	}
}

// nameAttrs are attributes whose values name an element's content, besides those of
// classname.IsAttribute.
var nameAttrs = text.Set("itemprop property name rel title aria-label")

// namesOf reads the names of an element.
func namesOf(n *html.Node) dateNames {
	var names dateNames
	for _, a := range n.Attr {
		switch {
		case a.Key == "pubdate":
			names = dateNames{date: true, label: labelPublished}
		case len(a.Val) <= 300 && (classname.IsAttribute(a.Key) || nameAttrs[a.Key]):
			names.read(strings.ToLower(a.Val))
		}
	}
	return names
}

// Parts of names of elements.
var (
	publishedNames = text.Literals("publi|posted|pubdate|pub-date|created|veröff|issued")
	updatedNames   = text.Literals("update|modif|lastmod|aktualis")
	dateWords      = text.NewLiteralSet(append(classname.Words(classname.DateWord), "byline", "entry-meta", "post-meta", "article-meta"))
)

// read adds the value of an attribute, in lower case.
func (d *dateNames) read(name string) {
	switch updated := updatedNames.FoundIn(name); {
	case publishedNames.FoundIn(name):
		d.date = true
		if !strings.Contains(name, "publisher") || updated || strings.Contains(name, "date") {
			d.label = labelPublished
		}
	case updated:
		d.date = true
		if d.label == unlabelled {
			d.label = labelUpdated
		}
	}
	d.date = d.date || namesDate(name)
}

// namesDate reports whether a name says that something is a date or a row with one:
// "date" but not as the end of "update", "time" but not as that of "overtime".
func namesDate(name string) bool {
	if dateWords.FoundIn(name) {
		return true
	}
	if i := strings.Index(name, "date"); i >= 0 && !strings.HasSuffix(name[:i], "up") {
		return true
	}
	i := strings.Index(name, "time")
	return i == 0 || i > 0 && !asciiLetter(name[i-1])
}
