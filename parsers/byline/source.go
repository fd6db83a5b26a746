package byline

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// isWire reports whether a text is the name of an agency that stories are from.
func isWire(name string) bool { return credit.Agency(name)&credit.InDatelines != 0 }

// wire is an agency's name as printed, the first of several joined by signs; ""
// for what is none.
func wire(s string) string {
	if len(s) > 60 {
		return ""
	}
	s = strings.TrimSpace(s)
	if isWire(s) {
		return s
	}
	if i := strings.IndexAny(s, "/,|–-·、"); i > 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		if first := strings.TrimSpace(s[:i]); isWire(first) {
			return first
		}
		if last := strings.TrimSpace(s[i+size:]); isWire(last) {
			return last
		}
	}
	return ""
}

// republished are lines that say where a story is from. What follows is the name,
// as a link or to the end of the sentence.
var republished = regexp.MustCompile(`(?i)\b(?:this (?:article|story|post|piece|report|essay|column|interview) (?:was |has been |is )?(?:originally |first )?(?:published|appeared|republished|reprinted|produced)(?: here)? (?:on|in|by|at|from|for|with permission (?:of|from))|` +
	`(?:originally|first) (?:published|appeared) (?:on|in|by|at)|(?:republished|reprinted|reproduced) (?:with permission )?(?:from|of)|the post .{3,150} (?:appeared|was published) first on|` +
	`dieser (?:artikel|beitrag|text) (?:ist|erschien|wurde) (?:zuerst|zunächst|ursprünglich) (?:erschienen |veröffentlicht )?(?:bei|in|auf|im)|(?:zuerst|ursprünglich) (?:erschienen|veröffentlicht) (?:bei|in|auf|im)|` +
	`cet article (?:a été |est )?(?:initialement |d'abord |d’abord )?(?:publié|paru) (?:sur|dans|par)|este artículo (?:fue |se )?(?:publicado |publicó )(?:originalmente )?(?:en|por)|este artigo foi (?:originalmente )?publicado (?:em|no|na|por)|` +
	`questo articolo è (?:stato pubblicato|apparso|uscito) (?:originariamente |originalmente )?(?:su|in|da)|dit artikel (?:verscheen|is) (?:eerder|oorspronkelijk) (?:verschenen |gepubliceerd )?(?:in|op|bij))\s+(?:the website of\s+)?[:"“„«]?\s*(.{2,80})`)

// republishedHint is what every such line holds, for a look before the match.
var republishedHints = text.Literals("publi|appear|reprint|erschien|veröffentlicht|paru|apparso|uscito|versche|reproduced|produced")

// republishedLeads are what every match begins with or holds, in lower case.
var republishedLeads = text.Literals("this article |this story |this post |this piece |this report |this essay |this column |this interview |originally published|originally appeared|first published|first appeared|republished |reprinted |reproduced |first on|" +
	"dieser artikel |dieser beitrag |dieser text |zuerst |ursprünglich |cet article |este artículo |este artigo |questo articolo |dit artikel ")

// sourceLabel are lines that name the source of a story.
var sourceLabel = regexp.MustCompile(`(?i)^\W{0,2}(?:source|news source|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|forrás|sursa|izvor|vir|kaynak|sumber|nguồn|pinagmulan|источник|джерело|крыніца|източник|извор|πηγή|المصدر|منبع|ماخذ|מקור|स्रोत|সূত্র|来源|來源|信息来源|文章来源|出典|출처)\s*[:：|｜]\s*(.{2,60})$`)

// Source is who a story is from, where that is not the page's own
// publication: an agency or another newspaper.
func Source(p *doc.Page, a *article.Article, agency string) (string, article.Provenance) {
	var won string
	var from article.Provenance
	take := func(name, where string, sure float64, why string) {
		name = strings.Trim(block.Clean(name), ` .,;:"“”„«»'’()[]`)
		c := article.Candidate{Field: "source", Value: name, From: where, Score: sure, Why: why}
		switch {
		case name == "" || len(name) > 80 || text.Fold(name) == "":
			return
		case p.IsSite(name) || p.IsSiteAffix(name):
			c.Why = "the page's own publication"
		case authored(a, name):
			c.Why = "the author"
		case name[0] == '#' || strings.Contains(name, "://") || strings.ContainsAny(name, "<>{}|@"):
			c.Why = "no name"
		case won != "":
			c.Why = "another is surer"
		default:
			won, from = name, article.Provenance{From: where, Confidence: sure}
			c.Won = true
		}
		p.AddCandidate(c)
	}
	take(agency, "text:dateline", 0.9, "in the dateline")
	if o := p.Article(); o != nil {
		for _, key := range []string{"sourceOrganization", "creditText"} {
			for _, v := range doc.Texts(o[key]) {
				take(v, "jsonld:"+key, 0.85, "declared")
			}
		}
		for _, based := range p.ObjectsOf(o, "isBasedOn") {
			for _, key := range []string{"publisher", "provider", "name"} {
				take(based.Text(key), "jsonld:isBasedOn", 0.8, "declared")
			}
		}
	}
	if name, where := republishedFrom(p); name != "" {
		take(name, where, 0.8, "the page says so")
	}
	for _, au := range a.Authors {
		if au.Kind == "organization" && wire(au.Name) != "" {
			take(au.Name, "byline", 0.75, "an agency signs the story")
		}
	}
	take(lastWire(a.Body), "text:end", 0.75, "an agency's sign at the end")
	for _, name := range []string{"article:source", "news_source", "source", "dc.source", "dcterms.source", "og:source"} {
		if v := p.Metas[name]; len(v) > 0 && !strings.ContainsAny(v[0], "0123456789") {
			take(v[0], "meta:"+name, 0.6, "declared")
		}
	}
	if won == "" {
		take(labelledSource(p, a.Title), "dom:source", 0.6, "a line that says so beside the story")
	}
	return won, from
}

func authored(a *article.Article, name string) bool {
	for _, au := range a.Authors {
		if au.Kind != "organization" && text.EqualFold(au.Name, name) {
			return true
		}
	}
	return false
}

// republishedFrom reads the line that says where a story first appeared.
func republishedFrom(p *doc.Page) (name, from string) {
	const frame = block.InNav | block.InHidden | block.InForm | block.InDialog | block.InCaption
	matches := 0
	for _, b := range p.Blocks {
		if b.Flags&frame != 0 || b.Words < 4 || b.Words > 60 || !republishedHints.In(b.Text) || !republishedLeads.In(strings.ToLower(b.Text)) {
			continue
		}
		m := republished.FindStringSubmatch(b.Text)
		if m == nil {
			continue
		}
		if matches++; matches > 10 {
			break
		}
		seen := 0
		for d := range b.Node.Descendants() { // the name is most often a link
			if seen++; seen > doc.MaxWithin {
				break
			}
			if d.Data == "a" {
				if t := block.Clean(block.TextOf(d)); t != "" && len(t) <= 60 && strings.HasPrefix(strings.TrimLeft(m[1], "the T"), strings.TrimLeft(t, "the T")) {
					return t, "text:republished"
				}
			}
		}
		name := m[1]
		for _, end := range []string{". ", ", ", " on ", " under ", " and ", " as ", " (", " – ", " — ", " | ", " am ", " le ", " el ", "; ", " with ", " in ", " at "} {
			name, _, _ = strings.Cut(name, end)
		}
		name = strings.TrimRight(name, ". ")
		r, _ := utf8.DecodeRuneInString(name)
		if len(strings.Fields(name)) <= 6 && strings.ToLower(string(r)) != string(r) && !dated(name) {
			return name, "text:republished"
		}
	}
	return "", ""
}

// dated reports whether what follows "published in" is a date.
func dated(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return strings.ContainsAny(s, "0123456789") || monthLike(first) || strings.HasSuffix(strings.ToLower(first), "day")
}

// lastWire is an agency that the last line of a story names in brackets, or
// alone.
func lastWire(body []article.Block) string {
	for i := len(body) - 1; i >= 0 && i >= len(body)-2; i-- {
		text := strings.TrimSpace(body[i].Text)
		if body[i].Type != article.Paragraph || text == "" {
			continue
		}
		if w := wire(strings.Trim(text, "()[]/.©– —-*")); w != "" {
			return w
		}
		text = strings.TrimRight(text, ". ")
		if strings.HasSuffix(text, ")") {
			if open := strings.LastIndexByte(text, '('); open >= 0 && len(text)-open < 60 {
				return wire(text[open+1 : len(text)-1])
			}
		}
		return ""
	}
	return ""
}

// labelledSource reads "Source: …" in the rows below a title and after the
// story; below a chart or picture it says where that is from.
func labelledSource(p *doc.Page, title string) string {
	const frame = block.InNav | block.InHidden | block.InFigure | block.InCaption | block.InTable | block.InAside | block.InFooter | block.InForm
	look := func(blocks []*block.Block) string {
		for _, b := range blocks {
			if b.Words > 12 || b.Words < 1 || len(b.Text) > 120 || b.Flags&frame != 0 || strings.IndexByte(b.Text, ':') < 0 && strings.IndexByte(b.Text, '|') < 0 && !strings.Contains(b.Text, "：") && !strings.Contains(b.Text, "｜") {
				continue
			}
			if m := sourceLabel.FindStringSubmatch(b.Text); m != nil {
				name, _, _ := strings.Cut(m[1], " | ")
				if len(strings.Fields(name)) <= 6 && !strings.ContainsAny(name, "0123456789/,") {
					return name
				}
			}
		}
		return ""
	}
	if b := p.TitleBlock(title); b != nil {
		if s := look(p.Blocks[b.N:min(len(p.Blocks), b.N+12)]); s != "" {
			return s
		}
	}
	last := -1
	for _, b := range p.Blocks {
		if b.Keep {
			last = b.N
		}
	}
	if last < 0 {
		return ""
	}
	return look(p.Blocks[max(0, last-1):min(len(p.Blocks), last+4)])
}
