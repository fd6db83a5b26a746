package recipe

import (
	"bytes"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

const whole = `format = "parquet"
tables = ["articles", "captions"]
fields = ["all"]
partition = true

[filter]
sites = ["a.example", "b.example:8080"]
kinds = ["article", "live"]
since = "2026-01"
until = "2026-11-23T18:00:00+01:00"
min-words = 50

[choice]
version = "latest"
dedupe = "near"
split = "hash:80/10/10"
seed = 7

[rights]
tier = "full"
redact = ["emails", "phones"]

[dataset]
title = "Two newspapers"
name = "two-newspapers"
description = """
Two newspapers
of one town."""
version = "1.2.0"
doi = "10.5281/zenodo.1234567"
license = "CC-BY-4.0"
contact = "jane@example.org"

[[dataset.creators]]
name = "Jane Doe"
orcid = "0000-0002-1825-0097"

[[dataset.creators]]
name = "The Press Lab"
email = "lab@example.org"
`

func TestParse(t *testing.T) {
	r, err := Parse(strings.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if r.Choice.Dedupe != "near" || r.Choice.Seed != 7 || len(r.Dataset.Creators) != 2 || r.Filter.MinWords != 50 {
		t.Errorf("got %+v", r)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := Parse(&b)
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("got %+v, %v, want %+v", again, err, r)
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "format = \"csv\"\n[filter]\nsinse = \"2026\"\n", `recipe: line 3: filter.sinse: unknown key; did you mean "since"?`},
		{"underscore", "[filter]\nmin_words = 3\n", `recipe: line 2: filter.min_words: unknown key; did you mean "min-words"?`},
		{"unknown table", "[filters]\n", `recipe: line 1: filters: unknown key; did you mean "filter"?`},
		{"unknown in a creator", "[[dataset.creators]]\nname = \"a\"\n[[dataset.creators]]\nname = \"b\"\nmail = \"c\"\n", `recipe: line 5: dataset.creators[1].mail: unknown key`},
		{"wrong type", "[filter]\nmin-words = \"50\"\n", "recipe: line 2: filter.min-words: expected an integer, got a string"},
		{"list of numbers", "[filter]\nsites = [1]\n", `recipe: line 2: filter.sites: expected a list of strings, such as ["a", "b"], got a list with an integer`},
		{"string for a list", "tables = \"articles\"\n", `recipe: line 1: tables: expected a list of strings, such as ["a", "b"], got a string`},
		{"date without quotes", "[filter]\nsince = 2026-01-01\n", "recipe: line 2: filter.since: expected a string in quotes, got a date or time"},
		{"negative", "[choice]\nlimit = -1\n", "recipe: line 2: choice.limit: must not be negative, is -1"},
		{"syntax", "format = \n", "recipe: line 1: "},
		{"format", "format = \"parket\"\n", `recipe: line 1: format: unknown value "parket"; known are jsonl, jsonl.zst, csv, parquet, sqlite, text; did you mean "parquet"?`},
		{"dedupe", "[choice]\n\ndedupe = \"nearr\"\n", `recipe: line 3: choice.dedupe: unknown value "nearr"; known are none, exact, near; did you mean "near"?`},
		{"tier", "rights.tier = \"pointer\"\n", `recipe: line 1: rights.tier: unknown value "pointer"; known are full, pointers; did you mean "pointers"?`},
		{"date", "[filter]\nsince = \"23.11.2026\"\n", `recipe: line 2: filter.since: "23.11.2026" is not a valid time; write 2026, 2026-11, 2026-11-23 or 2026-11-23T18:00:00Z`},
		{"dates reversed", "[filter]\nsince = \"2026-12\"\nuntil = \"2026-11\"\n", "recipe: line 3: filter.until: is before since"},
		{"shares", "[choice]\nsplit = \"hash:80/10/20\"\n", "recipe: line 2: choice.split: the shares must add up to 100, and are 110"},
		{"split", "[choice]\nsplit = \"random\"\n", `recipe: line 2: choice.split: unknown value "random"; known are hash, time, site`},
		{"instant in a split", "[choice]\nsplit = \"time:2026-06-01T00:00:00Z\"\n", `recipe: line 2: choice.split: "2026-06-01T00:00:00Z" is not a date; write 2026-06-01, 2026-06 or 2026`},
		{"partition", "format = \"sqlite\"\npartition = true\n", `recipe: line 2: partition: only for formats parquet, jsonl, jsonl.zst, csv`},
		{"pictures of pointers", "media = true\nrights.tier = \"pointers\"\n", `recipe: line 1: media: not with rights.tier "pointers", which have no pictures`},
		{"excel", "excel = true\n", `recipe: line 1: excel: only for format "csv"`},
		{"version", "[dataset]\nversion = \"1.0\"\n", `recipe: line 2: dataset.version: "1.0" is not of the form MAJOR.MINOR.PATCH, such as "1.0.0"`},
		{"doi", "[dataset]\ndoi = \"https://doi.org/10.5281/zenodo.1\"\n", "recipe: line 2: dataset.doi: "},
		{"licence", "[dataset]\nlicense = \"cc by 4.0\"\n", `recipe: line 2: dataset.license: "cc by 4.0" is neither an SPDX identifier nor a URL; did you mean "CC-BY-4.0"?`},
		{"orcid", "[[dataset.creators]]\nname = \"a\"\norcid = \"0000-0002-1825-0098\"\n", "recipe: line 3: dataset.creators[0].orcid: "},
		{"e-mail", "[[dataset.creators]]\nname = \"a\"\nemail = \"a b@c.example\"\n", "recipe: line 3: dataset.creators[0].email: "},
		{"creator inline", "dataset.creators = [{name = \"\"}]\n", "recipe: line 1: dataset.creators[0].name: is empty"},
		{"nested lists", "a = " + strings.Repeat("[", 1<<19), "recipe: line 1: nested more than 6 deep"},
		{"nested keys", "\n" + strings.Repeat("a.", 1<<19-9) + "a = 1", "recipe: line 2: nested more than 6 deep"},
		{"brackets in strings", "tables = [\"[[[[[[[[\", '.........', \"\"\"\n[[[[[[[\"\"\"]#[[[[[[[[\nx=1", "recipe: line 3: x: unknown key"},
		{"too large", strings.Repeat("#", MaxBytes+1), "recipe: larger than 1048576 bytes"},
		{"not text", "\xff\xfe", "recipe: not UTF-8 text"},
	} {
		_, err := Parse(strings.NewReader(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestORCID(t *testing.T) {
	for _, test := range []struct {
		id   string
		want bool
	}{
		{"0000-0002-1825-0097", true}, {"0000-0001-5109-3700", true}, {"0000-0002-1694-233X", true},
		{"0000-0002-1694-2339", false}, {"0000-0002-1825-097", false}, {"", false}, {"0000-0002-1825-009x", false},
	} {
		if got := validORCID(test.id); got != test.want {
			t.Errorf("%s: got %v", test.id, got)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, test := range []struct{ in, start, end string }{
		{"2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2026-11-23", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"},
		{"2026-11-23T18:00:00+01:00", "2026-11-23T17:00:00Z", "2026-11-23T17:00:00.000000001Z"},
	} {
		start, end, err := Span(test.in)
		if err != nil || start.Format(time.RFC3339Nano) != test.start || end.Format(time.RFC3339Nano) != test.end {
			t.Errorf("%s: got %v, %v, %v", test.in, start, end, err)
		}
	}
}

// TestRoundTrip encodes recipes of random values, valid or not.
func TestRoundTrip(t *testing.T) {
	equal := func(r Recipe) bool {
		r.Choice.Seed >>= 1 // the integers of TOML have a sign
		for _, n := range []*int{&r.Filter.MinWords, &r.Choice.Sample, &r.Choice.Limit} {
			*n = max(*n, -(*n), 0) & 0x7fffffff
		}
		withoutEmpty(reflect.ValueOf(&r).Elem())
		var b bytes.Buffer
		if err := r.encode(&b); err != nil {
			t.Log(err)
			return false
		}
		again, err := decode(b.Bytes())
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Logf("%v\n%s", err, b.String())
			return false
		}
		return true
	}
	if err := quick.Check(equal, &quick.Config{MaxCount: 100, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error(err)
	}
}

// withoutEmpty makes lists without elements nil.
func withoutEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			withoutEmpty(v.Field(i))
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.SetZero()
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("dataset.creators = [{name = \"\"}]\n")
	f.Add("[dataset]\ndescription = '''\n[filter]\n'''\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(strings.NewReader(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x00\n\x1b") {
				t.Errorf("the error is not printable: %q", err)
			}
			return
		}
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			t.Fatalf("%v: %q", err, text)
		}
		withoutEmpty(reflect.ValueOf(&r).Elem())
		again, err := Parse(&b)
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Errorf("got %+v, %v, want %+v", again, err, r)
		}
	})
}
