package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Archived finds which URLs have a story that is not suppressed, of any kind, and returns
// the stories' IDs by URL. A URL also has that of the same URL with the other of http and
// https, or with or without a slash at the end; a fragment does not matter.
func (c *Catalog) Archived(ctx context.Context, urls []string) (map[string]string, error) {
	var keys []int64
	variants := map[string][]storyKey{}
	for _, u := range urls {
		if _, done := variants[u]; done {
			continue
		}
		for _, v := range spellings(u) {
			k := storyOf(v)
			variants[u] = append(variants[u], k)
			keys = append(keys, int64(k))
		}
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	found, err := storiesWhere(ctx, c.db, "SELECT story FROM stories WHERE story IN (SELECT value FROM json_each(?))", string(list))
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	known := map[storyKey]bool{}
	for _, k := range found {
		known[k] = true
	}
	archived := map[string]string{}
	for u, keys := range variants {
		if i := slices.IndexFunc(keys, func(k storyKey) bool { return known[k] }); i >= 0 {
			archived[u] = keys[i].String()
		}
	}
	return archived, nil
}

// spellings are a URL without its fragment and the other ways in which the same page is
// often linked, the likeliest first; none if it is not of http or https.
func spellings(u string) []string {
	u, _, _ = strings.Cut(u, "#")
	scheme, rest, ok := strings.Cut(u, "://")
	other := map[string]string{"https": "http", "http": "https"}[scheme]
	if !ok || other == "" {
		return nil
	}
	slash := rest + "/"
	if s, ok := strings.CutSuffix(rest, "/"); ok {
		slash = s
	}
	return []string{u, other + "://" + rest, scheme + "://" + slash, other + "://" + slash}
}
