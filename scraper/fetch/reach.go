package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"
)

// lookupTime bounds the lookup of a name in Resolve.
const lookupTime = 10 * time.Second

// Resolve looks a host name up. The error is an Error; it wraps scraper.ErrNoHost
// only if the name certainly does not exist. Names that are never looked up here,
// such as those behind a proxy, have no error.
func (f *Fetcher) Resolve(ctx context.Context, host string) error {
	t := f.transport
	host, err := asciiHost(host)
	if err != nil {
		return nil // the fetch will say what is wrong with it
	}
	if _, dialled := t.Dial[host]; dialled || t.Proxy != nil || t.Connect != nil || net.ParseIP(host) != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		return classify(err)
	}
	return nil
}

// Reach connects to the server of a URL and sends no request: for https, up to the
// end of the TLS handshake, whatever the certificate is. The error is an Error that
// says why no connection is possible.
func (f *Fetcher) Reach(ctx context.Context, u *url.URL) error {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	t := f.transport
	ctx, cancel := context.WithTimeout(ctx, t.ConnectTimeout)
	defer cancel()
	host, err := asciiHost(u.Hostname())
	if err != nil {
		return classify(err)
	}
	conn, err := t.connect(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	if u.Scheme != "https" {
		return nil
	}
	// The crawl that follows verifies the certificate and reports what is wrong with it.
	tc := tls.Client(conn, &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true})
	if err := tc.HandshakeContext(ctx); err != nil {
		return classify(err)
	}
	return nil
}

// asciiHost is a host name as it is looked up. net/http does the same for requests.
func asciiHost(host string) (string, error) {
	if strings.IndexFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return strings.ToLower(host), nil
	}
	return idna.Lookup.ToASCII(host)
}
