package versions

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are the articles of testdata, each a name and two versions.
func goldens() map[string][2]*article.Article {
	one, two := 0, 0
	before := story(council, traffic, cost, school, "The harbour office has asked for time.", "Last week a lorry was stuck there.", "The bridge opened in 1931.")
	before.Subtitle, before.Byline, before.Modified = "Cracks in two pillars", "By Ana Ruiz", "2024-05-03T10:00:00Z"
	before.Authors, before.Tags = []article.Author{{Name: "Ana Ruiz", Kind: "person"}}, []string{"bridge", "harbour"}
	before.Captions = []article.Caption{{Text: "The old bridge", Credit: "Jo Berg", Media: "image"}}
	before.Body = append(before.Body,
		article.Block{Type: article.Media, Caption: &one},
		article.Block{Type: article.List, Items: []string{"Bus 4 by the harbour", "Bus 7 by the mill", "Night bus as before"}},
		article.Block{Type: article.Table, Rows: [][]string{{"Year", "Lorries"}, {"2022", "412"}, {"2023", "398"}}})
	after := story(
		school,
		"The council closed the old bridge on Tuesday. Engineers had found cracks in three pillars. Divers will look at the others.",
		"Traffic is sent through the harbour until further notice.", "Buses run every ten minutes.",
		cost, "The harbour office has asked for time.",
		"The bridge opened in 1931.",
		"Correction: An earlier version of this article gave the wrong day.")
	after.Title, after.Subtitle, after.Byline, after.Modified = "Bridge closed for months", "Cracks in three pillars", "By Ana Ruiz and <Jo> Berg", "2024-05-04T08:30:00Z"
	after.Authors, after.Tags = append(before.Authors, article.Author{Name: "Jo Berg", Kind: "person"}), []string{"harbour", "bridge", "traffic"}
	after.Captions = []article.Caption{{Text: "The old bridge in winter", Credit: "Jo Berg", Media: "image"}}
	after.Body = append(after.Body,
		article.Block{Type: article.Media, Caption: &two},
		article.Block{Type: article.List, Items: []string{"Bus 4 by the harbour", "Bus 9 by the mill", "Night bus as before"}},
		article.Block{Type: article.Table, Rows: [][]string{{"Year", "Lorries"}, {"2022", "412"}, {"2023", "405"}, {"2024", "87"}}})

	arabic := story("أغلقت البلدية الجسر القديم يوم الاثنين. لم يصب أحد.", "كلفة الإصلاح 4 ملايين.")
	arabic.Title, arabic.Language = "إغلاق الجسر", "ar"
	arabicLater := story("أغلقت البلدية الجسر القديم يوم الثلاثاء. أصيب رجل.", "كلفة الإصلاح 6 ملايين.")
	arabicLater.Title, arabicLater.Language = "إغلاق الجسر", "ar"

	evil := story("Safe text <b>bold</b>.", "Second.")
	evil.Title, evil.URL = "</title><script>alert(1)</script>", "javascript:alert(1)"
	evilLater := story("Safe text <script>alert(1)</script>\x1b[31m\u202e.", "Second.")
	evilLater.Title, evilLater.URL = "</title><script>alert(2)</script>", "javascript:alert(1)"

	return map[string][2]*article.Article{
		"bridge": {before, after},
		"arabic": {arabic, arabicLater},
		"evil":   {evil, evilLater},
		"same":   {before, before},
	}
}

// TestGolden compares what is rendered with the files of testdata.
func TestGolden(t *testing.T) {
	for name, versions := range goldens() {
		d := check(t, versions[0], versions[1])
		if name == "bridge" {
			d.From, d.To = "3 May 2024, 10:00", "4 May 2024, 08:30"
		}
		for _, form := range []struct {
			ext   string
			write func(b *strings.Builder) error
		}{
			{".txt", func(b *strings.Builder) error { return d.WriteText(b, false) }},
			{".ansi", func(b *strings.Builder) error { return d.WriteText(b, true) }},
			{".html", func(b *strings.Builder) error { return d.WriteHTML(b) }},
			{".json", func(b *strings.Builder) error {
				e := json.NewEncoder(b)
				e.SetIndent("", " ")
				e.SetEscapeHTML(false)
				return e.Encode(d)
			}},
		} {
			var b strings.Builder
			if err := form.write(&b); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+form.ext)
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("%s: got\n%s\nwant\n%s", file, b.String(), want)
			}
		}
	}
}

// TestSafe: nothing of a page becomes markup or an escape sequence.
func TestSafe(t *testing.T) {
	versions := goldens()["evil"]
	d := Compare(versions[0], versions[1])
	var text, page strings.Builder
	if err := d.WriteText(&text, false); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text.String(), "\x1b\u202e") {
		t.Errorf("text has control characters: %q", text.String())
	}
	for _, bad := range []string{"<script", "href=", "src=", "<b>", "\x1b"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}
