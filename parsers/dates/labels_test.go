package dates

import (
	"testing"
)

// TestLabelOf: the words before a date tell what it is the date of.
func TestLabelOf(t *testing.T) {
	for before, want := range map[string]label{
		"Published ":                     labelPublished,
		"By Ada Quill • Posted on ":      labelPublished,
		"Veröffentlicht am ":             labelPublished,
		"Zuletzt aktualisiert am ":       labelUpdated,
		"Stand: ":                        labelUpdated,
		"Publié le ":                     labelPublished,
		"Mis à jour le ":                 labelUpdated,
		"Publicado el ":                  labelPublished,
		"Última actualización: ":         labelUpdated,
		"Pubblicato il ":                 labelPublished,
		"Yayınlanma: ":                   labelPublished,
		"05.04.2025 - Güncelleme : ":     labelUpdated,
		"Опубликовано: ":                 labelPublished,
		"Обновлено ":                     labelUpdated,
		"最終更新日：":                         labelUpdated,
		"发布时间：":                          labelPublished,
		"입력 ":                            labelPublished,
		"최종수정 ":                          labelUpdated,
		"تاريخ النشر: ":                  labelPublished,
		"آخر تحديث: ":                    labelUpdated,
		"© ":                             labelOther,
		"Copyright ":                     labelOther,
		"Registration closes; deadline ": labelOther,
		"The minister said on ":          unlabelled,
		"The Harbour Post, ":             unlabelled,
		"Post date: ":                    labelPublished,
		"Post: ":                         labelPublished,
		"":                               unlabelled,
	} {
		if got := labelOf(before); got != want {
			t.Errorf("%q: got %d, want %d", before, got, want)
		}
	}
}
