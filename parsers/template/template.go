// Package template learns which texts repeat across the pages of one site and are
// therefore no article text: boxes, biographies, teasers and notices that look like
// paragraphs on a single page. It does not read pages.
package template

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Schema names the format of a Profile's JSON.
const Schema = "newsmorgue.template/1"

// Bounds of a profile, which may come from an untrusted archive.
const (
	MaxTexts   = 4096
	MaxPaths   = 512
	MaxProfile = 1 << 20 // bytes of JSON
)

// A Profile is what was learned of one site. It is immutable. For a nil Profile and
// the zero value nothing repeats.
type Profile struct {
	Site    string    // as in an article
	Learned time.Time // UTC, to the second
	Reader  string    // the extractor whose bodies were compared
	Pages   int       // distinct pages that were compared

	texts  map[uint64]int // of a place and a text: the distinct pages it stood on
	paths  map[uint64]int // of places whose texts recur: the distinct pages that have one
	digest func() string
}

// document is a Profile's JSON. Pairs are [hash, pages], by hash.
type document struct {
	Schema  string      `json:"schema"`
	Site    string      `json:"site"`
	Learned string      `json:"learned"`
	Reader  string      `json:"reader"`
	Pages   int         `json:"pages"`
	Texts   [][2]string `json:"texts"`
	Paths   [][2]string `json:"paths"`
}

// Share is the share of the site's distinct pages, from 0 to 1, that had a text in
// the same place; 0 for a text that does not repeat. path names the place: the
// elements around the text, without numbers.
func (p *Profile) Share(path, text string) float64 {
	if p == nil || p.Pages == 0 {
		return 0
	}
	return float64(p.texts[textKey(path, text)]) / float64(p.Pages)
}

// Recurs reports whether the texts of a place repeat from page to page, as those of
// author boxes and lists of other stories do.
func (p *Profile) Recurs(path string) bool { return p != nil && p.paths[hash(path)] > 0 }

// Empty reports whether nothing repeats by this profile.
func (p *Profile) Empty() bool { return p == nil || len(p.texts)+len(p.paths) == 0 }

// Digest is "sha256:" and the hash of the profile's JSON; "" for a nil profile.
func (p *Profile) Digest() string {
	if p == nil {
		return ""
	}
	if p.digest != nil {
		return p.digest()
	}
	return p.sum()
}

func (p *Profile) sum() string {
	body, err := json.Marshal(p)
	if err != nil {
		return "" // cannot happen: there are only strings and numbers
	}
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// seal caches the digest, which every reading needs.
func (p *Profile) seal() *Profile {
	p.digest = sync.OnceValue(p.sum)
	return p
}

// MarshalJSON implements json.Marshaler. Equal profiles have equal bytes.
func (p *Profile) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{Schema, p.Site, p.Learned.UTC().Format(time.RFC3339), p.Reader, p.Pages, pairs(p.texts), pairs(p.paths)})
}

func pairs(m map[uint64]int) [][2]string {
	res := make([][2]string, 0, len(m))
	for h, n := range m {
		res = append(res, [2]string{fmt.Sprintf("%016x", h), strconv.Itoa(n)})
	}
	slices.SortFunc(res, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return res
}

var errForm = errors.New("not a valid template profile")

// Parse reads a profile from its JSON. It fails for other schemas, malformed rows and
// profiles over the bounds above.
func Parse(body []byte) (*Profile, error) {
	if len(body) > MaxProfile {
		return nil, fmt.Errorf("%w: %d bytes", errForm, len(body))
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	learned, err := time.Parse(time.RFC3339, d.Learned)
	if d.Schema != Schema || err != nil || d.Pages < 0 || len(d.Texts) > MaxTexts || len(d.Paths) > MaxPaths {
		return nil, fmt.Errorf("%w: schema %q, learned %q, %d pages, %d texts, %d paths", errForm, d.Schema, d.Learned, d.Pages, len(d.Texts), len(d.Paths))
	}
	p := &Profile{Site: d.Site, Learned: learned.UTC(), Reader: d.Reader, Pages: d.Pages}
	if p.texts, err = counts(d.Texts, d.Pages); err == nil {
		p.paths, err = counts(d.Paths, d.Pages)
	}
	if err != nil {
		return nil, err
	}
	return p.seal(), nil
}

func counts(rows [][2]string, pages int) (map[uint64]int, error) {
	m := make(map[uint64]int, len(rows))
	for _, r := range rows {
		h, err := strconv.ParseUint(r[0], 16, 64)
		n, nerr := strconv.Atoi(r[1])
		if err != nil || nerr != nil || n < 1 || n > pages {
			return nil, fmt.Errorf("%w: row %.40q", errForm, r)
		}
		m[h] = n
	}
	return m, nil
}

// largest bounds a table: the rows with most pages stay.
func largest(m map[uint64]int, most int) map[uint64]int {
	if len(m) <= most {
		return m
	}
	keys := make([]uint64, 0, len(m))
	for h := range m {
		keys = append(keys, h)
	}
	slices.SortFunc(keys, func(a, b uint64) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	for _, h := range keys[most:] {
		delete(m, h)
	}
	return m
}

// textKey identifies a text in a place. The same words elsewhere have another key:
// that boxes of other pages quote a story does not make its text repeat.
func textKey(path, text string) uint64 {
	h := hashMore(offset64, path)
	h = hashMore(h, "\x00")
	return mix(hashFold(h, text))
}

const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

func hash(s string) uint64 { return mix(hashMore(offset64, s)) }

// hashMore continues an FNV-1a hash.
func hashMore(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime64
	}
	return h
}

// mix spreads a hash over all bits: the upper ones of FNV differ little for short
// texts.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// folded are the letters and digits of ASCII in lower case; 0 for others.
var folded = func() (t [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z':
			t[c] = c
		case c >= 'A' && c <= 'Z':
			t[c] = c + 'a' - 'A'
		}
	}
	return t
}()

// hashFold continues a hash with a folded text: letters, digits and marks in lower
// case, one space for everything between them.
func hashFold(h uint64, s string) uint64 {
	space, some := false, false
	var buf [utf8.UTFMax]byte
	for i, r := range s {
		ascii := byte(0)
		if r < utf8.RuneSelf {
			ascii = folded[s[i]]
		}
		if ascii == 0 && (r < utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)) {
			space = some
			continue
		}
		if space {
			h = (h ^ ' ') * prime64
		}
		space, some = false, true
		if ascii != 0 {
			h = (h ^ uint64(ascii)) * prime64
			continue
		}
		for _, c := range buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))] {
			h = (h ^ uint64(c)) * prime64
		}
	}
	return h
}
