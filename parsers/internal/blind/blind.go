// Package blind says which sites of the labelled collections are in the blind fold: a
// fifth of them, by hash, whose pages nobody opens who writes rules or features, and that
// no model, threshold or calibration is made from. What is measured on it tells what to
// expect on sites that nobody tuned for.
package blind

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Has reports whether a site, as Site names it, is in the blind fold.
func Has(site string) bool {
	h := sha256.Sum256([]byte("blind " + site))
	return binary.BigEndian.Uint64(h[:8])%5 == 0
}

// Site is the name that groups pages: the label before the public suffix, so that
// the editions of one publisher in several countries are one group.
func Site(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	name, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
	if err != nil {
		return u.Hostname()
	}
	name, _, _ = strings.Cut(name, ".")
	return name
}
