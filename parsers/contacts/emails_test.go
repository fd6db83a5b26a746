package contacts

import (
	"strings"
	"testing"
)

func TestOwnNames(t *testing.T) {
	names := siteNames{"saltmereledger", "ledger"}
	for mail, want := range map[string]bool{
		"a@ledger.co.uk": true, "a@mail.ledger.test": true, "a@saltmere-ledger.test": true, "a@saltmereshop.test": true,
		"a@ledgermedia.test": true, "a@saltx.test": false, "a@home.test": false, "a@x": false, "": false,
	} {
		if got := names.own(mail); got != want {
			t.Errorf("%q: got %v", mail, got)
		}
	}
}

func FuzzMails(f *testing.F) {
	f.Add("desk (at) ledger [dot] test, a@b.cc＠", "mailto:%20a%40b.cc,c@d.ee?subject=x")
	f.Add("a at b dot c dot test x", "/cdn-cgi/l/email-protection#5a3e3f29311a363f3e3d3f287435283d")
	f.Fuzz(func(t *testing.T, s, href string) {
		p := &passage{text: s, links: []anchor{{start: 0, end: min(3, len(s)), href: href}}}
		for _, m := range p.mails() {
			if strings.Count(m.email, "@") != 1 || m.email != cleanMail(m.email) || m.start > m.end || m.end > len(s) {
				t.Errorf("mail %+v", m)
			}
		}
	})
}
