package s3store

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

var errNoCredentials = errors.New("no credentials for S3 were found\n" +
	"hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE and ~/.aws/credentials")

// found looks for credentials in the usual places. Unlike a chain of the library, it does
// not go on without any.
type found struct{ credentials.Chain }

func newCredentials() *credentials.Credentials {
	return credentials.New(&found{credentials.Chain{Providers: []credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.EnvMinio{},
		&credentials.FileAWSCredentials{},
		// Elsewhere than in a cloud nobody answers.
		&credentials.IAM{Client: &http.Client{Timeout: 5 * time.Second}},
	}}})
}

// RetrieveWithCredContext implements credentials.Provider.
func (f *found) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	return some(f.Chain.RetrieveWithCredContext(cc))
}

// Retrieve implements credentials.Provider.
func (f *found) Retrieve() (credentials.Value, error) { return some(f.RetrieveWithCredContext(nil)) }

func some(v credentials.Value, err error) (credentials.Value, error) {
	if err == nil && (v.AccessKeyID == "" || v.SecretAccessKey == "") {
		err = errNoCredentials
	}
	return v, err
}

// renewed reads the credentials again after the server has denied access, and reports
// whether they are others now: somebody may have renewed the file that they are in.
func (s *Store) renewed(ctx context.Context) bool {
	cc := &credentials.CredContext{Context: ctx}
	old, err := s.creds.GetWithContext(cc)
	s.creds.Expire()
	v, err2 := s.creds.GetWithContext(cc)
	return err2 == nil && (err != nil || v.AccessKeyID != old.AccessKeyID || v.SecretAccessKey != old.SecretAccessKey || v.SessionToken != old.SessionToken)
}

// redact takes the credentials out of a text, in which a server may have repeated what it
// was sent.
func (s *Store) redact(text string) string {
	if s.creds.IsExpired() {
		return text // nothing was sent, or the next request asks for them
	}
	v, err := s.creds.GetWithContext(nil)
	if err != nil {
		return text
	}
	for _, secret := range []string{v.SecretAccessKey, v.SessionToken, v.AccessKeyID} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// redacted is redact for an error that wraps another one.
func (s *Store) redacted(err error) error { return redactedError{err, s.redact(err.Error())} }

type redactedError struct {
	error
	text string
}

func (e redactedError) Error() string { return e.text }
func (e redactedError) Unwrap() error { return e.error }
