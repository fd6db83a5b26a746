package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A splitter splits the runs of a caption into its text and its credit.
type splitter struct {
	texts   []textRun // runs of the caption
	credits []textRun // runs in elements that are credits
	owner   string    // the credit so far
	media   string    // see Caption.Media
}

// splitRuns makes a caption of runs of text: the text, the credit, the medium. The
// steps add what they take for a credit, the surest first.
func splitRuns(runs []textRun) (caption, owner, media string) {
	s := &splitter{media: "image"}
	for _, r := range runs {
		if r.credit != nil {
			s.credits = append(s.credits, r)
		} else {
			s.texts = append(s.texts, r)
		}
	}
	s.smallPrint()
	s.markedCredits()
	s.lastRun()
	s.firstRun()
	return s.finish()
}

// add adds a credit to the one so far.
func (s *splitter) add(owner, media string) {
	switch fo, f := text.Fold(owner), text.Fold(s.owner); {
	case owner == "":
	case s.owner == "" || strings.Contains(fo, f):
		s.owner = owner
	case !strings.Contains(f, fo):
		s.owner += "/" + owner
	}
	if media != "image" && media != "" {
		s.media = media
	}
}

// smallPrint makes small print that is all there is the caption, unless it reads
// like a credit.
func (s *splitter) smallPrint() {
	if len(s.texts) > 0 || len(s.credits) == 0 || !s.credits[0].weak || isCredit(joinRuns(s.credits)) {
		return
	}
	for _, c := range s.credits {
		if isCredit(c.text) {
			return
		}
	}
	s.texts, s.credits = s.credits, nil
}

func isCredit(str string) bool {
	_, _, ok := credit.Line(str)
	return ok
}

// markedCredits adds the credits that are marked as such, element by element.
func (s *splitter) markedCredits() {
	for i := 0; i < len(s.credits); {
		k := i + 1
		for k < len(s.credits) && s.credits[k].credit == s.credits[i].credit {
			k++
		}
		whole := joinRuns(s.credits[i:k])
		if owner, media, ok := credit.Line(whole); ok {
			s.add(owner, media)
		} else {
			s.add(credit.Clean(whole), "")
		}
		i = k
	}
}

// lastRun adds the last of several runs if it is a credit, or, in an element of its
// own, names where nothing else is a credit.
func (s *splitter) lastRun() {
	n := len(s.texts) - 1
	if n < 1 {
		return
	}
	last := s.texts[n]
	owner, media, ok := credit.Line(last.text)
	switch lone := last.alone && s.owner == ""; {
	case ok:
	case lone && inBrackets(last.text):
		owner, media = credit.Clean(last.text), ""
	case lone && credit.PersonLike(last.text) && block.CountWords(joinRuns(s.texts)) > 8 && !s.texts[n-1].glued:
		owner, media = last.text, ""
	default:
		return
	}
	s.add(owner, media)
	s.texts = s.texts[:n]
}

// firstRun adds the first of several runs if it is a credit.
func (s *splitter) firstRun() {
	if len(s.texts) < 2 {
		return
	}
	if owner, media, ok := credit.Line(s.texts[0].text); ok {
		s.add(owner, media)
		s.texts = s.texts[1:]
	}
}

// finish joins the text that is left, and takes the credit off its end.
func (s *splitter) finish() (caption, owner, media string) {
	caption = joinRuns(s.texts)
	if s.owner == "" && strings.Count(caption, " / ") >= 2 { // "J. Doe / A. Photographer / Agency"
		if head, owner, ok := credit.SignTail(caption, " / "); ok && strings.TrimSpace(head) != "" {
			return trimCaption(credit.TrimHead(head)), credit.Clean(owner), s.media
		}
	}
	if owner, media, ok := credit.Line(caption); ok && s.agrees(owner) {
		s.add(owner, media)
		return "", s.owner, s.media
	}
	if head, owner, media := credit.Split(caption, true); owner != "" {
		_, _, _, labelled := credit.Labelled(caption, true)
		if labelled || s.agrees(owner) {
			caption = head
			s.add(owner, media)
		}
	}
	return trimCaption(caption), s.owner, s.media
}

// agrees reports whether what reads like a credit is no other than the one so far.
func (s *splitter) agrees(owner string) bool {
	return s.owner == "" || strings.Contains(text.Fold(s.owner), text.Fold(owner))
}

// inBrackets reports whether a text is names in brackets.
func inBrackets(s string) bool {
	head, inner, ok := credit.BracketTail(s)
	return ok && head == "" && credit.NameLike(inner, 0) && strings.Contains(inner, " ")
}
