package wpjson_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/wpjson"
)

func TestList(t *testing.T) {
	api, err := url.Parse("https://a.example/wp-json/")
	if err != nil {
		t.Fatal(err)
	}
	first := wpjson.First(api)
	if got, want := first.String(), "https://a.example/wp-json/wp/v2/posts?per_page=100&orderby=modified&order=desc&_fields=link,date_gmt,modified_gmt,title&page=1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	l, err := wpjson.Parse([]byte(`[{"link":"https://a.example/one/","date_gmt":"2026-11-20T08:00:00","modified_gmt":"2026-11-21T09:30:00","title":{"rendered":"Seals &#038; ships"}},
		{"link":"","title":{}},{"link":"https://a.example/two/","date_gmt":"soon"}]`), http.Header{"X-Wp-Total": {"120"}, "X-Wp-Totalpages": {"2"}})
	if err != nil {
		t.Fatal(err)
	}
	if l.Cut || len(l.Posts) != 3 || l.Posts[1].URL != "" || l.Posts[0].Title != "Seals & ships" || !l.Posts[0].Modified.Equal(time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)) || !l.Posts[2].Published.IsZero() || l.Total != 120 {
		t.Errorf("got %+v", l)
	}
	second := l.Next(first)
	if second == nil || second.Query().Get("page") != "2" || second.Query().Get("per_page") != "100" {
		t.Fatalf("got %v as the second page", second)
	}
	if third := l.Next(second); third != nil {
		t.Errorf("got %v after the last page", third)
	}
	plain, err := url.Parse("https://a.example/?rest_route=/")
	if err != nil {
		t.Fatal(err)
	}
	if got := wpjson.First(plain).Query(); got.Get("rest_route") != "/wp/v2/posts" || got.Get("page") != "1" {
		t.Errorf("got %v", got)
	}
}

func TestBroken(t *testing.T) {
	const one = `{"link":"https://a.example/1","title":"One"}`
	tests := []struct {
		name, in string
		links    string
		cut      bool
	}{
		{"a warning before it", "<br />\n<b>Warning</b>: x[0] in <b>/y.php</b>\n[" + one + "]", "https://a.example/1", false},
		{"a byte order mark, and junk behind it", "\ufeff[" + one + "]<!-- 0.2 s -->", "https://a.example/1", false},
		{"cut off in a post", "[" + one + `,{"link":"https://a.ex`, "https://a.example/1", true},
		{"cut off behind a post", "[" + one, "https://a.example/1", true},
		{"fields of other types", `[{"link":["x"],"title":7},` + one + `]`, " https://a.example/1", false},
		{"something else in it", `["x",` + one + `]`, " https://a.example/1", false},
		{"no posts", "[]", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := wpjson.Parse([]byte(tt.in), http.Header{})
			if err != nil {
				t.Fatal(err)
			}
			var links []string
			for _, p := range l.Posts {
				links = append(links, p.URL)
			}
			if got := strings.Join(links, " "); got != tt.links || l.Cut != tt.cut {
				t.Errorf("got %q, cut off: %v", got, l.Cut)
			}
		})
	}
	var refusal *wpjson.Refusal
	if _, err := wpjson.Parse([]byte(`{"code":"rest_forbidden","message":"No.","data":{"status":401}}`), nil); !errors.As(err, &refusal) || refusal.Code != "rest_forbidden" {
		t.Errorf("got %v", err)
	}
	for _, in := range []string{"", "<html>", `{"a":1}`, "x"} {
		if l, err := wpjson.Parse([]byte(in), nil); err == nil || errors.As(err, &refusal) {
			t.Errorf("%q: got %+v, %v", in, l, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"link":"https://a.example/","date_gmt":"2026-11-20T08:00:00","title":{"rendered":"x"}}]`))
	f.Add([]byte(`{"code":"rest_forbidden"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := wpjson.Parse(b, http.Header{})
		if err == nil && len(l.Posts) > 200 {
			t.Errorf("%d posts", len(l.Posts))
		}
	})
}
