package pgclock

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// maxKey is the most bytes of a host's name; longer ones are hashed.
const maxKey = 255

// hostKey is the key of a host's clock: as of URL.Host, in a form that a database takes,
// whatever a page linked to.
func hostKey(host string) string {
	host = strings.ToLower(host)
	if host == "" || host[0] == '@' || host[0] == '#' || len(host) > maxKey || strings.ContainsRune(host, 0) || !utf8.ValidString(host) {
		return fmt.Sprintf("#%x", sha256.Sum256([]byte(host)))
	}
	return host
}

// address is the address of "ip:port" if it counts for a clock.
func (c *Clocks) address(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return c.counted(ap.Addr())
}

func (c *Clocks) counted(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() || ip.IsLoopback() && !c.Loopback {
		return ""
	}
	for _, p := range c.SharedAddresses {
		if p.Contains(ip) {
			return ""
		}
	}
	return "@" + ip.String()
}

// ReadAddresses reads a list of addresses and networks (CIDR), one a line: those of front
// ends, behind each of which are many sites. Empty lines and what follows # do not count.
func ReadAddresses(r io.Reader) ([]netip.Prefix, error) {
	var list []netip.Prefix
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if ip, ipErr := netip.ParseAddr(text); ipErr == nil && ip.Zone() == "" {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err == nil && p.Addr().Is4In6() {
			err = errors.New("an IPv4 network in IPv6 form")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no address or network such as 203.0.113.0/24", n, text)
		}
		if list = append(list, p.Masked()); len(list) > maxShared {
			return nil, fmt.Errorf("line %d: more than %d networks", n, maxShared)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("shared addresses: %w", err)
	}
	return list, nil
}

// maxShared bounds a list: it is searched for each request.
const maxShared = 10_000
