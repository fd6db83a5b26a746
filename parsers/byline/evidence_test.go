package byline

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
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

// TestEvidence has a page for each piece of evidence, with a claim that has it.
func TestEvidence(t *testing.T) {
	const person = `{"@type":"Person","name":"Jane Doe"}`
	const site = `<meta property="og:site_name" content="Harbour Shop">`
	empty := strings.Repeat("<p><b></b></p>", 90)
	pages := map[int]struct{ head, above, top, within, end string }{
		inJSONLD:             {head: ldOf("NewsArticle", person)},
		organizationInJSONLD: {head: ldOf("NewsArticle", `{"@type":"Organization","name":"Harbour Society"}`)},
		otherObject:          {head: `<script type="application/ld+json">{"@type":"WebPage","author":"Jane Doe"}</script>`},
		inMeta:               {head: `<meta name="parsely-author" content="Jane Doe">`},
		inAuthorMeta:         {head: `<meta name="author" content="Jane Doe">`},
		inLabelledMeta:       {head: `<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">`},
		inPageTitle:          {head: `<title>The ferry is back | by Jane Doe | Ledger</title>`},
		inDataAttribute:      {top: `<div data-author="Jane Doe"></div>`},

		itempropAuthor: {top: `<span itemprop="author">Jane Doe</span>`},
		relAuthor:      {top: `<a rel="author" href="/x">Jane Doe</a>`},
		authorLink:     {top: `<a href="/author/jane">Jane Doe</a>`},
		memberLink:     {top: `<a href="/staff/jane">Jane Doe</a>`},
		bylineClass:    {top: `<p class="byline">Jane Doe</p>`},
		authorClass:    {top: `<p class="author">Jane Doe</p>`},
		nameClass:      {top: `<p class="author-name">Jane Doe</p>`},
		proseClass:     {top: `<div class="author author-bio">Jane Doe</div>`},
		othersClass:    {top: `<p class="byline byline-card">Jane Doe</p>`},
		longText:       {top: `<div class="byline">By Jane Doe<br>` + strings.Repeat("She sails on lakes. ", 30) + `</div>`},
		accountName:    {top: `<a class="author-name" href="/x">jane doe</a>`},
		elementAfterBy: {top: `<p class="byline">By Jane Doe</p>`},

		byLine:              {top: `<p>By Jane Doe</p>`},
		byLineAbove:         {top: `<p>Written by</p><p>Jane Doe</p>`},
		byWithin:            {top: `<p>3 May 2024 by Jane Doe</p>`},
		ambiguousBy:         {top: `<p>De Jane Doe</p>`},
		headingWithBy:       {top: `<h3>By Jane Doe</h3>`},
		sentence:            {top: `<p>By Jane Doe, who sails on all of the lakes.</p>`},
		longLine:            {top: `<p>By Jane Doe, Robert Roe, Anna Muster, Jan Beispiel, Eva Probe, Kari Nordmann, Ola Hansen, Luc Martin</p>`},
		ambiguousAtEnd:      {end: `<p>Par Jeanne Dupont</p>`},
		linkInList:          {end: `<ul><li><a href="/y">By Jane Doe</a></li></ul>`},
		captionLine:         {top: `<div class="caption">By Jane Doe</div>`},
		partialNames:        {top: `<p>By Jane</p>`},
		agencyLine:          {top: `<p>Reuters</p>`},
		besideDate:          {top: `<p>Jane Doe</p><p>3 May 2024</p>`},
		withDate:            {top: `<p>Jane Doe · 3 May 2024</p>`},
		besideDateGivenName: {top: `<p>Jane Doe</p><p>3 May 2024</p>`},
		signature:           {end: `<p><em>Jane Doe</em></p>`},
		rightAligned:        {end: `<p align="right">Jane Doe</p>`},
		partialSignature:    {end: `<p><em>Jane</em></p>`},
		noGivenName:         {end: `<p><em>Xandor Doe</em></p>`},
		signatureHeading:    {end: `<h4><em>Jane Doe</em></h4>`},
		earlySignature:      {within: strings.Repeat("<p>A wide sea.</p>", 20) + `<p align="right">Jane Doe</p>`},
		lastLine:            {end: `<p><em>Jane Doe</em></p>`},
		endingBrackets:      {end: `<p>The ferry will sail again in June, ` + strings.Repeat("as it did in each of the years before, ", 4) + `he said. (Jane Doe)</p>`},

		lineAtTop:     {top: `<p>By Jane Doe</p>`},
		lineAtEnd:     {end: `<p>By Jane Doe</p>`},
		nearTitle:     {top: `<p class="byline">By Jane Doe</p>`},
		beforeText:    {above: "-", top: `<p class="byline">By Jane Doe</p>`},
		withinText:    {within: empty + `<p class="byline">By Jane Doe</p>` + empty},
		afterText:     {end: strings.Repeat("<p><b></b></p>", 40) + `<p class="byline">By Jane Doe</p>`},
		farAway:       {end: empty + `<p class="byline">By Jane Doe</p>`},
		inComments:    {end: `<div class="comments"><p class="byline">By Jane Doe</p></div>`},
		amongRelated:  {end: `<div class="related-posts"><p class="byline">By Jane Doe</p></div>`},
		inSidebar:     {top: `<div class="sidebar"><p class="byline">By Jane Doe</p></div>`},
		inFooterClass: {end: `<div class="footer"><p class="byline">By Jane Doe</p></div>`},
		inPageFooter:  {end: `<footer><p class="byline">By Jane Doe</p></footer>`},
		inCard:        {end: empty + `<a href="/y"><div><h3>Another story</h3><p class="byline">By Jane Doe</p></div></a>`},

		unseen:          {head: ldOf("NewsArticle", person)},
		seenElsewhere:   {head: ldOf("NewsArticle", person), end: strings.Repeat("<p>A wide sea.</p>", 20) + `<p>Jane Doe sails.</p>`},
		seenNearTitle:   {head: ldOf("NewsArticle", person), top: `<p>Jane Doe</p>`},
		accountInJSONLD: {head: ldOf("NewsArticle", `"jdoe77"`)},
		accountDeclared: {head: `<meta name="author" content="jdoe77">`},
		accountSigned:   {top: `<p class="byline">By Jane</p>`},
		accountLinked:   {top: `<a rel="author" href="/x">Jane</a>`},
		accountUnsigned: {top: `<p class="byline">Jane</p>`},
		ownNameSeen:     {head: site + ldOf("BlogPosting", `"Harbour Shop"`), top: `<p>Harbour Shop</p>`},
		ownNameInJSONLD: {head: site + ldOf("BlogPosting", `"Harbour Shop"`)},
		ownName:         {head: site + `<meta name="author" content="Harbour Shop">`},
		unconfirmed:     {head: ldOf("NewsArticle", person)},
		agreesJSONLD:    {head: ldOf("NewsArticle", person), top: `<p>By Jane Doe</p>`},
		agreesMeta:      {head: `<meta name="author" content="Jane Doe">`, top: `<p>By Jane Doe</p>`},
		agreesOtherMeta: {head: `<meta name="author" content="Jane Doe"><meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">`},
		agreesMarkup:    {head: `<meta name="author" content="Jane Doe">`, top: `<p class="byline">Jane Doe</p>`},
		agreesLine:      {head: `<meta name="author" content="Jane Doe">`, top: `<p>By Jane Doe</p>`},
		agreesDateLine:  {head: `<meta name="author" content="Jane Doe">`, top: `<p>Jane Doe · 3 May 2024</p>`},
		agreesEnd:       {head: `<meta name="author" content="Jane Doe">`, end: `<p><em>Jane Doe</em></p>`},
		agreesAttribute: {head: `<meta name="author" content="Jane Doe">`, top: `<div data-author="Jane Doe"></div>`},
		agreesPageTitle: {head: `<title>The ferry is back | by Jane Doe | Ledger</title><meta name="author" content="Jane Doe">`},
	}
	has := func(t *testing.T, head, above, top, within, end, name string) bool {
		title := "<h1>The ferry is back</h1>"
		if above != "" {
			title = ""
		}
		paragraphs := strings.SplitAfterN(story, "</p>", 2)
		p, kept := storyPage(t, `<html><head>`+head+`</head><body>`+title+top+`<div>`+paragraphs[0]+within+paragraphs[1]+`</div>`+end+`</body></html>`)
		p.Explanation = &article.Explanation{}
		Find(p, "The ferry is back", kept)
		return slices.ContainsFunc(p.Explanation.Fields, func(c article.Candidate) bool {
			return slices.ContainsFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == name })
		})
	}
	for piece, row := range weights {
		tc, ok := pages[piece]
		if !ok {
			t.Errorf("no page for %q", row.Name)
			continue
		}
		if !has(t, tc.head, tc.above, tc.top, tc.within, tc.end, row.Name) {
			t.Errorf("%q: no claim has this evidence", row.Name)
		}
		if has(t, "", "", "<p>A wide sea.</p>", "", "", row.Name) {
			t.Errorf("%q: a page without authors has this evidence", row.Name)
		}
	}
}

// TestWeights: each piece has a name of its own and counts.
func TestWeights(t *testing.T) {
	seen := map[string]bool{}
	if len(weights) != pieces {
		t.Fatalf("%d rows for %d pieces", len(weights), pieces)
	}
	for _, row := range weights {
		if row.Name == "" || row.Weight == 0 || seen[row.Name] {
			t.Errorf("bad or repeated row %+v", row)
		}
		seen[row.Name] = true
	}
}
