package dates

import (
	_ "embed"
	"math"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// Pieces of evidence for a day: what its claims are, and how it stands to the other
// days of the page. Those of kinds and places that follow are numbered by askedKinds
// and askedPlaces: see dayKind and dayPlace.
const (
	dayUpdated = iota // metadata of an update
	dayPageUpdated
	dayKinds
	dayGroups
	dayClaims
	dayVisible
	dayNamed
	dayMicrodata
	dayBegins
	dayFirst
	dayWords
	dayAway
	dayTime
	dayOnlyUTC
	dayOnlyUpdated
	dayNeighbour
	dayOtherGroups
	dayOtherClaims
	dayEarlier
	dayLater
	dayDays
	dayAfterHead
	dayNoHead
	dayAfterSeen
	dayNoSeen
	dayAfterUpdate
	dayNoUpdate
	dayHeadConfirmed
	dayHeadIsUpdate
	dayHeadTimed
	dayRank
	dayOtherRank
	dayHeadRank
	dayOtherHeadRank
	firstOfKinds
)

// askedKinds are the kinds of claims that are evidence by themselves. Of the others it
// counts how well the sort of them gives a day: headRank.
var askedKinds = []kind{jsonldPublished, jsonldPage, metaPublished, metaDate, addressDate, element, line}

// askedPlaces are the places where readers see a day, by kind and label, that are
// evidence by themselves.
var askedPlaces = []struct {
	kind  kind
	label label
	zones []zone
}{
	{line, unlabelled, []zone{zoneFar, zoneHeader, zoneAbove}},
	{line, labelPublished, []zone{zoneHeader}},
	{line, labelUpdated, []zone{zoneHeader}},
	{element, unlabelled, []zone{zoneHeader}},
	{element, labelPublished, []zone{zoneFar, zoneHeader}},
}

// The pieces of kinds of claims, and of what readers see by kind (from element on),
// label and zone; 0 where it is not asked for.
var (
	dayKind  [kinds]int
	dayPlace [kinds - element][labelOther + 1][zones]int
	dayNames = makeDayNames()
)

func makeDayNames() []string {
	n := make([]string, firstOfKinds)
	for piece, name := range map[int]string{
		dayUpdated:       "metadata says that it is that of an update",
		dayPageUpdated:   "readers are told that it is that of an update",
		dayKinds:         "kinds of place that give the day",
		dayGroups:        "independent sources that give the day",
		dayClaims:        "places that give the day",
		dayVisible:       "places where readers see the day",
		dayNamed:         "class or id names a date",
		dayMicrodata:     "microdata",
		dayBegins:        "a line begins with it",
		dayFirst:         "the first date of a line",
		dayWords:         "share of the date in its line",
		dayAway:          "nearness to the title",
		dayTime:          "time of day",
		dayOnlyUTC:       "time of day in UTC alone",
		dayOnlyUpdated:   "all labels are of an update",
		dayNeighbour:     "times in UTC of other days that may be on it",
		dayOtherGroups:   "independent sources that give another day",
		dayOtherClaims:   "places that give another day",
		dayEarlier:       "earlier days",
		dayLater:         "later days",
		dayDays:          "days that the page gives",
		dayAfterHead:     "days after the publication in metadata",
		dayNoHead:        "no publication in metadata",
		dayAfterSeen:     "days after the best date that readers see",
		dayNoSeen:        "no date that readers see near the story",
		dayAfterUpdate:   "days after the update in metadata",
		dayNoUpdate:      "no update in metadata",
		dayHeadConfirmed: "readers see the publication in metadata",
		dayHeadIsUpdate:  "publication and update in metadata are of one day",
		dayHeadTimed:     "the publication in metadata has a time of day",
		dayRank:          "how well readers see it",
		dayOtherRank:     "how well readers see another day",
		dayHeadRank:      "how well metadata gives it",
		dayOtherHeadRank: "how well metadata gives another day",
	} {
		n[piece] = name
	}
	for _, k := range askedKinds {
		dayKind[k] = len(n)
		n = append(n, kindNames[k])
	}
	labels := [...]string{unlabelled: "", labelPublished: ", labelled as publication", labelUpdated: ", labelled as update"}
	for _, p := range askedPlaces {
		for _, z := range p.zones {
			dayPlace[p.kind-element][p.label][z] = len(n)
			name := "line " + zoneNames[z]
			if p.kind == element {
				name = "marked up as a date, " + zoneNames[z]
			}
			n = append(n, name+labels[p.label])
		}
	}
	return n
}

// Pieces of evidence for a claim: for the time of a day, and for an update.
const (
	claimUpdated = iota
	claimPublished
	claimTime
	claimSeconds
	claimOffset
	claimUTC
	claimSameTime
	claimOtherTimes
	claimEarlier
	claimLater
	claimLikeUpdate
	claimClear
	claimBeside
	claimNamed
	claimMicrodata
	claimFirst
	claimBegins
	claimWords
	claimAway
	claimAfter
	claimInArticle
	claimInPage
	claimInMeta
	claimElement
	claimLine
	claimFar
	claimHeader
	claimPieces
)

var claimNames = []string{
	claimUpdated:    "labelled as update",
	claimPublished:  "labelled as publication",
	claimTime:       "time of day",
	claimSeconds:    "seconds",
	claimOffset:     "offset from UTC",
	claimUTC:        "time in UTC",
	claimSameTime:   "independent sources that give the same time",
	claimOtherTimes: "places that give another time of that day",
	claimEarlier:    "places that give an earlier time",
	claimLater:      "places that give a later time",
	claimLikeUpdate: "places that give the same time as that of an update",
	claimClear:      "readers see it",
	claimBeside:     "in a section, frame or card beside the story",
	claimNamed:      "class or id names a date",
	claimMicrodata:  "microdata",
	claimFirst:      "the first date of its line",
	claimBegins:     "its line begins with it",
	claimWords:      "share of the date in its line",
	claimAway:       "nearness to the title",
	claimAfter:      "days after the publication",
	claimInArticle:  kindNames[jsonldPublished],
	claimInPage:     kindNames[jsonldPage],
	claimInMeta:     kindNames[metaPublished],
	claimElement:    kindNames[element],
	claimLine:       kindNames[line],
	claimFar:        "readers see it " + zoneNames[zoneFar],
	claimHeader:     "readers see it " + zoneNames[zoneHeader],
}

var (
	//go:embed published.model
	publishedData []byte
	//go:embed time.model
	timeData []byte
	//go:embed modified.model
	modifiedData []byte

	publishedModel = evidence.Learned(publishedData, dayNames...)
	timeModel      = evidence.Learned(timeData, claimNames...)
	modifiedModel  = evidence.Learned(modifiedData, claimNames...)
)

// values are the evidence for a claim as such.
func (c *claim) values() evidence.Values {
	v := make(evidence.Values, claimPieces)
	v.Set(claimInArticle, c.kind == jsonldPublished)
	v.Set(claimInPage, c.kind == jsonldPage)
	v.Set(claimInMeta, c.kind == metaPublished)
	v.Set(claimElement, c.kind == element)
	v.Set(claimLine, c.kind == line)
	v.Set(claimUpdated, c.label == labelUpdated)
	v.Set(claimPublished, c.label == labelPublished)
	v.Set(claimTime, c.hasTime())
	v.Set(claimSeconds, c.clock == toSecond)
	v.Set(claimOffset, c.offset != "")
	v.Set(claimUTC, c.inUTC())
	if c.kind.group() == groupPage {
		s := &c.seen
		v[claimClear] = s.clarity()
		v.Set(claimBeside, s.clarity() < 1)
		v.Set(claimNamed, s.named)
		v.Set(claimMicrodata, s.microdata)
		v.Set(claimFirst, s.first)
		v.Set(claimBegins, s.begins)
		v[claimWords] = s.share()
		v[claimAway] = s.nearness()
		v.Set(claimFar, s.zone == zoneFar)
		v.Set(claimHeader, s.zone == zoneHeader)
	}
	return v
}

// share is how much of its line a date is.
func (s *sight) share() float64 { return 3 / float64(3+max(s.words, 0)) }

// nearness is 1 at the title, and less further away.
func (s *sight) nearness() float64 {
	return 1 / (1 + math.Abs(float64(s.away))/20)
}

// logDays puts a difference in days on a scale on which the first ones count most.
func logDays(days int) float64 {
	return math.Copysign(math.Log2(1+math.Abs(float64(days))), float64(days))
}
