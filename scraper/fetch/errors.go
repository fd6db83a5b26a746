package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// An Error is a request without an answer.
type Error struct {
	reason string
	err    error
	class  error // scraper.ErrNoHost, scraper.ErrTLS or nil
}

func (e *Error) Error() string { return e.reason + ": " + e.err.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.err }

// Is reports whether the error is scraper.ErrNoHost or scraper.ErrTLS.
func (e *Error) Is(target error) bool { return e.class != nil && target == e.class }

// Reason is the class of the error in a word or two, for counts and people.
func (e *Error) Reason() string { return e.reason }

var (
	errHeaderTime = errors.New("no response header in time")
	errStalled    = errors.New("no byte of the body in time")
	errBodyTime   = errors.New("body took too long")
)

// classify finds the reason of an error.
func classify(err error) error {
	var done *Error
	if errors.As(err, &done) {
		return done
	}
	reason := "no answer"
	var dns *net.DNSError
	var netErr net.Error
	text, ofTLS := err.Error(), tlsReason(err)
	var class error
	switch {
	case errors.Is(err, scraper.ErrRefused):
		reason = "private address"
	case errors.As(err, &dns):
		reason, class = "host name not found", scraper.ErrNoHost
		if dns.IsTimeout || dns.IsTemporary {
			reason, class = "host name not resolved", nil
		}
	case ofTLS != "":
		reason, class = ofTLS, scraper.ErrTLS
	case isAny(err, refused):
		reason = "connection refused"
	case isAny(err, unreachable):
		reason = "host unreachable"
	case errors.Is(err, errHeaderTime), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		reason = "timeout"
	case isAny(err, closed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(text, "server closed"):
		reason = "connection closed"
	case strings.Contains(text, "response headers exceeded"):
		reason = "response header too long"
	case isAnyOf(text, "MIME header", "Content-Length", "transfer encoding", "trailer key"):
		reason = "invalid response header"
	case isAnyOf(text, "malformed", "invalid", "exceeded"):
		reason = "answer is not HTTP"
	}
	return &Error{reason, err, class}
}

func isAny(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

func isAnyOf(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// forbidden is the block because of which an address is not dialled; "" if it may be.
func forbidden(ip net.IP) string {
	for _, b := range blocks {
		if b.Contains(ip) {
			return b.String()
		}
	}
	return ""
}

// blocks are the address blocks that no public host is in (IANA's special-purpose
// registries, RFC 6890).
var blocks = parseBlocks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "224.0.0.0/3", "::/127", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func parseBlocks(texts ...string) []*net.IPNet {
	var nets []*net.IPNet
	for _, t := range texts {
		if _, n, err := net.ParseCIDR(t); err == nil {
			nets = append(nets, n)
		}
	}
	return nets
}

// guard refuses a connection to a private address. It checks the address that is
// dialled, after the name was looked up, so that no DNS answer can bypass it.
func guard(host, address string) error {
	ipText, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: address %q", scraper.ErrRefused, address)
	}
	ipText, _, _ = strings.Cut(ipText, "%")
	ip := net.ParseIP(ipText)
	if ip == nil {
		return fmt.Errorf("%w: address %q", scraper.ErrRefused, address)
	}
	if v4 := ip.To4(); v4 != nil {
		ip = v4
	}
	if block := forbidden(ip); block != "" {
		return fmt.Errorf("%w: %s is at %s, in the private block %s", scraper.ErrRefused, host, ip, block)
	}
	return nil
}
