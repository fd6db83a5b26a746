package s3store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/minio/minio-go/v7"

	"github.com/newsmorgue/newsmorgue/archive"
)

// maxWait is the longest time between two tries.
const maxWait = 5 * time.Second

// try calls a request until it succeeds, or its error will not go away, or it was called
// often enough.
func (s *Store) try(ctx context.Context, request func() error) error {
	wait, renewed := s.o.Wait, false
	for i := 1; ; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := request()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if isDenied(err) && !renewed && s.renewed(ctx) {
			renewed = true
			continue
		}
		if !retryable(ctx, err) {
			return err
		}
		if i >= s.o.Tries {
			return fmt.Errorf("after %d tries: %w", i, err)
		}
		select {
		// Many who were refused together do not come back together.
		case <-time.After(wait/2 + rand.N(wait/2+1)):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, maxWait)
	}
}

// response returns the answer of the server that an error is.
func response(err error) (minio.ErrorResponse, bool) {
	var r minio.ErrorResponse
	ok := errors.As(err, &r) && r.StatusCode != 0
	return r, ok
}

// busyCodes are the server's codes for what may succeed a moment later. That of a conflict
// says that another request for the same object was under way.
var busyCodes = []string{
	"SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Busy", "InternalError", "RequestTimeout", "Throttling", "ThrottlingException",
	"RequestLimitExceeded", "RequestThrottled", "ConditionalRequestConflict", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch",
}

func retryable(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, errNoCredentials) || errors.Is(err, errHostile) {
		return false
	}
	if _, ok := errors.AsType[bodyError](err); ok {
		return false
	}
	if r, ok := response(err); ok {
		switch r.StatusCode {
		case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests, 499, 500, 502, 503, 504, 520:
			return true
		}
		return slices.Contains(busyCodes, r.Code)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	_, network := errors.AsType[*url.Error](err)
	return network || errors.Is(err, io.ErrUnexpectedEOF)
}

var deniedCodes = []string{
	"AccessDenied", "AccessForbidden", "AllAccessDisabled", "AccountProblem", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
	"ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "RequestTimeTooSkewed", "InvalidSecurity", "NotSignedUp", "UnauthorizedAccess",
	"XAdminUserNotFound", // versitygw, with status 404
}

func isDenied(err error) bool {
	if errors.Is(err, errNoCredentials) {
		return true
	}
	r, ok := response(err)
	return ok && (r.StatusCode == http.StatusForbidden || r.StatusCode == http.StatusUnauthorized || slices.Contains(deniedCodes, r.Code))
}

// bodyError is an error of the body that is to be stored.
type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

// failed makes an error of a request one that says what was asked of whom, and what to try.
func (s *Store) failed(op, name string, err error) error {
	what := fmt.Sprintf("%s %s in %s", op, name, s)
	if err == archive.ErrExists || err == archive.ErrChanged || err == archive.ErrNoObject {
		return fmt.Errorf("%s: %w", what, err)
	}
	if r, ok := response(err); ok {
		return s.failedResponse(what, r, err)
	}
	if errors.Is(err, errNoCredentials) {
		return fmt.Errorf("%s: %w: %w", what, archive.ErrDenied, err)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s at %s: %w", what, s.host, s.redacted(err))
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (s *Store) failedResponse(what string, r minio.ErrorResponse, err error) error {
	said := fmt.Sprintf("%s (status %d)", s.clean(r.Code), r.StatusCode)
	if m := s.clean(r.Message); m != "" && m != r.Code {
		said += ": " + m
	}
	if prefix, _, ok := strings.Cut(err.Error(), ": "); ok && strings.HasPrefix(prefix, "after ") {
		said = prefix + ": " + said
	}
	switch {
	case isDenied(err):
		return fmt.Errorf("%s at %s: %w: %s\nhint: %s", what, s.host, archive.ErrDenied, said, deniedHint(r.Code))
	case r.Code == minio.NoSuchBucket:
		return fmt.Errorf("%s at %s: the bucket %s does not exist\nhint: create it, or check its name, the endpoint and the region", what, s.host, s.bucket)
	case r.StatusCode >= 300 && r.StatusCode < 400:
		return fmt.Errorf("%s at %s: the server redirects: %s\nhint: is the bucket in another region? Give it as region= in the URL, or in AWS_REGION", what, s.host, said)
	}
	return fmt.Errorf("%s at %s: %s", what, s.host, said)
}

func deniedHint(code string) string {
	switch {
	case code == "RequestTimeTooSkewed":
		return "set the clock of this machine"
	case strings.HasPrefix(code, "ExpiredToken"), code == "InvalidToken", code == "TokenRefreshRequired":
		return "renew the temporary credentials; those in files are read again by themselves"
	case code == "InvalidAccessKeyId", code == "SignatureDoesNotMatch":
		return "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials, and the region"
	}
	return "the credentials need the rights to get, put, list and delete objects of this bucket and prefix"
}

// clean makes a text of the server fit to be printed.
func (s *Store) clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s.redact(text))
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return strings.TrimSpace(text)
}
