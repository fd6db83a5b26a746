package byline

import (
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A candidate is a name with all claims that have it, in whatever spelling.
type candidate struct {
	name                          authorName
	mentions                      []mention
	families                      uint // bits
	strength                      float64
	paragraphs, captions, credits int // where the page has the name: see readPage
	best                          int // mention in the best placed claim that a reader sees; -1 if none is
	values                        evidence.Values
	score                         float64
}

// A mention is a name of a claim.
type mention struct{ claim, name int }

// maxCandidates bounds the names of one page.
const maxCandidates = 60

// join makes candidates of the names of all claims.
func (x *reader) join() []*candidate {
	var all []*candidate
	byKey := map[string]*candidate{}
	for i := range x.claims {
		c := &x.claims[i]
		for k := range c.names {
			key := c.names[k].key
			d := byKey[key]
			if d == nil {
				d = sameAs(all, &c.names[k])
			}
			if d == nil {
				if key == "" || len(all) == maxCandidates {
					continue
				}
				d = &candidate{best: -1, name: c.names[k]}
				all = append(all, d)
			}
			byKey[key] = d
			if fuller(c.names[k], d.name) {
				d.name = c.names[k]
			}
			d.mentions = append(d.mentions, mention{i, k})
			d.families |= 1 << c.family
			if c.pos != 0 && (d.best < 0 || c.placed > x.claims[d.mentions[d.best].claim].placed) {
				d.best = len(d.mentions) - 1
			}
		}
	}
	for _, d := range all {
		d.name = x.spelling(d)
		d.strength = x.strengthOf(d)
	}
	return all
}

// strengthOf is the sum of how well the kinds of places are placed that name somebody.
func (x *reader) strengthOf(d *candidate) float64 {
	var best [families]float64
	for _, m := range d.mentions {
		c := &x.claims[m.claim]
		best[c.family] = max(best[c.family], c.placed)
	}
	sum := 0.0
	for _, b := range best {
		sum += b
	}
	return sum
}

// sameAs is the candidate that a name is another spelling of; nil if none is.
func sameAs(all []*candidate, n *authorName) *candidate {
	for _, d := range all {
		if sameName(&d.name, n) {
			return d
		}
	}
	return nil
}

// spelling is the name of a candidate as most kinds of places spell it, the first of
// several, and in a fuller form if that is but an account or one word.
func (x *reader) spelling(d *candidate) authorName {
	votes := map[string]uint{}
	for _, m := range d.mentions {
		c := &x.claims[m.claim]
		votes[c.names[m.name].key] |= 1 << c.family
	}
	name, most := authorName{}, 0
	for _, m := range d.mentions {
		n := x.claims[m.claim].names[m.name]
		if v := bits.OnesCount(votes[n.key]); v > most {
			name, most = n, v
		}
	}
	for _, m := range d.mentions {
		if n := x.claims[m.claim].names[m.name]; fuller(n, name) {
			name = n
		}
	}
	return name
}

// weigh gives the evidence for and against a candidate.
func (x *reader) weigh(d *candidate, all []*candidate) evidence.Values {
	v := make(evidence.Values, pieces)
	metas := map[string]bool{}
	for _, m := range d.mentions {
		c := &x.claims[m.claim]
		for k := inJSONLD; k <= signature; k++ {
			if c.own[k] > 0 {
				v[k] = max(v[k], c.placed)
			}
		}
		if c.family == declaredInMeta {
			metas[c.from] = true
		}
		if c.family == declaredInLD {
			v[newsInJSONLD] = max(v[newsInJSONLD], c.own[newsInJSONLD])
			v[organizationInJSONLD] = max(v[organizationInJSONLD], c.own[organizationInJSONLD])
			v[refersInJSONLD] = max(v[refersInJSONLD], c.own[refersInJSONLD])
			v.Set(pageInJSONLD, c.names[m.name].URL != "" && v[pageInJSONLD] == 0)
			v.Set(firstInJSONLD, len(c.names) == 1 && v[firstInJSONLD] == 0)
		}
	}
	v[twoMetas] = float64(len(metas))
	v[kindsOfPlaces] = float64(bits.OnesCount(d.families))
	v[places] = logarithm(len(d.mentions))
	if d.best >= 0 {
		x.weighPlace(v, d.mentions[d.best])
	}
	x.weighName(v, d)
	x.weighPage(v, d)
	x.weighOthers(v, d, all)
	return v
}

func logarithm(n int) float64 { return math.Round(10*math.Log2(1+float64(max(n, 0)))) / 10 }

// weighPlace adds what is true of the place where a reader sees the name best.
func (x *reader) weighPlace(v evidence.Values, m mention) {
	c := &x.claims[m.claim]
	for k := nameClass; k <= looseInList; k++ {
		v[k] = c.own[k]
	}
	if x.title > 0 {
		v[belowTitle], v[aboveTitle] = logarithm(c.pos-x.title), logarithm(x.title-c.pos)
	}
	if x.firstAt > 0 {
		v[beforeFirst] = logarithm(x.firstAt - c.pos)
		v[behindLast] = logarithm(c.pos - x.lastAt)
	}
	v[printedWords] = float64(c.wordsBeside())
	v[namesInList] = float64(len(c.names))
	v[placeInList] = float64(m.name)
	v.Set(looseInList, c.names[m.name].loose)
}

// weighName adds what the name looks like.
func (x *reader) weighName(v evidence.Values, d *candidate) {
	n := &d.name
	words := strings.Fields(n.Name)
	v.Set(personShape, n.form == formPerson && n.Kind == "person")
	v.Set(organizationShape, n.Kind == "organization")
	v.Set(singleWord, n.form == formMono)
	v[nameWords] = float64(len(words))
	v[nameLetters] = float64(utf8.RuneCountInString(n.Name))
	first, _ := utf8.DecodeRuneInString(n.Name)
	v.Set(commonGivenName, givenName(n.Name) || first >= 0x2e80 && n.form == formPerson) // given names stand last there
	v.Set(inCapitals, n.shouted)
	v.Set(agencyName, credit.IsAgency(n.Name) || signsBylines(n.Name))
	v.Set(ownName, x.isOwn(n.Name))
	for i, w := range words {
		v.Set(officeWords, isOrgWord(w))
		v.Set(initials, i < len(words)-1 && len(strings.Trim(w, ".")) == 1)
	}
	v[partOfOwnName] = x.sharedWithSite(words)
	v.Set(siteIsPerson, v[ownName] > 0 && n.form == formPerson && givenName(n.Name))
	v.Set(wordsOfTitle, len(n.key) >= 4 && strings.Contains(x.titleKey, n.key))
	for _, m := range d.mentions {
		o := &x.claims[m.claim].names[m.name]
		v.Set(hasRole, o.Role != "" && v[hasRole] == 0)
		v.Set(hasEmail, o.Email != "" && v[hasEmail] == 0)
		v.Set(addressHasName, v[addressHasName] == 0 && len(n.key) >= 5 && x.claims[m.claim].node != nil && x.addressHas(m, n))
	}
}

// sharedWithSite is how many words of a name the publication's names have.
func (x *reader) sharedWithSite(words []string) float64 {
	shared := 0.0
	for _, w := range words {
		f := text.Fold(w)
		if len(f) < 3 {
			continue
		}
		for site := range x.sites {
			if strings.Contains(site, f) {
				shared++
				break
			}
		}
	}
	return shared
}

// addressHas reports whether the link behind a mention leads to a page that is named
// after it.
func (x *reader) addressHas(m mention, n *authorName) bool {
	c := &x.claims[m.claim]
	link := x.profileLink(c.node, c.names[m.name].Name, len(c.names) == 1)
	if link == "" || len(link) > 500 {
		return false
	}
	folded := text.Fold(link)
	words := strings.Fields(n.Name)
	last := text.Fold(words[len(words)-1])
	return strings.Contains(folded, n.key) || len(last) >= 4 && strings.Contains(folded, last) && !x.isOwn(n.Name) && !x.sites[last]
}

// weighPage adds where else the page shows the name.
func (x *reader) weighPage(v evidence.Values, d *candidate) {
	switch x.seen(d.name.Name) {
	case 2:
		v[seenNearTitle] = 1
	case 1:
		v[seenOnPage] = 1
	}
	v[seenInStory], v[inCaptions], v[otherWork] = float64(d.paragraphs), float64(min(d.captions, 5)), float64(min(d.credits, 5))
	if story := x.Article(); story != nil {
		v[membersInJSONLD] = logarithm(len(story))
	}
}

// weighOthers adds who else might be an author.
func (x *reader) weighOthers(v evidence.Values, d *candidate, all []*candidate) {
	for _, o := range all {
		if o == d {
			continue
		}
		v[othersNamed]++
		v.Set(otherPersons, isPerson(o.name))
		v.Set(rank, o.strength > d.strength)
		if x.shareClaim(d, o) {
			v[companionKinds] = max(v[companionKinds], float64(bits.OnesCount(o.families)))
			v[companionStrength] = max(v[companionStrength], o.strength)
			continue
		}
		v[rivalKinds] = max(v[rivalKinds], float64(bits.OnesCount(o.families)))
		v[rivalStrength] = max(v[rivalStrength], o.strength)
		if isPerson(o.name) {
			v[rivalPerson] = max(v[rivalPerson], o.strength)
		}
	}
	v[strength] = d.strength
	v.Set(newsroomAlone, v[newsInJSONLD] > 0 && d.name.Kind == "organization" && v[rivalPerson] < 3)
	for i := range x.claims {
		c := &x.claims[i]
		if piece := rivals[c.family]; piece > 0 && d.families&(1<<c.family) == 0 && (c.pos == 0 || c.placed >= 3) {
			by := c.placed
			if !x.namesPerson(c) {
				by /= 4 // the publication, an agency
			}
			v[piece] = max(v[piece], by)
		}
	}
}

// namesPerson reports whether a claim names a person in full.
func (x *reader) namesPerson(c *claim) bool {
	for _, n := range c.names {
		if isPerson(n) && !x.isOwn(n.Name) {
			return true
		}
	}
	return false
}

// rivals are the pieces that claims of a family give to names that none of them has.
var rivals = [families]int{declaredInLD: rivalInJSONLD, declaredInMeta: rivalInMeta, inMarkup: rivalInMarkup, inBylines: rivalInLine}

// shareClaim reports whether a claim names both candidates, or two of one list do.
func (x *reader) shareClaim(a, b *candidate) bool {
	for i, k := 0, 0; i < len(a.mentions) && k < len(b.mentions); {
		switch m, n := a.mentions[i].claim, b.mentions[k].claim; {
		case m == n:
			return true
		case m < n:
			i++
		default:
			k++
		}
	}
	return a.best >= 0 && b.best >= 0 && x.claims[a.mentions[a.best].claim].beside(&x.claims[b.mentions[b.best].claim])
}
