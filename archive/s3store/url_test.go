package s3store

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

func TestURL(t *testing.T) {
	tests := []struct{ url, env, host, text, region string }{
		{"s3://bucket", "", amazon, "s3://bucket", ""},
		{"s3://bucket/", "", amazon, "s3://bucket", ""},
		{"s3://bucket/a/b/?region=eu-west-1", "", amazon, "s3://bucket/a/b", "eu-west-1"},
		{"s3://bucket/a?endpoint=s3.example.org", "", "s3.example.org", "s3://bucket/a", "us-east-1"},
		{"s3://bucket/a?endpoint=https://s3.example.org:9000/", "", "s3.example.org:9000", "s3://bucket/a", "us-east-1"},
		{"s3://bucket?endpoint=http://127.0.0.1:9000", "https://other.example.org", "127.0.0.1:9000", "s3://bucket", "us-east-1"},
		{"s3://bucket?endpoint=http://[::1]:9000&style=path", "", "[::1]:9000", "s3://bucket", "us-east-1"},
		{"s3://bucket?endpoint=http://nas:9000&insecure=true", "", "nas:9000", "s3://bucket", "us-east-1"},
		{"s3://bucket", "https://s3.example.org", "s3.example.org", "s3://bucket", "us-east-1"},
	}
	for _, tt := range tests {
		setCredentials(t, "ID", secret)
		t.Setenv("AWS_ENDPOINT_URL_S3", tt.env)
		s, err := Open(tt.url, Options{})
		if err != nil {
			t.Errorf("Open %s: %v", tt.url, err)
			continue
		}
		if s.host != tt.host || s.String() != tt.text || s.region != tt.region {
			t.Errorf("Open %s: got %s at %s in %q, want %s at %s in %q", tt.url, s, s.host, s.region, tt.text, tt.host, tt.region)
		}
	}
}

func TestBadURL(t *testing.T) {
	setCredentials(t, "ID", secret)
	for _, url := range []string{
		"", "bucket", "http://bucket", "s3:bucket", "s3://", "s3:///a", "s3://b", "s3://Bucket", "s3://bu_cket", "s3://bucket:80", "s3://../a",
		"s3://KEY:" + secret + "@bucket/a", "s3://bucket/../a", "s3://bucket/.a", "s3://bucket/a//b", "s3://bucket/a%00b", "s3://bucket/a b", "s3://bucket/a#b",
		"s3://bucket?secret=" + secret, "s3://bucket?endpoint=http://example.org", "s3://bucket?endpoint=ftp://example.org", "s3://bucket?endpoint=https://k:" + secret + "@example.org",
		"s3://bucket?endpoint=https://example.org/path", "s3://bucket?endpoint=https://", "s3://bucket?endpoint=a&endpoint=b", "s3://bucket?style=new", "s3://bucket?insecure=1",
		"s3://bucket?region=%zz" + secret, "s3://" + secret + "\x7f@bucket", "s3://bucket/" + strings.Repeat("a/", 250) + "a",
	} {
		_, err := Open(url, Options{})
		if err == nil {
			t.Errorf("Open %.60s: no error", url)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("Open %.60s: the error has the secret: %v", url, err)
		}
	}
}

func TestNoCredentials(t *testing.T) {
	setCredentials(t, "", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // where the service of EC2 is not reached
	t.Setenv("HOME", t.TempDir())
	s, err := Open("s3://bucket?endpoint=http://127.0.0.1:1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.ReadRange(t.Context(), "a", 0, -1)
	wantDenied(t, err)
	if !strings.Contains(err.Error(), "no credentials") || archive.ErrDenied == nil {
		t.Errorf("got %v", err)
	}
}
