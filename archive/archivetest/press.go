package archivetest

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A press makes the pages of all sites. It is safe for concurrent use.
type press struct {
	Options
	tongues []*tongue
	sites   []*site
}

// A site has the parts that its pages share.
type site struct {
	name, base   string
	tongue       *tongue
	head, footer []byte
	contacts     []article.Contact
	sections     []string
	rights       *article.Rights // of all its pages; nil if it reserves nothing
}

func newPress(o Options) *press {
	p := &press{Options: o, tongues: newTongues(o.Seed)}
	for n := range o.Sites {
		p.sites = append(p.sites, p.newSite(n))
	}
	return p
}

// topics are what random numbers are for: each has its own, so that what a page says does
// not depend on which pages were made before.
const (
	ofSite = iota
	ofArticle
	ofWire
	ofEdit
	ofPage
	ofID
)

func (p *press) rand(topic, n int) *rand.Rand {
	return rand.New(rand.NewPCG(p.Seed<<8|uint64(topic), uint64(n)))
}

func (p *press) newSite(n int) *site {
	r := p.rand(ofSite, n)
	s := &site{tongue: p.tongues[0], name: fmt.Sprintf("paper%03d.example", n)}
	if n%2 == 1 { // half of the sites are in English
		s.tongue = p.tongues[n/2%len(p.tongues)]
	}
	s.base = "https://" + s.name
	for range 6 {
		s.sections = append(s.sections, s.tongue.words(r, 1))
	}
	var b strings.Builder
	b.WriteString("</title>\n<link rel=\"stylesheet\" href=\"/assets/site.css\"></head><body class=\"home single\"><nav><ul>\n")
	menu := func(class string, bytes int) {
		for k, end := 0, b.Len()+bytes; b.Len() < end; k++ {
			fmt.Fprintf(&b, "<li id=\"%s-%d\" class=\"menu-item menu-item-%d\"><a href=\"/%s/\">%s</a></li>\n", class, k, r.IntN(1000), s.sections[k%6], s.tongue.words(r, 2))
		}
	}
	menu("top", p.Markup/2)
	b.WriteString("</ul></nav>\n")
	s.head = []byte(b.String())
	b.Reset()
	b.WriteString("<footer><ul>\n")
	menu("foot", p.Markup/3)
	b.WriteString("</ul></footer></body></html>\n")
	s.footer = []byte(b.String())
	s.contacts = []article.Contact{{Kind: "publisher", Label: "Contact", Emails: []string{"desk@" + s.name}, Phones: []article.Phone{{Raw: fmt.Sprintf("0803 000 %04d", n), E164: fmt.Sprintf("+234803000%04d", n)}},
		Addresses: []article.Address{{Raw: fmt.Sprintf("%d Press Road, Abuja", n+1), Country: "NG"}}, Social: []string{"https://social.example/" + s.name}}}
	switch n % 20 {
	case 3:
		s.rights = &article.Rights{MetaRobots: "noai, noimageai"}
	case 7:
		s.rights = &article.Rights{TDMReservation: "1"}
	case 11:
		s.rights = &article.Rights{License: "https://creativecommons.org/licenses/by/4.0/"}
	}
	return s
}

// A draft is an article before it is captured.
type draft struct {
	*article.Article
	n    int
	site *site
	wire bool
}

// shares of articles, of a thousand.
const (
	wireShare      = 100
	sameWireShare  = 20 // of the wire copies, in percent: without a change
	paywallShare   = 40
	truncatedShare = 10
	contactShare   = 100
	robotsShare    = 10
	dateOnlyShare  = 150
	// Of the articles of a site's run before.
	editShare    = 40
	revisitShare = 80
	movedShare   = 4
)

// draft writes article n of a site, published some hours before a run.
func (p *press) draft(n int, s *site, run time.Time) *draft {
	r := p.rand(ofArticle, n)
	t := s.tongue
	d := &draft{n: n, site: s, Article: &article.Article{Schema: article.Schema, Site: s.name, Kind: article.KindArticle, Language: t.tag, Extractor: article.Extractor}}
	d.Title = t.words(r, 6+r.IntN(5))
	d.URL = fmt.Sprintf("%s/%d/%s-%d.html", s.base, run.Year(), hex.EncodeToString([]byte(d.Title)[:12]), n)
	d.CanonicalURL = d.URL
	d.Section = s.sections[r.IntN(len(s.sections))]
	d.Summary = t.words(r, 20)
	d.Tags = []string{t.word(r), t.word(r), t.word(r)}
	published := run.Add(-time.Duration(r.IntN(20*3600)) * time.Second)
	if d.Published = published.Format(time.RFC3339); r.IntN(1000) < dateOnlyShare {
		d.Published = published.Format(time.DateOnly)
	}
	name := t.words(r, 2)
	d.Authors = []article.Author{{Name: name, Kind: "person", URL: s.base + "/author/" + name}}
	d.Byline = "By " + name
	if r.IntN(3) == 0 {
		other := t.words(r, 2)
		d.Authors = append(d.Authors, article.Author{Name: other, Kind: "person", Email: fmt.Sprintf("writer%d@%s", r.IntN(50), s.name)})
		d.Byline += " and " + other
	}
	d.Rights = s.rights
	if r.IntN(1000) < robotsShare {
		d.Rights = &article.Rights{MetaRobots: "noindex", XRobotsTag: "noai"}
	}
	if r.IntN(1000) < contactShare {
		d.Contacts = s.contacts
	}
	d.captions(r)
	d.wire = r.IntN(1000) < wireShare
	d.Body = p.body(d, r)
	if d.Paywalled = !d.wire && r.IntN(1000) < paywallShare; d.Paywalled {
		d.Body = d.Body[:min(2, len(d.Body))]
	}
	d.Text = article.PlainText(d.Body)
	d.Provenance = provenance
	return d
}

var provenance = map[string]article.Provenance{
	"title": {From: "jsonld:headline", Confidence: 0.98}, "summary": {From: "meta:description", Confidence: 0.8}, "section": {From: "jsonld:articleSection", Confidence: 0.9},
	"tags": {From: "meta:keywords", Confidence: 0.7}, "language": {From: "html:lang", Confidence: 0.95}, "authors": {From: "jsonld:author", Confidence: 0.97},
	"published": {From: "jsonld:datePublished", Confidence: 0.99}, "body": {From: "readability", Confidence: 0.93}, "captions": {From: "figcaption", Confidence: 0.9},
}

func (d *draft) captions(r *rand.Rand) {
	for k := range r.IntN(4) {
		credit := d.site.tongue.words(r, 2) + "/Northwire"
		d.Captions = append(d.Captions, article.Caption{Text: d.site.tongue.words(r, 12), Credit: credit, Credits: strings.Split(credit, "/"), Media: "image",
			MediaURL: fmt.Sprintf("%s/img/%d-%d.jpg", d.site.base, d.n, k)})
	}
}

// body writes the blocks. Wire copies have those of a story that other sites have, too.
func (p *press) body(d *draft, r *rand.Rand) (blocks []article.Block) {
	t, of := d.site.tongue, r
	if d.wire {
		// Stories of a wire are printed by several sites of its language at about the same time.
		wire := d.n/(10*p.Sites)*16 + r.IntN(16)
		of = p.rand(ofWire, wire)
		d.Source = "Northwire"
	}
	for n := 0; n < p.Text; {
		b := t.sentences(nil, of, 250+of.IntN(300))
		text := strings.TrimSpace(string(b))
		n += len(text)
		block := article.Block{Type: article.Paragraph, Text: text}
		if of.IntN(6) == 0 {
			at := strings.Index(text, t.space)
			if t.space == "" || at < 0 {
				at = 6
			}
			block.Links = []article.Link{{Text: text[:at], URL: fmt.Sprintf("%s/tag/%d", d.site.base, of.IntN(5000))}}
		}
		if of.IntN(7) == 0 {
			blocks = append(blocks, article.Block{Type: article.Heading, Level: 2, Text: t.words(of, 5)})
		}
		blocks = append(blocks, block)
	}
	if d.wire && r.IntN(100) >= sameWireShare { // a new lead, and something cut from the end
		lead := article.Block{Type: article.Paragraph, Text: strings.TrimSpace(string(t.sentences(nil, r, 200)))}
		blocks = append([]article.Block{lead}, blocks[:len(blocks)-r.IntN(2)]...)
	}
	for k := range d.Captions {
		blocks = append(blocks, article.Block{Type: article.Media, Caption: &k})
	}
	return blocks
}

// edited is the article after an edit.
func (p *press) edited(d *draft, at time.Time) *draft {
	r := p.rand(ofEdit, d.n)
	a, e := *d.Article, *d
	e.Article = &a
	a.Body = append([]article.Block(nil), a.Body...)
	a.Body[0].Text += d.site.tongue.stop + strings.TrimSpace(string(d.site.tongue.sentences(nil, r, 60)))
	if r.IntN(2) == 0 {
		a.Modified = at.Add(-time.Hour).Format(time.RFC3339)
	}
	if r.IntN(5) == 0 {
		a.Title += " " + d.site.tongue.words(r, 2)
	}
	a.Text = article.PlainText(a.Body)
	return &e
}

// id is the ID of a record: a UUID of version 7 with its time.
func (p *press) id(at time.Time, kind string, n, visit int) string {
	var u uuid.UUID
	r := p.rand(ofID, n)
	binary.BigEndian.PutUint64(u[8:], r.Uint64()^uint64(visit)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|uint64(r.Uint32()&0xfff))
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	u[15] = kind[0] ^ kind[2] // "request" and "response" differ in it
	return "<urn:uuid:" + u.String() + ">"
}
