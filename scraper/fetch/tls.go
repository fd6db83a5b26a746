package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
)

// tlsReason says what is wrong with a TLS connection; "" if the error has nothing to
// do with TLS. Reasons that begin with "TLS certificate" are those that
// Options.TLSAccept answers; the one of ReasonNotTLS is answered by http.
func tlsReason(err error) string {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		if len(cert.UnverifiedCertificates) > 0 {
			return certificateReason(cert.Err, cert.UnverifiedCertificates[0])
		}
		return certificateReason(cert.Err, nil)
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		if bytes.HasPrefix(record.RecordHeader[:], []byte("HTTP")) {
			return ReasonNotTLS
		}
		return "no TLS: the server does not speak it on this port"
	}
	text := err.Error()
	var alert tls.AlertError
	switch {
	case strings.Contains(text, "protocol version not supported"), strings.Contains(text, "unsupported protocol version"), strings.Contains(text, "unsupported versions"):
		return "TLS version too old: the server has none from 1.2 on"
	case strings.Contains(text, "unrecognized name"):
		return "TLS failed: the server does not know this host name"
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"):
		return "TLS failed: the server requires a certificate of the client"
	case strings.Contains(text, "handshake failure"):
		return "TLS failed: no cipher in common, or no certificate for this host name"
	case !strings.Contains(text, "tls: "):
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonNoHandshake + " in time"
	case errors.Is(err, io.EOF), isAny(err, closed):
		return ReasonNoHandshake + ": the server closed the connection"
	}
	if errors.As(err, &alert) || strings.Contains(text, "tls: ") {
		return "TLS failed"
	}
	return ""
}

// ReasonNotTLS is the reason of an Error if an https URL is answered in plain HTTP.
const ReasonNotTLS = "no TLS: the server answers in plain HTTP"

// ReasonNoHandshake begins the reason of an Error if a server does not answer to TLS,
// as one that has only http on that port.
const ReasonNoHandshake = "TLS failed: no answer to the handshake"

// certificateReason says why a certificate is not trusted. cert may be nil.
func certificateReason(err error, cert *x509.Certificate) string {
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		if now := time.Now(); now.Before(invalid.Cert.NotBefore) {
			return "TLS certificate not valid before " + invalid.Cert.NotBefore.UTC().Format(time.DateOnly)
		}
		return "TLS certificate expired on " + invalid.Cert.NotAfter.UTC().Format(time.DateOnly)
	case errors.As(err, &host):
		names := certificateNames(host.Certificate)
		if names == "" {
			return "TLS certificate names no host"
		}
		return "TLS certificate is for another name: " + names
	case errors.As(err, &unknown):
		if cert != nil && bytes.Equal(cert.RawIssuer, cert.RawSubject) {
			return "TLS certificate is self-signed"
		}
		return "TLS certificate is of an unknown authority"
	}
	return "TLS certificate is not valid"
}

// certificateNames lists the first names that a certificate is for. They are the
// server's words: bounded, and without control characters.
func certificateNames(cert *x509.Certificate) string {
	if cert == nil {
		return ""
	}
	const most, longest = 2, 60
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	more := len(names) > most
	names = names[:min(len(names), most)]
	for i, n := range names {
		n = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1
		}, n)
		if len(n) > longest {
			n = n[:longest] + "…"
		}
		names[i] = n
	}
	text := strings.Join(names, ", ")
	if more {
		text += ", …"
	}
	return text
}
