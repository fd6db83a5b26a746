package block

import "golang.org/x/net/html"

// Following is the next node below top in document order; nil after the last one.
func Following(top, n *html.Node) *html.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	return Past(top, n)
}

// Past is the next node below top that does not stand in n; nil after the last one, and
// where n was taken out of top.
func Past(top, n *html.Node) *html.Node {
	for n != top && n.NextSibling == nil {
		if n = n.Parent; n == nil {
			return nil
		}
	}
	if n == top {
		return nil
	}
	return n.NextSibling
}
