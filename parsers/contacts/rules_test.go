package contacts_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
)

// Every reason for which a mailbox counts or not.
func TestMailRules(t *testing.T) {
	long := strings.Repeat("The harbour wall held through the night, the council said. ", 4)
	for _, tt := range []struct {
		name, in string
		won      bool
		why      string
	}{
		{"consent", `STORY<div class="cookie-consent"><p>Ask ann@vendor.test about cookies.</p></div>`, false, "in a consent dialog"},
		{"own name", `STORY<footer><p>ann@ledger.co.uk</p></footer>`, true, "of the site's own name"},
		{"own name in the story", `<article><p>` + long + `Write to ann@ledger.co.uk</p></article>`, true, "of the site's own name"},
		{"comment", `STORY<div class="comments"><div class="comment"><p>I am ann@home.test and I agree.</p></div></div>`, false, "a reader's, in a comment"},
		{"button", `STORY<button>Copy ann@home.test</button>`, false, "a button's text"},
		{"author", `<article><p>` + long + `jdoe@home.test</p></article>`, true, "of an author's name"},
		{"byline", `<article><p class="byline">Ann Ode, ann@home.test</p><p>` + long + `</p></article>`, true, "in a byline"},
		{"elsewhere", `STORY<footer><p>ann@home.test</p></footer>`, true, "outside of the story"},
		{"appeal", `<article><p>` + long + `Do you know more? Write to ann@home.test</p></article>`, true, "with words of the publication to its readers"},
		{"story", `<article><p>` + long + `Her mailbox is ann@home.test</p></article>`, false, "within the story, of another name than the site's"},
	} {
		p, kept := page(t, "https://ledger.co.uk/a", tt.in)
		p.Explanation = &article.Explanation{}
		contacts.Find(p, &contacts.Numbers{}, []article.Author{{Name: "Jane Doe"}}, kept)
		found := false
		for _, c := range p.Explanation.Fields {
			if strings.Contains(c.Value, "@") {
				found = true
				if c.Won != tt.won || c.Why != tt.why {
					t.Errorf("%s: got won %v, %q, want %v, %q", tt.name, c.Won, c.Why, tt.won, tt.why)
				}
			}
		}
		if !found {
			t.Errorf("%s: no candidate", tt.name)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`STORY<footer><p>Tel: 020 7946 0301</p></footer>`, "publisher"},
		{`STORY<footer><h4>Advertising</h4><p>Tel: 020 7946 0301</p></footer>`, "department"},
		{`STORY<footer><p>corrections@ledger.co.uk</p></footer>`, "department"},
		{`STORY<footer><p>jdoe@ledger.co.uk</p></footer>`, "author"},
		{`STORY<div class="author-box"><p>Tel: 020 7946 0301</p></div>`, "author"},
		{`<article><p>` + strings.Repeat("The harbour wall held through the night, the council said. ", 4) + `Do you know more? Write to ann@home.test</p></article>`, "other"},
	} {
		got := contactsOf(t, "https://ledger.co.uk/a", tt.in)
		if len(got) != 1 || got[0].Kind != tt.want {
			t.Errorf("%s: got %s, want one of kind %s", tt.in, brief(got), tt.want)
		}
	}
}
