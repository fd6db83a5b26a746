package docs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// croissantContext is the JSON-LD context of Croissant 1.1, and PROV. The names of
// schema.org begin with https, which the library of Croissant insists on, although the
// appendix of the specification has http.
var croissantContext = object{
	{"@language", "en"}, {"@vocab", "https://schema.org/"}, {"sc", "https://schema.org/"}, {"cr", "http://mlcommons.org/croissant/"},
	{"rai", "http://mlcommons.org/croissant/RAI/"}, {"dct", "http://purl.org/dc/terms/"}, {"prov", "http://www.w3.org/ns/prov#"},
	{"annotation", "cr:annotation"}, {"arrayShape", "cr:arrayShape"}, {"citeAs", "cr:citeAs"}, {"column", "cr:column"},
	{"conformsTo", "dct:conformsTo"}, {"containedIn", "cr:containedIn"},
	{"data", object{{"@id", "cr:data"}, {"@type", "@json"}}},
	{"dataType", object{{"@id", "cr:dataType"}, {"@type", "@vocab"}}},
	{"equivalentProperty", "cr:equivalentProperty"},
	{"examples", object{{"@id", "cr:examples"}, {"@type", "@json"}}},
	{"excludes", "cr:excludes"}, {"extract", "cr:extract"}, {"field", "cr:field"}, {"fileProperty", "cr:fileProperty"},
	{"fileObject", "cr:fileObject"}, {"fileSet", "cr:fileSet"}, {"format", "cr:format"}, {"includes", "cr:includes"}, {"isArray", "cr:isArray"},
	{"isLiveDataset", "cr:isLiveDataset"}, {"jsonPath", "cr:jsonPath"}, {"key", "cr:key"}, {"md5", "cr:md5"}, {"parentField", "cr:parentField"},
	{"recordSet", "cr:recordSet"}, {"references", "cr:references"}, {"regex", "cr:regex"}, {"readLines", "cr:readLines"},
	{"sdVersion", "cr:sdVersion"}, {"separator", "cr:separator"}, {"source", "cr:source"}, {"subField", "cr:subField"},
	{"transform", "cr:transform"}, {"unArchive", "cr:unArchive"}, {"value", "cr:value"},
}

const croissantVersion = "http://mlcommons.org/croissant/1.1"

// croissant is croissant.json (Croissant 1.1, https://docs.mlcommons.org/croissant).
func (d *Description) croissant() ([]byte, error) {
	set := d.Recipe.Dataset
	o := object{{"@context", croissantContext}, {"@type", "sc:Dataset"}, {"conformsTo", croissantVersion}, {"name", d.title()}}
	o = o.with("alternateName", set.Name).with("description", d.description())
	if l := licenceOf(set.License); l.url != "" {
		o = o.with("license", l.url)
	} else {
		o = o.with("license", object{{"@type", "sc:CreativeWork"}, {"name", d.usage()}})
	}
	home := d.homepage()
	if home == "" {
		home = README // no other page of the dataset is known
	}
	o = o.with("url", home).with("sameAs", sameAs(home, d.doiURL())).with("creator", d.creators())
	o = o.with("datePublished", day(d.Date)).with("version", set.Version)
	_, languages := d.languageTags()
	o = o.with("inLanguage", languages).with("keywords", []string{"news", "web archive"})
	o = append(o, member{"isLiveDataset", false})
	o = o.with("citeAs", d.bibtex())
	o = o.with("prov:wasDerivedFrom", d.origin()).with("prov:wasGeneratedBy", d.activities())
	o = append(o, member{"distribution", d.distribution()})
	return o.with("recordSet", d.recordSets()).document()
}

// sameAs is the DOI, if it is not the page of the dataset.
func sameAs(home, doi string) string {
	if home == doi {
		return ""
	}
	return doi
}

// creators are the makers. One with an ORCID iD or an affiliation is a person; the
// recipe does not say what others are, and they are given as organizations.
func (d *Description) creators() (list []object) {
	for _, c := range d.Recipe.Dataset.Creators {
		o := object{{"@type", "sc:Organization"}, {"name", oneLine(c.Name)}}
		if c.ORCID != "" || c.Affiliation != "" {
			o[0].value = "sc:Person"
		}
		if c.ORCID != "" {
			o = append(o, member{"@id", orcidURL(c.ORCID)}, member{"url", orcidURL(c.ORCID)})
		}
		if c.Affiliation != "" {
			o = append(o, member{"affiliation", object{{"@type", "sc:Organization"}, {"name", oneLine(c.Affiliation)}}})
		}
		list = append(list, o.with("email", c.Email))
	}
	if len(list) == 0 {
		list = append(list, object{{"@type", "sc:Organization"}, {"name", unnamed}})
	}
	return list
}

var urn = regexp.MustCompile(`^urn:uuid:[0-9a-fA-F-]{36}$`)

// identified gives an object the @id of a record, if it is a valid one.
func identified(o object, id string) object {
	id = strings.Trim(id, "<>")
	if len(id) == 36 {
		id = "urn:uuid:" + id
	}
	if urn.MatchString(id) {
		return append(o, member{"@id", id})
	}
	return o.with("identifier", oneLine(id))
}

func (d *Description) origin() object {
	if d.Archive == "" {
		return nil
	}
	o := identified(object{{"@type", "prov:Entity"}}, d.Archive)
	return append(o, member{"prov:label", "newsmorgue archive; state: " + oneLine(d.Head)})
}

// activities are the export and the crawls; the table runs has those that are too many.
func (d *Description) activities() []object {
	list := []object{{{"@type", "prov:Activity"}, {"prov:label", "export by " + oneLine(d.Software)}}}
	for _, r := range d.Runs[:min(len(d.Runs), maxRuns)] {
		o := identified(object{{"@type", "prov:Activity"}}, r.ID)
		o = append(o, member{"prov:label", "crawl of " + oneLine(r.Site)})
		list = append(list, o.with("prov:startedAtTime", instant(r.Start)).with("prov:endedAtTime", instant(r.End)))
	}
	if more := len(d.Runs) - maxRuns; more > 0 {
		list = append(list, object{{"@type", "prov:Activity"}, {"prov:label", number(int64(more), "further crawl")}})
	}
	return list
}

// distribution lists the files, and the sets of files that a table has.
func (d *Description) distribution() (list []object) {
	n := 0
	for i := range d.Tables {
		t := &d.Tables[i]
		own := d.tableFiles(t.Name)
		if d.format() == "sqlite" && i > 0 {
			break // all tables are in the same file
		}
		for _, f := range own {
			if n++; n <= maxFiles {
				list = append(list, fileObject(f.Name, f.Bytes, f.SHA256))
			}
		}
		if len(own) > 1 {
			_, _, encoding := mediaType(own[0].Name)
			list = append(list, object{{"@type", "cr:FileSet"}, {"@id", t.Name + "-files"}, {"name", t.Name + "-files"},
				{"description", "The " + number(int64(len(own)), "file") + " of the table " + t.Name + "."},
				{"encodingFormat", encoding}, {"includes", glob(own)}})
		}
	}
	for _, f := range d.otherFiles() {
		list = append(list, fileObject(f.Name, f.Bytes, f.SHA256))
	}
	if d.texts > 0 {
		list = append(list, object{{"@type", "cr:FileSet"}, {"@id", "text-files"}, {"name", "text-files"},
			{"description", "The text of each article in a file of its own; the column file of articles names it."},
			{"encodingFormat", "text/plain"}, {"includes", "texts/**/*.txt"}})
	}
	if d.media > 0 {
		list = append(list, object{{"@type", "cr:FileSet"}, {"@id", "media-files"}, {"name", "media-files"},
			{"description", "Archived pictures; the column media_file of captions names them."},
			{"encodingFormat", "application/octet-stream"}, {"includes", "media/**"}})
	}
	return list
}

func fileObject(name string, bytes int64, sum string) object {
	_, _, encoding := mediaType(name)
	o := object{{"@type", "cr:FileObject"}, {"@id", name}, {"name", name}, {"contentUrl", name}, {"contentSize", fmt.Sprintf("%d B", bytes)}}
	if encoding == "application/zstd" {
		return append(o, member{"encodingFormat", []string{encoding, "application/jsonlines"}}, member{"sha256", sum})
	}
	return append(o, member{"encodingFormat", encoding}, member{"sha256", sum})
}

// recordSets describe the tables and the splits.
func (d *Description) recordSets() (list []object) {
	if d.hasSplits() {
		list = append(list, d.splitSet())
	}
	for i := range d.Tables {
		t := &d.Tables[i]
		files := d.tableFiles(t.Name)
		if len(files) == 0 {
			continue
		}
		var source object
		switch {
		case d.format() == "sqlite":
			// Croissant has no word for a table of a database: fields without a source.
		case len(files) == 1:
			source = object{{"fileObject", object{{"@id", files[0].Name}}}}
		default:
			source = object{{"fileSet", object{{"@id", t.Name + "-files"}}}}
		}
		var keys, fields []object
		for _, k := range t.Key {
			keys = append(keys, object{{"@id", t.Name + "/" + k}})
		}
		for _, c := range t.Columns {
			fields = append(fields, d.field(t, c, source))
		}
		description := "One record is " + t.Meaning + "."
		if source == nil {
			description += " The table " + t.Name + " of " + files[0].Name + "."
		}
		list = append(list, object{{"@type", "cr:RecordSet"}, {"@id", t.Name}, {"name", t.Name}, {"description", description},
			{"key", keys}, {"field", fields}})
	}
	return list
}

// dataTypes are the types of columns in Croissant. Lists are arrays of them.
var dataTypes = map[table.Type]string{
	table.String: "sc:Text", table.Int: "sc:Integer", table.Float: "sc:Float", table.Bool: "sc:Boolean", table.Time: "sc:DateTime",
	table.Strings: "sc:Text", table.JSON: "sc:Text",
}

func (d *Description) field(t *Table, c table.Column, source object) object {
	o := object{{"@type", "cr:Field"}, {"@id", t.Name + "/" + c.Name}, {"name", c.Name}, {"description", withUnit(c)}, {"dataType", dataTypes[c.Type]}}
	// The lists of CSV and SQLite are JSON in one text.
	if c.Type == table.Strings && (d.format() == "parquet" || strings.HasPrefix(d.format(), "jsonl")) {
		o = append(o, member{"isArray", true}, member{"arrayShape", "-1"})
	}
	if source != nil {
		o = append(o, member{"source", append(append(object{}, source...), member{"extract", object{{"column", c.Name}}})})
	}
	other, column, ok := d.reference(t, c)
	if c.Name == "split" && d.hasSplits() {
		other, column, ok = "splits", "name", true
	}
	if ok {
		o = append(o, member{"references", object{{"@id", other + "/" + column}}})
	}
	return o
}

func (d *Description) hasSplits() bool {
	return len(d.Splits) > 0 && d.has(table.Articles.Name, "split")
}

// splitSet says what the values of the column split mean.
func (d *Description) splitSet() object {
	meaning := map[string]string{"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit", "test": "cr:TestSplit"}
	var data []object
	for _, s := range d.Splits {
		if m := meaning[s.Name]; m != "" {
			data = append(data, object{{"splits/name", s.Name}, {"splits/url", m}})
		}
	}
	field := func(name, dataType string) object {
		return object{{"@type", "cr:Field"}, {"@id", "splits/" + name}, {"name", name}, {"dataType", dataType}}
	}
	return object{{"@type", "cr:RecordSet"}, {"@id", "splits"}, {"name", "splits"}, {"description", "Parts for training, validation and test."},
		{"dataType", "cr:Split"}, {"key", object{{"@id", "splits/name"}}},
		{"field", []object{field("name", "sc:Text"), field("url", "cr:Split")}}, {"data", data}}
}
