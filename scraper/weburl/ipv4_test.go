package weburl

import "testing"

// TestIsIPv4: an address that is plain is what the parser of all their forms gives.
func TestIsIPv4(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.40"} {
		if got, err := ipv4(host); !isIPv4(host) || got != host || err != nil {
			t.Errorf("%s: got %v; the address is %s, %v", host, isIPv4(host), got, err)
		}
	}
	for _, host := range []string{"", "1", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.00", "1.2.3.256", "1..2.3", ".1.2.3", "1.2.3.x", "1.2.3.0x1", "1.2.3.99999999999999999999"} {
		if isIPv4(host) {
			t.Errorf("%s is taken for plain", host)
		}
	}
}
