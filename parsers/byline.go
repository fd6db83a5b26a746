package parsers

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
)

// byWords begin a byline, in the languages of many newspapers.
var byWords = regexp.MustCompile(`(?i)^(?:written by|story by|words by|reported by|text by|posted by|published by|by|von|text von|ein gastbeitrag von|ein beitrag von|par|propos recueillis par|por|escrito por|di|a cura di|door|av|af|tekst|text|tekijä|teksti|autor(?:in|a|ka|zy)?|autore|auteur|author(?:s)?|автор|текст|подготовил(?:а)?|συντάκτης|yazan|haber|oleh|penulis|tác giả|imeandikwa na|szerző|skrevet av|skriven av)\b\s*[:：]?\s+`)

// byWordsWide are those that need no space.
var byWordsWide = regexp.MustCompile(`^(?:文[/｜:：]|作者[:：]?|撰文[:：]?|记者|本报记者|編集|執筆|筆者|記者)\s*`)

// agencies are organisations that sign stories.
var agencies = map[string]bool{}

// roles are words that follow or precede a name and are none.
var roles = regexp.MustCompile(`(?i)^(?:(?:senior|chief|staff|political|foreign|sports?|business|science|health|education|deputy|special|associate|assistant|managing|news|local|digital|investigative|national|international|white house|culture|technology|tech|crime|economics?|environment|multimedia)\s+)*(?:reporter|correspondent|editor|writer|columnist|contributor|journalist|producer|photographer|redakteur(?:in)?|korrespondent(?:in)?|reporterin|chefredakteur(?:in)?|journaliste|rédact(?:eur|rice)|corresponsal|redactora?|inviato|corrispondente|journalist(?:in)?|редактор|корреспондент|volontär(?:in)?|autor(?:in)?|editor-in-chief|news editor|bureau chief)$`)

func init() {
	for a := range strings.SplitSeq("Reuters|AP|Associated Press|The Associated Press|AFP|Agence France-Presse|dpa|dpa-AFX|PTI|ANI|IANS|EFE|Europa Press|ANSA|TASS|Interfax|Xinhua|Yonhap|Kyodo|Kyodo News|AAP|NTB|TT|Ritzau|STT|PAP|ČTK|MTI|APA|SDA|Keystone-SDA|Belga|ANP|Lusa|Anadolu|Anadolu Agency|AA|IRNA|NAN|Bloomberg|BBC|CNN|CP|The Canadian Press|PA|PA Media|Press Association|UPI|Sputnik|Getty|Getty Images|Pool|The Washington Post|The New York Times|epd|KNA|sid|RND|РИА Новости|ТАСС|Интерфакс|新华社|共同|時事|연합뉴스", "|") {
		agencies[fold(a)] = true
	}
}

var (
	staff      = regexp.MustCompile(`(?i)\b(?:staff|newsroom|redaktion|redacción|redazione|rédaction|redakcja|redakce|desk|bureau|editorial team|editorial board|news team|agencies|agency|online|team|news|media|press|times|post|magazine|university|institute|ministry|department|association|foundation|group|ltd|inc|gmbh|company)\b|редакция|编辑部`)
	notAuthor  = regexp.MustCompile(`(?i)^(?:admin(?:istrator)?|webmaster|web ?editor|editor|author|user|guest|root|test|anonymous|unknown|none|null|n/a|by|staff|wordpress|wpengine|developer|super ?admin|contributor|contributed|sponsored|undefined|\[.*\]|\{.*\})$`)
	tail       = regexp.MustCompile(`(?i)\s*(?:[|·•]|[-–—]\s*\d|\b(?:published|updated|posted|last modified|aktualisiert|veröffentlicht|mis à jour|publié|actualizado|publicado|aggiornato|pubblicato|on|am|le|el|il)\s*:?\s*\S*\d.*|\d{1,2}[:.]\d\d.*|\b\d{1,2}\s+\p{L}{3,9}\.?\s+\d{4}.*|\b\p{L}{3,9}\.?\s+\d{1,2},\s+\d{4}.*|\bmin(?:ute)?s?\s+(?:read|lesezeit).*|@\S+.*).*$`)
	mailIn     = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	afterName  = regexp.MustCompile(`(?i)[\s,]*(?:\b(?:last\s*updated|last\s*modified|updated|published|posted|reviewed|medically reviewed.*|fact[- ]checked.*|leave a comment|comments?|share|follow|read more|view (?:all )?posts?|view profile|posts?|articles?|on|at|am|le|el|il|in)\s*[:.]?)+\s*$`)
	degree     = regexp.MustCompile(`(?i)^(?:ph\.?\s?d\.?|m\.?d\.?|m\.?a\.?|m\.?sc\.?|b\.?a\.?|mba|jd|esq\.?|rn|rd|rdn|cscs|cpt|cfp|cpa|llm|dr\.?|prof\.?|jr\.?|sr\.?|facp?|faclm|dds|dvm|pt|dpt|phd\s.*)$`)
	noName     = regexp.MustCompile(`(?i)^(?:foto|photo|image|bild|picture|illustration|video|grafik|fotografie|quelle|source|credit)s?\s*[:/].*|^(?:home|privacy|about|about us|author|authors|the author|blog|news|posts?|published|updated|last updated|share|tweet|menu|search|read more|subscribe|newsletter|contact|comments?|date|category|categories|tags?|topics?|by|on|in|written|reviewed|editorial|guest(?: post| author)?|featured|article|articles|recipe|video|photo|photos|view profile|follow|more|expert)$|^(?:i|we|you)[’' ]|\b(?:hired|designed by|powered by|edition|copyright|all rights)\b`)
	nameJoints = regexp.MustCompile(`(?i)\s*(?:[,;/&|、，・]|\s(?:and|und|et|og|och|ja|и|та|και|ve|dan|и)\s|\s[ye]\s)\s*`)
	placeTail  = regexp.MustCompile(`\s+(?:in|aus|à|en|da|i)\s+\p{Lu}[\p{L} .-]+$`)
)

// bylineLine reports whether a short text is a byline or a row of dates.
func bylineLine(s string) bool {
	if utf8.RuneCountInString(s) > 120 {
		return false
	}
	if byWords.MatchString(s) || byWordsWide.MatchString(s) {
		rest := byWordsWide.ReplaceAllString(byWords.ReplaceAllString(s, ""), "")
		r, _ := utf8.DecodeRuneInString(rest)
		return !unicode.IsLower(r) && !strings.HasSuffix(rest, ".") && block.CountWords(rest) <= 10
	}
	return dateRow.MatchString(s) && (parseDate(s, true) != "" || block.CountWords(s) <= 3)
}

var dateRow = regexp.MustCompile(`(?i)^(?:published|updated|posted|last updated|first published|aktualisiert|veröffentlicht|stand|publié|mis à jour|publicado|actualizado|pubblicato|aggiornato|опубликовано|обновлено|发布|更新)\b.{0,60}$|^\W*(?:\p{L}{3,9}\.?,?\s+){0,2}\d{1,2}[\s./,-].{0,30}\d{4}.{0,24}$|^(?:on|published|updated|posted)$`)

// An authorName is a name with what stood around it.
type authorName struct {
	Author
	from string
}

// findAuthors reads who the page says wrote it, and the byline as printed.
func (x *index) findAuthors(title string) (authors []Author, byline string, prov Provenance) {
	visible, line := x.visibleAuthors(title)
	declared := x.declaredAuthors()
	seen := x.visibleText()
	declared = x.vouched(declared, seen)
	switch {
	case len(declared) > 0 && (len(visible) == 0 || agree(declared, visible) || !persons(visible)):
		if !persons(declared) && persons(visible) {
			authors, prov = bare(visible), Provenance{"dom:byline", 0.8}
			break
		}
		sure := 0.75
		for _, a := range declared {
			if strings.Contains(seen, fold(a.Name)) {
				sure = 0.95
			}
		}
		authors, prov = bare(declared), Provenance{declared[0].from, sure}
	case len(visible) > 0:
		authors, prov = bare(visible), Provenance{"dom:byline", 0.7}
	}
	for i := range authors {
		for _, v := range visible {
			if foldEqual(v.Name, authors[i].Name) {
				if authors[i].URL == "" {
					authors[i].URL = v.URL
				}
				if authors[i].Role == "" {
					authors[i].Role = v.Role
				}
				if authors[i].Email == "" {
					authors[i].Email = v.Email
				}
			}
		}
	}
	return authors, line, prov
}

// vouched leaves out declared names that the page does not bear out: what a
// meta element says and no reader sees is most often who made the site.
func (x *index) vouched(declared []authorName, seen string) []authorName {
	var kept []authorName
	for _, a := range declared {
		if strings.HasPrefix(a.from, "meta:") && !strings.Contains(seen, fold(a.Name)) {
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

func bare(names []authorName) []Author {
	var res []Author
	for _, n := range names {
		res = append(res, n.Author)
	}
	return res
}

func agree(a, b []authorName) bool {
	for _, m := range a {
		for _, n := range b {
			if similar(m.Name, n.Name) {
				return true
			}
		}
	}
	return false
}

func persons(names []authorName) bool {
	for _, n := range names {
		if n.Kind == "person" {
			return true
		}
	}
	return false
}

// visibleText is the page's text, folded, for asking whether it says something.
func (x *index) visibleText() string {
	var b strings.Builder
	for _, c := range x.Blocks {
		if c.Flags&block.InHidden == 0 && b.Len() < 1<<20 {
			b.WriteString(fold(c.Text))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

var authorMetas = []string{"author", "article:author", "article:author_name", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author", "mrf:authors", "twitter:data1", "og:article:author", "article.author", "cxenseparse:author"}

// declaredAuthors are those of JSON-LD, else of metas.
func (x *index) declaredAuthors() []authorName {
	var res []authorName
	if o := x.article(); o != nil {
		for _, key := range []string{"author", "creator"} {
			for _, a := range x.objectsOf(o, key) {
				for _, raw := range texts(a["name"]) {
					for _, n := range x.names(raw, "jsonld:"+key) {
						if u := a.text("url"); u != "" && n.URL == "" && len(texts(a["name"])) == 1 {
							n.URL = x.resolve(u)
						}
						if a.is("Organization", "NewsMediaOrganization") {
							n.Kind = "organization"
						}
						if job := a.text("jobTitle"); job != "" && len(job) < 80 {
							n.Role = job
						}
						res = appendName(res, n)
					}
				}
			}
			if len(res) == 0 {
				if _, isMap := o[key].(map[string]any); !isMap {
					for _, raw := range texts(o[key]) {
						for _, n := range x.names(raw, "jsonld:"+key) {
							res = appendName(res, n)
						}
					}
				}
			}
			if len(res) > 0 {
				return res
			}
		}
	}
	for _, name := range authorMetas {
		for _, raw := range x.Metas[name] {
			if name == "twitter:data1" {
				if label, _ := x.first("twitter:label1"); !byLabel.MatchString(label) {
					continue
				}
			}
			for _, n := range x.names(raw, "meta:"+name) {
				res = appendName(res, n)
			}
		}
		if len(res) > 0 {
			return res
		}
	}
	return res
}

var byLabel = regexp.MustCompile(`(?i)written by|^by$|von|verfasst|par|écrit|por|escrito|scritto|auteur|autor`)

func appendName(res []authorName, n authorName) []authorName {
	if len(res) >= 20 {
		return res
	}
	for _, r := range res {
		if foldEqual(r.Name, n.Name) {
			return res
		}
	}
	return append(res, n)
}

// names splits a byline into names: joints, roles, places and dates come off.
func (x *index) names(raw, from string) []authorName {
	s := block.Clean(raw)
	if strings.HasPrefix(s, "http") || utf8.RuneCountInString(s) > 300 {
		return nil
	}
	mail := mailIn.FindString(s)
	s = mailIn.ReplaceAllString(s, "")
	s = byWordsWide.ReplaceAllString(byWords.ReplaceAllString(s, ""), "")
	s = tail.ReplaceAllString(s, "")
	var res []authorName
	for _, part := range nameJoints.Split(s, -1) {
		part = strings.Trim(placeTail.ReplaceAllString(byWords.ReplaceAllString(part, ""), ""), " .:-–—()[]|\"'")
		if part == "" {
			continue
		}
		if roles.MatchString(part) {
			if len(res) > 0 && res[len(res)-1].Role == "" {
				res[len(res)-1].Role = part
			}
			continue
		}
		name, org, _ := strings.Cut(part, " for ")
		if name2, org2, ok := strings.Cut(name, " ("); ok {
			name, org = name2, strings.TrimSuffix(org2, ")")
		}
		_ = org
		name = strings.TrimSpace(afterName.ReplaceAllString(name, ""))
		if degree.MatchString(name) || noName.MatchString(name) {
			continue
		}
		if kind := x.nameKind(name); kind != "" {
			res = append(res, authorName{Author{Name: unshout(name), Kind: kind}, from})
		}
	}
	if len(res) == 1 && mail != "" {
		res[0].Email = strings.ToLower(mail)
	}
	return res
}

// nameKind is "person" or "organization", or "" for what is no author.
func (x *index) nameKind(name string) string {
	n := utf8.RuneCountInString(name)
	switch {
	case n < 2 || n > 70 || notAuthor.MatchString(name) || strings.ContainsAny(name, "@{}<>=") || strings.Contains(name, "://"):
		return ""
	case agencies[fold(name)]:
		return "organization"
	case x.isSite(name):
		return ""
	case strings.ContainsAny(name, "0123456789"):
		return ""
	case staff.MatchString(name):
		return "organization"
	}
	words := strings.Fields(name)
	if len(words) > 6 {
		return ""
	}
	r, _ := utf8.DecodeRuneInString(name)
	if unicode.IsLower(r) && len(words) > 1 && !strings.Contains("de da di van von der den el al la le bin ibn", words[0]) {
		return ""
	}
	return "person"
}

// unshout gives names in capitals the usual case.
func unshout(name string) string {
	if name != strings.ToUpper(name) || utf8.RuneCountInString(name) < 5 || name == strings.ToLower(name) {
		return name
	}
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	for i, w := range words {
		r := []rune(strings.ToLower(w))
		if len(r) > 0 {
			up := true
			for k := range r {
				if up {
					r[k] = unicode.ToUpper(r[k])
				}
				up = r[k] == '-' || r[k] == '\'' || r[k] == '’' || r[k] == '.'
			}
		}
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// visibleAuthors looks for the byline that a reader sees, near the title or at
// the end of the story.
func (x *index) visibleAuthors(title string) (names []authorName, byline string) {
	at, end := -1, 1<<30
	if b := x.titleBlock(title); b != nil {
		at = b.Pos()
	}
	for _, b := range x.Blocks {
		if b.Keep {
			end = b.Pos()
		}
	}
	type spot struct {
		node  *html.Node
		score int
	}
	var best spot
	for n := range x.Doc.Descendants() {
		if n.Type != html.ElementNode || block.Unread[n.DataAtom] {
			continue
		}
		score := x.bylineScore(n)
		if score == 0 {
			continue
		}
		if x.HintsBelow(n.Parent, x.Body)&(block.HintRelated|block.HintComment|block.HintSidebar|block.HintFooter) != 0 || inside(n, "nav", "footer", "aside") {
			continue
		}
		if pos := x.Order[n]; at >= 0 && (pos < at-60 || pos > end+150) {
			continue
		}
		if text := block.VisibleText(n); text == "" || utf8.RuneCountInString(text) > 200 {
			continue
		}
		if score > best.score {
			best = spot{n, score}
		}
	}
	if best.node != nil {
		text := block.VisibleText(best.node)
		for _, n := range x.names(text, "dom:byline") {
			n.URL = x.profile(best.node, n.Name)
			names = appendName(names, n)
		}
		if len(names) > 0 {
			if len(text) > 160 {
				text = ""
			}
			return names, x.wholeByline(best.node, text)
		}
	}
	// A line of its own that begins with a by-word.
	from, to := 0, min(len(x.Blocks), 40)
	if b := x.titleBlock(title); b != nil {
		from, to = max(0, b.N-3), min(len(x.Blocks), b.N+10)
	}
	for _, b := range x.Blocks[from:to] {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InCaption|block.InFigure) != 0 || b.Words > 20 || !byWords.MatchString(b.Text) && !byWordsWide.MatchString(b.Text) || !bylineLine(b.Text) {
			continue
		}
		for _, n := range x.names(b.Text, "text:byline") {
			n.URL = x.profile(b.Node, n.Name)
			names = appendName(names, n)
		}
		if len(names) > 0 {
			return names, b.Text
		}
	}
	return nil, ""
}

// wholeByline is the line that a name stands in, if that is a byline as a whole.
func (x *index) wholeByline(n *html.Node, text string) string {
	for p, i := n.Parent, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		t := block.VisibleText(p)
		if utf8.RuneCountInString(t) > 120 {
			break
		}
		if byWords.MatchString(t) && strings.Contains(t, text) {
			return tail.ReplaceAllString(t, "")
		}
	}
	return tail.ReplaceAllString(text, "")
}

func (x *index) bylineScore(n *html.Node) int {
	for rel := range strings.FieldsSeq(block.Attr(n, "rel")) {
		if rel == "author" {
			return 5
		}
	}
	if block.Attr(n, "itemprop") == "author" {
		return 6
	}
	if x.Hint(n)&block.HintByline != 0 && x.Hint(n)&(block.HintAuthor|block.HintRelated|block.HintComment) == 0 {
		if n.Data == "body" || n.Data == "article" || n.Data == "main" || n.Data == "html" {
			return 0
		}
		return 4
	}
	if n.Data == "a" {
		for _, part := range []string{"/author/", "/authors/", "/autor/", "/autoren/", "/auteur/", "/profile/", "/staff/", "/by/", "/people/", "/journalist"} {
			if strings.Contains(block.Attr(n, "href"), part) {
				return 3
			}
		}
	}
	return 0
}

// profile is the link behind a name.
func (x *index) profile(n *html.Node, name string) string {
	if n.Data == "a" {
		return x.resolve(block.Attr(n, "href"))
	}
	for _, a := range goquery.NewDocumentFromNode(n).Find("a[href]").Nodes {
		if foldEqual(block.VisibleText(a), name) {
			return x.resolve(block.Attr(a, "href"))
		}
	}
	return ""
}
