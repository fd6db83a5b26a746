package keep

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/newsmorgue/newsmorgue/archive"
)

// TestQueryInThePagesEncoding: the links of a page are asked for as browsers ask for
// them, the path in UTF-8, the query in the page's encoding.
func TestQueryInThePagesEncoding(t *testing.T) {
	tests := []struct{ encoding, word, missing, want string }{
		{"gbk", "新闻", "🐟", "q=%D0%C2%CE%C5&x=%26%23128031%3B"},
		{"windows-1251", "Новости", "新", "q=%CD%EE%E2%EE%F1%F2%E8&x=%26%2326032%3B"},
		{"shift_jis", "表", "한", "q=%95%5C&x=%26%2354620%3B"},
		{"euc-kr", "뉴스", "🐟", "q=%B4%BA%BD%BA&x=%26%23128031%3B"},
		{"utf-8", "Новости", "新", "q=%D0%9D%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8&x=%E6%96%B0"},
	}
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.RequestURI)
		mu.Unlock()
		w.Header()["Content-Type"] = []string{"text/html"}
		for i, tt := range tests {
			if r.URL.Path != fmt.Sprintf("/%d", i) {
				continue
			}
			e, err := htmlindex.Get(tt.encoding)
			if err != nil {
				t.Error(err)
				return
			}
			word, err := e.NewEncoder().String(tt.word)
			if err != nil {
				t.Error(err)
			}
			missing := ""
			for _, c := range tt.missing {
				missing += fmt.Sprintf("&#%d;", c)
			}
			fmt.Fprintf(w, `<html><meta charset=%q><title>%s</title><p>%s</p><a href="/list%d/%s?q=%s&x=%s">x</a>`, tt.encoding, word, strings.Repeat(word+" ", 20), i, "&#252;", word, missing)
			return
		}
		if r.URL.Path == "/" {
			for i := range tests {
				fmt.Fprintf(w, "<a href=/%d>%d</a>", i, i)
			}
		}
	}))
	defer server.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	run := &Run{Archive: ar, Name: strings.TrimPrefix(server.URL, "http://"), Seeds: []string{server.URL + "/"},
		Settings: Settings{DelaySet: true, MaxDepth: 5, Assets: "none", Software: "newsmorgue/test"}}
	if _, err := run.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := "\n" + strings.Join(asked, "\n") + "\n"
	for i, tt := range tests {
		if want := fmt.Sprintf("\n/list%d/%%C3%%BC?%s\n", i, tt.want); !strings.Contains(all, want) {
			t.Errorf("%s: %q was not asked for, but %q", tt.encoding, want, asked)
		}
	}
}

func TestSpelling(t *testing.T) {
	for raw, want := range map[string]string{
		"http://M%C3%BCnchner-post.example/%7ejane":      "http://xn--mnchner-post-dlb.example/~jane",
		"https://a.example/90%":                          "https://a.example/90%25",
		"https://a.example/" + strings.Repeat("x", 3000): "https://a.example/" + strings.Repeat("x", 3000), // too long to be fetched
		"urn:text:x":    "urn:text:x",
		"http://a b/":   "http://a b/",
		"dns:a.example": "dns:a.example",
		"https://a.example/x?utm_source=y&b=%e4#z": "https://a.example/x?b=%E4",
	} {
		if got := Spelling(raw); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
}
