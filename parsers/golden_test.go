package parsers_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var update = flag.Bool("update", false, "write the JSON of the golden pages anew")

// goldenPages are testdata/pages/<site>/<date>-<slug>.html; what must come out
// is the .json beside each.
func goldenPages(t testing.TB) []string {
	t.Helper()
	pages, err := filepath.Glob("../testdata/pages/*/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no golden pages: %v", err)
	}
	return pages
}

// pageOf reads a golden page; its URL is made of its site and name.
func pageOf(t testing.TB, path string) *article.Page {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".html")
	u, err := url.Parse("https://" + filepath.Base(filepath.Dir(path)) + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, "-front") {
		u.Path = "/section/" + name
	}
	return &article.Page{URL: u, HTML: body, Fetched: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
}

func TestGoldenPages(t *testing.T) {
	for _, path := range goldenPages(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a, err := new(parsers.Parser).Parse(pageOf(t, path))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(a); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(path, ".html") + ".json"
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", b.Bytes(), want)
			}
		})
	}
}

// TestGluedCaptions says in words what the page that this project began with
// must give, so that no -update can lose it.
func TestGluedCaptions(t *testing.T) {
	a, err := new(parsers.Parser).Parse(pageOf(t, "../testdata/pages/harbourpost.ng/2024-river-treaty.html"))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Captions) != 2 {
		t.Fatalf("got %d captions, want 2: %+v", len(a.Captions), a.Captions)
	}
	video, photo := a.Captions[0], a.Captions[1]
	if video.Text != "The two ministers sign the river treaty aboard the ferry Good Evening on May 14." || video.Credit != "The Lagoon Courier" || video.Media != "video" {
		t.Errorf("video: got %+v", video)
	}
	if photo.Text != "Crowds line the eastern bank as the ferry Good Evening returns to its mooring on Tuesday." ||
		strings.Join(photo.Credits, "|") != "Ebiere Dokubo|Coastline|Pool|Reuters" || photo.Media != "image" {
		t.Errorf("photo: got %+v", photo)
	}
	if len(a.Contacts) != 1 {
		t.Fatalf("got %d contacts, want 1: %+v", len(a.Contacts), a.Contacts)
	}
	c := a.Contacts[0]
	var phones []string
	for _, p := range c.Phones {
		phones = append(phones, p.E164)
	}
	if c.Label != "Contact Us" || c.Kind != "publisher" || strings.Join(phones, " ") != "+2348031234567 +2348097654321 +2347061112233" ||
		strings.Join(c.Emails, " ") != "desk@harbourpost.ng harbourpost77@gmail.com" {
		t.Errorf("contact: got %+v", c)
	}
	if len(c.Addresses) != 1 || c.Addresses[0] != (article.Address{Raw: "3rd Floor, Palmwood Plaza, Suite 204, Admiral Okoro Crescent, Garki, Abuja", Country: "NG"}) {
		t.Errorf("address: got %+v", c.Addresses)
	}
	if a.Published != "" {
		t.Errorf("published: got %q; the page shows none", a.Published)
	}
	for _, no := range []string{"Spread the love", "Change of Name", "Connect with us", "Published", "Video:", "Reuters", "Contact Us", "Quick Links"} {
		if strings.Contains(a.Text, no) {
			t.Errorf("text holds %q", no)
		}
	}
	paragraphs := 0
	for _, b := range a.Body {
		if b.Type == article.Paragraph {
			paragraphs++
		}
	}
	if paragraphs != 9 || !strings.Contains(a.Text, "(the figure is the eastern government's own)") {
		t.Errorf("got %d paragraphs, want 9:\n%s", paragraphs, a.Text)
	}
}

// TestDocIsNotChanged: others share the tree.
func TestDocIsNotChanged(t *testing.T) {
	for _, path := range goldenPages(t) {
		page := pageOf(t, path)
		doc, err := html.Parse(bytes.NewReader(page.HTML))
		if err != nil {
			t.Fatal(err)
		}
		var before, after bytes.Buffer
		if err := html.Render(&before, doc); err != nil {
			t.Fatal(err)
		}
		page.Doc = doc
		if _, err := new(parsers.Parser).Parse(page); err != nil {
			t.Fatal(err)
		}
		if err := html.Render(&after, doc); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before.Bytes(), after.Bytes()) {
			t.Errorf("%s: Parse changed the tree", path)
		}
	}
}
