package neardup

import (
	"crypto/sha256"
	"encoding/hex"
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
		if n := proseAt(text, i); n > 0 && !inSpace {
			i += n
			continue
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

// proseAt is how many bytes of a text are visible ASCII, with lone spaces between them, of
// the eight at a place where it is not after a space; 0 if it is not certain.
func proseAt(text string, at int) int {
	const ones, high, low = 0x0101010101010101, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f
	if len(text)-at < 8 {
		return 0
	}
	s := text[at : at+8]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	if (x|(x-ones*' ')&^x)&high != 0 {
		return 0 // other than ASCII, or a control character
	}
	spaces := ^((x ^ ones*' ') + low) & high // of ASCII, those bytes are zero
	switch {
	case spaces&(spaces<<8) != 0:
		return 0
	case spaces>>63 != 0:
		return 7 // what follows the space decides
	}
	return 8
}
