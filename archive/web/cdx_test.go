package web

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// cdxArchive is an archive of several hosts.
func cdxArchive(t *testing.T) (*archivetest.Fixture, *Server) {
	f := archivetest.New(t)
	at := captureDay
	take := func(v visit) *archive.Record {
		recs := visitRecords(t, at, v)
		f.Add(recs...)
		at = at.Add(time.Hour)
		return recs[0]
	}
	first := take(visit{url: "https://www.a.example/story"}) // 18
	take(visit{url: "http://a.example/story"})               // 19
	take(visit{url: "https://www.a.example/Story/", status: 404})
	take(visit{url: "https://a.example/story/two?b=2&a=1"}) // 21
	take(visit{url: "https://a.example/"})                  // 22
	take(visit{url: "https://a.example:8443/port"})
	take(visit{url: "https://news.a.example/story"}) // 00
	take(visit{url: "https://a.example.org/story"})
	take(visit{url: "https://ba.example/story"})
	revisit := archive.NewRecord("revisit", at) // 03
	revisit.Set("WARC-Target-URI", "https://www.a.example/story")
	revisit.Set("WARC-Refers-To", first.ID())
	revisit.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
	revisit.Set("WARC-Payload-Digest", first.Get("WARC-Payload-Digest"))
	revisit.Set("Content-Type", "application/http; msgtype=response")
	revisit.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 304 Not Modified"}
	f.Add(revisit)
	hidden := visitRecords(t, at, visit{url: "https://a.example/hidden"})
	f.Add(hidden...)
	suppressRecord(t, f, catalog.Suppression{Date: captureDay, URL: "https://a.example/hidden", Reason: "asked for"})
	return f, &Server{Archive: f.Archive, Catalog: f.Catalog}
}

// short are the hours and paths of lines of CDXJ.
func short(t *testing.T, body string) string {
	t.Helper()
	var all []string
	for line := range strings.Lines(body) {
		l, err := cdxj.ParseLine(line)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if l.Key != cdxj.SURT(l.Fields["url"]) {
			t.Errorf("the key of %s is %s", l.Fields["url"], l.Key)
		}
		all = append(all, l.Timestamp[6:10]+l.Key[strings.IndexByte(l.Key, ')')+1:])
	}
	return strings.Join(all, " ")
}

func TestCDX(t *testing.T) {
	_, s := cdxArchive(t)
	h := s.Handler()
	for query, want := range map[string]string{
		"url=a.example/story":                                             "2318/story 2319/story 2403/story",
		"url=https://www.a.example/story":                                 "2318/story 2319/story 2403/story",
		"url=a.example/story&sort=reverse":                                "2403/story 2319/story 2318/story",
		"url=a.example/story&limit=2":                                     "2318/story 2319/story",
		"url=a.example/story&sort=reverse&limit=1":                        "2403/story",
		"url=a.example/story&closest=20261124010000":                      "2403/story 2319/story 2318/story",
		"url=a.example/story&sort=closest&closest=20261123&limit=1":       "2318/story",
		"url=a.example/story&from=2026112319&to=20261123":                 "2319/story",
		"url=a.example/story&to=202611":                                   "2318/story 2319/story 2403/story",
		"url=a.example/story&from=2027":                                   "",
		"url=a.example/story*":                                            "2318/story 2319/story 2320/story 2403/story 2321/story/two?a=1&b=2",
		"url=a.example/story/*":                                           "2321/story/two?a=1&b=2",
		"url=a.example/story&matchType=prefix&sort=reverse":               "2321/story/two?a=1&b=2 2403/story 2320/story 2319/story 2318/story",
		"url=a.example/anything&matchType=host":                           "2322/ 2318/story 2319/story 2320/story 2403/story 2321/story/two?a=1&b=2",
		"url=a.example/*":                                                 "2322/ 2318/story 2319/story 2320/story 2403/story 2321/story/two?a=1&b=2",
		"url=a.example:8443/*":                                            "2323/port",
		"url=*.a.example":                                                 "2322/ 2318/story 2319/story 2320/story 2403/story 2321/story/two?a=1&b=2 2400/story",
		"url=a.example/*&filter=!status:200&filter=!mime:revisit":         "2320/story",
		"url=a.example/*&filter==status:404":                              "2320/story",
		"url=a.example/*&filter=~url:.*two":                               "2321/story/two?a=1&b=2",
		"url=a.example/*&filter=~url:two":                                 "",
		"url=a.example/*&filter=!~urlkey:.*story":                         "2322/",
		"url=a.example/*&filter=original:TWO":                             "",
		"url=a.example/*&filter=mimetype:html&limit=1":                    "2322/",
		"url=a.example/*&filter=www.a.example/s":                          "2318/story 2403/story",
		"url=a.example/story&collapseTime=8":                              "2318/story 2403/story",
		"url=a.example/*&page=0":                                          "2322/ 2318/story 2319/story 2320/story 2403/story 2321/story/two?a=1&b=2",
		"url=a.example/hidden":                                            "",
		"url=b.example/*":                                                 "",
		"url=a.example/story&filter==mime:text/html&resolveRevisits=true": "2318/story 2319/story 2403/story",
	} {
		w := get(t, h, "/cdx?"+query)
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/x-cdxj; charset=utf-8" {
			t.Errorf("%s: got %d %s", query, w.Code, w.Body)
			continue
		}
		if got := short(t, w.Body.String()); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", query, got, want)
		}
	}
}

func TestCDXOutput(t *testing.T) {
	f, s := cdxArchive(t)
	h := s.Handler()
	caps, err := f.Catalog.Captured(t.Context(), "http://a.example/story")
	if err != nil || len(caps) != 1 {
		t.Fatal(err)
	}
	const question = "/cdx?url=http://a.example/story&from=2026112319&to=2026112319"
	id, digest := uuidOf(caps[0].ID), string(caps[0].Digest)
	for more, want := range map[string]string{
		"":                            `example,a)/story 20261123190000 {"digest":"` + digest + `","id":"` + id + `","mime":"text/html","status":"200","url":"http://a.example/story"}`,
		"&output=json":                `{"urlkey": "example,a)/story", "timestamp": "20261123190000", "url": "http://a.example/story", "mime": "text/html", "status": "200", "digest": "` + digest + `", "id": "` + id + `"}`,
		"&output=json&fl=status,url":  `{"status": "200", "url": "http://a.example/story"}`,
		"&fl=urlkey,timestamp,status": `example,a)/story 20261123190000 {"status":"200"}`,
		"&output=text":                `example,a)/story 20261123190000 http://a.example/story text/html 200 ` + digest + ` ` + id,
		"&output=text&fields=timestamp,original,filename": `20261123190000 http://a.example/story -`,
		"&output=link": `<http://example.com/raw/20261123190000/http://a.example/story>; rel="memento"; datetime="Mon, 23 Nov 2026 19:00:00 GMT",`,
	} {
		w := get(t, h, question+more)
		if got := w.Body.String(); got != want+"\n" {
			t.Errorf("%s:\ngot  %s\nwant %s", more, got, want)
		}
	}
	w := get(t, h, "/cdx?url=a.example/*&showNumPages=true")
	var counts struct{ Blocks, Pages, PageSize int }
	if err := json.Unmarshal(w.Body.Bytes(), &counts); err != nil || counts.Blocks != 1 || counts.Pages != 1 || counts.PageSize != 5 {
		t.Errorf("got %s", w.Body)
	}
}

func TestCDXRefused(t *testing.T) {
	_, s := cdxArchive(t)
	h := s.Handler()
	for query, want := range map[string]string{
		"":                                    "has no url",
		"url=*":                               "without the URL of a page",
		"url=a.example&matchType=all":         "it must be exact, prefix",
		"url=a.example&limit=0":               "from 1 to 100000",
		"url=a.example&limit=999999999999999": "from 1 to 100000",
		"url=a.example&from=20":               "4 to 14 digits",
		"url=a.example&to=20261399":           "4 to 14 digits",
		"url=a.example&sort=closest":          "needs closest",
		"url=a.example/*&closest=2026":        "one URL only",
		"url=a.example&sort=down":             "closest or reverse",
		"url=a.example&output=xml":            "it must be cdxj",
		"url=a.example&filter=~url:(":         "missing closing",
		"url=a.example&filter=nothing:x":      "no field",
		"url=a.example&filter=~url:" + strings.Repeat("a", 600): "longer than",
		"url=a.example" + strings.Repeat("&filter=url:a", 20):   "20 filters",
		"url=a.example/*&page=7":                                "no page 7",
		"url=a.example&page=x":                                  "from 0",
		"url=javascript:alert(1)":                               "not the URL of a page",
		"url=a.example&filter=%zz":                              "cannot be read",
	} {
		w := get(t, h, "/cdx?"+query)
		var answer map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 400 || !strings.Contains(answer["message"], want) {
			t.Errorf("%s: got %d %s, want %q", query, w.Code, w.Body, want)
		}
	}
}

// Pages of a long answer are its parts, and batches of URLs leave nothing out.
func TestCDXPages(t *testing.T) {
	f := archivetest.New(t)
	var recs []*archive.Record
	for i := range 2500 {
		recs = append(recs, visitRecords(t, captureDay.Add(time.Duration(i)*time.Second), visit{url: fmt.Sprintf("https://a.example/%04d", (i*7)%1250)})...)
	}
	f.Add(recs...)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	whole := get(t, h, "/cdx?url=a.example/*").Body.String()
	parts := ""
	for page := range 3 {
		parts += get(t, h, fmt.Sprintf("/cdx?url=a.example/*&pageSize=1&page=%d", page)).Body.String()
	}
	if parts != whole || strings.Count(whole, "\n") != 2500 {
		t.Errorf("%d lines, and %d in parts", strings.Count(whole, "\n"), strings.Count(parts, "\n"))
	}
	if w := get(t, h, "/cdx?url=a.example/*&pageSize=1&page=3"); w.Code != 400 {
		t.Errorf("got %d", w.Code)
	}
	if got := strings.TrimSpace(get(t, h, "/cdx?url=a.example/*&pageSize=1&showNumPages=true").Body.String()); got != `{"blocks":3,"pageSize":1,"pages":3}` {
		t.Errorf("got %s", got)
	}
	last := ""
	for line := range strings.Lines(whole) {
		key, rest, _ := strings.Cut(line, " ")
		if now := key + " " + rest[:14]; now <= last {
			t.Fatalf("%s is behind %s", now, last)
		} else {
			last = now
		}
	}
}

// Few URLs are in memory at once, however many a host has.
func TestCDXBatches(t *testing.T) {
	_, s := cdxArchive(t)
	for _, reverse := range []string{"", "&sort=reverse"} {
		query := "url=*.example" + reverse
		whole := get(t, s.Handler(), "/cdx?"+query).Body.String()
		for _, batch := range []int{1, 2, 3, 5} {
			v, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			q, err := parseCDX(v)
			if err != nil {
				t.Fatal(err)
			}
			rec := httptest.NewRecorder()
			if err := (&cdxWalk{s: s, q: q, batch: batch}).answer(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			if got := rec.Body.String(); strings.Count(got, "\n") != strings.Count(whole, "\n") || batch > 3 && got != whole {
				t.Errorf("batches of %d: got\n%swant\n%s", batch, got, whole)
			}
		}
	}
}

func FuzzCDXQuery(f *testing.F) {
	f.Add("url=a.example/*&filter=!~url:.*x&from=2026&output=json&fl=url&limit=3&page=1")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if q, err := parseCDX(v); err == nil && (q.limit < 1 || q.limit > cdxMaxLimit || q.key == "" || len(q.filters) > cdxFilters) {
			t.Errorf("%q: got %+v", query, q)
		}
	})
}
