package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/newsmorgue/newsmorgue"

// mayImport is the import table of the house: which of our packages each may
// import. "…" after a name stands for what is below it.
var mayImport = map[string][]string{
	"scraper/robots":                nil,
	"scraper/sitemap":               nil,
	"scraper/feed":                  nil,
	"scraper/wpjson":                nil,
	"scraper/sitetest":              nil,
	"scraper/schedule":              nil,
	"archive/cdxj":                  nil,
	"testdata/newspaper":            nil,
	"scraper":                       {"scraper/robots", "scraper/sitemap", "scraper/feed", "scraper/wpjson"},
	"scraper/fetch":                 {"scraper"},
	"scraper/frontier":              {"scraper"},
	"scraper/frontier/frontiertest": {"scraper"},
	"parsers/charset":               nil,
	"parsers/flat":                  {"parsers/internal/block"},
	"parsers/template":              nil,
	"parsers/internal/block":        nil,
	"parsers":                       {"parsers/charset", "parsers/flat", "parsers/internal/block", "parsers/template"},
	"parsers/internal/train":        {"parsers", "parsers/internal/block"},
	"archive":                       {"archive/cdxj"},
	"archive/catalog":               {"archive", "parsers"},
	"archive/dataset":               {"archive/catalog", "parsers"},
	"cmd/newsmorgue":                {"…"},
	"cmd/newsmorgue/internal/keep":  {"…"},
	"cmd/newsmorgue/internal/watch": {"…"},
}

// guests are libraries that live behind one package.
var guests = map[string][]string{
	"github.com/gocolly/colly":            {"scraper/fetch"},
	"github.com/PuerkitoBio/goquery":      {"parsers", "scraper"},
	"github.com/andybalholm/cascadia":     {"parsers", "scraper"},
	"github.com/go-shiori/go-readability": {"parsers"},
	"github.com/nyaruka/phonenumbers":     {"parsers"},
	"github.com/mmcdole/gofeed":           {"scraper/feed"},
	"github.com/andybalholm/brotli":       {"scraper/fetch"},
	"github.com/spf13/cobra":              {"cmd/newsmorgue"},
	"github.com/BurntSushi/toml":          {"cmd/newsmorgue"},
	"golang.org/x/net/html/charset":       {"parsers/charset"},
	"modernc.org/sqlite":                  {"archive/catalog", "scraper/frontier"},
}

func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(rel))
		seen[pkg] = true
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: package %s stands in no row of the import table", rel, pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		// A package's tests may reach further: into its own package from
		// outside, the conformance suite, the test server.
		test := strings.HasSuffix(rel, "_test.go")
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if ours, ok := strings.CutPrefix(imp, module+"/"); ok {
				if !test && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "…") {
					t.Errorf("%s imports %s, which the table does not allow", rel, ours)
				}
				if !test && strings.HasPrefix(ours, "cmd/") && !strings.HasPrefix(pkg, "cmd/") {
					t.Errorf("%s imports %s; nobody imports cmd", rel, ours)
				}
				continue
			}
			for guest, hosts := range guests {
				if !test && (imp == guest || strings.HasPrefix(imp, guest+"/")) && !slices.Contains(hosts, pkg) {
					t.Errorf("%s imports %s, which lives behind %v", rel, imp, hosts)
				}
			}
			if !test && strings.HasPrefix(pkg, "parsers") && pkg != "parsers/internal/train" && slices.Contains([]string{"net", "net/http", "os"}, imp) {
				t.Errorf("%s imports %s; parsers touches neither network nor disk", rel, imp)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		if !seen[pkg] {
			t.Errorf("the import table names %s, which does not exist", pkg)
		}
	}
}

// TestReadmeTable compares README's import table with the one above.
func TestReadmeTable(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\| (.*?) \\|$")
	got := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(string(readme), -1) {
		got[m[1]] = strings.ReplaceAll(m[2], "`", "")
	}
	for pkg, imports := range mayImport {
		want := strings.Join(imports, ", ")
		switch want {
		case "":
			want = "nothing"
		case "…":
			want = "anything"
		}
		if got[pkg] != want {
			t.Errorf("README's import table, %s: got %q, want %q", pkg, got[pkg], want)
		}
	}
}
