// Package stamp asks time-stamp authorities for tokens (RFC 3161) and verifies them
// without a network. It does not keep them, and does not find out whether a
// certificate was revoked.
package stamp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	tsp "github.com/notaryproject/tspclient-go"
)

// maxToken bounds the size of a token and of the response that has it, in bytes.
// Tokens have 2 to 10 kB.
const maxToken = 1 << 20

// ErrInvalid means that a token is not one, was altered, or stamps another digest; that
// its signer may not sign time stamps; or that no trusted certificate vouches for him.
var ErrInvalid = errors.New("invalid time stamp")

// ErrNoAnswer means that an authority could not be asked, or refused.
var ErrNoAnswer = errors.New("no time stamp")

// A Token is a verified time stamp.
type Token struct {
	Time     time.Time     `json:"time"`   // genTime: when the authority signed, by its own clock; UTC
	Accuracy time.Duration `json:"-"`      // of Time, in both directions; 0 if the token does not say
	Serial   string        `json:"serial"` // of the token, in decimal
	Policy   string        `json:"policy"` // object identifier of the authority's policy
	Signer   string        `json:"signer"` // subject of the signer's certificate
	// Issuer is the subject of the trusted certificate at the end of the chain, "" if
	// the token was verified without trusted certificates: Time and Signer are then
	// what whoever made the token wrote there.
	Issuer string `json:"issuer,omitempty"`
}

// Verify checks that a token, in DER, is a time stamp of a SHA-256 digest: the message
// imprint, the signature, the signer's certificate with the one extended key usage for
// time stamps, and its chain to one of roots at the time of the token, whether or not
// the certificates have expired since. If roots is nil, the issuer is not verified. It
// returns ErrInvalid if the token does not stamp the digest.
func Verify(der []byte, digest [sha256.Size]byte, roots *x509.CertPool) (*Token, error) {
	signed, info, err := parse(der)
	if err != nil {
		return nil, err
	}
	if err := checkImprint(info, digest); err != nil {
		return nil, err
	}
	return verify(signed, info, roots)
}

func parse(der []byte) (*tsp.SignedToken, *tsp.TSTInfo, error) {
	if len(der) > maxToken {
		return nil, nil, fmt.Errorf("%w: larger than %d bytes", ErrInvalid, maxToken)
	}
	signed, err := tsp.ParseSignedToken(der)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	info, err := signed.Info()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	switch {
	case info.Version != 1:
		return nil, nil, fmt.Errorf("%w: unknown version %d", ErrInvalid, info.Version)
	case info.SerialNumber == nil || info.GenTime.IsZero(): // verification would take today
		return nil, nil, fmt.Errorf("%w: without a serial number or time", ErrInvalid)
	case len(signed.SignerInfos) != 1: // RFC 3161, section 2.4.2
		return nil, nil, fmt.Errorf("%w: it has %d signatures instead of one", ErrInvalid, len(signed.SignerInfos))
	}
	return signed, info, nil
}

func checkImprint(info *tsp.TSTInfo, digest [sha256.Size]byte) error {
	imprint := info.MessageImprint
	if !imprint.HashAlgorithm.Algorithm.Equal(oidSHA256) || !bytes.Equal(imprint.HashedMessage, digest[:]) {
		return fmt.Errorf("%w: it stamps another digest: %x", ErrInvalid, imprint.HashedMessage)
	}
	return nil
}

func verify(signed *tsp.SignedToken, info *tsp.TSTInfo, roots *x509.CertPool) (*Token, error) {
	trusted := roots != nil
	if !trusted {
		// With the signer himself as the root, all but the issuer is verified.
		cert, err := signed.SigningCertificate(&signed.SignerInfos[0])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		roots = x509.NewCertPool()
		roots.AddCert(cert)
	}
	// The certificates must have been valid when the token was made, not today. The
	// library takes today if it is not told otherwise.
	chain, err := signed.Verify(context.Background(), x509.VerifyOptions{
		Roots: roots, CurrentTime: info.GenTime, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	t := &Token{Time: info.GenTime.UTC(), Accuracy: accuracy(info), Serial: info.SerialNumber.String(), Policy: info.Policy.String(), Signer: chain[0].Subject.String()}
	if trusted {
		t.Issuer = chain[len(chain)-1].Subject.String()
	}
	return t, nil
}

// accuracy is the accuracy of a token, or 0 if it does not say or is senseless.
func accuracy(info *tsp.TSTInfo) time.Duration {
	const most = 100 * 365 * 24 * 60 * 60 // seconds, so that the sum does not overflow
	a := info.Accuracy
	if a.Seconds < 0 || a.Seconds > most || a.Milliseconds < 0 || a.Milliseconds > 999 || a.Microseconds < 0 || a.Microseconds > 999 {
		return 0
	}
	return time.Duration(a.Seconds)*time.Second + time.Duration(a.Milliseconds)*time.Millisecond + time.Duration(a.Microseconds)*time.Microsecond
}

// Roots reads trusted certificates in PEM. It returns an error if there is none, or if
// one cannot be read.
func Roots(pemBytes []byte) (*x509.CertPool, error) {
	pool, n := x509.NewCertPool(), 0
	for {
		var block *pem.Block
		if block, pemBytes = pem.Decode(pemBytes); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", n+1, err)
		}
		pool.AddCert(cert)
		n++
	}
	if n == 0 {
		return nil, errors.New("no certificate in PEM")
	}
	return pool, nil
}
