package contacts

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// storyRange is where most of the kept text stands together: the story, without
// a line far below it that was kept too.
func storyRange(blocks []*block.Block, kept block.Kept) (from, to int) {
	const gap = 40
	from, to = 0, -1
	best, words, start, last := 0, 0, -1, -1
	end := func() {
		if start >= 0 && words > best {
			best, from, to = words, start, last
		}
	}
	for i, b := range blocks {
		if !kept.Has(b) {
			continue
		}
		if start < 0 || i-last > gap {
			end()
			start, words = i, 0
		}
		words += b.Words
		last = i
	}
	end()
	return from, to
}

// story reports whether a block is within the story. The page's own footer never
// is, whatever the choice of the body.
func (r *contactReader) story(n int) bool {
	return !r.all && n >= r.from && n <= r.to && r.page.Blocks[n].Flags&(block.InFooter|block.InArticle) != block.InFooter
}

// aroundStory is story with what stands beside it in the article's own element: its
// boxes may name somebody's numbers and addresses.
func (r *contactReader) aroundStory(b *block.Block) bool {
	if r.story(b.N) {
		return true
	}
	return !r.all && !r.mail[b.N] && b.Flags&block.InArticle != 0 && b.Flags&block.InAddress == 0 && r.to >= r.from && b.N > r.from-15 && b.N < r.to+15
}

var contactPath = text.MustCompile(`(?i)(?:^|[/_.-])(?:contacts?(?:[-_]?us)?|kontakte?|kontakta(?:[-_]oss)?|kontakt[-_]oss|contacto|contactanos|contatti|contato|contactez(?:[-_]nous)?|nous[-_]contacter|impressum|imprint|mentions[-_]legales|aviso[-_]legal|quienes[-_]somos|chi[-_]siamo|quem[-_]somos|redaktion|redakcja|redakce|redaccion|redazione|la[-_]redaction|yhteystiedot|iletisim|kunye|masthead|colofon|colophon|staff|our[-_]team|about[-_]us|advertise(?:[-_]with[-_]us)?|redakcia|kapcsolat|impresszum|kontakty|hubungi[-_]kami|tentang[-_]kami|lien[-_]he|om[-_]oss|om[-_]os|ueber[-_]uns)(?:\.\w{2,5})?$`)

var contactTitle = text.MustCompile(`(?i)^(?:contact(?: us)?|contacts|get in touch|impressum|imprint|kontakt|kontakta oss|kontakt oss|contacto|contáctenos|contáctanos|contatti|contato|fale conosco|contactez[- ]nous|nous contacter|mentions légales|yhteystiedot|iletişim|künye|masthead|colofon|redaktion|die redaktion|redakcja|redazione|redacción|our team|staff|контакты|контакти|редакция|επικοινωνία|联系我们|聯絡我們|お問い合わせ|연락처|اتصل بنا|تماس با ما)$`)

// isContactPage reports whether a page is about how to reach the publication, by
// its address or its only heading.
func isContactPage(p *doc.Page) bool {
	if p.Input.URL != nil {
		path := strings.TrimSuffix(p.Input.URL.Path, "/")
		if len(path) < 80 && contactPath.MatchString(path) && strings.Count(path, "-") < 3 {
			return true
		}
	}
	return len(p.H1) == 1 && contactTitle.MatchString(strings.TrimSpace(p.H1[0].Text))
}

// framed reports whether a passage stands where sites print contacts.
func (r *contactReader) framed(p *passage) bool {
	return !p.story && (r.all || p.flags&(block.InFooter|block.InAddress) != 0 || p.hints&block.HintFooter != 0 || r.near[p.n] || strings.Contains(p.text, "©"))
}

// framedBlock is framed for a block, or one below the story.
func (r *contactReader) framedBlock(b *block.Block) bool {
	return r.all || r.near[b.N] || b.Flags&(block.InFooter|block.InAddress) != 0 || r.page.Elems[b.Elem].PathHints&block.HintFooter != 0 || r.tail(b) || strings.Contains(b.Text, "©")
}

// tail reports whether a block stands below the story, in a short line of its
// own: where sites without a footer element have theirs.
func (r *contactReader) tail(b *block.Block) bool {
	const other = block.HintRelated | block.HintAd | block.HintPromo | block.HintComment | block.HintNewsletter | block.HintShare
	return r.to >= r.from && b.N > r.to+3 && b.Words <= 30 && b.Flags&(block.InArticle|block.InHeading|block.InNav|block.InForm|block.InLink) == 0 && r.page.Elems[b.Elem].PathHints&other == 0
}

// beside reports whether a passage stands just below the story and belongs to
// it: there it says whom the story is about, or where it is from.
func (r *contactReader) beside(p *passage) bool {
	if r.all || p.story || p.n <= r.to || p.n > r.to+8 || r.to < r.from || p.flags&(block.InFooter|block.InAside|block.InAddress) != 0 {
		return false
	}
	return p.flags&block.InArticle != 0 || near(r.page.Blocks[r.to].Node, p.node, 2)
}

// markedSelector are the elements that say themselves that they are an address.
var markedSelector = doc.Select(`[itemtype$="PostalAddress"], [itemprop="address"]`)

// isMarked reports whether the page itself says that a block is an address.
func (r *contactReader) isMarked(b *block.Block) bool {
	const depth = 3
	if r.marked == nil {
		found := r.page.Select(markedSelector)
		r.marked = make(map[int]bool, found.Length())
		for _, n := range found.Nodes {
			r.marked[r.page.Order[n]] = true
		}
	}
	if len(r.marked) == 0 {
		return false
	}
	for i, up := b.Elem, 0; i > 0 && up < depth; i, up = int(r.page.Elems[i].Parent), up+1 {
		if r.marked[i] {
			return true
		}
	}
	return false
}
