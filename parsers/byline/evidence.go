package byline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
)

// A claim is what one place of a page says of who wrote the story.
type claim struct {
	names  []authorName
	from   string          // as in Provenance
	family string          // the kind of place: claims of one family are no independent witnesses
	own    evidence.Values // what speaks for the place itself
	score  float64         // the weight of own
	line   string          // the byline as printed, if a reader sees it
	node   *html.Node
	pos    int  // element; 0 for what no reader sees
	by     bool // a by-word introduces it
	news   bool // declared by the object of a news article
}

// The pieces of evidence for and against a claim.
const (
	// Where the names stand.
	inJSONLD = iota
	organizationInJSONLD
	otherObject
	inMeta
	inAuthorMeta
	inLabelledMeta
	inPageTitle
	inDataAttribute
	itempropAuthor
	relAuthor
	authorLink
	memberLink
	bylineClass
	authorClass
	nameClass
	proseClass
	othersClass
	longText
	accountName
	elementAfterBy
	byLine
	byLineAbove
	byWithin
	ambiguousBy
	headingWithBy
	sentence
	longLine
	ambiguousAtEnd
	linkInList
	captionLine
	partialNames
	agencyLine
	besideDate
	withDate
	besideDateGivenName
	signature
	rightAligned
	partialSignature
	noGivenName
	signatureHeading
	earlySignature
	lastLine
	endingBrackets
	// Where on the page.
	lineAtTop
	lineAtEnd
	nearTitle
	beforeText
	withinText
	afterText
	farAway
	inComments
	amongRelated
	inSidebar
	inFooterClass
	inPageFooter
	inCard
	// What the rest of the page says.
	unseen
	seenElsewhere
	seenNearTitle
	accountInJSONLD
	accountDeclared
	accountSigned
	accountLinked
	accountUnsigned
	ownNameSeen
	ownNameInJSONLD
	ownName
	unconfirmed
	agreesJSONLD
	agreesMeta
	agreesOtherMeta
	agreesMarkup
	agreesLine
	agreesDateLine
	agreesEnd
	agreesAttribute
	agreesPageTitle
	pieces
)

// weights is the table that authors are chosen by.
var weights = evidence.Table{
	inJSONLD:             {Name: "author in JSON-LD", Weight: 3},
	organizationInJSONLD: {Name: "declared as an organization", Weight: -0.8},
	otherObject:          {Name: "JSON-LD of the page, not of the story", Weight: -0.6},
	inMeta:               {Name: "meta element", Weight: 1.6},
	inAuthorMeta:         {Name: "meta element author", Weight: 1.4}, // many a site names its web agency there
	inLabelledMeta:       {Name: "meta element with an author label", Weight: 2.2},
	inPageTitle:          {Name: "in the page's title element", Weight: 1.8},
	inDataAttribute:      {Name: "data attribute", Weight: 1.4},

	itempropAuthor: {Name: "itemprop author", Weight: 3},
	relAuthor:      {Name: "rel author", Weight: 2.8},
	authorLink:     {Name: "link to an author page", Weight: 1.8},
	memberLink:     {Name: "link to a profile", Weight: 0.4},
	bylineClass:    {Name: "class of a byline", Weight: 2.4},
	authorClass:    {Name: "class of an author", Weight: 1.8},
	nameClass:      {Name: "class of an author's name", Weight: 0.6},
	proseClass:     {Name: "class of text about an author", Weight: -0.4},
	othersClass:    {Name: "class of other people or stories", Weight: -0.9},
	longText:       {Name: "too long for a byline", Weight: -0.5},
	accountName:    {Name: "may be an account", Weight: -0.3},
	elementAfterBy: {Name: "by-word in or before the element", Weight: 1.6},

	byLine:              {Name: "line that begins with a by-word", Weight: 2.4},
	byLineAbove:         {Name: "by-word on the line above", Weight: 2.6},
	byWithin:            {Name: "by-word within the line", Weight: 2},
	ambiguousBy:         {Name: "the by-word may be part of a name", Weight: -1.5},
	headingWithBy:       {Name: "heading", Weight: -0.8},
	sentence:            {Name: "reads as a sentence", Weight: -1},
	longLine:            {Name: "long line", Weight: -0.5},
	ambiguousAtEnd:      {Name: "by-word without colon after the story", Weight: -0.8},
	linkInList:          {Name: "link in a list after the story", Weight: -1.5},
	captionLine:         {Name: "class of a caption", Weight: -0.8},
	partialNames:        {Name: "not all names are full names", Weight: -0.5},
	agencyLine:          {Name: "line of an agency alone", Weight: 1.7},
	besideDate:          {Name: "name beside a date", Weight: 1.1},
	withDate:            {Name: "on the line of the date", Weight: 0.2},
	besideDateGivenName: {Name: "begins with a common given name", Weight: 0.6},
	signature:           {Name: "signature at the end", Weight: 1.3},
	rightAligned:        {Name: "aligned to the right", Weight: 0.8},
	partialSignature:    {Name: "names without a full name", Weight: -0.8},
	noGivenName:         {Name: "no common given name", Weight: -0.6},
	signatureHeading:    {Name: "signature in a heading", Weight: -0.7},
	earlySignature:      {Name: "text follows the signature", Weight: -0.5},
	lastLine:            {Name: "the very last line", Weight: 0.4},
	endingBrackets:      {Name: "in brackets that end the story", Weight: 1.2},

	lineAtTop:     {Name: "line near the title", Weight: 1},
	lineAtEnd:     {Name: "line after the story", Weight: 0.3},
	nearTitle:     {Name: "near the title", Weight: 1},
	beforeText:    {Name: "above the text", Weight: 0.5},
	withinText:    {Name: "within the text", Weight: -0.4},
	afterText:     {Name: "after the text", Weight: 0.3},
	farAway:       {Name: "far from the story", Weight: -1.9},
	inComments:    {Name: "among comments", Weight: -2.5},
	amongRelated:  {Name: "among related stories", Weight: -2.5},
	inSidebar:     {Name: "in a sidebar, menu or promotion", Weight: -1},
	inFooterClass: {Name: "class of a footer or caption above", Weight: -1},
	inPageFooter:  {Name: "in the page's footer or an aside", Weight: -1},
	inCard:        {Name: "in the card of another story", Weight: -1},

	unseen:          {Name: "not visible on the page", Weight: -0.6},
	seenElsewhere:   {Name: "visible on the page", Weight: 0.2},
	seenNearTitle:   {Name: "visible near the title", Weight: 0.8},
	accountInJSONLD: {Name: "no full name in JSON-LD", Weight: -0.3},
	accountDeclared: {Name: "no full name in metadata", Weight: -0.6},
	accountSigned:   {Name: "no full name in a byline", Weight: -0.6},
	accountLinked:   {Name: "no full name in a link", Weight: -0.9},
	accountUnsigned: {Name: "no full name and no by-word", Weight: -1.3},
	ownNameSeen:     {Name: "publication's name, as a person's or near the title", Weight: -0.4},
	ownNameInJSONLD: {Name: "publication's name in JSON-LD", Weight: -2},
	ownName:         {Name: "publication's name", Weight: -1},
	unconfirmed:     {Name: "nothing on the page confirms it", Weight: -1},

	// The value is the score of the strongest that agrees, 3 at most.
	agreesJSONLD:    {Name: "JSON-LD agrees", Weight: 0.4},
	agreesMeta:      {Name: "a meta element agrees", Weight: 0.4},
	agreesOtherMeta: {Name: "another meta element agrees", Weight: 0.4},
	agreesMarkup:    {Name: "markup agrees", Weight: 0.4},
	agreesLine:      {Name: "a byline agrees", Weight: 0.4},
	agreesDateLine:  {Name: "a name beside a date agrees", Weight: 0.4},
	agreesEnd:       {Name: "a signature agrees", Weight: 0.4},
	agreesAttribute: {Name: "a data attribute agrees", Weight: 0.4},
	agreesPageTitle: {Name: "the page's title element agrees", Weight: 0.4},
}

// agreement is the piece that a claim of a family gives to those it agrees with.
var agreement = map[string]int{
	"jsonld": agreesJSONLD, "meta": agreesMeta, "dom": agreesMarkup, "text": agreesLine, "bare": agreesDateLine, "tail": agreesEnd, "attr": agreesAttribute, "title": agreesPageTitle,
}

// Scores that decide.
const (
	believed     = 1.55 // a claim of less is not believed
	maxAgreement = 3    // the most that a claim of another family counts
)

// values makes evidence of some pieces that hold.
func values(holds ...int) evidence.Values {
	v := make(evidence.Values, pieces)
	for _, p := range holds {
		v[p]++
	}
	return v
}

// add makes a claim.
func (x *reader) add(c claim) {
	if len(x.claims) >= 2*maxClaims {
		return
	}
	c.score = weights.Score(c.own)
	foldKeys(c.names)
	x.claims = append(x.claims, c)
}

// weigh adds to a claim's own evidence what the rest of the page says.
func (x *reader) weigh(i int) evidence.Values {
	c := &x.claims[i]
	v := append(evidence.Values(nil), c.own...)
	full, accounts, own := x.countNames(c.names)
	if c.pos == 0 {
		v[[...]int{unseen, seenElsewhere, seenNearTitle}[x.seenAny(c.names)]]++
	}
	if full == 0 && accounts > 0 {
		v[accountPiece(c)]++
	}
	if full == 0 && own > 0 {
		if p := x.ownNamePiece(c); p >= 0 {
			v[p]++
		}
	}
	confirmed := x.weighAgreement(i, v)
	newsroom := own > 0 && c.news
	v.Set(unconfirmed, c.family == "jsonld" && !confirmed && !newsroom && x.lastN >= 0 && x.seenAny(c.names) == 0)
	return v
}

// countNames counts the names that are full, those that may be accounts, and
// those of the publication itself.
func (x *reader) countNames(names []authorName) (full, accounts, own int) {
	for _, n := range names {
		switch {
		case x.isOwn(n.Name):
			own++
		case n.form == formPerson, n.form == formOrg:
			full++
		default:
			accounts++
		}
	}
	return full, accounts, own
}

// accountPiece is the evidence against a claim without any full name.
func accountPiece(c *claim) int {
	switch {
	case c.pos == 0 && c.family == "jsonld":
		return accountInJSONLD
	case c.pos == 0:
		return accountDeclared
	case c.by, c.from == fromItemprop:
		return accountSigned
	case c.from == fromRel, c.from == fromLink:
		return accountLinked
	}
	return accountUnsigned
}

// ownNamePiece is the evidence against a claim that names the publication; -1 if
// it may sign as a whole.
func (x *reader) ownNamePiece(c *claim) int {
	switch {
	case c.family == "jsonld" && c.news:
		return -1
	case c.family == "jsonld" && (givenName(c.names[0].Name) || x.seen(c.names[0].Name) == 2):
		return ownNameSeen
	case c.family == "jsonld":
		return ownNameInJSONLD
	case c.pos == 0, !c.by:
		return ownName
	}
	return -1
}

// weighAgreement notes the strongest claim of each other family that agrees. It
// reports whether any does.
func (x *reader) weighAgreement(i int, v evidence.Values) bool {
	c := &x.claims[i]
	confirmed := false
	for j := range x.claims {
		o := &x.claims[j]
		if j == i || o.family == c.family && !otherMeta(c, o) || !anySame(c.names, o.names) {
			continue
		}
		confirmed = true
		piece := agreement[o.family]
		if o.family == c.family {
			piece = agreesOtherMeta
		}
		v[piece] = max(v[piece], min(maxAgreement, o.score))
	}
	return confirmed
}

// otherMeta reports whether two claims of meta elements are independent: what a
// page tells link previews comes from another place of its software.
func otherMeta(a, b *claim) bool {
	return a.family == "meta" && (strings.HasPrefix(a.from, "meta:twitter") || strings.HasPrefix(b.from, "meta:twitter"))
}

// decide weighs the claims and takes the strongest.
func (x *reader) decide() (authors []article.Author, byline string, prov article.Provenance) {
	total := make([]float64, len(x.claims))
	best := -1
	for i := range x.claims {
		total[i] = weights.Score(x.weigh(i))
		if best < 0 || total[i] > total[best] {
			best = i
		}
	}
	if best >= 0 && x.claims[best].pos == 0 && x.onlyOrgs(x.claims[best].names) {
		best = x.visiblePerson(best, total)
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
	return authors, x.printedByline(best, names, total), article.Provenance{From: x.claims[best].from, Confidence: min(0.98, 0.45+total[best]/12)}
}

// visiblePerson is the claim to prefer to a publication that declares itself the
// author: the strongest one of a person whom a reader sees.
func (x *reader) visiblePerson(declared int, total []float64) int {
	best := declared
	for i := range x.claims {
		c := &x.claims[i]
		if c.pos == 0 || !x.anyPerson(c.names) || anySame(c.names, x.claims[best].names) || best != declared && total[i] <= total[best] {
			continue
		}
		known := total[i] >= believed-0.3 && givenName(c.names[0].Name) && c.from != fromLink
		if total[i] >= believed+0.8 || known {
			best = i
			total[i] = max(total[i], believed)
		}
	}
	return best
}

// anyPerson reports whether a list names a person in full.
func (x *reader) anyPerson(names []authorName) bool {
	for _, n := range names {
		if n.form == formPerson && n.Kind == "person" && !x.isOwn(n.Name) {
			return true
		}
	}
	return false
}

// onlyOrgs reports whether a list names organizations and nobody else.
func (x *reader) onlyOrgs(names []authorName) bool {
	for _, n := range names {
		if n.Kind == "person" && !x.isOwn(n.Name) {
			return false
		}
	}
	return true
}

// explainClaim adds a claim to the page's explanation.
func (x *reader) explainClaim(i int, total float64, won bool) {
	c := &x.claims[i]
	var names []string
	for _, n := range c.names {
		names = append(names, n.Name)
	}
	why := "another claim is stronger"
	switch {
	case won:
		why = "the strongest claim"
	case total < believed:
		why = "too weak"
	}
	x.AddCandidate(article.Candidate{Field: "authors", Value: strings.Join(names, "; "), From: c.from, Score: total, Won: won, Why: why, Evidence: weights.Explain(x.weigh(i))})
}
