package parsers

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// placed is where a caption's medium stands on the page.
type placed struct {
	index int
	pos   int
}

// kinds are words before a credit, and the medium that each names.
var kinds = map[string]string{
	"video": "video", "vidéo": "video", "vídeo": "video", "видео": "video", "film": "video", "audio": "audio", "podcast": "audio",
	"graphic": "other", "map": "other", "illustration": "other", "grafik": "other", "chart": "other", "cartoon": "other",
}

const labels = `photos?|photograph|photography|photo credits?|picture|image credits?|images?|image source|foto(?:s|grafie)?|bild(?:er|quelle)?|quelle|crédits?(?: photo)?|credits?|courtesy(?: of)?|source|fonte|imagen|fotografía|créditos?|immagine|kuva|kilde|zdjęcie|źródło|фото|кредит|视频|写真|図|摄影|图片来源|사진|ảnh|` +
	`video|vidéo|vídeo|видео|graphic|map|illustration|grafik|audio|film|cartoon|chart`

var (
	labelTail = regexp.MustCompile(`(?i)\s*\(\s*(` + labels + `)\s*(?:by|von|par|per|di|:|：|/)\s*([^()]{2,100})\)\s*$`)
	slashTail = regexp.MustCompile(`\s*\(\s*((?:\p{Lu}[\p{L}\p{M}.'’ -]{1,50}|\p{Lu}{2,})(?:\s*/\s*[\p{Lu}\d][\p{L}\p{M}\d&.'’ -]{1,40}){1,5})\s*\)\s*$`)
	nameTail  = regexp.MustCompile(`\s*\(\s*([\p{Lu}][\p{L}\p{M}\d&.'’ ,-]{1,60}(?:\s+via\s+[\p{Lu}][\p{L} ]+)?)\s*\)\s*$`)
	signTail  = regexp.MustCompile(`\s*(?:©|\(c\)|&copy;)\s*(.{2,80})$`)
	barTail   = regexp.MustCompile(`\s+(?:\||—|–)\s+([^|—–]{2,80})$`)
	wordTail  = regexp.MustCompile(`(?i)(?:^|[.!?…"”»]?\s+|\s*[-–—|/]\s*)(` + labels + `)\s*(?:by\s+|von\s+|par\s+|[:：©|]\s*|by:\s*)(\S.{1,100})$`)
	labelHead = regexp.MustCompile(`(?i)^(?:` + labels + `)\s*(?:by|[:：©|/])\s*|^[©|(]\s*|^\(c\)\s*|^copyright\s*`)
)

// splitCredit takes the credit off a caption's end. known says that the text is
// a caption for sure: then forms are read that in a story would be prose.
func splitCredit(s string, known bool) (text, credit, media string) {
	media = "image"
	if !known && !strings.HasSuffix(s, ")") {
		return s, "", media // all that a story may glue ends in brackets
	}
	if m := labelTail.FindStringSubmatchIndex(s); m != nil {
		if k := kinds[strings.ToLower(s[m[2]:m[3]])]; k != "" {
			media = k
		}
		return strings.TrimSpace(s[:m[0]]), strings.TrimSpace(s[m[4]:m[5]]), media
	}
	if m := slashTail.FindStringSubmatchIndex(s); m != nil {
		parts := splitCredits(s[m[2]:m[3]])
		agency := known
		for _, p := range parts {
			agency = agency || agencies[fold(p)] || creditWords[fold(p)]
		}
		if agency {
			return strings.TrimSpace(s[:m[0]]), s[m[2]:m[3]], media
		}
	}
	if m := nameTail.FindStringSubmatchIndex(s); m != nil {
		c := s[m[2]:m[3]]
		lead, _, _ := strings.Cut(c, " ")
		if known || agencies[fold(c)] || agencies[fold(lead)] && block.CountWords(c) <= 4 {
			return strings.TrimSpace(s[:m[0]]), strings.TrimSpace(c), media
		}
	}
	if !known {
		return s, "", media
	}
	for _, re := range []*regexp.Regexp{wordTail, signTail, barTail} {
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		last := len(m) - 2
		c := strings.Trim(s[m[last]:m[last+1]], " .")
		if block.CountWords(c) > 10 {
			continue
		}
		if re == wordTail {
			if k := kinds[strings.ToLower(s[m[2]:m[3]])]; k != "" {
				media = k
			}
		}
		head := strings.TrimSpace(s[:m[0]])
		if m[0] < len(s) && strings.ContainsAny(s[m[0]:m[0]+1], ".!?\"”»") {
			head += s[m[0] : m[0]+1]
		}
		return head, c, media
	}
	return s, "", media
}

// creditWords qualify a credit and are no names.
var creditWords = map[string]bool{"pool": true, "file": true, "filephoto": true, "handout": true, "courtesy": true, "stock": true, "archive": true, "shutterstock": true, "gettyimages": true, "getty": true, "istock": true, "imago": true, "zuma": true, "epa": true, "nurphoto": true, "picturealliance": true, "alamy": true, "unsplash": true, "staff": true}

// splitCredits lists the parts of a credit: photographers, agencies, qualifiers.
func splitCredits(credit string) []string {
	var parts []string
	for p := range strings.SplitSeq(strings.NewReplacer(" via ", "/", " | ", "/", " – ", "/", "; ", "/").Replace(credit), "/") {
		if p = strings.Trim(p, " ,."); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// findCaptions reads the captions of the story's media, in order. Blocks that
// turn out to be captions leave the body.
func (x *index) findCaptions() ([]Caption, []placed) {
	var caps []Caption
	var places []placed
	seen := map[string]bool{}
	from, to := x.storyRange()
	add := func(c Caption, pos int) bool {
		key := fold(c.Text + c.Credit)
		if key == "" || seen[key] || len(caps) >= 200 {
			return false
		}
		seen[key] = true
		c.Credits = splitCredits(c.Credit)
		caps = append(caps, c)
		places = append(places, placed{len(caps) - 1, pos})
		return true
	}
	done := map[*html.Node]bool{}
	glued := x.gluedCaptions()
	g := 0
	for _, n := range x.Media {
		pos := x.Order[n]
		for g < len(glued) && glued[g].pos < pos {
			add(glued[g].caption, glued[g].pos)
			g++
		}
		box := captionBox(x, n)
		if box == nil || done[box] || pos < from || pos > to || x.foreign(box) {
			continue
		}
		done[box] = true
		if c, said, ok := x.readCaption(box); ok {
			add(c, pos)
			x.leaveOut(said)
		}
	}
	for ; g < len(glued); g++ {
		add(glued[g].caption, glued[g].pos)
	}
	return caps, places
}

// leaveOut takes what was read as a caption out of the body.
func (x *index) leaveOut(said string) {
	for _, b := range x.Blocks {
		if b.Keep && b.Text == said {
			b.Keep, b.Why = false, "caption"
		}
	}
}

// storyRange is where the story's media may stand: from a little above the title
// to the end of the body.
func (x *index) storyRange() (from, to int) {
	from, to = 1<<30, 0
	for _, b := range x.Blocks {
		if b.Keep {
			from, to = min(from, b.Pos()), max(to, b.Pos())
		}
	}
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			from = min(from, b.Pos())
		}
	}
	return from - 60, to + 40
}

// foreign media belong to other stories, the page's frame or nobody.
func (x *index) foreign(n *html.Node) bool {
	if block.Hidden(n) || inside(n, "nav", "footer", "aside") {
		return true
	}
	return x.HintsBelow(n, x.Body)&(block.HintRelated|block.HintAd|block.HintComment|block.HintSidebar|block.HintFooter|block.HintNewsletter|block.HintConsent) != 0
}

// captionBox is the element that holds a medium and its caption.
func captionBox(x *index, n *html.Node) *html.Node {
	if n.Data == "figure" || x.Hint(n)&block.HintCaptionBox != 0 {
		return n
	}
	for p, i := n.Parent, 0; p != nil && i < 4; p, i = p.Parent, i+1 {
		if p.Data == "figure" || x.Hint(p)&block.HintCaptionBox != 0 {
			return p
		}
		if p.Data == "body" || p.Data == "article" || p.Data == "main" {
			break
		}
		if c := x.captionBelow(p); c != nil && c != n {
			if len(block.VisibleText(p)) < 1200 {
				return p
			}
			return nil
		}
	}
	return nil
}

// captionBelow is the first element below p that is a caption by its name; nil if
// there is none. Many media share their ancestors, so that it is kept.
func (x *index) captionBelow(p *html.Node) *html.Node {
	if c, ok := x.captionOf[p]; ok {
		return c
	}
	var found *html.Node
	for c := range p.Descendants() {
		if c.Type == html.ElementNode && (c.Data == "figcaption" || x.Hint(c)&block.HintCaption != 0) {
			found = c
			break
		}
	}
	x.captionOf[p] = found
	return found
}

// readCaption reads the caption of a box; said is its text as it stands there.
func (x *index) readCaption(box *html.Node) (c Caption, said string, ok bool) {
	var caption, credit *html.Node
	prose := 0
	c.Media = "image"
	for n := range box.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		h := x.Hint(n)
		switch {
		case n.Data == "figcaption" && caption == nil:
			caption = n
		case h&block.HintCaption != 0 && caption == nil && n.FirstChild != nil && block.VisibleText(n) != "":
			caption = n
		case n.Data == "p" && !block.Within(n, caption) && len(block.TextOf(n)) > 200:
			prose++
		}
		if h&block.HintCredit != 0 && h&block.HintCaption == 0 && credit == nil && n != caption && block.VisibleText(n) != "" {
			credit = n
		}
		switch n.Data {
		case "video":
			c.Media = "video"
		case "audio":
			c.Media = "audio"
		}
		if c.MediaURL == "" {
			c.MediaURL = x.mediaURL(n)
		}
	}
	if prose > 2 {
		return c, "", false // an unclosed figure that swallowed the story
	}
	text := ""
	if caption != nil {
		text = block.VisibleText(caption)
		if utf8.RuneCountInString(text) > 2000 {
			return c, "", false
		}
	}
	said = text
	if credit != nil {
		c.Credit = block.VisibleText(credit)
		if utf8.RuneCountInString(c.Credit) > 150 {
			c.Credit = ""
		} else {
			text = strings.TrimSpace(strings.Replace(text, c.Credit, "", 1))
			c.Credit = strings.Trim(labelHead.ReplaceAllString(c.Credit, ""), " ()|.")
		}
	}
	if c.Credit == "" {
		media := ""
		text, c.Credit, media = splitCredit(text, true)
		c.Credit = strings.Trim(labelHead.ReplaceAllString(c.Credit, ""), " ()|.")
		if media != "image" {
			c.Media = media
		}
	}
	c.Text = strings.Trim(text, " |")
	return c, said, c.Text != "" || c.Credit != ""
}

// mediaURL is the address of a picture or player as the page uses it.
func (x *index) mediaURL(n *html.Node) string {
	switch n.Data {
	case "img", "amp-img", "video", "audio", "source":
	case "iframe":
		return x.resolve(block.Attr(n, "src"))
	default:
		return ""
	}
	for _, key := range []string{"data-src", "data-lazy-src", "data-original", "src"} {
		if v := block.Attr(n, key); v != "" && !strings.HasPrefix(v, "data:") {
			return x.resolve(v)
		}
	}
	if set := block.Attr(n, "srcset"); set != "" {
		first, _, _ := strings.Cut(strings.TrimSpace(set), " ")
		return x.resolve(strings.TrimSuffix(first, ","))
	}
	return ""
}

type gluedCaption struct {
	caption Caption
	pos     int
}

// gluedCaptions finds captions that a CMS glued into the story as text: short
// lines that end in a credit, as in "… on June 19. (Video: The Post)". A
// story's own brackets stay where they are: they are no credit, or their
// paragraph is long.
func (x *index) gluedCaptions() []gluedCaption {
	var res []gluedCaption
	for _, b := range x.Blocks {
		if !b.Keep || b.Words > 70 || b.Words < 5 || b.Flags&(block.InHeading|block.InQuote|block.InPre|block.InTable) != 0 {
			continue
		}
		text, credit, media := splitCredit(b.Text, false)
		if credit == "" || text == "" || strings.HasSuffix(text, "”") || strings.HasSuffix(text, `"`) {
			continue
		}
		// After a sentence, or a lone line: within a sentence brackets are prose.
		if end, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".!?…。", end) && b.Words > 40 {
			continue
		}
		b.Keep, b.Why = false, "caption"
		url := ""
		if prev := x.mediaBefore(b); prev != nil {
			url = x.mediaURL(prev)
			if prev.Data == "video" {
				media = "video"
			}
		}
		res = append(res, gluedCaption{Caption{Text: text, Credit: credit, Media: media, MediaURL: url}, b.Pos()})
	}
	return res
}

// mediaBefore is the medium directly before a block, with no text between.
func (x *index) mediaBefore(b *block.Block) *html.Node {
	prev := 0
	for i := b.N - 1; i >= 0; i-- {
		if x.Blocks[i].Keep {
			prev = x.Blocks[i].Pos()
			break
		}
	}
	var found *html.Node
	for _, n := range x.Media {
		pos := x.Order[n]
		if pos > prev && pos <= b.Pos()+5 && (n.DataAtom == atom.Img || n.DataAtom == atom.Video || n.DataAtom == atom.Iframe || n.DataAtom == atom.Audio) && (pos < b.Pos() || block.Within(n, b.Node)) {
			found = n
		}
	}
	return found
}
