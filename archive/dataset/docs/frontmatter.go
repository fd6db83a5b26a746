package docs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// frontMatter is the metadata of a dataset card of Hugging Face, in YAML. It names no
// task: nobody has annotated the articles for one.
// https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
func (d *Description) frontMatter() string {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	list := func(key string, values ...string) {
		if len(values) > 0 {
			p("%s:", key)
		}
		for _, v := range values {
			p("- %s", yamlString(v))
		}
	}
	p("---")
	p("pretty_name: %s", yamlString(d.title()))
	d.hubLicence(p)
	tags, subtags := d.languageTags()
	list("language", subtags...)
	if !slices.Equal(tags, subtags) {
		list("language_details", tags...)
	}
	switch {
	case len(subtags) == 1:
		list("multilinguality", "monolingual")
	case len(subtags) > 1:
		list("multilinguality", "multilingual")
	}
	list("size_categories", sizeCategory(d.Articles))
	list("source_datasets", "original")
	list("annotations_creators", "no-annotation")
	list("language_creators", "found")
	list("tags", "news", "web-archive", "newsmorgue")
	d.configs(p)
	p("---")
	return b.String()
}

func (d *Description) hubLicence(p func(string, ...any)) {
	l := licenceOf(d.Recipe.Dataset.License)
	switch {
	case l.hub != "":
		p("license: %s", yamlString(l.hub))
		return
	case l.id != "":
		p("license: other\nlicense_name: %s", yamlString(strings.ToLower(l.id)))
	case l.url != "":
		p("license: other\nlicense_name: \"see-license-link\"")
	default:
		p("license: other\nlicense_name: %s", yamlString(slug(privateUse)))
	}
	if l.url != "" {
		p("license_link: %s", yamlString(l.url))
	}
}

// languageTags lists the tags of the languages, and their primary subtags, which is
// what the Hub filters by.
func (d *Description) languageTags() (tags, subtags []string) {
	for _, l := range d.Languages {
		sub, _, _ := strings.Cut(l.Name, "-")
		sub = strings.ToLower(sub)
		if len(sub) < 2 || len(sub) > 3 || strings.Trim(sub, "abcdefghijklmnopqrstuvwxyz") != "" || sub == "und" {
			continue
		}
		if len(tags) < maxRows && len(l.Name) <= 35 {
			tags = append(tags, l.Name)
		}
		if !slices.Contains(subtags, sub) && len(subtags) < maxRows {
			subtags = append(subtags, sub)
		}
	}
	return tags, subtags
}

// sizeCategory is the Hub's name for a number of rows.
func sizeCategory(n int64) string {
	names := []string{"1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"}
	limit := int64(1000)
	for i, name := range names {
		if n < limit {
			if i == 0 {
				return "n<1K"
			}
			return names[i-1] + "<n<" + name
		}
		limit *= 10
	}
	return "n>1T"
}

// A part is what the Hub calls a split: files of a table.
type part struct {
	split string
	files []folder.File
}

// parts groups the files of a table by split. The Hub calls the only part train.
func (d *Description) parts(name string) (parts []part) {
	for _, split := range []string{"train", "validation", "test", ""} {
		var files []folder.File
		for _, f := range d.tableFiles(name) {
			if f.Split == split {
				files = append(files, f)
			}
		}
		if len(files) == 0 {
			continue
		}
		if split == "" {
			split = "train"
			if len(parts) > 0 {
				split = "none"
			}
		}
		parts = append(parts, part{split, files})
	}
	return parts
}

// configs says which files have which table, and what is in them. The Hub reads no
// SQLite databases.
func (d *Description) configs(p func(string, ...any)) {
	if d.format() == "sqlite" {
		return
	}
	var known []*Table
	for i := range d.Tables {
		if t := &d.Tables[i]; len(d.parts(t.Name)) > 0 {
			known = append(known, t)
		}
	}
	if len(known) == 0 {
		return
	}
	p("configs:")
	for _, t := range known {
		p("- config_name: %s", yamlString(t.Name))
		if t.Name == table.Articles.Name {
			p("  default: true")
		}
		p("  data_files:")
		for _, s := range d.parts(t.Name) {
			p("  - split: %s", s.split)
			if len(s.files) > 1 && len(s.files) <= maxRows {
				p("    path:")
				for _, f := range s.files {
					p("    - %s", yamlString(f.Name))
				}
				continue
			}
			p("    path: %s", yamlString(glob(s.files)))
		}
	}
	p("dataset_info:")
	for _, t := range known {
		d.info(p, t)
	}
}

// info says what the files of a table have. Sizes are those of the files.
func (d *Description) info(p func(string, ...any), t *Table) {
	p("- config_name: %s", yamlString(t.Name))
	if d.hasFeatures(t) {
		p("  features:")
		for _, c := range t.Columns {
			p("  - name: %s", yamlString(c.Name))
			p("    %s", d.feature(c))
		}
	}
	p("  splits:")
	for _, s := range d.parts(t.Name) {
		rows := int64(0)
		for _, f := range s.files {
			rows += f.Rows
		}
		p("  - name: %s\n    num_bytes: %d\n    num_examples: %d", s.split, totalBytes(s.files), rows)
	}
	n := totalBytes(d.tableFiles(t.Name))
	p("  download_size: %d\n  dataset_size: %d", n, n)
}

// hasFeatures reports whether the types of all columns have a name at the Hub. JSON
// values that stand as they are in JSON Lines have none; files for spreadsheets have a
// further column.
func (d *Description) hasFeatures(t *Table) bool {
	if strings.HasPrefix(d.format(), "jsonl") {
		return !slices.ContainsFunc(t.Columns, func(c table.Column) bool { return c.Type == table.JSON })
	}
	return !d.Recipe.Excel
}

// feature is the type of a column as the files have it.
func (d *Description) feature(c table.Column) string {
	switch c.Type {
	case table.Int:
		return "dtype: int64"
	case table.Float:
		return "dtype: float64"
	case table.Bool:
		return "dtype: bool"
	case table.Time:
		if d.format() == "parquet" {
			return "dtype: timestamp[ms, tz=UTC]"
		}
	case table.Strings:
		if d.format() == "parquet" || strings.HasPrefix(d.format(), "jsonl") {
			return "sequence: string"
		}
	}
	return "dtype: string"
}
