package stamp

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"time"

	tsp "github.com/notaryproject/tspclient-go"
)

var oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}

// A Client asks a time-stamp authority over HTTP (RFC 3161, section 3.4).
type Client struct {
	URL       string // of the authority: http or https; it may have a user and password
	UserAgent string
	Timeout   time.Duration     // of the whole exchange; 60 s if zero
	Transport http.RoundTripper // http.DefaultTransport if nil
}

// Stamp asks for a time stamp of a SHA-256 digest, and returns the token in DER and what
// it says. The response must answer this very request (nonce), stamp the digest, and
// have a valid signature, else Stamp returns ErrInvalid. Its issuer is not verified: see
// Verify. It returns ErrNoAnswer if the authority could not be asked, or refused. No error
// has the user, password, query or fragment of the URL: they may be secret.
func (c *Client) Stamp(ctx context.Context, digest [sha256.Size]byte) ([]byte, *Token, error) {
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, nil, errors.New("the URL of a time-stamp authority must begin with http:// or https://")
	}
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, err
	}
	req := &tsp.Request{
		Version:        1,
		MessageImprint: tsp.MessageImprint{HashAlgorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}, HashedMessage: digest[:]},
		Nonce:          nonce,
		CertReq:        true,
	}
	query, err := req.MarshalBinary()
	if err != nil {
		return nil, nil, err
	}
	body, err := c.post(ctx, query)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the authority: %w", ErrNoAnswer, err)
	}
	return accept(body, nonce, digest)
}

// accept checks the response to a request and returns its token.
func accept(body []byte, nonce *big.Int, digest [sha256.Size]byte) ([]byte, *Token, error) {
	var res tsp.Response
	if err := res.UnmarshalBinary(body); err != nil {
		return nil, nil, fmt.Errorf("%w: the response is not one of RFC 3161: %w", ErrInvalid, err)
	}
	if err := res.Status.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: the authority refused: %w", ErrNoAnswer, err)
	}
	der := bytes.Clone(res.TimestampToken.FullBytes)
	signed, info, err := parse(der)
	if err != nil {
		return nil, nil, err
	}
	if info.Nonce == nil || info.Nonce.Cmp(nonce) != 0 {
		return nil, nil, fmt.Errorf("%w: the response is not to this request: it has another nonce", ErrInvalid)
	}
	if err := checkImprint(info, digest); err != nil {
		return nil, nil, err
	}
	t, err := verify(signed, info, nil)
	return der, t, err
}

func (c *Client) post(ctx context.Context, query []byte) ([]byte, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(query))
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("Content-Type", tsp.MediaTypeTimestampQuery)
	req.Header.Set("Accept", tsp.MediaTypeTimestampReply)
	if c.UserAgent != "" {
		req.Header.Set("User-Agent", c.UserAgent)
	}
	// Most redirects would turn the request into a GET without its body.
	client := &http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer res.Body.Close()
	if to := res.Header.Get("Location"); to != "" && res.StatusCode/100 == 3 {
		return nil, fmt.Errorf("redirects to %q: use that URL", PublicURL(to))
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered with HTTP %d", res.StatusCode)
	}
	if typ, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || typ != tsp.MediaTypeTimestampReply {
		return nil, fmt.Errorf("answered with %q instead of a time stamp", res.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxToken+1))
	if err == nil && len(body) > maxToken {
		err = fmt.Errorf("answered with more than %d bytes", maxToken)
	}
	return body, err
}

// withoutURL is an error of net/http without the URL, which it has in full.
func withoutURL(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// PublicURL is the URL of an authority without what may be secret: user, password, query
// and fragment. It is empty if the URL is not valid.
func PublicURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}
