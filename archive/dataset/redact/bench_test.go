package redact

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// mailLike is an independent idea of an address; retina names pictures.
var (
	mailLike = regexp.MustCompile(`(?i)[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24})`)
	retina   = regexp.MustCompile(`(?i)@[1-4]x\.`)
)

// An article of 4 kB with figures and dates; the second also has what is removed.
func benchArticle(contact string) string {
	const p = "The council met on 12 March 2024 and voted 21-19 to spend £1,250,000 (about 3.5%% of its budget) on the harbour. Line %d of the plan has 4,200 metres of wall, to be built by 2027-2031. "
	var b strings.Builder
	for i := 0; b.Len() < 4000; i++ {
		fmt.Fprintf(&b, p, i)
	}
	return b.String() + contact
}

func BenchmarkText(b *testing.B) {
	var big strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&big, "Name%d Surname%d\n", i%5000, i)
	}
	words := strings.Repeat("The council met and voted to spend the money on the harbour and its walls. ", 54)
	for _, test := range []struct {
		name, list, text string
	}{
		{"words", "", words},
		{"figures", "", benchArticle("")},
		{"contacts", "", benchArticle("Call 020 7946 0018 or write to jane@example.org.")},
		{"figures list", big.String(), benchArticle("")},
		{"contacts list", big.String(), benchArticle("Name7 Surname5007 has 020 7946 0018 and jane@example.org.")},
	} {
		r := mustNew(b, Options{Emails: true, Phones: true, List: strings.NewReader(test.list)})
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(test.text)))
			b.ReportAllocs()
			for b.Loop() {
				r.Text(test.text, "GB", "US")
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		var big strings.Builder
		for i := range n {
			fmt.Fprintf(&big, "Name%d Surname%d\n", i%5000, i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(big.Len()))
			b.ReportAllocs()
			for b.Loop() {
				mustNew(b, Options{List: strings.NewReader(big.String())})
			}
		})
	}
}
