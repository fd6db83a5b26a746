package parsers_test

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// Changes that ask for the story as a whole: one as long as a book, and one below which
// the page has loaded the next.

// lengthen repeats the story's paragraphs until it has 20,000 words; if numbered, each
// says where it stands, so that no two are alike.
func lengthen(numbered bool) func(*changedPage) bool {
	return func(c *changedPage) bool { return c.lengthen(numbered) }
}

func (c *changedPage) lengthen(numbered bool) bool {
	last := c.story[len(c.story)-1]
	var paragraphs []string
	words := block.CountWords(c.want)
	for _, n := range c.story {
		if n.Parent == last.Parent {
			paragraphs = append(paragraphs, block.VisibleText(n))
		}
	}
	var b strings.Builder
	b.WriteString(c.want)
	for i := 0; words < 20_000; i++ {
		s := paragraphs[i%len(paragraphs)]
		if numbered {
			s = fmt.Sprintf("%s That was number %d of them.", s, i+1)
		}
		words += block.CountWords(s)
		b.WriteString("\n\n" + s)
		p := &html.Node{Type: html.ElementNode, Data: last.Data, DataAtom: last.DataAtom, Attr: last.Attr}
		p.AppendChild(&html.Node{Type: html.TextNode, Data: s})
		last.Parent.InsertBefore(p, last.NextSibling)
		last = p
	}
	c.want = b.String()
	return true
}

var nextStory = piece{`<article class="story next-story"><header><h1><a href="/next">%s</a></h1><p class="byline">By <a href="/authors/orla-finch">Orla Finch</a></p><time datetime="2024-04-02T08:00:00Z">April 2, 2024</time></header>
	<div class="story-body"><p>%s</p><p>%s</p><p>%s</p><p>%s</p><p>%s</p></div></article>`, []string{
	"The clock of the corn hall runs again",
	"After eleven years at twenty past four, the clock of the corn hall began to move again on Tuesday, and within the hour it was wrong by six minutes.",
	"Its keeper, who is eighty-one, said that six minutes was nothing to be ashamed of in a clock that had been asleep since the flood and had no oil left in it.",
	"The council paid for a new spring and for two days of work by a maker of watches from the valley, who would not say what he had found inside the case.",
	"People who pass the hall have begun to stop and compare, and the bakery across the square has hung a note in its window that gives the difference each morning.",
	"By the end of the month it should be right to the minute, the keeper said, or else the square would have to get used to a time of its own.",
}}
