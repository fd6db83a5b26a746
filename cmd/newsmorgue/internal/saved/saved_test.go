package saved

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestReadManifest(t *testing.T) {
	rows, err := ReadManifest(strings.NewReader("\ufeffurl,file,date,charset\n" +
		"https://a.example/1,one.html,2024-01-02,windows-1252\n" +
		"\"https://a.example/2?a,b\",sub/two.mht,2024-01-02T03:04:05+02:00,\n" +
		"ftp://a.example/3,three.html,2024-01-02\n" +
		"https://a.example/4,,2024-01-02\n" +
		"https://a.example/5,five.html,last week\n" +
		",six.html\n" +
		"https://a.example/7,\"seven\"x.html,\n" +
		"https://a.example/8,eight.html,2024-01-02,no charset\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		date := ""
		if !r.Date.IsZero() {
			date = r.Date.Format("2006-01-02T15:04")
		}
		got = append(got, fmt.Sprintf("%d %s %s %s %s %v", r.Line, r.File, r.URL, date, r.Charset, r.Err != nil))
	}
	want := []string{
		"2 one.html https://a.example/1 2024-01-02T00:00 windows-1252 false",
		"3 sub/two.mht https://a.example/2?a,b 2024-01-02T01:04  false",
		"4 three.html ftp://a.example/3   true",
		"5  https://a.example/4   true",
		"6 five.html https://a.example/5   true",
		"7 six.html    false",
		"8     true",
		"9 eight.html https://a.example/8  no charset true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReadManifestForms(t *testing.T) {
	rows, err := ReadManifest(strings.NewReader("File;URL\r\na.html;https://a.example/\r\n"))
	if err != nil || len(rows) != 1 || rows[0].URL != "https://a.example/" || rows[0].Err != nil {
		t.Errorf("semicolons: %+v, %v", rows, err)
	}
	for _, bad := range []string{"", "url,date\nhttps://a.example/,2024\n"} {
		if _, err := ReadManifest(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct{ page, from, canonical string }{
		{"<!DOCTYPE html>\n<!-- saved from url=(0024)https://a.example/story/1 -->\n<html>", "https://a.example/story/1", ""},
		{"<!-- saved from url=(0022)about:internet -->", "", ""},
		{"<html><head><link rel=canonical href='https://a.example/c'><meta property=og:url content='https://a.example/og'>", "", "https://a.example/c"},
		{"<html><head><meta property=og:url content='https://a.example/og'></head><body>", "", "https://a.example/og"},
		{"<html><head><link rel=canonical href='/c'></head><body>", "", ""},
	} {
		if got := SavedFrom([]byte(c.page)); got != c.from {
			t.Errorf("SavedFrom(%q) = %q, want %q", c.page, got, c.from)
		}
		if got := Canonical([]byte(c.page)); got != c.canonical {
			t.Errorf("Canonical(%q) = %q, want %q", c.page, got, c.canonical)
		}
	}
}

// chromeMHTML is a file as browsers built on Chromium save it.
const chromeMHTML = "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://a.example/story\r\nSubject: Ferry\r\n" +
	"Date: Tue, 2 Jan 2024 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----Boundary--x----\"\r\n\r\n\r\n" +
	"------Boundary--x----\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.example/story\r\n\r\n" +
	"<!DOCTYPE html><html><head><meta charset=3D\"utf-8\"></head><body><p>The ferr=\r\ny caf=C3=A9</body></html>\r\n" +
	"------Boundary--x----\r\nContent-Type: text/css\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: cid:css-1@mhtml\r\n\r\np{}\r\n" +
	"------Boundary--x----\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://a.example/i.png\r\n\r\niVBORw==\r\n" +
	"------Boundary--x------\r\n"

func TestReadMHTML(t *testing.T) {
	p, err := ReadMHTML(strings.NewReader(chromeMHTML))
	if err != nil {
		t.Fatal(err)
	}
	if p.URL != "https://a.example/story" || p.Date.Format("2006-01-02T15:04Z") != "2024-01-02T09:00Z" || p.Left != 1 {
		t.Errorf("got %+v", p)
	}
	if want := `<p>The ferry café</body></html>`; !bytes.HasSuffix(p.Root.Body, []byte(want)) {
		t.Errorf("got %q, want the end %q", p.Root.Body, want)
	}
	if len(p.Parts) != 1 || p.Parts[0].URL != "https://a.example/i.png" || string(p.Parts[0].Body) != "\x89PNG" {
		t.Errorf("got parts %+v", p.Parts)
	}
}

func TestReadMHTMLOdd(t *testing.T) {
	single := "MIME-Version: 1.0\r\nContent-Location: https://a.example/one\r\nContent-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>caf\xe9"
	if p, err := ReadMHTML(strings.NewReader(single)); err != nil || p.URL != "https://a.example/one" || p.Root.ContentType != "text/html; charset=windows-1252" || string(p.Root.Body) != "<p>caf\xe9" {
		t.Errorf("single: %+v, %v", p, err)
	}
	for _, bad := range []string{"", "<html>", "Content-Type: multipart/related\r\n\r\nx", "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/css\r\n\r\nx\r\n--b--"} {
		if p, err := ReadMHTML(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: got %+v", bad, p)
		}
	}
	_, err := ReadMHTML(strings.NewReader("Content-Type: text/html\r\n\r\n" + strings.Repeat("x", maxPart+1)))
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("large: %v", err)
	}
}

// chromeWith is chromeMHTML with one text for another.
func chromeWith(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(chromeMHTML, old) {
		t.Fatalf("no %q", old)
	}
	return strings.Replace(chromeMHTML, old, new, 1)
}

// What is damaged is named, and what is before the damage is read.
func TestReadMHTMLDamaged(t *testing.T) {
	end := strings.LastIndex(chromeMHTML, "------Boundary--x------")
	for _, c := range []struct {
		name, file string
		body       string // in the page
		parts      int
		problem    string // in the only one
		cut        bool   // the page
	}{
		{"cut in an image", chromeMHTML[:len(chromeMHTML)-30], "ferry café", 1, "part 3 (https://a.example/i.png) is damaged after", false},
		{"cut in the header of a part", chromeMHTML[:len(chromeMHTML)-40], "ferry café", 0, "cut off or damaged after part 2", false},
		{"cut between the parts", chromeMHTML[:end], "ferry café", 1, "part 3 (https://a.example/i.png) is damaged after 4 bytes: unexpected EOF", false},
		{"cut in the page", chromeMHTML[:strings.Index(chromeMHTML, "=C3=A9")], "ferry caf", 0, "part 1 (https://a.example/story) is damaged after", true},
		{"bad base64", chromeWith(t, "iVBORw==", "iVBO\x00\x01\x02Rw=="), "ferry café", 1, "part 3 (https://a.example/i.png) is damaged after 3 bytes: illegal base64 data", false},
		{"bad base64 from the beginning", chromeWith(t, "iVBORw==", "!!!!"), "ferry café", 0, "part 3 (https://a.example/i.png) is damaged after 0 bytes", false},
		{"bad quoted-printable", chromeWith(t, "caf=C3=A9", "caf\x00=C3=A9"), "ferry caf", 1, "part 1 (https://a.example/story) is damaged after", true},
		{"a header of a part that is none", chromeWith(t, "Content-Type: image/png\r\n", "\x00\x00\x00\r\n"), "ferry café", 0, "cut off or damaged after part 2", false},
		{"a page alone", "Content-Type: text/html\r\nContent-Location: https://a.example/\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+ZmVycnk=?", "ferry", 0, "the page is damaged after 8 bytes", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ReadMHTML(strings.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(p.Root.Body, []byte(c.body)) || p.Root.Cut != c.cut || len(p.Parts) != c.parts {
				t.Errorf("got %q, cut %v, %d parts", p.Root.Body, p.Root.Cut, len(p.Parts))
			}
			if len(p.Problems) != 1 || !p.Problems[0].Damaged || !strings.Contains(p.Problems[0].What, c.problem) {
				t.Errorf("got %+v, want %q", p.Problems, c.problem)
			}
		})
	}
	for name, file := range map[string]string{
		"empty":              "",
		"cut in the header":  chromeMHTML[:60],
		"no boundary":        chromeWith(t, "\r\n\tboundary=\"----Boundary--x----\"", ""),
		"another boundary":   strings.Replace(chromeMHTML, `boundary="----Boundary--x----"`, `boundary="----Boundary--y----"`, 1),
		"cut before a part":  chromeMHTML[:strings.Index(chromeMHTML, "------Boundary")],
		"no page is decoded": strings.NewReplacer("<!DOCTYPE", "\x00", "quoted-printable", "base64").Replace(chromeMHTML),
	} {
		if p, err := ReadMHTML(strings.NewReader(file)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %+v, %v", name, p, err)
		}
	}
	for name, file := range map[string]string{"HTML": "<html>\n<p>x", "no type": "Subject: x\r\n\r\nx", "a long header": "Subject: " + strings.Repeat("x", 2*maxHead)} {
		if _, err := ReadMHTML(strings.NewReader(file)); err == nil || errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Parts beyond the limits are named, and so many names are bounded.
func TestReadMHTMLLimits(t *testing.T) {
	head := "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: https://a.example/\r\n\r\n<p>x\r\n"
	part := func(n int, size int) string {
		return fmt.Sprintf("--b\r\nContent-Type: image/png\r\nContent-Location: https://a.example/%d\r\n\r\n%s\r\n", n, strings.Repeat("x", size))
	}
	var many strings.Builder
	for n := range maxParts + 300 {
		many.WriteString(part(n, 1))
	}
	p, err := ReadMHTML(strings.NewReader(head + many.String() + "--b--"))
	if err != nil || len(p.Parts) != maxParts-1 || len(p.Problems) != maxProblems {
		t.Fatalf("got %d parts, %d problems, %v", len(p.Parts), len(p.Problems), err)
	}
	if got := p.Problems[0]; got.Damaged || !strings.Contains(got.What, "part 5001 (https://a.example/4999) was left out: more than 5000 parts") {
		t.Errorf("got %+v", got)
	}
	if got := p.Problems[maxProblems-1].What; !strings.HasPrefix(got, "202 more parts") {
		t.Errorf("got %q", got)
	}
	p, err = ReadMHTML(strings.NewReader(head + part(1, maxPart+1) + part(2, 1) + "--b--"))
	if err != nil || len(p.Parts) != 1 || len(p.Problems) != 1 || !strings.Contains(p.Problems[0].What, "part 2 (https://a.example/1) was left out: it has more than") {
		t.Errorf("a large part: got %d parts, %+v, %v", len(p.Parts), p.Problems, err)
	}
	large := part(1, maxPart)
	p, err = ReadMHTML(io.MultiReader(strings.NewReader(head), strings.NewReader(large), strings.NewReader(large), strings.NewReader(large), strings.NewReader(large), strings.NewReader(part(5, 1)+"--b--")))
	if err != nil || len(p.Parts) != 4 || len(p.Problems) != 1 || !strings.Contains(p.Problems[0].What, "together") {
		t.Errorf("many large parts: got %d parts, %+v, %v", len(p.Parts), p.Problems, err)
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add("file,url,date\na.html,https://a.example/,2024-01-02\n")
	f.Add("file;charset\n\"a\"b\n")
	f.Fuzz(func(t *testing.T, s string) {
		rows, err := ReadManifest(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Err == nil && (r.File == "" || r.URL != "" && !IsWebURL(r.URL)) {
				t.Errorf("row %+v has no error", r)
			}
		}
	})
}

func FuzzReadMHTML(f *testing.F) {
	f.Add([]byte(chromeMHTML))
	f.Add([]byte("Content-Type: text/html\r\n\r\n<!-- saved from url=(0019)https://a.example/ -->"))
	f.Fuzz(func(t *testing.T, b []byte) {
		SavedFrom(b)
		Canonical(b)
		p, err := ReadMHTML(bytes.NewReader(b))
		if err != nil {
			return
		}
		if p.URL != "" && !IsWebURL(p.URL) {
			t.Errorf("URL %q", p.URL)
		}
		if len(p.Problems) > maxProblems {
			t.Errorf("%d problems", len(p.Problems))
		}
		for _, part := range p.Parts {
			if !IsWebURL(part.URL) {
				t.Errorf("part %q", part.URL)
			}
		}
	})
}
