package docs_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
)

// TestMarkdownTables checks that no text from outside breaks a table or adds a heading,
// a link or HTML.
func TestMarkdownTables(t *testing.T) {
	escaped := regexp.MustCompile(`\\.`)
	eachSample(t, func(t *testing.T, _ *docs.Description, files map[string][]byte) {
		for _, name := range []string{docs.README, docs.Codebook} {
			_, body, _ := strings.Cut(string(files[name]), "\n# ")
			if name == docs.Codebook {
				body = string(files[name])
			}
			cells, fenced := 0, false
			for line := range strings.Lines(body) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "```") {
					fenced = !fenced
				}
				if fenced {
					continue
				}
				bare := escaped.ReplaceAllString(line, "")
				if !strings.HasPrefix(line, "|") {
					cells = 0
				} else if n := strings.Count(bare, "|"); cells == 0 {
					cells = n
				} else if n != cells {
					t.Errorf("%s: %d cells, want %d: %s", name, n, cells, line)
				}
				bare = escaped.ReplaceAllString(withoutCode(line), "")
				if strings.Contains(bare, "<script") || strings.Contains(bare, "](http://evil") || strings.Contains(bare, "%!") || strings.HasPrefix(line, "---") {
					t.Errorf("%s: %s", name, line)
				}
			}
			if fenced {
				t.Errorf("%s: a block of code does not end", name)
			}
		}
	})
}

// withoutCode removes spans of code from a line: what is between two runs of equally
// many backquotes.
func withoutCode(line string) string {
	runs := regexp.MustCompile("`+").FindAllStringIndex(line, -1)
	out, at := "", 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[j][1]-runs[j][0] == runs[i][1]-runs[i][0] && !strings.HasSuffix(line[:runs[i][0]], `\`) {
				out += line[at:runs[i][0]]
				at, i = runs[j][1], j
				break
			}
		}
	}
	return out + line[at:]
}

// TestCardLinks checks that links within the card lead to headings and files.
func TestCardLinks(t *testing.T) {
	eachSample(t, func(t *testing.T, _ *docs.Description, files map[string][]byte) {
		headings := map[string]bool{}
		for _, name := range []string{docs.README, docs.Codebook} {
			for line := range strings.Lines(string(files[name])) {
				if strings.HasPrefix(line, "## ") {
					headings[name+"#"+strings.ReplaceAll(strings.ToLower(strings.TrimSpace(line[3:])), " ", "-")] = true
				}
			}
		}
		for _, m := range regexp.MustCompile(`\]\(([a-zA-Z.]*)#([a-z0-9-]+)\)`).FindAllStringSubmatch(string(files[docs.README]), -1) {
			name := m[1]
			if name == "" {
				name = docs.README
			}
			if !headings[name+"#"+m[2]] {
				t.Errorf("no heading %s#%s", name, m[2])
			}
		}
	})
}

// TestCardSays checks facts in words.
func TestCardSays(t *testing.T) {
	leaky := full()
	leaky.Leaks = 2
	noneComputed := full()
	noneComputed.Duplicates = docs.Duplicates{}
	all := samples()
	for _, test := range []struct {
		name string
		d    *docs.Description
		want []string
	}{
		{"full", full(), []string{"1,200 articles from 2 sites, published from 2026-01-01 to 2026-11-22", "**Leakage check: passed.**", "97.2–99.9 %", "at least 50 words",
			"| withdrawn | 2 |", "<https://doi.org/10.5281/zenodo.1234567>", "telephone numbers"}},
		{"plain", plain(), []string{"**For private research use.** No licence is stated.", "Nobody has measured this", "Its makers have not said.", "The dataset has no splits.",
			"Near-duplicates were not looked for", "not compared with an earlier release", "The makers of this dataset (not named)", "**Redaction**: none."}},
		{"leaky", leaky, []string{"**Leakage check: failed.** 2 clusters"}},
		{"no clusters", noneComputed, []string{"**Leakage check: not made**"}},
		{"pointers", all["pointers"], []string{"**Pointers only.**", "Titles and texts were removed."}},
		{"text", all["text"], []string{"`texts/`: 1 file"}},
		{"sqlite", all["sqlite"], []string{"sqlite3 dataset.sqlite"}},
	} {
		card := string(written(t, test.d)[docs.README])
		for _, want := range test.want {
			if !strings.Contains(card, want) {
				t.Errorf("%s: the card lacks %q", test.name, want)
			}
		}
	}
}

func TestCodebookCSV(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		rows, err := csv.NewReader(strings.NewReader(string(files[docs.CodebookCSV]))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		for _, table := range d.Tables {
			want += len(table.Columns)
		}
		if d.Recipe.Format == "text" { // file in place of text
			if file := rows[1]; file[1] != "file" || file[7] != "0.6667" || strings.Contains(string(files[docs.CodebookCSV]), "articles,text,") {
				t.Errorf("got %v", file)
			}
		}
		if len(rows) != want || strings.Join(rows[0], ",") != "table,column,type,meaning,unit,from,missing,filled_rate,example,refers_to" {
			t.Errorf("got %d rows, want %d: %v", len(rows), want, rows[0])
		}
	})
}
