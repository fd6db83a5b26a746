package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/newsmorgue/newsmorgue"

// mayImport lists which of our packages each package may import. "…" means any.
var mayImport = map[string][]string{
	"scraper/robots":                  nil,
	"scraper/internal/loosexml":       nil,
	"scraper/internal/webdate":        nil,
	"scraper/sitemap":                 {"scraper/internal/loosexml", "scraper/internal/webdate"},
	"scraper/feed":                    {"scraper/internal/loosexml", "scraper/internal/webdate"},
	"scraper/weburl":                  nil,
	"scraper/wpjson":                  nil,
	"scraper/sitetest":                nil,
	"scraper/schedule":                nil,
	"archive/cdxj":                    nil,
	"testdata/newspaper":              nil,
	"scraper":                         {"scraper/robots", "scraper/sitemap", "scraper/feed", "scraper/weburl", "scraper/wpjson"},
	"scraper/fetch":                   {"scraper"},
	"scraper/frontier":                {"scraper"},
	"scraper/frontier/frontiertest":   {"scraper"},
	"scraper/frontier/pgclock":        {"scraper"},
	"scraper/frontier/pgclock/pgtest": nil,
	"parsers/charset":                 {"parsers/internal/mediatype"},
	"parsers/tree":                    {"parsers/internal/block", "parsers/internal/mediatype"},
	"parsers/template":                nil,
	"parsers/internal/block":          nil,
	"parsers/article":                 nil,
	"parsers/internal/mediatype":      nil,
	"parsers/internal/text":           nil,
	"parsers/internal/jsdata":         nil,
	"parsers/internal/classname":      nil,
	"parsers/internal/credit":         {"parsers/internal/block", "parsers/internal/text"},
	"parsers/internal/evidence":       {"parsers/article"},
	"parsers/internal/doc/doctest":    {"parsers/article", "parsers/internal/block", "parsers/internal/doc", "parsers/tree"},
	"parsers/internal/doc":            {"parsers/article", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/credit", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/language":                {"parsers/article", "parsers/internal/block", "parsers/internal/doc", "parsers/internal/text"},
	"parsers/dates":                   {"parsers/article", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/contacts":                {"parsers/article", "parsers/internal/block", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/byline":                  {"parsers/article", "parsers/dates", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/credit", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/captions":                {"parsers/article", "parsers/byline", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/credit", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/headline":                {"parsers/article", "parsers/byline", "parsers/dates", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/body":                    {"parsers/article", "parsers/byline", "parsers/dates", "parsers/template", "parsers/internal/block", "parsers/internal/classname", "parsers/internal/doc", "parsers/internal/jsdata", "parsers/internal/text"},
	"parsers/versions":                {"parsers/article"},
	"parsers":                         {"parsers/article", "parsers/body", "parsers/byline", "parsers/captions", "parsers/charset", "parsers/contacts", "parsers/dates", "parsers/headline", "parsers/language", "parsers/template", "parsers/tree", "parsers/internal/block", "parsers/internal/doc", "parsers/internal/evidence", "parsers/internal/text"},
	"parsers/internal/blind":          {},
	"parsers/internal/train":          {"parsers/…"},
	"archive/internal/jsontext":       nil,
	"archive":                         {"archive/cdxj", "archive/internal/jsontext"},
	"archive/storetest":               {"archive"},
	"archive/storetest/s3test":        nil,
	"archive/dirstore":                {"archive"},
	"archive/mirror":                  {"archive"},
	"archive/s3store":                 {"archive"},
	"archive/stamp":                   nil,
	"archive/stamp/stamptest":         nil,
	"archive/words":                   nil,
	"archive/catalog":                 {"archive", "archive/words", "parsers/article"},
	"archive/dataset/table":           nil,
	"archive/dataset/folder":          nil,
	"archive/dataset/table/tabletest": {"archive/dataset/table"},
	"archive/extsort":                 nil,
	"archive/dataset/neardup":         nil,
	"archive/dataset/split":           nil,
	"archive/dataset/upload":          {"archive", "archive/dataset/folder"},
	"archive/dataset/optout":          {"parsers/article"},
	"archive/dataset/redact":          {"parsers/contacts"},
	"archive/dataset/release":         {"archive/dataset/folder", "archive/dataset/recipe", "archive/dataset/table"},
	"archive/dataset/recipe":          {"archive/words"},
	"archive/dataset/formats":         {"archive/dataset/folder", "archive/dataset/table", "archive/internal/jsontext"},
	"archive/dataset/docs":            {"archive/dataset/folder", "archive/dataset/recipe", "archive/dataset/table"},
	"archive/dataset":                 {"archive", "archive/catalog", "archive/dataset/…", "archive/extsort", "archive/internal/jsontext", "parsers/article", "parsers/contacts", "parsers/versions"},
	"archive/audit":                   {"archive", "archive/catalog", "parsers/article"},
	"archive/warc":                    {"archive", "archive/cdxj"},
	"archive/wacz":                    {"archive", "archive/cdxj", "archive/extsort", "archive/warc"},
	"archive/exchange":                {"archive", "archive/catalog", "archive/cdxj", "archive/extsort", "archive/dataset/folder", "archive/wacz", "archive/warc"},
	"archive/web/guard":               nil,
	"archive/web/cite":                nil,
	"archive/web/chart":               nil,
	"archive/web":                     {"archive", "archive/catalog", "archive/cdxj", "archive/web/…", "archive/words", "parsers/article", "parsers/versions"},
	"archive/web/facets":              {"archive/catalog", "parsers/article"},
	"archive/web/replay":              nil,
	"cmd/newsmorgue":                  {"…"},
	"cmd/newsmorgue/internal/keep":    {"…"},
	"cmd/newsmorgue/internal/watch":   {"…"},
	"cmd/newsmorgue/internal/cluster": {"…"},

	"cmd/newsmorgue/internal/cluster/drill":   nil,
	"cmd/newsmorgue/internal/saved":           nil,
	"cmd/newsmorgue/internal/pagetext":        {"parsers/charset", "parsers/tree"},
	"cmd/newsmorgue/internal/watch/warn":      {"archive", "archive/catalog", "cmd/newsmorgue/internal/keep", "scraper/frontier"},
	"cmd/newsmorgue/internal/watch/notice":    {"archive/catalog", "cmd/newsmorgue/internal/keep", "cmd/newsmorgue/internal/watch/warn", "parsers/versions", "scraper/frontier"},
	"cmd/newsmorgue/internal/watch/webhook":   {"scraper/frontier"},
	"cmd/newsmorgue/internal/watch/metrics":   nil,
	"cmd/newsmorgue/internal/watch/watchtest": {"archive", "archive/catalog", "cmd/newsmorgue/internal/keep", "parsers/article"},

	"archive/archivetest":               {"archive", "archive/catalog", "parsers/article"},
	"archive/dataset/internal/generate": {"archive/archivetest"},
}

// onlyIn lists libraries that only some packages may import, so that a library can
// be replaced in one place.
var onlyIn = map[string][]string{
	"github.com/gocolly/colly":              {"scraper/fetch"},
	"github.com/go-shiori/go-readability":   {"parsers/body"},
	"github.com/nyaruka/phonenumbers":       {"parsers/contacts"},
	"github.com/parquet-go/parquet-go":      {"archive/dataset/formats"},
	"github.com/andybalholm/brotli":         {"scraper/fetch"},
	"github.com/netresearch/go-cron":        {"scraper/schedule"},
	"github.com/spf13/cobra":                {"cmd/newsmorgue"},
	"github.com/BurntSushi/toml":            {"archive/dataset/recipe", "cmd/newsmorgue"},
	"github.com/sergi/go-diff":              {"parsers/versions"},
	"golang.org/x/net/html/charset":         {"parsers/charset"},
	"golang.org/x/crypto/x509roots":         {"cmd/newsmorgue/internal/keep"},
	"modernc.org/sqlite":                    {"archive/catalog", "archive/dataset/formats", "scraper/frontier"},
	"github.com/notaryproject/tspclient-go": {"archive/stamp"},
	"github.com/nlnwa/whatwg-url":           {"archive/cdxj"},
	"github.com/jackc/pgx/v5":               {"cmd/newsmorgue/internal/cluster", "scraper/frontier/pgclock", "scraper/frontier/pgclock/pgtest"},
	"github.com/minio/minio-go":             {"archive/s3store"},
	"github.com/johannesboyne/gofakes3":     nil, // tests only
}

// TestImports compares the imports of all packages with the tables above.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		// Other modules, such as the readers of testdata/e2e, are not a part of this one.
		if _, err := os.Stat(filepath.Join(file, "go.mod")); d.IsDir() && file != root && err == nil {
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
		if _, known := mayImport[pkg]; !known {
			t.Errorf("%s: package %s is not in the import table", rel, pkg)
			return nil
		}
		// Tests may import more: the package itself from outside, the conformance
		// suite, the test server.
		if strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if reason := forbidden(pkg, imp); reason != "" {
				t.Errorf("%s imports %s: %s", rel, imp, reason)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		if !seen[pkg] {
			t.Errorf("the import table has %s, which does not exist", pkg)
		}
	}
}

// forbidden says why a package may not import another, or "".
func forbidden(pkg, imp string) string {
	if ours, ok := strings.CutPrefix(imp, module+"/"); ok {
		allowed := mayImport[pkg]
		switch {
		case strings.HasPrefix(ours, "cmd/") && !strings.HasPrefix(pkg, "cmd/"):
			return "only cmd may import packages of cmd"
		case !permits(allowed, ours):
			return "the import table does not allow it"
		}
		return ""
	}
	for library, users := range onlyIn {
		if (imp == library || strings.HasPrefix(imp, library+"/")) && !slices.Contains(users, pkg) {
			return fmt.Sprintf("only %v may import it", users)
		}
	}
	if strings.HasPrefix(pkg, "parsers") && pkg != "parsers/internal/train" && slices.Contains([]string{"net", "net/http", "os"}, imp) {
		return "parsers must not use the network or the disk"
	}
	return ""
}

// permits reports whether a row of the table allows an import.
func permits(allowed []string, imp string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		below, all := strings.CutSuffix(a, "…")
		return imp == a || all && (strings.HasPrefix(imp, below) || imp+"/" == below)
	})
}
