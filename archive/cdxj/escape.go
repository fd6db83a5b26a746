package cdxj

import (
	"strconv"
	"strings"
)

// unescape decodes %XX again and again, until no escape is left: %2541 is %41 is A. It
// reuses b. It takes linear time: an escape that is made of decoded characters ends where
// they end.
func unescape(b []byte) []byte {
	out := b[:0]
	for _, c := range b {
		out = append(out, c)
		for len(out) >= 3 && out[len(out)-3] == '%' {
			hi, lo := unhex(out[len(out)-2]), unhex(out[len(out)-1])
			if hi < 0 || lo < 0 {
				break
			}
			out = append(out[:len(out)-3], byte(hi<<4|lo))
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// escape encodes control characters, spaces, #, what is not ASCII, and unless the text
// has escapes, %.
func escape(b []byte, escaped bool) []byte {
	needs := func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '#' || c == '%' && !escaped }
	n := 0
	for _, c := range b {
		if needs(c) {
			n++
		}
	}
	if n == 0 {
		return b
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(b)+2*n)
	for _, c := range b {
		if needs(c) {
			out = append(out, '%', digits[c>>4], digits[c&15])
		} else {
			out = append(out, c)
		}
	}
	return out
}

// ipv4 returns the usual form of an address that is written with octal parts, with fewer
// than four parts, or as one number of any length, of which the lowest 32 bits count.
func ipv4(host string) (string, bool) {
	if host == "" || host[0] < '0' || host[0] > '9' {
		return "", false
	}
	var address uint32
	if strings.Trim(host, "0123456789") == "" {
		for _, c := range host {
			address = address*10 + uint32(c-'0')
		}
		return dotted(address), true
	}
	fields := strings.Split(host, ".")
	if len(fields) > 4 {
		return "", false
	}
	for i, f := range fields {
		base := 10
		if len(f) > 1 && f[0] == '0' {
			base = 8
		}
		n, err := strconv.ParseUint(f, base, 32)
		if err != nil || strings.Trim(f, "0123456789") != "" {
			return "", false
		}
		if i < len(fields)-1 {
			if n > 255 {
				return "", false
			}
			address |= uint32(n) << (24 - 8*i)
			continue
		}
		if n >= 1<<(32-8*i) {
			return "", false
		}
		address |= uint32(n)
	}
	return dotted(address), true
}

func dotted(a uint32) string {
	var b []byte
	for shift := 24; shift >= 0; shift -= 8 {
		b = strconv.AppendUint(b, uint64(a>>shift&255), 10)
		if shift > 0 {
			b = append(b, '.')
		}
	}
	return string(b)
}
