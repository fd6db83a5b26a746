// Package jsontext finds what a JSON string (RFC 8259, section 7) has as it is, eight bytes
// at a time: most of an archive and of a dataset is in long strings.
package jsontext

import "math/bits"

const ones, high = 0x0101010101010101, 0x8080808080808080

// Plain is how many bytes a text begins with that a JSON string has as they are: all but
// control characters, quotation marks and backslashes.
func Plain[T ~string | ~[]byte](s T) int {
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		x := load(s[n : n+8])
		// The high bit of a byte is set that is to be found; of bytes after it, it may be.
		if hit := special(x) & high; hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(s) && s[n] >= ' ' && s[n] != '"' && s[n] != '\\' {
		n++
	}
	return n
}

// PlainLine is like Plain, and also stops at the bytes with which U+0085, U+2028 and U+2029
// begin, which some readers take for the end of a line.
func PlainLine[T ~string | ~[]byte](s T) int {
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		x := load(s[n : n+8])
		if hit := (special(x) | zero(x^ones*0xC2) | zero(x^ones*0xE2)) & high; hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(s) && s[n] >= ' ' && s[n] != '"' && s[n] != '\\' && s[n] != 0xC2 && s[n] != 0xE2 {
		n++
	}
	return n
}

// Characters counts the code points of valid UTF-8: the bytes that continue none.
func Characters[T ~string | ~[]byte](s T) int {
	n, more := 0, 0
	for ; len(s)-n >= 8; n += 8 {
		x := load(s[n : n+8])
		more += bits.OnesCount64(x & ^(x << 1) & high)
	}
	for ; n < len(s); n++ {
		if s[n]&0xC0 == 0x80 {
			more++
		}
	}
	return len(s) - more
}

// special marks the bytes that a JSON string has to escape.
func special(x uint64) uint64 { return (x-ones*' ')&^x | zero(x^ones*'"') | zero(x^ones*'\\') }

// zero marks the bytes that are zero.
func zero(x uint64) uint64 { return (x - ones) &^ x }

// load reads eight bytes, the first into the lowest.
func load[T ~string | ~[]byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
