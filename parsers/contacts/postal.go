package contacts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// findPostal finds the postal addresses, in the page's frame and beside other items.
func (r *contactReader) findPostal() {
	rows := r.addressRows()
	taken := r.takenSpans()
	model := r.page.Model("contact addresses", addressModel)
	for _, blocks := range rows {
		if r.ranges > maxPageRanges {
			break
		}
		row := r.readRow(blocks)
		ps := row.parts(taken)
		findKinds(ps, row.place)
		for _, a := range r.bestRanges(ps, row, model) {
			r.addItem(contactItem{p: a.address.first, start: a.address.start, end: a.address.end, last: a.address.last.n, kind: itemAddress, address: a.address, sure: model.Confidence(a.score)})
		}
	}
}

// bestRanges are the ranges of a row's pieces that count as addresses. Of those that
// share pieces it is the one that the model says most for.
func (r *contactReader) bestRanges(ps []addressPart, row addressRow, model *evidence.Model) (best []addressRange) {
	var won []addressRange
	all := addressRanges(ps, row.place)
	slices.SortStableFunc(all, func(a, b addressRange) int { return a.from - b.from })
	of, end := "", 0
	var place evidence.Values // of the range before
	for i, a := range all {
		if a.from >= end { // it shares no piece with those before
			of = fmt.Sprintf("%d:%d", a.address.first.n, a.from)
		}
		end = max(end, a.to)
		if r.ranges++; r.ranges > maxPageRanges {
			break
		}
		v := make(evidence.Values, numAddressPieces)
		if i == 0 || a.address.first != all[i-1].address.first || a.address.start != all[i-1].address.start {
			place = make(evidence.Values, numPlacePieces)
			r.placeValues(place, a.address.first, a.address.start, false)
		}
		copy(v, place)
		addressValues(v, ps, &a, row.place)
		v.Set(onlyTail, row.tail)
		a.score = model.Score(v)
		// The form of East Asian addresses says enough where contacts stand.
		a.sure = a.asRead && a.to == a.from+1 && ps[a.from].is(pieceWhole) && (row.place.framed || a.labelled)
		if r.counts(candidate{field: "contact addresses", value: a.address.raw, p: a.address.first, of: of, sure: a.sure}, model, v) {
			won = append(won, a)
		}
	}
	slices.SortStableFunc(won, func(a, b addressRange) int {
		return cmp.Or(cmp.Compare(flag(b.sure), flag(a.sure)), cmp.Compare(b.score, a.score))
	})
	for _, a := range won {
		if !slices.ContainsFunc(best, func(b addressRange) bool { return a.from < b.to && b.from < a.to }) {
			a.address.country = countryOf(a.address.raw) // most ranges lose, and it takes long to say
			best = append(best, a)
		}
	}
	return best
}

// takenSpans are the places of passages whose text is another item.
func (r *contactReader) takenSpans() map[*passage][][2]int {
	taken := map[*passage][][2]int{}
	for _, it := range r.items {
		if !it.linked {
			taken[it.p] = append(taken[it.p], [2]int{it.start, it.end})
		}
	}
	for _, spans := range taken {
		slices.SortStableFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	}
	return taken
}

// An addressRow is the passages of a row of blocks that may hold addresses.
type addressRow struct {
	passages []*passage
	place    addressPlace
	tail     bool // that it is below the story is all that its place says
}

// readRow gathers the passages of a row of blocks, and says what their place says
// of them.
func (r *contactReader) readRow(blocks []*block.Block) addressRow {
	row := addressRow{tail: true}
	for _, b := range blocks {
		for p := r.byBlock[b.N]; p != nil; p = p.next {
			framed, below := r.framed(p), r.tail(b)
			row.place.framed = row.place.framed || framed || below
			row.place.marked = row.place.marked || r.isMarked(b)
			row.place.close = row.place.close || r.near[b.N] && !p.story || r.all
			row.tail = row.tail && below && !framed
			row.passages = append(row.passages, p)
		}
	}
	return row
}

// parts cuts the row into pieces, whose kinds are left open.
func (row addressRow) parts(taken map[*passage][][2]int) (ps []addressPart) {
	ps = make([]addressPart, 0, 2*len(row.passages))
	for _, p := range row.passages {
		ps = p.appendParts(ps, taken[p])
	}
	return ps
}

// addressRows are the rows of blocks that may hold addresses, whose lines may be
// elements of their own. Their passages are read.
func (r *contactReader) addressRows() (rows [][]*block.Block) {
	const around = 3 // blocks before and behind one that may hold an address
	blocks := r.page.Blocks
	last, lines := -10, 0
	want := newWantedNodes(r.page)
	for i, b := range blocks {
		if lines > maxLines {
			break
		}
		if !r.mayHoldAddress(b) {
			continue
		}
		for j := max(0, last+1, i-around); j <= min(len(blocks)-1, i+around); j++ {
			if j != i && !r.mayBeLine(blocks[j]) {
				if j > i {
					break
				}
				continue
			}
			if j > last+1 || len(rows) == 0 {
				rows = append(rows, nil)
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], blocks[j])
			last = j
			lines++
			want.add(blocks[j].Elem)
		}
	}
	r.read(want.elems)
	return rows
}

// mayBeLine reports whether a block may be a line of an address beside it.
func (r *contactReader) mayBeLine(b *block.Block) bool {
	return b.Words <= 12 && b.Flags&block.InHidden == 0 && !r.aroundStory(b)
}

// mayHoldAddress is the cheap question whether a block may hold an address.
func (r *contactReader) mayHoldAddress(b *block.Block) bool {
	if len(b.Text) > 3000 || b.Flags&block.InHidden != 0 || r.aroundStory(b) || r.ofReaders(b) {
		return false
	}
	framed := r.framedBlock(b)
	colon := text.ColonIn(b.Text)
	switch {
	case !framed && colon < 0 && !r.isMarked(b):
		return false
	case framed && b.Words > 1 && hasNumber(b.Text), r.near[b.N] && strings.Contains(b.Text, ","):
		return true
	case colon > 0 && colon < 200:
		return addressLabel.MatchString(b.Text[strings.LastIndexAny(b.Text[:colon], ".|,")+1 : colon])
	}
	return framed && (isList(b) || r.labelledLine(b))
}

// labelledLine reports whether the first line of a block that has more is a label for
// addresses.
func (r *contactReader) labelledLine(b *block.Block) bool {
	p := r.byBlock[b.N]
	if p != nil {
		line, _, more := strings.Cut(p.text, "\n")
		return more && len(line) < 40 && mayBeLabel(line) && addressLabel.MatchString(line)
	}
	word, _, more := strings.Cut(b.Text, " ")
	return more && b.BoldBytes > 0 && b.Words < 20 && mayBeLabel(word) && addressLabel.MatchString(word)
}

// ofReaders reports whether a block is a reader's comment, or in a dialog about
// consent.
func (r *contactReader) ofReaders(b *block.Block) bool {
	return r.page.Elems[b.Elem].PathHints&(block.HintComment|block.HintConsent) != 0
}

// isList reports whether a block is a few words between commas.
func isList(b *block.Block) bool {
	return b.Words >= 6 && b.Words < 40 && strings.Count(b.Text, ",") >= 3
}

// hasNumber reports whether a text has a number that is no year.
func hasNumber(s string) bool {
	for i := 0; i < len(s); i++ {
		if !text.IsDigit(s[i]) {
			continue
		}
		end := i
		for end < len(s) && text.IsDigit(s[end]) {
			end++
		}
		if end-i != 4 || s[i:i+2] != "20" && s[i:i+2] != "19" {
			return true
		}
		i = end
	}
	return false
}
