package block

import (
	"strings"

	"golang.org/x/net/html"
)

// Hidden reports whether an element is hidden, as far as its own attributes say.
func Hidden(n *html.Node) bool { return hiding(n, hidingTraits(Attr(n, "class")))&InHidden != 0 }

// hiding says how an element with the traits of its class is hidden: not at all, until
// a script shows it (InHidden), or for good (InHidden and InUnseen).
func hiding(n *html.Node, class trait) Flags {
	if class&traitUnseen != 0 {
		return InHidden | InUnseen
	}
	var all Flags
	if class&traitHides != 0 {
		all = InHidden
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			// React streams late parts of a page in hidden elements "S:number"; a
			// script puts them in their place. What is hidden until it is found in
			// a search belongs to the page.
			if strings.HasPrefix(Attr(n, "id"), "S:") {
				return 0
			}
			if !strings.EqualFold(a.Val, "until-found") {
				all |= InHidden
			}
		case "aria-hidden":
			if strings.EqualFold(a.Val, "true") {
				all |= InHidden
			}
		case "style":
			hides := hides(a.Val)
			if hides == InUnseen && !inlineOnly(n) {
				continue // what appears as readers reach it begins so, often with all that is in it
			}
			all |= hides
		}
	}
	return all
}

// hidingClasses are those by which themes and frameworks hide an element until a script
// shows it.
var hidingClasses = set("u-hidden is-hidden js-hidden d-none hidden-element display-none displaynone u-d-none w-hidden hide-element")

// unseenClasses are those by which themes show an element to screen readers alone, and
// site builders hide one on every screen. A class that hides on one width alone, as
// hidden-xs does, is not one: see responsive.
var unseenClasses = set(`visually-hidden visuallyhidden visually-hidden-focusable sr-only sr-only-focusable screen-reader-text screen-reader-only screenreader-only screen-reader
	a11y-hidden u-visually-hidden u-sr-only is-sr-only element-invisible offscreen
	w-condition-invisible w-dyn-bind-empty w-dyn-hide et_pb_disabled fl-builder-hidden`)

// responsive are classes that hide an element on some widths: who has all of a row is
// hidden on every one. What shows again from a width on, as "d-none d-md-block" does,
// is not hidden.
var responsive = [][]string{
	{"elementor-hidden-desktop", "elementor-hidden-tablet", "elementor-hidden-mobile"},
	{"elementor-hidden-desktop", "elementor-hidden-tablet", "elementor-hidden-phone"},
	{"hidden-xs", "hidden-sm", "hidden-md", "hidden-lg"},
	{"vc_hidden-xs", "vc_hidden-sm", "vc_hidden-md", "vc_hidden-lg"},
	{"hide-on-desktop", "hide-on-tablet", "hide-on-mobile"},
	{"fusion-no-small-visibility", "fusion-no-medium-visibility", "fusion-no-large-visibility"},
	{"brxe-hidden-desktop", "brxe-hidden-tablet", "brxe-hidden-mobile"},
}

// showing are the parts of classes that show an element again from some width on.
var showing = []string{"d-sm-", "d-md-", "d-lg-", "d-xl-", "d-xxl-", "d-print-"}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// hidingParts are parts of classes one of which every hiding class has.
var hidingParts = newParts("hid", "sr-only", "screen", "none", "invisible", "bind-empty", "disabled", "-visibility")

// hidingTraits says whether a class is one by which an element is hidden.
func hidingTraits(class string) trait {
	if !hidingParts.in(class) {
		return 0
	}
	var all trait
	some := false
	for name := range strings.FieldsSeq(class) {
		switch {
		case unseenClasses[name]:
			return traitHides | traitUnseen
		case hidingClasses[name] && !showsAgain(class):
			all = traitHides
		}
		some = some || strings.Contains(name, "hid") || strings.HasPrefix(name, "fusion-no-")
	}
	if some && hiddenEverywhere(class) {
		return traitHides | traitUnseen
	}
	return all
}

func showsAgain(class string) bool {
	for name := range strings.FieldsSeq(class) {
		for _, again := range showing {
			if strings.HasPrefix(name, again) && !strings.HasSuffix(name, "-none") {
				return true
			}
		}
	}
	return false
}

func hiddenEverywhere(class string) bool {
	for _, row := range responsive {
		all := true
		for _, name := range row {
			all = all && strings.Contains(class, name)
		}
		if all {
			return true
		}
	}
	return false
}

// unseenStyles are declarations by which an inline style hides its element for good,
// without spaces and in lower case.
var unseenStyles = []string{
	"visibility:hidden", "visibility:collapse", "content-visibility:hidden", "clip:rect(0", "clip:rect(1px", "clip-path:inset(50%", "clip-path:inset(100%",
	"left:-9999", "left:-999em", "left:-10000", "top:-9999", "top:-10000", "text-indent:-9999", "text-indent:-999em", "font-size:0;", "font-size:0px", "mso-hide:all",
}

// hides says how an inline style hides its element. Of one that is transparent it is
// only known that it cannot be seen now: InUnseen without InHidden.
func hides(style string) Flags {
	if len(style) > 2_000 || !hidingStyles.in(style) {
		return 0
	}
	style = strings.ToLower(strings.ReplaceAll(style, " ", ""))
	for _, s := range unseenStyles {
		if strings.Contains(style, s) {
			return InHidden | InUnseen
		}
	}
	switch {
	case ofOnePoint(style):
		return InHidden | InUnseen
	case strings.Contains(style, "display:none"), folded(style):
		return InHidden
	case transparent(style):
		return InUnseen
	}
	return 0
}

// hidingStyles are parts of inline styles one of which every style has that may hide.
var hidingStyles = newParts("isplay", "isibility", "ISPLAY", "ISIBILITY", "clip", "-9", "-1000", "font-size", "pacity", "overflow", "mso-hide")

// transparent reports whether a style shows nothing of its element. One that changes
// over time is shown in the end.
func transparent(style string) bool {
	i := strings.Index(style, "opacity:")
	if i < 0 || strings.Contains(style, "transition") || strings.Contains(style, "animation") || strings.Contains(style, "transform") || strings.Contains(style, "will-change") {
		return false
	}
	value, _, _ := strings.Cut(style[i+len("opacity:"):], ";")
	value = strings.TrimRight(strings.TrimSuffix(value, "!important"), "0")
	return value == "" || value == "."
}

// folded reports whether a style gives an element no height, as to what unfolds, and
// hides what runs over.
func folded(style string) bool {
	return strings.Contains(style, "overflow:hidden") && declares(style, "height:0", "max-height:0")
}

// ofOnePoint reports whether a style gives an element the room of a point, as to text for
// screen readers, and hides what runs over.
func ofOnePoint(style string) bool {
	return strings.Contains(style, "overflow:hidden") && declares(style, "width:0", "width:1px", "max-width:0", "height:1px")
}

// declares reports whether a style has one of these declarations; a size of 0 may have
// a unit.
func declares(style string, some ...string) bool {
	for decl := range strings.SplitSeq(style, ";") {
		decl = strings.TrimSuffix(decl, "!important")
		for _, d := range some {
			if decl == d || strings.HasSuffix(d, ":0") && decl == d+"px" {
				return true
			}
		}
	}
	return false
}
