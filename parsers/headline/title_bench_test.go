package headline_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/headline"
)

func BenchmarkTitle(b *testing.B) {
	body := `<header><a href="/">Bay Times</a></header><main><h1>Ferry stays in port</h1>`
	for range 40 {
		body += prose + `<h2>Ferry | Port: the third day - again</h2>`
	}
	p := page(b, "/traffic/ferry-stays-in-port", `<title>Ferry stays in port | Traffic | Bay Times</title><meta property="og:title" content="Ferry stays in port - Bay Times">`, body)
	for b.Loop() {
		headline.Title(p)
	}
}
