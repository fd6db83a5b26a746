package neardup

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TextDigest returns the SHA-256 of a text after Unicode normalisation form C, with
// every run of white space (Unicode's White_Space) folded to one space and none at
// the ends. Case and punctuation count. Texts with equal digests are exact duplicates.
func TextDigest(text string) [sha256.Size]byte {
	digest, _ := textDigest(text)
	return digest
}

// TextDigestHex returns TextDigest in lower-case hexadecimal.
func TextDigestHex(text string) string {
	digest := TextDigest(text)
	return hex.EncodeToString(digest[:])
}

var foldBuffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer is the size in bytes above which a buffer is not kept for the next text.
const maxKeptBuffer = 1 << 20

// textDigest also says whether the text is blank.
func textDigest(text string) (digest [sha256.Size]byte, blank bool) {
	buf := foldBuffers.Get().(*[]byte)
	folded, normal := appendFolded((*buf)[:0], text)
	if !normal {
		folded, _ = appendFolded(folded[:0], norm.NFC.String(text))
	}
	digest = sha256.Sum256(folded)
	if cap(folded) <= maxKeptBuffer {
		*buf = folded
	}
	foldBuffers.Put(buf)
	return digest, len(folded) == 0
}

// appendFolded appends the text with white space folded. Bytes that are not UTF-8
// are copied. It also says whether the text is certainly in NFC; where it does not,
// the text may be.
func appendFolded(dst []byte, text string) (folded []byte, normal bool) {
	var table *runeTable
	normal = true
	start := 0 // of what is not yet appended, from a visible rune on
	inSpace := true
	for i := 0; i < len(text); {
		if !inSpace {
			if i = proseEnd(text, i); i == len(text) {
				break
			}
		}
		class, size := uint8(0), 1
		switch c := text[i]; {
		case c > ' ' && c < utf8.RuneSelf:
			// A lone space stays where it is, so that paragraphs are copied whole.
			if !inSpace {
				i++
				continue
			}
		case c == ' ' && !inSpace && i+1 < len(text) && text[i+1] > ' ' && text[i+1] < utf8.RuneSelf:
			i += 2
			continue
		case c < utf8.RuneSelf:
			if c == ' ' || '\t' <= c && c <= '\r' {
				class = space
			}
		default:
			if table == nil {
				table = runes()
			}
			var r rune
			r, size = decode(text, i)
			class = table.classOf(r)
			normal = normal && class&unstableNFC == 0
		}
		if spaced := class&space != 0; spaced != inSpace {
			inSpace = spaced
			if spaced {
				dst = append(dst, text[start:i]...)
			} else {
				start = i
				if len(dst) > 0 {
					dst = append(dst, ' ')
				}
			}
		}
		i += size
	}
	if !inSpace {
		dst = append(dst, text[start:]...)
	}
	return dst, normal
}

// proseEnd is where visible ASCII with lone spaces between ends that begins at a place
// which is not after a space, as far as eight bytes at a time tell. What they do not tell
// is at the end: other characters, and the space before them.
func proseEnd(text string, at int) int {
	const ones, high, low = 0x0101010101010101, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f
	for ; len(text)-at >= 8; at += 8 {
		s := text[at : at+8]
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		// Control characters and what is not ASCII, and more bytes after the first of them.
		other := (x | (x-ones*' ')&^x) & high
		spaces := ^((x^ones*' ')&low + low | x) & high
		// A space is left to the caller if what follows it is no visible ASCII, or not here.
		stop := other | spaces&((other|spaces)>>8|1<<63)
		if stop == 0 {
			continue
		}
		n := bits.TrailingZeros64(stop) / 8
		if n < 7 || other != 0 || len(text)-at < 9 || text[at+8] <= ' ' || text[at+8] >= utf8.RuneSelf {
			return at + n
		}
	}
	return at
}
