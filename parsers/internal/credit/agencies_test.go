package credit_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
)

func TestAgency(t *testing.T) {
	const everywhere = credit.Anywhere | credit.InBylines | credit.InCredits | credit.InDatelines
	for name, want := range map[string]credit.AgencyUse{
		"Reuters":       everywhere,
		"REUTERS":       everywhere,
		"afp":           everywhere,
		"Getty Images":  credit.Anywhere | credit.InBylines | credit.InCredits,
		"Petra":         credit.InBylines,
		"Adnkronos":     credit.InBylines | credit.InDatelines,
		"LaPresse":      credit.InBylines | credit.InCredits | credit.InDatelines,
		"Agencia EFE":   credit.InBylines | credit.InCredits,
		"रॉयटर्स":       0,
		"भाषा":          credit.InDatelines,
		"ロイター":          credit.InCredits | credit.InDatelines,
		"iStock":        credit.InCredits,
		"file photo":    0, // a word of credits, no agency
		"":              0,
		"Reuters Staff": 0,
	} {
		if got := credit.Agency(name); got != want {
			t.Errorf("%q: got %b, want %b", name, got, want)
		}
		if got, want := credit.IsAgency(name), want&credit.Anywhere != 0; got != want {
			t.Errorf("IsAgency(%q) = %v", name, got)
		}
	}
}
