package keep

import (
	"net/http"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// Kept counts what a Keeper kept.
type Kept struct {
	Responses int            `json:"responses"`
	Revisits  int            `json:"revisits"`
	Articles  int            `json:"articles"`                     // readings of kind article, live, gallery, video
	New       int            `json:"new"`                          // of these, URLs that had none before
	Changed   int            `json:"changed"`                      // of these, other versions than before
	Stayed    []Stayed       `json:"stayed,omitempty"`             // articles whose last version stays, since they answered with something else
	Gone      int            `json:"gone,omitempty"`               // articles that the site has removed, as this run found
	Behind    int            `json:"behind_maintenance,omitempty"` // pages that have answered with nothing but a maintenance page, and are due again soon
	Reread    int            `json:"reread,omitempty"`             // unchanged pages that this extractor reads differently from the previous one
	Blocked   int            `json:"blocked,omitempty"`            // pages of bot walls in place of what was asked for
	Consent   int            `json:"consent,omitempty"`            // of these, questions about cookies
	Kinds     map[string]int `json:"kinds,omitempty"`
	Truncated map[string]int `json:"truncated,omitempty"` // by reason
	// Filled counts the articles that were read, as "read", and by field those of them
	// that have it. A text counts from leastText words on.
	Filled    map[string]int `json:"filled,omitempty"`
	Payload   int64          `json:"payload_bytes"`
	NoArticle map[string]int `json:"unread,omitempty"` // pages that gave no article, by reason
}

// Counts returns what was kept so far.
func (k *Keeper) Counts() Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.counts
	c.Kinds, c.Truncated, c.NoArticle, c.Filled = copyOf(c.Kinds), copyOf(c.Truncated), copyOf(c.NoArticle), copyOf(c.Filled)
	c.Stayed = k.stays.list()
	return c
}

// behind adds pages behind a maintenance page that was not known before.
func (k *Keeper) behind(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.counts.Behind += n
}

func copyOf(m map[string]int) map[string]int {
	if m == nil {
		return nil
	}
	c := make(map[string]int, len(m))
	for key, n := range m {
		c[key] = n
	}
	return c
}

func (k *Keeper) count(v *visit) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := &k.counts
	if v.captured.Type() == "revisit" {
		c.Revisits++
	} else {
		c.Responses++
		c.Payload += int64(len(v.captured.Payload))
	}
	k.countPage(v)
	if !v.Request.Gone && v.gone() {
		c.Gone++
	}
	if v.unread != "" {
		add(&c.NoArticle, v.unread)
	}
	if v.Truncated != "" {
		add(&c.Truncated, v.Truncated)
	}
}

// countPage counts what a page is. Pages that are not what their URL had before are
// also counted by their words, since they may turn out to be one and the same.
func (k *Keeper) countPage(v *visit) {
	c, kind, p := &k.counts, v.kind(), pageWords{}
	if kind != "" {
		add(&c.Kinds, string(kind))
		if k.stays.pages == nil {
			k.stays.pages = map[string]int{}
		}
		k.stays.pages[scraper.SiteOf(v.URL)]++
	}
	if v.isNew && v.a != nil || v.changed || v.why != "" {
		p = v.page()
	}
	same := k.stays.note(p, pageWords{title: v.held.Title, kind: article.Kind(v.held.Kind), words: v.held.Fingerprint})
	if same == nil {
		same = &samePage{kinds: map[string]int{}} // counted in no other way
	}
	if kind != "" && kind != article.KindBlocked {
		same.kinds[string(kind)]++
	}
	switch v.why {
	case catalog.ReasonWall:
		c.Blocked++
		if v.consent {
			c.Consent++
		}
	case catalog.ReasonPlaceholder:
		same.isKnown = true
		if p.maintenance && (v.held.Kind == "" || v.held.Kind == string(article.KindBlocked)) {
			c.Behind++
		}
	}
	if v.why == "" {
		k.countCurrent(v, same)
	} else {
		k.stays.countOther(v, same)
	}
}

// countCurrent counts an answer that is the current version of its URL.
func (k *Keeper) countCurrent(v *visit, same *samePage) {
	c := &k.counts
	delete(k.stays.moved, v.URL.String())
	if !v.kind().Story() || v.Status == http.StatusTooManyRequests {
		return
	}
	c.Articles++
	same.articles++
	if v.a != nil {
		c.fill(v.a)
	}
	switch {
	case v.isNew || !article.Kind(v.held.Kind).Story():
		c.New++
		same.isNew++
	case v.changed:
		c.Changed++
		same.changed++
		same.edits = addStayed(same.edits, Stayed{Count: 1, Example: v.URL.String()})
	}
}

// The members of Kept.Filled.
const (
	FilledRead      = "read"
	FilledTitle     = "title"
	FilledText      = "text"
	FilledPublished = "published"
)

// leastText is how many words a text has at least. Fewer are what is left where the
// text of a story is not found.
const leastText = 25

func (c *Kept) fill(a *article.Article) {
	add(&c.Filled, FilledRead)
	for field, has := range map[string]bool{
		FilledTitle: a.Title != "", FilledPublished: a.Published != "", FilledText: len(strings.Fields(a.Text)) >= leastText,
	} {
		if has {
			add(&c.Filled, field)
		}
	}
}

func add(m *map[string]int, key string) { addN(m, key, 1) }

func addN(m *map[string]int, key string, n int) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key] += n
}
