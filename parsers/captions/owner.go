package captions

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// weighOwner says what the text of a credit looks like.
// It is the same wherever the credit stands, and is read once.
func (f *finder) weighOwner(owner string, v evidence.Values) {
	known, again := f.owners[owner]
	if !again {
		known = make(evidence.Values, numCreditPieces)
		f.readOwner(owner, known)
		f.owners[owner] = known
	}
	copy(v[strangeWords:onlyAgencies+1], known[strangeWords:onlyAgencies+1])
}

func (f *finder) readOwner(owner string, v evidence.Values) {
	parts := credit.Parts(owner)
	v[strangeWords] = float64(credit.Strange(owner))
	v[ownerWords] = float64(block.CountWords(owner))
	v[ownerParts] = float64(len(parts))
	v[agencyParts] = float64(credit.Agencies(parts))
	v.Set(onlyAgencies, len(parts) > 0 && v[agencyParts] == v[ownerParts])
	for _, part := range parts {
		v.Set(personParts, credit.PersonLike(part))
	}
	v.Set(readsAsCredit, credit.Reads(owner))
	for w := range strings.FieldsSeq(owner) {
		if w = strings.Trim(w, ".,/()"); len(w) == 4 && (w[:2] == "20" || w[:2] == "19") {
			v[ownerDigits] -= 4 // a year
		}
	}
	l := letteringOf(owner)
	v[ownerDigits] += float64(l.digits)
	v[ownerUpper] = l.capitalShare()
	v.Set(ownerUnspaced, l.unspaced)
	v.Set(ownerIsSite, f.IsSite(owner))
	v.Set(ownerIsAddress, strings.Contains(owner, "@") || strings.Contains(owner, ".com") || strings.Contains(owner, "://"))
	v.Set(ownerEndsSentence, endsSentence(owner))
	v.Set(ownerInStory, len(owner) <= 60 && v[strangeWords] == 0 && strings.Contains(f.storyText(), owner))
}

// maxStoryText bounds the text that is searched for the names of credits, in bytes.
const maxStoryText = 60_000

// storyText is the text of the story. Whom it names may be seen in a picture, and is
// seldom who made it.
func (f *finder) storyText() string {
	if f.prose == "" {
		var b strings.Builder
		for _, block := range f.Blocks {
			if block.Words > 12 && f.inStory(block) && b.Len() < maxStoryText {
				b.WriteByte(' ')
				b.WriteString(block.Text)
			}
		}
		f.prose = b.String() + " "
	}
	return f.prose
}

// shownBy is the share of a name's words that the medium's file or alternative text
// has.
func (f *finder) shownBy(medium int, owner string) float64 {
	if medium == 0 || len(owner) > 100 {
		return 0
	}
	about, known := f.abouts[medium]
	if !known {
		n := f.Elems[medium].Node
		address, _, _ := strings.Cut(lazySource(goquery.NewDocumentFromNode(n).Selection), "?")
		about = strings.ToLower(limited(block.Attr(n, "alt")) + " " + limited(block.Attr(n, "title")) + " " + limited(address[strings.LastIndexByte(address, '/')+1:]))
		f.abouts[medium] = about
	}
	n, found := 0, 0
	for w := range strings.FieldsSeq(owner) {
		if w = strings.Trim(w, ".,;:/()"); len(w) >= 3 {
			n++
			if strings.Contains(about, strings.ToLower(w)) {
				found++
			}
		}
	}
	return float64(found) / float64(max(n, 1))
}

func limited(s string) string { return s[:min(len(s), 500)] }
