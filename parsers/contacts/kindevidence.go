package contacts

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence that a block of contacts is of a kind. Each speaks of the kind
// that is asked about, so there are numKindFacts for each of contactKinds.
const (
	kindAny = iota
	kindAuthorsMail
	kindByline
	kindFooter
	kindDepartmentLabel
	kindDepartmentMail
	kindPersonMail
	kindOwnHost
	kindFreeHost
	kindStory
	kindBeside
	kindLabelled
	kindLabelWords
	kindLabelAuthor
	kindLabelSite
	kindLabelCompany
	kindLabelContact
	kindReaders
	kindMails
	kindNumbers
	kindAddresses
	kindLinked
	kindHeadingHelp
	numKindFacts
)

var kindFacts = []string{
	kindAny:             "whatever it is",
	kindAuthorsMail:     "a mailbox of an author's name",
	kindByline:          "in a byline or an author's box",
	kindFooter:          "in a footer",
	kindDepartmentLabel: "a word for a department in the label",
	kindDepartmentMail:  "a mailbox of a department",
	kindPersonMail:      "a mailbox of no department",
	kindOwnHost:         "a mailbox of the site's own name",
	kindFreeHost:        "a mailbox where everybody has one",
	kindStory:           "within the story",
	kindBeside:          "just below the story, in its element",
	kindLabelled:        "it has a label",
	kindLabelWords:      "words of the label",
	kindLabelAuthor:     "an author's name in the label",
	kindLabelSite:       "the site's name in the label",
	kindLabelCompany:    "the label ends like a company's name",
	kindLabelContact:    "a word for contacts in the label",
	kindReaders:         "readers are addressed",
	kindMails:           "e-mail addresses",
	kindNumbers:         "numbers",
	kindAddresses:       "postal addresses",
	kindLinked:          "only a link's target has the first item",
	kindHeadingHelp:     "words of helplines or authorities in the heading above",
}

// contactKinds are the kinds of article.Contact.
var contactKinds = []string{"publisher", "department", "author", "other"}

var kindPieces = func() (names []string) {
	for _, kind := range contactKinds {
		for _, fact := range kindFacts {
			names = append(names, "as "+kind+": "+fact)
		}
	}
	return names
}()

//go:embed kinds.model
var kindModelData []byte

var kindModel = evidence.Learned(kindModelData, kindPieces...)

// kindOf says whose contact a group is: of the kinds the one that the model says most
// for.
func (r *contactReader) kindOf(g *contactGroup, c *article.Contact) string {
	m := r.page.Model("contact kinds", kindModel)
	facts := r.kindFacts(g, c)
	var weighed []article.Candidate
	top := 0
	for k, kind := range contactKinds {
		v := make(evidence.Values, len(kindPieces))
		copy(v[k*numKindFacts:], facts)
		w := article.Candidate{Field: "contact kinds", Value: kind, Score: m.Score(v)}
		if r.page.Explaining() {
			w.From, w.Of, w.Evidence = g.items[0].p.from(g.items[0].linked), g.named(), m.Explain(v)
		}
		weighed = append(weighed, w)
		if w.Score > weighed[top].Score {
			top = k
		}
	}
	if isAuthors(facts, c) {
		top = slices.Index(contactKinds, "author")
	}
	weighed[top].Won = true
	for _, w := range weighed {
		r.page.AddCandidate(w)
	}
	return contactKinds[top]
}

// reporterLabel is a label that says of somebody that they report.
var reporterLabel = text.MustCompile(`(?i)(?:\b(?:reporter|correspondent|columnist)|기자|특파원|칼럼니스트|記者|记者)$`)

// isAuthors reports whether a block is an author's for certain: it is a mailbox of an
// author's name, or that of somebody who reports, in the story or at its end, and no
// department's.
func isAuthors(facts evidence.Values, c *article.Contact) bool {
	if facts[kindDepartmentMail] > 0 || facts[kindAddresses] > 0 || facts[kindFooter] > 0 || len(c.Emails) != 1 {
		return false
	}
	return facts[kindAuthorsMail] > 0 && facts[kindStory]+facts[kindBeside]+facts[kindByline] > 0 ||
		facts[kindStory]+facts[kindBeside] > 0 && reporterLabel.MatchString(c.Label)
}

// kindFacts are what is known of a group, whatever kind is asked about.
func (r *contactReader) kindFacts(g *contactGroup, c *article.Contact) evidence.Values {
	v := make(evidence.Values, numKindFacts)
	first := &g.items[0]
	p := first.p
	v.Set(kindAny, true)
	v.Set(kindAuthorsMail, r.hasAuthorsMail(c))
	v.Set(kindByline, p.hints&(block.HintByline|block.HintAuthor) != 0)
	v.Set(kindFooter, p.inFooter())
	v.Set(kindDepartmentLabel, isDepartment(c.Label))
	v.Set(kindDepartmentMail, slices.ContainsFunc(c.Emails, isDepartmentMail))
	v.Set(kindPersonMail, slices.ContainsFunc(c.Emails, func(e string) bool { return !isDepartmentMail(e) }))
	v.Set(kindOwnHost, slices.ContainsFunc(c.Emails, r.names.own))
	v.Set(kindFreeHost, slices.ContainsFunc(c.Emails, func(e string) bool { return freeHosts[hostOf(e)] }))
	v.Set(kindStory, p.story)
	v.Set(kindBeside, r.beside(p))
	v.Set(kindLabelled, c.Label != "")
	v[kindLabelWords] = float64(block.CountWords(c.Label))
	v.Set(kindLabelAuthor, slices.ContainsFunc(r.authors, func(a article.Author) bool { return len(a.Name) > 4 && strings.Contains(c.Label, a.Name) }))
	v.Set(kindLabelSite, r.names.in(c.Label))
	v.Set(kindLabelCompany, companyEnding.MatchString(c.Label))
	v.Set(kindLabelContact, contactWord.MatchString(c.Label))
	at := min(first.start, len(p.text))
	v.Set(kindReaders, readerAppeal.MatchString(p.text[max(0, at-200):min(len(p.text), at+200)]))
	v[kindMails], v[kindNumbers], v[kindAddresses] = float64(min(len(c.Emails), 5)), float64(min(len(c.Phones)+len(c.Faxes), 5)), float64(len(c.Addresses))
	v.Set(kindLinked, first.linked)
	v.Set(kindHeadingHelp, r.headingAbove(p).help)
	return v
}

func (r *contactReader) hasAuthorsMail(c *article.Contact) bool {
	for _, e := range c.Emails {
		for _, a := range r.authors {
			if a.Email == e || nameOfMail(localOf(e), a.Name) {
				return true
			}
		}
	}
	return false
}
