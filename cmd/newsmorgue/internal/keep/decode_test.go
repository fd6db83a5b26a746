package keep

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A servedPage is a page with the Content-Type field that it is served with; none
// if empty.
type servedPage struct {
	contentType string
	body        []byte
}

// TestOneDecoder: for every odd pair of header, meta element, byte order mark and
// bytes, the article that a crawl archives, the one that extract reads from the
// same bytes, and the one that is read from the archive again are the same.
func TestOneDecoder(t *testing.T) {
	pages := oddPages(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d.html", &i); err != nil || i >= len(pages) {
			http.NotFound(w, r)
			return
		}
		w.Header()["Content-Type"] = nil // net/http would guess one
		if pages[i].contentType != "" {
			w.Header().Set("Content-Type", pages[i].contentType)
		}
		_, _ = w.Write(pages[i].body)
	}))
	defer server.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	run := &Run{Archive: ar, Name: strings.TrimPrefix(server.URL, "http://"), Scope: "page",
		Settings: Settings{DelaySet: true, PerHost: 4, Assets: "none", Software: "newsmorgue/test"}}
	for i := range pages {
		run.Seeds = append(run.Seeds, fmt.Sprintf("%s/%d.html", server.URL, i))
	}
	if _, err := run.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	articles := 0
	for i, p := range pages {
		if crawled := comparePaths(t, cat, run.Seeds[i], p); crawled != "" {
			articles++
		}
	}
	if articles < len(pages)*9/10 {
		t.Errorf("only %d of %d pages have an article", articles, len(pages))
	}
}

// comparePaths returns the article of the crawl, "" if there is none.
func comparePaths(t *testing.T, cat *catalog.Catalog, raw string, p servedPage) string {
	t.Helper()
	ctx := context.Background()
	held, ok, err := cat.Current(ctx, raw)
	if err != nil || !ok {
		t.Fatalf("%s: not archived: %v", raw, err)
	}
	crawled := ""
	if held.ArticleRecordID != "" {
		rec, err := cat.Reading(ctx, held)
		if err != nil {
			t.Fatal(err)
		}
		crawled = string(rec.Payload)
	}
	again, err := pageOfRecord(ctx, cat, held.ResponseID, raw, held.Date)
	if err != nil || again == nil {
		t.Fatalf("%s: not in the archive: %v", raw, err)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	file := &article.Page{URL: u, HTML: p.body, Fetched: held.Date}
	if p.contentType != "" {
		file.Header = http.Header{"Content-Type": {p.contentType}}
	}
	for path, page := range map[string]*article.Page{"extracted": file, "read again": again} {
		if got := articleJSON(t, page); got != crawled {
			t.Errorf("Content-Type %q, %.120q:\ncrawled    %s\n%s %s", p.contentType, p.body, crawled, path, got)
		}
	}
	return crawled
}

func articleJSON(t *testing.T, p *article.Page) string {
	t.Helper()
	a, err := new(parsers.Parser).Parse(p)
	if err != nil {
		return ""
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// oddPages combines encodings with the declarations of others.
func oddPages(t *testing.T) []servedPage {
	texts := []struct{ encoding, bom, text string }{
		{"utf-8", "", "Паром через пролив пойдёт в последний раз в октябре, сообщила в понедельник контора порта. Жители просили о лодке поменьше."},
		{"utf-8", "\ufeff", "Die letzte Fähre fährt im Oktober über die Meerenge, sagte das Hafenbüro am Montag. Die Bewohner möchten ein kleineres Boot."},
		{"utf-8", "", "The last café on the pier closes in October, the harbour office said on Monday. The islanders asked for a smaller one."},
		{"utf-16le", "\ufeff", "The last ferry crosses the strait in October, the harbour office said on Monday. The islanders asked for a smaller boat."},
		{"utf-16be", "\ufeff", "Паром через пролив пойдёт в последний раз в октябре, сообщила в понедельник контора порта. Жители просили о лодке поменьше."},
		{"windows-1251", "", "Паром через пролив пойдёт в последний раз в октябре, сообщила в понедельник контора порта. Жители просили о лодке поменьше."},
		{"windows-1252", "", "Le dernier bac traversera le détroit en octobre, a déclaré lundi le bureau du port. Les habitants préfèrent un bateau léger."},
		{"shift_jis", "", "港の事務所は月曜日、北の海峡を渡る最後の船が十月に出ると発表した。島の人たちはもっと小さな船がほしいと言い、橋だけでは足りないと話している。"},
	}
	types := []string{"", "text/html", "text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "text/html; charset=windows-1251", "text/html charset=iso-8859-1",
		"text/html; charset=utf-8; charset=utf-8", "text/html; charset=none-such", "TEXT/HTML;CHARSET=\"Shift_JIS\"", "application/xhtml+xml; charset=utf-16"}
	metas := []string{"", "utf-8", "iso-8859-1", "windows-1251", "none-such"}
	var pages []servedPage
	for _, text := range texts {
		for _, contentType := range types {
			for _, meta := range metas {
				title, _, _ := strings.Cut(text.text, ",")
				if meta != "" {
					meta = `<meta charset="` + meta + `">`
				}
				page := text.bom + "<!doctype html><html><head><!-- page " + strconv.Itoa(len(pages)) + " -->" + meta + `<meta property="og:type" content="article"><title>` + title + "</title></head><body><article><h1>" + title + "</h1>" +
					strings.Repeat("<p>"+text.text+"</p>", 4) + `<p><a href="/other.html">` + text.text + "</a></p></article></body></html>"
				pages = append(pages, servedPage{contentType, encode(t, text.encoding, page)})
			}
		}
	}
	deep := strings.Repeat("<div>", 600) + strings.Repeat("<p>The last ferry crosses the strait in <a href=/october>October</a>, the harbour office said on Monday.</p>", 6)
	return append(pages,
		servedPage{"text/html", []byte("<title>The ferry</title>" + deep)},
		servedPage{"text/html; charset=windows-1251", encode(t, "windows-1251", strings.ReplaceAll(deep, "October", "октябре"))},
		servedPage{"text/html", []byte("%PDF-1.7 not a page")},
		servedPage{"", []byte(`{"json": "The last ferry"}`)},
		servedPage{"", bytes.Repeat([]byte{0, 1, 2, 3}, 200)},
		servedPage{"text/plain; charset=utf-8", []byte("<html><p>The last ferry crosses the strait in October.")},
		servedPage{"text/html", nil},
	)
}

func encode(t *testing.T, name, s string) []byte {
	t.Helper()
	e, _ := charset.Lookup(name)
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}
