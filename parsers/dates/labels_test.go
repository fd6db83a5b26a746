package dates

import (
	"testing"
)

// TestDateLabels: what stands before a date says what it is the date of.
func TestDateLabels(t *testing.T) {
	for before, want := range map[string]label{
		"Published ":                     saysPublished,
		"By Ada Quill • Posted on ":      saysPublished,
		"Veröffentlicht am ":             saysPublished,
		"Zuletzt aktualisiert am ":       saysUpdated,
		"Stand: ":                        saysUpdated,
		"Publié le ":                     saysPublished,
		"Mis à jour le ":                 saysUpdated,
		"Publicado el ":                  saysPublished,
		"Última actualización: ":         saysUpdated,
		"Pubblicato il ":                 saysPublished,
		"Yayınlanma: ":                   saysPublished,
		"05.04.2025 - Güncelleme : ":     saysUpdated,
		"Опубликовано: ":                 saysPublished,
		"Обновлено ":                     saysUpdated,
		"最終更新日：":                         saysUpdated,
		"发布时间：":                          saysPublished,
		"입력 ":                            saysPublished,
		"최종수정 ":                          saysUpdated,
		"تاريخ النشر: ":                  saysPublished,
		"آخر تحديث: ":                    saysUpdated,
		"© ":                             saysOther,
		"Copyright ":                     saysOther,
		"Registration closes; deadline ": saysOther,
		"The minister said on ":          unlabelled,
		"":                               unlabelled,
	} {
		if got := labelOf(before); got != want {
			t.Errorf("%q: got %d, want %d", before, got, want)
		}
	}
}
