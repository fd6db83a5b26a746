package versions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// fieldRules are the fields with one value, in the order in which they are listed.
// Same reports a cosmetic difference; class is that of any other.
var fieldRules = []struct {
	name  string
	value func(a *article.Article) string
	same  func(a, b string) bool
	class func(c *comparison, f *Field) Class
	prose bool // compared by words
}{
	{"title", func(a *article.Article) string { return a.Title }, sameText, as(HeadlineChanged), true},
	{"subtitle", func(a *article.Article) string { return a.Subtitle }, sameText, byText, true},
	{"summary", func(a *article.Article) string { return a.Summary }, sameText, as(Minor), true}, // of the metadata; no reader sees it
	{"byline", func(a *article.Article) string { return a.Byline }, sameText, bylineClass, true},
	{"published", func(a *article.Article) string { return a.Published }, sameDate, as(Minor), false},
	{"modified", func(a *article.Article) string { return a.Modified }, sameDate, as(Cosmetic), false},
	{"section", func(a *article.Article) string { return a.Section }, sameText, as(Minor), false},
	{"dateline", func(a *article.Article) string { return a.Dateline }, sameText, as(Minor), false},
	{"source", func(a *article.Article) string { return a.Source }, sameText, as(Minor), false},
	{"kind", func(a *article.Article) string { return string(a.Kind) }, sameText, as(Minor), false},
	{"language", func(a *article.Article) string { return a.Language }, sameText, as(Minor), false},
	{"paywalled", func(a *article.Article) string { return strconv.FormatBool(a.Paywalled) }, sameText, accessClass, false},
	{"rights", rightsText, sameText, as(Minor), false},
	{"canonical_url", func(a *article.Article) string { return a.CanonicalURL }, func(a, b string) bool { return foldURL(a) == foldURL(b) }, as(Minor), false},
}

func as(class Class) func(*comparison, *Field) Class {
	return func(*comparison, *Field) Class { return class }
}

func sameText(a, b string) bool { return fold(a) == fold(b) }

// byText classifies prose as a sentence of the body.
func byText(c *comparison, f *Field) Class {
	if f.Op != Edited {
		return oneSidedClass(f.Before + f.After)
	}
	return c.judge.edit(f.Before, f.After, f.Spans)
}

// bylineClass leaves it to the names, where both versions have some, to say whether
// there are other authors.
func bylineClass(c *comparison, _ *Field) Class {
	if len(c.before.Authors) > 0 && len(c.after.Authors) > 0 {
		return Cosmetic
	}
	return BylineChanged
}

func accessClass(c *comparison, _ *Field) Class {
	if c.after.Paywalled {
		return Paywalled
	}
	return Unlocked
}

func rightsText(a *article.Article) string {
	if a.Rights == nil {
		return ""
	}
	return joinFilled("; ", a.Rights.MetaRobots, a.Rights.XRobotsTag, a.Rights.TDMReservation, a.Rights.License)
}

// listRules are the fields that are lists.
var listRules = []struct {
	name   string
	values func(a *article.Article) []string
	order  bool // the order matters a little
	class  func(c *comparison, s *Sentence) Class
}{
	{"authors", authorNames, false, func(_ *comparison, s *Sentence) Class { return BylineChanged }},
	{"tags", func(a *article.Article) []string { return a.Tags }, false, func(*comparison, *Sentence) Class { return Minor }},
	{"captions", captionTexts, true, func(_ *comparison, s *Sentence) Class { return s.Class }},
	{"contacts", contactTexts, true, func(*comparison, *Sentence) Class { return Minor }},
}

func authorNames(a *article.Article) []string {
	var names []string
	for _, author := range a.Authors {
		names = append(names, author.Name)
	}
	return names
}

// captionTexts are the captions that say something. Their pictures' addresses are
// not compared: sites change them with every size.
func captionTexts(a *article.Article) []string {
	var texts []string
	for _, c := range a.Captions {
		switch {
		case c.Text != "" && c.Credit != "":
			texts = append(texts, c.Text+" ("+c.Credit+")")
		case c.Text+c.Credit != "":
			texts = append(texts, c.Text+c.Credit)
		}
	}
	return texts
}

func contactTexts(a *article.Article) []string {
	var texts []string
	for _, c := range a.Contacts {
		all := []string{c.Label}
		all = append(all, c.Emails...)
		for _, p := range slices.Concat(c.Phones, c.Faxes) {
			all = append(all, p.Raw)
		}
		for _, address := range c.Addresses {
			all = append(all, address.Raw)
		}
		texts = append(texts, joinFilled(", ", append(all, c.Social...)...))
	}
	return texts
}

func joinFilled(sep string, all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), sep)
}

// fields compares what is not the body.
func (c *comparison) fields() {
	for _, rule := range fieldRules {
		f := Field{Name: rule.name, Before: rule.value(c.before), After: rule.value(c.after)}
		if f.Before == f.After {
			continue
		}
		switch {
		case f.Before == "":
			f.Op = Added
		case f.After == "":
			f.Op = Removed
		default:
			f.Op = Edited
			if rule.prose {
				f.Spans = c.differ.spans(f.Before, f.After)
			}
		}
		f.Class = Cosmetic
		if !rule.same(f.Before, f.After) {
			f.Class = rule.class(c, &f)
		}
		if rule.name == "title" || rule.name == "subtitle" {
			c.noteInField(&f)
		}
		c.diff.Fields = append(c.diff.Fields, f)
	}
	for _, rule := range listRules {
		before, after := rule.values(c.before), rule.values(c.after)
		if same(before, after) {
			continue
		}
		f := Field{Name: rule.name, Op: Edited, Class: Cosmetic}
		switch {
		case len(before) == 0:
			f.Op = Added
		case len(after) == 0:
			f.Op = Removed
		}
		f.Items = c.items(before, after, rule.order)
		for i := range f.Items {
			if s := &f.Items[i]; s.Class != Cosmetic {
				s.Class = rule.class(c, s)
				f.Class = worse(f.Class, s.Class)
			}
		}
		c.diff.Fields = append(c.diff.Fields, f)
	}
	slices.SortStableFunc(c.diff.Fields, func(a, b Field) int { return fieldOrder[a.Name] - fieldOrder[b.Name] })
}

// fieldOrder lists what readers see first.
var fieldOrder = func() map[string]int {
	m := map[string]int{}
	for i, name := range []string{"title", "subtitle", "byline", "authors", "published", "modified", "section", "dateline", "source", "captions", "tags", "summary", "contacts", "kind", "language", "paywalled", "rights", "canonical_url"} {
		m[name] = i
	}
	return m
}()

// noteInField finds a note that a title or subtitle has gained, as in "CORRECTED:".
func (c *comparison) noteInField(f *Field) {
	kind, _ := noteIn(f.After)
	if had, _ := noteIn(f.Before); kind != "" && had == "" {
		c.diff.Notes = append(c.diff.Notes, Note{kind, f.After})
	}
}

// items are the values of a list that differ. The order is cosmetic.
func (c *comparison) items(before, after []string, order bool) []Sentence {
	toParts := func(values []string) []part {
		parts := make([]part, len(values))
		for i, s := range values {
			parts[i].text = s
		}
		return parts
	}
	a, b := toParts(before), toParts(after)
	unitsA, unitsB := partUnits(a), partUnits(b)
	var out []Sentence
	for _, g := range match(unitsA, unitsB, matchMode{far: order, movedEqual: true}) {
		var s Sentence
		switch {
		case len(g.b) == 0:
			s = Sentence{Op: Removed, Text: before[g.a[0]], Class: oneSidedClass(before[g.a[0]])}
		case len(g.a) == 0:
			s = Sentence{Op: Added, Text: after[g.b[0]], Class: oneSidedClass(after[g.b[0]])}
		default:
			s = c.sentence(before[g.a[0]], after[g.b[0]])
			if s.Op == Equal {
				if !g.moved {
					continue
				}
				s = Sentence{Op: Moved, Text: after[g.b[0]], Class: Cosmetic}
			}
		}
		out = append(out, s)
	}
	return out
}
