package docs

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// unnamed stands for the makers of a dataset whose recipe names none. Standards that
// require an author get this, since an export invents no names.
const unnamed = "The makers of this dataset (not named)"

// privateUse is what holds if the recipe states no licence.
const privateUse = "For private research use"

// Bounds of lists in documents that people read, and of files that have an entry of
// their own in the metadata.
const (
	maxRows  = 50
	maxRuns  = 100
	maxFiles = 2000
)

func (d *Description) title() string {
	return cmp.Or(oneLine(d.Recipe.Dataset.Title), "News articles")
}

// name is a short identifier.
func (d *Description) name() string {
	return cmp.Or(d.Recipe.Dataset.Name, slug(d.Recipe.Dataset.Title), "news-articles")
}

var notName = regexp.MustCompile(`[^a-z0-9._-]+`)

func slug(s string) string {
	return strings.Trim(notName.ReplaceAllString(strings.ToLower(s), "-"), "-._")
}

func (d *Description) format() string { return cmp.Or(d.Recipe.Format, "jsonl") }

func (d *Description) pointers() bool { return d.Recipe.Rights.Tier == "pointers" }

// summary describes the dataset in one or two sentences.
func (d *Description) summary() string {
	s := fmt.Sprintf("%s from %s", number(d.Articles, "article"), number(int64(len(d.Sites)), "site"))
	if from, to := day(d.Published[0]), day(d.Published[1]); from != "" && to != "" {
		s += fmt.Sprintf(", published from %s to %s", from, to)
	}
	if from, to := day(d.Captured[0]), day(d.Captured[1]); from != "" && to != "" {
		s += fmt.Sprintf(", fetched from %s to %s", from, to)
	}
	s += "."
	if d.pointers() {
		s += " The dataset has pointers: URLs, dates and digests, without titles and texts."
	}
	return s
}

// description is what the makers say, or else the summary.
func (d *Description) description() string {
	return cmp.Or(strings.TrimSpace(d.Recipe.Dataset.Description), d.summary())
}

// usage says what the dataset may be used for.
func (d *Description) usage() string {
	if l := d.Recipe.Dataset.License; l != "" {
		return l
	}
	return privateUse + ": the texts belong to their publishers, and no licence is granted"
}

func (d *Description) doiURL() string {
	if d.Recipe.Dataset.DOI == "" {
		return ""
	}
	return "https://doi.org/" + d.Recipe.Dataset.DOI
}

// homepage is the URL of the dataset; "" if none is known.
func (d *Description) homepage() string { return cmp.Or(d.Recipe.Dataset.URL, d.doiURL()) }

func (d *Description) table(name string) *Table {
	for i := range d.Tables {
		if d.Tables[i].Name == name {
			return &d.Tables[i]
		}
	}
	return nil
}

// has reports whether a table of the dataset has a column.
func (d *Description) has(name, column string) bool {
	t := d.table(name)
	return t != nil && t.Column(column) >= 0
}

// tableFiles lists the files of a table. All tables are in the one file of SQLite.
func (d *Description) tableFiles(name string) (files []folder.File) {
	for _, f := range d.Files {
		if f.Table == name || d.format() == "sqlite" && f.Table == "" && strings.HasSuffix(f.Name, ".sqlite") {
			files = append(files, f)
		}
	}
	return files
}

// otherFiles lists the files that are not of a table.
func (d *Description) otherFiles() (files []folder.File) {
	for _, f := range d.Files {
		if f.Table == "" && (d.format() != "sqlite" || !strings.HasSuffix(f.Name, ".sqlite")) && len(files) < maxFiles {
			files = append(files, f)
		}
	}
	return files
}

// withoutSingles returns the files without those of which there is one for each article
// or picture, which are only counted: there may be millions.
func withoutSingles(files []folder.File) (rest []folder.File, texts, media int64) {
	for _, f := range files {
		switch {
		case f.Table == "" && strings.HasPrefix(f.Name, "texts/"):
			texts++
		case f.Table == "" && strings.HasPrefix(f.Name, "media/"):
			media++
		default:
			rest = append(rest, f)
		}
	}
	return rest, texts, media
}

func totalBytes(files []folder.File) (n int64) {
	for _, f := range files {
		n += f.Bytes
	}
	return n
}

// glob is a pattern that matches the names of the files of a table, or of one of its
// splits, and of no other.
func glob(files []folder.File) string {
	if len(files) == 1 {
		return files[0].Name
	}
	first, ending := files[0].Name, files[0].Name[strings.IndexByte(files[0].Name, '.'):]
	nested := false
	for _, f := range files {
		nested = nested || strings.Contains(f.Name, "/")
		for !strings.HasPrefix(f.Name, first) {
			first = first[:len(first)-1]
		}
	}
	dir, _, within := strings.Cut(first, "/")
	switch {
	case !nested:
		return first + "*" + ending
	case within:
		return dir + "/**/*" + ending
	}
	return first + "*/**/*" + ending
}

// missing says how the format writes a missing value.
func (d *Description) missing(c table.Column) string {
	if c.Required {
		return "never"
	}
	switch d.format() {
	case "jsonl", "jsonl.zst":
		return "absent"
	case "csv", "text":
		return "empty cell"
	}
	return "NULL"
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02")
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// number prints a number with its noun: "1 article", "11,736 articles".
func number(n int64, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return digits(n) + " " + noun + "s"
}

// digits prints a number with commas between groups of three digits.
func digits(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent prints a share, rounded so that only all is 100 % and only none is 0 %.
func percent(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	switch p := 100 * float64(part) / float64(whole); {
	case part == whole:
		return "100 %"
	case p > 99.9:
		return "> 99.9 %"
	case part > 0 && p < 0.1:
		return "< 0.1 %"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
}

// size prints a number of bytes.
func size(n int64) string {
	const unit = 1000
	if n < unit {
		return number(n, "byte")
	}
	f, i := float64(n)/unit, 0
	for ; f >= unit && i < 4; i++ {
		f /= unit
	}
	return fmt.Sprintf("%.1f %cB", f, "kMGTP"[i])
}
