package tree

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// Formulas are shown as TeX, as their authors wrote them, where the page has it, else as
// one line made of their MathML. What a script has rendered of the same formula goes.

// Bounds of one formula.
const (
	maxFormula   = 4_000 // bytes
	maxMathDepth = 60
	maxRendered  = 6   // levels between MathML and the box of what is rendered of it
	maxSearched  = 500 // elements of such a box
)

// formulaBoxes are classes of boxes in which KaTeX, MathJax and MediaWiki put a formula in
// several forms.
var formulaBoxes = map[string]bool{
	"katex": true, "katex-display": true, "mwe-math-element": true,
	"MathJax": true, "MathJax_Display": true, "MathJax_SVG": true, "MathJax_SVG_Display": true, "MathJax_CHTML": true, "mjx-chtml": true, "MJXc-display": true,
}

// isFormulaBox reports whether an element holds a formula in several forms.
func isFormulaBox(n *html.Node) bool {
	if n.DataAtom == 0 && n.Data == "mjx-container" {
		return true
	}
	for name := range block.ClassNames(n) {
		if formulaBoxes[name] {
			return true
		}
	}
	return false
}

// replaceFormula puts the text of a formula in the place of its MathML, and of the box
// that this stands in.
func replaceFormula(n *html.Node, text string) *html.Node {
	if text == "" {
		return n
	}
	box := n
	for p, up := n.Parent, 0; p != nil && up < maxRendered; p, up = p.Parent, up+1 {
		if p.Type == html.ElementNode && isFormulaBox(p) {
			if !holdsOnly(p, text) {
				break
			}
			box = p
		}
	}
	return replace(box, newText(text))
}

// maxBoxNodes is how many nodes the box of a rendered formula has at most. KaTeX makes
// some ten for each sign.
const maxBoxNodes = 2000

// textual elements hold text of a story: no box of a formula has one.
var textual = map[atom.Atom]bool{atom.P: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Ul: true, atom.Ol: true, atom.Dl: true,
	atom.Blockquote: true, atom.Figure: true, atom.Pre: true, atom.Article: true, atom.Section: true, atom.Main: true, atom.Body: true, atom.Html: true}

// holdsOnly reports whether an element that is called the box of a formula holds that
// formula, in some forms, and no more: some sites call the whole story so.
func holdsOnly(box *html.Node, formula string) bool {
	if textual[box.DataAtom] {
		return false
	}
	room := 40 + 6*len(formula) // its MathML, its TeX and its signs
	nodes, formulas := 0, 0
	for n := range box.Descendants() {
		switch {
		case n.Type == html.TextNode:
			room -= len(strings.TrimSpace(n.Data))
		case n.DataAtom == atom.Math:
			formulas++
		case textual[n.DataAtom]:
			return false
		}
		if nodes++; nodes > maxBoxNodes || formulas > 1 || room < 0 {
			return false
		}
	}
	return true
}

// texScript replaces a script that holds a formula, from which MathJax renders it.
func texScript(n *html.Node) *html.Node {
	kind := block.Attr(n, "type")
	if !strings.HasPrefix(kind, "math/") || n.FirstChild == nil {
		return n
	}
	source := n.FirstChild.Data
	if strings.HasPrefix(kind, "math/mml") {
		return replaceFormula(n, parsedMath(source))
	}
	if text := plainTeX(source); text != "" {
		return replace(n, newText(text))
	}
	return n
}

// rendered replaces a box in which a script has rendered a formula, of a class; nil if
// it is another element.
func rendered(n *html.Node, class string) *html.Node {
	if !strings.Contains(class, "MathJax") && !strings.Contains(class, "katex") && !strings.Contains(class, "mjx-") && !strings.Contains(class, "MJX") {
		return nil
	}
	for name := range strings.FieldsSeq(class) {
		switch {
		case name == "MathJax_Preview" || formulaBoxes[name] && strings.HasPrefix(strings.ToLower(name), "m"):
			if followedByTeX(n) {
				return replace(n, &html.Node{Type: html.TextNode})
			}
		case name == "katex" && !holdsMath(n): // its text is marked as hidden from screen readers
			if text := block.Clean(block.TextOf(n)); text != "" && len(text) <= maxFormula && holdsOnly(n, text) {
				setText(n, text)
				return n
			}
		}
	}
	return nil
}

// followedByTeX reports whether the script from which an element was rendered stands
// behind it.
func followedByTeX(n *html.Node) bool {
	for c, most := n.NextSibling, 6; c != nil && most > 0; c, most = c.NextSibling, most-1 {
		switch {
		case c.DataAtom == atom.Script:
			return strings.HasPrefix(block.Attr(c, "type"), "math/")
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return false
		case c.Type == html.ElementNode && !strings.Contains(block.Attr(c, "class"), "MathJax") && !isFormulaBox(c):
			return false
		}
	}
	return false
}

// mathContainer replaces what MathJax 3 has rendered without MathML by its label.
func mathContainer(n *html.Node) *html.Node {
	if holdsMath(n) {
		return n
	}
	seen := 0
	for c := n; c != nil && seen < maxSearched; c, seen = block.Following(n, c), seen+1 {
		for _, key := range []string{"data-latex", "alttext", "aria-label"} {
			if text := plainTeX(block.Attr(c, key)); text != "" {
				return replace(n, newText(text))
			}
		}
	}
	return n
}

// holdsMath reports whether an element holds MathML.
func holdsMath(n *html.Node) bool {
	seen := 0
	for c := range n.Descendants() {
		if c.DataAtom == atom.Math {
			return true
		}
		if seen++; seen > maxSearched {
			break
		}
	}
	return false
}

// Formulas as pictures are known by these words of their class and by these parts of
// their address.
var (
	formulaClasses = map[string]bool{"latex": true, "tex": true, "mwe-math-fallback-image-inline": true, "mwe-math-fallback-image-display": true, "mathjax": true, "equation_image": true, "ee_img": true, "math-tex": true, "mathtex": true}
	formulaParts   = []string{"latex.php", "latex.codecogs", "codecogs.com", "/math/render/", "mimetex", "mathtex", "cht=tx", "/latex/", "equationeditor"}
)

// formulaPicture replaces the picture of a formula by its alternative text, which is the
// formula.
func formulaPicture(n *html.Node) *html.Node {
	alt, found := "", false
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "alt":
			alt = a.Val
		case "class":
			for name := range strings.FieldsSeq(a.Val) {
				found = found || formulaClasses[name]
			}
		case "src", "data-src":
			found = found || isFormulaAddress(a.Val)
		}
	}
	if !found {
		return n
	}
	if text := plainTeX(alt); text != "" {
		return replace(n, newText(text))
	}
	return n
}

func isFormulaAddress(src string) bool {
	if len(src) > maxFormula || strings.HasPrefix(src, "data:") {
		return false
	}
	for _, part := range formulaParts {
		if strings.Contains(src, part) {
			return true
		}
	}
	return false
}

// plainTeX is the TeX of a formula without what only says that it is one.
func plainTeX(s string) string {
	if len(s) > maxFormula {
		return ""
	}
	s = strings.NewReplacer("% <![CDATA[", "", "%<![CDATA[", "", "<![CDATA[", "", "% ]]>", "", "%]]>", "", "]]>", "").Replace(s)
	s = block.Clean(s)
	for _, marks := range [][2]string{{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}, {`{\displaystyle`, "}"}, {`{\textstyle`, "}"}, {`\displaystyle`, ""}, {`\textstyle`, ""}} {
		inner, before := strings.CutPrefix(s, marks[0])
		if inner, after := strings.CutSuffix(inner, marks[1]); before && after {
			s = strings.TrimSpace(inner)
		}
	}
	return s
}

// mathText is the text of a formula in MathML: the TeX that it was made of, or one line
// made of its elements.
func mathText(n *html.Node) string {
	seen := 0
	for c := n.FirstChild; c != nil && seen < maxSearched; c, seen = block.Following(n, c), seen+1 {
		if c.DataAtom == atom.Annotation && strings.Contains(strings.ToLower(block.Attr(c, "encoding")), "tex") {
			if text := plainTeX(block.TextOf(c)); text != "" {
				return text
			}
		}
	}
	if text := plainTeX(block.Attr(n, "alttext")); text != "" {
		return text
	}
	text := block.Clean(mathLine(n, 0))
	if len(text) > maxFormula {
		return ""
	}
	return text
}

// parsedMath is the text of MathML that is given as a string.
func parsedMath(source string) string {
	if len(source) > 10*maxFormula {
		return ""
	}
	nodes, err := html.ParseFragment(strings.NewReader(source), element(atom.Div, nil))
	if err != nil {
		return ""
	}
	for _, n := range nodes {
		if n.DataAtom == atom.Math {
			return mathText(n)
		}
	}
	return ""
}

// mathLine writes an element of MathML and those below it as one line.
func mathLine(n *html.Node, depth int) string {
	if depth > maxMathDepth {
		return ""
	}
	if n.Type == html.TextNode {
		return strings.Map(visibleOperator, strings.TrimSpace(n.Data))
	}
	if n.Type != html.ElementNode {
		return ""
	}
	var parts []string
	if mathForms[n.Data] != "" {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode {
				parts = append(parts, mathLine(c, depth+1))
			}
		}
	}
	switch n.Data {
	case "annotation", "annotation-xml", "mphantom", "none", "mprescripts":
		return ""
	case "mspace":
		return " "
	case "mo":
		return operator(strings.Map(visibleOperator, strings.TrimSpace(block.TextOf(n))))
	case "mtext":
		return block.TextOf(n)
	case "msqrt":
		return "√" + group(mathRow(n, depth), true)
	case "mtable", "mtr", "mlabeledtr":
		sep := map[string]string{"mtable": "; "}[n.Data]
		if sep == "" {
			sep = ", "
		}
		return strings.Join(parts, sep)
	}
	if form := mathForms[n.Data]; form != "" {
		if len(parts) == strings.Count(form, "#") {
			return fill(form, parts)
		}
		return strings.Join(parts, "") // not twice: the work would double at each level
	}
	return mathRow(n, depth)
}

// mathRow writes the children of an element one after another.
func mathRow(n *html.Node, depth int) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil && b.Len() <= maxFormula; c = c.NextSibling {
		piece := mathLine(c, depth+1)
		if b.Len() == 0 || strings.HasSuffix(b.String(), "(") {
			piece = strings.TrimSpace(piece) // an operator at the start has one side only
		}
		b.WriteString(piece)
		if n.Data == "semantics" && piece != "" {
			break // what follows says the same again
		}
	}
	return b.String()
}

// mathForms are the lines of elements whose parts have places; each # is the next part.
// A part that is more than one sign stands in parentheses.
var mathForms = map[string]string{
	"mfrac": "#/#", "msup": "#^#", "msub": "#_#", "msubsup": "#_#^#", "munder": "#_#", "mover": "#^#", "munderover": "#_#^#", "mroot": "#√#", "mtable": "t", "mtr": "t", "mlabeledtr": "t",
}

// fill writes parts in their places; of a root the second stands first.
func fill(form string, parts []string) string {
	if form == "#√#" {
		parts[0], parts[1] = parts[1], parts[0]
	}
	var b strings.Builder
	for i := range len(form) {
		if form[i] != '#' {
			b.WriteByte(form[i])
			continue
		}
		b.WriteString(group(strings.TrimSpace(parts[0]), false))
		parts = parts[1:]
	}
	return b.String()
}

// group puts parentheses around what holds operators; always around more than one sign,
// if all.
func group(s string, all bool) string {
	if strings.ContainsAny(s, " /^_") || all && utf8.RuneCountInString(s) > 1 {
		return "(" + s + ")"
	}
	return s
}

// operator puts spaces around the operators that have two sides.
func operator(s string) string {
	if strings.ContainsAny(s, "=<>+≤≥≈≠≡∼→⇒⇔±×·∈−-") && utf8.RuneCountInString(s) <= 2 {
		return " " + s + " "
	}
	return s
}

// visibleOperator leaves out the operators that are not shown: function application,
// invisible times, separator and plus.
func visibleOperator(r rune) rune {
	if r >= '\u2061' && r <= '\u2064' {
		return -1
	}
	return r
}
