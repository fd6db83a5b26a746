package fetch

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// maxCookies bounds a cookie file.
const maxCookies = 10_000

// ReadCookies reads cookies in Netscape's format, as browser extensions and curl
// write it: seven columns separated by tabs; lines that begin with # are comments,
// except #HttpOnly_. Expired cookies are left out.
func ReadCookies(r io.Reader) (http.CookieJar, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(io.LimitReader(r, 16<<20))
	lines.Buffer(nil, 1<<20)
	n := 0
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimRight(lines.Text(), "\r\n")
		httpOnly := strings.HasPrefix(line, "#HttpOnly_")
		line = strings.TrimPrefix(line, "#HttpOnly_")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 7 {
			return nil, fmt.Errorf("line %d has %d columns, not the 7 of Netscape's format", number, len(f))
		}
		if n++; n > maxCookies {
			return nil, fmt.Errorf("more than %d cookies", maxCookies)
		}
		expires, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is not a time in seconds", number, f[4])
		}
		c := &http.Cookie{Name: f[5], Value: f[6], Path: f[2], Secure: strings.EqualFold(f[3], "TRUE"), HttpOnly: httpOnly}
		host := strings.TrimPrefix(f[0], ".")
		if strings.EqualFold(f[1], "TRUE") {
			c.Domain = host
		}
		if expires > 0 {
			c.Expires = time.Unix(expires, 0)
		}
		scheme := "http"
		if c.Secure {
			scheme = "https"
		}
		jar.SetCookies(&url.URL{Scheme: scheme, Host: host, Path: "/"}, []*http.Cookie{c})
	}
	return jar, lines.Err()
}
