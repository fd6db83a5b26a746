package parsers

import (
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
)

var (
	mailForm   = regexp.MustCompile(`(?i)\b[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b`)
	mailHidden = regexp.MustCompile(`(?i)\b([a-z0-9][a-z0-9._%+-]{0,63})\s*(?:\(at\)|\[at\]|\{at\}|\(@\)|\[@\]|＠)\s*((?:[a-z0-9-]+\s*(?:\.|\(dot\)|\[dot\]|\(punkt\))\s*)+[a-z]{2,24})\b`)
	mailNot    = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|svg|webp|css|js|ico)$|@(?:\dx|example\.(?:com|org|net)|domain\.|email\.com|sentry|yoursite|mysite|test\.)|^(?:user|name|your|you|email|mail|someone|test|example)@|^[0-9a-f]{20,}@`)

	addressLabel = regexp.MustCompile(`(?i)^\W*(?:(?:postal |mailing |street |office |head office |visiting )?address|adresse|anschrift|postanschrift|hausanschrift|dirección|endereço|indirizzo|adres|adress|osoite|адрес|地址|住所|주소|head office|headquarters)\s*[:：]\s*`)
	contactWord  = regexp.MustCompile(`(?i)\b(?:contact|contacts|kontakt|contacto|contatti|contato|contactez|impressum|imprint|redaktion|redacción|redazione|rédaction|newsroom|advertis(?:e|ing)|anzeigen|publicidad|subscriptions?|abonnements?|customer service|get in touch|reach us|write to us|tip(?:s| line)?|corrections?|editorial|editor|address|phone|tel|telephone|telefon|teléfono|fax|e-?mail|whatsapp|enquiries|office|bureau)\b|контакт|редакция|телефон|联系|電話|연락`)
	street       = regexp.MustCompile(`(?i)\b(?:street|st\.|avenue|ave\.?|road|rd\.?|lane|drive|boulevard|blvd|square|plaza|crescent|close|floor|suite|p\.?\s?o\.? box|quay|wharf|park|way|court|house|building|straße|strasse|str\.|platz|allee|weg|gasse|postfach|rue|place|calle|avenida|av\.|piazza|via|viale|ul\.|ulica|gata|gatan|gate|katu|vej|улица|ул\.|проспект)(?:\W|$)|straße|strasse|gatan\b|vägen\b|veien\b|gata\b|katu\b|vej\b|straat\b|laan\b|weg\b`)
)

// socialHosts are the networks whose profiles are contacts.
var socialHosts = []string{"facebook.com", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com", "tiktok.com", "t.me", "telegram.me", "threads.net", "bsky.app", "pinterest.com", "vk.com", "ok.ru", "whatsapp.com", "mastodon.social"}

// notProfile are paths of these networks that share or embed.
var notProfile = regexp.MustCompile(`(?i)/(?:sharer?|share|intent|dialog|plugins|shareArticle|send|submit|widgets|embed|watch|status|hashtag|search|home)(?:[/.?]|$)|^/?$|[?&](?:text|url|u)=`)

// A seed is one contact item where it stands.
type seed struct {
	block *block.Block
	kind  string // "email", "phone", "fax" or "address"
	value Contact
}

// findContacts reads the visible blocks that say how to reach somebody, outside
// of the story.
func (x *index) findContacts(authors []Author) []Contact {
	var seeds []seed
	for _, b := range x.Blocks {
		if b.Flags&block.InHidden != 0 && !strings.Contains(b.Text, "@") || len(seeds) > 500 {
			continue
		}
		seeds = append(seeds, x.seeds(b)...)
	}
	var res []Contact
	var boxes []*html.Node
	byBox := map[*html.Node]int{}
	for i, s := range seeds {
		box := x.contactBox(s.block, seeds)
		k, ok := byBox[box]
		if !ok {
			k = len(res)
			byBox[box] = k
			boxes = append(boxes, box)
			label, at := x.contactLabel(s.block, box)
			res = append(res, Contact{Label: label, Kind: x.contactKind(label, seeds[i].block, at)})
		}
		res[k].merge(s.value)
	}
	for i, box := range boxes {
		res[i].Social = x.social(box)
	}
	res = x.fromLD(res)
	var kept []Contact
	for _, c := range res {
		if c.empty() {
			continue
		}
		for _, a := range authors {
			if a.Email != "" && slices.Contains(c.Emails, a.Email) {
				c.Kind = "author"
			}
		}
		if slices.ContainsFunc(kept, func(k Contact) bool { return k.covers(c) }) {
			continue // the same block again, for small screens
		}
		kept = append(kept, c)
	}
	return kept
}

func (c *Contact) empty() bool {
	return len(c.Emails)+len(c.Phones)+len(c.Faxes)+len(c.Addresses) == 0
}

// covers reports whether everything in o is in c too.
func (c *Contact) covers(o Contact) bool {
	has := func(all []Phone, p Phone) bool {
		return slices.ContainsFunc(all, func(q Phone) bool { return q.Raw == p.Raw || q.E164 != "" && q.E164 == p.E164 })
	}
	for _, e := range o.Emails {
		if !slices.Contains(c.Emails, e) {
			return false
		}
	}
	for _, p := range o.Phones {
		if !has(c.Phones, p) {
			return false
		}
	}
	for _, p := range o.Faxes {
		if !has(c.Faxes, p) {
			return false
		}
	}
	for _, a := range o.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b Address) bool { return foldEqual(a.Raw, b.Raw) }) {
			return false
		}
	}
	return true
}

func (c *Contact) merge(o Contact) {
	for _, e := range o.Emails {
		if !slices.Contains(c.Emails, e) {
			c.Emails = append(c.Emails, e)
		}
	}
	c.Phones = mergePhones(c.Phones, o.Phones)
	c.Faxes = mergePhones(c.Faxes, o.Faxes)
	for _, a := range o.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b Address) bool { return foldEqual(a.Raw, b.Raw) }) {
			c.Addresses = append(c.Addresses, a)
		}
	}
}

func mergePhones(all, more []Phone) []Phone {
	for _, p := range more {
		if !slices.ContainsFunc(all, func(q Phone) bool { return q.Raw == p.Raw || q.E164 != "" && q.E164 == p.E164 }) {
			all = append(all, p)
		}
	}
	return all
}

// seeds finds the items of one block. A story's own numbers and addresses are
// not contacts: within the body only mail links of bylines would be.
func (x *index) seeds(b *block.Block) []seed {
	m := x.HintsBelow(b.Node, x.Body)
	if m&(block.HintComment|block.HintConsent) != 0 || b.Flags&(block.InButton) != 0 {
		return nil
	}
	prose := b.Keep && b.Flags&block.InAddress == 0
	var res []seed
	add := func(kind string, c Contact) { res = append(res, seed{b, kind, c}) }
	if prose && (b.Words > 40 || b.Link == 0 && !strings.ContainsAny(b.Text, "@＠(") || !contactWord.MatchString(b.Text)) {
		return nil
	}
	for _, e := range x.emails(b) {
		add("email", Contact{Emails: []string{e}})
	}
	if prose && len(res) == 0 {
		return nil
	}
	phones, faxes := x.phones(b)
	for _, p := range phones {
		add("phone", Contact{Phones: []Phone{p}})
	}
	for _, p := range faxes {
		add("fax", Contact{Faxes: []Phone{p}})
	}
	if a, ok := x.address(b); ok && !prose {
		add("address", Contact{Addresses: []Address{a}})
	}
	return res
}

// emails are a block's addresses: in its text, in links, and as sites hide them.
func (x *index) emails(b *block.Block) (res []string) {
	add := func(e string) {
		e = strings.ToLower(strings.Trim(strings.TrimSpace(e), "."))
		if e != "" && mailForm.FindString(e) == e && !mailNot.MatchString(e) && !slices.Contains(res, e) {
			res = append(res, e)
		}
	}
	if strings.Contains(b.Text, "@") {
		for _, e := range mailForm.FindAllString(b.Text, 30) {
			add(e)
		}
	}
	if !strings.ContainsAny(b.Text, "@＠") && !strings.Contains(b.Text, "(at)") && !strings.Contains(b.Text, "[at]") && !strings.Contains(b.Text, "{at}") {
		x.linkedEmails(b, add)
		return res
	}
	for _, m := range mailHidden.FindAllStringSubmatch(b.Text, 30) {
		domain := strings.NewReplacer(" ", "", "(dot)", ".", "[dot]", ".", "(punkt)", ".").Replace(strings.ToLower(m[2]))
		add(m[1] + "@" + domain)
	}
	x.linkedEmails(b, add)
	return res
}

// linkedEmails adds the addresses in a block's links and protected elements.
func (x *index) linkedEmails(b *block.Block, add func(string)) {
	for n := range b.Node.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if cf := block.Attr(n, "data-cfemail"); cf != "" {
			add(decodeCF(cf))
		}
		if n.Data != "a" || !x.ownLink(b, n) {
			continue
		}
		href := strings.TrimSpace(block.Attr(n, "href"))
		if _, code, ok := strings.Cut(href, "/cdn-cgi/l/email-protection#"); ok {
			e, _, _ := strings.Cut(decodeCF(code), "?")
			add(e)
		}
		if len(href) > 7 && strings.EqualFold(href[:7], "mailto:") {
			target, _, _ := strings.Cut(href[7:], "?")
			if plain, err := url.PathUnescape(target); err == nil {
				target = plain
			}
			for e := range strings.SplitSeq(target, ",") {
				add(e)
			}
		}
	}
}

// ownLink reports whether a link below a block's element is in the block itself
// and not in another one within it.
func (x *index) ownLink(b *block.Block, n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == b.Node {
			return true
		}
		if block.Border(p) {
			return false
		}
	}
	return false
}

// decodeCF undoes Cloudflare's mail protection: the first byte is the key.
func decodeCF(code string) string {
	raw, err := hex.DecodeString(code)
	if err != nil || len(raw) < 4 || len(raw) > 300 {
		return ""
	}
	out := make([]byte, len(raw)-1)
	for i := range out {
		out[i] = raw[i+1] ^ raw[0]
	}
	return string(out)
}

// address reads a block that is a postal address: labelled so, or in an
// address element, or a line with a street and a number in the page's frame.
func (x *index) address(b *block.Block) (Address, bool) {
	if len(b.Text) > 600 || len(b.Text) < 10 {
		return Address{}, false
	}
	text, labelled := b.Text, false
	for range 3 { // "Address: Address:" happens
		if !strings.ContainsAny(text[:min(len(text), 60)], ":：") {
			break
		}
		if m := addressLabel.FindString(text); m != "" {
			text, labelled = text[len(m):], true
		} else {
			break
		}
	}
	framed := b.Flags&(block.InAddress|block.InFooter) != 0 || x.HintsBelow(b.Node, x.Body)&(block.HintFooter|block.HintWidget) != 0
	coded := false // it has a postal code and a place
	if !labelled {
		if !strings.ContainsAny(text, "0123456789") || b.Link*2 >= len(b.Text) {
			return Address{}, false
		}
		coded = !b.Keep && b.Words <= 30 && postcode.MatchString(text) && !notAddress.MatchString(text)
		if !coded && !(framed && strings.Contains(text, ",")) || coded && !framed && !x.nearContacts(b) {
			return Address{}, false
		}
	}
	if core := postalLines(b); core != "" {
		text = core
	}
	if strings.Contains(text, "@") {
		text = mailForm.ReplaceAllString(text, "")
	}
	for _, stop := range []string{"Tel:", "Tel.", "Phone:", "Telefon", "Fax", "Email:", "E-Mail:", "E-mail:"} {
		if i := strings.Index(text, stop); i > 10 {
			text = text[:i]
		}
	}
	if at := phoneIn.FindStringIndex(text); at != nil && at[0] > 12 {
		text = phoneWord.ReplaceAllString(text[:at[0]], "")
	}
	text = tidyAddress(text)
	words := block.CountWords(text)
	digits := strings.ContainsAny(text, "0123456789")
	switch {
	case words < 3 || words > 35 || copyright.MatchString(text) && !labelled:
		return Address{}, false
	case labelled, coded && street.MatchString(text), coded && houseNumber.MatchString(text):
	case framed && digits && street.MatchString(text) && strings.Contains(text, ",") && b.Link*2 < len(b.Text):
	default:
		return Address{}, false
	}
	return Address{Raw: text, Country: x.region(text)}, true
}

var (
	// postcode is a postal code beside a place: of continental Europe, the United
	// States, Canada, the United Kingdom, Russia, India.
	postcode = regexp.MustCompile(`(?:^|[\s,|•–-])(?:[A-Z]{1,2}-)?\d{4,5}\s+\p{Lu}[\p{L}.-]{2,}|\b[A-Z]{2}\.?,?\s+\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b|\b\d{6},\s*\p{Lu}|\p{L}\s*[-–]\s*\d{6}\b|(?i:\bp\.?\s?o\.?\s?box\s+\d)`)
	// notAddress are lines with numbers and places that are none.
	notAddress  = regexp.MustCompile(`(?i)\b(?:19|20)\d\d\s+\d{1,2}:\d\d|pubblicato|desarrollado|©|copyright|all rights|\b(?:19|20)\d\d\s+(?:by|all|the)\b|\b(?:january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|juni|juli|oktober|dezember)\b|[%$€£]`)
	houseNumber = regexp.MustCompile(`\p{L}[\p{L}.]*\s+\d{1,4}\s?[a-zA-Z]?(?:\s?[-/–]\s?\d{1,4}\s?[a-zA-Z]?)?(?:[\s,|•]|$)|^\d{1,5}[a-z]?\s+\p{Lu}`)
	phoneIn     = regexp.MustCompile(`(?:\+\d|\(\d{2,4}\)|\b0\d{2})[\d\s()./-]{6,}`)
	phoneWord   = regexp.MustCompile(`(?i)[\s,|•]*(?:\b(?:main|news|office|central(?:\s+telefónica)?|tel(?:efon|éfono|ephone)?|phone|vaihde|puh|faks|fax|call(?: us)?|t)\b[\s.:]*)*$`)
)

// postalLines are the lines of a block, as its line breaks make them, from the
// street to the postal code; empty where they do not say which these are.
func postalLines(b *block.Block) string {
	var lines []string
	var line strings.Builder
	var walk func(n *html.Node, depth int)
	end := func() {
		if l := block.Clean(line.String()); l != "" && strings.Contains(b.Text, l) {
			lines = append(lines, l)
		}
		line.Reset()
	}
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < 20 && len(lines) < 30; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				line.WriteString(c.Data)
			case c.Type == html.ElementNode && c.Data == "br":
				end()
			case c.Type == html.ElementNode && !block.Unread[c.DataAtom]:
				walk(c, depth+1)
			}
		}
	}
	walk(b.Node, 0)
	end()
	if len(lines) < 2 {
		return ""
	}
	for p, l := range lines {
		if !postcode.MatchString(l) {
			continue
		}
		from := p
		for up := p - 1; up >= max(0, p-3) && from == p; up-- {
			if street.MatchString(lines[up]) || houseNumber.MatchString(lines[up]) || boxForm.MatchString(lines[up]) {
				from = up
			}
		}
		if from == p && !street.MatchString(l) && !houseNumber.MatchString(l) {
			continue
		}
		to := p + 1
		if to < len(lines) && block.CountWords(lines[to]) <= 4 && !strings.ContainsAny(lines[to], "0123456789@:") && from < p {
			if countryNames[strings.ToLower(lines[to])] != "" {
				to++
			}
		}
		return strings.Join(lines[from:to], ", ")
	}
	return ""
}

var boxForm = regexp.MustCompile(`(?i)\bp\.?\s?o\.?\s?box\b|postfach|apartado|casilla|postboks|\bpl\s+\d`)

// nearContacts reports whether a block stands close to what is about contacts.
func (x *index) nearContacts(b *block.Block) bool {
	for _, c := range x.Blocks[max(0, b.N-4):min(len(x.Blocks), b.N+5)] {
		if c != b && c.Words <= 25 && !c.Keep && (strings.Contains(c.Text, "@") || contactWord.MatchString(c.Text)) {
			return true
		}
	}
	return false
}

var spaceComma = regexp.MustCompile(`\s*,[\s,]*`)

func tidyAddress(s string) string {
	return strings.Trim(spaceComma.ReplaceAllString(block.Clean(s), ", "), " ,;|-–")
}

// contactBox is the element of a contact block: the largest around a seed that
// is still short and holds no story.
func (x *index) contactBox(b *block.Block, _ []seed) *html.Node {
	box := b.Node
	for p, i := b.Node.Parent, 0; p != nil && i < 6; p, i = p.Parent, i+1 {
		if p.Data == "body" || p.Data == "main" || p.Data == "article" || p.Data == "footer" && i > 2 {
			break
		}
		text := block.VisibleText(p)
		if len([]rune(text)) > 600 {
			break
		}
		if x.headings(p) > 1 {
			break
		}
		box = p
	}
	return box
}

// headings counts the headings below a node.
func (x *index) headings(n *html.Node) int {
	count := 0
	for c := range n.Descendants() {
		if len(c.Data) == 2 && c.Data[0] == 'h' && c.Data[1] >= '1' && c.Data[1] <= '6' && c.Type == html.ElementNode {
			count++
		}
	}
	return count
}

// contactLabel is the heading of a contact block: in it, or closely before it.
func (x *index) contactLabel(b *block.Block, box *html.Node) (string, *block.Block) {
	for i := b.N; i >= max(0, b.N-6); i-- {
		c := x.Blocks[i]
		inBox := block.Within(c.Node, box)
		if c.Flags&block.InHidden != 0 || i == b.N && c.Flags&block.InHeading == 0 {
			continue
		}
		if !inBox && b.N-i > 3 {
			break
		}
		heading := c.Flags&block.InHeading != 0 || c.Words <= 6 && (strings.HasSuffix(c.Text, ":") || contactWord.MatchString(c.Text) || bold(c))
		if heading && c.Words <= 10 && !mailForm.MatchString(c.Text) && !strings.ContainsAny(c.Text, "0123456789") {
			return strings.TrimRight(c.Text, " :"), c
		}
	}
	return "", nil
}

func bold(b *block.Block) bool {
	for c := b.Node.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (c.Data == "b" || c.Data == "strong") {
			return foldEqual(block.TextOf(c), b.Text)
		}
	}
	return false
}

var departments = regexp.MustCompile(`(?i)advertis|anzeigen|publicidad|subscri|abonn|newsroom|redaktion|redacción|redazione|rédaction|tips?\b|correction|customer|support|sales|marketing|circulation|editorial|editor|press office|leserservice|kundenservice`)

func (x *index) contactKind(label string, b *block.Block, _ *block.Block) string {
	m := x.HintsBelow(b.Node, x.Body)
	switch {
	case departments.MatchString(label):
		return "department"
	case m&(block.HintByline|block.HintAuthor) != 0 && m&block.HintFooter == 0 && b.Flags&block.InFooter == 0:
		return "author"
	case b.Keep:
		return "other"
	}
	return "publisher"
}

func (x *index) social(box *html.Node) []string {
	var res []string
	for n := range box.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || len(res) >= 20 {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(block.Attr(n, "href")))
		if err != nil || u.Host == "" {
			continue
		}
		host := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), "m.")
		if slices.Contains(socialHosts, host) && !notProfile.MatchString(u.RequestURI()) && !slices.Contains(res, u.String()) {
			res = append(res, u.String())
		}
	}
	return res
}

// postal is a schema.org PostalAddress on one line; empty without a street or box.
func postal(o object) string {
	street := o.text("streetAddress")
	if street == "" {
		street = o.text("postOfficeBoxNumber")
	}
	if street == "" || !strings.ContainsAny(street+o.text("postalCode"), "0123456789") {
		return ""
	}
	var parts []string
	for _, p := range []string{street, o.text("addressLocality"), o.text("addressRegion"), o.text("postalCode"), o.text("addressCountry")} {
		if p = block.Clean(p); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// fromLD adds the contacts that only JSON-LD has.
func (x *index) fromLD(res []Contact) []Contact {
	for _, o := range x.ld {
		if !o.is("Organization", "NewsMediaOrganization", "LocalBusiness") {
			continue
		}
		for _, p := range append([]object{o}, x.objectsOf(o, "contactPoint")...) {
			c := Contact{Kind: "publisher", Label: p.text("contactType")}
			if c.Label != "" && departments.MatchString(c.Label) {
				c.Kind = "department"
			}
			if e := strings.ToLower(strings.TrimPrefix(p.text("email"), "mailto:")); mailForm.FindString(e) == e && e != "" && !mailNot.MatchString(e) {
				c.Emails = []string{e}
			}
			for _, ad := range x.objectsOf(p, "address") {
				if raw := postal(ad); raw != "" {
					c.Addresses = append(c.Addresses, Address{Raw: raw, Country: x.region(raw)})
				}
			}
			if t := p.text("telephone"); t != "" {
				if ph, ok := x.phone(t, true); ok {
					c.Phones = []Phone{ph}
				}
			}
			if !c.empty() && !slices.ContainsFunc(res, func(k Contact) bool { return k.covers(c) }) {
				res = append(res, c)
			}
		}
	}
	return res
}
