package docs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// Names of the documents.
const (
	README      = "README.md"
	CodebookCSV = "codebook.csv"
	Codebook    = "codebook.md"
	Croissant   = "croissant.json"
	DataPackage = "datapackage.json"
	Citation    = "CITATION.cff"
	RecipeFile  = "recipe.toml"
)

// Write writes the documents of a dataset into its folder, after all other files are
// written: README.md (a data card with the front matter of Hugging Face), codebook.csv
// and codebook.md, croissant.json (Croissant 1.1), datapackage.json (Data Package 2.0),
// CITATION.cff (Citation File Format 1.2.0) and recipe.toml. The same description gives
// the same bytes.
func Write(d *folder.Folder, desc *Description) error {
	all := *desc
	if all.Files == nil {
		all.Files = d.Files()
	}
	all.Files, all.texts, all.media = withoutSingles(all.Files)
	if all.format() == "text" {
		all.Tables = withTextFiles(all.Tables)
	}
	for _, doc := range []struct {
		name  string
		write func(*Description) ([]byte, error)
	}{
		{CodebookCSV, (*Description).codebookCSV},
		{Codebook, (*Description).codebook},
		{RecipeFile, (*Description).recipe},
		{DataPackage, (*Description).dataPackage},
		{Croissant, (*Description).croissant},
		{Citation, (*Description).citation},
		{README, (*Description).card},
	} {
		data, err := doc.write(&all)
		if err == nil {
			err = d.WriteFile(doc.name, data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", doc.name, err)
		}
	}
	return nil
}

// recipe is the recipe that the dataset was made by.
func (d *Description) recipe() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The recipe of this dataset. The same archive and the same program give the same bytes:\n")
	fmt.Fprintf(&b, "#   newsmorgue export --recipe %s -o FOLDER\n", RecipeFile)
	for _, l := range [][2]string{{"program", d.Software}, {"archive", d.Archive}, {"state of the archive", d.Head}} {
		if l[1] != "" {
			fmt.Fprintf(&b, "# %s: %s\n", l[0], strings.ToValidUTF8(oneLine(l[1]), "\ufffd"))
		}
	}
	b.WriteByte('\n')
	err := d.Recipe.Write(&b)
	return b.Bytes(), err
}

// withTextFiles returns the tables as the format text has them: articles with the column
// file in place of long texts.
func withTextFiles(tables []Table) []Table {
	tables = slices.Clone(tables)
	for i, t := range tables {
		if t.Name != table.Articles.Name || t.Column("file") >= 0 {
			continue
		}
		files := *t.Table
		files.Columns = []table.Column{{Name: "file", Type: table.String, From: "computed", Meaning: "path of the file with the text; missing if the article has no text"}}
		filled, first := []int64{0}, []string{""}
		for j, c := range t.Columns {
			if j >= len(t.Filled) || j >= len(t.First) {
				break
			}
			if c.Name == "text" {
				filled[0] = t.Filled[j]
			}
			if !c.Long {
				files.Columns = append(files.Columns, c)
				filled, first = append(filled, t.Filled[j]), append(first, t.First[j])
			}
		}
		tables[i].Table, tables[i].Filled, tables[i].First = &files, filled, first
	}
	return tables
}
