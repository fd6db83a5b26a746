package docs

import (
	"path"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// mediaTypes are the media types of the formats, for Data Package and for Croissant,
// whose library knows other names for two of them.
var mediaTypes = []struct{ ending, format, media, croissant string }{
	{".jsonl.zst", "jsonl.zst", "application/zstd", "application/zstd"},
	{".jsonl", "jsonl", "application/jsonl", "application/jsonlines"},
	{".json", "json", "application/json", "application/json"},
	{".csv", "csv", "text/csv", "text/csv"},
	{".parquet", "parquet", "application/vnd.apache.parquet", "application/x-parquet"},
	{".sqlite", "sqlite", "application/vnd.sqlite3", "application/vnd.sqlite3"},
	{".txt", "txt", "text/plain", "text/plain"},
	{".md", "md", "text/markdown", "text/markdown"},
	{".toml", "toml", "application/toml", "application/toml"},
}

func mediaType(name string) (format, media, croissant string) {
	for _, m := range mediaTypes {
		if strings.HasSuffix(name, m.ending) {
			return m.format, m.media, m.croissant
		}
	}
	return strings.TrimPrefix(path.Ext(name), "."), "application/octet-stream", "application/octet-stream"
}

// dataPackage is datapackage.json (Data Package 2.0, https://datapackage.org).
func (d *Description) dataPackage() ([]byte, error) {
	set := d.Recipe.Dataset
	o := object{{"$schema", "https://datapackage.org/profiles/2.0/datapackage.json"}, {"name", d.name()}}
	o = o.with("id", d.doiURL()).with("title", d.title()).with("description", d.description()).with("homepage", d.homepage()).
		with("version", set.Version).with("created", instant(d.Date)).with("keywords", []string{"news", "web archive"})
	switch l := licenceOf(set.License); {
	case l.id != "":
		o = o.with("licenses", []object{object{{"name", l.id}}.with("path", l.url)})
	case l.url != "":
		o = o.with("licenses", []object{{{"path", l.url}}})
	}
	var people, sites, resources []object
	for _, c := range set.Creators {
		person := object{{"title", oneLine(c.Name)}}
		if c.ORCID != "" {
			person = person.with("path", orcidURL(c.ORCID))
		}
		people = append(people, person.with("email", c.Email).with("organization", oneLine(c.Affiliation)).with("roles", []string{"creator"}))
	}
	for _, s := range d.Sites[:min(len(d.Sites), maxRows)] {
		if name := oneLine(s.Name); name != "" {
			sites = append(sites, object{{"title", name}})
		}
	}
	for i := range d.Tables {
		if r := d.tableResource(&d.Tables[i]); r != nil {
			resources = append(resources, r)
		}
	}
	for _, f := range d.otherFiles() {
		format, media, _ := mediaType(f.Name)
		r := object{{"name", resourceName(f.Name)}, {"path", f.Name}}
		resources = append(resources, r.with("format", format).with("mediatype", media).with("bytes", f.Bytes).with("hash", "sha256:"+f.SHA256))
	}
	o = o.with("contributors", people).with("sources", sites)
	return append(o, member{"resources", resources}).document()
}

// resourceName is a name for a file that is not of a table; it has the ending, so that
// it differs from the names of tables.
func resourceName(file string) string { return slug(strings.ReplaceAll(file, "/", "-")) }

// tableResource describes a table; nil if it has no files.
func (d *Description) tableResource(t *Table) object {
	files := d.tableFiles(t.Name)
	if len(files) == 0 {
		return nil
	}
	r := object{{"name", t.Name}, {"type", "table"}}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Name)
	}
	if len(paths) == 1 {
		r = r.with("path", paths[0])
	} else {
		r = r.with("path", paths)
	}
	format, media, _ := mediaType(files[0].Name)
	r = r.with("description", "One row is "+t.Meaning+".").with("format", format).with("mediatype", media)
	if format != "parquet" && format != "sqlite" {
		r = r.with("encoding", "utf-8")
	}
	r = append(r, member{"bytes", totalBytes(files)})
	if len(files) == 1 {
		r = r.with("hash", "sha256:"+files[0].SHA256)
	}
	r = r.with("dialect", d.dialect(format, t))
	return append(r, member{"schema", d.schema(t, format)})
}

func (d *Description) dialect(format string, t *Table) object {
	switch format {
	case "csv":
		end := "\n"
		if d.Recipe.Excel {
			end = "\r\n"
		}
		return object{{"lineTerminator", end}}
	case "jsonl", "jsonl.zst":
		return object{{"itemType", "object"}}
	case "sqlite":
		return object{{"table", t.Name}}
	}
	return nil
}

// schema is the Table Schema of a table.
func (d *Description) schema(t *Table, format string) object {
	var fields []object
	for _, c := range t.Columns {
		f := object{{"name", c.Name}, {"type", d.fieldType(c)}, {"description", withUnit(c)}}
		if c.Required {
			f = append(f, member{"constraints", object{{"required", true}}})
		}
		if t.Name == table.Articles.Name {
			f = f.with("categories", d.categories(c.Name))
		}
		fields = append(fields, f)
	}
	if format == "csv" && d.Recipe.Excel {
		fields = append(fields, object{{"name", "_truncated"}, {"type", "string"}, {"description", "columns of which this row has only the beginning"}})
	}
	s := object{{"fields", fields}, {"primaryKey", t.Key}}
	s = s.with("foreignKeys", d.foreignKeys(t))
	if format == "csv" {
		s = append(s, member{"missingValues", []string{""}})
	}
	return s
}

// categories lists the values of a column of articles, if all are known.
func (d *Description) categories(column string) (values []string) {
	counts := map[string][]Count{"kind": d.Kinds, "split": d.Splits}[column]
	for _, c := range counts {
		if name := oneLine(c.Name); name != "" && len(counts) <= maxRows {
			values = append(values, name)
		}
	}
	return values
}

// fieldType is the type of a column in Table Schema.
func (d *Description) fieldType(c table.Column) string {
	switch c.Type {
	case table.Int:
		return "integer"
	case table.Float:
		return "number"
	case table.Bool:
		return "boolean"
	case table.Time:
		return "datetime"
	case table.Strings:
		if d.Recipe.Excel {
			return "string" // joined, with escapes that Table Schema cannot describe
		}
		return "array"
	case table.JSON:
		return "any"
	}
	return "string"
}

func withUnit(c table.Column) string {
	if c.Unit == "" {
		return c.Meaning
	}
	return c.Meaning + " (" + c.Unit + ")"
}

// foreignKeys lists references to other tables of the dataset. References of articles
// to articles are none: the article may have been left out.
func (d *Description) foreignKeys(t *Table) (keys []object) {
	add := func(own []string, other string, theirs []string) {
		keys = append(keys, object{{"fields", own}, {"reference", object{{"resource", other}, {"fields", theirs}}}})
	}
	for _, c := range t.Columns {
		other, column, ok := d.reference(t, c)
		switch {
		case !ok:
		case other == table.Articles.Name && t.Column("version") >= 0:
			add([]string{c.Name, "version"}, other, []string{column, "version"})
		default:
			add([]string{c.Name}, other, []string{column})
		}
	}
	return keys
}

// reference splits what a column refers to, if that is in another table with files.
func (d *Description) reference(t *Table, c table.Column) (other, column string, ok bool) {
	other, column, ok = strings.Cut(c.Of, ".")
	return other, column, ok && other != t.Name && d.has(other, column) && len(d.tableFiles(other)) > 0
}
