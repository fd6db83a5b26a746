package dataset

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// articleSeeds are articles in the forms that records may have.
var articleSeeds = []string{
	`{"schema":"newsmorgue.article/1","url":"https://a.example/","site":"a.example","kind":"article","title":"The \"mayor\" \u003cb\u003e denied it \ud83d\ude00","text":"One.\n\nTwo\tthree \\ four.",` +
		`"tags":["a","b\nc"],"authors":[{"name":"Jane Doe","kind":"person","email":"jane@a.example"},{"name":"John","kind":"person"}],` +
		`"body":[{"type":"paragraph","text":"] \\\" } ["},{"type":"media","caption":0}],"captions":[{"text":"A picture","credit":"J","credits":["J","K"],"media":"image"}],` +
		`"contacts":[{"kind":"publisher","emails":["x@a.example"],"phones":[{"raw":"1"}]}],"paywalled":true,"rights":{"license":"CC-BY-4.0"},"pages":[{"url":"u"}],` +
		`"provenance":{"title":{"from":"jsonld:headline","confidence":0.98},"body":{"from":"x","confidence":1}},"extractor":"newsmorgue/4"}`,
	` { "title" : "a" , "paywalled" : false } `,
	`{}`, `{"title":null}`, `{"Title":"case"}`, `{"title":"a","title":"b"}`, `{"unknown":[1,{"a":"}"}],"title":"b"}`, `{"tags":[]}`, `{"tags":null}`,
	`{"title":"\ud800"}`, `{"title":"\ud800\u0041"}`, `{"title":"a` + "\n" + `"}`, `{"title":"\x"}`, `{"title":3}`, `{"authors":[{"name":"a","name":"b"}]}`,
	`{"provenance":{"title":{"confidence":1e-3}}}`, `{"provenance":{"title":{"confidence":01}}}`, `{"provenance":{"a":{},"a":{"confidence":1}}}`, `{"provenance":{}}`,
	`{"body":{}}`, `{"body":"x"}`, `{"body":[}`, `{"body":[1,]}`, `{"rights":null}`, `{"title":"a"} x`, `{"title":"a"`, `{"title":"`, `{"title":"\`, `[`, ``, "{\"title\":\"\xff\"}",
}

func TestDecodeArticle(t *testing.T) {
	for _, seed := range articleSeeds {
		checkDecoded(t, []byte(seed))
	}
}

// TestDecodeArticleIsFast checks that what the parser writes is not left to encoding/json.
func TestDecodeArticleIsFast(t *testing.T) {
	d := jsonDecoder{s: articleSeeds[0]}
	if !d.article(new(exported), true) {
		t.Errorf("the article was not decoded; at %q", d.s[d.at:])
	}
}

func FuzzDecodeArticle(f *testing.F) {
	for _, seed := range articleSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(checkDecoded)
}

// checkDecoded compares with encoding/json. What that accepts is decoded to the same;
// what it rejects may be accepted only for what is in a body that is not wanted.
func checkDecoded(t *testing.T, data []byte) {
	for _, wantBody := range []bool{false, true} {
		got, gotErr := new(jsonDecoder).decode(data, false, wantBody)
		want := new(exported)
		err := json.Unmarshal(data, want)
		if !wantBody {
			want.Body = nil
			want.Article = article.Article{}
			err = json.Unmarshal(data, &want.Article)
			want.Article.Body = nil
		}
		if err != nil {
			if gotErr == nil && wantBody {
				t.Errorf("%q was decoded: %v", data, err)
			}
			continue
		}
		if gotErr != nil {
			t.Errorf("%q: %v", data, gotErr)
			continue
		}
		for field, p := range want.Provenance {
			if c, ok := got.confidence(field); !ok || c != p.Confidence {
				t.Errorf("%q: confidence of %s is %v, want %v", data, field, c, p.Confidence)
			}
		}
		if len(got.certain) > 0 && len(got.certain) != len(want.Provenance) {
			t.Errorf("%q: %d confidences, want %d", data, len(got.certain), len(want.Provenance))
		}
		got.certain, got.Provenance, want.Provenance = nil, nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: wantBody %v:\n got %+v\nwant %+v", data, wantBody, got, want)
		}
	}
}

func BenchmarkDecodeArticle(b *testing.B) {
	data := []byte(articleSeeds[0])
	b.Run("fast", func(b *testing.B) {
		b.ReportAllocs()
		var d jsonDecoder
		for b.Loop() {
			if _, err := d.decode(data, false, false); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var a article.Article
			if err := json.Unmarshal(data, &a); err != nil {
				b.Fatal(err)
			}
		}
	})
}
