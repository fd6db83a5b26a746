package block

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Flags say what a block or element stands in: its own element or one above it.
type Flags uint32

const (
	InNav Flags = 1 << iota // nav, menu, and what has such a role
	InFooter
	InHeader
	InAside
	InArticle
	InMain
	InForm
	InHidden
	InFigure
	InCaption // figcaption
	InQuote
	InPre
	InTable
	InList
	InHeading
	InAddress
	InButton
	InDialog
	InParagraph
	InLink // an anchor around block elements

	// InUnseen is not among the model's features.
	InUnseen // what hides it does so for good, not until a script shows it; InHidden, too
)

// flagOf gives the flags of elements, flagOfRole those of ARIA roles.
var flagOf = map[atom.Atom]Flags{
	atom.Nav: InNav, atom.Menu: InNav, atom.Footer: InFooter, atom.Header: InHeader, atom.Aside: InAside, atom.Article: InArticle, atom.Main: InMain,
	atom.Form: InForm, atom.Figure: InFigure, atom.Figcaption: InCaption, atom.Blockquote: InQuote, atom.Pre: InPre, atom.Table: InTable,
	atom.Ul: InList, atom.Ol: InList, atom.Dl: InList, atom.H1: InHeading, atom.H2: InHeading, atom.H3: InHeading, atom.H4: InHeading, atom.H5: InHeading, atom.H6: InHeading,
	atom.Address: InAddress, atom.Button: InButton, atom.Label: InButton, atom.Dialog: InDialog, atom.P: InParagraph,
}

var flagOfRole = map[string]Flags{
	"navigation": InNav, "menu": InNav, "menubar": InNav, "tablist": InNav, "search": InNav, "contentinfo": InFooter,
	"complementary": InAside, "dialog": InDialog, "alertdialog": InDialog, "main": InMain, "article": InArticle,
}

// blockLevel are the elements that end a run of text.
var blockLevel = atoms(`address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
	h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul button option label caption`)

func atoms(tags string) map[atom.Atom]bool {
	set := map[atom.Atom]bool{}
	for tag := range strings.FieldsSeq(tags) {
		set[atom.Lookup([]byte(tag))] = true
	}
	return set
}

// BlockLevel reports whether an element ends a run of text: block-level elements
// of HTML, and controls, whose labels are no part of a sentence.
func BlockLevel(n *html.Node) bool { return n.DataAtom != 0 && kindOf(n.DataAtom).blockLevel }

// BlockLevelTag is BlockLevel for the name of an element.
func BlockLevelTag(tag string) bool {
	a := atom.Lookup([]byte(tag))
	return a != 0 && blockLevel[a]
}

// Invisible are the elements whose content a browser does not show as text of the
// page: scripts, metadata, embedded documents, form fields, ruby annotations.
var Invisible = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Head: true, atom.Title: true,
	atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Textarea: true, atom.Select: true, atom.Math: true, atom.Rt: true, atom.Rp: true,
}

// isMedia reports whether an element is a picture, a player, or a box for one.
func isMedia(n *html.Node, hints Hints) bool {
	switch n.DataAtom {
	case atom.Img, atom.Video, atom.Audio, atom.Iframe, atom.Figure, atom.Picture:
		return true
	}
	return hints&HintCaptionBox != 0 || n.Data == "amp-img"
}

// inlineOnly reports whether an element has no block-level one below it. A large
// one counts as having some, so that the work stays bounded.
func inlineOnly(n *html.Node) bool {
	seen := 0
	for c := range n.Descendants() {
		if seen++; BlockLevel(c) || seen > 40 {
			return false
		}
	}
	return true
}
