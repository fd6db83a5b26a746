package docs_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

var update = flag.Bool("update", false, "write the documents of testdata anew")

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func described(t *table.Table, rows int64, first map[string]string) docs.Table {
	d := docs.Table{Table: t, Rows: rows}
	for _, c := range t.Columns {
		n := rows
		if !c.Required {
			n = rows * 2 / 3
		}
		d.Filled = append(d.Filled, n)
		d.First = append(d.First, first[c.Name])
	}
	return d
}

// full describes a dataset with all that a description can have.
func full() *docs.Description {
	articles := described(table.Articles.Usual(), 1200, map[string]string{"id": "0a1b2c3d4e5f", "url": "https://a.example/x", "site": "a.example"})
	return &docs.Description{
		Recipe: recipe.Recipe{
			Format: "parquet", Tables: []string{"articles", "authors", "sites", "runs"},
			Filter: recipe.Filter{Since: "2026-01", Until: "2026-11", MinWords: 50},
			Choice: recipe.Choice{Clusters: true, Split: "hash:80/10/10", Seed: 7},
			Rights: recipe.Rights{Redact: []string{"emails", "phones"}},
			Dataset: recipe.Dataset{
				Title: "Two newspapers, 2026", Name: "two-newspapers", Description: "Articles of two newspapers of one town.\n\nMade for a study of reprints.",
				Version: "1.1.0", DOI: "10.5281/zenodo.1234567", License: "CC-BY-NC-4.0", Contact: "lab@example.org",
				Creators: []recipe.Creator{{Name: "Jane Doe", ORCID: "0000-0002-1825-0097", Affiliation: "University of Example"}, {Name: "The Press Lab", Email: "lab@example.org"}},
			},
		},
		Software: "newsmorgue/0.1.0", Archive: "3f0d0c51-6d1c-4f0e-9d55-0d8c8a1b2c3d", Head: "sha256:" + strings.Repeat("ab", 32) + ", 4,711 records",
		Date: at("2026-11-23T18:00:00Z"), Articles: 1200, Days: 310,
		Tables: []docs.Table{articles, described(table.Authors.Usual(), 1500, map[string]string{"id": "0a1b2c3d4e5f"}),
			described(table.Sites, 2, map[string]string{"site": "a.example"}), described(table.Runs, 3, nil)},
		Files: []folder.File{
			{Name: "articles-test.parquet", Bytes: 120_000, SHA256: strings.Repeat("1", 64), Rows: 120, Table: "articles", Split: "test"},
			{Name: "articles-train.parquet", Bytes: 960_000, SHA256: strings.Repeat("2", 64), Rows: 960, Table: "articles", Split: "train"},
			{Name: "articles-validation.parquet", Bytes: 120_000, SHA256: strings.Repeat("3", 64), Rows: 120, Table: "articles", Split: "validation"},
			{Name: "authors.parquet", Bytes: 40_000, SHA256: strings.Repeat("4", 64), Rows: 1500, Table: "authors"},
			{Name: "digests.csv", Bytes: 90_000, SHA256: strings.Repeat("5", 64)},
			{Name: "runs.parquet", Bytes: 900, SHA256: strings.Repeat("6", 64), Rows: 3, Table: "runs"},
			{Name: "sites.parquet", Bytes: 800, SHA256: strings.Repeat("7", 64), Rows: 2, Table: "sites"},
		},
		Splits: []docs.Count{{Name: "train", N: 960}, {Name: "validation", N: 120}, {Name: "test", N: 120}},
		Sites:  []docs.Count{{Name: "a.example", N: 900}, {Name: "b.example:8080", N: 300}},
		Kinds:  []docs.Count{{Name: "article", N: 1150}, {Name: "live", N: 50}}, Languages: []docs.Count{{Name: "en-GB", N: 1100}, {Name: "no", N: 80}, {Name: "", N: 20}},
		Extractors: []docs.Count{{Name: "newsmorgue/0.1.0 (3)", N: 1200}},
		Published:  [2]time.Time{at("2026-01-01T06:00:00Z"), at("2026-11-22T21:00:00Z")}, Captured: [2]time.Time{at("2026-01-02T00:00:00Z"), at("2026-11-23T18:00:00Z")},
		Left:       []docs.Count{{Name: "fewer than 50 words", N: 31}, {Name: "suppressed", N: 2}},
		Duplicates: docs.Duplicates{Computed: true, Clusters: 40, Articles: 95, AcrossSites: 33, Exact: 12},
		Optouts:    []docs.Count{{Name: "noarchive", N: 14}, {Name: "tdm", N: 3}},
		Redacted:   []docs.Count{{Name: "emails", N: 88}, {Name: "phones", N: 7}},
		Precision:  []docs.Precision{{Field: "title", Yes: 199, No: 1, Low: 0.9722, High: 0.9991}, {Field: "authors", Yes: 180, No: 20, Low: 0.8506, High: 0.9343}},
		Release:    &docs.Release{Name: "1.0.0", Added: 100, Changed: 10, Withdrawn: 2, Stayed: 1090, Differs: []string{"filter"}},
		Runs: []docs.Run{{ID: "<urn:uuid:11111111-2222-4333-8444-555555555555>", Site: "a.example", Start: at("2026-01-02T00:00:00Z"), End: at("2026-01-02T03:00:00Z")},
			{ID: "<urn:uuid:11111111-2222-4333-8444-666666666666>", Site: "b.example:8080", Start: at("2026-11-23T17:00:00Z")}},
	}
}

// plain describes a dataset of which nobody said anything.
func plain() *docs.Description {
	return &docs.Description{
		Software: "newsmorgue/0.1.0", Archive: "3f0d0c51-6d1c-4f0e-9d55-0d8c8a1b2c3d", Head: "sha256:00, 9 records", Date: at("2026-11-23T18:00:00Z"), Articles: 3,
		Tables:    []docs.Table{described(table.Articles.Usual(), 3, nil), described(table.Sites, 1, nil)},
		Files:     []folder.File{{Name: "articles.jsonl", Bytes: 12_000, SHA256: strings.Repeat("a", 64), Rows: 3, Table: "articles"}, {Name: "sites.jsonl", Bytes: 90, SHA256: strings.Repeat("b", 64), Rows: 1, Table: "sites"}},
		Sites:     []docs.Count{{Name: "a.example", N: 3}},
		Languages: []docs.Count{{Name: "en", N: 3}}, Kinds: []docs.Count{{Name: "article", N: 3}},
	}
}

const nasty = "x | y\r\n---\r\n# \"no\" '`<script>` {{ }}: \u2028\u202e [a](http://evil.example) \x00\x1b\x7f\u0085 *b* _c_ &amp; ]]> 1.0 \\"

// hostile has such text wherever text comes from outside.
func hostile() *docs.Description {
	d := full()
	d.Recipe.Dataset.Title = "A | \"title\" `of` <b> *data* [x](y): {no} — 日本 #1"
	d.Recipe.Dataset.Description = "1. First | \"quoted\"\n---\n# no heading\n\n``` {{x}} <script>\n- no: list"
	d.Recipe.Dataset.Creators = []recipe.Creator{{Name: "O'Neil \"Q\" {x} \\ % | `y`"}}
	d.Recipe.Filter.Sections = []string{"a|b", "`c`", "*d*"}
	d.Recipe.Filter.Query = "`covid | \"19\"`"
	d.Software, d.Archive, d.Head = nasty, nasty, nasty
	for _, list := range [][]docs.Count{d.Sites, d.Kinds, d.Languages, d.Extractors, d.Left, d.Optouts, d.Redacted} {
		list[0].Name = nasty
	}
	for i := range d.Tables {
		for j := range d.Tables[i].First {
			d.Tables[i].First[j] = nasty
		}
	}
	d.Runs[0].Site, d.Runs[1].ID = nasty, nasty
	d.Release.Name = nasty
	d.Precision[0].Field = nasty
	return d
}

func inFormat(d *docs.Description, format string) *docs.Description {
	d.Recipe.Format = format
	for i, f := range d.Files {
		if f.Table != "" {
			d.Files[i].Name = strings.TrimSuffix(f.Name, filepath.Ext(f.Name)) + "." + format
		}
	}
	switch format {
	case "sqlite":
		d.Files = []folder.File{{Name: "dataset.sqlite", Bytes: 9_000_000, SHA256: strings.Repeat("c", 64), Rows: 2705}}
	case "text":
		for i, f := range d.Files {
			d.Files[i].Name = strings.TrimSuffix(f.Name, ".text") + ".csv"
		}
		d.Files = append(d.Files, folder.File{Name: "texts/a.example/0a/0a1b-1.txt", Bytes: 3000, SHA256: strings.Repeat("d", 64)})
	}
	return d
}

// samples are the descriptions that all documents are tested with.
func samples() map[string]*docs.Description {
	all := map[string]*docs.Description{"full": full(), "plain": plain(), "hostile": hostile(), "empty": {}}
	for _, format := range []string{"jsonl", "jsonl.zst", "csv", "sqlite", "text"} {
		all[format] = inFormat(full(), format)
	}
	excel := inFormat(full(), "csv")
	excel.Recipe.Excel = true
	all["excel"] = excel
	pointers := full()
	pointers.Recipe.Rights.Tier = "pointers"
	pointers.Tables[0].Table = table.Articles.Usual().Pointers()
	all["pointers"] = pointers
	return all
}

// written returns the documents of a description by their names.
func written(t *testing.T, d *docs.Description) map[string][]byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	f, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := docs.Write(f, d); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, name := range []string{docs.README, docs.CodebookCSV, docs.Codebook, docs.Croissant, docs.DataPackage, docs.Citation, docs.RecipeFile} {
		if all[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// writtenSamples are the samples with their documents, written once for all tests.
var writtenSamples = map[string]map[string][]byte{}

func eachSample(t *testing.T, test func(t *testing.T, d *docs.Description, files map[string][]byte)) {
	all := samples()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			if writtenSamples[name] == nil {
				writtenSamples[name] = written(t, all[name])
			}
			test(t, all[name], writtenSamples[name])
		})
	}
}

// TestGolden compares the documents with those of testdata; -update writes them.
func TestGolden(t *testing.T) {
	for _, sample := range []string{"full", "plain"} {
		files := written(t, samples()[sample])
		for _, name := range slices.Sorted(maps.Keys(files)) {
			golden := filepath.Join("testdata", sample, name)
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, files[name], 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(files[name], want) {
				t.Errorf("%s differs; run go test -update and read the difference", golden)
			}
		}
	}
}

func TestDocumentsAreDeterministic(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		for name, again := range written(t, d) {
			if !bytes.Equal(files[name], again) {
				t.Errorf("%s differs the second time", name)
			}
		}
	})
}

func TestRecipeOfADataset(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		r, err := recipe.Parse(bytes.NewReader(files[docs.RecipeFile]))
		if err != nil {
			t.Fatal(err)
		}
		var got, want bytes.Buffer
		if err := r.Write(&got); err != nil {
			t.Fatal(err)
		}
		if err := d.Recipe.Write(&want); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("got %s, want %s", got.String(), want.String())
		}
	})
}

// TestTextsHaveNoControlCharacters also holds for what is not valid UTF-8.
func TestTextsHaveNoControlCharacters(t *testing.T) {
	eachSample(t, func(t *testing.T, _ *docs.Description, files map[string][]byte) {
		for name, data := range files {
			if i := bytes.IndexFunc(data, func(r rune) bool {
				return r < ' ' && r != '\n' || r == 0x7f || r == 0x85 || r == '\u2028' || r == '\u2029' || r == '\u202e'
			}); i >= 0 {
				t.Errorf("%s has a control character after %q", name, data[max(0, i-40):i])
			}
		}
	})
}
