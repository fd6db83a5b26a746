package loosexml

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var testVocabularies = []Vocabulary{{Namespace: "a.example/ns/more", Prefix: "m"}, {Namespace: "a.example/ns", Prefix: "", Usual: []string{"n"}}}

// print shows the tokens of a text: tags with their attributes, and texts in quotes.
func print(in string) string {
	var out []string
	r := NewReader([]byte(in), testVocabularies, "item")
	for {
		t, ok := r.Next()
		if !ok {
			return strings.Join(out, " ")
		}
		switch t.Kind {
		case Text:
			out = append(out, fmt.Sprintf("%q", t.AppendText(nil, 1000)))
		case End:
			out = append(out, "/"+t.Name)
		default:
			name := t.Name
			for _, a := range t.Attrs {
				name += fmt.Sprintf("[%s=%s]", a.Name, a.Value)
			}
			if t.Kind == Empty {
				name += "/"
			}
			out = append(out, name)
		}
	}
}

func TestTokens(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"elements", `<a b="1" c='2'>x</a><d/>`, `a[b=1][c=2] "x" /a d/`},
		{"names in any case", `<A B="1"></A >`, `a[b=1] /a`},
		{"attributes as in HTML", `<a b=1 c d = 2 e=/x/>`, `a[b=1][c=][d=2][e=/x]/`},
		{"references", `&amp;&lt;&#65;&#x41;&eacute;&nix;&copy=1&notit;`, `"&<AAé&nix;&copy=1&notit;"`},
		{"references in attributes", `<a b="&amp;x=1&copy=2"/>`, `a[b=&x=1&copy=2]/`},
		{"CDATA", `<![CDATA[<b>&amp;]]>`, `"<b>&amp;"`},
		{"comments, instructions, declarations", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]><!-- <a> --><b/>`, `b/`},
		{"an entity that the document declares", `<!DOCTYPE x [<!ENTITY y "z">]>&y;`, `"&y;"`},
		{"an instruction without its end", `<?xml version="1.0"><a/>`, `a/`},
		{"a conditional comment", `<![if x]><a/><![endif]><b/>]>`, `a/ b/ "]>"`},
		{"prefixes", `<x:a xmlns:x="https://A.example/ns/1"/><x:b/><n:c/><y:d/><m2:e xmlns:m2="https://a.example/ns/more"/>`, `a[xmlns:x=https://A.example/ns/1]/ b/ c/ y:d/ m:e[xmlns:m2=https://a.example/ns/more]/`},
		{"a less-than sign", `1 < 2 <3 <`, `"1 " "<" " 2 " "<" "3 " "<"`},
		{"a tag without its end", `<a b="1"<c/>`, `a[b=1] c/`},
		{"an end tag without its end", `</a<c/>`, `/a c/`},
		{"a quote without its end", `<item a="1></item><item b="2"/>`, `item[a=1] /item item[b=2]/`},
		{"CDATA without its end", `<![CDATA[x</item><![CDATA[y]]></item>`, `"x" /item "y" /item`},
		{"CDATA that is cut off", `a<![CDATA[x`, `"a"`},
		{"a comment without its end", `<!-- x</item><b/>`, `" x" /item b/`},
		{"a comment that is cut off", `<a/><!-- x`, `a/`},
		{"a tag that is cut off", `<a/><b c="d`, `a/`},
		{"an end tag that is cut off", `<a>x</a`, `a "x"`},
		{"control characters and bytes that are not UTF-8", "a\x00\x07\xff\tb", `"a�\tb"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := print(tt.in); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestAppendText(t *testing.T) {
	tok := Token{Kind: Text, raw: []byte(strings.Repeat("é", 100))}
	if got := string(tok.AppendText([]byte("x"), 6)); got != "xéé" {
		t.Errorf("got %q", got)
	}
	if got := string(tok.AppendText([]byte("xyz"), 3)); got != "xyz" {
		t.Errorf("got %q", got)
	}
}

// FuzzReader: the reader ends, in time, and gives texts that others may print.
func FuzzReader(f *testing.F) {
	f.Add(`<a b="&amp;" xmlns:x='a.example/ns'><![CDATA[x]]></item><!--`)
	f.Fuzz(func(t *testing.T, in string) {
		start := time.Now()
		r := NewReader([]byte(in), testVocabularies, "item")
		for n := 0; ; n++ {
			tok, ok := r.Next()
			if !ok {
				break
			}
			if n > len(in) {
				t.Fatal("more tokens than bytes")
			}
			if got := string(tok.AppendText(nil, 50)); len(got) > 50 || strings.ToValidUTF8(got, "") != got {
				t.Fatalf("got text %q", got)
			}
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
