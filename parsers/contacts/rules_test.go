package contacts_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
)

// Mailboxes count or not by where they stand and whose they are.
func TestMails(t *testing.T) {
	long := strings.Repeat("The harbour wall held through the night, the council said. ", 4)
	for _, tt := range []struct {
		name, in string
		won      bool
	}{
		{"consent", `STORY<div class="cookie-consent"><p>Ask ann@vendor.test about cookies.</p></div>`, false},
		{"own name", `STORY<footer><p>ann@ledger.co.uk</p></footer>`, true},
		{"own name in the story", `<article><p>` + long + `Write to ann@ledger.co.uk</p></article>`, true},
		{"comment", `STORY<div class="comments"><div class="comment"><p>I am ann@home.test and I agree.</p></div></div>`, false},
		{"author", `<article><p>` + long + `jdoe@home.test</p></article>`, true},
		{"byline", `<article><p class="byline">Jane Doe, jdoe@home.test</p><p>` + long + `</p></article>`, true},
		{"elsewhere", `STORY<footer><p>Contact: ann@home.test</p></footer>`, true},
		{"elsewhere, without a word for contacts", `STORY<footer><p>ann@home.test</p></footer>`, true},
		{"story", `<article><p>` + long + `Her mailbox is ann@home.test</p></article>`, false},
	} {
		p, kept := page(t, "https://ledger.co.uk/a", tt.in)
		p.Explanation = &article.Explanation{}
		contacts.Find(p, &contacts.Numbers{}, []article.Author{{Name: "Jane Doe"}}, kept)
		found := false
		for _, c := range p.Explanation.Fields {
			if c.Field == "contact mails" {
				found = true
				if c.Won != tt.won {
					t.Errorf("%s: got won %v, want %v: %+v", tt.name, c.Won, tt.won, c.Evidence)
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
		{`<article><p>` + strings.Repeat("The harbour wall held through the night, the council said. ", 8) + `</p><p>By Ann Berg<br>Ledger Staff Reporter<br>aberg@ledger.co.uk</p></article>`, "author"},
		{`<article><p>` + strings.Repeat("항구의 벽은 밤새 버텼다고 의회가 밝혔다. ", 8) + `</p><p>한바람 기자 hanbaram@ledger.co.uk</p></article>`, "author"},
	} {
		got := contactsOf(t, "https://ledger.co.uk/a", tt.in)
		if len(got) != 1 || got[0].Kind != tt.want {
			t.Errorf("%s: got %s, want one of kind %s", tt.in, brief(got), tt.want)
		}
	}
}
