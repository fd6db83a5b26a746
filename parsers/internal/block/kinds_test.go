package block

import (
	"testing"

	"golang.org/x/net/html/atom"
)

// TestKindOf: the table says of each element what the lists say that it is made of,
// and nothing of others.
func TestKindOf(t *testing.T) {
	for name := range flagOf {
		if got := kindOf(name).flags; got != flagOf[name] {
			t.Errorf("%s: flags %b, want %b", name, got, flagOf[name])
		}
	}
	filled := 0
	for _, k := range kinds {
		if k.name != 0 {
			filled++
		}
	}
	if filled > len(kinds)/2 {
		t.Errorf("%d of %d places are filled", filled, len(kinds))
	}
	for _, tag := range []string{"p", "div", "li", "nav", "script", "style", "span", "a", "td", "label", "option", "svg", "img", "br", "b", "blink", "html", "input", "source"} {
		name := atom.Lookup([]byte(tag))
		k := kindOf(name)
		if k.flags != flagOf[name] || int(k.tag) != tags[name] || k.blockLevel != blockLevel[name] || k.invisible != Invisible[name] {
			t.Errorf("%s: %+v", tag, *k)
		}
	}
	if k := kindOf(0); *k != (elementKind{}) {
		t.Errorf("no name: %+v", *k)
	}
}
