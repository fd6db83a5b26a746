package jsdata_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
)

// show prints a value so that two can be compared: strings in quotes, names and
// numbers bare, null for values without text.
func show(v *jsdata.Value) string {
	var parts []string
	for i := range v.Members {
		m := &v.Members[i]
		if v.Form == jsdata.Object {
			parts = append(parts, m.Key+":"+show(m))
		} else {
			parts = append(parts, show(m))
		}
	}
	switch v.Form {
	case jsdata.Object:
		return "{" + strings.Join(parts, ",") + "}"
	case jsdata.Array:
		return "[" + strings.Join(parts, ",") + "]"
	case jsdata.String:
		return fmt.Sprintf("%q", v.Text)
	}
	if v.Text == "" {
		return "null"
	}
	return v.Text
}

func TestValue(t *testing.T) {
	for source, want := range map[string]string{
		`{"a":1,"b":[true,null,"x"]}`:                        `{a:1,b:[true,null,"x"]}`,
		`{a:'it\'s',b:-1.5,c:!0,d:!1,}`:                      `{a:"it's",b:-1.5,c:true,d:false}`,
		"{a:`line\\nend`,/*c*/b:void 0,//d\nc:undefined}":    `{a:"line\nend",b:null,c:null}`,
		`{"u":"\u0041\x42\ud83d\ude00"}`:                     `{u:"AB😀"}`,
		`{a:new Date(5),b:f(1,{c:2}),d:"last"}`:              `{a:null,b:null,d:"last"}`,
		`JSON.parse("{\"a\":[1]}")`:                          `{a:[1]}`,
		`decodeURIComponent("%7Bx%7D")`:                      `"{x}"`,
		`{[computed()]:1,b:2}`:                               `{:1,b:2}`,
		`{"a":{"b":"breaks off`:                              `{a:{}}`,
		`{a:1.0e-5,b:2E+3}`:                                  `{a:1.0e-5,b:2E+3}`,
		`[1,,2]`:                                             `[1,2]`,
		`({"in":"parentheses"})`:                             `{in:"parentheses"}`,
		`{"a":1,"b":{"c":2}} trailing code; {"more":"data"}`: `{a:1,b:{c:2}}`,
	} {
		left := 1000
		s := jsdata.Scanner{Src: source, Left: &left}
		v, ok := s.Value(0)
		if got := show(&v); !ok || got != want {
			t.Errorf("%s: got %s, %v, want %s", source, got, ok, want)
		}
	}
	for _, source := range []string{"", "function(){}", ";", "async x"} {
		left := 1000
		s := jsdata.Scanner{Src: source, Left: &left}
		if v, ok := s.Value(0); ok {
			t.Errorf("%q: got %s; it holds no value", source, show(&v))
		}
	}
}

func TestBounds(t *testing.T) {
	left := 10
	s := jsdata.Scanner{Src: "[" + strings.Repeat("1,", 1000) + "]", Left: &left}
	v, _ := s.Value(0)
	if len(v.Members) > 10 || left < 0 {
		t.Errorf("%d members were read where 10 values were allowed; %d left", len(v.Members), left)
	}
	left = 1 << 20
	s = jsdata.Scanner{Src: strings.Repeat("[", 100_000), Left: &left}
	s.Value(0) // must not exhaust the stack
	if deep := (1 << 20) - left; deep > jsdata.MaxDepth+2 {
		t.Errorf("%d levels were read, want at most %d", deep, jsdata.MaxDepth)
	}
}

func TestGet(t *testing.T) {
	left := 100
	s := jsdata.Scanner{Src: `{"title":" ","headline":"A ferry","n":5}`, Left: &left}
	v, _ := s.Value(0)
	if got := v.String("title", "n", "headline"); got != "A ferry" {
		t.Errorf("String: got %q, want the first string that is not blank", got)
	}
	if v.Get("none") != nil || v.Get("none", "n").Text != "5" {
		t.Error("Get: not the first member that there is")
	}
	if (*jsdata.Value)(nil).Get("a") != nil || (*jsdata.Value)(nil).String("a") != "" {
		t.Error("a missing value has members")
	}
}

func TestAssignments(t *testing.T) {
	left := 1000
	pad := strings.Repeat("x", 500) // smaller literals are not data
	source := `var x=1; window.__STATE__ = {"a":"` + pad + `"}; self.data={c:[1,2]}; y == {"no":1}; z["q"]={d:"` + pad + `"}; w=JSON.parse("{\"e\":1}"); v="%7B%22f%22:2%7D";
		u=(function(a,b){return {g:a,h:[b]}}("one",2)); list.push({"i":"` + pad + `"})`
	got := map[string]string{}
	jsdata.Assignments(source, &left, func(name string, v jsdata.Value) {
		got[name] = strings.ReplaceAll(show(&v), pad, "…")
	})
	want := map[string]string{"__STATE__": `{a:"…"}`, "q": `{d:"…"}`, "w": `{e:1}`, "v": `{f:2}`, "u": `{g:"one",h:[2]}`, "push": `{i:"…"}`}
	if !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestUnflatten(t *testing.T) {
	left := 1000
	s := jsdata.Scanner{Src: `[{"state":1},{"title":2,"list":3},"A ferry",[2,4],["Reactive",1]]`, Left: &left}
	flat, _ := s.Value(0)
	v, ok := jsdata.Unflatten(flat, &left)
	if !ok || v.Get("state").String("title") != "A ferry" {
		t.Errorf("got %s, %v", show(&v), ok)
	}
	self := jsdata.Value{Form: jsdata.Array, Members: []jsdata.Value{{Form: jsdata.Array, Members: []jsdata.Value{{Form: jsdata.Number, Text: "0"}}}}}
	left = 1000
	jsdata.Unflatten(self, &left) // refers to itself: must end
}

func TestResolveRefs(t *testing.T) {
	left := 1000
	s := jsdata.Scanner{Src: `{"Article:1":{"title":"A ferry","author":{"__ref":"Person:2"}},"Person:2":{"name":"Jane Doe","wrote":{"__ref":"Article:1"}}}`, Left: &left}
	v, _ := s.Value(0)
	jsdata.ResolveRefs(&v, &left)
	if got := v.Get("Article:1").Get("author").String("name"); got != "Jane Doe" {
		t.Errorf("got %q in %.300s", got, show(&v))
	}
}

func TestParseFlight(t *testing.T) {
	left := 1000
	v := jsdata.ParseFlight("0:[\"$\",\"div\",null,{\"children\":\"$1\"}]\n1:[\"$\",\"p\",null,{\"children\":\"A ferry came.\"}]\n", &left)
	if !strings.Contains(show(&v), "A ferry came.") {
		t.Errorf("got %s", show(&v))
	}
}

func TestPercentDecode(t *testing.T) {
	for in, want := range map[string]string{"%7B%22a%22%7D": `{"a"}`, "100%": "100%", "%zz": "%zz", "%c3%a9": "é", "%ff": "\ufffd"} {
		if got := jsdata.PercentDecode(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add("a={b:`c`,d:-1e5,e:!0,f:new Date(5),[g]:h(i,{j:1}),/*k*/l:[{m:1},//n\n]}")
	f.Add(`window.__NUXT__=(function(a,b){return {x:[a,{y:b,"z":'q\u0041\x42'}]}}("1",{c:void 0}));`)
	f.Fuzz(func(t *testing.T, source string) {
		left := len(source) + 10
		allowed := left
		jsdata.Assignments(source, &left, func(_ string, v jsdata.Value) { jsdata.ResolveRefs(&v, &left) })
		if left < -1 || left > allowed {
			t.Errorf("%d of %d values left", left, allowed)
		}
	})
}
