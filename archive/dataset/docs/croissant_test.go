package docs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
)

const (
	schemaOrg = "https://schema.org/"
	crOrg     = "http://mlcommons.org/croissant/"
)

// noNetwork fails: the context is within the document.
type noNetwork struct{}

func (noNetwork) LoadDocument(u string) (*ld.RemoteDocument, error) {
	return nil, errors.New("the document needs " + u)
}

// expanded is a node of expanded JSON-LD.
type expanded = map[string]any

// expand expands a Croissant document with a library.
func expand(t *testing.T, data []byte) expanded {
	t.Helper()
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	options := ld.NewJsonLdOptions("https://base.example/")
	options.DocumentLoader = noNetwork{}
	list, err := ld.NewJsonLdProcessor().Expand(doc, options)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %d nodes, %v", len(list), err)
	}
	return list[0].(expanded)
}

// nodes are the values of a property that are nodes.
func nodes(n expanded, property string) (list []expanded) {
	values, _ := n[property].([]any)
	for _, v := range values {
		if node, ok := v.(expanded); ok {
			list = append(list, node)
		}
	}
	return list
}

// text is the one literal of a property.
func text(n expanded, property string) string {
	values := nodes(n, property)
	if len(values) != 1 {
		return ""
	}
	return fmt.Sprint(values[0]["@value"])
}

func id(n expanded) string {
	s, _ := n["@id"].(string)
	return strings.TrimPrefix(s, "https://base.example/")
}

func hasType(n expanded, want string) bool {
	types, _ := n["@type"].([]any)
	for _, t := range types {
		if t == want {
			return true
		}
	}
	return false
}

// TestCroissant checks what the specification of Croissant 1.1 requires.
func TestCroissant(t *testing.T) {
	eachSample(t, func(t *testing.T, d *docs.Description, files map[string][]byte) {
		set := expand(t, files[docs.Croissant])
		if !hasType(set, schemaOrg+"Dataset") {
			t.Errorf("@type: got %v", set["@type"])
		}
		if got := text(set, "http://purl.org/dc/terms/conformsTo"); got != "http://mlcommons.org/croissant/1.1" {
			t.Errorf("conformsTo: got %q", got)
		}
		required := []string{"name", "description", "license", "url", "creator"}
		if !d.Date.IsZero() { // a dataset without a date has none
			required = append(required, "datePublished")
		}
		if len(d.Files) > 0 {
			required = append(required, "distribution")
		}
		for _, key := range required {
			if len(nodes(set, schemaOrg+key)) == 0 {
				t.Errorf("%s is missing", key)
			}
		}
		for _, c := range nodes(set, schemaOrg+"creator") {
			if !hasType(c, schemaOrg+"Person") && !hasType(c, schemaOrg+"Organization") || text(c, schemaOrg+"name") == "" {
				t.Errorf("creator: got %v", c)
			}
		}
		for key := range set {
			if strings.HasPrefix(key, schemaOrg+"recordSet") || !strings.Contains(key, "://") && !strings.HasPrefix(key, "@") {
				t.Errorf("the context lacks %s", key)
			}
		}
		ids := map[string]expanded{}
		add := func(n expanded) {
			if ids[id(n)] != nil || id(n) == "" {
				t.Errorf("@id %q is not unique", id(n))
			}
			ids[id(n)] = n
		}
		for _, f := range nodes(set, schemaOrg+"distribution") {
			add(f)
			checkResource(t, f)
		}
		names := map[string]bool{}
		for _, r := range nodes(set, crOrg+"recordSet") {
			add(r)
			for _, f := range nodes(r, crOrg+"field") {
				add(f)
			}
			if name := text(r, schemaOrg+"name"); names[name] || name == "" || !hasType(r, crOrg+"RecordSet") {
				t.Errorf("record set %q", name)
			}
		}
		for _, r := range nodes(set, crOrg+"recordSet") {
			checkRecordSet(t, r, ids, d.Recipe.Format == "sqlite")
		}
	})
}

func checkResource(t *testing.T, f expanded) {
	t.Helper()
	want := []string{schemaOrg + "name", schemaOrg + "encodingFormat"}
	switch {
	case hasType(f, crOrg+"FileObject"):
		want = append(want, schemaOrg+"contentUrl", schemaOrg+"contentSize", schemaOrg+"sha256")
	case hasType(f, crOrg+"FileSet"):
		want = append(want, crOrg+"includes")
	default:
		t.Errorf("resource of type %v", f["@type"])
	}
	for _, key := range want {
		if len(nodes(f, key)) == 0 {
			t.Errorf("%s: %s is missing", id(f), key)
		}
	}
}

func checkRecordSet(t *testing.T, r expanded, ids map[string]expanded, noSource bool) {
	t.Helper()
	isSplit := false
	for _, dt := range nodes(r, crOrg+"dataType") {
		isSplit = isSplit || id(dt) == crOrg+"Split"
	}
	for _, k := range nodes(r, crOrg+"key") {
		if !hasType(ids[id(k)], crOrg+"Field") {
			t.Errorf("%s: its key %s is not a field", id(r), id(k))
		}
	}
	if len(nodes(r, crOrg+"field")) == 0 || len(nodes(r, crOrg+"key")) == 0 {
		t.Errorf("%s has no fields or no key", id(r))
	}
	if isSplit && len(nodes(r, crOrg+"data")) == 0 {
		t.Errorf("%s has no data", id(r))
	}
	for _, f := range nodes(r, crOrg+"field") {
		if !hasType(f, crOrg+"Field") || text(f, schemaOrg+"name") == "" {
			t.Errorf("%s: got %v", id(f), f)
		}
		types := nodes(f, crOrg+"dataType")
		if len(types) != 1 || !strings.HasPrefix(id(types[0]), schemaOrg) && id(types[0]) != crOrg+"Split" {
			t.Errorf("%s: data type %v", id(f), types)
		}
		for _, ref := range nodes(f, crOrg+"references") {
			if !hasType(ids[id(ref)], crOrg+"Field") {
				t.Errorf("%s refers to %s, which is not a field", id(f), id(ref))
			}
		}
		if isSplit || noSource {
			continue
		}
		sources := nodes(f, crOrg+"source")
		if len(sources) != 1 {
			t.Errorf("%s has %d sources", id(f), len(sources))
			continue
		}
		from := append(nodes(sources[0], crOrg+"fileObject"), nodes(sources[0], crOrg+"fileSet")...)
		extract := nodes(sources[0], crOrg+"extract")
		if len(from) != 1 || ids[id(from[0])] == nil || len(extract) != 1 || text(extract[0], crOrg+"column") == "" {
			t.Errorf("%s: source %v", id(f), sources[0])
		}
	}
}
