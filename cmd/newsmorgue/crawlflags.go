package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/http/httpguts"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// crawlFlags are the settings of a crawl as flags. Those that are given are
// kept in the site's stanza of sites.toml, so that the next run is the same crawl.
type crawlFlags struct {
	siteSettings
	maxDepth int
}

func (c *crawlFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Scope, "scope", "", "what belongs to the crawl: `page|section|site|domain` (else: a URL with path / is its site, any other that page)")
	f.IntVar(&c.MaxPages, "max-pages", 0, "stop after this many pages of the site (0: no limit)")
	f.IntVar(&c.MaxArticles, "max-articles", 0, "stop after this many articles of the site (0: no limit)")
	f.IntVar(&c.maxDepth, "max-depth", 20, "follow links this far from the seed")
	f.StringVar(&c.MaxTime, "max-time", "", "stop after this `time`, as in 90m or 2h")
	f.StringVar(&c.Delay, "delay", "", "rest of a host from the end of an answer to the next request (`time`; default 2s, 0 on loopback, more for slow hosts; 0 switches adaptation off)")
	f.IntVar(&c.PerHost, "per-host", 1, "requests at a time to one host")
	f.IntVar(&c.Concurrency, "concurrency", 16, "requests at a time in all")
	f.StringArrayVar(&c.Include, "include", nil, "crawl only URLs that match this regular `expression` (may be repeated)")
	f.StringArrayVar(&c.Exclude, "exclude", nil, "leave out URLs that match this regular `expression` (may be repeated)")
	f.StringVar(&c.UserAgent, "user-agent", "", "the whole User-Agent `text` (else newsmorgue/VERSION with a page for site owners)")
	f.StringVar(&c.Operator, "operator", "", "who crawls, as \"Name <mail>\", for User-Agent, From and the archive's records")
	f.StringVar(&c.Assets, "assets", "", "what else to keep: `none|style|images|all` (default: style for a site, all for a page)")
	f.StringVar(&c.From, "from", "", "mail `address` for the From field (else the operator's)")
	f.StringArrayVar(&c.Header, "header", nil, "send this `\"Name: value\"` to the seeds' sites, or the lines of a file: @FILE (may be repeated; never recorded; only the name of a file is kept for the next run)")
	f.StringVar(&c.Cookies, "cookies", "", "send the cookies of this `file` (Netscape's format); never recorded, answers change none")
	f.StringVar(&c.Proxy, "proxy", "", "ask by way of this proxy: http, https or socks5 `URL` (user and password: in $NEWSMORGUE_PROXY). The proxy looks up names, so that the guard of private addresses sees only literal ones")
	f.StringArrayVar(&c.TLSAccept, "tls-accept", nil, "accept any certificate of this `host`, and mark what it sent (may be repeated)")
	f.BoolVar(&c.AsSent, "as-sent", false, "keep bodies with their content coding (gzip, br, zstd) instead of decoded")
	f.BoolVar(&c.NoExtract, "no-extract", false, "keep what the servers send and read no article out of it")
	f.StringVar(&c.Robots, "robots", "", "`obey|ignore` robots.txt; ignore is for those with a mandate, and needs --reason and --operator")
	f.StringVar(&c.Reason, "reason", "", "why robots.txt is ignored: a `text` that the archive keeps")
	f.StringVar(&c.Since, "since", "", "leave out pages that feeds and sitemaps announce as older than this `date`")
	f.StringVar(&c.Until, "until", "", "leave out pages that feeds and sitemaps announce as newer than this `date`")
	f.StringVar(&c.MinFree, "min-free", "", "pause while less than this is free on the disk, as in 1GiB or 5% (default: the more of the two)")
}

// given returns the values of the flags that were on the command line and are
// kept in a stanza. Header fields that stand on the command line are not: they
// may be secrets, and an archive is given away.
func (c *crawlFlags) given(cmd *cobra.Command) map[string]any {
	given := map[string]any{}
	for key, value := range c.changed(cmd) {
		v := value.Interface()
		if key == "header" {
			var files []string
			for _, h := range c.Header {
				if file, ok := strings.CutPrefix(h, "@"); ok {
					files = append(files, "@"+absolute(file))
				}
			}
			if len(files) == 0 {
				continue
			}
			v = files
		}
		if p, ok := v.(*int); ok {
			v = *p
		}
		if key == "cookies" && c.Cookies != "" {
			v = absolute(c.Cookies) // the next run may begin elsewhere
		}
		given[key] = v
	}
	return given
}

// changed are the settings whose flags were given, by their keys.
func (c *crawlFlags) changed(cmd *cobra.Command) map[string]reflect.Value {
	c.siteSettings.MaxDepth = &c.maxDepth
	fields := map[string]reflect.Value{}
	v := reflect.ValueOf(&c.siteSettings).Elem()
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("toml")
		if f := cmd.Flags().Lookup(key); f != nil && f.Changed && key != "every" {
			fields[key] = v.Field(i)
		}
	}
	return fields
}

// merged is a site's kept settings with the flags of this call over them.
func (c *crawlFlags) merged(cmd *cobra.Command, kept siteSettings) siteSettings {
	changed := c.changed(cmd)
	v := reflect.ValueOf(&kept).Elem()
	for i := range v.NumField() {
		if now, ok := changed[v.Type().Field(i).Tag.Get("toml")]; ok {
			v.Field(i).Set(now)
		}
	}
	return kept
}

// parseSeed reads a URL as a person types it; a missing scheme means https.
func parseSeed(raw string) (*url.URL, error) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return nil, fail(exitUsage, "name a site, as in https://example.org/", "the URL is empty")
	}
	if !strings.Contains(text, "://") {
		if scheme, _, ok := strings.Cut(text, ":"); ok && !strings.ContainsAny(scheme, "./") && !regexp.MustCompile(`^[^/:]+:\d+(/|$)`).MatchString(text) {
			return nil, fail(exitUsage, "name a site, as in https://example.org/", "%q has the scheme %q; only http and https can be archived", raw, scheme)
		}
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fail(exitUsage, "name a site, as in https://example.org/", "%q is no URL: %v", raw, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fail(exitUsage, "name a site, as in https://example.org/", "%q has the scheme %q; only http and https can be archived", raw, u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, fail(exitUsage, "name a site, as in https://example.org/", "%q names no host", raw)
	}
	if u.User != nil {
		return nil, fail(exitUsage, "leave user and password out; they would be kept in the archive", "%q holds credentials", u.Redacted())
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	return u, nil
}

// crawlName names a crawl in sites.toml and in locks: the site, and the path
// of a crawl that is less than a site.
func crawlName(seed *url.URL, scope *scraper.Scope) string {
	site := scraper.SiteOf(seed)
	switch scope.Kind {
	case "site", "domain":
		return site
	}
	name := site + seed.EscapedPath()
	if seed.RawQuery != "" {
		name += "?" + seed.RawQuery
	}
	return name
}

// settings turns a stanza into the settings of a run. Errors name the key.
func (s siteSettings) settings() (keep.Settings, error) {
	k := keep.Settings{
		MaxPages: s.MaxPages, MaxArticles: s.MaxArticles, MaxDepth: 20,
		PerHost: s.PerHost, Concurrency: s.Concurrency, UserAgent: s.UserAgent, Operator: s.Operator, Assets: s.Assets,
		Software: software(),
	}
	if s.MaxDepth != nil {
		k.MaxDepth = *s.MaxDepth
	}
	for key, n := range map[string]int{"max-pages": s.MaxPages, "max-articles": s.MaxArticles, "max-depth": k.MaxDepth, "per-host": s.PerHost, "concurrency": s.Concurrency} {
		if n < 0 {
			return k, usage("%s is %d; it cannot be negative", key, n)
		}
	}
	var err error
	if s.Delay != "" {
		if k.Delay, err = parseTime(s.Delay); err != nil {
			return k, usage("delay is %q; it is a time such as 2s, 500ms or 0", s.Delay)
		}
		k.DelaySet = true
	}
	if s.MaxTime != "" {
		if k.MaxTime, err = parseTime(s.MaxTime); err != nil {
			return k, usage("max-time is %q; it is a time such as 90m or 2h", s.MaxTime)
		}
	}
	if k.MinFree, k.MinFreePercent, err = parseSize(s.MinFree); err != nil {
		return k, usage("min-free is %q; it is a size such as 1GiB, or a share such as 5%%", s.MinFree)
	}
	if k.Include, err = expressions("include", s.Include); err != nil {
		return k, err
	}
	if k.Exclude, err = expressions("exclude", s.Exclude); err != nil {
		return k, err
	}
	if s.Assets != "" && !slices.Contains([]string{"none", "style", "images", "all"}, s.Assets) {
		return k, usage("assets is %q; it is none, style, images or all", s.Assets)
	}
	if strings.ContainsAny(s.UserAgent+s.Operator+s.From+s.Reason, "\r\n") {
		return k, usage("user-agent, operator, from and reason are one line each")
	}
	if k.Since, err = parseDay(s.Since, false); err != nil {
		return k, err
	}
	if k.Until, err = parseDay(s.Until, true); err != nil {
		return k, err
	}
	return k, s.identity(&k)
}

// identity fills who asks, and by which way.
func (s siteSettings) identity(k *keep.Settings) (err error) {
	k.From, k.TLSAccept, k.AsSent, k.NoExtract = s.From, s.TLSAccept, s.AsSent, s.NoExtract
	switch s.Robots {
	case "", "obey":
	case "ignore":
		switch {
		case s.Operator == "":
			return fail(exitUsage, `--operator "Name <mail>"`, "robots.txt is ignored only under a name: who crawls?")
		case strings.TrimSpace(s.Reason) == "":
			return fail(exitUsage, `--reason "legal deposit act 2003", which the archive keeps`, "robots.txt is ignored only for a reason")
		}
		k.RobotsIgnored = s.Reason
	default:
		return usage("robots is %q; it is obey or ignore", s.Robots)
	}
	if k.Header, err = readHeader(s.Header); err != nil {
		return err
	}
	if s.Cookies != "" {
		f, err := os.Open(s.Cookies)
		if err != nil {
			return fail(exitFailed, "name a file in Netscape's format, as browsers' extensions and curl write it", "cookies: %w", err)
		}
		defer f.Close()
		if k.Cookies, err = fetch.ReadCookies(f); err != nil {
			return fail(exitFailed, "it is in Netscape's format: seven columns with tabs between", "cookies: %s: %w", s.Cookies, err)
		}
	}
	text := s.Proxy
	if text == "" {
		text = proxyFromEnvironment()
	} else if u, err := url.Parse(text); err == nil && u.User != nil {
		return fail(exitUsage, "put the whole URL into $NEWSMORGUE_PROXY; what flags say is kept in the archive", "the proxy's URL holds credentials")
	}
	if text != "" {
		k.Proxy, err = url.Parse(text)
		if err != nil || k.Proxy.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, k.Proxy.Scheme) {
			return usage("proxy is no http, https or socks5 URL, as in socks5://127.0.0.1:1080")
		}
	}
	return nil
}

// readHeader reads header fields from lines "Name: value" and files "@FILE".
func readHeader(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, l := range lines {
		fields := []string{l}
		if path, ok := strings.CutPrefix(l, "@"); ok {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fail(exitFailed, "one \"Name: value\" a line", "header: %w", err)
			}
			fields = strings.Split(strings.TrimSpace(string(text)), "\n")
		}
		for _, f := range fields {
			name, value, ok := strings.Cut(strings.TrimRight(f, "\r"), ":")
			name, value = strings.TrimSpace(name), strings.TrimSpace(value)
			if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				return nil, usage("header has no line \"Name: value\" where it should")
			}
			h.Add(name, value)
		}
	}
	return h, nil
}

func expressions(key string, texts []string) ([]*regexp.Regexp, error) {
	var res []*regexp.Regexp
	for _, t := range texts {
		re, err := regexp.Compile(t)
		if err != nil {
			return nil, usage("%s %q is no regular expression: %v", key, t, err)
		}
		res = append(res, re)
	}
	return res, nil
}

// parseTime reads a Go duration, or a bare number of seconds.
func parseTime(s string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 && n < 1e9 {
		return time.Duration(n * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = fmt.Errorf("negative time %q", s)
	}
	return d, err
}

var sizeForm = regexp.MustCompile(`(?i)^\s*(\d+(?:\.\d+)?)\s*(%|[kmgt]?i?b?)\s*$`)

// parseSize reads a size in bytes or a share of the disk in percent; empty is neither.
func parseSize(s string) (bytes int64, percent float64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, fmt.Errorf("bad size %q", s)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, 0, err
	}
	unit := strings.ToLower(m[2])
	if unit == "%" {
		if n > 100 {
			return 0, 0, fmt.Errorf("share over 100 %%: %q", s)
		}
		return 0, max(n, 1e-9), nil
	}
	base := 1000.0
	if strings.Contains(unit, "i") {
		base = 1024
	}
	for _, u := range []string{"k", "m", "g", "t"} {
		if unit == "" || strings.HasPrefix(unit, "b") {
			break
		}
		n *= base
		if strings.HasPrefix(unit, u) {
			break
		}
	}
	return max(int64(n), 1), 0, nil
}
