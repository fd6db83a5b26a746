package catalog_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// TestPicksOfFew picks the articles of one site, which asks for the captures of each, and
// of all sites, which asks for those of unusual ones only: the same picks, and the same
// reasons for what is left out.
func TestPicksOfFew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news")
	const sites = 12
	if err := archivetest.Create(t.Context(), dir, archivetest.Options{Articles: 360, Sites: sites, PerRun: 10, Text: 300, Markup: 100}); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := catalog.OpenReadOnly(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known, err := c.Sites(t.Context())
	if err != nil || len(known) != sites {
		t.Fatal(len(known), err)
	}
	middle := known[0].First.Add(known[0].Last.Sub(known[0].First) / 2)
	for name, o := range map[string]catalog.PickOptions{
		"latest":   {Changes: true},
		"all":      {Version: "all", Changes: true},
		"first":    {Version: "first"},
		"as of":    {AsOf: middle, Changes: true},
		"captured": {CapturedSince: middle, Version: "all"},
		"filter":   {Filter: catalog.Filter{Since: middle.Add(-365 * 24 * time.Hour), MinWords: 45}},
	} {
		t.Run(name, func(t *testing.T) {
			whole, left := picks(t, c, o)
			if len(whole) == 0 || len(left) == 0 && name != "first" && name != "latest" && name != "all" {
				t.Fatalf("%d picks, %d left out", len(whole), len(left))
			}
			for _, s := range known {
				of := func(p catalog.Pick) bool { return p.Site != s.Name }
				few := o
				few.Filter.Sites = []string{s.Name}
				some, leftOf := picks(t, c, few)
				if want := slices.DeleteFunc(slices.Clone(whole), of); !reflect.DeepEqual(some, want) {
					for i := range min(len(some), len(want)) {
						if !reflect.DeepEqual(some[i], want[i]) {
							t.Fatalf("%s:\n%+v\nwant\n%+v", s.Name, some[i], want[i])
						}
					}
					t.Fatalf("%s: %d picks, want %d", s.Name, len(some), len(want))
				}
				for _, l := range leftOf {
					if !slices.Contains(left, l) {
						t.Fatalf("%s: %s is left out only with few", s.Name, l)
					}
				}
			}
		})
	}
}

func picks(t *testing.T, c *catalog.Catalog, o catalog.PickOptions) (all []catalog.Pick, left []string) {
	for p, err := range c.Picks(t.Context(), o, func(p catalog.Pick, reason string) error {
		left = append(left, fmt.Sprint(p.URL, " ", reason))
		return nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all, left
}

// TestPicksOfMoved picks articles that were captured once, and had another URL before: one
// that redirects, one that names the new URL as canonical, and the same one with http.
func TestPicksOfMoved(t *testing.T) {
	s := newFixture(t)
	const redirected, named, secure = "https://a.example/redirected", "https://a.example/named", "https://a.example/secure"
	for i, a := range []answered{
		{url: "https://a.example/old-1", text: "one", title: "One"}, {url: "https://a.example/old-1", status: 301, location: redirected}, {url: redirected, text: "one more", title: "One"},
		{url: "https://a.example/old-2", text: "two", title: "Two", same: named}, {url: named, text: "two more", title: "Two"},
		{url: "http://a.example/secure", text: "three", title: "Three"}, {url: secure, text: "three more", title: "Three"},
		{url: "https://a.example/other", text: "four", title: "Four"},
	} {
		s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), a)
	}
	all, _ := picks(t, s.c, catalog.PickOptions{Version: "all", Changes: true})
	versions, changes := map[string]int{}, map[string]int{}
	for _, p := range all {
		if p.Last {
			versions[p.URL], changes[p.URL] = p.Versions, len(p.Changes)
		}
	}
	want := map[string]int{redirected: 2, named: 2, secure: 2, "https://a.example/other": 1}
	if !maps.Equal(versions, want) || !maps.Equal(changes, want) {
		t.Errorf("versions %v, changes %v, want %v", versions, changes, want)
	}
}
