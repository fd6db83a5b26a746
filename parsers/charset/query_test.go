package charset

import (
	"strings"
	"testing"
)

func TestQueryEncoder(t *testing.T) {
	tests := []struct {
		name, body, contentType string
		query, want             string
	}{
		{"GBK as declared", `<meta charset="gbk">` + encoded(t, "gbk", "新闻"), "", "cat=新闻", "cat=\xd0\xc2\xce\xc5"},
		{"as the header says", encoded(t, "gbk", "新闻"), "text/html; charset=gb2312", "cat=新闻", "cat=\xd0\xc2\xce\xc5"},
		{"Cyrillic", `<meta charset="windows-1251">` + encoded(t, "windows-1251", "Новости"), "", "q=Ё&p=1", "q=\xa8&p=1"},
		{"a second byte in ASCII", `<meta charset="shift_jis">` + encoded(t, "shift_jis", "表"), "", "q=表ア", "q=\x95\\\x83A"},
		{"Hangul", `<meta charset="euc-kr">` + encoded(t, "euc-kr", "뉴스"), "", "q=뉴스", "q=\xb4\xba\xbd\xba"},
		{"states", "<title>\x1b$B%K%e!<%9\x1b(B</title>", "", "q=ニ&p", "q=\x1b$B%K\x1b(B&p"},
		{"a character that the encoding does not have", `<meta charset="windows-1251">` + encoded(t, "windows-1251", "Новости"), "", "q=新x€", "q=%26%2326032%3Bx\x88"},
		{"a page in ASCII, with references", `<meta charset="gbk"><a href="?c=&#26032;">`, "", "c=新", "c=\xd0\xc2"},
		{"bytes that are not UTF-8", `<meta charset="gbk">` + encoded(t, "gbk", "新闻"), "", "c=\xff新", "c=\xff\xd0\xc2"},
		{"longer than the buffer", `<meta charset="gbk">` + encoded(t, "gbk", "新闻"), "", strings.Repeat("新", 1000), strings.Repeat("\xd0\xc2", 1000)},
	}
	for _, tt := range tests {
		encode := QueryEncoder([]byte(tt.body), tt.contentType, "a.example")
		if encode == nil {
			t.Errorf("%s: no encoder", tt.name)
		} else if got := encode(tt.query); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	for name, body := range map[string]string{
		"UTF-8":                  "<title>Zürich</title>",
		"a byte order mark":      "\xef\xbb\xbfx",
		"UTF-16":                 "\xff\xfex\x00",
		"ASCII":                  "<title>x</title>",
		"declared but not true":  `<meta charset="gbk">` + strings.Repeat("Zürich ", 30),
		"ASCII declared UTF-16":  `<meta charset="utf-16">`,
		"an encoding for no one": `<meta charset="x-user-defined">`,
	} {
		if QueryEncoder([]byte(body), "", "") != nil {
			t.Errorf("%s: an encoder", name)
		}
	}
}
