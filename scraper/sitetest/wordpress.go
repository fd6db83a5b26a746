package sitetest

import (
	"cmp"
	"crypto/md5"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A WordPress answers as a site with WordPress 6 does that has no plugins: its core
// sitemaps (lastmod for posts alone), feeds with ETag and Last-Modified, listings by
// tag, category, author and month with further pages, a comments feed for the site
// and for each post, the REST API's list of posts, and pages that have no validator
// and differ on each request by a nonce. A post in the trash answers with HTTP 404.
type WordPress struct {
	Base string // such as http://a.example, without a slash at the end
	// Stamp has the sitemap of posts call all of them modified now, as those of some
	// plugins do; StampSpan, at any time within so long.
	Stamp     bool
	StampSpan time.Duration

	mu    sync.Mutex
	posts []*Post
	rand  *rand.Rand
	nonce int
}

// A Post is one post of a WordPress.
type Post struct {
	ID                  int
	Slug, Title         string
	Author, Category    string
	Tags                []string
	Body                []string
	Published, Modified time.Time
	Trashed             bool // it answers with HTTP 404
	Hidden              bool // it answers, and no list names it
}

const (
	wpListed   = 10 // posts that a listing or feed shows
	wpTags     = 180
	wpAuthors  = 9
	wpSections = 8
)

// NewWordPress makes a site with a number of posts, the newest an hour old and the
// oldest of two years ago. It is the same site each time.
func NewWordPress(base string, posts int) *WordPress {
	wp := &WordPress{Base: base, rand: rand.New(rand.NewPCG(19, 97))}
	now := time.Now()
	for i := range posts {
		age := time.Hour + time.Duration(posts-1-i)*(2*365*24*time.Hour/time.Duration(posts))
		wp.add(now.Add(-age))
	}
	return wp
}

var wpWords = strings.Fields(`harbour ferry council library bridge market winter summer school teacher river night train station budget mayor
	hospital nurse doctor garden orchard bakery museum choir theatre painter fisher boat storm roof church tower square street
	lantern festival letter archive paper printer editor court judge lawyer police witness evidence trial verdict neighbour
	farmer cattle wool mill weaver engine workshop apprentice foreman union strike wage harvest price export customs border
	island lighthouse keeper pilot captain sailor rope anchor tide current shore cliff meadow forest timber carpenter joiner`)

func (wp *WordPress) sentence() string {
	n := 12 + wp.rand.IntN(10)
	words := make([]string, n)
	for i := range words {
		words[i] = wpWords[wp.rand.IntN(len(wpWords))]
		if i%3 == 2 {
			words[i] = []string{"of the", "near the", "and a", "without the", "for this", "as the"}[wp.rand.IntN(6)] + " " + words[i]
		}
	}
	s := strings.Join(words, " ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// add makes a post. The lock must be held, or nobody else know the site yet.
func (wp *WordPress) add(published time.Time) *Post {
	id := len(wp.posts) + 1
	title := fmt.Sprintf("The %s and the %s of %s street %d", wpWords[wp.rand.IntN(len(wpWords))], wpWords[wp.rand.IntN(len(wpWords))], wpWords[wp.rand.IntN(len(wpWords))], id)
	p := &Post{ID: id, Title: title, Slug: strings.ReplaceAll(strings.ToLower(title), " ", "-"),
		Author: fmt.Sprintf("writer-%d", wp.rand.IntN(wpAuthors)+1), Category: fmt.Sprintf("section-%d", wp.rand.IntN(wpSections)+1),
		Published: published.UTC().Truncate(time.Second)}
	p.Modified = p.Published
	for range 1 + wp.rand.IntN(4) {
		if tag := fmt.Sprintf("topic-%d", wp.rand.IntN(wpTags)+1); !slices.Contains(p.Tags, tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
	for range 5 {
		var b strings.Builder
		for range 3 {
			b.WriteString(wp.sentence() + " ")
		}
		p.Body = append(p.Body, strings.TrimSpace(b.String()))
	}
	wp.posts = append(wp.posts, p)
	return p
}

// URLs lists the URLs of the posts, the oldest first, whether in the trash or not.
func (wp *WordPress) URLs() (urls []string) {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	for _, p := range wp.posts {
		urls = append(urls, wp.url(p))
	}
	return urls
}

// Publish adds a post, which is new now, and returns its URL.
func (wp *WordPress) Publish() string {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	return wp.url(wp.add(time.Now()))
}

// Edit adds a paragraph to the post with an index, the oldest being 0, and returns its URL.
func (wp *WordPress) Edit(i int) string {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	p := wp.posts[i]
	p.Body = append(p.Body, wp.sentence()+" "+wp.sentence()+" "+wp.sentence())
	p.Modified = time.Now().UTC().Truncate(time.Second)
	return wp.url(p)
}

// Trash puts the post with an index in the trash, or takes it out, and returns its URL.
func (wp *WordPress) Trash(i int, trashed bool) string {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	wp.posts[i].Trashed = trashed
	return wp.url(wp.posts[i])
}

// Hide takes the post with an index from all lists.
func (wp *WordPress) Hide(i int) {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	wp.posts[i].Hidden = true
}

// URL is the URL of the post with an index.
func (wp *WordPress) URL(i int) string {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	return wp.url(wp.posts[i])
}

func (wp *WordPress) url(p *Post) string {
	return fmt.Sprintf("%s/%s/%s/", wp.Base, p.Published.Format("2006/01"), p.Slug)
}

// public lists the posts that are not in the trash and that a filter takes, the newest first.
func (wp *WordPress) public(take func(*Post) bool) (list []*Post) {
	for _, p := range slices.Backward(wp.posts) {
		if !p.Trashed && !p.Hidden && (take == nil || take(p)) {
			list = append(list, p)
		}
	}
	return list
}

// ServeHTTP implements http.Handler.
func (wp *WordPress) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	path := r.URL.Path
	switch {
	case path == "/robots.txt":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: %s/wp-sitemap.xml\n", wp.Base)
	case strings.HasPrefix(path, "/wp-sitemap"):
		wp.sitemap(w, r)
	case path == "/wp-json/wp/v2/posts":
		wp.list(w, r)
	case path == "/style.css":
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("ETag", `"style"`)
		fmt.Fprint(w, "body { color: black }")
	case path == "/about/" || path == "/contact/":
		wp.page(w, http.StatusOK, "page", strings.ToUpper(path[1:2])+strings.Trim(path, "/")[1:], "", "<div class=entry-content><p>The paper is made by nine writers in the old mill by the river, and has been since the flood.</p></div>")
	case strings.HasSuffix(path, "/feed/"):
		wp.feed(w, r, strings.TrimSuffix(path, "feed/"))
	default:
		wp.html(w, r, path)
	}
}

// html answers with a listing or a post.
func (wp *WordPress) html(w http.ResponseWriter, r *http.Request, path string) {
	n, listing := 1, path
	if i := strings.Index(path, "/page/"); i >= 0 {
		var err error
		if n, err = strconv.Atoi(strings.Trim(path[i+6:], "/")); err != nil {
			n = 0
		}
		listing = path[:i+1]
	}
	if take, title, ok := wp.listing(listing); ok {
		posts := wp.public(take)
		if from := (n - 1) * wpListed; n > 0 && (from < len(posts) || listing == "/") {
			wp.listingPage(w, listing, title, posts, n)
			return
		}
	} else {
		for i, p := range wp.posts {
			if !p.Trashed && wp.url(p) == wp.Base+path {
				wp.single(w, i, p)
				return
			}
		}
	}
	wp.page(w, http.StatusNotFound, "error404", "Page not found", "", `<p>It looks like nothing was found at this location. Maybe try a search?</p><form role=search action=/><input name=s></form>`)
}

// listing finds the posts of a listing by its path.
func (wp *WordPress) listing(path string) (take func(*Post) bool, title string, ok bool) {
	kind, name, _ := strings.Cut(strings.Trim(path, "/"), "/")
	switch {
	case path == "/":
		return nil, "The Mill Post", true
	case kind == "tag" && name != "":
		take = func(p *Post) bool { return slices.Contains(p.Tags, name) }
	case kind == "category" && name != "":
		take = func(p *Post) bool { return p.Category == name }
	case kind == "author" && name != "":
		take = func(p *Post) bool { return p.Author == name }
	default:
		if _, err := time.Parse("2006/01", kind+"/"+name); err != nil {
			return nil, "", false
		}
		take = func(p *Post) bool { return p.Published.Format("2006/01") == kind+"/"+name }
	}
	return take, "Archives: " + name, true
}

func (wp *WordPress) listingPage(w http.ResponseWriter, listing, title string, posts []*Post, n int) {
	var b strings.Builder
	for _, p := range posts[min((n-1)*wpListed, len(posts)):min(n*wpListed, len(posts))] {
		fmt.Fprintf(&b, `<article class="post type-post"><header class=entry-header><h2 class=entry-title><a href=%q rel=bookmark>%s</a></h2></header><div class=entry-summary><p>%s [&hellip;]</p></div><footer class=entry-footer>%s</footer></article>`+"\n",
			wp.url(p), p.Title, clipText(p.Body[0], 120), wp.meta(p))
	}
	b.WriteString(`<nav class="navigation pagination"><div class=nav-links>`)
	last := (len(posts) + wpListed - 1) / wpListed
	for i := 1; i <= last; i++ {
		if i == 1 || i == last || i >= n-2 && i <= n+2 {
			to := listing
			if i > 1 {
				to = fmt.Sprintf("%spage/%d/", listing, i)
			}
			fmt.Fprintf(&b, `<a class=page-numbers href="%s%s">%d</a> `, wp.Base, to, i)
		}
	}
	b.WriteString("</div></nav>")
	class, feed := "archive", fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" title="%s Feed" href="%s%sfeed/">`, title, wp.Base, listing)
	if listing == "/" {
		class, feed = "home blog", ""
	}
	wp.page(w, http.StatusOK, class, title, feed, b.String())
}

// meta is the line below a post that names its writer, section and tags.
func (wp *WordPress) meta(p *Post) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<span class=byline>By <span class="author vcard"><a class="url fn n" href="%s/author/%s/">%s</a></span></span> <span class=posted-on><time class="entry-date published" datetime=%q>%s</time><time class=updated datetime=%q>%s</time></span> <span class=cat-links><a href="%[1]s/category/%s/" rel="category tag">%[8]s</a></span>`,
		wp.Base, p.Author, p.Author, p.Published.Format(time.RFC3339), p.Published.Format("January 2, 2006"), p.Modified.Format(time.RFC3339), p.Modified.Format("January 2, 2006"), p.Category)
	for _, tag := range p.Tags {
		fmt.Fprintf(&b, ` <a href="%s/tag/%s/" rel=tag>%s</a>`, wp.Base, tag, tag)
	}
	return b.String()
}

func (wp *WordPress) single(w http.ResponseWriter, i int, p *Post) {
	var b strings.Builder
	fmt.Fprintf(&b, `<article id=post-%d class="post type-post status-publish"><header class=entry-header><h1 class=entry-title>%s</h1><div class=entry-meta>%s</div></header><div class=entry-content>`, p.ID, p.Title, wp.meta(p))
	for _, text := range p.Body {
		fmt.Fprintf(&b, "\n<p>%s</p>", text)
	}
	b.WriteString("</div></article><nav class=post-navigation>")
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(wp.posts) && !wp.posts[k].Trashed {
			fmt.Fprintf(&b, "<a href=%q>%s</a>", wp.url(wp.posts[k]), wp.posts[k].Title)
		}
	}
	b.WriteString("</nav>")
	u := wp.url(p)
	head := fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="%sfeed/"><link rel=canonical href=%q><link rel=shortlink href="%s/?p=%d"><link rel="alternate" title="JSON" type="application/json" href="%s/wp-json/wp/v2/posts/%d">`,
		u, u, wp.Base, p.ID, wp.Base, p.ID)
	wp.page(w, http.StatusOK, "single single-post", p.Title, head, b.String())
}

// page writes a page in the theme's frame.
func (wp *WordPress) page(w http.ResponseWriter, status int, class, title, head, main string) {
	wp.nonce++
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Link", fmt.Sprintf(`<%s/wp-json/>; rel="https://api.w.org/"`, wp.Base))
	w.WriteHeader(status)
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>%s &#8211; The Mill Post</title>
<link rel="alternate" type="application/rss+xml" title="The Mill Post &raquo; Feed" href="%[2]s/feed/">
<link rel="alternate" type="application/rss+xml" title="The Mill Post &raquo; Comments Feed" href="%[2]s/comments/feed/">
<link rel="stylesheet" href="%[2]s/style.css"><link rel="https://api.w.org/" href="%[2]s/wp-json/"><meta name="generator" content="WordPress 6.8">
%[3]s<script>var settings = {"ajaxurl":"\/wp-admin\/admin-ajax.php","nonce":"%08[4]x"};</script></head><body class=%[5]q>
<header class=site-header><p class=site-title><a href="%[2]s/">The Mill Post</a></p><nav class=main-navigation><ul>`, html.EscapeString(title), wp.Base, head, wp.nonce*2654435761&0xffffffff, class)
	for i := range wpSections {
		fmt.Fprintf(w, `<li><a href="%s/category/section-%d/">section-%[2]d</a></li>`, wp.Base, i+1)
	}
	fmt.Fprintf(w, `</ul></nav></header><main class=site-main>%s</main><aside class=widget-area><section class="widget widget_recent_entries"><ul>`, main)
	public := wp.public(nil)
	for _, p := range public[:min(5, len(public))] {
		fmt.Fprintf(w, "<li><a href=%q>%s</a></li>", wp.url(p), p.Title)
	}
	fmt.Fprint(w, `</ul></section><section class="widget widget_archive"><ul>`)
	month := ""
	for _, p := range public {
		if m := p.Published.Format("2006/01"); m != month {
			month = m
			fmt.Fprintf(w, `<li><a href="%s/%s/">%[2]s</a></li>`, wp.Base, m)
		}
	}
	fmt.Fprintf(w, `</ul></section></aside><footer class=site-footer><a href="%[1]s/about/">About</a> <a href="%[1]s/contact/">Contact</a></footer></body></html><!-- %[2]d -->`, wp.Base, wp.nonce)
}

func clipText(s string, n int) string { return strings.TrimSpace(s[:min(n, len(s))]) }

// sitemap answers with the index of sitemaps or one of them (WordPress 6.5 and later:
// posts have a lastmod, nothing else has).
func (wp *WordPress) sitemap(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
	var urls []string
	root, entry := "urlset", "url"
	add := func(u string) { urls = append(urls, "<loc>"+u+"</loc>") }
	names := func(of func(*Post) []string, path string) {
		seen := map[string]bool{}
		for _, p := range wp.public(nil) {
			for _, name := range of(p) {
				seen[name] = true
			}
		}
		list := make([]string, 0, len(seen))
		for name := range seen {
			list = append(list, name)
		}
		slices.Sort(list)
		for _, name := range list {
			add(wp.Base + path + name + "/")
		}
	}
	switch r.URL.Path {
	case "/wp-sitemap.xml":
		root, entry = "sitemapindex", "sitemap"
		for _, part := range []string{"posts-post", "posts-page", "taxonomies-category", "taxonomies-post_tag", "users"} {
			add(wp.Base + "/wp-sitemap-" + part + "-1.xml")
		}
	case "/wp-sitemap-posts-post-1.xml":
		public := wp.public(nil)
		for i, p := range slices.Backward(public) {
			modified := p.Modified
			if wp.Stamp {
				modified = time.Now().UTC().Add(-wp.StampSpan * time.Duration(i) / time.Duration(len(public)))
			}
			urls = append(urls, fmt.Sprintf("<loc>%s</loc><lastmod>%s</lastmod>", wp.url(p), modified.Format(time.RFC3339)))
		}
	case "/wp-sitemap-posts-page-1.xml":
		add(wp.Base + "/")
		add(wp.Base + "/about/")
		add(wp.Base + "/contact/")
	case "/wp-sitemap-taxonomies-category-1.xml":
		names(func(p *Post) []string { return []string{p.Category} }, "/category/")
	case "/wp-sitemap-taxonomies-post_tag-1.xml":
		names(func(p *Post) []string { return p.Tags }, "/tag/")
	case "/wp-sitemap-users-1.xml":
		names(func(p *Post) []string { return []string{p.Author} }, "/author/")
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><%s xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`, root)
	for _, u := range urls {
		fmt.Fprintf(w, "<%s>%s</%[1]s>", entry, u)
	}
	fmt.Fprintf(w, "</%s>", root)
}

// feed answers with the feed of a listing, of all comments, or of a post's comments.
func (wp *WordPress) feed(w http.ResponseWriter, r *http.Request, of string) {
	var posts []*Post
	changed := wp.posts[0].Published // no comments
	if take, _, ok := wp.listing(of); ok {
		posts = wp.public(take)
		for _, p := range posts {
			if p.Modified.After(changed) {
				changed = p.Modified
			}
		}
		posts = posts[:min(wpListed, len(posts))]
	}
	etag := fmt.Sprintf(`"%x"`, md5.Sum([]byte(changed.Format(time.RFC1123))))
	w.Header().Set("Last-Modified", changed.UTC().Format(http.TimeFormat))
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", "application/rss+xml; charset=UTF-8")
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if match := r.Header.Get("If-None-Match"); match == etag || match == "" && err == nil && !changed.After(since) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Mill Post</title><link>%s</link><lastBuildDate>%s</lastBuildDate>`, wp.Base, changed.Format(time.RFC1123Z))
	for _, p := range posts {
		fmt.Fprintf(w, "<item><title>")
		_ = xml.EscapeText(w, []byte(p.Title)) // the client may be gone
		fmt.Fprintf(w, "</title><link>%s</link><dc:creator>%s</dc:creator><pubDate>%s</pubDate><guid isPermaLink=\"false\">%s/?p=%d</guid></item>", wp.url(p), p.Author, p.Published.Format(time.RFC1123Z), wp.Base, p.ID)
	}
	fmt.Fprint(w, "</channel></rss>")
}

// list answers with a page of the REST API's list of posts.
func (wp *WordPress) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	per, _ := strconv.Atoi(cmp.Or(q.Get("per_page"), "10"))
	n, _ := strconv.Atoi(cmp.Or(q.Get("page"), "1"))
	posts := wp.public(nil)
	slices.SortStableFunc(posts, func(a, b *Post) int { return b.Modified.Compare(a.Modified) })
	per = min(max(per, 1), 100)
	pages := (len(posts) + per - 1) / per
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if n < 1 || n > pages {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"code":"rest_post_invalid_page_number","message":"The page number requested is larger than the number of pages available.","data":{"status":400}}`)
		return
	}
	w.Header().Set("X-WP-Total", strconv.Itoa(len(posts)))
	w.Header().Set("X-WP-TotalPages", strconv.Itoa(pages))
	type item struct {
		Date     string            `json:"date_gmt"`
		Modified string            `json:"modified_gmt"`
		Link     string            `json:"link"`
		Title    map[string]string `json:"title"`
	}
	items := []item{}
	for _, p := range posts[(n-1)*per : min(n*per, len(posts))] {
		const form = "2006-01-02T15:04:05"
		items = append(items, item{p.Published.Format(form), p.Modified.Format(form), wp.url(p), map[string]string{"rendered": html.EscapeString(p.Title)}})
	}
	_ = json.NewEncoder(w).Encode(items) // the client may be gone
}
