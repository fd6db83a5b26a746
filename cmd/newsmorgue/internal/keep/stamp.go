package keep

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/stamp"
)

// ErrNothingSealed means that an archive has no sealed segment, and so no root that
// could be stamped.
var ErrNothingSealed = errors.New("no sealed segment to stamp")

// A Stamped is the result of Stamp.
type Stamped struct {
	*archive.Stamp
	Token   *stamp.Token // as it was verified
	Sealed  []string     // journals that were sealed for it
	Busy    []string     // journals that are being written, and not covered
	Already bool         // the authority had stamped this state before: nothing was asked
}

// Stamp seals the journals that nobody writes to, asks an authority for a time stamp of
// all sealed segments, and keeps it as a record. If roots is not nil, the authority's
// certificate must lead to one of them. What this authority stamped already, with a token
// that is verified likewise, is not stamped again.
func Stamp(ctx context.Context, ar *archive.Archive, client *stamp.Client, roots *x509.CertPool) (*Stamped, error) {
	res := &Stamped{}
	var err error
	if res.Sealed, res.Busy, err = ar.SealJournals(ctx); err != nil {
		return res, err
	}
	s := &archive.Stamp{Archive: ar.Info().ID, TSA: stamp.PublicURL(client.URL)}
	if s.Segments, err = ar.Roots(ctx); err != nil {
		return res, err
	}
	if len(s.Segments) == 0 {
		return res, ErrNothingSealed
	}
	if s.Digest, err = archive.StateDigest(s.Archive, s.Segments); err != nil {
		return res, err
	}
	for old, err := range ar.Stamps(ctx) {
		if err != nil || old.TSA != s.TSA || old.Digest != s.Digest {
			continue
		}
		// A record from elsewhere may only look like a time stamp.
		if state := CheckStamp(old, roots).State; state == TokenTrusted || roots == nil && state == TokenUnproved {
			res.Stamp, res.Already = old, true
			return res, nil
		}
	}
	digest, err := StampDigest(s.Digest)
	if err != nil {
		return res, err
	}
	if s.Token, res.Token, err = client.Stamp(ctx, digest); err != nil {
		return res, err
	}
	if roots != nil {
		if res.Token, err = stamp.Verify(s.Token, digest, roots); err != nil {
			return res, err
		}
	}
	s.Time = res.Token.Time
	rec, err := s.Record()
	if err != nil {
		return res, err
	}
	w, err := ar.NewWriter()
	if err != nil {
		return res, err
	}
	_, err = w.Append(ctx, rec)
	if err = errors.Join(err, w.Close()); err == nil {
		res.Stamp = s
	}
	return res, err
}

// StampDigest is the digest that the token of a time stamp must have.
func StampDigest(d archive.Digest) (digest [sha256.Size]byte, err error) {
	digits, ok := strings.CutPrefix(string(d), "sha256:")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != len(digest) {
		return digest, fmt.Errorf("%w: %q is no SHA-256 digest", archive.ErrDamaged, d)
	}
	copy(digest[:], b)
	return digest, nil
}

// How well a token was verified.
const (
	TokenTrusted  = "trusted"   // its issuer leads to a certificate that the caller trusts
	TokenUnproved = "signature" // its signature is right, its issuer is not verified
	TokenInvalid  = "invalid"   // it is not a time stamp of the digest and time, or was altered
)

// A TokenCheck is the result of verifying one token.
type TokenCheck struct {
	TSA    string       `json:"tsa"`   // without what may be secret
	State  string       `json:"state"` // TokenTrusted, TokenUnproved or TokenInvalid
	Token  *stamp.Token `json:"token,omitempty"`
	Reason string       `json:"reason,omitempty"` // why it is not trusted, or invalid
}

// CheckStamp verifies the token of an archive's time stamp likewise, and that its time is
// the one that the record says.
func CheckStamp(s *archive.Stamp, roots *x509.CertPool) TokenCheck {
	res := CheckToken(s.TSA, s.Digest, s.Token, roots)
	if res.State != TokenInvalid && !res.Token.Time.Equal(s.Time) {
		res.State, res.Token, res.Reason = TokenInvalid, nil, "invalid time stamp: its record says another time than its token"
	}
	return res
}

// CheckToken verifies the token of a time stamp, with trusted certificates or, if roots
// is nil, without.
func CheckToken(tsa string, digest archive.Digest, token []byte, roots *x509.CertPool) TokenCheck {
	res := TokenCheck{TSA: stamp.PublicURL(tsa), State: TokenInvalid}
	d, err := StampDigest(digest)
	if err == nil && roots != nil {
		if res.Token, err = stamp.Verify(token, d, roots); err == nil {
			res.State = TokenTrusted
			return res
		}
		res.Reason = err.Error()
	}
	if res.Token, err = stamp.Verify(token, d, nil); err != nil {
		res.Token, res.Reason = nil, err.Error()
		return res
	}
	res.State = TokenUnproved
	return res
}
