package dates

import (
	"regexp"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A dateCandidate is one place where a page gives a date, and what that is worth.
type dateCandidate struct {
	partialDate
	from   string
	says   label
	weight float64
	voice  sourceGroup
	why    string
}

// A sourceGroup is one that may be right where another is wrong: dates of the same
// voice are often written by the same program.
type sourceGroup uint8

const (
	voiceLD sourceGroup = iota
	voiceMeta
	voicePage
	voiceURL
	voiceState
	voices
)

// maxDatings bounds what is weighed: a front lists hundreds of stories.
const maxDatings = 300

// A dater collects the dates of a page.
type dater struct {
	x     *doc.Page
	w     dateStyle
	found []dateCandidate

	title, start, end *block.Block // of the story; nil if unknown
}

// add notes the first date of a value that is nothing but a date.
func (d *dater) add(raw, from string, says label, weight float64, v sourceGroup, why string) bool {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > 200 || len(d.found) >= maxDatings {
		return false
	}
	w := d.w
	w.exact = true
	all := w.moments(raw, 1)
	if len(all) == 0 || !plausible(d.x, all[0]) {
		return false
	}
	d.found = append(d.found, dateCandidate{all[0], from, says, weight, v, why})
	return true
}

// plausible refuses what no page can mean: before the web's newspapers, or after
// it was fetched.
func plausible(p *doc.Page, s partialDate) bool {
	if s.year < 1990 {
		return false
	}
	return p.Input.Fetched.IsZero() || time.Date(s.year, time.Month(s.month), s.day, 0, 0, 0, 0, time.UTC).Before(p.Input.Fetched.Add(36*time.Hour))
}

// linked reads JSON-LD.
func (d *dater) linked() {
	x := d.x
	main := x.Article()
	for _, m := range ldDates {
		if main != nil {
			if main.Is("VideoObject") {
				m.weight = min(m.weight, 2.5)
			}
			d.add(main.Text(m.key), "jsonld:"+m.key, m.says, m.weight, voiceLD, "")
		}
	}
	for _, o := range x.LD {
		if o.Is("WebPage", "ItemPage", "AboutPage", "MedicalWebPage", "Webpage", "FAQPage", "QAPage", "Recipe", "Product", "CreativeWork", "PodcastEpisode", "Course", "HowTo", "Review") {
			d.add(o.Text("datePublished"), "jsonld:WebPage.datePublished", saysPublished, 3.2, voiceLD, "")
			d.add(o.Text("dateModified"), "jsonld:WebPage.dateModified", saysUpdated, 3, voiceLD, "")
		}
	}
}

// ldDates are members of a story's JSON-LD.
var ldDates = []struct {
	key    string
	says   label
	weight float64
}{
	{"datePublished", saysPublished, 5}, {"datepublished", saysPublished, 4}, {"dateCreated", saysPublished, 2}, {"uploadDate", saysPublished, 1.6},
	{"dateModified", saysUpdated, 5}, {"datemodified", saysUpdated, 4},
}

// publishedMetas and updatedMetas are names under which heads give dates, the
// telling ones first.
var (
	publishedMetas = []string{"article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished", "pubdate", "publishdate", "publish-date", "publish_date", "published_at", "published", "published_time",
		"published-date", "publication_date", "publication-date", "publicationdate", "pub_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "cxenseparse:articlepublishedtime",
		"article.published", "originalpublicationdate", "article_date_original", "citation_publication_date", "citation_date", "citation_online_date", "rnews:datepublished", "bt:pubdate", "vr:published_time", "date.published",
		"shareaholic:article_published_time", "og:publish_date", "og:pubdate", "video:release_date", "og:release_date", "release_date", "ptime", "publish_time", "iso-8601-publish-date", "prism.publicationdate", "mediator_published_time", "last-published"}
	dateMetas    = []string{"date", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created", "dc.created", "date.created", "created", "article.created", "article:create_time", "time", "datetime", "displaydate", "og:date", "og:article:date"}
	updatedMetas = []string{"article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "dc.modified", "revised", "updated", "updated_at", "modified", "article:modified", "article.updated",
		"cxenseparse:recs:modifiedtime", "parsely-updated-date", "last-updated", "last_updated", "date.modified", "article:update_time", "lastupdate", "utime"}
)

// metas reads the head.
func (d *dater) metas() {
	for _, group := range []struct {
		names  []string
		says   label
		weight float64
	}{{publishedMetas, saysPublished, 4.5}, {dateMetas, saysPublished, 2.8}, {updatedMetas, saysUpdated, 4}} {
		for _, name := range group.names {
			for _, raw := range d.x.Metas[name] {
				if (name == "datepublished" || name == "datemodified") && len(d.x.Metas[name]) > 1 {
					break // itemprop of several things: elements weighs them by their place
				}
				if d.add(raw, "meta:"+name, group.says, group.weight, voiceMeta, "") {
					break
				}
			}
		}
	}
	for _, n := range []string{"1", "2"} {
		l, _ := d.x.FirstMeta("twitter:label" + n)
		v, _ := d.x.FirstMeta("twitter:data" + n)
		if l == "" || v == "" {
			continue
		}
		if says := labelOf(l); says == saysPublished || says == saysUpdated {
			d.add(v, "meta:twitter:data"+n, says, 3, voiceMeta, "")
		}
	}
}

// A zone is where a date stands, seen from the story.
type zone uint8

const (
	zoneFar    zone = iota
	zoneHeader      // between title and story
	zoneAbove       // a little before the title
	zoneLead        // at the start of the story
	zoneWithin      // in the story
	zoneTail        // a little after the story
)

var zoneNames = [...]string{"far", "header", "above", "lead", "within", "tail"}

// frame finds title, start and end of the story among the blocks.
func (d *dater) frame(title string) {
	x := d.x
	d.title = x.TitleBlock(title)
	from := 0
	if d.title != nil {
		from = d.title.N + 1
	}
	var first *block.Block // kept, then a byline: that is the standfirst
	for _, b := range x.Blocks[from:] {
		if !b.Keep {
			if first != nil && d.start == first && b.N <= first.N+5 && d.end == first && b.Words <= 25 && b.Flags&block.InHidden == 0 && mayDate(b.Text) {
				d.start = nil
			}
			continue
		}
		d.end = b
		if d.start == nil && b.Words >= 12 && b.Flags&block.InHeading == 0 {
			d.start = b
			if first == nil {
				first = b
			}
		}
	}
	if d.start == nil {
		d.start = first
	}
}

// zoneOfBlock is zoneOf for a block: counted in blocks, as a line may belong to an
// element that begins far above it.
func (d *dater) zoneOfBlock(b *block.Block) zone {
	n := b.N
	switch {
	case d.title != nil && n == d.title.N:
		return zoneHeader
	case d.start == nil:
		if d.title != nil && n > d.title.N && n-d.title.N < 12 {
			return zoneHeader
		}
	case n >= d.start.N && n <= d.end.N:
		return zoneWithin
	case n > d.end.N:
		if n-d.end.N <= 10 {
			return zoneTail
		}
		return zoneFar
	case d.title != nil && n > d.title.N:
		return zoneHeader
	}
	first := d.title
	if first == nil {
		first = d.start
	}
	if first != nil && n < first.N && first.N-n <= 7 {
		return zoneAbove
	}
	return zoneFar
}

// zoneOf says where an element stands.
func (d *dater) zoneOf(elem int) zone {
	switch {
	case d.title == nil && d.start == nil:
		return zoneFar
	case d.title != nil && elem >= d.title.Elem && (d.start == nil && elem-d.title.Elem < 80 || d.start != nil && elem < d.start.Elem):
		return zoneHeader
	case d.title != nil && elem < d.title.Elem:
		if d.title.Elem-elem < 30 {
			return zoneAbove
		}
		return zoneFar
	case d.title == nil && elem < d.start.Elem && d.start.Elem-elem < 40:
		return zoneAbove
	case d.end != nil && elem > d.end.Elem:
		if elem-d.end.Elem < 60 {
			return zoneTail
		}
		return zoneFar
	case d.start != nil && elem >= d.start.Elem && d.end != nil && elem <= d.end.Elem:
		return zoneWithin
	}
	return zoneFar
}

// elements reads what is marked up as a date.
func (d *dater) elements() {
	x := d.x
	n := 0
	for id := 1; id < len(x.Elems) && n < maxDatings; id++ {
		e := &x.Elems[id]
		node := e.Node
		prop, stamped := "", ""
		isTime := node.DataAtom == atom.Time
		for _, a := range node.Attr {
			switch {
			case a.Key == "itemprop":
				if strings.Contains(a.Val, "date") || strings.Contains(a.Val, "Date") {
					prop = strings.ToLower(a.Val)
				}
			case a.Key == "datetime" && !isTime:
				stamped = a.Val
			case len(a.Key) > 8 && strings.HasPrefix(a.Key, "data-") && (strings.Contains(a.Key, "publi") || a.Key == "data-datetime" || a.Key == "data-timestamp"):
				if !isTime && len(a.Val) < 40 && stamped == "" {
					stamped = a.Val
				}
			case a.Key == "title" && (node.DataAtom == atom.Abbr || node.DataAtom == atom.Span) && len(a.Val) < 40 && len(a.Val) >= 8 && mayDate(a.Val):
				stamped = a.Val
			}
		}
		if !isTime && prop == "" && stamped == "" {
			continue
		}
		n++
		d.element(id, node, prop, stamped, isTime)
	}
}

func (d *dater) element(id int, node *html.Node, prop, stamped string, isTime bool) {
	x := d.x
	e := &x.Elems[id]
	names := namesOf(node)
	if p := node.Parent; p != nil && names.says == unlabelled {
		if up := namesOf(p); p.FirstChild == p.LastChild || up.says != unlabelled {
			names.says = up.says
		}
	}
	says := names.says
	switch {
	case strings.Contains(prop, "modified") || strings.Contains(prop, "updated"):
		says = saysUpdated
	case strings.Contains(prop, "published") || strings.Contains(prop, "created") || strings.Contains(prop, "upload"):
		says = saysPublished
	default:
		if l := labelOf(textBefore(node)); l != unlabelled {
			says = l
		}
	}
	at := d.zoneOf(id)
	inHead := node.DataAtom == atom.Meta && e.Flags == 0 && d.title != nil && id < d.title.Elem && at == zoneFar
	weight := [...]float64{zoneFar: 1, zoneHeader: 3, zoneAbove: 2.6, zoneLead: 2, zoneWithin: 1, zoneTail: 1.6}[at]
	if says == saysPublished {
		weight += [...]float64{zoneFar: 0.4, zoneHeader: 0.9, zoneAbove: 0.9, zoneLead: 0.6, zoneWithin: 0.4, zoneTail: 0.8}[at]
	}
	v := voicePage
	if prop != "" {
		weight += 0.5
		if inHead {
			weight, v = 4, voiceMeta
		}
	}
	if !isTime && prop == "" {
		weight -= 0.6
	}
	why := "marked up, " + zoneNames[at]
	if e.Above&(block.HintRelated|block.HintComment|block.HintSidebar|block.HintPromo) != 0 && at != zoneHeader || e.Flags&(block.InNav|block.InFooter|block.InAside) != 0 {
		weight *= 0.35
		why += ", beside the story"
	} else if at != zoneHeader && e.Flags&block.InLink != 0 {
		weight *= 0.4
		why += ", in a card"
	}
	if says == saysOther {
		return
	}
	from := "dom:" + node.Data
	if prop != "" {
		from = "dom:" + prop
	}
	for _, raw := range []string{block.Attr(node, "datetime"), block.Attr(node, "content"), stamped, block.Attr(node, "title")} {
		if raw != "" && d.add(raw, from, says, weight, v, why) {
			return
		}
	}
	if text := block.VisibleText(node); len(text) < 120 && mayDate(text) {
		for i, s := range d.w.moments(text, 2) {
			if plausible(d.x, s) && len(d.found) < maxDatings {
				l := says
				if own := labelOf(text[:s.start]); own != unlabelled {
					l = own
				} else if i > 0 {
					break
				}
				d.found = append(d.found, dateCandidate{s, from, l, weight, voicePage, why})
			}
		}
	}
}

// textBefore is the end of the text that stands right before an element.
func textBefore(n *html.Node) string {
	for up := 0; up < 3 && n != nil; up++ {
		for s, k := n.PrevSibling, 0; s != nil && k < 4; s, k = s.PrevSibling, k+1 {
			t := ""
			switch {
			case s.Type == html.TextNode:
				t = s.Data
			case s.Type == html.ElementNode && !block.Unread[s.DataAtom]:
				t = block.TextOf(s)
			}
			if len(t) > 2000 {
				return ""
			}
			if t = strings.TrimSpace(t); t != "" {
				return t[max(0, len(t)-80):]
			}
		}
		n = n.Parent
	}
	return ""
}

// lines reads the dates that a reader sees.
func (d *dater) lines() {
	x := d.x
	for i, b := range x.Blocks {
		if len(d.found) >= maxDatings {
			return
		}
		if b.Flags&(block.InHidden|block.InDialog|block.InCaption|block.InQuote|block.InButton) != 0 {
			continue
		}
		text := b.Text
		at := d.zoneOfBlock(b)
		if at == zoneWithin && (b == d.start || b.N == d.start.N+1) {
			at = zoneLead
		}
		limit := 300
		switch at {
		case zoneLead, zoneHeader:
			if len(text) > limit {
				text = text[:160]
			}
		case zoneFar:
			limit = 120
		}
		if len(text) > limit || !mayDate(text) {
			continue
		}
		before := unlabelled
		if i > 0 {
			if p := x.Blocks[i-1]; p.Words <= 5 && len(p.Text) < 60 && !mayDate(p.Text) {
				if before = labelOf(p.Text); before == saysOther {
					before = unlabelled
				}
			}
		}
		d.line(b, text, at, before)
	}
}

func (d *dater) line(b *block.Block, text string, at zone, before label) {
	x := d.x
	all := d.w.moments(text, 3)
	if len(all) == 0 {
		return
	}
	names := d.namesAround(b, text[all[0].start:all[0].end])
	last := 0
	for k, s := range all {
		says := labelOf(text[last:s.start])
		if k == 0 && says == unlabelled && s.start < 4 {
			says = before
		}
		last = s.end
		if says == unlabelled {
			says = names.says
		}
		if says == saysOther || !plausible(x, s) || copyright.MatchString(text) {
			continue
		}
		weight := [...]float64{zoneFar: 0, zoneHeader: 2.4, zoneAbove: 1.9, zoneLead: 0.9, zoneWithin: 0, zoneTail: 0.9}[at]
		why := zoneNames[at]
		switch says {
		case saysPublished:
			weight += [...]float64{zoneFar: 1.2, zoneHeader: 1, zoneAbove: 1.1, zoneLead: 0.6, zoneWithin: 0.8, zoneTail: 1.6}[at]
			why += ", as published"
		case saysUpdated:
			weight += [...]float64{zoneFar: 1.2, zoneHeader: 1, zoneAbove: 1, zoneLead: 0.6, zoneWithin: 0.8, zoneTail: 1.6}[at]
			why += ", as updated"
		}
		if names.date {
			weight += [...]float64{zoneFar: 0.5, zoneHeader: 0.5, zoneAbove: 0.6, zoneLead: 0.6, zoneWithin: 0.2, zoneTail: 0.6}[at]
			why += ", named a date"
		}
		around := b.Words - 3
		if around <= 3 && says == unlabelled && !names.date && at != zoneFar && at != zoneWithin {
			weight += 0.5
			why += ", alone"
		}
		if says == unlabelled && !names.date {
			switch {
			case at == zoneLead && s.start < 60:
				if s.start < 8 {
					weight += 0.5
				}
			case at == zoneLead, around > 22:
				weight -= 1.2
			case around > 10:
				weight -= 0.5
			}
		}
		if k > 0 && says == unlabelled {
			weight -= 0.8
		}
		if b.Flags&(block.InNav|block.InFooter|block.InAside|block.InForm) != 0 {
			if at == zoneHeader || at == zoneAbove {
				weight *= 0.6
			} else {
				weight *= 0.4
			}
			why += ", in the frame"
		}
		if m := x.HintsBelow(b.Node, x.Body); m&(block.HintRelated|block.HintComment|block.HintSidebar|block.HintPromo) != 0 && at != zoneHeader {
			weight *= 0.4
			why += ", beside the story"
		}
		if at != zoneLead && d.card(b, at) {
			switch {
			case at == zoneAbove:
				weight *= 0.6
			case says != unlabelled:
				weight *= 0.45
			default:
				weight *= 0.3
			}
			why += ", in a card"
		}
		if weight < 0.3 {
			continue
		}
		d.found = append(d.found, dateCandidate{s, "text:" + b.Node.Data, says, weight, voicePage, why})
	}
}

// card reports whether a block stands next to a heading that is a link, as in
// lists of other stories.
func (d *dater) card(b *block.Block, at zone) bool {
	if b.Flags&block.InLink != 0 {
		return true
	}
	// Around the story only headings tell: a section's name or a tag is a link, too.
	near := at == zoneHeader || at == zoneAbove || at == zoneTail && b.N <= d.end.N+2
	for _, k := range []int{b.N - 1, b.N + 1, b.N - 2, b.N + 2} {
		if k < 0 || k >= len(d.x.Blocks) {
			continue
		}
		c := d.x.Blocks[k]
		if c == d.title || c.Words < 3 || c.Link*10 < len(c.Text)*8 || c.Flags&block.InNav != 0 {
			continue
		}
		if c.Flags&block.InHeading != 0 && (at != zoneHeader || d.title != nil && c.N > d.title.N) || !near && c.Words >= 5 {
			return true
		}
	}
	return false
}

// namesAround joins the names of the elements in which a block's date stands.
func (d *dater) namesAround(b *block.Block, date string) dateNames {
	var r dateNames
	join := func(n *html.Node) {
		o := namesOf(n)
		r.date = r.date || o.date
		if r.says == unlabelled {
			r.says = o.says
		}
	}
	for id := b.Elem + 1; id < len(d.x.Elems) && id < b.Elem+30; id++ {
		e := &d.x.Elems[id]
		if e.Depth <= d.x.Elems[b.Elem].Depth {
			break
		}
		if !block.Border(e.Node) && e.Node.FirstChild != nil && strings.Contains(block.Clean(block.TextOf(e.Node)), date) {
			join(e.Node)
		}
	}
	if d.x.Elems[b.Elem].Hint&(block.HintMeta|block.HintByline) != 0 {
		r.date = true
	}
	n := b.Node
	for up := 0; up < 3 && n != nil && n != d.x.Body; up++ {
		if up > 0 && len(n.Attr) > 0 {
			// What holds the whole story names more than its date.
			if d.start != nil && block.Within(d.start.Node, n) {
				break
			}
		}
		join(n)
		n = n.Parent
	}
	return r
}

var urlDate = regexp.MustCompile(`/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})(?:[/_.-]|$)|(?:^|[/_.-])((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?:[/._-]|$)|/[A-Za-z]{0,3}((?:19|20)\d\d)([01]\d)([0-3]\d)\d{4,14}(?:[/._-]|$)`)

// address reads the date in a page's own address. In the address of an archive's
// copy the first number is the time of the copy, which is no date of the page.
func (d *dater) address() {
	if d.x.Input.URL == nil {
		return
	}
	path := d.x.Input.URL.Path
	if i := strings.LastIndex(path, "/http"); i >= 0 {
		path = path[i+1:]
	}
	for _, m := range urlDate.FindAllStringSubmatch(path, 4) {
		weight := 2.2
		y, mo, day := m[1], m[2], m[3]
		switch {
		case m[4] != "":
			y, mo, day = m[4], m[5], m[6]
		case m[7] != "":
			y, mo, day, weight = m[7], m[8], m[9], 1.2
		}
		w := dateStyle{}
		if all := w.moments(y+"-"+mo+"-"+day, 1); len(all) > 0 && plausible(d.x, all[0]) {
			d.found = append(d.found, dateCandidate{all[0], "url", unlabelled, weight, voiceURL, ""})
			return
		}
	}
}

// stateKey is a member of a page's data that gives a date of publication.
var stateKey = regexp.MustCompile(`^(?:(?:first|original|initial|article|content|post|display|pub)?_?-?(?:date)?_?-?(?:publish(?:ed)?|publication)_?-?(?:at|date|datetime|time|timestamp|on|iso|utc|gmt)*|pub_?date|date_?published|display_?date|publish(?:ed)?_?(?:time|at|date)_?(?:iso|utc|gmt|string)?)$`)

// scripts reads the data that a page gives its own programs.
func (d *dater) scripts() {
	scripts := d.x.State
	if len(d.x.LD) == 0 {
		scripts = append(scripts[:len(scripts):len(scripts)], d.x.Data...)
	}
	slug := ""
	if d.x.Input.URL != nil {
		slug = strings.Trim(d.x.Input.URL.Path, "/")
		slug = slug[strings.LastIndexByte(slug, '/')+1:]
	}
	budget := 4 << 20
	seen := 0
	for _, n := range scripts {
		if n.FirstChild == nil {
			continue
		}
		s := n.FirstChild.Data
		if budget -= len(s); budget < 0 {
			return
		}
		for _, part := range []string{"ubli", "ubDate"} {
			for at := 0; seen < 60; {
				i := strings.Index(s[at:], part)
				if i < 0 {
					break
				}
				at += i + len(part)
				key, value, where := stateMember(s, at)
				if key == "" || !stateKey.MatchString(strings.ToLower(key)) {
					continue
				}
				seen++
				weight, why := 1.3, ""
				if len(slug) > 8 && strings.Contains(s[max(0, where-3000):min(len(s), where+3000)], slug) {
					weight, why = 2.2, "near the page's own name"
				}
				d.add(value, "state:"+key, saysPublished, weight, voiceState, why)
			}
		}
	}
}

// stateMember reads the name and the value of the member of an object whose name is
// around position at of a script.
func stateMember(s string, at int) (key, value string, where int) {
	start, end := at, at
	for start > 0 && at-start < 40 && nameByte(s[start-1]) {
		start--
	}
	for end < len(s) && end-at < 40 && nameByte(s[end]) {
		end++
	}
	key = s[start:end]
	i := end
	for i < len(s) && i < end+8 && (s[i] == '\\' || s[i] == '"' || s[i] == '\'' || s[i] == ' ') {
		i++
	}
	if i >= len(s) || s[i] != ':' && s[i] != '=' {
		return "", "", 0
	}
	i++
	for i < len(s) && i < end+16 && (s[i] == '\\' || s[i] == '"' || s[i] == '\'' || s[i] == ' ') {
		i++
	}
	k := i
	for k < len(s) && k < i+60 && s[k] != '"' && s[k] != '\'' && s[k] != '\\' && s[k] != '}' && s[k] != ';' && s[k] != '<' {
		if s[k] == ',' && (k+1 < len(s) && s[k+1] == '"') {
			break
		}
		k++
	}
	return key, strings.TrimRight(s[i:k], ", "), start
}

func nameByte(c byte) bool {
	return asciiLetter(c) || c == '_' || c == '-' || c >= '0' && c <= '9'
}
