package keep

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// visitOf is an answer of a URL that has had an article.
func visitOf(t *testing.T, raw string, status int, location string) *visit {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{Response: &scraper.Response{Request: &scraper.Request{URL: u, Depth: 1}, URL: u, Status: status, Header: http.Header{}, Exchanges: []*scraper.Exchange{{Start: pressDay}}}}
	if location != "" {
		v.Header.Set("Location", location)
	}
	v.held.Kind, v.held.ArticleRecordID = string(article.KindArticle), "x"
	return v
}

// TestSchedule: an article is due again after every kind of answer, by its age since it
// was published or edited; whatever else is read, by what its visits bring.
func TestSchedule(t *testing.T) {
	const day = 24 * time.Hour
	old := pressDay.Add(-40 * day)
	for _, tt := range []struct {
		name      string
		published string
		why       catalog.Reason
		status    int
		set       func(*visit)
		want      time.Duration // before it is spread
	}{
		{name: "undated", status: 200, want: 12 * time.Hour},
		{name: "undated, visited two days ago", status: 200, want: 3 * day, set: func(v *visit) { v.Request.Visited = pressDay.Add(-2 * day) }},
		{name: "new", status: 200, published: pressDay.Format(time.RFC3339), want: time.Hour},
		{name: "old", status: 200, published: old.Format(time.RFC3339), want: 20 * day},
		{name: "very old", status: 200, published: "2019-01-01", want: 30 * day},
		{name: "edited, by its visits", status: 200, published: old.Format(time.RFC3339), want: 12 * time.Hour, set: func(v *visit) { v.Request.Edited = pressDay.Add(-day) }},
		{name: "edited, by its page", status: 200, published: old.Format(time.RFC3339), want: 12 * time.Hour, set: func(v *visit) {
			v.a = &article.Article{Kind: article.KindArticle, Modified: pressDay.Add(-day).Format(time.RFC3339)}
		}},
		{name: "edited now", status: 200, published: old.Format(time.RFC3339), want: time.Hour, set: func(v *visit) { v.changed = true }},
		{name: "an error", status: 500, published: old.Format(time.RFC3339), why: catalog.ReasonStatus, want: 20 * day},
		{name: "another page", status: 200, published: old.Format(time.RFC3339), why: catalog.ReasonKind, want: 20 * day},
		{name: "maintenance", status: 200, published: old.Format(time.RFC3339), why: catalog.ReasonPlaceholder, want: time.Hour},
		{name: "a wall", status: 200, why: catalog.ReasonWall, want: time.Hour},
		{name: "cut off", status: 200, why: catalog.ReasonTruncated, want: time.Hour},
		{name: "gone", status: 404, published: pressDay.Format(time.RFC3339), why: catalog.ReasonStatus, want: 30 * day},
		{name: "moved to https", status: 301, published: pressDay.Format(time.RFC3339), why: catalog.ReasonStatus, want: 30 * day, set: func(v *visit) {
			u := *v.URL
			u.Scheme = "http"
			v.URL = &u
			v.Header.Set("Location", "https://a.example/x")
		}},
		{name: "moved elsewhere", status: 301, published: pressDay.Format(time.RFC3339), why: catalog.ReasonStatus, want: time.Hour, set: func(v *visit) { v.Header.Set("Location", "/y") }},
		{name: "a section on the front page", status: 200, want: 36 * time.Hour, set: func(v *visit) { v.held.Kind = string(article.KindSection) }},
		{name: "a section further away", status: 200, want: 30 * day, set: func(v *visit) { v.held.Kind, v.Request.Depth = string(article.KindSection), 2 }},
		{name: "a section that brings nothing", status: 200, want: 20 * day, set: func(v *visit) { v.held.Kind, v.Request.Interval = string(article.KindSection), 10*day }},
	} {
		v := visitOf(t, "https://a.example/x", tt.status, "")
		v.why = tt.why
		if tt.set != nil {
			tt.set(v)
		}
		out := scraper.Outcome{Gone: v.gone()}
		v.schedule(&out, article.Kind(v.held.Kind).Story(), tt.published)
		least := tt.want * 4 / 5
		if out.Interval > 0 && v.Request.Interval == 0 { // it begins anywhere in a range
			least = tt.want / 5
		}
		if got := out.NextVisit.Sub(pressDay); got > tt.want || got < least {
			t.Errorf("%s: got %v, want %v to %v", tt.name, got, least, tt.want)
		}
	}
}

// TestGone: what says that an article was removed.
func TestGone(t *testing.T) {
	missing := &article.Article{Kind: article.KindOther, Title: "Page not found"}
	for _, tt := range []struct {
		name, url, location string
		status              int
		why                 catalog.Reason
		a                   *article.Article
		want                bool
	}{
		{"not found", "https://a.example/x", "", 404, catalog.ReasonStatus, nil, true},
		{"gone", "https://a.example/x", "", 410, catalog.ReasonStatus, nil, true},
		{"taken down by law", "https://a.example/x", "", 451, catalog.ReasonStatus, nil, true},
		{"an error", "https://a.example/x", "", 500, catalog.ReasonStatus, nil, false},
		{"to the front page", "https://a.example/x", "https://www.a.example/", 302, catalog.ReasonStatus, nil, true},
		{"to another page", "https://a.example/x", "/y", 301, catalog.ReasonStatus, nil, false},
		{"to another site", "https://a.example/x", "https://b.example/", 301, catalog.ReasonStatus, nil, false},
		{"unchanged", "https://a.example/x", "", 304, "", nil, false},
		{"a page that says so", "https://a.example/x", "", 200, catalog.ReasonKind, missing, true},
		{"the same page as others", "https://a.example/x", "", 200, catalog.ReasonPlaceholder, missing, true},
		{"an article of that title", "https://a.example/x", "", 200, "", &article.Article{Kind: article.KindArticle, Title: "Page not found"}, false},
	} {
		v := visitOf(t, tt.url, tt.status, tt.location)
		v.why, v.a = tt.why, tt.a
		if got := v.gone(); got != tt.want {
			t.Errorf("%s: got %t", tt.name, got)
		}
	}
}
