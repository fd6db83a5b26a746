package mediatype

import "testing"

func TestParse(t *testing.T) {
	tests := []struct{ contentType, essence, charset string }{
		{"", "", ""},
		{"text/html", "text/html", ""},
		{" TEXT/HTML ;Charset=UTF-8 ", "text/html", "UTF-8"},
		{"text/html;;charset", "text/html", ""},
		{"text/html;;charset=utf-8", "text/html", "utf-8"},
		{"text/html; charset = utf-8", "text/html", ""}, // the name has a space, so it is not charset
		{`text/html; a="x,y;charset=no"; charset="utf\-8" ; charset=second`, "text/html", "utf-8"},
		{`text/html; charset="utf-8`, "text/html", "utf-8"},
		{"text/html; charset=utf-8; charset=latin1", "text/html", "utf-8"},
		{"text/html charset=utf-8", "", ""},
		{"text/html/", "", ""},
		{"html", "", ""},
		{"/html", "", ""},
		{"text/", "", ""},
		{`"text/html"`, "", ""},
		{"text/html:charset=utf-8", "", ""},
		{"*/*", "", ""},
		{"unknown/unknown", "unknown/unknown", ""},
		// Those with several values are the examples of the Fetch standard.
		{"text/plain;charset=gbk, text/html", "text/html", ""},
		{"text/html;charset=gbk;a=b, text/html;x=y", "text/html", "gbk"},
		{"text/html;charset=gbk;a=b,text/html;x=y", "text/html", "gbk"},
		{"text/html;charset=gbk, x/x, text/html;x=y", "text/html", ""},
		{"text/html, cannot-parse", "text/html", ""},
		{"text/html, ", "text/html", ""},
		{"text/html, text/html; charset=utf-8", "text/html", "utf-8"},
		{"text/html, */*", "text/html", ""},
		{"bad, text/plain", "text/plain", ""},
	}
	for _, tt := range tests {
		if got := Parse(tt.contentType); got != (Type{tt.essence, tt.charset}) {
			t.Errorf("Parse(%q) = %q, want %q, %q", tt.contentType, got, tt.essence, tt.charset)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`text/html; a="\`)
	f.Add(`text/html;,"`)
	f.Fuzz(func(t *testing.T, contentType string) {
		if got := Parse(contentType); got.Essence == "" && got.Charset != "" {
			t.Errorf("got %q", got)
		}
	})
}
