package parsers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
)

// months are names of months, by their first letters in lower case, in the
// languages of many newspapers.
var months = map[string]int{}

func init() {
	for i, names := range []string{
		"january jan januar janvier janv enero ene janeiro gennaio gen januari styczeń stycznia января янв leden ledna ocak januára siječnja ianuarie tammikuuta",
		"february feb februar février févr fevrier febrero fevereiro fev febbraio februari luty lutego февраля фев únor února şubat veljače februarie helmikuuta",
		"march mar märz maerz mars marzo março marco maart marzec marca марта мар březen března mart ožujka martie maaliskuuta mrz",
		"april apr avril avr abril abr aprile kwiecień kwietnia апреля апр duben dubna nisan travnja aprilie huhtikuuta",
		"may mai mayo maio maggio mag mei maj maja мая května květen mayıs svibnja toukokuuta",
		"june jun juni juin junio junho giugno giu czerwiec czerwca июня июн červen června haziran lipnja iunie kesäkuuta",
		"july jul juli juillet juil julio julho luglio lug lipiec lipca июля июл červenec července temmuz srpnja iulie heinäkuuta",
		"august aug août aout agosto ago augustus augusti sierpień sierpnia августа авг srpen srpna ağustos kolovoza elokuuta",
		"september sep sept septembre septiembre setiembre setembro settembre set wrzesień września сентября сен září eylül rujna septembrie syyskuuta",
		"october oct oktober okt octobre octubre outubro out ottobre ott październik października октября окт říjen října ekim listopada octombrie lokakuuta",
		"november nov novembre noviembre novembro listopad ноября ноя listopadu kasım studenoga noiembrie marraskuuta",
		"december dec dezember dez décembre decembre diciembre dic dezembro dicembre desember grudzień grudnia декабря дек prosinec prosince aralık prosinca decembrie joulukuuta",
	} {
		for name := range strings.FieldsSeq(names) {
			if months[name] == 0 {
				months[name] = i + 1
			}
		}
	}
}

var (
	isoDate  = regexp.MustCompile(`\b((?:19|20)\d\d)[-./](\d{1,2})[-./](\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?`)
	cjkDate  = regexp.MustCompile(`((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?(?:\s*(\d{1,2})[:：](\d\d))?`)
	dayFirst = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º)?\.?(?:\s+de)?[\s-]+(\p{L}{3,12})\.?,?(?:\s+(?:de|del))?[\s-]+((?:19|20)\d\d)(?:\D{1,12}?(\d{1,2})[:.](\d\d)\s*([ap]\.?m)?)?`)
	monFirst = regexp.MustCompile(`(?i)\b(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?:\D{1,12}?(\d{1,2}):(\d\d)\s*([ap]\.?m)?)?`)
	numeric  = regexp.MustCompile(`\b(\d{1,2})([./-])(\d{1,2})[./-]((?:19|20)\d\d)(?:\D{1,8}?(\d{1,2})[:.](\d\d))?`)
	urlDate  = regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2}|[a-z]{3})/(\d{1,2})(?:/|$)|[/-]((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?:[/._-]|$)`)
)

// parseDate reads a date as sites write it and returns it in RFC 3339, as
// precise as it was: "2026-11-23", "2026-11-23T10:00" or with seconds and the
// offset as written. "" where it is no date. dayMonth says how 3/4/2026 is meant.
func parseDate(s string, dayMonth bool) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 200 {
		return ""
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return join(m[1], m[2], m[3], m[4], m[5], m[6], m[7])
	}
	for _, layout := range []string{time.RFC1123Z, time.RFC1123, time.RFC850, time.RubyDate, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon Jan 02 15:04:05 MST 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.RFC3339)
		}
	}
	if m := cjkDate.FindStringSubmatch(s); m != nil {
		return join(m[1], m[2], m[3], m[4], m[5], "", "")
	}
	if m := monFirst.FindStringSubmatch(s); m != nil {
		if mon := month(m[1]); mon > 0 {
			return join(m[3], strconv.Itoa(mon), m[2], clock(m[4], m[6]), m[5], "", "")
		}
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		if mon := month(m[2]); mon > 0 {
			return join(m[3], strconv.Itoa(mon), m[1], clock(m[4], m[6]), m[5], "", "")
		}
	}
	if m := numeric.FindStringSubmatch(s); m != nil {
		a, b := m[1], m[3]
		if n, err := strconv.Atoi(b); err == nil && (n > 12 || !dayMonth && m[2] == "/") {
			if k, err := strconv.Atoi(a); err == nil && k <= 12 {
				a, b = b, a
			}
		}
		return join(m[4], b, a, m[5], m[6], "", "")
	}
	return ""
}

func month(name string) int {
	return months[strings.ToLower(name)]
}

// clock turns an hour with am or pm into one of 24.
func clock(hour, half string) string {
	h, err := strconv.Atoi(hour)
	if err != nil || half == "" {
		return hour
	}
	switch {
	case (half[0] == 'p' || half[0] == 'P') && h < 12:
		h += 12
	case (half[0] == 'a' || half[0] == 'A') && h == 12:
		h = 0
	}
	return strconv.Itoa(h)
}

func join(year, month, day, hour, minute, second, zone string) string {
	n := func(s string) int {
		v, err := strconv.Atoi(s)
		if err != nil {
			return 0
		}
		return v
	}
	t := time.Date(n(year), time.Month(n(month)), n(day), 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(n(month)) || t.Day() != n(day) || t.Year() < 1900 {
		return ""
	}
	date := t.Format(time.DateOnly)
	if hour == "" || n(hour) > 23 || n(minute) > 59 {
		return date
	}
	if second == "" && zone == "" {
		return fmt.Sprintf("%sT%02d:%02d", date, n(hour), n(minute))
	}
	if len(zone) == 5 {
		zone = zone[:3] + ":" + zone[3:]
	}
	return fmt.Sprintf("%sT%02d:%02d:%02d%s", date, n(hour), n(minute), n(second), zone)
}

// publishedMetas and modifiedMetas are names under which heads give dates.
var (
	publishedMetas = []string{"article:published_time", "og:published_time", "og:article:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date", "publish_date", "published_at",
		"parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dc.date.created", "dcterms.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
		"article.published", "date.created", "last-published", "originalpublicationdate", "article_date_original", "citation_publication_date", "citation_date", "rnews:datepublished", "bt:pubdate", "vr:published_time"}
	modifiedMetas = []string{"article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "revised", "cxenseparse:recs:modifiedtime"}
)

// dayMonth says how this page writes 3/4/2026: American English puts the month first.
func (x *index) dayMonth() bool {
	lang := strings.ToLower(x.Lang)
	if lang == "en-us" {
		return false
	}
	if strings.HasPrefix(lang, "en") || lang == "" {
		host := ""
		if x.page.URL != nil {
			host = x.page.URL.Hostname()
		}
		for _, tld := range []string{".com", ".org", ".net", ".us", ".gov", ".edu"} {
			if strings.HasSuffix(host, tld) && lang != "en-gb" && lang != "en-au" {
				return false
			}
		}
	}
	return true
}

// plausible refuses what no page can mean: before the web's newspapers, or after
// it was fetched.
func (x *index) plausible(date string) bool {
	if len(date) < 10 {
		return false
	}
	t, err := time.Parse(time.DateOnly, date[:10])
	if err != nil || t.Year() < 1990 {
		return false
	}
	return x.page.Fetched.IsZero() || t.Before(x.page.Fetched.Add(36*time.Hour))
}

// findDates reads when the page says it was published and changed.
func (x *index) findDates(title string) (published string, pp Provenance, modified string, mp Provenance) {
	dm := x.dayMonth()
	take := func(raw, from string, sure float64) bool {
		if d := parseDate(raw, dm); d != "" && x.plausible(d) {
			published, pp = d, Provenance{from, sure}
			return true
		}
		return false
	}
	o := x.article()
	if o != nil {
		if d := parseDate(o.text("dateModified"), dm); d != "" && x.plausible(d) {
			modified, mp = d, Provenance{"jsonld:dateModified", 0.9}
		}
	}
	if modified == "" {
		if raw, name := x.first(modifiedMetas...); raw != "" {
			if d := parseDate(raw, dm); d != "" && x.plausible(d) {
				modified, mp = d, Provenance{"meta:" + name, 0.8}
			}
		}
	}
	defer func() {
		if modified != "" && published != "" && modified[:10] < published[:10] {
			modified, mp = "", Provenance{}
		}
	}()
	if o != nil && (take(o.text("datePublished"), "jsonld:datePublished", 0.95) || take(o.text("dateCreated"), "jsonld:dateCreated", 0.7) || take(o.text("uploadDate"), "jsonld:uploadDate", 0.7)) {
		return
	}
	for _, name := range publishedMetas {
		for _, raw := range x.Metas[name] {
			if take(raw, "meta:"+name, 0.9) {
				return
			}
		}
	}
	if x.timeElements(title, take) {
		return
	}
	if x.visibleDate(title, take) {
		return
	}
	if x.page.URL != nil {
		if m := urlDate.FindStringSubmatch(x.page.URL.Path); m != nil {
			y, mo, d := m[1], m[2], m[3]
			if y == "" {
				y, mo, d = m[4], m[5], m[6]
			}
			if n := month(mo); n > 0 {
				mo = strconv.Itoa(n)
			}
			if take(y+"-"+mo+"-"+d, "url", 0.5) {
				return
			}
		}
	}
	return
}

// timeElements looks at time elements and what is marked up as a date, near the
// title and outside of lists of other stories.
func (x *index) timeElements(title string, take func(raw, from string, sure float64) bool) bool {
	at := 0
	if b := x.titleBlock(title); b != nil {
		at = b.Pos()
	}
	var best *html.Node
	bestDistance := 1 << 30
	for _, n := range x.find(`time, abbr[class*="published"], [itemprop="datePublished"]`) {
		prop := strings.ToLower(block.Attr(n, "itemprop"))
		if strings.Contains(prop, "modified") || strings.Contains(block.Attr(n, "class"), "updated") && !strings.Contains(block.Attr(n, "class"), "published") {
			continue
		}
		d := abs(x.Order[n] - at)
		if prop == "datepublished" || strings.Contains(block.Attr(n, "class"), "published") || block.Attr(n, "pubdate") != "" {
			d /= 4
		}
		if x.HintsBelow(n, x.Body)&(block.HintRelated|block.HintComment|block.HintSidebar) != 0 || inside(n, "nav", "footer", "aside") {
			d += 5000
		}
		if d < bestDistance && d < 400 {
			best, bestDistance = n, d
		}
	}
	if best == nil {
		return false
	}
	for _, raw := range []string{block.Attr(best, "datetime"), block.Attr(best, "content"), block.Attr(best, "title"), block.VisibleText(best)} {
		if take(raw, "dom:"+best.Data, 0.8) {
			return true
		}
	}
	return false
}

func inside(n *html.Node, tags ...string) bool {
	for ; n != nil; n = n.Parent {
		for _, t := range tags {
			if n.Data == t && n.Type == html.ElementNode {
				return true
			}
		}
	}
	return false
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// visibleDate reads a date that stands as a line of its own near the title.
func (x *index) visibleDate(title string, take func(raw, from string, sure float64) bool) bool {
	b := x.titleBlock(title)
	if b == nil {
		return false
	}
	for _, step := range []int{1, -1} {
		for i := 1; i <= 8; i++ {
			k := b.N + step*i
			if k < 0 || k >= len(x.Blocks) {
				break
			}
			c := x.Blocks[k]
			if step > 0 && c.Words > 40 {
				break // the story has begun
			}
			if c.Words > 25 || c.Flags&(block.InNav|block.InFooter|block.InHidden) != 0 || copyright.MatchString(c.Text) {
				continue
			}
			if i > 4 && step < 0 {
				break
			}
			if take(c.Text, "text:"+c.Node.Data, 0.6) {
				return true
			}
		}
	}
	return false
}

var copyright = regexp.MustCompile(`(?i)©|\(c\)|copyright|all rights`)
