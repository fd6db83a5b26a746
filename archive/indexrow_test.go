package archive

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestIndexRows reads rows as this program writes them, and in every other form of the same
// JSON.
func TestIndexRows(t *testing.T) {
	const id = "0190a6c8-0000-7000-8000-00000000000"
	row := func(n int, url string) string {
		return fmt.Sprintf(`["%s%d","response","2026-01-02T03:04:05.000006Z",%s,200,"sha256:ab","","text/html",0,%d,20]`, id, n, url, 30*n)
	}
	long := `"https://example.com/` + strings.Repeat("a", 70<<10) + `"`
	plain := []string{row(0, `"https://example.com/"`), row(1, long), row(2, `"https://example.com/\u00e9\"\\"`), row(3, `"https://example.com/é"`)}
	read := func(rows string) (*segmentIndex, error) {
		x := &segmentIndex{dataEnd: 1000}
		return x, x.decode(strings.NewReader(`{"segment":"S","records":4,"frames":[[0,0]],"raw":5000}`+"\n"+rows), "S")
	}
	want, err := read(strings.Join(plain, "\n") + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if c := want.captures[2]; c.URL != `https://example.com/é"\` || c.ID != "<urn:uuid:"+id+"2>" || c.Offset != 60 || c.Length != 20 || c.FrameLength != 1000 || c.Status != 200 {
		t.Errorf("got %+v", c)
	}
	for name, rows := range map[string]string{
		"no line feed at the end": strings.Join(plain, "\n"),
		"one line":                strings.Join(plain, " "),
		"spaces":                  strings.ReplaceAll(strings.Join(plain, "\r\n\n"), `,"`, ` , "`),
		"a column more":           strings.ReplaceAll(strings.Join(plain, "\n"), ",20]", `,20,{"new":[1]}]`),
		"a row on several lines":  strings.Join(plain[:3], "\n") + "\n" + strings.ReplaceAll(plain[3], ",", ",\n"),
	} {
		got, err := read(rows)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got.captures, want.captures) || !reflect.DeepEqual(got.byID, want.byID) {
			t.Errorf("%s: the rows differ", name)
		}
	}
	for name, change := range map[string][2]string{
		"a frame that is not there": {`"text/html",0,30`, `"text/html",1,30`},
		"a negative offset":         {",0,30,20]", ",0,-30,20]"},
		"a date that is none":       {"2026-01-02T03:04:05.000006Z", "yesterday"},
		"a column less":             {`"text/html",`, ""},
		"half a row":                {`,"text/html",0,30,20]`, ""},
		"a number too large":        {",0,30,20]", ",0,30,99999999999999999999]"},
		"an URL of control bytes":   {"https://example.com/a", "https://example.com/\x01"},
	} {
		rows := strings.Join(plain, "\n")
		if broken := strings.ReplaceAll(rows, change[0], change[1]); broken == rows {
			t.Errorf("%s: nothing changed", name)
		} else if _, err := read(broken); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestHTTPHeadForms reads the heads of records as this program writes them, and in other
// forms of the same JSON.
func TestHTTPHeadForms(t *testing.T) {
	line := func(http string) string {
		return `{"WARC-Type":"response","WARC-Record-ID":"<urn:x>","http":` + http + `,"text":"a"}`
	}
	for _, forms := range [][]string{
		{`{"start":"HTTP/1.1 200 OK","headers":[["A","b \"c\""],["D",""]]}`, `{"start": "HTTP/1.1 200 OK", "headers" : [["A","b \u0022c\u0022"] , ["D",""]]}`, `{"headers":[["A","b \"c\""],["D",""]],"start":"HTTP/1.1 200 OK"}`},
		{`{"start":"HTTP/1.1 200 OK","headers":[]}`, `{"start":"HTTP/1.1 200 OK"}`, `{"start":"HTTP/1.1 200 OK","headers":null}`, `{"start":"HTTP/1.1 200 OK","headers":[],"other":{"a":[1]}}`},
		{`{"start":"é","headers":[["A","b"]],"latin1":true,"raw":"YQ=="}`, `{"start":"é","raw":"YQ==","headers":[["A","b"]],"latin1":true}`, `{"start":"\u00e9","headers":[["A","b"]],"latin1":true,"raw":"Y\nQ=="}`},
	} {
		var want *HTTPHead
		for i, form := range forms {
			var r Record
			if err := r.UnmarshalJSON([]byte(line(strings.ReplaceAll(form, "\n", `\n`)))); err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if i == 0 {
				want = r.HTTP
			}
			if !reflect.DeepEqual(r.HTTP, want) || string(r.Payload) != "a" {
				t.Errorf("%s: got %+v, want %+v", form, r.HTTP, want)
			}
		}
	}
	for _, form := range []string{`{"start":"HTTP/1.1 200 OK","headers":[["A"`, `{"start":"a","headers":[["A","b"]`, `{"start":"a","headers":[["A","b"]],"raw":"*"}`, `{"start":1}`, `[]`} {
		var r Record
		if err := r.UnmarshalJSON([]byte(line(form))); err == nil {
			t.Errorf("%s: no error", form)
		}
	}
}
