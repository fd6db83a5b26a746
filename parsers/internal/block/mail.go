package block

import (
	"encoding/hex"
	"strings"
)

// ProtectedMail undoes Cloudflare's protection of an e-mail address, which stands in
// an attribute or an address as hexadecimal digits; the first byte is the key. It
// returns "" for what is none.
func ProtectedMail(code string) string {
	if end := strings.IndexFunc(code, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); end >= 0 {
		code = code[:end]
	}
	if len(code) > 1000 {
		return ""
	}
	raw, err := hex.DecodeString(code)
	if err != nil || len(raw) < 4 {
		return ""
	}
	out := make([]byte, len(raw)-1)
	for i := range out {
		out[i] = raw[i+1] ^ raw[0]
	}
	return Clean(string(out))
}
