package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/net/http/httpguts"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// crawlFlags are the settings of a crawl as flags. Those that are given are saved
// in the site's table of sites.toml, so that the next run uses the same settings.
type crawlFlags struct {
	siteSettings
	maxDepth, maxPerDay int
}

// maxPerDayFlag is a flag of update, too.
const maxPerDayFlag = "max-requests-per-day"

func (c *crawlFlags) registerMaxPerDay(cmd *cobra.Command) {
	cmd.Flags().IntVar(&c.maxPerDay, maxPerDayFlag, 0, fmt.Sprintf("make at most this many requests to the site on a day (UTC), in all runs together; the rest waits for the next day (0: no limit; default: %d for refreshes, else no limit)", keep.DayOfRefreshes))
	cmd.Flags().Lookup(maxPerDayFlag).DefValue = ""
}

func (c *crawlFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Scope, "scope", "", "what to crawl: `page|section|site|domain` (default: site for a URL with path /, page for any other)")
	f.BoolVar(&c.FollowSeed, "follow-seed", false, "if a seed redirects to another registrable domain, archive that site too")
	f.IntVar(&c.MaxPages, "max-pages", 0, "stop after this many pages of the site (0: no limit)")
	f.IntVar(&c.MaxArticles, "max-articles", 0, "stop after this many articles of the site (0: no limit)")
	f.IntVar(&c.maxDepth, "max-depth", 20, "follow links up to this many hops from the seed; further pages of a list that leads to articles do not count")
	f.StringVar(&c.MaxTime, "max-time", "", "stop after this `time`, for example 90m or 2h")
	c.registerMaxPerDay(cmd)
	f.StringVar(&c.Delay, "delay", "", "delay between a response and the host's next request: a `time` (default: 2s, more for slow hosts, 0 on loopback; 0: no delay, no adaptation)")
	f.IntVar(&c.PerHost, "per-host", 1, "concurrent requests per host")
	f.IntVar(&c.Concurrency, "concurrency", 16, "concurrent requests in total")
	f.StringArrayVar(&c.Include, "include", nil, "crawl only URLs that match this regular `expression` (may be repeated)")
	f.StringArrayVar(&c.Exclude, "exclude", nil, "skip URLs that match this regular `expression` (may be repeated)")
	f.StringVar(&c.UserAgent, "user-agent", "", "replace the whole User-Agent with this `text` (default: newsmorgue/VERSION, the address of a page for site owners, and the operator)")
	f.StringVar(&c.Operator, "operator", "", "who runs this crawl: `\"Name <mail>\"`, sent in User-Agent and From and recorded in the archive")
	f.StringVar(&c.Assets, "assets", "", "which assets to keep: `none|style|images|all` (default: style for a site, all for a page)")
	f.StringVar(&c.From, "from", "", "mail `address` for the From header field (default: the operator's)")
	f.StringArrayVar(&c.Header, "header", nil, "send this header field to the seeds' sites: `\"Name: value\"`, or @FILE with one per line (may be repeated). Values are never recorded; only the file name is saved for the next run")
	f.StringVar(&c.Cookies, "cookies", "", "send the cookies of this `file` (Netscape format); never recorded; Set-Cookie changes nothing in it")
	f.StringVar(&c.Proxy, "proxy", "", "use this proxy: an http, https or socks5 `URL` (with user and password: set $NEWSMORGUE_PROXY instead). The proxy resolves host names, so that only literal private addresses can be refused")
	f.StringArrayVar(&c.TLSAccept, "tls-accept", nil, "accept an untrusted certificate from this `host`, and mark its responses (may be repeated)")
	f.BoolVar(&c.AsSent, "as-sent", false, "keep bodies in their content coding (gzip, br, zstd) instead of decoded")
	f.BoolVar(&c.NoExtract, "no-extract", false, "keep responses without extracting articles")
	f.StringVar(&c.Robots, "robots", "", "`obey|ignore` robots.txt; ignore is for crawls with a legal mandate, and needs --reason and --operator")
	f.StringVar(&c.Reason, "reason", "", "why robots.txt is ignored: a `text` that is recorded in the archive")
	f.StringVar(&c.Since, "since", "", "skip pages that feeds and sitemaps date before this `date`")
	f.StringVar(&c.Until, "until", "", "skip pages that feeds and sitemaps date after this `date`")
	f.StringVar(&c.MinFree, "min-free", "", "pause while the disk has less free space than this `size`, for example 1GiB or 5% (default: the larger of these two)")
}

// given returns the values of the flags on the command line that are saved in
// sites.toml. Header fields are not: they may be secrets, and archives are shared.
// A file of header fields is saved by its name.
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
			v = absolute(c.Cookies) // the next run may have another working directory
		}
		given[key] = v
	}
	return given
}

// changed returns the settings whose flags were given, by key.
func (c *crawlFlags) changed(cmd *cobra.Command) map[string]reflect.Value {
	c.siteSettings.MaxDepth, c.siteSettings.MaxPerDay = &c.maxDepth, &c.maxPerDay
	fields := map[string]reflect.Value{}
	v := reflect.ValueOf(&c.siteSettings).Elem()
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("toml")
		if f := cmd.Flags().Lookup(key); f != nil && f.Changed {
			fields[key] = v.Field(i)
		}
	}
	return fields
}

// merged returns a site's saved settings, overridden by the flags that were given.
func (c *crawlFlags) merged(cmd *cobra.Command, saved siteSettings) siteSettings {
	changed := c.changed(cmd)
	v := reflect.ValueOf(&saved).Elem()
	for i := range v.NumField() {
		if now, ok := changed[v.Type().Field(i).Tag.Get("toml")]; ok {
			v.Field(i).Set(now)
		}
	}
	return saved
}

const urlHint = "write a URL like https://example.org/"

// badURL is the error of a URL of which one part is wrong.
func badURL(raw, part string) error {
	return fail(exitUsage, urlHint, "%q is not a valid URL (%s)", raw, part)
}

func badScheme(raw, scheme string) error {
	return badURL(raw, fmt.Sprintf("scheme %q; only http and https can be archived", scheme))
}

// wrongHost says what is wrong with the host of a URL.
func wrongHost(text string) string {
	_, rest, _ := strings.Cut(text, ":")
	host := strings.TrimLeft(rest, "/\\")
	if i := strings.IndexAny(host, "/\\?#"); i >= 0 {
		host = host[:i]
	}
	switch {
	case strings.ContainsFunc(host, unicode.IsSpace):
		return "host: it contains a space"
	case strings.HasPrefix(host, "["):
		return "host: not an IPv6 address"
	case host != "" && strings.Trim(host, "0123456789.:") == "":
		return "host: not an IPv4 address"
	}
	return "host: not a valid name"
}

// wrongPort says what is wrong with the port of a URL.
func wrongPort(text string) string {
	_, rest, _ := strings.Cut(text, ":")
	host, _, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	port := host[strings.LastIndexByte(host, ':')+1:]
	if strings.Trim(port, "0123456789") != "" {
		return "port: not a number"
	}
	return "no such port: " + port + "; ports are 1 to 65535"
}

// withoutScheme reports whether a URL that parseSeed accepts has no scheme.
func withoutScheme(raw string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(raw)), ":")
	return !ok || scheme != "http" && scheme != "https"
}

// hostPort matches a URL without a scheme that begins with a host and a port.
var hostPort = regexp.MustCompile(`^[^/:]+:\d+(/|$)`)

// parseSeed reads a URL as a person types it; a missing scheme means https. The
// result is a valid URI, whose host is in ASCII.
func parseSeed(raw string) (*url.URL, error) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return nil, fail(exitUsage, urlHint, "the URL is empty")
	}
	scheme, rest, ok := strings.Cut(text, "://")
	switch {
	case strings.HasPrefix(rest, "/"):
		return nil, badURL(raw, "host: missing") // browsers take what follows for the host
	case !ok:
		scheme, _, ok = strings.Cut(text, ":")
		switch {
		case strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"):
		case ok && !strings.ContainsAny(scheme, "./") && !hostPort.MatchString(text):
			return nil, badScheme(raw, scheme)
		default:
			text = "https://" + text
		}
	}
	u, err := weburl.Parse(text)
	switch {
	case errors.Is(err, weburl.ErrScheme), errors.Is(err, weburl.ErrRelative):
		return nil, badScheme(raw, scheme)
	case errors.Is(err, weburl.ErrNoHost):
		return nil, badURL(raw, "host: missing")
	case errors.Is(err, weburl.ErrHost):
		return nil, badURL(raw, wrongHost(text))
	case errors.Is(err, weburl.ErrPort), err == nil && u.Port() == "0":
		return nil, badURL(raw, wrongPort(text))
	case err != nil:
		return nil, badURL(raw, err.Error())
	case u.User != nil:
		return nil, fail(exitUsage, "leave user and password out; they would be saved in the archive", "%q contains a user name or password", u.Redacted())
	}
	return u, nil
}

// crawlName names a crawl in sites.toml and in locks: the site and, for a crawl
// of only a part of it, the path.
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

// settings turns a table of sites.toml into the settings of a run. Errors name the key.
func (s siteSettings) settings() (keep.Settings, error) {
	k := keep.Settings{
		MaxPages: s.MaxPages, MaxArticles: s.MaxArticles, MaxDepth: 20, MaxRequestsPerDay: s.MaxPerDay,
		PerHost: s.PerHost, Concurrency: s.Concurrency, UserAgent: s.UserAgent, Operator: s.Operator, Assets: s.Assets,
		Software: software(),
	}
	if s.MaxDepth != nil {
		k.MaxDepth = *s.MaxDepth
	}
	perDay := 0
	if s.MaxPerDay != nil {
		perDay = *s.MaxPerDay
	}
	for key, n := range map[string]int{maxPerDayFlag: perDay, "max-pages": s.MaxPages, "max-articles": s.MaxArticles, "max-depth": k.MaxDepth, "per-host": s.PerHost, "concurrency": s.Concurrency} {
		if n < 0 {
			return k, usage("%s is %d; it cannot be negative", key, n)
		}
	}
	var err error
	if s.Delay != "" {
		if k.Delay, err = parseTime(s.Delay); err != nil {
			return k, usage("delay is %q; write a time such as 2s, 500ms or 0", s.Delay)
		}
		k.DelaySet = true
	}
	if s.MaxTime != "" {
		if k.MaxTime, err = parseTime(s.MaxTime); err != nil {
			return k, usage("max-time is %q; write a time such as 90m or 2h", s.MaxTime)
		}
	}
	if k.MinFree, k.MinFreePercent, err = parseSize(s.MinFree); err != nil {
		return k, usage("min-free is %q; write a size such as 1GiB or a percentage such as 5%%", s.MinFree)
	}
	if k.Include, err = expressions("include", s.Include); err != nil {
		return k, err
	}
	if k.Exclude, err = expressions("exclude", s.Exclude); err != nil {
		return k, err
	}
	if s.Assets != "" && !slices.Contains([]string{"none", "style", "images", "all"}, s.Assets) {
		return k, usage("assets is %q; it must be none, style, images or all", s.Assets)
	}
	if strings.ContainsAny(s.UserAgent+s.Operator+s.From+s.Reason, "\r\n") {
		return k, usage("user-agent, operator, from and reason must be a single line each")
	}
	if k.Since, err = parseDay(s.Since, false); err != nil {
		return k, usage("since: %w", err)
	}
	if k.Until, err = parseDay(s.Until, true); err != nil {
		return k, usage("until: %w", err)
	}
	return k, s.identity(&k)
}

// identity fills in who sends the requests, and how they are sent.
func (s siteSettings) identity(k *keep.Settings) (err error) {
	k.FollowSeed = s.FollowSeed
	k.From, k.AsSent, k.NoExtract = s.From, s.AsSent, s.NoExtract
	for _, host := range s.TLSAccept {
		if ascii, err := weburl.Host(host); err == nil {
			host = ascii
		}
		k.TLSAccept = append(k.TLSAccept, host)
	}
	switch s.Robots {
	case "", "obey":
	case "ignore":
		switch {
		case s.Operator == "":
			return fail(exitUsage, `add --operator "Name <mail>"`, "ignoring robots.txt requires an operator")
		case strings.TrimSpace(s.Reason) == "":
			return fail(exitUsage, `add --reason "legal deposit act 2003"; it is recorded in the archive`, "ignoring robots.txt requires a reason")
		}
		k.RobotsIgnored = s.Reason
	default:
		return usage("robots is %q; it must be obey or ignore", s.Robots)
	}
	if k.Header, err = readHeader(s.Header); err != nil {
		return err
	}
	if s.Cookies != "" {
		f, err := os.Open(s.Cookies)
		if err != nil {
			return otherFileError{fail(exitFailed, "name a file in Netscape format, as written by curl and browser extensions", "cookies: %w", err)}
		}
		defer f.Close()
		if k.Cookies, err = fetch.ReadCookies(f); err != nil {
			return otherFileError{fail(exitFailed, "the Netscape format has seven columns, separated by tabs", "cookies: %s: %w", s.Cookies, err)}
		}
	}
	text := s.Proxy
	if text == "" {
		text = proxyFromEnvironment()
	} else if u, err := url.Parse(text); err == nil && u.User != nil {
		return fail(exitUsage, "set $NEWSMORGUE_PROXY to the whole URL instead; flags are saved in the archive", "the proxy's URL contains a user name or password")
	}
	if text != "" {
		k.Proxy, err = url.Parse(text)
		if err != nil || k.Proxy.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, k.Proxy.Scheme) {
			return usage("proxy is not a valid http, https or socks5 URL, like socks5://127.0.0.1:1080")
		}
	}
	return nil
}

// An otherFileError is what is wrong with a file that a setting names, while the setting
// itself is right.
type otherFileError struct{ err error }

func (e otherFileError) Error() string { return e.err.Error() }
func (e otherFileError) Unwrap() error { return e.err }

// readHeader reads header fields from lines "Name: value" and files "@FILE".
func readHeader(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, l := range lines {
		fields := []string{l}
		if path, ok := strings.CutPrefix(l, "@"); ok {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, otherFileError{fail(exitFailed, "the file has one \"Name: value\" per line", "header: %w", err)}
			}
			fields = strings.Split(strings.TrimSpace(string(text)), "\n")
		}
		for _, f := range fields {
			name, value, ok := strings.Cut(strings.TrimRight(f, "\r"), ":")
			name, value = strings.TrimSpace(name), strings.TrimSpace(value)
			if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				// The text itself may be a secret and is not printed.
				return nil, usage("header: a field is not of the form \"Name: value\"")
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
			reason := err.Error()
			var bad *syntax.Error
			if errors.As(err, &bad) {
				reason = bad.Code.String() // without the expression, which the message has already
			}
			return nil, usage("%s %q is not a valid regular expression: %s", key, t, reason)
		}
		res = append(res, re)
	}
	return res, nil
}

// parseTime reads a Go duration, or a number of seconds without a unit.
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

// parseSize reads a size in bytes or a percentage of the disk. Both are 0 if s is empty.
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
			return 0, 0, fmt.Errorf("over 100 %%: %q", s)
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
