package main

import (
	"bytes"
	"unicode/utf8"
)

// escapeKeys are the keys that terminals send as escape sequences.
var escapeKeys = map[string]string{
	"[A": "up", "[B": "down", "[H": "home", "[F": "end", "OA": "up", "OB": "down", "OH": "home", "OF": "end",
	"[1~": "home", "[4~": "end", "[5~": "pageup", "[6~": "pagedown", "[7~": "home", "[8~": "end",
}

// cutEscape cuts an escape sequence: ESC O and a letter, or ESC [, parameters and a
// final byte (ECMA-48, section 5.4). ESC alone is the escape key.
func cutEscape(b []byte) (key string, rest []byte) {
	if len(b) < 2 || b[1] != '[' && b[1] != 'O' {
		return "escape", b[1:]
	}
	end := 3
	if b[1] == '[' {
		final := bytes.IndexFunc(b[2:], func(r rune) bool { return r >= 0x40 })
		if final < 0 {
			return "unknown", nil
		}
		end = 2 + final + 1
	}
	if end > len(b) {
		return "unknown", nil
	}
	if name, ok := escapeKeys[string(b[1:end])]; ok {
		return name, b[end:]
	}
	return "unknown", b[end:]
}

// cutRune cuts a character.
func cutRune(b []byte) (key string, rest []byte) {
	if !utf8.FullRune(b) {
		return "", b
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError {
		return "unknown", b[n:]
	}
	return string(r), b[n:]
}
