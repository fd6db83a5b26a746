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
		{"http://[::1/", `"http://[::1/" is not a valid URL (host)`},
		{"http://a b/", `"http://a b/" is not a valid URL (host)`},
		{"https:///x", `"https:///x" is not a valid URL (host: missing)`},
		{"ftp://a.example/", `"ftp://a.example/" is not a valid URL (scheme "ftp"; only http and https can be archived)`},
		{"http://a.example/%zz", `"http://a.example/%zz" is not a valid URL ("%zz" is not a percent-encoding)`},
	}
	for _, tt := range tests {
		if u, err := parseSeed(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.in, u, err, tt.want)
		}
	}
}
