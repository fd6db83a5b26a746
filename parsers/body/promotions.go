package body

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// promotions are beginnings of lines that sites put between or after paragraphs,
// in lower case, each with the most words that such a line has. A line that is
// the beginning alone has them all.
var promotions = map[string]int{}

// maxPromotion is the length of the longest of them, promotionStarts are the two
// bytes that each begins with: most lines need no further look.
var (
	maxPromotion    int
	promotionStarts = map[[2]byte]bool{}
)

func init() {
	add := func(words int, lines string) {
		for l := range strings.SplitSeq(lines, "|") {
			l = strings.TrimSpace(l)
			promotions[l] = words
			maxPromotion = max(maxPromotion, len(l))
			promotionStarts[[2]byte{l[0], l[1]}] = true
		}
	}
	// Labels that stand alone.
	add(2, `advertisement|advertising|advert|ad|anzeige|werbung|publicité|publicidad|pubblicità|reklam|reklame|annons|annonse|annonce|advertentie|реклама|إعلان|إعلانات|اقرأ أيضا|اقرأ أيضًا|mainos|reclame|hirdetés|reklám|διαφήμιση|iklan|quảng cáo|広告|广告|광고|sponsored|sponsored content|story continues below|article continues below|article continues|continue reading|
		share this|share|teilen|compartir|partager|condividi|dela|del|jaa|udostępnij|поделиться|tweet|print|drucken|imprimir|imprimer|stampa|comments|kommentare|commentaires|comentarios|commenti|loading|loading...|spread the love|like this|like loading|
		related|related articles|related stories|related news|related posts|related topics|related content|related coverage|you may also like|you might also like|más información|más noticias|recommended|recommended for you|recommended stories|editors' picks|editor's picks|most read|most popular|trending|trending now|
		don't miss|don’t miss|must read|read more|read also|also read|see also|watch|watch now|watch live|up next|more stories|more news|mehr zum thema|mehr dazu|lesen sie auch|auch interessant|das könnte sie auch interessieren|meistgelesen|lire aussi|à lire aussi|sur le même sujet|leer también|lea también|te puede interesar|leggi anche|potrebbe interessarti|lees ook|les også|læs også|läs också|läs mer|lue myös|czytaj także|czytaj też|zobacz też|читайте также|читайте еще|ещё по теме|関連記事|相关阅读|延伸阅读|관련기사|
		tags|topics|themen|schlagwörter|stichwörter|etiquetas|mots-clés|follow us|folgen sie uns|síguenos|suivez-nous|seguici|sign up|subscribe|subscribe now|newsletter|jetzt abonnieren|abonnieren|s'abonner|suscríbete|iscriviti|this slideshow requires javascript|this slideshow requires javascript.|all rights reserved|all rights reserved.|change of name|connect with us|join the conversation|leave a comment|leave a reply|previous article|next article|previous post|next post|click to share|copy link|listen to this article|listen to article`)
	// Beginnings, with a sign after them or more of the same.
	add(25, `read more:|read also:|also read:|also read |see also:|must read:|read next:|related:|related article:|related story:|watch:|watch now:|more:|more on this:|don't miss:|don’t miss:|recommended:|you may also like:|also on |lesen sie auch:|lesen sie auch |lesen sie hier:|mehr zum thema:|mehr dazu:|mehr lesen:|lire aussi:|lire aussi :|à lire aussi:|à lire aussi :|lire également :|à lire :|leer también:|lea también:|lea también |lee también:|te puede interesar:|le puede interesar:|leggi anche:|leia também:|leia mais:|lees ook:|les også:|læs også:|läs också:|läs även:|läs mer:|lue myös:|czytaj także:|czytaj też:|zobacz też:|zobacz także:|читайте также:|читайте:|ayrıca oku|baca juga:|baca juga |đọc thêm:|xem thêm:|
		follow us on |follow him on |follow her on |follow them on |follow @|like us on |like this story? |sign up for |sign up to |subscribe to our |subscribe to the |subscribe to get |get our free |join our |download our app|download the app|click here to |click here for more|tap here |share this article|share on |abonnieren sie |abonnez-vous |inscrivez-vous |suscríbete |suscríbase |síguenos |iscriviti |seguici |tags:|topics:|filed under|themen:|schlagwörter:|stichwörter:|etiquetas:|mots-clés`)
}

// What may stand around a promotion, and before its beginning.
const (
	aroundPromotion = " .:…!»→>›*-–—|[]()"
	beforePromotion = " »→>›*-–—|[]("
)

// mayPromote is the cheap question whether a text may promote something: in ASCII, it
// begins with the first two bytes of a promotion in either case.
func mayPromote(s string) bool {
	return !text.IsASCII(s) || startsPromotion(strings.TrimLeft(s, aroundPromotion)) || startsPromotion(strings.TrimLeft(s, beforePromotion))
}

func startsPromotion(s string) bool {
	return len(s) >= 2 && promotionStarts[[2]byte{text.Lower(s[0]), text.Lower(s[1])}]
}

// promotes reports whether a line is one that promotes something.
func promotes(line string, words int) bool {
	if words > 25 || len(line) > 300 || !mayPromote(line) {
		return false
	}
	lower := strings.ToLower(line)
	t := strings.Trim(lower, aroundPromotion)
	if len(t) <= maxPromotion {
		if most, ok := promotions[t]; ok && words <= max(most, 6) {
			return true
		}
	}
	t = strings.TrimLeft(lower, beforePromotion)
	if len(t) < 2 || !promotionStarts[[2]byte{t[0], t[1]}] {
		return false
	}
	for cut := range len(t) {
		// Beginnings end at a sign or a space.
		if c := t[cut]; c == ' ' || c == ':' || c == '@' || c > 0x7f && cut > 0 {
			if promotions[t[:cut+1]] == 25 || promotions[t[:cut]] == 25 {
				return true
			}
		}
		if cut > 40 {
			break
		}
	}
	return false
}
