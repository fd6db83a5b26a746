package dates_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/dates"
)

func TestIsMonth(t *testing.T) {
	for word, want := range map[string]bool{
		"May": true, "NOV": true, "sept": true, "Sept.": true, "März": true, "février": true, "июня": true, "listopada": true,
		"set": false, "pro": false, "des": false, "out": false, "Monday": false, "mayor": false, "": false,
	} {
		if got := dates.IsMonth(word); got != want {
			t.Errorf("IsMonth(%q) = %v", word, got)
		}
	}
}
