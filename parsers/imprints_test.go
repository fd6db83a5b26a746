package parsers_test

import (
	"bufio"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestImprints reads the pages that the models of contacts are taught with, beside
// real ones: footers and imprints as many countries print them, and what is nobody's
// contact. Nearly all must come out as their truth says.
func TestImprints(t *testing.T) {
	f, err := os.Open("contacts/testdata/imprints.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var p parsers.Parser
	var found, missed, invented int
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var made struct {
			ID, URL, Page string
			Truth         struct{ Contacts []article.Contact }
		}
		if err := json.Unmarshal(lines.Bytes(), &made); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(made.URL)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Parse(&parsers.Page{URL: u, HTML: []byte(made.Page), Charset: "utf-8"})
		if err != nil {
			t.Fatalf("%s: %v", made.ID, err)
		}
		got, want := itemsOf(a.Contacts), itemsOf(made.Truth.Contacts)
		var wrong []string
		for _, s := range want {
			if slices.Contains(got, s) {
				found++
			} else {
				missed++
				wrong = append(wrong, "without "+s)
			}
		}
		for _, s := range got {
			if !slices.Contains(want, s) {
				invented++
				wrong = append(wrong, "with "+s)
			}
		}
		if len(wrong) > 0 {
			t.Logf("%s: %s", made.ID, strings.Join(wrong, "; "))
		}
	}
	t.Logf("%d items found, %d missed, %d invented", found, missed, invented)
	if missed*100 > found*3 || invented*100 > found*6 {
		t.Errorf("got %d items, %d missed, %d invented", found, missed, invented)
	}
}

// itemsOf lists the items of contacts by kind, without signs.
func itemsOf(all []article.Contact) (items []string) {
	add := func(kind, s string, keep func(r rune) bool) {
		items = append(items, kind+" "+strings.Map(func(r rune) rune {
			if keep(r) {
				return r
			}
			return -1
		}, s))
	}
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	for _, c := range all {
		for _, e := range c.Emails {
			add("mail", e, func(rune) bool { return true })
		}
		for _, n := range c.Phones {
			add("phone", n.Raw, digit)
		}
		for _, n := range c.Faxes {
			add("fax", n.Raw, digit)
		}
		for _, a := range c.Addresses {
			add("address", a.Raw, func(r rune) bool { return !strings.ContainsRune(" ,.|·•-–\"", r) })
		}
	}
	slices.Sort(items)
	return slices.Compact(items)
}
