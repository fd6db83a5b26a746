package docs_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
)

type resource struct {
	Name, Type, Format, Mediatype, Encoding, Hash string
	Path                                          any
	Bytes                                         *int64
	Schema                                        *struct {
		Fields []struct {
			Name, Type  string
			Constraints map[string]any
		}
		PrimaryKey  []string
		ForeignKeys []struct {
			Fields    []string
			Reference struct {
				Resource string
				Fields   []string
			}
		}
		MissingValues []string
	}
}

// Patterns of the profiles of Data Package 2.0.
var (
	packagePath = regexp.MustCompile(`^[^./~][^\\]*$`)
	packageHash = regexp.MustCompile(`^sha256:[a-f0-9]{64}$`)
	packageName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	mediaForm   = regexp.MustCompile(`^.+/.+$`)
	licenseForm = regexp.MustCompile(`^[-a-zA-Z0-9._]+$`)
	webForm     = regexp.MustCompile(`^https?://`)
)

var fieldTypes = []string{"string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time", "year", "yearmonth", "duration",
	"geopoint", "geojson", "any"}

// TestDataPackage checks what the Data Package standard 2.0 requires.
func TestDataPackage(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		var p struct {
			Schema                     string `json:"$schema"`
			Name, ID, Version, Created string
			Licenses                   []struct{ Name, Path string }
			Contributors               []struct {
				Title, Path string
				Roles       []string
			}
			Sources   []struct{ Title string }
			Resources []resource
		}
		if err := json.Unmarshal(files[docs.DataPackage], &p); err != nil {
			t.Fatal(err)
		}
		if p.Schema != "https://datapackage.org/profiles/2.0/datapackage.json" || !packageName.MatchString(p.Name) {
			t.Errorf("got profile %q, name %q", p.Schema, p.Name)
		}
		if len(d.Files) > 0 && len(p.Resources) == 0 {
			t.Error("no resources")
		}
		for _, l := range p.Licenses {
			if l.Name == "" && l.Path == "" || l.Name != "" && !licenseForm.MatchString(l.Name) || l.Path != "" && !webForm.MatchString(l.Path) {
				t.Errorf("licence %+v", l)
			}
		}
		for _, c := range p.Contributors {
			if c.Title == "" || len(c.Roles) == 0 || c.Path != "" && !webForm.MatchString(c.Path) {
				t.Errorf("contributor %+v", c)
			}
		}
		for _, s := range p.Sources {
			if s.Title == "" {
				t.Error("a source has no title")
			}
		}
		byName := map[string]resource{}
		for _, r := range p.Resources {
			if _, twice := byName[r.Name]; twice || !packageName.MatchString(r.Name) {
				t.Errorf("resource name %q is not valid or not unique", r.Name)
			}
			byName[r.Name] = r
		}
		for _, r := range p.Resources {
			checkPackageResource(t, r, byName)
		}
	})
}

func checkPackageResource(t *testing.T, r resource, byName map[string]resource) {
	t.Helper()
	var paths []any
	switch path := r.Path.(type) {
	case string:
		paths = []any{path}
		if !packageHash.MatchString(r.Hash) {
			t.Errorf("%s: hash %q", r.Name, r.Hash)
		}
	case []any:
		paths = path
	}
	if len(paths) == 0 || r.Bytes == nil || r.Format == "" || !mediaForm.MatchString(r.Mediatype) {
		t.Errorf("resource %+v", r)
	}
	for _, p := range paths {
		if s, _ := p.(string); !packagePath.MatchString(s) {
			t.Errorf("%s: path %v", r.Name, p)
		}
	}
	if r.Type != "table" {
		return
	}
	if r.Schema == nil || len(r.Schema.Fields) == 0 || len(r.Schema.PrimaryKey) == 0 {
		t.Fatalf("%s has no schema or no key", r.Name)
	}
	var names []string
	for _, f := range r.Schema.Fields {
		if f.Name == "" || slices.Contains(names, f.Name) || !slices.Contains(fieldTypes, f.Type) {
			t.Errorf("%s: field %+v", r.Name, f)
		}
		names = append(names, f.Name)
	}
	for _, k := range r.Schema.PrimaryKey {
		if !slices.Contains(names, k) {
			t.Errorf("%s: key %s is not a field", r.Name, k)
		}
	}
	for _, k := range r.Schema.ForeignKeys {
		other, ok := byName[k.Reference.Resource]
		if !ok || len(k.Fields) != len(k.Reference.Fields) {
			t.Errorf("%s: foreign key %+v", r.Name, k)
			continue
		}
		for i := range k.Fields {
			if !slices.Contains(names, k.Fields[i]) || !slices.ContainsFunc(other.Schema.Fields, func(f struct {
				Name, Type  string
				Constraints map[string]any
			}) bool {
				return f.Name == k.Reference.Fields[i]
			}) {
				t.Errorf("%s: foreign key %+v", r.Name, k)
			}
		}
	}
}
