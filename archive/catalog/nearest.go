package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

// maxVocabulary is how many words NearestWord compares.
const maxVocabulary = 20_000

// A nearWord is a word of the index that is like another.
type nearWord struct {
	word     string
	distance int
	docs     int
}

// NearestWord returns the folded word of the index that is most like a word that finds
// nothing, with the same two characters first; "" if the word is in the index, or none
// is like it.
func (c *Catalog) NearestWord(ctx context.Context, word string) (string, error) {
	word = words.Fold(word)
	if n := utf8.RuneCountInString(word); n < 3 || len(word) > 60 || len(words.Parse(word).Words()) != 1 {
		return "", nil
	}
	// Most words are in the index, which is seen at once; those like it take longer to find.
	if docs, err := c.countDocs(ctx, Filter{Query: word}, 1); err != nil || docs > 0 {
		return "", err
	}
	near, err := c.nearWords(ctx, word)
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	for _, n := range near[:min(len(near), 5)] {
		// The vocabulary may have words of versions that are no longer current.
		if docs, err := c.countDocs(ctx, Filter{Query: n.word}, 1); err != nil || docs > 0 {
			return n.word, err
		}
	}
	return "", nil
}

// nearWords returns words that are like another, the most like it first.
func (c *Catalog) nearWords(ctx context.Context, word string) (near []nearWord, err error) {
	_, first := utf8.DecodeRuneInString(word)
	_, second := utf8.DecodeRuneInString(word[first:])
	begin := word[:first+second]
	rows, err := c.db.QueryContext(ctx, "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? LIMIT ?", begin, begin+"\U0010ffff", maxVocabulary)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	most := 1 + min(1, utf8.RuneCountInString(word)/5)
	for rows.Next() {
		n := nearWord{}
		if err := rows.Scan(&n.word, &n.docs); err != nil {
			return nil, err
		}
		if n.distance = words.Distance(word, n.word); n.distance <= most {
			near = append(near, n)
		}
	}
	slices.SortFunc(near, func(a, b nearWord) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.docs, a.docs), cmp.Compare(a.word, b.word))
	})
	return near, rows.Err()
}
