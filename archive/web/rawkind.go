package web

import (
	"mime"
	"net/http"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/web/replay"
)

// safeKinds are the types, other than those of pages and style sheets, that browsers are
// told: what they do with them is to show a picture, use a font, play a film or sound.
// Drawings run no scripts, by the policy that is sent with them.
var safeKinds = map[string]string{
	"image/png": "", "image/jpeg": "", "image/gif": "", "image/webp": "", "image/avif": "", "image/apng": "", "image/bmp": "", "image/svg+xml": "",
	"image/x-icon": "", "image/vnd.microsoft.icon": "", "image/tiff": "", "image/heic": "", "image/jxl": "",
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png", "image/ico": "image/x-icon", "image/svg": "image/svg+xml",
	"font/woff": "", "font/woff2": "", "font/ttf": "", "font/otf": "", "font/collection": "", "font/sfnt": "",
	"application/font-woff": "font/woff", "application/x-font-woff": "font/woff", "application/font-woff2": "font/woff2", "application/x-font-woff2": "font/woff2",
	"application/x-font-ttf": "font/ttf", "application/x-font-truetype": "font/ttf", "application/x-font-otf": "font/otf", "application/x-font-opentype": "font/otf",
	"application/font-sfnt": "font/sfnt", "application/vnd.ms-opentype": "font/otf", "application/vnd.ms-fontobject": "",
	"audio/mpeg": "", "audio/mp4": "", "audio/aac": "", "audio/ogg": "", "audio/wav": "", "audio/x-wav": "audio/wav", "audio/webm": "", "audio/flac": "", "audio/mp3": "audio/mpeg",
	"video/mp4": "", "video/webm": "", "video/ogg": "", "video/quicktime": "", "video/x-m4v": "video/mp4", "video/mp2t": "",
	"text/plain": "", "text/html": "", "application/xhtml+xml": "text/html", "text/css": "",
}

// fontSigns are how fonts begin.
var fontSigns = map[string]string{"wOFF": "font/woff", "wOF2": "font/woff2", "OTTO": "font/otf", "\x00\x01\x00\x00": "font/ttf", "true": "font/ttf"}

// kindOf is the type that browsers are told of a payload: one of safeKinds, or "" if it is
// sent as a file. contentType is what its server said; where that is nothing, or a type
// that means nothing, the first bytes decide.
func kindOf(contentType string, body []byte, modifier string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, _, _ = strings.Cut(contentType, ";")
		kind, _, _ = strings.Cut(kind, ",")
		kind = strings.ToLower(strings.TrimSpace(kind))
	}
	switch kind {
	case "", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download", "unknown/unknown", "*/*", "text/plain":
		if sniffed := sniff(body); sniffed != "" && !(kind == "text/plain" && sniffed == "text/html") {
			kind = sniffed
		}
	}
	if modifier == replay.Style && (kind == "text/plain" || kind == "") {
		return "text/css" // as browsers take it where the page is old
	}
	as, ok := safeKinds[kind]
	switch {
	case !ok:
		return ""
	case as != "":
		return as
	}
	return kind
}

// sniff tells a type from the first bytes.
func sniff(body []byte) string {
	for sign, kind := range fontSigns {
		if strings.HasPrefix(string(body[:min(len(body), 4)]), sign) {
			return kind
		}
	}
	if kind, _, _ := strings.Cut(http.DetectContentType(body), ";"); kind != "application/octet-stream" {
		return kind
	}
	return ""
}
