package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
)

// hubCard is the front matter of a dataset card.
type hubCard struct {
	PrettyName  string `yaml:"pretty_name"`
	License     string
	LicenseName string `yaml:"license_name"`
	Language    []string
	Size        []string `yaml:"size_categories"`
	Source      []string `yaml:"source_datasets"`
	Configs     []struct {
		Name  string `yaml:"config_name"`
		Files []struct {
			Split string
			Path  any
		} `yaml:"data_files"`
	}
	Info []struct {
		Name     string `yaml:"config_name"`
		Features []struct{ Name, Dtype, Sequence string }
		Splits   []struct {
			Name     string
			Bytes    int64 `yaml:"num_bytes"`
			Examples int64 `yaml:"num_examples"`
		}
		Download int64 `yaml:"download_size"`
		Size     int64 `yaml:"dataset_size"`
	} `yaml:"dataset_info"`
}

// TestFrontMatter parses the front matter and checks it by the rules of the Hub.
func TestFrontMatter(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		_, rest, ok := strings.Cut(string(files[docs.README]), "---\n")
		front, _, ended := strings.Cut(rest, "\n---\n")
		if !ok || !ended {
			t.Fatal("no front matter")
		}
		var card hubCard
		if err := yaml.Unmarshal([]byte(front), &card); err != nil {
			t.Fatal(err)
		}
		if d.Recipe.Dataset.Title != "" && card.PrettyName != d.Recipe.Dataset.Title {
			t.Errorf("pretty_name: got %q, want %q", card.PrettyName, d.Recipe.Dataset.Title)
		}
		if card.License == "" || (card.License == "other") != (card.LicenseName != "") {
			t.Errorf("license %q, license_name %q", card.License, card.LicenseName)
		}
		if d.Recipe.Dataset.License == "" && card.LicenseName != "for-private-research-use" {
			t.Errorf("license_name: got %q", card.LicenseName)
		}
		for _, l := range card.Language {
			if len(l) < 2 || len(l) > 3 {
				t.Errorf("language %q", l)
			}
		}
		if len(card.Configs) != len(card.Info) || len(card.Size) != 1 || len(card.Source) != 1 {
			t.Errorf("got %+v", card)
		}
		checkConfigs(t, d, &card)
	})
}

func checkConfigs(t *testing.T, d *docs.Description, card *hubCard) {
	t.Helper()
	for i, c := range card.Configs {
		if len(c.Files) == 0 || c.Name != card.Info[i].Name || len(c.Files) != len(card.Info[i].Splits) {
			t.Errorf("config %+v, info %+v", c, card.Info[i])
		}
		total, rows := int64(0), int64(0)
		for j, f := range c.Files {
			if f.Path == nil || f.Split != card.Info[i].Splits[j].Name {
				t.Errorf("split %+v", f)
			}
			total += card.Info[i].Splits[j].Bytes
			rows += card.Info[i].Splits[j].Examples
		}
		if total != card.Info[i].Size || total == 0 {
			t.Errorf("%s: sizes do not add up", c.Name)
		}
		for k := range d.Tables {
			if d.Tables[k].Name == c.Name && d.Tables[k].Rows != rows {
				t.Errorf("%s: %d rows, want %d", c.Name, rows, d.Tables[k].Rows)
			}
		}
		for _, f := range card.Info[i].Features {
			if f.Name == "" || (f.Dtype == "") == (f.Sequence == "") {
				t.Errorf("%s: feature %+v", c.Name, f)
			}
		}
	}
}

// TestCitation parses CITATION.cff and checks it by the schema of version 1.2.0.
func TestCitation(t *testing.T) {
	date := regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	orcid := regexp.MustCompile(`^https://orcid\.org/[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$`)
	known := map[string]bool{}
	for _, k := range strings.Fields("cff-version message type title abstract authors version date-released doi identifiers url license license-url keywords") {
		known[k] = true
	}
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		var c map[string]any
		if err := yaml.Unmarshal(files[docs.Citation], &c); err != nil {
			t.Fatal(err)
		}
		for key := range c {
			if !known[key] {
				t.Errorf("unknown key %s", key)
			}
		}
		if c["cff-version"] != "1.2.0" || c["type"] != "dataset" || c["message"] == "" || c["title"] == "" {
			t.Errorf("got %v", c)
		}
		authors, _ := c["authors"].([]any)
		if len(authors) == 0 {
			t.Fatal("no authors")
		}
		for i, a := range authors {
			m, _ := a.(map[string]any)
			name, _ := m["name"].(string)
			if name == "" || len(d.Recipe.Dataset.Creators) > 0 && name != d.Recipe.Dataset.Creators[i].Name {
				t.Errorf("author: got %q", name)
			}
			if id, ok := m["orcid"].(string); ok && !orcid.MatchString(id) {
				t.Errorf("orcid: got %q", id)
			}
		}
		if released, ok := c["date-released"].(string); ok != !d.Date.IsZero() || ok && !date.MatchString(released) {
			t.Errorf("date-released: got %v", c["date-released"])
		}
		if c["abstract"] == "" || d.Recipe.Dataset.Description != "" && c["abstract"] != strings.TrimSpace(d.Recipe.Dataset.Description) {
			t.Errorf("abstract: got %q", c["abstract"])
		}
	})
}
