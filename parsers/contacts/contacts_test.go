package contacts_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// story stands for STORY in the pages below.
var story = `<article><h1>Harbour wall holds</h1><p class="byline">By Jane Doe</p><p>` + strings.Repeat("The harbour wall held through the night, the council said, and the boats lay still. ", 8) + `</p>
<p>` + strings.Repeat("Nobody had expected that of a wall which was built for calmer weather and smaller boats. ", 8) + `</p></article>`

// page reads a page of a site, whose paragraphs in an article are the body.
func page(t testing.TB, site, body string) (*doc.Page, block.Kept) {
	t.Helper()
	p := doctest.PageAt(t, site, "<html><body>"+strings.Replace(body, "STORY", story, 1)+"</body></html>")
	return p, doctest.Kept(p, func(b *block.Block) bool { return b.Flags&block.InArticle != 0 && b.Words > 8 })
}

// contactsOf reads the contacts of such a page.
func contactsOf(t testing.TB, site, body string) []article.Contact {
	t.Helper()
	p, kept := page(t, site, body)
	all, _ := contacts.Find(p, &contacts.Numbers{}, []article.Author{{Name: "Jane Doe"}}, kept)
	return all
}

func brief(all []article.Contact) string {
	var res []string
	for _, c := range all {
		var items []string
		items = append(items, c.Emails...)
		for _, p := range c.Phones {
			items = append(items, p.E164+"="+p.Raw)
		}
		for _, p := range c.Faxes {
			items = append(items, "fax "+p.E164)
		}
		for _, a := range c.Addresses {
			items = append(items, a.Raw)
		}
		res = append(res, fmt.Sprintf("%s %q: %s", c.Kind, c.Label, strings.Join(items, "; ")))
	}
	return strings.Join(res, "\n")
}

// Every way in which sites hide an address that a browser or a reader undoes.
func TestEmails(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`Write to desk@saltmere.ledger.test.`, "desk@saltmere.ledger.test"},
		{`<a href="mailto:desk@saltmere.ledger.test">our newsroom</a>`, "desk@saltmere.ledger.test"},
		{`<a href="mailto:%20%64%65%73%6b@saltmere.ledger.test?subject=Hi">our newsroom</a>`, "desk@saltmere.ledger.test"},
		{`<a href="mailto:desk%40saltmere.ledger.test"><svg></svg></a>`, "desk@saltmere.ledger.test"},
		{`<a href="mailto:Desk &lt;desk@saltmere.ledger.test&gt;">Desk</a>`, "desk@saltmere.ledger.test"},
		{`&#100;esk&#64;saltmere.ledger.test`, "desk@saltmere.ledger.test"},
		{`<a class="__cf_email__" data-cfemail="5a3e3f29311a363f3e3d3f287435283d" href="/cdn-cgi/l/email-protection">[email&#160;protected]</a>`, "desk@ledger.org"},
		{`<a href="/cdn-cgi/l/email-protection#5a3e3f29311a363f3e3d3f287435283d">Desk</a>`, "desk@ledger.org"},
		{`desk (at) saltmere.ledger.test`, "desk@saltmere.ledger.test"},
		{`desk [at] saltmere [dot] ledger [dot] test`, "desk@saltmere.ledger.test"},
		{`desk(ät)saltmere(punkt)ledger(punkt)test`, "desk@saltmere.ledger.test"},
		{`desk at saltmere dot ledger dot test`, "desk@saltmere.ledger.test"},
		{`desk＠saltmere.ledger.test`, "desk@saltmere.ledger.test"},
		{`<span style="unicode-bidi: bidi-override; direction: rtl">tset.regdel.eremtlas@ksed</span>`, "desk@saltmere.ledger.test"},
		{`<bdo dir="rtl">tset.regdel.eremtlas@ksed</bdo>`, "desk@saltmere.ledger.test"},
		{`<span>desk</span>@<span>saltmere.ledger</span>.test`, "desk@saltmere.ledger.test"},
		{`desk<span style="display:none">.nospam</span>@saltmere.ledger.test`, "desk@saltmere.ledger.test"},
		{`desk<img src="/s.png" alt="@">saltmere.ledger.test`, "desk@saltmere.ledger.test"},
		{`<a href="mailto:desk@saltmere.ledger.test">desk@saltmere.ledger.test</a>or by post`, "desk@saltmere.ledger.test"},
		{`desk@saltmere.ledger.test<a href="/x">to the mobile page</a>`, "desk@saltmere.ledger.test"},
		// Not an address of anybody.
		{`<a href="mailto:?subject=Harbour&body=https://a.example/">Share</a>`, ""},
		{`<a href="/cdn-cgi/l/email-protection#5a65292f38303f392e67">Share</a>`, ""},
		{`user@example.com`, ""},
		{`<img alt="logo@2x.png"> logo@2x.png`, ""},
		{`you look at ledger news`, ""},
		{`d41d8cd98f00b204e9800998ecf8427e@o12.ingest.sentry.io`, ""},
	} {
		var got []string
		for _, c := range contactsOf(t, "https://saltmere.ledger.test/2026/story", "STORY<footer><p>"+tt.in+"</p></footer>") {
			got = append(got, c.Emails...)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPhones(t *testing.T) {
	for _, tt := range []struct{ site, in, want string }{
		{"https://ledger.co.uk/a", "Tel: 020 7946 0301", "+442079460301"},
		{"https://ledger.co.uk/a", "Tel 020 7946 0301 Fax 020 7946 0302", "+442079460301 F+442079460302"},
		{"https://zeitung.de/a", "Telefon: +49 (0)89 123456-0", "+49891234560"},
		{"https://zeitung.de/a", "Tel.: 0 89 / 12 34 56 78", "+498912345678"},
		{"https://zeitung.de/a", `<a href="tel:+498912345678">Anruf</a>`, "+498912345678"},
		{"https://zeitung.at/a", "T +43 1 514 89 10, F: +43 1 514 89 11", "+4315148910 F+4315148911"},
		{"https://diario.pe/a", "Central Telefónica (51-1) 3150400", "+5113150400"},
		{"https://paper.com.jm/a", "Tel: 1 (876) 926-0150-4<br>1 (876) 926-0160-6", "+18769260150 +18769260160"},
		{"https://avis.no/a", "Telefon: 23 04 70 00", "+4723047000"},
		{"https://paper.in/a", "Toll free: 1800 123 4567", "+9118001234567"},
		{"https://paper.com/a", "Phone: (202) 555-0143", "+12025550143"},
		{"https://paper.kr/a", "<dl><dt>전화</dt><dd>(02) 724-2114</dd></dl>", "+8227242114"},
		// Not numbers that reach anybody.
		{"https://zeitung.de/a", "HRB 123456, USt-IdNr. DE 123456789", ""},
		{"https://ledger.co.uk/a", "Company No. 4820175 | VAT No: GB 482 0175 39", ""},
		{"https://ledger.co.uk/a", "ISSN 2499-0485, 12.03.2026 10:30, 1998 - 2026", ""},
		{"https://zeitung.de/a", "Archiv 2018 194", ""},
		{"https://ledger.co.uk/a", "Tel: 12345", ""},
		{"https://zeitung.de/a", "Tel: " + strings.Repeat("1", 400), ""},
	} {
		var got []string
		for _, c := range contactsOf(t, tt.site, `STORY<footer><p>`+tt.in+`</p></footer>`) {
			for _, p := range c.Phones {
				got = append(got, p.E164)
			}
			for _, p := range c.Faxes {
				got = append(got, "F"+p.E164)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Blocks are as the page shows them.
func TestContactBlocks(t *testing.T) {
	for _, tt := range []struct{ name, site, in, want string }{
		{"lines under a heading", "https://ledger.co.uk/a", `STORY<footer><h4>Contact us</h4><p>14 Quay Street, Saltmere SM4 7QT</p><p>Tel: 020 7946 0301</p><p>desk@ledger.co.uk</p></footer>`,
			`publisher "Contact us": desk@ledger.co.uk; +442079460301=020 7946 0301; 14 Quay Street, Saltmere SM4 7QT`},
		{"headings part", "https://ledger.co.uk/a", `STORY<footer><h4>Newsroom</h4><p>Tel: 020 7946 0301</p><h4>Advertising</h4><p>Tel: 020 7946 0302</p></footer>`,
			"department \"Newsroom\": +442079460301=020 7946 0301\ndepartment \"Advertising\": +442079460302=020 7946 0302"},
		{"labels of items do not", "https://ledger.co.uk/a", `STORY<footer><h4>Address</h4><p>14 Quay Street, Saltmere SM4 7QT</p><h4>Phone</h4><p>020 7946 0301</p></footer>`,
			`publisher "": +442079460301=020 7946 0301; 14 Quay Street, Saltmere SM4 7QT`},
		{"where to write beside where to go", "https://avis.no/a", `STORY<footer><p>Storgata 12, 8006 Bodø</p><p>Telefon: 75 50 50 00</p><p>Postadresse: Postboks 1190, 8001 Bodø</p></footer>`,
			`publisher "": +4775505000=75 50 50 00; Storgata 12, 8006 Bodø; Postboks 1190, 8001 Bodø`},
		{"repeated for small screens", "https://ledger.co.uk/a", `STORY<footer><div class="wide"><p>Tel: 020 7946 0301</p></div><div class="mobile"><p>Tel: 020 7946 0301</p></div></footer>`,
			`publisher "": +442079460301=020 7946 0301`},
		{"lines that are elements", "https://ledger.com/a", `STORY<footer><ul><li>Ledger Media LLC</li><li>4100 Oak Avenue</li><li>Suite 210</li><li>Springfield, IL 62701</li><li>217-555-0142</li></ul></footer>`,
			`publisher "Ledger Media LLC": +12175550142=217-555-0142; 4100 Oak Avenue, Suite 210, Springfield, IL 62701`},
		{"editors by name", "https://tidningen.se/a", `STORY<footer><h4>Ansvariga</h4><ul><li>Chefredaktör: <a href="mailto:a.b@tidningen.se">Anna Berg</a></li><li>Kulturchef: <a href="mailto:c.d@tidningen.se">Carl Dahl</a></li></ul></footer>`,
			`department "Ansvariga": a.b@tidningen.se; c.d@tidningen.se`},
		{"menu entries", "https://ledger.co.uk/a", `STORY<footer><ul><li><a href="mailto:tips@ledger.co.uk">Send a tip</a></li><li><a href="/terms">Terms</a></li><li><a href="mailto:web@ledger.co.uk">Report an error</a></li></ul></footer>`,
			"department \"Send a tip\": tips@ledger.co.uk\ndepartment \"Report an error\": web@ledger.co.uk"},
		{"a story's own are none", "https://ledger.co.uk/a", `<article><h1>Fair opens</h1><p>The fair opens on Friday at noon, and there will be horses again, which there were not last year.</p><p>Tickets cost five pounds; call 020 7946 0999 or write to tickets@fair.example.net before Thursday, the committee said on Monday.</p><p>It is held at 12 Castle Street, Saltmere SM4 7QT, as it has been since the war, and it ends when the last cow is sold.</p></article>`,
			``},
		{"but the paper's are", "https://ledger.co.uk/a", `<article><h1>Fair opens</h1><p>The fair opens on Friday at noon, and there will be horses again, which there were not last year.</p><p>It is held in the castle, as it has been since the war, and it ends when the last cow is sold to somebody.</p><p>Do you know more? Write to <a href="mailto:desk@ledger.co.uk">desk@ledger.co.uk</a></p></article>`,
			`department "Do you know more": desk@ledger.co.uk`},
	} {
		got := brief(contactsOf(t, tt.site, tt.in))
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Of an imprint everything counts: it has no story.
func TestContactPage(t *testing.T) {
	got := contactsOf(t, "https://zeitung.de/impressum", `<main><h1>Impressum</h1><p>Muster Verlag GmbH<br>Lindenstraße 12<br>20099 Hamburg</p><p>Telefon: 040 123456-0<br>Telefax: 040 123456-99<br>E-Mail: redaktion@verlag-muster.example</p><p>Registergericht: Amtsgericht Hamburg, HRB 12345</p></main>`)
	want := `publisher "Muster Verlag GmbH": redaktion@verlag-muster.example; +49401234560=040 123456-0; fax +494012345699; Lindenstraße 12, 20099 Hamburg`
	if brief(got) != want {
		t.Errorf("got %s\nwant %s", brief(got), want)
	}
}

func TestContactsLD(t *testing.T) {
	got := contactsOf(t, "https://ledger.co.uk/a", `<script type="application/ld+json">{"@type":"NewsMediaOrganization","name":"The Ledger","url":"https://www.ledger.co.uk/","email":"desk@ledger.co.uk","telephone":"+44 20 7946 0301",
"address":{"@type":"PostalAddress","streetAddress":"14 Quay Street","addressLocality":"Saltmere","postalCode":"SM4 7QT","addressCountry":"GB"},"sameAs":["https://www.facebook.com/ledger","https://ledger.co.uk/about"],
"contactPoint":{"@type":"ContactPoint","contactType":"customer service","telephone":"020 7946 0303"}}</script>
<script type="application/ld+json">{"@type":"Organization","name":"Somebody else","url":"https://else.example/","email":"info@else.example"}</script>STORY`)
	want := "publisher \"The Ledger\": desk@ledger.co.uk; +442079460301=+44 20 7946 0301; 14 Quay Street, Saltmere, SM4 7QT, GB\ndepartment \"customer service\": +442079460303=020 7946 0303"
	if brief(got) != want {
		t.Errorf("got %s\nwant %s", brief(got), want)
	}
	if len(got) > 0 && !slices.Equal(got[0].Social, []string{"https://www.facebook.com/ledger"}) {
		t.Errorf("social: got %q", got[0].Social)
	}
}

func FuzzContacts(f *testing.F) {
	for _, s := range []string{
		`<footer><h4>Contact us</h4><p>14 Quay Street, Saltmere SM4 7QT<br>Tel: 020 7946 0301 Fax (0)20</p><a href="mailto:%zz">x</a></footer>`,
		`<a href="/cdn-cgi/l/email-protection#zz">x</a><span data-cfemail="5a">y</span><bdo dir=rtl>a@b.cc</bdo>`,
		`<p>` + strings.Repeat("(+1 ", 50) + `</p><address>` + strings.Repeat("1 Main Street, ", 40) + `</address>`,
		`<footer>서울특별시 중구 세종대로 17<br><br>〒100-0004 東京都千代田区大手町1-7-1</footer>`,
		`<a href="tel:` + strings.Repeat("9", 400) + `">call</a><a href="mailto:a@b.cc,,,;;c@d.ee"></a>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range contactsOf(t, "https://ledger.co.uk/a", s) {
			if len(c.Emails)+len(c.Phones)+len(c.Faxes)+len(c.Addresses)+len(c.Social) == 0 {
				t.Errorf("an empty contact: %+v", c)
			}
			for _, p := range append(c.Phones, c.Faxes...) {
				if n := text.DigitsIn(p.Raw); n > 20 || len(p.E164) > 17 {
					t.Errorf("phone %+v", p)
				}
			}
		}
	})
}

// Whatever a page is made of, its contacts are read in bounded time.
func TestHostileContacts(t *testing.T) {
	for name, body := range map[string]string{
		"many mails":           "STORY<footer>" + strings.Repeat("<p>a@b.example.net</p>", 20_000) + "</footer>",
		"many lines":           "STORY<footer>" + strings.Repeat("1 Main Street, X 12345<br><br>", 20_000) + "</footer>",
		"many numbers":         "STORY<footer><p>" + strings.Repeat("020 7946 0301, ", 20_000) + "</p></footer>",
		"a number of digits":   "STORY<footer><p>Tel: " + strings.Repeat("1", 1_000_000) + "</p></footer>",
		"links in nested tags": "STORY<p>" + strings.Repeat("<b>", 400) + strings.Repeat(`<a href="mailto:a@b.example.net">x</a>`, 5_000),
		"many icons":           "STORY" + strings.Repeat(`<div><a href="tel:+442079460301"><i></i></a></div>`, 20_000),
		"many pieces":          "STORY<footer><p>" + strings.Repeat("1 A Street, ", 20_000) + "</p></footer>",
		"brackets":             "STORY<footer><p>" + strings.Repeat("([{<(at", 20_000) + "</p></footer>",
		"dots":                 "STORY<footer><p>a@" + strings.Repeat("b.", 100_000) + "</p></footer>",
	} {
		start := time.Now()
		contactsOf(t, "https://ledger.co.uk/a", body)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
		t.Log(name, time.Since(start))
	}
}

// TestListOfOthers: a story that lists the mailboxes of one house is about them,
// also where one of them stands outside of it.
func TestListOfOthers(t *testing.T) {
	var b strings.Builder
	for _, n := range []string{"ada", "ben", "cem", "dov", "eva", "fay", "gus", "hal", "ida", "jon"} {
		b.WriteString("<p>The member for Saltmere " + n + " answers letters within a week, and can be reached under " + n + "@parliament.example at any hour of the day or night.</p>")
	}
	all := contactsOf(t, "https://a.example/2026/11/story.html", `<article><h1>How to write to them</h1><p>`+strings.Repeat("Nobody answers letters as quickly as those who are about to be elected, and this is how to find out. ", 3)+`</p>`+b.String()+`</article><div class="box"><p>Contact: kim@parliament.example</p></div><footer><p>Contact us: <a href="mailto:desk@a.example">desk@a.example</a></p></footer>`)
	var got []string
	for _, c := range all {
		got = append(got, c.Emails...)
	}
	if strings.Join(got, " ") != "desk@a.example" {
		t.Errorf("got %v, want the paper's own alone", got)
	}
}

// Every item has a candidate with the evidence by which it counts, or does not.
func TestExplain(t *testing.T) {
	p, kept := page(t, "https://ledger.co.uk/a", `<article><h1>Fair opens</h1><p>Tickets cost five pounds; call 020 7946 0999 or write to tickets@fair.test before Thursday, the committee said on Monday.</p></article>
<footer><p>The Ledger, 14 Quay Street, Saltmere SM4 7QT</p><p>Tel: 020 7946 0301</p><p><a href="mailto:desk@ledger.co.uk">Newsroom</a></p></footer>`)
	p.Explanation = &article.Explanation{}
	contacts.Find(p, &contacts.Numbers{}, nil, kept)
	want := map[string]string{
		"tickets@fair.test":                "lost, dom:blocks",
		"desk@ledger.co.uk":                "won, dom:link",
		"020 7946 0301":                    "won, dom:footer",
		"14 Quay Street, Saltmere SM4 7QT": "won, dom:footer",
		"address:14 Quay Street, Saltmere SM4 7QT ⟷ phone:020 7946 0301": "won, dom:footer",
	}
	for _, c := range p.Explanation.Fields {
		sum := 0.0
		for _, e := range c.Evidence {
			sum += e.Part
		}
		if math.Abs(sum-c.Score) > 0.01 {
			t.Errorf("%s: its evidence adds up to %v, want %v", c.Value, sum, c.Score)
		}
		if got := map[bool]string{true: "won", false: "lost"}[c.Won] + ", " + c.From; want[c.Value] != "" && got != want[c.Value] {
			t.Errorf("%s: got %q, want %q", c.Value, got, want[c.Value])
		}
		delete(want, c.Value)
	}
	for v := range want {
		t.Errorf("%s has no candidate", v)
	}
}
