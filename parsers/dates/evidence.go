package dates

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// Pieces of evidence for a date: what kind of place gives it.
const (
	// Metadata and the address, which need no position on the page.
	jsonldPublished = iota
	jsonldPublishedLower
	jsonldCreated
	jsonldUploaded
	jsonldModified
	jsonldModifiedLower
	jsonldVideo
	jsonldPagePublished
	jsonldPageModified
	metaPublished
	metaDate
	metaUpdated
	metaCard
	headMicrodata
	addressDate
	addressNumber
	scriptMember
	scriptOfPage

	// Elements.
	microdata
	noTimeElement
	elementOutside
	elementInCard

	// Lines.
	lineOfDate
	leadBegins
	lineOfWords
	lineOfProse
	laterInLine
	lineInBars
	lineInBarsNear
	lineOutside
	lineInCard
	lineInCardAbove
	lineInCardLabelled

	sameDay

	perZone // the first of those that have a row for each zone
)

const (
	markedUp          = perZone + iota*int(zones) // + zone
	markedUpPublished                             // + zone
	lineIn                                        // + zone
	lineLabelled                                  // + zone
	lineNamed                                     // + zone
	pieces
)

// weights has a row for each piece. A discount takes a share off the sum of the
// pieces before it: that sum is its value, the share its weight.
var weights = []struct {
	piece  int
	name   string
	weight float64
}{
	{jsonldPublished, "JSON-LD of the article: datePublished", 5},
	{jsonldPublishedLower, "JSON-LD of the article: datepublished", 4},
	{jsonldCreated, "JSON-LD of the article: dateCreated", 2},
	{jsonldUploaded, "JSON-LD of the article: uploadDate", 1.6},
	{jsonldModified, "JSON-LD of the article: dateModified", 5},
	{jsonldModifiedLower, "JSON-LD of the article: datemodified", 4},
	{jsonldVideo, "JSON-LD of a video", 2.5},
	{jsonldPagePublished, "JSON-LD of the page: datePublished", 3.2},
	{jsonldPageModified, "JSON-LD of the page: dateModified", 3},
	{metaPublished, "meta element for publication", 4.5},
	{metaDate, "meta element for any date", 2.8},
	{metaUpdated, "meta element for updates", 4},
	{metaCard, "meta element of a Twitter card, labelled", 3},
	{headMicrodata, "microdata in the head", 4},
	{addressDate, "date in the page's address", 2.2},
	{addressNumber, "long number in the page's address that begins like a date", 1.2},
	{scriptMember, "member of script data", 1.3},
	{scriptOfPage, "near the page's own name in script data", 0.9},

	{microdata, "microdata", 0.5},
	{noTimeElement, "neither a time element nor microdata", -0.6},
	{elementOutside, "discount: element in a section beside the story", -0.65},
	{elementInCard, "discount: element in a link around blocks", -0.6},

	{lineOfDate, "line with hardly more than the date", 0.5},
	{leadBegins, "first words of the story's opening", 0.5},
	{lineOfWords, "line with more than 10 other words", -0.5},
	{lineOfProse, "line with more than 22 other words, or within the story's opening", -1.2},
	{laterInLine, "not the first date of its line, without a label", -0.8},
	{lineInBars, "discount: line in navigation, footer, aside or form", -0.6},
	{lineInBarsNear, "discount: line in navigation, footer, aside or form near the title", -0.4},
	{lineOutside, "discount: line in a section beside the story", -0.6},
	{lineInCard, "discount: line in the card of another story", -0.7},
	{lineInCardAbove, "discount: line in the card of another story, above the title", -0.4},
	{lineInCardLabelled, "discount: labelled line in the card of another story", -0.55},

	{sameDay, "other kinds of source give the same day", 1},
}

// zoneWeights has the weights of the pieces that depend on the zone. Zones that are
// not named give no evidence.
var zoneWeights = []struct {
	piece   int
	name    string
	weights [zones]float64
}{
	{markedUp, "marked up as a date, ", [zones]float64{zoneFar: 1, zoneHeader: 3, zoneAbove: 2.6, zoneWithin: 1, zoneTail: 1.6}},
	{markedUpPublished, "marked up as published, ", [zones]float64{zoneFar: 0.4, zoneHeader: 0.9, zoneAbove: 0.9, zoneWithin: 0.4, zoneTail: 0.8}},
	{lineIn, "line ", [zones]float64{zoneHeader: 2.4, zoneAbove: 1.9, zoneLead: 0.9, zoneTail: 0.9}},
	{lineLabelled, "label says published or updated, line ", [zones]float64{zoneFar: 1.2, zoneHeader: 1, zoneAbove: 1.1, zoneLead: 0.6, zoneWithin: 0.8, zoneTail: 1.6}},
	{lineNamed, "class or id names a date, line ", [zones]float64{zoneFar: 0.5, zoneHeader: 0.5, zoneAbove: 0.6, zoneLead: 0.6, zoneWithin: 0.2, zoneTail: 0.6}},
}

var table = makeTable()

func makeTable() evidence.Table {
	t := make(evidence.Table, pieces)
	for _, row := range weights {
		t[row.piece] = evidence.Piece{Name: row.name, Weight: row.weight}
	}
	for _, row := range zoneWeights {
		for z, w := range row.weights {
			t[row.piece+z] = evidence.Piece{Name: row.name + zoneNames[z], Weight: w}
		}
	}
	return t
}

// A weight is the sum of the evidence for a candidate.
type weight struct {
	sum    float64
	values evidence.Values // of the pieces; nil unless somebody asks for an explanation
}

// add adds a piece to the sum.
func (w *weight) add(piece int) { w.addValue(piece, 1) }

func (w *weight) addValue(piece int, value float64) {
	w.sum += value * table[piece].Weight
	if w.values != nil {
		w.values[piece] += value
	}
}

// discount takes the share of a piece off the sum.
func (w *weight) discount(piece int) { w.addValue(piece, w.sum) }

// explain adds the candidates and their evidence to the page's explanation. The day
// with the highest score is that of publication.
func (f *finder) explain(published, modified *candidate) {
	for i := range f.found {
		c := &f.found[i]
		e := article.Candidate{Field: "published", Value: c.String(), From: c.from}
		w := c.weight // a copy: the sum is still needed for other candidates
		switch {
		case c.label == labelUpdated && published == c:
			e.Won, e.Why = true, "the only visible date near the story"
		case c.label == labelUpdated:
			e.Field, e.Won = "modified", c == modified
		default:
			e.Won = c == published
			e.Why = whyPublished(c, published)
			w.addValue(sameDay, f.agreement(c.days()))
		}
		e.Score, e.Evidence = w.sum, table.Explain(w.values)
		f.page.AddCandidate(e)
	}
}

// whyPublished says why a candidate is the date of publication or not.
func whyPublished(c, published *candidate) string {
	switch {
	case c == published:
		return "best source of the best supported day"
	case published == nil:
		return "too little evidence"
	case c.days() == published.days():
		return "same day, but weaker or without a time"
	}
	return "another day is better supported, or precedes a relaunch"
}
