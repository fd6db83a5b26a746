package archive

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// A Digest is a labelled digest as in WARC: "sha256:" and 64 hexadecimal digits.
type Digest string

// SHA256 returns the digest of b.
func SHA256(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// Matches reports whether the digest is that of the concatenated parts. It accepts
// the labels that other tools write, and values in Base16 or Base32, in either
// case, or in Base64, of either alphabet. A digest with an unknown label matches anything, as it cannot be checked.
func (d Digest) Matches(parts ...[]byte) bool {
	label, value, _ := strings.Cut(string(d), ":")
	var h hash.Hash
	switch strings.ReplaceAll(strings.ToLower(label), "-", "") {
	case "sha256":
		h = sha256.New()
	case "sha1":
		h = sha1.New()
	case "sha512":
		h = sha512.New()
	case "md5":
		h = md5.New()
	default:
		return true
	}
	for _, p := range parts {
		h.Write(p)
	}
	sum := h.Sum(nil)
	if len(value) == 2*len(sum) {
		b, err := hex.DecodeString(value)
		return err == nil && bytes.Equal(b, sum)
	}
	if text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(value, "=")); len(text) == base64.RawStdEncoding.EncodedLen(len(sum)) {
		b, err := base64.RawStdEncoding.DecodeString(text)
		return err == nil && bytes.Equal(b, sum)
	}
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(value), "="))
	return err == nil && bytes.Equal(b, sum)
}
