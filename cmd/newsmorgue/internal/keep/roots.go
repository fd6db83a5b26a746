package keep

import (
	"crypto/x509"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// newFetcher makes a fetcher that can check certificates on any system, and reads
// pages as the parsers do.
func newFetcher(o fetch.Options) *fetch.Fetcher {
	setFallbackRoots()
	o.DetectHTML, o.Decode, o.EncodeQuery, o.Parse = tree.IsHTML, charset.Decode, charset.QueryEncoder, tree.Parse
	return fetch.New(o)
}

// setFallbackRoots gives the process Mozilla's root certificates, as of the
// module's version in go.mod. They count only where the system has none, as in
// a container that holds nothing but the program; there HTTPS would fail. It
// costs some milliseconds, so only commands that fetch pay for it.
var setFallbackRoots = sync.OnceFunc(func() {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			continue // one that this version of Go refuses is not trusted
		}
		if root.Constraint != nil {
			pool.AddCertWithConstraint(cert, root.Constraint)
		} else {
			pool.AddCert(cert)
		}
	}
	x509.SetFallbackRoots(pool)
})
