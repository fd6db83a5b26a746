package docs

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// citedDOI is the form of DOIs that the Citation File Format accepts.
var citedDOI = regexp.MustCompile(`^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+$`)

// citation is CITATION.cff (Citation File Format 1.2.0). Creators are entities and not
// persons: the format would have their names split into given and family names, which
// the recipe does not say.
func (d *Description) citation() ([]byte, error) {
	set := d.Recipe.Dataset
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("cff-version: 1.2.0")
	p("message: %s", yamlString("If you use this dataset, please cite it as below."))
	p("type: dataset")
	p("title: %s", yamlString(d.title()))
	p("abstract: %s", yamlString(d.description()))
	p("authors:")
	if len(set.Creators) == 0 {
		p("  - name: %s", yamlString(unnamed))
	}
	for _, c := range set.Creators {
		p("  - name: %s", yamlString(oneLine(c.Name)))
		if c.ORCID != "" {
			p("    orcid: %s", yamlString(orcidURL(c.ORCID)))
		}
		if c.Email != "" {
			p("    email: %s", yamlString(c.Email))
		}
	}
	if set.Version != "" {
		p("version: %s", yamlString(set.Version))
	}
	if date := day(d.Date); date != "" {
		p("date-released: %s", yamlString(date))
	}
	if set.DOI != "" {
		if citedDOI.MatchString(set.DOI) {
			p("doi: %s", yamlString(set.DOI))
			p("identifiers:\n  - type: doi\n    value: %s", yamlString(set.DOI))
		} else {
			p("identifiers:\n  - type: other\n    value: %s", yamlString("doi:"+set.DOI))
		}
	}
	if set.URL != "" {
		p("url: %s", yamlString(set.URL))
	}
	switch l := licenceOf(set.License); {
	case l.listed && l.id != "CDLA-Permissive-2.0": // younger than the identifiers that CFF 1.2.0 lists
		p("license: %s", yamlString(l.id))
	case l.url != "":
		p("license-url: %s", yamlString(l.url))
	}
	p("keywords:\n  - \"news\"\n  - \"web archive\"")
	return b.Bytes(), nil
}

func orcidURL(id string) string { return "https://orcid.org/" + id }

// cite is a citation for readers: what is known, in the order of DataCite: creators
// (year): title. Version. The identifier follows it.
func (d *Description) cite() string {
	var b strings.Builder
	var names []string
	for _, c := range d.Recipe.Dataset.Creators {
		names = append(names, oneLine(c.Name))
	}
	b.WriteString(cmp.Or(strings.Join(names, "; "), unnamed))
	if !d.Date.IsZero() {
		fmt.Fprintf(&b, " (%d)", d.Date.UTC().Year())
	}
	fmt.Fprintf(&b, ": %s", d.title())
	if v := d.Recipe.Dataset.Version; v != "" {
		fmt.Fprintf(&b, ". Version %s", v)
	}
	b.WriteString(" [Data set].")
	return b.String()
}

// bibtex is the citation for reference managers.
func (d *Description) bibtex() string {
	set := d.Recipe.Dataset
	var names []string
	for _, c := range set.Creators {
		// A second pair of braces keeps a name as it is written.
		names = append(names, "{"+bibtexText(c.Name)+"}")
	}
	fields := [][2]string{{"author", cmp.Or(strings.Join(names, " and "), "{"+unnamed+"}")}, {"title", "{" + bibtexText(d.title()) + "}"}}
	if !d.Date.IsZero() {
		fields = append(fields, [2]string{"year", d.Date.UTC().Format("2006")})
	}
	fields = append(fields, [2]string{"version", set.Version}, [2]string{"doi", bibtexText(set.DOI)}, [2]string{"url", bibtexText(set.URL)})
	key := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(d.name(), "_"), "_")
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s", cmp.Or(key, "dataset"))
	for _, f := range fields {
		if f[1] != "" {
			fmt.Fprintf(&b, ",\n  %s = {%s}", f[0], f[1])
		}
	}
	return b.String() + "\n}"
}

// bibtexText removes what would end a field or begin a command.
func bibtexText(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`{}\%`+"`", r) {
			return -1
		}
		return r
	}, oneLine(s))
}
