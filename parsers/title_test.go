package parsers

import (
	"net/url"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// titledPage reads a page from its source.
func titledPage(t testing.TB, address, source string) *article.Article {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	a, err := new(Parser).Parse(&article.Page{URL: u, HTML: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const prose = `<p>The ferry that crosses the bay was out of service for the third day in a row, and those who had to go to work on the other side went around by bus.</p>
<p>The company said that a part for the engine had been ordered in May and had not been sent. It did not say when the ferry would be back in service.</p>`
