package byline

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

const story = `<p>The ferry came in at noon and left again an hour later, with all of its cars and most of its passengers.</p>
	<p>Nobody on the pier had seen the ferry for three weeks, and the line of cars reached back to the church.</p>
	<p>The ferry company did not say when the second ship will be repaired, nor who pays for the repair of the pier.</p>`

// storyPage is a page, and the blocks of its body.
func storyPage(t testing.TB, source string) (*doc.Page, block.Kept) {
	t.Helper()
	p := doctest.Page(t, source)
	return p, doctest.Kept(p, func(b *block.Block) bool { return b.Words > 8 && strings.Contains(b.Text, "ferry") })
}

// ldOf is JSON-LD of the story with an author as given.
func ldOf(kind, author string) string {
	return `<script type="application/ld+json">{"@type":"` + kind + `","headline":"The ferry is back","author":` + author + `}</script>`
}

// TestEvidence has a page for each piece of evidence, with a name that has it.
func TestEvidence(t *testing.T) {
	const person = `{"@type":"Person","name":"Jane Doe"}`
	const site = `<meta property="og:site_name" content="Harbour Shop">`
	empty := strings.Repeat("<p><b></b></p>", 90)
	const signed = `<p class="byline">By Jane Doe</p>`
	pages := map[int]struct{ head, above, top, within, end string }{
		inJSONLD:             {head: ldOf("NewsArticle", person)},
		newsInJSONLD:         {head: ldOf("NewsArticle", person)},
		organizationInJSONLD: {head: ldOf("NewsArticle", `{"@type":"Organization","name":"Harbour Society"}`)},
		pageInJSONLD:         {head: ldOf("NewsArticle", `{"@type":"Person","name":"Jane Doe","url":"/jane"}`)},
		otherObject:          {head: `<script type="application/ld+json">{"@type":"WebPage","author":"Jane Doe"}</script>`},
		inMeta:               {head: `<meta name="parsely-author" content="Jane Doe">`},
		inAuthorMeta:         {head: `<meta name="author" content="Jane Doe">`},
		inLabelledMeta:       {head: `<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">`},
		itempropAuthor:       {top: `<span itemprop="author">Jane Doe</span>`},
		relAuthor:            {top: `<a rel="author" href="/x">Jane Doe</a>`},
		authorLink:           {top: `<a href="/author/jane">Jane Doe</a>`},
		memberLink:           {top: `<a href="/staff/jane">Jane Doe</a>`},
		bylineClass:          {top: `<p class="byline">Jane Doe</p>`},
		authorClass:          {top: `<p class="author">Jane Doe</p>`},
		nameClass:            {top: `<p class="author-name">Jane Doe</p>`},
		elementAfterBy:       {top: `<p class="byline">By Jane Doe</p>`},
		byLine:               {top: `<p>By Jane Doe</p>`},
		byLineAbove:          {top: `<p>Written by</p><p>Jane Doe</p>`},
		byWithin:             {top: `<p>3 May 2024 by Jane Doe</p>`},
		agencyLine:           {top: `<p>Reuters</p>`},
		besideDate:           {top: `<p>Jane Doe</p><p>3 May 2024</p>`},
		dateNearness:         {top: `<p>Jane Doe</p><p>3 May 2024</p>`},
		signature:            {end: `<p><em>Jane Doe</em></p>`},
		styledLine:           {end: `<p><em>Jane Doe</em></p>`},
		nearTitle:            {top: `<p class="byline">By Jane Doe</p>`},
		farAway:              {end: empty + `<p class="byline">By Jane Doe</p>`},
		inSidebar:            {top: `<div class="sidebar"><p class="byline">By Jane Doe</p></div>`},
		seenNearTitle:        {head: ldOf("NewsArticle", person), top: `<p>Jane Doe</p>`},
		commonGivenName:      {top: `<p class="byline">By Jane Doe</p>`},
		personShape:          {top: `<p class="byline">By Jane Doe</p>`},
		singleWord:           {top: `<p class="byline">By Jane</p>`},
		agencyName:           {top: `<p class="byline">By Reuters</p>`},
		officeWords:          {top: `<p class="byline">By Ledger Staff</p>`},
		ownName:              {head: site + `<meta name="author" content="Harbour Shop">`},
		partOfOwnName:        {head: site + `<meta name="author" content="Harbour Shop">`},
		hasRole:              {top: `<p class="byline">By Jane Doe, senior reporter</p>`},
		hasEmail:             {top: `<p class="byline">By Jane Doe, jane@ledger.example</p>`},
		siteIsPerson:         {head: `<meta property="og:site_name" content="Jane Doe"><meta name="author" content="Jane Doe">`},
		otherWork:            {top: `<p class="byline">By Jane Doe</p>`, end: `<p>Fact-checked by Jane Doe</p>`},
		inCaptions:           {top: `<p class="byline">By Jane Doe</p>`, within: `<figure><img src="/a.jpg"><figcaption>The ferry, seen by Jane Doe</figcaption></figure>`},
		newsroomAlone:        {head: ldOf("NewsArticle", `{"@type":"Organization","name":"Harbour Society"}`)},
		addressHasName:       {top: `<a href="/author/jane-doe">Jane Doe</a>`},
		companionKinds:       {top: `<p class="byline">By Jane Doe and Robert Roe</p>`},
		looseInList:          {top: `<div class="byline"><span>Jane Doe</span> <span>Robert Roe</span></div>`},
		rivalInJSONLD:        {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		rivalInMarkup:        {head: ldOf("NewsArticle", person), top: `<p class="byline">By Robert Roe</p>`},

		// As the lists of evidence had them before they were weighed by a model.
		longLine:      {top: `<p>By Jane Doe, Robert Roe, Anna Muster, Jan Beispiel, Eva Probe, Kari Nordmann, Ola Hansen, Luc Martin</p>`},
		lastLine:      {end: `<p><em>Jane Doe</em></p>`},
		lineAtTop:     {top: `<p>By Jane Doe</p>`},
		lineAtEnd:     {end: `<p>By Jane Doe</p>`},
		inFooterClass: {end: `<div class="footer">` + signed + `</div>`},
		seenOnPage:    {head: ldOf("NewsArticle", person), end: strings.Repeat("<p>A wide sea.</p>", 20) + `<p>Jane Doe sails.</p>`},

		belowTitle:        {top: signed},
		aboveTitle:        {above: signed},
		beforeFirst:       {top: signed},
		behindLast:        {end: signed},
		printedWords:      {top: signed},
		namesInList:       {top: signed},
		placeInList:       {top: `<p class="byline">By Jane Doe and Robert Roe</p>`},
		firstInJSONLD:     {head: ldOf("NewsArticle", person)},
		refersInJSONLD:    {head: `<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"The ferry is back","author":{"@id":"#jd"}},{"@type":"Person","@id":"#jd","name":"Jane Doe"}]}</script>`},
		membersInJSONLD:   {head: ldOf("NewsArticle", person)},
		organizationShape: {top: `<p class="byline">By Reuters</p>`},
		nameWords:         {top: signed},
		nameLetters:       {top: signed},
		initials:          {top: `<p class="byline">By Jane D. Doe</p>`},
		inCapitals:        {top: `<p class="byline">By JANE DOE</p>`},
		wordsOfTitle:      {head: `<meta name="author" content="The Ferry">`},
		kindsOfPlaces:     {top: signed},
		places:            {top: signed},
		twoMetas:          {head: `<meta name="author" content="Jane Doe"><meta name="parsely-author" content="Jane Doe">`},
		seenInStory:       {top: signed, within: `<p>The ferry that Jane Doe took on the first day was full to the last seat, and stayed so.</p>`},
		othersNamed:       {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		otherPersons:      {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		rivalInMeta:       {head: `<meta name="author" content="Robert Roe">`, top: `<p>By Jane Doe</p>`},
		rivalInLine:       {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		rivalKinds:        {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		strength:          {top: signed},
		rivalStrength:     {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		rivalPerson:       {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
		companionStrength: {top: `<p class="byline">By Jane Doe and Robert Roe</p>`},
		rank:              {head: ldOf("NewsArticle", person), top: `<p>By Robert Roe</p>`},
	}
	has := func(t *testing.T, piece int, head, above, top, within, end string) bool {
		title := above + "<h1>The ferry is back</h1>"
		if above == "-" {
			title = ""
		}
		paragraphs := strings.SplitAfterN(story, "</p>", 2)
		p, kept := storyPage(t, `<html><head>`+head+`</head><body>`+title+top+`<div>`+paragraphs[0]+within+paragraphs[1]+`</div>`+end+`</body></html>`)
		p.Explanation = &article.Explanation{}
		Find(p, "The ferry is back", kept)
		return slices.ContainsFunc(p.Explanation.Fields, func(c article.Candidate) bool {
			return slices.ContainsFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == pieceNames[piece] && e.Value != 0 })
		})
	}
	for piece, name := range pieceNames {
		tc, ok := pages[piece]
		if !ok {
			t.Errorf("no page for %q", name)
			continue
		}
		if !has(t, piece, tc.head, tc.above, tc.top, tc.within, tc.end) {
			t.Errorf("%q: no name has this evidence", name)
		}
		if has(t, piece, "", "", "<p>A wide sea.</p>", "", "") {
			t.Errorf("%q: a page without authors has this evidence", name)
		}
	}
}

// TestPieces: each piece has a name of its own, and the model knows them all.
func TestPieces(t *testing.T) {
	seen := map[string]bool{}
	for k, name := range pieceNames {
		if name == "" || seen[name] {
			t.Errorf("piece %d: bad or repeated name %q", k, name)
		}
		seen[name] = true
	}
	unknown, vain, err := evidence.Missing(modelData, pieceNames[:]...)
	if err != nil || len(unknown)+len(vain) > 0 {
		t.Errorf("the model does not know %q, and knows %q in vain (%v): train it anew", unknown, vain, err)
	}
}
