package weburl

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxHost bounds a host as it is written; the DNS allows 253 bytes, which may be written
// in escapes. The time that punycode takes grows with the square.
const maxHost = 2 << 10

// domains turns names into what is looked up (section 3.3, domain to ASCII): UTS 46,
// non-transitional, as browsers have it.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(true),
	idna.BidiRule(), idna.VerifyDNSLength(false))

// Host returns the one spelling of a host (section 3.5, host parser): a name in lower
// case and ASCII, an IPv4 address in four decimal numbers, however it is written, an
// IPv6 address in brackets. host may be in Unicode, in punycode and with escapes.
func Host(host string) (string, error) {
	if host == "" {
		return "", ErrNoHost
	}
	if len(host) > maxHost {
		return "", ErrHost
	}
	if host[0] == '[' {
		return ipv6(host)
	}
	if isIPv4(host) {
		return host, nil
	}
	if !utf8.ValidString(host) {
		host = latin1(host)
	}
	if strings.IndexByte(host, '%') >= 0 {
		if host = unescape(host); !utf8.ValidString(host) {
			return "", ErrHost
		}
	}
	name, err := ascii(host)
	if err != nil {
		return "", err
	}
	for i := range len(name) {
		if octets[name[i]]&inHost == 0 {
			return "", ErrHost
		}
	}
	if !endsInNumber(name) {
		return name, nil
	}
	return ipv4(name)
}

// isIPv4 reports whether a host is an IPv4 address as ipv4 writes it: four numbers
// below 256 without zeros before them.
func isIPv4(host string) bool {
	parts, digits, n := 1, 0, 0
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.' && digits > 0 && parts < 4:
			parts, digits, n = parts+1, 0, 0
		case c >= '0' && c <= '9' && (digits == 0 || n > 0) && n*10+int(c-'0') < 256:
			digits, n = digits+1, n*10+int(c-'0')
		default:
			return false
		}
	}
	return parts == 4 && digits > 0
}

// ascii is a name by UTS 46. A name in ASCII that has no punycode is only
// lower-cased, so that names which IDNA does not allow, but the DNS has, are kept.
func ascii(name string) (string, error) {
	plain := true
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		name = strings.ToLower(name)
		if !strings.HasPrefix(name, "xn--") && !strings.Contains(name, ".xn--") {
			return name, nil
		}
	}
	name, err := domains.ToASCII(name)
	if err != nil || name == "" {
		return "", ErrHost
	}
	return name, nil
}

// latin1 reads bytes as ISO 8859-1, the encoding that header fields once had
// (RFC 9110, section 5.5).
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// endsInNumber reports whether a name can only be an IPv4 address (section 3.5, ends
// in a number checker).
func endsInNumber(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := number(last)
	return ok
}

// ipv4 reads an IPv4 address (section 3.5, IPv4 parser): one to four numbers, decimal,
// octal or hexadecimal, of which the last fills what is left.
func ipv4(name string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(parts) > 4 {
		return "", ErrHost
	}
	var addr uint64
	for i, part := range parts {
		n, ok := number(part)
		last := i == len(parts)-1
		if !ok || part == "" || !last && n > 255 || last && n >= 1<<(8*(5-len(parts))) {
			return "", ErrHost
		}
		if last {
			addr |= n
		} else {
			addr |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String(), nil
}

// number reads a number of an IPv4 address. One that is too large for any is so large
// that it is refused.
func number(s string) (n uint64, ok bool) {
	base := 10
	switch {
	case strings.HasPrefix(s, "0x"):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, true
	}
	for i := range len(s) {
		if !isHex(s[i]) || int(unhex(s[i])) >= base {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return 1 << 63, true
	}
	return n, true
}

// ipv6 reads an IPv6 address in brackets.
func ipv6(host string) (string, error) {
	inner, ok := strings.CutSuffix(host[1:], "]")
	addr, err := netip.ParseAddr(inner)
	if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", ErrHost
	}
	if !addr.Is4In6() {
		return "[" + addr.String() + "]", nil
	}
	b := addr.As16() // the standard writes it without dots
	return "[::ffff:" + strconv.FormatUint(uint64(b[12])<<8|uint64(b[13]), 16) + ":" + strconv.FormatUint(uint64(b[14])<<8|uint64(b[15]), 16) + "]", nil
}
