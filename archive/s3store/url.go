package s3store

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"github.com/newsmorgue/newsmorgue/archive"
)

const amazon = "s3.amazonaws.com"

// A location is where a store is.
type location struct {
	bucket string
	prefix string // empty, or with a slash at its end
	host   string // of the endpoint, with its port
	secure bool
	region string // empty if the server is asked
	lookup minio.BucketLookupType
}

// maxPrefix leaves room for the names of objects in the 1024 bytes of S3.
const maxPrefix = 500

// parseURL reads the URL of a store. Its errors do not repeat what may be a secret.
func parseURL(raw string) (location, error) {
	u, err := url.Parse(raw)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // without the URL
		}
		return location{}, fmt.Errorf("the URL of the store is not valid: %w", err)
	}
	if u.User != nil {
		return location{}, errors.New("the URL of the store has credentials, which others see in the list of processes\n" +
			"hint: give them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in ~/.aws/credentials")
	}
	l := location{bucket: u.Host}
	if u.Scheme != "s3" || u.Opaque != "" || u.Fragment != "" || s3utils.CheckValidBucketNameStrict(l.bucket) != nil {
		return location{}, errors.New("the URL of the store is not of the form s3://BUCKET/PREFIX?endpoint=URL")
	}
	if p := strings.Trim(u.Path, "/"); p != "" {
		l.prefix = p + "/"
		if err := archive.CheckObjectName(p); err != nil || len(l.prefix) > maxPrefix {
			return location{}, fmt.Errorf("the prefix in the URL of the store is over %d bytes, or has parts of other than letters, digits and ._=-", maxPrefix)
		}
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return location{}, errors.New("the parameters in the URL of the store are not valid")
	}
	for key, values := range q {
		if !strings.Contains("|endpoint|region|style|insecure|", "|"+key+"|") || len(values) != 1 {
			return location{}, fmt.Errorf("the URL of the store has the parameter %.40q, unknown or twice: endpoint, region, style and insecure are known", key)
		}
	}
	if err := l.setEndpoint(q.Get("endpoint"), q.Get("insecure")); err != nil {
		return location{}, err
	}
	switch q.Get("style") {
	case "":
	case "path":
		l.lookup = minio.BucketLookupPath
	case "virtual":
		l.lookup = minio.BucketLookupDNS
	default:
		return location{}, errors.New("style= in the URL of the store is neither path nor virtual")
	}
	l.region = cmp.Or(q.Get("region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	if l.region == "" && !s3utils.IsAmazonEndpoint(url.URL{Host: l.host}) {
		l.region = "us-east-1"
	}
	return l, nil
}

func (l *location) setEndpoint(endpoint, insecure string) error {
	if insecure != "" && insecure != "true" && insecure != "false" {
		return errors.New("insecure= in the URL of the store is neither true nor false")
	}
	endpoint = cmp.Or(endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), amazon)
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the endpoint of the store is not the URL of a host, such as https://s3.example.org")
	}
	l.host, l.secure = u.Host, u.Scheme == "https"
	if !l.secure && insecure != "true" && !isLoopback(u.Hostname()) {
		return fmt.Errorf("the endpoint of the store, %s, is http://: everybody on the way can read and alter the archive\n"+
			"hint: use https://, or add insecure=true to the URL of the store", u.Host)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
