package dataset

import (
	"os"
	"path"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
)

// recipeFile is the file of a dataset with its recipe.
const recipeFile = "recipe.toml"

// earlierFormat is the format of the dataset in a folder, by its recipe, or by its
// files if it has none; "" if there is no dataset.
func earlierFormat(dir string) (string, error) {
	files, err := folder.Check(dir)
	if err != nil {
		return "", err
	}
	if f, err := os.Open(filepath.Join(dir, recipeFile)); err == nil {
		defer f.Close()
		if r, err := recipe.Parse(f); err == nil {
			return r.Format, nil
		}
	}
	for _, f := range files {
		if format := formatOf(f); format != "" {
			return format, nil
		}
	}
	return "", nil
}

// formatOf tells the format of a dataset without a recipe by one of its files, which
// are of early versions of the program.
func formatOf(file string) string {
	switch path.Base(file) {
	case "record-ids.bin":
		return "warc"
	case "articles.jsonl":
		return "jsonl"
	case "articles.csv":
		return "csv"
	}
	return ""
}
