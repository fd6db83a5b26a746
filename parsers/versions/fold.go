package versions

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold is a text without what a cosmetic edit changes: two texts are the same but
// for case and typography if their folds are equal. Spaces stay between words, so
// that "a part" is not "apart".
func fold(s string) string {
	if isASCII(s) {
		return foldASCII(s)
	}
	s = norm.NFC.String(s)
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	last, pending := rune(0), false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			pending = true
			continue
		case isInvisible(r):
			continue
		}
		r = foldRune(r)
		if pending && isWordRune(last) && isWordRune(r) && !isUnspaced(last) && !isUnspaced(r) {
			b.WriteByte(' ')
		}
		pending = false
		if r == '…' {
			b.WriteString("...")
			last = '.'
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldASCII is fold of ASCII: the same, faster.
func foldASCII(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last, pending := byte(0), false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			pending = true
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '\'' || c == '`':
			c = '"'
		}
		if pending && isWordByte(last) && isWordByte(c) {
			b.WriteByte(' ')
		}
		b.WriteByte(c)
		last, pending = c, false
	}
	return b.String()
}

func isWordByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// isFolded reports whether a text is made of small ASCII letters, digits and single
// spaces between them.
func isFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == ' ' && i > 0 && i+1 < len(s) && s[i-1] != ' ':
		default:
			return false
		}
	}
	return true
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isInvisible reports soft hyphens, joiners, direction marks, byte order marks and
// variation selectors.
func isInvisible(r rune) bool {
	switch {
	case r == 0xad, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xfeff, r == 0xfe0e, r == 0xfe0f:
		return true
	}
	return false
}

// digitZeros are the zeros of decimal digits; nine more follow each.
var digitZeros = []rune{0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810}

// foldRune folds case, quotation marks, dashes, full-width forms and digits.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '\'' || r == '`':
			return '"'
		}
		return r
	}
	if r >= 0xff01 && r <= 0xff5e {
		return foldRune(r - 0xfee0)
	}
	switch r {
	case '‘', '’', '‚', '‛', '“', '”', '„', '‟', '«', '»', '‹', '›', '′', '″', '´', 'ʼ', '״', '׳', '「', '」', '『', '』', '〝', '〞', '〟':
		return '"'
	case '‐', '‑', '‒', '–', '—', '―', '−', '־', '﹘', '﹣':
		return '-'
	case '·', '•', '‧':
		return '·'
	case '。', '｡':
		return '.'
	}
	if r >= 0x660 && r <= 0x1819 && unicode.IsDigit(r) {
		for _, zero := range digitZeros {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
	}
	return unicode.ToLower(r)
}

// trackers are query parameters that say where a reader came from, or a session, and
// do not select a page. A name that ends in * is a prefix. They are the crawler's
// (scraper's normalize.go, which cannot be imported here) and three more click ids.
var trackers = []string{
	"utm_*", "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid",
	"_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_enc_id", "oly_anon_id", "s_cid", "ncid", "cmpid",
	"at_medium", "at_campaign", "at_custom*", "ref_src", "ref_url", "xtor", "wt_mc", "wt_zmc", "__twitter_impression",
	"phpsessid", "jsessionid", "sessionid", "aspsessionid*",
	"gclsrc", "ttclid", "_openstat",
}

// foldURL is an address without its scheme, "www.", trackers, fragment and a slash at
// the end.
func foldURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > 8192 {
		return s
	}
	var kept []string
	for _, part := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if part != "" && !isTracker(strings.ToLower(name)) {
			kept = append(kept, part)
		}
	}
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	return host + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + strings.Join(kept, "&")
}

func isTracker(name string) bool {
	for _, t := range trackers {
		if prefix, all := strings.CutSuffix(t, "*"); name == t || all && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
