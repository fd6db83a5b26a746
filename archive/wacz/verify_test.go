package wacz_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// A part is a member of a package that a test changes.
type part struct {
	name   string
	method uint16
	data   []byte
}

func parts(t testing.TB, b []byte) []part {
	t.Helper()
	p := opened(t, b)
	var all []part
	for _, name := range p.Members() {
		method := zip.Deflate
		if _, ok := p.At(name); ok {
			method = zip.Store
		}
		all = append(all, part{name, method, member(t, p, name)})
	}
	return all
}

// zipOf makes a package of parts. With fix, datapackage.json has the right checksums.
func zipOf(t testing.TB, all []part, fix bool) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range all {
		if fix && p.name == "datapackage.json" {
			p.data = fixed(t, p.data, all)
		}
		if fix && p.name == "datapackage-digest.json" {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: p.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(p.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fixed(t testing.TB, text []byte, all []part) []byte {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	var list []wacz.Resource
	for _, p := range all {
		if !strings.HasPrefix(p.name, "datapackage") {
			sum := sha256.Sum256(p.data)
			list = append(list, wacz.Resource{Name: filepath.Base(p.name), Path: p.name, Hash: "sha256:" + hex.EncodeToString(sum[:]), Bytes: int64(len(p.data))})
		}
	}
	d["resources"] = list
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// plainIndex replaces the compressed index by the same lines as text.
func plainIndex(t testing.TB, b []byte, change func(lines string) string) []byte {
	t.Helper()
	var lines strings.Builder
	for l, err := range opened(t, b).Lines(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lines.WriteString(l.String() + "\n")
	}
	var all []part
	for _, p := range parts(t, b) {
		if !strings.HasPrefix(p.name, "indexes/") {
			all = append(all, p)
		}
	}
	return zipOf(t, append(all, part{"indexes/index.cdxj", zip.Deflate, []byte(change(lines.String()))}), true)
}

func TestVerifyIndex(t *testing.T) {
	b, _ := written(t, stories(2), wacz.WriterOptions{})
	replace := func(form, by string) func(string) string {
		return func(s string) string { return regexp.MustCompile(form).ReplaceAllString(s, by) }
	}
	tests := []struct {
		name   string
		change func(string) string
		want   string // in the first problem; none if empty
		n      int    // problems
	}{
		{"unchanged", func(s string) string { return s }, "", 0},
		{"a line is missing", func(s string) string { return s[strings.IndexByte(s, '\n')+1:] }, "no line for this record", 1},
		{"two lines for one record", func(s string) string { return s[:strings.IndexByte(s, '\n')+1] + s }, "", 0},
		{"hundreds of lines for one record", func(s string) string { return strings.Repeat(s[:strings.IndexByte(s, '\n')+1], 300) + s }, "at least 100 lines", 1},
		{"offset", replace(`"offset":"(\d+)"`, `"offset":"1$1"`), "no line for this record", 6},
		{"no offset", replace(`"offset":"\d+",`, ``), "names no WARC file and offset", 6},
		{"length", replace(`"length":"\d+"`, `"length":"99999"`), "says that the record has 99999 bytes", 3},
		{"digest", replace(`"digest":"sha256:..`, `"digest":"sha256:00`), "does not have the digest", 3},
		{"record digest", replace(`"recordDigest":"sha256:..`, `"recordDigest":"sha256:zz`), "the record was changed", 3},
		{"URL", replace(`"url":"https://www`, `"url":"https://news`), "for another URL", 3},
		{"time", replace(` 2026`, ` 2025`), "captured at 2025", 3},
		{"status", replace(`"200"`, `"404"`), "status is 404; it is 200", 3},
		{"file", replace(`newsmorgue-2`, `other-2`), "no line for this record", 6},
		{"order", func(s string) string {
			l := strings.SplitAfter(s, "\n")
			return l[1] + l[0] + l[2]
		}, "not sorted", 1},
		{"text", func(s string) string { return s + "what is this\n" }, "cannot be read", 1},
		{"17 digits", replace(` (\d{14}) `, ` ${1}123 `), "", 0},
		{"numbers", replace(`"(\d+)"`, `$1`), "", 0},
		{"digest without a label", replace(`"digest":"sha256:`, `"digest":"`), "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := verified(t, plainIndex(t, b, tt.change))
			if len(r.Damage) != tt.n {
				t.Fatalf("got %d problems, want %d: %v", len(r.Damage), tt.n, r.Damage)
			}
			if tt.n > 0 && !strings.Contains(r.Damage[0].What, tt.want) {
				t.Errorf("got %s, want %s", r.Damage[0], tt.want)
			}
		})
	}
}

func TestVerifyMembers(t *testing.T) {
	b, _ := written(t, stories(2), wacz.WriterOptions{})
	tests := []struct {
		name   string
		fix    bool
		change func(p *part) bool // false: leave it out
		want   string
	}{
		{"no list of pages", true, func(p *part) bool { return p.name != "pages/pages.jsonl" }, "pages/pages.jsonl is missing"},
		{"no index", true, func(p *part) bool { return !strings.HasPrefix(p.name, "indexes/") }, "no index in indexes/"},
		{"no WARC", true, func(p *part) bool { return !strings.HasPrefix(p.name, "archive/") }, "no WARC file"},
		{"no description", false, func(p *part) bool { return p.name != "datapackage.json" }, "datapackage.json is missing"},
		{"a member is missing", false, func(p *part) bool { return p.name != "pages/extraPages.jsonl" }, "lists it, but it is not there"},
		{"pages changed", false, func(p *part) bool {
			p.data = bytes.Replace(p.data, []byte("Story 1"), []byte("Story X"), 1)
			return true
		}, "pages/pages.jsonl: it was changed"},
		{"pages longer", false, func(p *part) bool {
			if p.name == "pages/pages.jsonl" {
				p.data = append(p.data, '\n')
			}
			return true
		}, "bytes; datapackage.json says"},
		{"description changed", false, func(p *part) bool {
			if p.name == "datapackage.json" {
				p.data = bytes.Replace(p.data, []byte("newsmorgue/test"), []byte("newsmorgue/TEST"), 1)
			}
			return true
		}, "datapackage.json: it was changed"},
		{"a page without a URL", true, func(p *part) bool {
			p.data = bytes.Replace(p.data, []byte(`"url":"https://www.gazette.example/article-1/",`), nil, 1)
			return true
		}, "the page has no url"},
		{"a record changed", true, func(p *part) bool {
			if strings.HasPrefix(p.name, "archive/") {
				p.data = bytes.Clone(p.data)
				p.data[len(p.data)/2] ^= 1
			}
			return true
		}, ".warc.gz"},
		{"a block moved", true, func(p *part) bool {
			p.data = bytes.Replace(p.data, []byte(`"offset":0`), []byte(`"offset":1`), 1)
			return true
		}, "indexes/index.cdx.gz at offset 1: a block that indexes/index.idx names cannot be read"},
		{"a block twice", true, func(p *part) bool {
			if p.name == "indexes/index.idx" {
				line := p.data[bytes.IndexByte(p.data, '\n')+1:]
				p.data = append(bytes.Clone(p.data), line...)
			}
			return true
		}, "share bytes, or are not in order"},
		{"an index that grows", true, func(p *part) bool {
			if p.name == "indexes/index.cdx.gz" {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				if _, err := io.CopyN(z, lineFeeds{}, 40<<20); err != nil {
					t.Fatal(err)
				}
				if err := z.Close(); err != nil {
					t.Fatal(err)
				}
				p.data = append(b.Bytes(), p.data...)
			}
			return true
		}, "grows to more than 200 times"},
		{"a block with another key", true, func(p *part) bool {
			if p.name == "indexes/index.idx" {
				p.data = bytes.Replace(p.data, []byte(`example,gazette)`), []byte(`example,gazettf)`), 1)
			}
			return true
		}, "the block begins with"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var all []part
			for _, p := range parts(t, b) {
				if tt.change(&p) {
					all = append(all, p)
				}
			}
			r := verified(t, zipOf(t, all, tt.fix))
			var lines []string
			for _, d := range r.Damage {
				lines = append(lines, d.String())
			}
			if !strings.Contains(strings.Join(lines, "\n"), tt.want) {
				t.Errorf("got %q, want %s", lines, tt.want)
			}
		})
	}
}

// lineFeeds is an endless text.
type lineFeeds struct{}

func (lineFeeds) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// TestVerifyOthers checks packages of other tools, where they are.
func TestVerifyOthers(t *testing.T) {
	dir := os.Getenv("NEWSMORGUE_INTEROP")
	if dir == "" {
		t.Skip("NEWSMORGUE_INTEROP does not name a folder with files of other tools")
	}
	for name, damage := range map[string]bool{"valid_example_1.wacz": false, "invalid_example_1.wacz": true} {
		r, err := wacz.Verify(t.Context(), filepath.Join(dir, "wacz", name), wacz.VerifyOptions{})
		if err != nil || (len(r.Damage) > 0) != damage {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
}

func TestOpenOtherVersions(t *testing.T) {
	b, _ := written(t, stories(1), wacz.WriterOptions{})
	for name, want := range map[string]struct{ json, title, main string }{
		"1.0":     {`{"profile":"data-package","wacz_version":"1.0.0","metadata":{"title":"Old"},"resources":[{"path":"pages/pages.jsonl","stats":{"hash":"00","bytes":1},"hashing":"sha256"}]}`, "Old", ""},
		"py-wacz": {`{"profile":"data-package","wacz_version":"1.1.1","title":"Py","mainPageURL":"https://a.example/","mainPageDate":"2020-10-07T21:22:36Z","resources":[]}`, "Py", "https://a.example/"},
		"1.2":     {`{"profile":"wacz","title":"New","home":{"url":"https://a.example/","ts":"2020-10-07T21:22:36Z"},"resources":[]}`, "New", "https://a.example/"},
		"odd":     {`{"title":5,"wacz_version":{},"resources":[{"bytes":1.5}]}`, "", ""},
	} {
		var all []part
		for _, p := range parts(t, b) {
			if p.name == "datapackage.json" {
				p.data = []byte(want.json)
			}
			all = append(all, p)
		}
		p := opened(t, zipOf(t, all, false))
		if p.Title != want.title || p.MainPageURL != want.main {
			t.Errorf("%s: got %q, %q", name, p.Title, p.MainPageURL)
		}
	}
}

func TestMulti(t *testing.T) {
	list := []byte(`{"profile":"multi-wacz-package","resources":[{"name":"a","path":"a.wacz"}]}`)
	for name, b := range map[string][]byte{
		"a list":               list,
		"a ZIP with a list":    zipOf(t, []part{{"datapackage.json", zip.Store, list}}, false),
		"a ZIP with packages":  zipOf(t, []part{{"a.wacz", zip.Store, []byte("PK")}}, false),
		"both, in one package": zipOf(t, []part{{"datapackage.json", zip.Store, []byte(`{}`)}, {"a.wacz", zip.Store, []byte("PK")}}, false),
	} {
		if _, err := wacz.Open(bytes.NewReader(b), int64(len(b))); !errors.Is(err, wacz.ErrMulti) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestHostile(t *testing.T) {
	header := func(h zip.FileHeader) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h.Modified = time.Time{}
		if _, err := z.CreateRaw(&h); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	link := zip.FileHeader{Name: "archive/a.warc.gz"}
	link.SetMode(os.ModeSymlink | 0o777)
	many := make([]part, 100_001)
	for i := range many {
		many[i] = part{name: fmt.Sprint(i)}
	}
	twice := []part{{"archive/a", zip.Store, nil}, {"archive/a", zip.Store, nil}}
	good, _ := written(t, stories(1), wacz.WriterOptions{})
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"parent":       {header(zip.FileHeader{Name: "../a"}), "outside the package"},
		"inner parent": {header(zip.FileHeader{Name: "archive/../../a"}), "outside the package"},
		"absolute":     {header(zip.FileHeader{Name: "/etc/passwd"}), "outside the package"},
		"drive":        {header(zip.FileHeader{Name: "C:/a"}), "outside the package"},
		"backslash":    {header(zip.FileHeader{Name: `archive\a`}), "backslash"},
		"control":      {header(zip.FileHeader{Name: "a\x00b"}), "control"},
		"empty":        {header(zip.FileHeader{Name: ""}), "outside the package"},
		"symlink":      {header(link), "symbolic link"},
		"encrypted":    {header(zip.FileHeader{Name: "a", Flags: 1}), "encrypted"},
		"method":       {header(zip.FileHeader{Name: "a", Method: 99}), "method 99"},
		"bomb":         {header(zip.FileHeader{Name: "a", Method: zip.Deflate, CompressedSize64: 1000, UncompressedSize64: 1 << 40}), "would grow"},
		"two sizes":    {header(zip.FileHeader{Name: "a", Method: zip.Store, CompressedSize64: 10, UncompressedSize64: 20}), "two different sizes"},
		"twice":        {zipOf(t, twice, false), "two members"},
		"many":         {zipOf(t, many, false), "100001 members"},
		"cut":          {good[:len(good)-30], "not a complete ZIP file"},
		"text":         {[]byte("WARC/1.1\r\n"), "not a complete ZIP file"},
		"nothing":      {nil, "not a complete ZIP file"},
	} {
		_, err := wacz.Open(bytes.NewReader(tt.b), int64(len(tt.b)))
		if !errors.Is(err, wacz.ErrFormat) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

// TestSharedBytes: two entries of the list of members name the same data.
func TestSharedBytes(t *testing.T) {
	b := zipOf(t, []part{{"archive/a", zip.Store, []byte("0123456789")}, {"archive/b", zip.Store, []byte("0123456789")}}, false)
	at := bytes.LastIndex(b, []byte("archive/b")) - 4 // the offset in the second entry
	copy(b[at:], []byte{0, 0, 0, 0})
	if _, err := wacz.Open(bytes.NewReader(b), int64(len(b))); !errors.Is(err, wacz.ErrFormat) || !strings.Contains(err.Error(), "share bytes") {
		t.Errorf("got %v", err)
	}
}

// TestLyingSize: a member is larger than the list of members says.
func TestLyingSize(t *testing.T) {
	b := zipOf(t, []part{{"pages/pages.jsonl", zip.Deflate, bytes.Repeat([]byte("\n"), 1000)}}, false)
	at := bytes.LastIndex(b, []byte("pages/pages.jsonl")) - 46 + 24 // its size in the list
	copy(b[at:], []byte{10, 0, 0, 0})
	p := opened(t, b)
	for _, err := range p.Pages(t.Context()) {
		if err != nil {
			return
		}
	}
	t.Error("the member was read without an error")
}

func FuzzVerify(f *testing.F) {
	b, _ := written(f, stories(1), wacz.WriterOptions{})
	f.Add(b)
	f.Add(plainIndex(f, b, func(s string) string { return s }))
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(t.TempDir(), "a.wacz")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := wacz.Verify(t.Context(), name, wacz.VerifyOptions{Temp: t.TempDir()})
		if err == nil && r == nil {
			t.Error("neither a report nor an error")
		}
	})
}

// FuzzMembers checks changed members in a valid ZIP file, whose own checksums do
// not stop these.
func FuzzMembers(f *testing.F) {
	b, _ := written(f, stories(1), wacz.WriterOptions{})
	all := parts(f, b)
	for i, p := range all {
		f.Add(uint8(i), p.data)
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		changed := append([]part{}, all...)
		changed[int(which)%len(all)].data = data
		name := filepath.Join(t.TempDir(), "a.wacz")
		if err := os.WriteFile(name, zipOf(t, changed, false), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := wacz.Verify(t.Context(), name, wacz.VerifyOptions{Temp: t.TempDir()})
		if err == nil && len(r.Damage) == 0 && !bytes.Equal(data, all[int(which)%len(all)].data) && !strings.HasPrefix(all[int(which)%len(all)].name, "datapackage") {
			t.Errorf("a change of %s was not noticed", all[int(which)%len(all)].name)
		}
	})
}
