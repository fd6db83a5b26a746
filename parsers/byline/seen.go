package byline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// foldKeys sets the names' folded forms.
func foldKeys(names []authorName) {
	for i := range names {
		names[i].key = text.Fold(names[i].Name)
	}
}

// anySame reports whether two lists have a name in common, or one a fuller form of
// a name of the other.
func anySame(a, b []authorName) bool {
	for _, m := range a {
		for _, n := range b {
			if sameName(m.key, n.key) {
				return true
			}
		}
	}
	return false
}

// sameName reports whether two folded names are one, perhaps in a fuller form.
func sameName(fa, fb string) bool {
	if fa == fb {
		return fa != ""
	}
	if len(fa) > len(fb) {
		fa, fb = fb, fa
	}
	return len(fa) >= 4 && len(fb) <= 3*len(fa) && strings.Contains(fb, fa)
}

// seenAny is the best place where a reader sees one of these names.
func (x *reader) seenAny(names []authorName) int {
	where := 0
	for _, n := range names {
		if where = max(where, x.seen(n.Name)); where == 2 {
			break
		}
	}
	return where
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
	for _, b := range x.Blocks {
		if len(b.Text) < len(name) || b.Flags&block.InHidden != 0 {
			continue
		}
		if !strings.Contains(b.Text, name) && (len(b.Text) > 160 || !strings.Contains(text.Fold(b.Text), folded)) || isImprint(b) {
			continue
		}
		if x.titleN >= 0 && b.N >= x.titleN-4 && b.N <= x.titleN+12 && b.N != x.titleN && b.Words < 25 {
			return 2
		}
		where = 1
	}
	return where
}

// isImprint reports whether a block names the publication rather than an author.
func isImprint(b *block.Block) bool {
	return b.Flags&block.InFooter != 0 && b.Flags&block.InArticle == 0 || strings.Contains(b.Text, "©") || strings.Contains(strings.ToLower(b.Text[:min(len(b.Text), 40)]), "copyright")
}
