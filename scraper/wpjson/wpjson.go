// Package wpjson reads the list of posts that WordPress sites answer at
// /wp-json/wp/v2/posts, where it is open (WordPress REST API, version 2). It does
// not fetch it.
package wpjson

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxPosts bounds what is taken from one page of the list; the API gives 100.
const maxPosts = 200

// maxPages bounds how far a list is paged.
const maxPages = 5000

// A Post is one announced page.
type Post struct {
	URL, Title          string
	Published, Modified time.Time // zero if missing
}

// A List is one page of a site's posts.
type List struct {
	Posts        []Post
	Total, Pages int // as the header says; 0 if it does not
}

// First is the address of the first page of a list, those changed last first.
// api is the address of the site's REST API, as its pages link to with
// rel="https://api.w.org/".
func First(api *url.URL) *url.URL {
	u := api.JoinPath("wp", "v2", "posts")
	u.RawQuery = "per_page=100&orderby=modified&order=desc&_fields=link,date_gmt,modified_gmt,title&page=1"
	if q := api.Query(); q.Get("rest_route") != "" { // sites without pretty addresses
		u = api.JoinPath()
		u.RawQuery = "rest_route=" + url.QueryEscape(strings.TrimSuffix(q.Get("rest_route"), "/")+"/wp/v2/posts") + "&per_page=100&orderby=modified&order=desc&_fields=link,date_gmt,modified_gmt,title&page=1"
	}
	return u
}

// Next is the address of the page after u, nil if there is none.
func (l *List) Next(u *url.URL) *url.URL {
	q := u.Query()
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 || n >= l.Pages || n >= maxPages || len(l.Posts) == 0 {
		return nil
	}
	next := *u
	next.RawQuery = strings.Replace(u.RawQuery, "page="+q.Get("page"), "page="+strconv.Itoa(n+1), 1)
	if i := strings.LastIndex(u.RawQuery, "&page="); i >= 0 { // not the per_page before it
		next.RawQuery = u.RawQuery[:i] + "&page=" + strconv.Itoa(n+1)
	}
	return &next
}

// Parse reads one page of a list.
func Parse(body []byte, header http.Header) (*List, error) {
	var posts []struct {
		Link     string `json:"link"`
		Date     string `json:"date_gmt"`
		Modified string `json:"modified_gmt"`
		Title    struct {
			Rendered string `json:"rendered"`
		} `json:"title"`
	}
	if err := json.Unmarshal(body, &posts); err != nil {
		return nil, fmt.Errorf("list of posts: %w", err)
	}
	l := &List{}
	l.Total, _ = strconv.Atoi(header.Get("X-Wp-Total")) // missing is 0
	l.Pages, _ = strconv.Atoi(header.Get("X-Wp-Totalpages"))
	for _, p := range posts[:min(len(posts), maxPosts)] {
		if p.Link == "" {
			continue
		}
		l.Posts = append(l.Posts, Post{URL: p.Link, Title: strings.TrimSpace(html.UnescapeString(p.Title.Rendered)), Published: date(p.Date), Modified: date(p.Modified)})
	}
	return l, nil
}

// date reads the API's form of a time in UTC.
func date(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil || t.Year() < 1980 || t.Year() > 2200 {
		return time.Time{}
	}
	return t
}
