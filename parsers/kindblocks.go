package parsers

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blockCounts is what the blocks say of a page.
type blockCounts struct {
	cards int // headings and items that are links as a whole, outside of the page's frame
	posts int // those of them that a text follows, or teasers that end in a link to the rest
	run   int // words of prose side by side, as a story's paragraphs are and teasers are not

	words, bytes, linkBytes int  // of the page without its frame
	paragraphs, items       int  // words of the story in paragraphs; in lists and tables
	inArticle               bool // the story stands in an article element
}

// countBlocks reads the page's blocks once.
func (k *kindReader) countBlocks() (n blockCounts) {
	const chrome = block.InNav | block.InFooter | block.InHidden | block.InForm | block.InDialog
	side := map[*html.Node]int{} // words of prose by the element that holds it
	headed := false              // the last heading is a link, and no text followed yet
	more := 0
	for _, b := range k.page.Blocks {
		if b.Flags&chrome != 0 {
			continue
		}
		kept := k.story.Kept(b)
		n.add(b, kept)
		switch {
		case b.LinkBytes*10 >= len(b.Text)*8:
			if isCard(b) {
				n.cards++
			}
			headed = headed || b.Flags&block.InHeading != 0 && b.Words >= 2
			if b.Words <= 4 && len(b.Text) < 40 && readOn[text.Fold(b.Text)] {
				more++
			}
		case b.Words >= 15 && b.LinkBytes*3 < len(b.Text):
			teaser := headed && b.Words < 120
			headed = false
			if teaser {
				n.posts++
			} else if kept {
				n.run = max(n.run, addProse(side, b))
			}
		}
	}
	n.posts = max(n.posts, more)
	return n
}

// add counts a block's words.
func (n *blockCounts) add(b *block.Block, kept bool) {
	n.bytes += len(b.Text)
	n.linkBytes += b.LinkBytes
	n.words += b.Words
	if !kept {
		return
	}
	switch {
	case b.Flags&(block.InList|block.InTable) != 0:
		n.items += b.Words
	case b.Flags&block.InParagraph != 0:
		n.paragraphs += b.Words
	}
	n.inArticle = n.inArticle || b.Flags&block.InArticle != 0
}

// isCard reports whether a block that is a link leads to another story.
func isCard(b *block.Block) bool {
	return b.Words >= 3 && b.Flags&block.InHeading != 0 || b.Words >= 4 && b.Node.DataAtom != atom.Td
}

// addProse adds a block's words to those of the element that holds it beside
// others, and returns how many that element has now. A long block counts alone too.
func addProse(side map[*html.Node]int, b *block.Block) int {
	in := b.Node
	if b.Flags&block.InParagraph != 0 || in.DataAtom == atom.Li || in.DataAtom == atom.Div {
		in = in.Parent
	}
	most := 0
	if b.Words >= 60 {
		side[b.Node] = b.Words
		most = b.Words
	}
	side[in] += b.Words
	return max(most, side[in])
}

// readOn are the texts of links at the end of a teaser, folded.
var readOn = text.Set("readmore continuereading readon readarticle fullstory more weiterlesen mehr mehrlesen weiter zumartikel artikellesen lirelasuite lireplus ensavoirplus leermás seguirleyendo más leggitutto continua leggi lermais continuelendo leesmeer leesverder lesmer læsmere läsmer czytajdalej czytajwięcej больше читатьдалее подробнее číst vícezde devamınıoku selengkapnya bacaselengkapnya المزيد اقرأالمزيد 続きを読む もっと見る 阅读更多 阅读全文 더보기")
