package dates

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A day is a candidate for the publication: all claims of one day.
type day struct {
	n      int // days since 1970
	claims []*claim
	groups int // independent sources

	seen, head float64 // the best rank of its claims: by readers, in metadata
}

// days joins the claims by their days, in the order of time.
func (f *finder) days() []day {
	at := map[int]int{}
	var all []day
	for i := range f.found {
		c := &f.found[i]
		n := c.days()
		k, ok := at[n]
		if !ok {
			k = len(all)
			at[n] = k
			all = append(all, day{n: n})
		}
		all[k].claims = append(all[k].claims, c)
	}
	for i := range all {
		d := &all[i]
		d.groups = countGroups(d.claims)
		for _, c := range d.claims {
			d.seen = max(d.seen, c.rank())
			if c.label != labelUpdated {
				d.head = max(d.head, headRank[c.kind])
			}
		}
	}
	slices.SortFunc(all, func(a, b day) int { return a.n - b.n })
	return all
}

// declared reports whether metadata says that the page was published on the day. Such
// a day may lose to another one, but not to "none".
func (d *day) declared() bool { return d.head > 0 }

// ofOthers reports whether a day is given only beside other stories, far from this
// one.
func (d *day) ofOthers() bool {
	for _, c := range d.claims {
		if !c.ofOther() {
			return false
		}
	}
	return true
}

// ofOther reports whether a claim stands beside another story: away from this one, in
// a frame or section of its own, and without a label; far away, in the card of a story
// or a section of such, a label says nothing.
func (c *claim) ofOther() bool {
	s := &c.seen
	if c.kind.group() != groupPage || s.zone != zoneFar && s.zone != zoneTail || s.clarity() == 1 {
		return false
	}
	return c.label == unlabelled || s.zone == zoneFar && (s.card || s.beside)
}

func countGroups(claims []*claim) int {
	var has [sourceGroups]bool
	n := 0
	for _, c := range claims {
		if g := c.kind.group(); !has[g] {
			has[g] = true
			n++
		}
	}
	return n
}

// A frame is what the page as a whole says of dates: the best days by metadata and by
// what readers see. They are 0 where there is none.
type frame struct {
	head, seen, update int
	confirmed          bool // readers see the day of the head
	timed              bool // the head gives the time of day
}

// frame finds the best day of each sort.
func (f *finder) frame() frame {
	var fr frame
	head, seen, update := 0.0, 0.0, kinds
	for i := range f.found {
		c := &f.found[i]
		switch c.kind.group() {
		case groupPage:
			if w := c.rank(); w > seen {
				seen, fr.seen = w, c.days()
			}
		case groupJSONLD, groupMeta:
			if c.label == labelUpdated {
				if c.kind < update {
					update, fr.update = c.kind, c.days()
				}
			} else if w := headRank[c.kind]; w > head {
				head, fr.head, fr.timed = w, c.days(), c.hasTime()
			}
		}
	}
	for i := range f.found {
		c := &f.found[i]
		if c.days() == fr.head && c.rank() > 0 {
			fr.confirmed = true
		}
	}
	return fr
}

// headRank orders the kinds of metadata: which speaks for all of it.
var headRank = [kinds]float64{jsonldPublished: 8, metaPublished: 7, headMicrodata: 6, jsonldPage: 5, metaCard: 4, metaDate: 3, jsonldVideo: 2, jsonldUploaded: 2, jsonldCreated: 1}

// zoneRank orders the zones by how likely a date there is that of the story.
var zoneRank = [zones]float64{zoneFar: 0.2, zoneHeader: 5, zoneAbove: 4, zoneTail: 3, zoneLead: 2, zoneWithin: 1}

// rank orders what readers see: which date speaks for all of it. It is 0 for what is
// not near the story.
func (c *claim) rank() float64 {
	if c.kind.group() != groupPage || c.label == labelUpdated {
		return 0
	}
	r := zoneRank[c.seen.zone]
	if r <= 2 && c.label == unlabelled && !c.seen.named {
		return 0
	}
	if c.label == labelPublished {
		r += 1.5
	}
	if c.seen.named || c.seen.microdata {
		r++
	}
	return (r + c.seen.share()/2 + c.seen.nearness()/4) * c.seen.clarity()
}

// values are the evidence for the i-th of all days.
func (f *finder) values(all []day, i int, fr frame) evidence.Values {
	d := &all[i]
	v := make(evidence.Values, len(dayNames))
	onlyUTC, onlyUpdated := true, true
	var given [kinds]float64 // how clearly each kind of claims gives the day
	for _, c := range d.claims {
		given[c.kind] = max(given[c.kind], d.add(v, c))
		onlyUTC = onlyUTC && c.inUTC()
		onlyUpdated = onlyUpdated && c.label == labelUpdated
	}
	for k, amount := range given {
		v[dayKinds] += amount
		if piece := dayKind[k]; piece > 0 {
			v[piece] = amount
		}
	}
	v[dayRank], v[dayHeadRank] = d.seen, d.head
	v[dayGroups] = float64(d.groups)
	v[dayClaims] = float64(len(d.claims))
	v.Set(dayOnlyUTC, onlyUTC && v[dayTime] > 0)
	v.Set(dayOnlyUpdated, onlyUpdated)
	for k := range all {
		o := &all[k]
		if k == i {
			continue
		}
		v[dayOtherRank], v[dayOtherHeadRank] = max(v[dayOtherRank], o.seen), max(v[dayOtherHeadRank], o.head)
		v[dayOtherGroups] = max(v[dayOtherGroups], float64(o.groups))
		v[dayOtherClaims] = max(v[dayOtherClaims], float64(len(o.claims)))
		if o.n == d.n-1 || o.n == d.n+1 {
			for _, c := range o.claims {
				v.Set(dayNeighbour, c.label != labelUpdated && c.mayBeOn(d.n))
			}
		}
	}
	v[dayEarlier], v[dayLater], v[dayDays] = float64(i), float64(len(all)-1-i), float64(len(all))
	after := func(piece, none, of int) {
		if of == 0 {
			v[none] = 1
			return
		}
		v[piece] = logDays(d.n - of)
	}
	after(dayAfterHead, dayNoHead, fr.head)
	after(dayAfterSeen, dayNoSeen, fr.seen)
	after(dayAfterUpdate, dayNoUpdate, fr.update)
	v.Set(dayHeadConfirmed, fr.confirmed)
	v.Set(dayHeadTimed, fr.timed)
	v.Set(dayHeadIsUpdate, fr.head != 0 && fr.head == fr.update)
	return v
}

// add adds the evidence of one of the day's claims, and says how clearly its kind gives
// the day: 1 but where readers see it beside something else.
func (d *day) add(v evidence.Values, c *claim) (clear float64) {
	set := func(piece int, x float64) { v[piece] = max(v[piece], x) }
	holds := func(piece int, is bool) {
		if is {
			v[piece] = 1
		}
	}
	holds(dayTime, c.hasTime())
	if c.kind.group() != groupPage {
		if c.label == labelUpdated {
			v[dayUpdated] = 1
			return 0
		}
		return 1
	}
	s := &c.seen
	amount := s.clarity()
	if piece := dayPlace[c.kind-element][c.label][s.zone]; piece > 0 {
		set(piece, amount)
	}
	holds(dayPageUpdated, c.label == labelUpdated)
	if s.zone == zoneFar {
		return amount
	}
	v[dayVisible] += amount
	if s.named {
		set(dayNamed, amount)
	}
	if s.microdata {
		set(dayMicrodata, amount)
	}
	holds(dayBegins, s.begins)
	holds(dayFirst, s.first)
	set(dayWords, amount*s.share())
	set(dayAway, amount*s.nearness())
	return amount
}
