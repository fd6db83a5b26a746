package keep

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/feed"
)

// whyUnread says why there is no article of an archived answer. It asks what the run
// asked, in the same order and of the same functions. kind is that of the request.
func whyUnread(u *url.URL, held catalog.Held, rec *archive.Record, kind scraper.Kind) string {
	if rec.HTTP == nil {
		return "the record is not an HTTP response"
	}
	header := http.Header{}
	for _, h := range rec.HTTP.Headers {
		header.Add(h.Name, h.Value)
	}
	resp := &scraper.Response{URL: u, Status: held.Status, Header: header, Body: Body(rec),
		DetectHTML: tree.IsHTML, Decode: charset.Decode, Parse: tree.Parse}
	switch {
	case held.Status >= 300 && held.Status < 400:
		target := header.Get("Location")
		if target == "" {
			return fmt.Sprintf("the last answer is a redirect without a target (HTTP %d)", held.Status)
		}
		if next, err := scraper.Resolve(u, target); err == nil && next.String() == u.String() {
			return fmt.Sprintf("the last answer redirects to the same URL (HTTP %d)", held.Status)
		}
		return fmt.Sprintf("the last answer redirects to %s (HTTP %d)", target, held.Status)
	case held.Status < 200 || held.Status > 299:
		return fmt.Sprintf("the last answer is HTTP %d", held.Status)
	case kind != scraper.KindPage:
		return notPages[kind]
	}
	if coding := header.Get("Content-Encoding"); coding != "" && bytes.Equal(resp.Body, rec.Entity()) {
		return fmt.Sprintf("its content coding %q could not be undone", coding)
	}
	return whyNoArticle(resp)
}

// notPages say what an answer is that was never expected to be a page, by the kind of
// its request. What was wrong with it, if anything, the frontier knows.
var notPages = map[scraper.Kind]string{
	scraper.KindAsset:   "fetched as an asset (style sheet, image or script), not as a page",
	scraper.KindRobots:  "fetched as robots.txt, not as a page",
	scraper.KindFeed:    "a feed: its items are links to pages",
	scraper.KindSitemap: "a sitemap: its entries are links to pages",
	scraper.KindList:    "WordPress' list of posts: its entries are links to pages",
}

// whyNoArticle says why a page gave no article: see Keeper.read.
func whyNoArticle(resp *scraper.Response) string {
	as := "without a Content-Type"
	if t := resp.ContentType(); t != "" {
		as = "Content-Type " + t
	}
	doc, err := resp.Document()
	switch {
	case errors.Is(err, scraper.ErrNotHTML) && feed.Looks(resp.ContentType(), resp.Body):
		return "it is a feed, not a page"
	case errors.Is(err, scraper.ErrNotHTML):
		return "not HTML (" + as + ")"
	case err != nil:
		return "not readable: " + err.Error()
	}
	a, err := (&parsers.Parser{}).Parse(&article.Page{URL: resp.URL, Doc: doc, HTML: resp.Body, Header: resp.Header})
	switch {
	case errors.Is(err, parsers.ErrNotArticle):
		return "no visible text"
	case err != nil:
		return "not readable: " + strings.TrimSpace(err.Error())
	case a.Kind == article.KindBlocked:
		return "a bot wall answered in place of the page"
	}
	return "not extracted by the run that archived it (--no-extract); a refresh that fetches it again extracts it"
}
