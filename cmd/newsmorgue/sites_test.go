package main

import (
	"testing"
)

func TestSetKeysKeepsComments(t *testing.T) {
	const before = `# my sites

# the big one
[site."a.example"] # note
seeds = [
  "https://a.example/", # front
  "https://a.example/feed",
]
delay = "5s" # they asked for it

# the small one
[site."b.example"]
seeds = ["https://b.example/"]
`
	tests := []struct {
		name, site string
		values     map[string]any
		want       string
	}{
		{"an unchanged value keeps its line", "a.example", map[string]any{"delay": "5s"}, before},
		{"a new value replaces one line", "b.example", map[string]any{"seeds": []string{"https://b.example/x"}}, `# my sites

# the big one
[site."a.example"] # note
seeds = [
  "https://a.example/", # front
  "https://a.example/feed",
]
delay = "5s" # they asked for it

# the small one
[site."b.example"]
seeds = ["https://b.example/x"]
`},
		{"a new key goes to the end of its table, an array of many lines is replaced", "a.example",
			map[string]any{"every": "6h", "seeds": []string{"https://a.example/"}, "delay": nil}, `# my sites

# the big one
[site."a.example"] # note
seeds = ["https://a.example/"]
every = "6h"

# the small one
[site."b.example"]
seeds = ["https://b.example/"]
`},
		{"a new site goes to the end", "c.example", map[string]any{"max-pages": 3}, before + `
[site."c.example"]
max-pages = 3
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := setKeys(before, tt.site, tt.values)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if _, err := parseSites(got, "sites.toml"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRemoveTable(t *testing.T) {
	const head, big, small, labelled = "# my sites\n\n", `# the big one
[site."a.example"] # note
exclude = [
  "[x]", # not a table
]

`, `# the small one
[site.b]
seeds = ["https://b.example/"]
`, `
[site.'c.example']
every = "6h"
[site."c.example".labels]
country = "NO"
`
	tests := []struct{ name, text, site, want string }{
		{"the first", head + big + small + labelled, "a.example", head + small + labelled},
		{"one between", head + big + small + labelled, "b", head + big + labelled[1:]},
		{"the last, with a table within it", head + big + small + labelled, "c.example", head + big + small + "\n"},
		{"one that is not there", head + big, "d.example", head + big},
		{"the head of the file stays", "# my sites\n" + `[site."a.example"]` + "\n", "a.example", "# my sites\n"},
		{"no end of line", `[site."a.example"]`, "a.example", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := removeTable(tt.text, tt.site)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if _, err := parseSites(got, "sites.toml"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUnknownSettingIsRefused(t *testing.T) {
	_, err := parseSites("[site.\"a.example\"]\nmax-pagse = 3\n", "sites.toml")
	if err == nil {
		t.Fatal("a misspelt setting was accepted")
	}
}

func FuzzSetKeys(f *testing.F) {
	f.Add("[site.\"a\"]\nseeds = [\n]\n", "a", "every", "6h")
	f.Add("x = 1", "b", "delay", "\"\\\n")
	f.Fuzz(func(t *testing.T, text, site, key, value string) {
		if _, err := parseSites(text, "f"); err != nil {
			t.Skip()
		}
		got, err := setKeys(text, site, map[string]any{"every": value})
		if err != nil {
			return
		}
		sites, err := parseSites(got, "f")
		if err != nil {
			return // edit rejects such a result
		}
		if s, ok := sites[site]; ok && s.Every != value {
			t.Errorf("every: got %q, want %q in\n%s", s.Every, value, got)
		}
	})
}
