package docs

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"articles.csv"}, "articles.csv"},
		{[]string{"articles-test.jsonl.zst", "articles-train.jsonl.zst"}, "articles-t*.jsonl.zst"},
		{[]string{"articles/month=2026-11/shard=00/part-00000.parquet", "articles/month=2026-11/shard=01/part-00000.parquet"}, "articles/**/*.parquet"},
		{[]string{"articles-test/month=2026-11/part-00000.parquet", "articles-train/month=2026-12/part-00000.parquet"}, "articles-t*/**/*.parquet"},
	} {
		var files []folder.File
		for _, n := range test.names {
			files = append(files, folder.File{Name: n})
		}
		if got := glob(files); got != test.want {
			t.Errorf("%v: got %s, want %s", test.names, got, test.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"a|b\nc", `a\|b c`}, {"<b>&amp;", `\<b\>\&amp;`}, {"see https://a.example", `see https\://a.example`}, {"www.a.example", `www\.a.example`},
		{"host without www., or", "host without www., or"}, {"a \"b\"", `a "b"`}, {"a\u202eb\u2028c", "ab c"}, {"2026-11", "2026-11"}, {"\xff", "\ufffd"},
	} {
		if got := markdown(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
	for _, test := range []struct{ in, want string }{{"1. x", `1\. x`}, {"- x", `\- x`}, {"2026", "2026"}, {"---", `\---`}, {"3) x", `3\) x`}} {
		if got := paragraph(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestCode(t *testing.T) {
	for _, test := range []struct{ in, want string }{{"a", "`a`"}, {"a`b", "``a`b``"}, {"`a`", "`` `a` ``"}, {"a|b", "`a\\|b`"}, {`a\|b`, `a\\\|b`}} {
		if got := cellCode(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{digits(0), "0"}, {digits(999), "999"}, {digits(1000), "1,000"}, {digits(1234567), "1,234,567"},
		{number(1, "site"), "1 site"}, {number(2, "query"), "2 queries"}, {percent(9999, 10000), "> 99.9 %"}, {percent(1, 10000), "< 0.1 %"},
		{percent(0, 7), "0.0 %"}, {percent(7, 7), "100 %"}, {percent(1, 0), ""}, {size(999), "999 bytes"}, {size(12_345_678), "12.3 MB"},
		{sizeCategory(0), "n<1K"}, {sizeCategory(1000), "1K<n<10K"}, {sizeCategory(2_000_000), "1M<n<10M"}, {sizeCategory(1e15), "n>1T"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// FuzzEscapes checks that what is escaped is read back, and stays where it was put.
func FuzzEscapes(f *testing.F) {
	f.Add("a | \"b\"\n# c `d`")
	f.Add("\u2028\ufeff\x00\xff\U000e0001\\")
	f.Add("no")
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ToValidUTF8(s, "\ufffd")
		if strings.ContainsRune(s, utf8.RuneError) || want != s {
			return // each invalid byte becomes U+FFFD, also several in a row
		}
		var fromYAML map[string]string
		if err := yaml.Unmarshal([]byte("key: "+yamlString(s)), &fromYAML); err != nil || fromYAML["key"] != s {
			t.Errorf("YAML: got %q, %v, want %q", fromYAML["key"], err, s)
		}
		var fromJSON map[string]string
		if err := json.Unmarshal(appendJSON(nil, object{{"key", s}}), &fromJSON); err != nil || fromJSON["key"] != s {
			t.Errorf("JSON: got %q, %v, want %q", fromJSON["key"], err, s)
		}
		for _, line := range []string{markdown(s), paragraph(s), code(s), bibtexText(s)} {
			if strings.ContainsAny(line, "\n\r\t\x00\x1b\u2028\u202e") {
				t.Errorf("not one line: %q", line)
			}
		}
		if n := strings.Count(strings.ReplaceAll(strings.ReplaceAll(markdown(s), `\\`, ""), `\|`, ""), "|"); n > 0 {
			t.Errorf("Markdown: %q has %d more cells", markdown(s), n)
		}
	})
}
