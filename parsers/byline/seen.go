package byline

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// foldKeys sets the names' folded forms.
func foldKeys(names []authorName) {
	for i := range names {
		names[i].key = text.Fold(names[i].Name)
	}
}

// sameName reports whether two names are one, perhaps in a fuller form.
func sameName(a, b *authorName) bool {
	if a.key == b.key {
		return a.key != ""
	}
	if len(a.key) > len(b.key) {
		a, b = b, a
	}
	if len(a.key) < 4 || len(b.key) > 3*len(a.key) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(a.key); r >= 0x2e80 { // a name of three letters is none of two
		return strings.Contains(b.Name, " ") && !strings.Contains(a.Name, " ") && strings.HasSuffix(b.Name, " "+a.Name)
	}
	if !strings.Contains(a.Name, " ") || !strings.Contains(b.Name, " ") {
		return strings.HasPrefix(b.key, a.key) || strings.HasSuffix(b.key, a.key)
	}
	return sameWords(strings.Fields(a.Name), strings.Fields(b.Name))
}

// sameWords reports whether the words of a name are all in a fuller one, in their
// order; its first word may be short for the other's: "J. Doe".
func sameWords(short, long []string) bool {
	i := 0
	for _, w := range long {
		if i < len(short) && (text.EqualFold(short[i], w) || i == 0 && shortFor(short[0], w)) {
			i++
		}
	}
	return i == len(short)
}

// shortFor reports whether a given name is an initial or the beginning of another.
func shortFor(short, long string) bool {
	s, l := text.Fold(short), text.Fold(long)
	return s != "" && strings.HasPrefix(l, s) && (strings.HasSuffix(short, ".") || len(s) >= 3)
}

// seen is where a reader sees a name: 2 near the title, 1 elsewhere, 0 nowhere.
func (x *reader) seen(name string) int {
	folded := text.Fold(name)
	if folded == "" {
		return 0
	}
	if where, ok := x.shown[folded]; ok {
		return where
	}
	where := x.lookFor(name, folded)
	x.shown[folded] = where
	return where
}

// lookFor looks for a name on the page, as printed or, in short blocks, folded.
func (x *reader) lookFor(name, folded string) int {
	where := 0
	x.foldShort()
	for i, b := range x.Blocks {
		if len(b.Text) < len(name) || b.Flags&block.InHidden != 0 {
			continue
		}
		if !strings.Contains(b.Text, name) && !strings.Contains(x.folded[i], folded) || isImprint(b) {
			continue
		}
		if x.titleN >= 0 && b.N >= x.titleN-4 && b.N <= x.titleN+12 && b.N != x.titleN && b.Words < 25 {
			return 2
		}
		where = 1
	}
	return where
}

// foldShort folds the short blocks of the page, once.
func (x *reader) foldShort() {
	if x.folded != nil {
		return
	}
	x.folded = make([]string, len(x.Blocks))
	for i, b := range x.Blocks {
		if len(b.Text) <= 160 && b.Flags&block.InHidden == 0 {
			x.folded[i] = text.Fold(b.Text)
		}
	}
}

// isImprint reports whether a block names the publication rather than an author.
func isImprint(b *block.Block) bool {
	return b.Flags&block.InFooter != 0 && b.Flags&block.InArticle == 0 || strings.Contains(b.Text, "©") || strings.Contains(strings.ToLower(b.Text[:min(len(b.Text), 40)]), "copyright")
}

// readPage counts the paragraphs of the story, the captions, and the credits for other
// work than writing that have each of the names.
func (x *reader) readPage(all []*candidate) {
	for _, b := range x.Blocks {
		prose, caption := x.kept.Has(b) && b.Words >= 12, b.Flags&(block.InCaption|block.InFigure) != 0
		if !prose && !caption && (b.Words > 40 || b.Flags&block.InHidden != 0) {
			continue
		}
		for _, d := range all {
			i := strings.Index(b.Text, d.name.Name)
			switch {
			case i < 0:
			case caption:
				d.captions++
			case prose:
				d.paragraphs++
			case endsWithOther(b.Text[max(0, i-40):i]):
				d.credits++
			}
		}
	}
}
