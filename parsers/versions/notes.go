package versions

import (
	"strings"
	"unicode/utf8"
)

// A Note is what the later version says about its own changes, and the earlier does
// not say.
type Note struct {
	Kind NoteKind `json:"kind"`
	Text string   `json:"text"`
}

// A NoteKind is a kind of note.
type NoteKind string

// The kinds of notes.
const (
	Correction    NoteKind = "correction"
	Clarification NoteKind = "clarification"
	Retraction    NoteKind = "retraction"
	Update        NoteKind = "update"
)

// class is the class of an edit that adds a note.
func (k NoteKind) class() Class {
	if k == Update {
		return UpdateNoted
	}
	return CorrectionNoted
}

// noteWords are the words that notes begin with, and phrases that mention a change
// wherever they stand in a sentence. They are in our own words after: Reuters'
// handbook on what its advisory lines must say (corrects, correcting, refiles,
// withdrawn), The Guardian's corrections and clarifications, Süddeutsche Zeitung's
// Korrekturen, El País' book of style and Fundéu on fe de errores and fe de erratas,
// Folha's Erramos, Asahi's and other Japanese papers' 訂正 and おわび, the Korean
// papers' 바로잡습니다 and 정정보도. Other languages have the plain words for
// correction, clarification, update and a note from the editors, and for an earlier
// version of this text, which no page has confirmed yet. All languages are one table:
// a note may be in another language than its page declares. "|" separates entries; all
// are folded.
var noteWords = []struct {
	kind    NoteKind
	labels  string // at the beginning, before a colon, dash, bracket, date or the end
	phrases string
}{
	{Retraction, "retraction|story withdrawn|withdrawn|editor's note: retraction|story removed|rétractation|retractación|rücknahme|ritrattazione|retractie|retratação|wycofanie|опровержение|спростування|撤稿|撤回|철회|geri çekme",
		"this article has been retracted|this story has been retracted|this article has been withdrawn|this story has been withdrawn|this article was withdrawn|we have withdrawn this|this article has been removed|diesen artikel zurückgezogen|article a été retiré"},
	{Clarification, "clarification|clarifications|for clarity|for the record|klarstellung|präzisierung|zur klarstellung|précision|précisions|aclaración|aclaraciones|precisazione|chiarimento|verduidelijking|esclarecimento|wyjaśnienie|doprecyzowanie|уточнение|уточнення|توضيح|הבהרה|澄清|釐清|해명|açıklama|स्पष्टीकरण|klarifikasi|đính chính và làm rõ|förtydligande|præcisering|presisering|tarkennus|upřesnění|διευκρίνιση|clarificare",
		"amended to clarify|amended to make clear|updated to clarify|changed to clarify|edited to clarify|revised to clarify|article a été modifié pour préciser"},
	{Correction, "correction|corrections|corrected|corrects|correcting|corrigendum|erratum|errata|editor's note|editors' note|editor note|note from the editor|amendment|apology|" +
		"korrektur|korrekturen|korrekturhinweis|korrigiert|berichtigung|richtigstellung|anmerkung der redaktion|anm. d. red|hinweis der redaktion|in eigener sache|transparenzhinweis|" +
		"rectificatif|rectification|correctif|erratum|note de la rédaction|ndlr|mea culpa|" +
		"corrección|correcciones|fe de errores|fe de erratas|rectificación|nota de la redacción|nota del editor|nota de redacción|" +
		"correzione|rettifica|errata corrige|nota della redazione|ndr|" +
		"correção|correcção|errata|retificação|nota da redação|nota do editor|erramos|erro corrigido|" +
		"correctie|rectificatie|gecorrigeerd|naschrift redactie|noot van de redactie|" +
		"sprostowanie|korekta|errata|od redakcji|" +
		"исправление|исправлено|поправка|от редакции|примечание редакции|примечание редактора|" +
		"виправлення|виправлено|поправка|від редакції|примітка редакції|" +
		"تصحيح|تصويب|تنويه|ملاحظة المحرر|ملاحظة من المحرر|" +
		"תיקון|תיקון טעות|הערת המערכת|הערת עורך|" +
		"更正|更正启事|更正啟事|勘误|勘誤|编者注|編者註|编者按|編按|" +
		"訂正|訂正とおわび|訂正しておわびします|訂正して、おわびします|おわびして訂正します|おわびと訂正|お詫びと訂正|おわび|お詫び|編集部注|" +
		"정정|정정보도|바로잡습니다|알립니다|편집자 주|편집자주|" +
		"düzeltme|tekzip|editörün notu|editör notu|" +
		"सुधार|भूल सुधार|संशोधन|संपादक की टिप्पणी|" +
		"koreksi|ralat|catatan redaksi|catatan editor|" +
		"đính chính|lưu ý của tòa soạn|rättelse|rettelse|oikaisu|oprava|helyesbítés|διόρθωση|corectare|erată|แก้ไขข่าว|تصحیح|اصلاحیه",
		"an earlier version of this|a previous version of this|an earlier version of the article|an earlier version of the story|an earlier version of our|a previous version of the article|a previous version of the story|earlier versions of this|previous versions of this|the original version of this|a former version of this|this article was amended|this article has been amended|this story was amended|this story has been corrected|this article has been corrected|this article was corrected|this story was corrected|corrected to reflect|corrected to say|corrected to show|corrects the spelling|corrects spelling|we regret the error|we apologise for the error|we apologize for the error|story corrects|refiles to|" +
			"in einer früheren version dieses|in einer früheren version dieser|in einer früheren version des artikels|in einer früheren version des textes|in einer früheren version des beitrags|in einer früheren version stand|in einer früheren version hieß|in einer früheren version war|in einer früheren version wurde|in einer früheren version haben|in einer früheren version hatten|in einer früheren fassung dieses|in einer früheren fassung dieser|in einer früheren fassung des artikels|in einer früheren fassung des textes|in einer früheren fassung des beitrags|in einer früheren fassung stand|in einer früheren fassung hieß|in einer früheren fassung war|in einer früheren fassung wurde|in einer früheren fassung haben|in einer früheren fassung hatten|in einer ersten version dieses|in einer ersten version dieser|in einer ersten version des artikels|in einer ersten version des textes|in einer ersten version des beitrags|in einer ersten version stand|in einer ersten version hieß|in einer ersten version war|in einer ersten version wurde|in einer ersten version haben|in einer ersten version hatten|in einer ersten fassung dieses|in einer ersten fassung dieser|in einer ersten fassung des artikels|in einer ersten fassung des textes|in einer ersten fassung des beitrags|in einer ersten fassung stand|in einer ersten fassung hieß|in einer ersten fassung war|in einer ersten fassung wurde|in einer ersten fassung haben|in einer ersten fassung hatten|in einer vorherigen version dieses|in einer vorherigen version dieser|in einer vorherigen version des artikels|in einer vorherigen version des textes|in einer vorherigen version des beitrags|in einer vorherigen version stand|in einer vorherigen version hieß|in einer vorherigen version war|in einer vorherigen version wurde|in einer vorherigen version haben|in einer vorherigen version hatten|in einer vorherigen fassung dieses|in einer vorherigen fassung dieser|in einer vorherigen fassung des artikels|in einer vorherigen fassung des textes|in einer vorherigen fassung des beitrags|in einer vorherigen fassung stand|in einer vorherigen fassung hieß|in einer vorherigen fassung war|in einer vorherigen fassung wurde|in einer vorherigen fassung haben|in einer vorherigen fassung hatten|in einer älteren version dieses|in einer älteren version dieser|in einer älteren version des artikels|in einer älteren version des textes|in einer älteren version des beitrags|in einer älteren version stand|in einer älteren version hieß|in einer älteren version war|in einer älteren version wurde|in einer älteren version haben|in einer älteren version hatten|in einer älteren fassung dieses|in einer älteren fassung dieser|in einer älteren fassung des artikels|in einer älteren fassung des textes|in einer älteren fassung des beitrags|in einer älteren fassung stand|in einer älteren fassung hieß|in einer älteren fassung war|in einer älteren fassung wurde|in einer älteren fassung haben|in einer älteren fassung hatten|eine frühere version dieses|artikel wurde korrigiert|text wurde korrigiert|beitrag wurde korrigiert|haben wir korrigiert|haben den fehler korrigiert|wir bitten, den fehler zu entschuldigen|" +
			"une version précédente de cet|une version précédente de l'article|une première version de cet|une première version de l'article|une version antérieure de cet|contrairement à ce que nous avons écrit|contrairement à ce que nous écrivions|article a été corrigé|article a été modifié|" +
			"una versión anterior de est|una primera versión de est|una versión anterior del artículo|una versión anterior de la noticia|artículo ha sido corregido|noticia ha sido corregida|información ha sido corregida|" +
			"una versione precedente di quest|una precedente versione di quest|una versione precedente dell'articolo|una precedente versione dell'articolo|l'articolo è stato corretto|l'articolo è stato modificato|" +
			"versão anterior deste|versão anterior desta|uma versão anterior da reportagem|uma versão anterior do texto|este texto foi corrigido|esta reportagem foi corrigida|diferentemente do que foi publicad|diferentemente do publicado|diferentemente do que informou|diferentemente do que afirm|o texto foi corrigido|ao contrário do que foi publicado|" +
			"in een eerdere versie stond|in een eerdere versie werd|een eerdere versie van dit|een eerdere versie van deze|dit artikel is gecorrigeerd|dit artikel is aangepast|dit bericht is aangepast|" +
			"poprzedniej wersji tekstu|pierwotnej wersji tekstu|wcześniejszej wersji tekstu|poprzedniej wersji artykułu|pierwotnej wersji artykułu|wcześniejszej wersji artykułu|" +
			"в предыдущей версии текста|в предыдущей версии статьи|в предыдущей версии материала|в предыдущей версии новости|в предыдущей версии заметки|в первоначальной версии текста|в первоначальной версии статьи|в первоначальной версии материала|в первоначальной версии новости|в первоначальной версии заметки|в более ранней версии текста|в более ранней версии статьи|в более ранней версии материала|в более ранней версии новости|в более ранней версии заметки|в ранней версии текста|в ранней версии статьи|в ранней версии материала|в ранней версии новости|в ранней версии заметки|текст исправлен|ошибка исправлена|приносим извинения за ошибку|" +
			"у попередній версії тексту|у попередній версії статті|у попередній версії матеріалу|у попередній версії новини|у первісній версії тексту|у первісній версії статті|у первісній версії матеріалу|у первісній версії новини|у першій версії тексту|у першій версії статті|у першій версії матеріалу|у першій версії новини|" +
			"نسخة سابقة من هذا|نسخة سابقة من هذه|تم تصحيح هذا|" +
			"בגרסה קודמת של הכתבה|בגרסה קודמת של הידיעה|בגרסה הקודמת של הכתבה|בגרסה קודמת של כתבה זו|" +
			"本文较早版本|本文較早版本|本文此前版本|本文先前版本|本文早前版本|本報道較早前版本|本报道曾误|已更正|" +
			"訂正しました|訂正します|とあるのは|の誤りでした|" +
			"바로잡았습니다|정정합니다|기사를 수정했습니다|이 기사의 이전 버전|" +
			"haberin önceki|yazının önceki|haber düzeltilmiştir|" +
			"इस लेख के पिछले|इस खबर के पिछले|इस रिपोर्ट के पिछले|" +
			"versi sebelumnya dari artikel|versi sebelumnya dari berita|artikel ini telah dikoreksi|berita ini telah dikoreksi"},
	{Update, "update|updated|updates|last updated|this story has been updated|this article has been updated|aktualisiert|aktualisierung|update der redaktion|mise à jour|mis à jour|actualización|actualizado|actualizada|aggiornamento|aggiornato|aggiornata|atualização|atualizado|atualizada|actualizado|bijgewerkt|laatst bijgewerkt|aktualizacja|zaktualizowano|обновление|обновлено|дополнено|оновлення|оновлено|доповнено|تحديث|محدث|עדכון|עודכן|更新|最后更新|最後更新|追記|更新日|업데이트|수정|güncelleme|güncellendi|अपडेट|अद्यतन|pembaruan|diperbarui|cập nhật|uppdaterad|uppdatering|opdateret|oppdatert|päivitetty|aktualizováno|ενημέρωση|actualizare|بهروزرسانی",
		"this story has been updated|this article has been updated|this article was updated|this story was updated|artikel wurde aktualisiert|text wurde aktualisiert|beitrag wurde aktualisiert|meldung wurde aktualisiert|artikel wird aktualisiert|article a été mis à jour|artículo ha sido actualizado|noticia ha sido actualizada|l'articolo è stato aggiornato|este texto foi atualizado|esta reportagem foi atualizada|dit artikel is bijgewerkt|artykuł został zaktualizowany|статья обновлена|текст обновлен|материал дополнен"},
}

// notePhrases are noteWords, folded.
var notePhrases = func() []notePhrase {
	var all []notePhrase
	for _, w := range noteWords {
		for _, label := range strings.Split(w.labels, "|") {
			all = append(all, notePhrase{w.kind, fold(label), true})
		}
		for _, phrase := range strings.Split(w.phrases, "|") {
			all = append(all, notePhrase{w.kind, fold(phrase), false})
		}
	}
	return all
}()

type notePhrase struct {
	kind  NoteKind
	text  string
	label bool
}

// labelsByStart are the labels by their first bytes.
var labelsByStart = func() map[string][]notePhrase {
	m := map[string][]notePhrase{}
	for _, p := range notePhrases {
		if p.label {
			m[p.text[:min(len(p.text), 4)]] = append(m[p.text[:min(len(p.text), 4)]], p)
		}
	}
	return m
}()

// noteLength bounds what is searched, in bytes: notes say what they are at once.
const noteLength = 1000

// noteIn finds a note in a sentence. Label reports whether the sentence is no more
// than its heading.
func noteIn(sentence string) (kind NoteKind, label bool) {
	if len(sentence) > noteLength {
		sentence = sentence[:noteLength]
	}
	s := strings.TrimLeft(fold(sentence), `"*-([ •·►▶※■◆【（《`)
	for _, p := range labelsByStart[s[:min(len(s), 4)]] {
		rest, ok := strings.CutPrefix(s, p.text)
		rest = strings.TrimLeft(rest, " ")
		switch {
		case !ok:
		case strings.Trim(rest, `.:-)]】）》"*`) == "":
			return p.kind, true
		case strings.HasPrefix(rest, "-"):
			if spacedDash(sentence, p.text) {
				return p.kind, false
			}
		case labelEnds(rest):
			return p.kind, false
		}
	}
	for _, p := range notePhrases {
		if !p.label && strings.Contains(s, p.text) {
			return p.kind, false
		}
	}
	return "", false
}

// spacedDash reports whether a dash after a label divides: folding took the spaces
// that distinguish it from the hyphen of a compound.
func spacedDash(sentence, label string) bool {
	left := utf8.RuneCountInString(label) + 8
	head := sentence
	for i := range sentence {
		if left--; left == 0 {
			head = sentence[:i]
			break
		}
	}
	return strings.ContainsAny(head, "–—―") || strings.Contains(head, " -")
}

// dateLength is how far a date after a label may reach.
const dateLength = 40

// labelEnds reports whether a label ends before rest: with punctuation, or a date
// after which nothing or a colon comes.
func labelEnds(rest string) bool {
	for _, mark := range []string{":", ")", "]", "(", "[", "|", "/", "】", "）", "》", "!"} {
		if strings.HasPrefix(rest, mark) {
			return true
		}
	}
	// "Updated on 3 May", "Correction, May 3: …", "Corrected at 10:40".
	rest = strings.TrimLeft(rest, ", ")
	for _, p := range datePrepositions {
		if after, ok := strings.CutPrefix(rest, p+" "); ok {
			rest = after
			break
		}
	}
	head := rest[:min(len(rest), dateLength)]
	return hasDigit(head) && (len(rest) <= dateLength || strings.Contains(head, ":"))
}

var datePrepositions = strings.Fields("on at am um le el il em op dnia от в о від w pada")

func hasDigit(s string) bool { return strings.IndexFunc(s, isDigit) >= 0 }
func isDigit(r rune) bool    { return r >= '0' && r <= '9' }
