package versions

import "strings"

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

// noteWords are the words that notes begin with, and phrases that tell of a change
// wherever they stand in a sentence. Sources: what the corrections policies of news
// agencies and papers say that their notes are called (Reuters' and AP's handbooks,
// the BBC's and The Guardian's guidelines; Spiegel and Zeit; Le Monde; El País' book
// of style; NOS; Público; Gazeta Wyborcza), press councils' codes, and dictionaries
// for the same words elsewhere. All languages are one table: a note may stand in
// another language than its page declares. "|" separates entries; all are folded.
var noteWords = []struct {
	kind    NoteKind
	labels  string // at the beginning, before a colon, dash, bracket, date or the end
	phrases string
}{
	{Retraction, "retraction|story withdrawn|withdrawn|editor's note: retraction|story removed|rétractation|retractación|rücknahme|ritrattazione|retractie|retratação|wycofanie|опровержение|спростування|撤稿|撤回|철회|geri çekme",
		"this article has been retracted|this story has been retracted|this article has been withdrawn|this story has been withdrawn|this article was withdrawn|we have withdrawn this|this article has been removed|diesen artikel zurückgezogen|article a été retiré"},
	{Clarification, "clarification|clarifications|for clarity|for the record|klarstellung|präzisierung|zur klarstellung|précision|précisions|aclaración|aclaraciones|precisazione|chiarimento|verduidelijking|esclarecimento|wyjaśnienie|doprecyzowanie|уточнение|уточнення|توضيح|הבהרה|澄清|釐清|説明|説明文|해명|açıklama|स्पष्टीकरण|klarifikasi|đính chính và làm rõ|förtydligande|præcisering|presisering|tarkennus|upřesnění|διευκρίνιση|clarificare",
		"amended to clarify|amended to make clear|updated to clarify|changed to clarify|edited to clarify|revised to clarify|article a été modifié pour préciser"},
	{Correction, "correction|corrections|corrected|corrects|correcting|corrigendum|erratum|errata|editor's note|editors' note|editor note|note from the editor|amendment|apology|" +
		"korrektur|korrekturhinweis|korrigiert|berichtigung|richtigstellung|anmerkung der redaktion|anm. d. red|hinweis der redaktion|in eigener sache|transparenzhinweis|" +
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
		"訂正|訂正とおわび|訂正しておわびします|おわびと訂正|お詫びと訂正|編集部注|" +
		"정정|정정보도|바로잡습니다|알립니다|편집자 주|편집자주|" +
		"düzeltme|tekzip|editörün notu|editör notu|" +
		"सुधार|भूल सुधार|संशोधन|संपादक की टिप्पणी|" +
		"koreksi|ralat|catatan redaksi|catatan editor|" +
		"đính chính|lưu ý của tòa soạn|rättelse|rettelse|oikaisu|oprava|helyesbítés|διόρθωση|corectare|erată|แก้ไขข่าว|تصحیح|اصلاحیه",
		"an earlier version of this|a previous version of this|an earlier version of the|a previous version of the|earlier versions of this|previous versions of this|this article was amended|this article has been amended|this story was amended|this story has been corrected|this article has been corrected|this article was corrected|this story was corrected|corrected to reflect|corrected to say|corrected to show|corrects the spelling|corrects spelling|we regret the error|we apologise for the error|we apologize for the error|story corrects|refiles to|" +
			"in einer früheren version|in einer früheren fassung|in einer ersten version|in einer vorherigen version|eine frühere version dieses|artikel wurde korrigiert|text wurde korrigiert|beitrag wurde korrigiert|haben wir korrigiert|haben den fehler korrigiert|wir bitten, den fehler zu entschuldigen|" +
			"une version précédente de|une première version de|dans une version antérieure|contrairement à ce que nous avons écrit|contrairement à ce que nous écrivions|article a été corrigé|article a été modifié|" +
			"una versión anterior de|una primera versión de|en una versión anterior|artículo ha sido corregido|noticia ha sido corregida|información ha sido corregida|" +
			"una versione precedente di|in una precedente versione|in una versione precedente|l'articolo è stato corretto|l'articolo è stato modificato|" +
			"versão anterior deste|versão anterior desta|uma versão anterior d|este texto foi corrigido|esta reportagem foi corrigida|diferentemente do que foi publicado|ao contrário do que foi publicado|" +
			"in een eerdere versie|een eerdere versie van|dit artikel is gecorrigeerd|dit artikel is aangepast|dit bericht is aangepast|" +
			"poprzedniej wersji tekstu|pierwotnej wersji tekstu|wcześniejszej wersji tekstu|poprzedniej wersji artykułu|pierwotnej wersji artykułu|wcześniejszej wersji artykułu|" +
			"в предыдущей версии текста|в первоначальной версии|в более ранней версии|в ранней версии|в предыдущей версии статьи|текст исправлен|ошибка исправлена|приносим извинения за ошибку|" +
			"у попередній версії|у первісній версії|" +
			"نسخة سابقة من هذا|نسخة سابقة من هذه|تم تصحيح هذا|" +
			"בגרסה קודמת|בגרסה הקודמת|גרסה קודמת של|" +
			"本文较早版本|本文較早版本|此前版本|先前版本|较早版本|較早前版本|本报道曾误|已更正|" +
			"訂正しました|訂正します|とあるのは|の誤りでした|" +
			"바로잡았습니다|정정합니다|기사를 수정했습니다|이 기사의 이전 버전|" +
			"önceki versiyon|önceki sürüm|haber düzeltilmiştir|" +
			"पिछले संस्करण में|" +
			"versi sebelumnya dari|artikel ini telah dikoreksi|berita ini telah dikoreksi"},
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

// noteLength bounds what is searched: notes tell what they are at once.
const noteLength = 1000

// noteIn finds a note in a sentence. Label reports whether the sentence is no more
// than its heading.
func noteIn(sentence string) (kind NoteKind, label bool) {
	if len(sentence) > noteLength {
		sentence = sentence[:noteLength]
	}
	s := strings.TrimLeft(fold(sentence), `"*-([ •·►▶※■◆【（《`)
	for _, p := range labelsByStart[s[:min(len(s), 4)]] {
		if rest, ok := strings.CutPrefix(s, p.text); ok {
			rest = strings.TrimLeft(rest, " ")
			switch {
			case strings.Trim(rest, `.:-)]】）》"*`) == "":
				return p.kind, true
			case labelEnds(rest):
				return p.kind, false
			}
		}
	}
	for _, p := range notePhrases {
		if !p.label && strings.Contains(s, p.text) {
			return p.kind, false
		}
	}
	return "", false
}

// labelEnds reports whether a label ends before rest: with punctuation, or a date
// that begins with a number.
func labelEnds(rest string) bool {
	for _, mark := range []string{":", "-", ")", "]", "(", "[", "|", "/", "】", "）", "》", "!"} {
		if strings.HasPrefix(rest, mark) {
			return true
		}
	}
	if rest[0] >= '0' && rest[0] <= '9' {
		return true
	}
	// "Updated on 3 May", "Correction, May 3", "Corrected at 10:40".
	rest = strings.TrimLeft(rest, ", ")
	for _, p := range datePrepositions {
		if after, ok := strings.CutPrefix(rest, p+" "); ok {
			rest = after
			break
		}
	}
	return len(rest) < 60 && hasDigit(rest) || strings.IndexFunc(rest, isDigit) == 0
}

var datePrepositions = strings.Fields("on at am um le el il em op dnia от в о від w pada")

func hasDigit(s string) bool { return strings.IndexFunc(s, isDigit) >= 0 }
func isDigit(r rune) bool    { return r >= '0' && r <= '9' }
