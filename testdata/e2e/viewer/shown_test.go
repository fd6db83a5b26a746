package viewer

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

const shownPage = `<!DOCTYPE html><html><head><title>A page</title><link rel="stylesheet" href="/a.css"></head>
<body><p id="said">What the page says.</p><img id="picture" src="/picture.png"><p><a id="in" href="/other" target="_top">other</a></p></body></html>`

// TestShown: under the viewer's policy, which makes an archived page one of another origin,
// its pictures, style sheets and fonts are shown, and its links stay in the frame.
func TestShown(t *testing.T) {
	node, browser := tools(t)
	f := archivetest.New(t)
	const paper = "http://paper.example/"
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	sheet := "@import 'b.css'; #said { color: rgb(1, 2, 3) }"
	font := os.Getenv("NEWSMORGUE_FONT") // a TrueType font, which is in no repository
	if b, err := os.ReadFile(font); err == nil {
		respond(f, paper+"f.ttf", "font/ttf", b)
		sheet += " @font-face { font-family: paper; src: url(f.ttf) } #said { font-family: paper }"
	}
	respond(f, paper, "text/html; charset=utf-8", []byte(shownPage))
	respond(f, paper+"other", "text/html; charset=utf-8", []byte("<p id=said>The other page.<img id=picture>"))
	respond(f, paper+"picture.png", "image/png", picture.Bytes())
	respond(f, paper+"a.css", "text/css", []byte(sheet))
	respond(f, paper+"b.css", "text/css", []byte("#said { color: red; letter-spacing: 3px }"))
	viewer := serve(t, f.Archive.Dir())
	s := &witness{}
	live := s.live(t)
	origin := s.front(t, viewer, "")
	page := "/raw/20260102030405/" + paper
	all := browse(t, node, browser, origin, live, "look framed=/test/embed?how=E&of="+url.QueryEscape(page), "look alone="+page, "click=/page/20260102030405/"+paper)
	for _, name := range []string{"look framed", "look alone", "click"} {
		r := all[name]
		if r.Seen == nil || r.Seen.Text != "What the page says." || r.Seen.Picture != 40 || r.Seen.Color != "rgb(1, 2, 3)" {
			t.Errorf("%s: got %+v, %+v", name, r, r.Seen)
			continue
		}
		if font != "" && strings.Join(r.Seen.Fonts, " ") != "loaded" {
			t.Errorf("%s: got fonts %q", name, r.Seen.Fonts)
		}
	}
	if r := all["click"]; r.Link != "/raw/20260102030405/http://paper.example/other" || r.Left {
		t.Errorf("got %+v", r)
	}
}

// TestEvidence: the page beside a field's evidence has it highlighted, and is scrolled
// to it.
func TestEvidence(t *testing.T) {
	node, browser := tools(t)
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "demo")
	if out, err := exec.CommandContext(t.Context(), program, "demo", "-q", "-a", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	list, err := exec.CommandContext(t.Context(), program, "list", "-a", dir, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := &witness{}
	live := s.live(t)
	origin := s.front(t, serve(t, dir), "")
	var stories []struct{ ID, Title, Kind string }
	var pages []string
	for line := range strings.Lines(string(list)) {
		var story struct{ ID, Title, Kind string }
		if err := json.Unmarshal([]byte(line), &story); err != nil {
			t.Fatal(err)
		}
		if story.Kind == "article" && len(stories) < 2 {
			stories = append(stories, story)
			pages = append(pages, "mark title "+story.ID+"=/article/"+story.ID+"/evidence?field=title", "mark body "+story.ID+"=/article/"+story.ID+"/evidence?field=body")
		}
	}
	all := browse(t, node, browser, origin, live, pages...)
	for _, story := range stories {
		r := all["mark title "+story.ID]
		if strings.Join(r.Marks.Texts, "") != story.Title || !r.Marks.Seen || r.Marks.Color != "rgb(255, 226, 138)" {
			t.Errorf("%s: got %+v", story.Title, r.Marks)
		}
		if r := all["mark body "+story.ID]; len(r.Marks.Texts) == 0 || !r.Marks.Seen {
			t.Errorf("%s: got %+v", story.Title, r.Marks)
		}
	}
}
