package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// A page is Markdown that is being written.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// card is README.md: front matter for Hugging Face, and a data card in the order in
// which readers ask: what is this, may I use it, what is in it, can I trust it.
func (d *Description) card() ([]byte, error) {
	p := &page{}
	p.WriteString(d.frontMatter())
	p.line("\n# %s\n", markdown(d.title()))
	if v := d.Recipe.Dataset.Version; v != "" {
		p.line("Version %s.\n", v)
	}
	d.paragraphs(p)
	p.line("%s\n", markdown(d.summary()))
	if l := d.Recipe.Dataset.License; l != "" {
		p.line("**Licence:** %s. See [Rights and privacy](#rights-and-privacy).\n", markdown(l))
	} else {
		p.line("**%s.** No licence is granted; the texts belong to their publishers. See [Rights and privacy](#rights-and-privacy).\n", privateUse)
	}
	for _, section := range []func(*page){
		d.files, d.reading, d.selection, d.counts, d.columns, d.making, d.duplicates, d.left, d.precision, d.rights, d.limitations,
		d.release, d.verification, d.citing, d.datasheet,
	} {
		section(p)
	}
	return []byte(strings.TrimRight(p.String(), "\n") + "\n"), nil
}

// paragraphs prints what the makers say about the dataset.
func (d *Description) paragraphs(p *page) {
	for _, par := range strings.Split(strings.ReplaceAll(d.Recipe.Dataset.Description, "\r\n", "\n"), "\n\n") {
		if par = paragraph(par); par != "" {
			p.line("%s\n", par)
		}
	}
}

func (d *Description) files(p *page) {
	p.line("## Files\n")
	p.line("| table | one row is | rows | files | size |\n|---|---|---:|---|---:|")
	for i := range d.Tables {
		t := &d.Tables[i]
		files := d.tableFiles(t.Name)
		if len(files) == 0 {
			continue
		}
		name, bytes := cellCode(glob(files)), size(totalBytes(files))
		if len(files) > 1 {
			name += fmt.Sprintf(" (%s)", number(int64(len(files)), "file"))
		}
		if d.format() == "sqlite" && i > 0 {
			bytes = ""
		}
		p.line("| [%s](%s#%s) | %s | %s | %s | %s |", t.Name, Codebook, t.Name, markdown(t.Meaning), digits(t.Rows), name, bytes)
	}
	p.line("")
	others := d.otherFiles()
	if d.texts > 0 {
		p.line("- `texts/`: %s, the text of one article each; the column `file` of articles names it", number(d.texts, "file"))
	}
	if d.media > 0 {
		p.line("- `media/`: %s, archived pictures named by their SHA-256; the column `media_file` of captions names them", number(d.media, "file"))
	}
	for _, f := range others[:min(len(others), maxRows)] {
		p.line("- %s%s", code(f.Name), known(f.Name))
	}
	p.line("- `%s` and `%s`: what each column means", Codebook, CodebookCSV)
	p.line("- `%s`: the settings that this dataset was made with", RecipeFile)
	p.line("- `%s`, `%s`, `%s`: this description for programs (Croissant 1.1, Data Package 2.0, Citation File Format 1.2.0)", Croissant, DataPackage, Citation)
	p.line("- `SHA256SUMS`: checksums of all files\n")
	p.line("The metadata at the top of this file is for the Hugging Face Hub. It calls a table without splits `train`, which means nothing else.\n")
}

// reading shows how to begin.
func (d *Description) reading(p *page) {
	files := d.tableFiles(table.Articles.Name)
	if len(files) == 0 || !d.has(table.Articles.Name, "site") {
		return
	}
	pattern := oneLine(glob(files))
	p.line("## Read it\n")
	if d.format() == "sqlite" {
		p.line("```sh\nsqlite3 %s \"SELECT site, count(*) FROM articles GROUP BY site\"\n```\n", pattern)
		return
	}
	p.line("With DuckDB:\n\n```sh\nduckdb -c \"SELECT site, count(*) FROM '%s' GROUP BY site\"\n```\n", pattern)
	if call := map[string]string{"parquet": "read_parquet(%q)", "csv": "read_csv(%q)", "text": "read_csv(%q)", "jsonl": "read_json(%q, lines=True)",
		"jsonl.zst": "read_json(%q, lines=True)"}[d.format()]; len(files) == 1 {
		p.line("With Python:\n\n```python\nimport pandas\narticles = pandas."+call+"\n```\n", pattern)
	}
}

// known says what is in a file that is not of a table.
func known(name string) string {
	for _, k := range [][2]string{
		{"left-out", ": articles that were left out, each with the reason"},
		{"digests.csv", ": a digest of each row, to compare later releases with"},
		{"changes.csv", ": articles that were added, changed or withdrawn since the earlier release"},
		{"redactions", ": where text was replaced"},
	} {
		if strings.HasPrefix(name, k[0]) {
			return k[1]
		}
	}
	return ""
}

var kindNames = []string{"articles", "live pages", "galleries", "videos"}

// selection says in words what the recipe chooses.
func (d *Description) selection(p *page) {
	p.line("## Selection\n")
	f, c := d.Recipe.Filter, d.Recipe.Choice
	kinds := strings.Join(kindNames[:3], ", ") + " and " + kindNames[3]
	switch {
	case slices.Contains(f.Kinds, "all"):
		kinds = "pages of every kind"
	case len(f.Kinds) > 0:
		kinds = "pages of the kind " + some(f.Kinds)
	}
	p.line("From the archive, this dataset has everything that meets these conditions:\n")
	p.line("- kind: %s", kinds)
	if len(f.Sites) == 0 {
		p.line("- site: all sites of the archive")
	}
	for _, l := range []struct {
		name   string
		values []string
	}{{"site", f.Sites}, {"section", f.Sections}, {"author", f.Authors}, {"language", f.Languages}} {
		if len(l.values) > 0 {
			p.line("- %s: %s", l.name, some(l.values))
		}
	}
	for _, l := range [][2]string{{"published since", f.Since}, {"published up to and including", f.Until}, {"fetched since", f.CapturedSince}, {"fetched up to and including", f.CapturedUntil}} {
		if l[1] != "" {
			p.line("- %s %s", l[0], markdown(l[1]))
		}
	}
	if f.Since != "" || f.Until != "" {
		p.line("- articles without a publication date are left out")
	}
	if f.Query != "" {
		p.line("- full-text search: %s", code(f.Query))
	}
	if f.MinWords > 0 {
		p.line("- at least %s", number(int64(f.MinWords), "word"))
	}
	version := "the latest version of each article"
	switch c.Version {
	case "first":
		version = "the first archived version of each article"
	case "all":
		version = "all archived versions of each article, a row for each"
	}
	p.line("- version: %s", version)
	if c.AsOf != "" {
		p.line("- the archive as it was at %s", markdown(c.AsOf))
	}
	switch c.Dedupe {
	case "exact":
		p.line("- of articles with exactly the same text, only the one that was published first")
	case "near":
		p.line("- of articles that are near-duplicates of each other, only the one that was published first")
	}
	if c.Sample > 0 {
		p.line("- of these, a random sample of %s (seed %d)", number(int64(c.Sample), "article"), c.Seed)
	}
	if c.Limit > 0 {
		p.line("- of these, only the first %s in the order of the table", digits(int64(c.Limit)))
	}
	p.line("")
}

// some lists values, not more than fit.
func some(values []string) string {
	var list []string
	for _, v := range values[:min(len(values), maxRows)] {
		list = append(list, markdown(v))
	}
	if more := len(values) - maxRows; more > 0 {
		list = append(list, fmt.Sprintf("and %d more (see `%s`)", more, RecipeFile))
	}
	return strings.Join(list, ", ")
}

func (d *Description) counts(p *page) {
	p.line("## Counts\n")
	p.line("| | |\n|---|---:|")
	p.line("| articles | %s |", digits(d.Articles))
	if t := d.table(table.Articles.Name); t != nil && t.Rows != d.Articles {
		p.line("| rows of articles | %s |", digits(t.Rows))
	}
	p.line("| sites | %s |", digits(int64(len(d.Sites))))
	if d.Days > 0 {
		p.line("| days on which they were published | %s |", digits(d.Days))
	}
	for _, c := range [][2]string{{"published", "articles without a publication date"}, {"authors", "articles without an author"}, {"language", "articles without a language"}} {
		if n, ok := d.without(c[0]); ok {
			if t := d.table(table.Articles.Name); t.Rows != d.Articles {
				c[1] = strings.Replace(c[1], "articles", "rows", 1) // of several versions
			}
			p.line("| %s | %s |", c[1], digits(n))
		}
	}
	p.line("")
	countTable(p, "site", d.Sites, d.Articles)
	countTable(p, "kind", d.Kinds, d.Articles)
	countTable(p, "language", d.Languages, d.Articles)
}

// without counts the rows of articles in which a column is missing.
func (d *Description) without(column string) (int64, bool) {
	t := d.table(table.Articles.Name)
	if t == nil {
		return 0, false
	}
	i := t.Column(column)
	if i < 0 || i >= len(t.Filled) {
		return 0, false
	}
	return t.Rows - t.Filled[i], true
}

func countTable(p *page, name string, counts []Count, all int64) {
	if len(counts) == 0 {
		return
	}
	p.line("| %s | articles | share |\n|---|---:|---:|", name)
	for _, c := range counts[:min(len(counts), maxRows)] {
		p.line("| %s | %s | %s |", named(c.Name), digits(c.N), percent(c.N, all))
	}
	if len(counts) > maxRows {
		rest := int64(0)
		for _, c := range counts[maxRows:] {
			rest += c.N
		}
		p.line("| %s more | %s | %s |", digits(int64(len(counts)-maxRows)), digits(rest), percent(rest, all))
	}
	p.line("")
}

func named(s string) string {
	if s = markdown(s); s != "" {
		return s
	}
	return "(unknown)"
}

// columns is the codebook in short: names, types and meanings of the table of articles.
func (d *Description) columns(p *page) {
	p.line("## Columns\n")
	var others []string
	for i := range d.Tables {
		if d.Tables[i].Name != table.Articles.Name {
			others = append(others, fmt.Sprintf("[%s](%s#%s)", d.Tables[i].Name, Codebook, d.Tables[i].Name))
		}
	}
	p.line("[`%s`](%s) describes all columns, with their units, sources and examples, and how values are written.", Codebook, Codebook)
	if len(others) > 0 {
		p.line("The other tables are %s.", strings.Join(others, ", "))
	}
	t := d.table(table.Articles.Name)
	if t == nil {
		p.line("")
		return
	}
	p.line("These are the columns of articles. **Filled** is the share of rows in which a column has a value.\n")
	p.line("| column | type | filled | meaning |\n|---|---|---:|---|")
	confidence := false
	for _, e := range d.entries(t) {
		if strings.HasSuffix(e.Name, "_confidence") {
			confidence = true
			continue
		}
		p.line("| %s | %s | %s | %s |", code(e.Name), e.Type, e.filled, markdown(e.Meaning))
	}
	p.line("")
	if confidence {
		p.line("Columns whose names end in `_confidence` say how certain the extractor is of a field, from 0 to 1. They are its own estimates and not measured.\n")
	}
}
