package language

import (
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// A declaration is a language that a page declares, and where.
type declaration struct{ tag, from string }

// languageMetas are the names of meta elements that declare a language, the most
// reliable ones first.
var languageMetas = []string{"og:locale", "content-language", "dc.language", "dcterms.language", "language", "parsely-language"}

// declarations lists the valid languages that a page declares: of the article,
// then of the document, then of its head's meta elements.
func declarations(p *doc.Page) []declaration {
	var all []declaration
	add := func(value, from string) {
		if tag := parseTag(value); tag != "" {
			all = append(all, declaration{tag, from})
		}
	}
	if o := p.Article(); o != nil {
		for _, v := range inLanguage(o["inLanguage"]) {
			add(v, "jsonld:inLanguage")
		}
	}
	add(p.Lang, "html:lang")
	for _, name := range languageMetas {
		if v := p.Metas[name]; len(v) > 0 {
			add(v[0], "meta:"+name)
		}
	}
	return all
}

// inLanguage lists the values of schema.org's inLanguage: a tag, a name, a
// Language object with both, or a list of tags and names.
func inLanguage(v any) []string {
	object, ok := v.(map[string]any)
	if !ok {
		return doc.Texts(v)
	}
	var values []string
	for _, key := range []string{"alternateName", "identifier", "name"} {
		values = append(values, doc.Texts(object[key])...)
	}
	return values
}

// parseTag gives the canonical BCP 47 tag of a declared value: a tag ("en_us"), a
// locale ("de_DE.UTF-8"), the first of a list ("de, at"), the name of a language
// ("Deutsch"). Unknown regions and variants are dropped. It gives "" for a value
// that names no language.
func parseTag(value string) string {
	value, _, _ = strings.Cut(value, ",")
	if len(value) > 40 {
		return ""
	}
	value = strings.TrimSpace(value)
	if code := languageNamed(value); code != "" {
		return code
	}
	if i := strings.IndexAny(value, ".@ "); i > 0 {
		value = value[:i] // the encoding or modifier of a locale
	}
	value = strings.ReplaceAll(value, "_", "-")
	base, rest, _ := strings.Cut(strings.ToLower(value), "-")
	if noLanguage[base] {
		return ""
	}
	if code := languageOfCountry(base); code != "" {
		value = strings.TrimSuffix(code+"-"+rest, "-")
	}
	// Legacy also replaces two-letter codes that are in use, as tl by fil. Among
	// those of three letters it knows the second codes of ISO 639-2, as ger for de.
	canon := language.Deprecated
	if len(base) == 3 {
		canon |= language.Legacy
	}
	tag, _ := canon.Parse(value) // what is valid of it, even with an error
	if code, _, _ := tag.Raw(); code == (language.Base{}) {
		return ""
	}
	if value = withoutExtensions(tag.String()); !article.LanguageForm.MatchString(value) {
		return ""
	}
	return value
}

// withoutExtensions cuts a tag at its first subtag of one character, which begins
// an extension or a private part.
func withoutExtensions(tag string) string {
	for i := 0; i+2 < len(tag); i++ {
		if tag[i] == '-' && tag[i+2] == '-' {
			return tag[:i]
		}
	}
	return tag
}

// baseOf is the language subtag of a tag.
func baseOf(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return base
}

// noLanguage are codes that stand for no or any language; "all" is the code of a
// language of India, but pages mean all languages.
var noLanguage = text.Set("und mul zxx mis all")

// countryLanguages are codes of no language whose meaning the country's most
// likely language would miss.
var countryLanguages = map[string]string{"kz": "kk", "sp": "es"}

// languageOfCountry gives the language that is meant by the code of a country in
// the place of a language code, as in lang="jp"; "" for the codes of languages.
func languageOfCountry(code string) string {
	if l := countryLanguages[code]; l != "" {
		return l
	}
	if len(code) != 2 {
		return ""
	}
	if _, err := language.ParseBase(code); err == nil {
		return ""
	}
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return ""
	}
	tag, err := language.Compose(language.Und, region)
	if err != nil {
		return ""
	}
	base, confidence := tag.Base()
	if confidence == language.No {
		return ""
	}
	return base.String()
}

// moreNames are names of languages that CLDR spells otherwise.
var moreNames = map[string]string{
	"bengali": "bn", "farsi": "fa", "हिंदी": "hi", "bahasa indonesia": "id", "bahasa melayu": "ms", "bokmål": "nb", "norsk": "no", "norwegian": "no",
	"castellano": "es", "espanol": "es", "francais": "fr", "turkce": "tr",
}

// languageNames gives the code of a language by its name in English and in itself,
// in lower case. Few pages need it.
var languageNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	english := display.English.Languages()
	for _, code := range append(namedLanguages, wordLanguages...) {
		tag := language.Make(code)
		names[strings.ToLower(english.Name(tag))] = code
		names[strings.ToLower(display.Self.Name(tag))] = code
	}
	for name, code := range moreNames {
		names[name] = code
	}
	return names
})

// namedLanguages are languages of newspapers of which no function words are known.
var namedLanguages = strings.Fields("am bn bs dv el gu he hy ja ka km kn ko lo ml my or pa si ta te th ti zh")

// languageNamed gives the code of the language with a name; "" without one.
func languageNamed(name string) string {
	if len(name) < 4 || strings.ContainsAny(name, "-_") {
		return "" // a tag
	}
	return languageNames()[strings.ToLower(name)]
}
