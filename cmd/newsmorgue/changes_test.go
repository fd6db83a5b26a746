package main

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// What is gone at one URL and there again at another is not gone.
func TestStillGone(t *testing.T) {
	const a, b, c = "https://a.example/a", "https://a.example/b", "https://a.example/c"
	change := func(what, url, from string) catalog.Change {
		return catalog.Change{What: what, ID: catalog.StoryID(url), URL: url, From: from}
	}
	got := stillGone([]catalog.Change{ // the newest first
		change(catalog.ChangeGone, c, ""),
		change(catalog.ChangeEdited, b, ""),
		change(catalog.ChangeRestored, b, a),
		change(catalog.ChangeGone, a, ""),
	})
	if len(got) != 1 || got[0].URL != c {
		t.Errorf("got %+v, want %s only", got, c)
	}
}
