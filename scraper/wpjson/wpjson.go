// Package wpjson reads the list of posts that WordPress sites answer at
// /wp-json/wp/v2/posts, where it is open (WordPress REST API, version 2). It does
// not fetch it.
package wpjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
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
	URL, Title          string    // URL is as written; both are empty if missing
	Published, Modified time.Time // zero if missing
}

// A List is one page of a site's posts.
type List struct {
	Posts        []Post
	Total, Pages int  // as the header says; 0 if it does not
	Cut          bool // the text ends within the list
}

// A Refusal is the API's answer where a site has closed it.
type Refusal struct{ Code string }

func (e *Refusal) Error() string { return "WordPress answered " + e.Code }

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
	n := Page(u)
	if n < 1 || n >= l.Pages || n >= maxPages || len(l.Posts) == 0 {
		return nil
	}
	return WithPage(u, n+1)
}

// Page is the number of a page of a list by its address; 0 if it has none.
func Page(u *url.URL) int {
	n, _ := strconv.Atoi(u.Query().Get("page")) // missing is 0
	return n
}

// WithPage is the address of another page of a list.
func WithPage(u *url.URL, n int) *url.URL {
	other := *u
	if i := strings.LastIndex(u.RawQuery, "&page="); i >= 0 { // not the per_page before it
		other.RawQuery = u.RawQuery[:i] + "&page=" + strconv.Itoa(n)
	}
	return &other
}

// Parse reads one page of a list. Plugins print warnings before and after it; one that
// is cut off gives the posts before the cut. The error is a *Refusal if the site has
// closed its API.
func Parse(body []byte, header http.Header) (*List, error) {
	d, err := begin(body)
	if err != nil {
		return nil, fmt.Errorf("list of posts: %w", err)
	}
	l := &List{}
	l.Total, _ = strconv.Atoi(header.Get("X-Wp-Total")) // missing is 0
	l.Pages, _ = strconv.Atoi(header.Get("X-Wp-Totalpages"))
	for d.More() {
		var fields map[string]json.RawMessage
		var wrongType *json.UnmarshalTypeError
		if err := d.Decode(&fields); err != nil && !errors.As(err, &wrongType) {
			l.Cut = true
			return l, nil
		}
		if len(l.Posts) < maxPosts {
			l.Posts = append(l.Posts, post(fields))
		}
	}
	if _, err := d.Token(); err != nil {
		l.Cut = true
	}
	return l, nil
}

// begin finds the array that a body has, after whatever stands before it.
func begin(body []byte) (*json.Decoder, error) {
	var refusal struct {
		Code    string          `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if json.Unmarshal(body, &refusal) == nil && refusal.Code != "" && refusal.Message != nil {
		return nil, &Refusal{refusal.Code}
	}
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("[")) {
		start := arrayStart.FindIndex(body)
		if start == nil {
			return nil, errors.New("it has no list")
		}
		body = body[start[0]:]
	}
	d := json.NewDecoder(bytes.NewReader(body))
	_, err := d.Token() // the bracket
	return d, err
}

// arrayStart is the beginning of an array of objects.
var arrayStart = regexp.MustCompile(`\[\s*\{\s*"`)

// post reads the fields of one post. One of a wrong type is missing.
func post(fields map[string]json.RawMessage) Post {
	text := func(raw json.RawMessage) (s string) {
		_ = json.Unmarshal(raw, &s) // missing is empty
		return strings.TrimSpace(s)
	}
	title := text(fields["title"])
	var rendered struct {
		Rendered string `json:"rendered"`
	}
	if json.Unmarshal(fields["title"], &rendered) == nil {
		title = rendered.Rendered
	}
	return Post{URL: text(fields["link"]), Title: strings.TrimSpace(html.UnescapeString(title)),
		Published: date(text(fields["date_gmt"])), Modified: date(text(fields["modified_gmt"]))}
}

// date reads the API's form of a time in UTC.
func date(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil || t.Year() < 1980 || t.Year() > 2200 {
		return time.Time{}
	}
	return t
}
