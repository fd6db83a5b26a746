package catalog

import (
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Fields are the fields of an article that are filled, as bits: bit i is set if the
// field FieldNames()[i] is. The bits are a part of the catalog's schema: where their
// order or meaning changes, schemaVersion does.
type Fields uint64

// LeastText is how many words a text has at least that counts as filled. Shorter ones
// are teasers, notices and what remains behind a paywall. In scripts that are written
// without spaces, two letters count as a word.
const LeastText = 25

// A field says when one field of an article is filled.
type field struct {
	name   string
	filled func(*article.Article) bool
}

// fields are all fields, in the order of their bits. The names are those of the
// article's JSON. A name with a dot is that of a member, and with a colon it has the
// part of the value that counts: "published:time" is a date with a time.
var fields = []field{
	{"title", func(a *article.Article) bool { return a.Title != "" }},
	{"subtitle", func(a *article.Article) bool { return a.Subtitle != "" }},
	{"summary", func(a *article.Article) bool { return a.Summary != "" }},
	{"section", func(a *article.Article) bool { return a.Section != "" }},
	{"tags", func(a *article.Article) bool { return len(a.Tags) > 0 }},
	{"language", func(a *article.Article) bool { return a.Language != "" }},
	{"byline", func(a *article.Article) bool { return a.Byline != "" }},
	{"authors", func(a *article.Article) bool { return len(a.Authors) > 0 }},
	{"authors.email", func(a *article.Article) bool {
		return anyOf(a.Authors, func(x article.Author) bool { return x.Email != "" })
	}},
	{"source", func(a *article.Article) bool { return a.Source != "" }},
	{"dateline", func(a *article.Article) bool { return a.Dateline != "" }},
	{"published", func(a *article.Article) bool { return a.Published != "" }},
	{"published:time", func(a *article.Article) bool { return strings.Contains(a.Published, "T") }},
	{"modified", func(a *article.Article) bool { return a.Modified != "" }},
	{"text", func(a *article.Article) bool { return hasWords(a.Text, LeastText) }},
	{"captions", func(a *article.Article) bool { return len(a.Captions) > 0 }},
	{"captions.credit", func(a *article.Article) bool {
		return anyOf(a.Captions, func(x article.Caption) bool { return x.Credit != "" })
	}},
	{"contacts", func(a *article.Article) bool { return len(a.Contacts) > 0 }},
	{"canonical_url", func(a *article.Article) bool { return a.CanonicalURL != "" }},
	{"pages", func(a *article.Article) bool { return len(a.Pages) > 0 }},
	{"paywalled", func(a *article.Article) bool { return a.Paywalled }},
	{"rights", func(a *article.Article) bool { return a.Rights != nil && *a.Rights != article.Rights{} }},
	{"rights:noindex", func(a *article.Article) bool { return robotsSay(a.Rights, "noindex", "none") }},
	{"rights:noarchive", func(a *article.Article) bool { return robotsSay(a.Rights, "noarchive", "none") }},
	{"rights:noai", func(a *article.Article) bool { return robotsSay(a.Rights, "noai") }},
	{"rights.tdm_reservation", func(a *article.Article) bool {
		return a.Rights != nil && strings.TrimSpace(a.Rights.TDMReservation) == "1"
	}},
	{"rights.license", func(a *article.Article) bool { return a.Rights != nil && a.Rights.License != "" }},
}

// FieldNames lists the names of all fields, in the order of their bits.
func FieldNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// FieldsOf returns the fields of an article that are filled.
func FieldsOf(a *article.Article) (f Fields) {
	for i, field := range fields {
		if field.filled(a) {
			f |= 1 << i
		}
	}
	return f
}

// Has reports whether the field with this name is filled; false if there is none.
func (f Fields) Has(name string) bool {
	for i, field := range fields {
		if field.name == name {
			return f&(1<<i) != 0
		}
	}
	return false
}

func anyOf[T any](all []T, is func(T) bool) bool {
	for _, x := range all {
		if is(x) {
			return true
		}
	}
	return false
}

// robotsSay reports whether the meta element or the header field for robots has one of
// some directives. A directive for one named robot ("googlebot: noindex") is not ours.
func robotsSay(r *article.Rights, directives ...string) bool {
	if r == nil {
		return false
	}
	for part := range strings.FieldsFuncSeq(r.MetaRobots+","+r.XRobotsTag, func(c rune) bool { return c == ',' || c == ';' }) {
		for _, d := range directives {
			if strings.EqualFold(strings.TrimSpace(part), d) {
				return true
			}
		}
	}
	return false
}

// hasWords reports whether a text has at least n words.
func hasWords(s string, n int) bool {
	halves := 0
	for word := range strings.FieldsSeq(s) {
		letters := 0
		for _, r := range word {
			// Nothing below U+0E00 is written without spaces.
			if r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
				letters++
			}
			if halves+letters >= 2*n {
				return true
			}
		}
		if halves += max(letters, 2); halves >= 2*n {
			return true
		}
	}
	return false
}
