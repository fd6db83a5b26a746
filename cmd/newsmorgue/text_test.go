package main

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"max-pages", "max-articles", "every", "delay"}
	tests := []struct{ in, want string }{
		{"max-page", "max-pages"},
		{"max-pagse", "max-pages"},
		{"evry", "every"},
		{"delay", "delay"},
		{"colour", ""},
		{"x", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := nearest(tt.in, names); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseSeedNamesTheWrongPart(t *testing.T) {
	tests := []struct{ in, want string }{
		{"http://h:99999/", `"http://h:99999/" is not a valid URL (no such port: 99999; ports are 1 to 65535)`},
		{"h:0/", `"h:0/" is not a valid URL (no such port: 0; ports are 1 to 65535)`},
		{"http://[::1/", `"http://[::1/" is not a valid URL (host: not an IPv6 address)`},
		{"http://a b/", `"http://a b/" is not a valid URL (host: it contains a space)`},
		{"https:///x", `"https:///x" is not a valid URL (host: missing)`},
		{"ftp://a.example/", `"ftp://a.example/" is not a valid URL (scheme "ftp"; only http and https can be archived)`},
		{"http://a%zzb/", `"http://a%zzb/" is not a valid URL (host: not a valid name)`},
		{"http://1.2.3.4.5/", `"http://1.2.3.4.5/" is not a valid URL (host: not an IPv4 address)`},
		{"1://a.example/", `"1://a.example/" is not a valid URL (scheme "1"; only http and https can be archived)`},
		{"mailto:x", `"mailto:x" is not a valid URL (scheme "mailto"; only http and https can be archived)`},
		{"http://u:p@a.example/", `"http://u:xxxxx@a.example/" contains a user name or password`},
	}
	for _, tt := range tests {
		if u, err := parseSeed(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.in, u, err, tt.want)
		}
	}
}

// TestParseSeed: people write URLs in all spellings that browsers take.
func TestParseSeed(t *testing.T) {
	tests := []struct{ in, want string }{
		{" a.example ", "https://a.example/"},
		{"a.example:8080/x", "https://a.example:8080/x"},
		{"http:/a.example/x", "http://a.example/x"},
		{`HTTP:\\a.example\x`, "http://a.example/x"},
		{"http://a.example/90%+of+My#x", "http://a.example/90%25+of+My"},
		{"münchner-post.example/ä b?q=ü", "https://xn--mnchner-post-dlb.example/%C3%A4%20b?q=%C3%BC"},
		{"http://m%C3%BCnchner-post.example/", "http://xn--mnchner-post-dlb.example/"},
		{"http://0x7f.1:8080/", "http://127.0.0.1:8080/"},
	}
	for _, tt := range tests {
		if u, err := parseSeed(tt.in); err != nil || u.String() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.in, u, err, tt.want)
		}
	}
}
