package warc_test

import (
	"crypto/sha1"
	"encoding/hex"
	"iter"
)

func sha1Forms(s string) iter.Seq[string] {
	sum := sha1.Sum([]byte(s))
	return func(yield func(string) bool) { yield(hex.EncodeToString(sum[:])) }
}
