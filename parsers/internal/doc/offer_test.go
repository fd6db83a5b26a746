package doc_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

func TestIsOffer(t *testing.T) {
	for line, want := range map[string]bool{
		"Lesen Sie diesen Artikel weiter mit Quay Plus": true,
		"Sie haben bereits ein Abo?":                    true,
		"Already a subscriber? Log in":                  true,
		"To read the full story, sign in":               true,
		"Lisez la suite avec l'abonnement":              true,
		"Para seguir leyendo, hazte socio":              true,
		"Continua a leggere con Quay Plus":              true,
		"Lees verder met een abonnement":                true,
		"Czytaj dalej z Quay Plus":                      true,
		"ログインして続きを読む":                                   true,
		"— Оформите подписку, чтобы читать дальше":      true,
		"「会員登録すると続きを読めます」":                              true,
		"У завода уже есть подписка на уголь.":          false, // letters of any script are no signs
		"町長は会員登録すると続きを読めると話した。":                         false,
		"The ferry is back, and so are its passengers.": false,
		"Wer weiter liest, findet den Fahrplan.":        false,
	} {
		if got := doc.IsOffer(line); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}
