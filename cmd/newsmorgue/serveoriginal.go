package main

import (
	"github.com/newsmorgue/newsmorgue/parsers/charset"
)

// decodeText decodes an archived page or style sheet as a crawl does.
func decodeText(body []byte, contentType, host string) []byte {
	text, err := charset.Decode(body, contentType, host)
	if err != nil {
		return body
	}
	return text
}
