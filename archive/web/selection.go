package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// selectionKeys are the parameters of an address that select articles.
var selectionKeys = []string{"q", "fts", "site", "section", "author", "language", "kind", "since", "until"}

// SelectionOnly returns the parameters of an address that select articles, without empty
// values.
func SelectionOnly(q url.Values) url.Values {
	only := url.Values{}
	for _, key := range selectionKeys {
		for _, v := range q[key] {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(only[key], v) {
				only.Add(key, v)
			}
		}
	}
	return only
}

// selectionOf reads what the parameters of an address select, as those of /articles.
func selectionOf(q url.Values) (f catalog.Filter, err error) {
	if q.Get("fts") != "" {
		return f, refuse("exports select by words, and cannot have the operators of a search")
	}
	b, err := readBrowse(SelectionOnly(q))
	if err == nil {
		err = b.check()
	}
	return b.filter(), err
}

// selectionWords says in words what is selected.
func selectionWords(q url.Values) string {
	q = SelectionOnly(q)
	kinds := "all articles"
	switch {
	case slices.Contains(q["kind"], "all"):
		kinds = "pages of all kinds"
	case len(q["kind"]) > 0:
		kinds = "pages of kind " + either(q["kind"])
	}
	var parts []string
	for _, p := range []struct{ key, text string }{
		{"q", "with the words %s"}, {"site", "of %s"}, {"section", "in the section %s"}, {"author", "by %s"}, {"language", "in the language %s"},
	} {
		if len(q[p.key]) > 0 {
			parts = append(parts, fmt.Sprintf(p.text, either(q[p.key])))
		}
	}
	since, until := q.Get("since"), q.Get("until")
	switch {
	case since != "" && since == until:
		parts = append(parts, "published in "+since)
		if len(since) == len(time.DateOnly) {
			parts[len(parts)-1] = "published on " + since
		}
	case since != "" && until != "":
		parts = append(parts, "published from "+since+" to "+until)
	case since != "":
		parts = append(parts, "published since "+since)
	case until != "":
		parts = append(parts, "published until "+until)
	}
	if len(parts) == 0 {
		return kinds
	}
	return strings.TrimPrefix(kinds, "all ") + " " + strings.Join(parts, ", ")
}

// either joins alternatives.
func either(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "“" + v + "”"
	}
	if n := len(quoted); n > 1 {
		return strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	return quoted[0]
}
