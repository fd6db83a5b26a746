// Package byline finds who wrote an article, where and for whom: authors and the
// byline as printed, the dateline, and the agency or publication that a story
// was taken over from. Claims from metadata, markup and visible lines are
// weighed against each other.
package byline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// NotAuthor are accounts and placeholders that feeds name as authors.
var NotAuthor = regexp.MustCompile(`(?i)^(?:admin(?:istrator)?|webmaster|web ?editor|editor|author|user|guest|root|test|anonymous|unknown|none|null|n/a|by|staff|wordpress|wpengine|developer|super ?admin|contributor|contributed|sponsored|undefined|\[.*\]|\{.*\})$`)

// IsLine reports whether a short text is a byline or a row of dates.
func IsLine(s string) bool {
	if utf8.RuneCountInString(s) > 120 {
		return false
	}
	if rest, words, colon := cutByWord(s); words > 0 && (colon || words > 1 || !smallBy[strings.ToLower(firstWord(s))] || shape(rest) == formPerson) {
		r, _ := utf8.DecodeRuneInString(rest)
		return rest != "" && !unicode.IsLower(r) && !strings.HasSuffix(rest, ".") && block.CountWords(rest) <= 10
	}
	if !text.HasDigit(s) && block.CountWords(s) > 3 {
		return false
	}
	return dates.IsDateRow(s) && (dates.Parse(s, true) != "" || block.CountWords(s) <= 3)
}

// Find reads who the page says wrote it, and the byline as printed. Every
// place of the page that names somebody makes a claim; claims that agree
// strengthen each other, and the strongest decides.
func Find(p *doc.Page, title string) (authors []article.Author, byline string, prov article.Provenance) {
	r := newBylines(p, title)
	r.readDeclared()
	r.readMarkup()
	r.readAttributes()
	r.readLines()
	r.readTitle()
	return r.decide()
}

func newBylines(p *doc.Page, title string) *bylines {
	r := &bylines{Page: p, sites: map[string]bool{}, words: map[string]authorHint{}, shown: map[string]int{}, titleN: -1, firstN: -1, lastN: -1}
	for _, n := range p.SiteNames() {
		r.sites[n] = true
	}
	last := -1
	for _, b := range p.Blocks {
		if b.Keep {
			last = b.N
		}
	}
	if b := p.TitleBlock(title); b != nil && (b.N <= last || last < 0) { // after the story it is a link to another
		r.title, r.titleN = b.Pos(), b.N
		r.wrap = p.Elems[b.Elem].Above
	} else if last >= 0 {
		r.wrap = p.Elems[p.Blocks[last].Elem].Above
	}
	for _, b := range p.Blocks {
		if !b.Keep {
			continue
		}
		if r.firstN < 0 && (r.titleN < 0 || b.N > r.titleN) && b.Words > 12 {
			r.firstAt, r.firstN = b.Pos(), b.N
		}
		r.lastAt, r.lastN = b.Pos(), b.N
	}
	return r
}

// readTitle takes the author that some publishers put into the page's title:
// "Headline | by Jane Doe | Publisher".
func (x *bylines) readTitle() {
	for p := range strings.SplitSeq(x.Title, "|") {
		if p = strings.TrimSpace(p); strings.HasPrefix(p, "by ") || strings.HasPrefix(p, "von ") || strings.HasPrefix(p, "por ") {
			if names := x.names(p, false); len(names) > 0 && names[0].form == formPerson {
				x.add(claim{names: names, from: "title", score: 1.8, family: "title"})
			}
			return
		}
	}
}

// believed is what a claim must be worth to be believed.
const believed = 1.55

// decide weighs the claims.
func (x *bylines) decide() (authors []article.Author, byline string, prov article.Provenance) {
	total := make([]float64, len(x.claims))
	best := -1
	for i := range x.claims {
		total[i] = x.weigh(i)
		if best < 0 || total[i] > total[best] {
			best = i
		}
	}
	if best >= 0 && x.claims[best].pos == 0 && x.onlyOrgs(x.claims[best].names) {
		// A publication that declares itself: a person whom a reader sees goes first.
		for i := range x.claims {
			c := &x.claims[i]
			if c.pos != 0 && persons(c.names, x) && (total[i] >= believed+0.8 || total[i] >= believed-0.3 && givenName(c.names[0].Name) && c.from != "dom:author-link") && !agree2(c.names, x.claims[best].names) && (x.claims[best].pos == 0 || total[i] > total[best]) {
				best = i
				total[i] = max(total[i], believed)
			}
		}
	}
	won := best >= 0 && total[best] >= believed
	if x.Explaining() {
		for i := range x.claims {
			x.explainClaim(i, total[i], i == best && won)
		}
	}
	if !won {
		return nil, "", article.Provenance{}
	}
	names := x.complete(best, total)
	for _, n := range names {
		authors = append(authors, n.Author)
	}
	return authors, x.bylineOf(best, names, total), article.Provenance{From: x.claims[best].from, Confidence: min(0.98, 0.45+total[best]/12)}
}

// persons reports whether a list names a person.
func persons(names []authorName, x *bylines) bool {
	for _, n := range names {
		if n.form == formPerson && n.Kind == "person" && !x.isOwn(n.Name) {
			return true
		}
	}
	return false
}

// onlyOrgs reports whether a list names organisations and nobody else.
func (x *bylines) onlyOrgs(names []authorName) bool {
	for _, n := range names {
		if n.Kind == "person" && !x.isOwn(n.Name) {
			return false
		}
	}
	return true
}

// explainClaim notes a claim with what spoke for and against it.
func (x *bylines) explainClaim(i int, total float64, won bool) {
	c := &x.claims[i]
	var names, why []string
	own, persons, seen := 0, 0, 0
	for _, n := range c.names {
		names = append(names, n.Name)
		if x.isOwn(n.Name) {
			own++
		}
		if n.form == formPerson {
			persons++
		}
		seen = max(seen, x.seen(n.Name))
	}
	switch {
	case won:
		why = append(why, "the strongest claim")
	case total < believed:
		why = append(why, "too weak")
	default:
		why = append(why, "another claim is stronger")
	}
	if c.by {
		why = append(why, "after a by-word")
	}
	if own == len(names) {
		why = append(why, "the publication's own name")
	} else if persons == 0 {
		why = append(why, "no full name")
	}
	if c.pos == 0 {
		why = append(why, [...]string{"not seen on the page", "seen on the page", "seen near the title"}[seen])
	}
	x.AddCandidate(article.Candidate{Field: "authors", Value: strings.Join(names, "; "), From: c.from, Score: total, Won: won, Why: strings.Join(why, ", ")})
}

// weigh is what a claim is worth with all that speaks for and against it.
func (x *bylines) weigh(i int) float64 {
	c := &x.claims[i]
	score := c.score
	persons, weak, own := 0, 0, 0
	for _, n := range c.names {
		switch {
		case x.isOwn(n.Name):
			own++
		case n.form == formPerson, n.form == formOrg:
			persons++
		default:
			weak++
		}
	}
	if c.pos == 0 {
		switch x.seenAny(c.names) {
		case 0:
			score -= 0.6
		case 1:
			score += 0.2
		case 2:
			score += 0.8
		}
	}
	if persons == 0 && weak > 0 {
		switch {
		case c.pos == 0 && c.family == "jsonld":
			score -= 0.3
		case c.pos == 0:
			score -= 0.6
		case c.by, c.from == "microdata:author":
			score -= 0.6
		case c.from == "dom:rel-author", c.from == "dom:author-link":
			score -= 0.9
		default:
			score -= 1.3
		}
	}
	if persons == 0 && own > 0 {
		switch {
		case c.family == "jsonld" && c.news:
			// A newsroom signs as a whole.
		case c.family == "jsonld" && (givenName(c.names[0].Name) || x.seen(c.names[0].Name) == 2):
			score -= 0.4
		case c.family == "jsonld":
			score -= 2
		case c.pos == 0:
			score -= 1
		case !c.by:
			score -= 1
		}
	}
	agree := map[string]float64{} // by family, the strongest
	alone := c.family == "jsonld" && x.lastN >= 0 && !(own > 0 && c.news)
	for j := range x.claims {
		o := &x.claims[j]
		if j == i || o.family == c.family && (c.family != "meta" || !strings.HasPrefix(c.from, "meta:twitter") && !strings.HasPrefix(o.from, "meta:twitter")) || !agree2(c.names, o.names) {
			continue
		}
		family := o.family
		if o.family == c.family {
			family = "meta2"
		}
		agree[family] = max(agree[family], min(1.2, 0.4*o.score))
		alone = false
	}
	if alone && x.seenAny(c.names) == 0 {
		score -= 1 // readers see nobody, and nothing else of the page says so
	}
	for _, f := range []string{"jsonld", "meta", "meta2", "dom", "text", "bare", "tail", "attr", "title"} {
		score += agree[f]
	}
	return score
}

// agree2 reports whether two lists have a name in common, or one a fuller form of
// a name of the other.
func agree2(a, b []authorName) bool {
	for _, m := range a {
		for _, n := range b {
			if sameName(m.key, n.key) {
				return true
			}
		}
	}
	return false
}

// sameName reports whether two folded names are one, perhaps in a fuller form.
func sameName(fa, fb string) bool {
	if fa == fb {
		return fa != ""
	}
	if len(fa) > len(fb) {
		fa, fb = fb, fa
	}
	return len(fa) >= 4 && len(fb) <= 3*len(fa) && strings.Contains(fb, fa)
}

// seenAny is the best place where a reader sees one of these names.
func (x *bylines) seenAny(names []authorName) int {
	where := 0
	for _, n := range names {
		if where = max(where, x.seen(n.Name)); where == 2 {
			break
		}
	}
	return where
}

// seen is where a reader sees a name: 2 near the title, 1 elsewhere, 0 nowhere.
func (x *bylines) seen(name string) int {
	folded := text.Fold(name)
	if folded == "" {
		return 0
	}
	if where, ok := x.shown[folded]; ok {
		return where
	}
	where := x.look(name, folded)
	x.shown[folded] = where
	return where
}

func (x *bylines) look(name, folded string) int {
	where := 0
	for _, b := range x.Blocks {
		if len(b.Text) < len(name) || b.Flags&block.InHidden != 0 {
			continue
		}
		if !strings.Contains(b.Text, name) && (len(b.Text) > 160 || !strings.Contains(text.Fold(b.Text), folded)) {
			continue
		}
		if b.Flags&block.InFooter != 0 && b.Flags&block.InArticle == 0 || strings.Contains(b.Text, "©") || strings.Contains(strings.ToLower(b.Text[:min(len(b.Text), 40)]), "copyright") {
			continue
		}
		if x.titleN >= 0 && b.N >= x.titleN-4 && b.N <= x.titleN+12 && b.N != x.titleN && b.Words < 25 {
			return 2
		}
		where = 1
	}
	return where
}

// complete gives the names of a claim with what others know of them: a fuller
// form, further names of the same list, links, roles and addresses.
func (x *bylines) complete(best int, total []float64) []authorName {
	names := append([]authorName(nil), x.claims[best].names...)
	for j, c := range x.claims {
		if j == best || total[j] < max(believed, total[best]-2.5) || c.family == "bare" || c.family == "attr" || len(c.names) <= len(names) || len(c.names) > 12 || c.pos != 0 && (c.score < 1.5 || !c.by) {
			continue
		}
		all := true
		for _, n := range names {
			all = all && agree2([]authorName{n}, c.names)
		}
		if !all {
			continue
		}
		for _, n := range c.names {
			person := n.form == formPerson && n.Kind == "person" && (c.pos == 0 || givenName(n.Name)) && !x.isOwn(n.Name)
			if (person || credit.IsAgency(n.Name)) && !agree2([]authorName{n}, names) {
				names = append(names, n)
			}
		}
	}
	for i := range names {
		n := &names[i]
		for j, c := range x.claims {
			for _, o := range c.names {
				if !sameName(n.key, o.key) {
					continue
				}
				if j != best && total[j] > 0 && fuller(o, *n) {
					n.Name, n.form, n.Kind, n.key = o.Name, o.form, o.Kind, o.key
				}
				if n.URL == "" {
					n.URL = o.URL
				}
				if n.URL == "" && c.node != nil {
					n.URL = x.profile(c.node, o.Name, len(c.names) == 1)
				}
				if n.Role == "" {
					n.Role = o.Role
				}
				if n.Email == "" {
					n.Email = o.Email
				}
				if n.Email == "" && c.node != nil && len(c.names) == 1 {
					n.Email = mailBelow(c.node)
				}
			}
		}
	}
	var res []authorName
	for _, n := range names {
		if !hasName(res, n.Name) {
			res = append(res, n)
		}
	}
	return res
}

// mailBelow is the address of a mail link in a byline.
func mailBelow(n *html.Node) string {
	count := 0
	for a := range n.Descendants() {
		if count++; count > 100 {
			break
		}
		if a.Type != html.ElementNode || a.Data != "a" {
			continue
		}
		if rest, ok := strings.CutPrefix(block.Attr(a, "href"), "mailto:"); ok {
			rest, _, _ = strings.Cut(rest, "?")
			if m := mailIn.FindString(rest); m == rest && len(m) < 100 {
				return strings.ToLower(m)
			}
		}
	}
	return ""
}

// fuller reports whether a name is a fuller form of another: given and family
// name for an account or for one of the two.
func fuller(a, b authorName) bool {
	if a.form != formPerson || b.form == formOrg {
		return false
	}
	wa, wb := len(strings.Fields(a.Name)), len(strings.Fields(b.Name))
	return b.form != formPerson && wa >= 2 && wa <= 4 || b.form == formPerson && wa == wb+1 && wb == 1
}

// bylineOf is the byline as printed: the line that the winner or what agrees with
// it stands in.
func (x *bylines) bylineOf(best int, names []authorName, total []float64) string {
	pick, score := -1, 0.0
	for j, c := range x.claims {
		if c.pos == 0 || c.line == "" || total[j] < believed && j != best || !agree2(c.names, names) {
			continue
		}
		s := total[j] + float64(len(c.names))
		if c.by {
			s++
		}
		if j == best {
			s += 0.5
		}
		if pick < 0 || s > score {
			pick, score = j, s
		}
	}
	if pick < 0 {
		return ""
	}
	c := x.claims[pick]
	line := firstLines(c.line)
	if utf8.RuneCountInString(line) > 200 {
		return ""
	}
	if !c.by || cutless(line) {
		if t := x.textBefore(c.node); t != "" && endsWithBy(t) && utf8.RuneCountInString(t) < 40 && c.node.DataAtom != 0 {
			line = t + " " + line
		}
	}
	line = trimByline(line)
	folded := text.Fold(line)
	for _, n := range names {
		if f := text.Fold(n.Name); strings.Contains(folded, f) || len(folded) > 2 && strings.Contains(f, folded) {
			return line
		}
	}
	return ""
}

func cutless(line string) bool {
	_, words, _ := cutByWord(line)
	return words == 0
}

// firstLines is a byline's text without what follows it on lines of their own.
func firstLines(s string) string {
	lines := strings.Split(s, string(blockSep))
	n := 1
	for n < len(lines) && (byWordOnly(printed(lines[n-1])) || strings.HasSuffix(strings.TrimSpace(lines[n-1]), ",") || strings.HasPrefix(strings.TrimSpace(lines[n]), ",") || jointWords[strings.ToLower(printed(lines[n-1]))] || jointWords[strings.ToLower(printed(lines[n]))]) {
		n++
	}
	return printed(strings.Join(lines[:n], " "))
}

var bylineTail = regexp.MustCompile(`(?i)\s*(?:[|·•]|[-–—]\s*\d|\b(?:published|updated|posted|last modified|aktualisiert|veröffentlicht|mis à jour|publié|actualizado|publicado|aggiornato|pubblicato|on|am|le|el|il)\s*:?\s*\S*\d.*|\d{1,2}[:.]\d\d.*|\b\d{1,2}\.?\s+\p{L}{3,9}\.?\s+\d{4}.*|\b\p{L}{3,9}\.?\s+\d{1,2},\s+\d{4}.*|\bmin(?:ute)?s?\s+(?:read|lesezeit).*).*$`)

// trimByline takes dates and other company off a byline.
func trimByline(line string) string {
	for {
		line = strings.TrimRight(bylineTail.ReplaceAllString(line, ""), " ,;:|/·•–—-(")
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || !cutWords[line[i+1:]] && !weekdays[strings.ToLower(line[i+1:])] && !noiseWords[strings.ToLower(line[i+1:])] {
			return line
		}
		line = line[:i]
	}
}

// profile is the link behind a name.
func (x *bylines) profile(n *html.Node, name string, only bool) string {
	for p, i := n, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		if p.Data == "a" {
			return x.profileLink(p)
		}
	}
	res, count := "", 0
	for a := range n.Descendants() {
		if count++; count > 200 {
			break
		}
		if a.Type == html.ElementNode && a.Data == "a" {
			if t := block.VisibleText(a); text.EqualFold(t, name) || only && res == "" && leads(a) {
				if res = x.profileLink(a); text.EqualFold(t, name) {
					return res
				}
			}
		}
	}
	return res
}

func leads(a *html.Node) bool {
	_, sure := leadsToAuthor(a)
	return sure
}

// profileLink is where a link leads, if that is a page and no place on this one.
func (x *bylines) profileLink(a *html.Node) string {
	href := strings.TrimSpace(block.Attr(a, "href"))
	if href == "" || strings.HasPrefix(href, "#") || strings.HasPrefix(href, "javascript:") || strings.HasPrefix(href, "mailto:") {
		return ""
	}
	return x.Resolve(href)
}
