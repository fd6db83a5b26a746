package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/proxy"
)

// defaultPorts of the kinds of proxies.
var defaultPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// through dials an address by the proxy. The proxy looks names up, so only literal
// addresses can be guarded here.
func (r *recorder) through(ctx context.Context, d *net.Dialer, network, addr string) (net.Conn, error) {
	at := r.Proxy.Host
	if r.Proxy.Port() == "" {
		at = net.JoinHostPort(r.Proxy.Hostname(), defaultPorts[r.Proxy.Scheme])
	}
	if addr == at { // net/http dials the proxy itself for plain requests
		return r.dialProxy(ctx, d, network, at)
	}
	if err := r.guardLiteral(addr); err != nil {
		return nil, err
	}
	if strings.HasPrefix(r.Proxy.Scheme, "socks5") {
		var auth *proxy.Auth
		if u := r.Proxy.User; u != nil {
			password, _ := u.Password()
			auth = &proxy.Auth{User: u.Username(), Password: password}
		}
		socks, err := proxy.SOCKS5(network, at, auth, d)
		if err != nil {
			return nil, err
		}
		dialer, ok := socks.(proxy.ContextDialer)
		if !ok {
			return nil, errors.New("proxy: dialer takes no context")
		}
		conn, err := dialer.DialContext(ctx, network, addr)
		if err != nil {
			return nil, fmt.Errorf("proxy %s: %w", r.Proxy.Redacted(), err)
		}
		return conn, nil
	}
	conn, err := r.dialProxy(ctx, d, network, at)
	if err != nil {
		return nil, err
	}
	if err := r.tunnel(ctx, conn, addr); err != nil {
		conn.Close()
		return nil, fmt.Errorf("proxy %s: %w", r.Proxy.Redacted(), err)
	}
	return conn, nil
}

func (r *recorder) dialProxy(ctx context.Context, d *net.Dialer, network, at string) (net.Conn, error) {
	conn, err := d.DialContext(ctx, network, at)
	if err != nil || r.Proxy.Scheme != "https" {
		return conn, err
	}
	tc := tls.Client(conn, &tls.Config{ServerName: r.Proxy.Hostname(), MinVersion: tls.VersionTLS12})
	if err := tc.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("tls: proxy: %w", err)
	}
	return tc, nil
}

// tunnel asks an HTTP proxy for a tunnel to an address (RFC 9110, section 9.3.6).
func (r *recorder) tunnel(ctx context.Context, conn net.Conn, addr string) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u := r.Proxy.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	// The proxy sends nothing after its head before the client does.
	resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 4096), req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("CONNECT %s: HTTP %s", addr, resp.Status)
	}
	return nil
}

// guardLiteral refuses private addresses that are written as such.
func (r *recorder) guardLiteral(hostport string) error {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = strings.Trim(hostport, "[]"), "80"
	}
	if slices.Contains(r.AllowHosts, strings.ToLower(host)) {
		return nil
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return guard(host, net.JoinHostPort("127.0.0.1", port))
	}
	if net.ParseIP(host) == nil {
		return nil
	}
	return guard(host, net.JoinHostPort(host, port))
}

// whyUnverified is why a server's certificate is not trusted; "" if it is.
func whyUnverified(s tls.ConnectionState, host string) string {
	if len(s.PeerCertificates) == 0 {
		return "no certificate"
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	if _, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Intermediates: between}); err != nil {
		return err.Error()
	}
	return ""
}
