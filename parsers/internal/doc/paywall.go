package doc

import (
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// wallTexts match lines that end the free part of a story. They are two expressions,
// because words of the English one are in many a line that the other need not be run on.
var wallTexts = [...]*text.Regexp{text.MustCompile(`(?i)subscribe (?:now )?to (?:continue|read|keep reading|unlock)|(?:to|and) (?:continue|keep) reading.{0,40}(?:subscri|register|sign in|log in)|(?:sign in|log in|register|sign up|create an account).{0,30} to (?:continue|read|keep reading)|` +
	`this (?:article|content|story|post) is (?:for|only available (?:to|for)|reserved for|exclusively for|exclusive to) (?:our )?(?:paid |premium )?(?:subscribers|members)|already (?:a|have a) subscri(?:ber|ption)\?|unlock (?:this|the full) (?:article|story)|you(?:'|’)ve (?:reached|read) your .{0,20}(?:limit|free articles)`), text.MustCompile(`(?i)` +
	`weiterlesen mit|jetzt (?:abonnieren und )?weiterlesen|(?:dieser|diesen|den ganzen) (?:artikel|beitrag|inhalt) (?:ist|lesen|nur|weiter).{0,40}(?:abo|plus)|exklusiv für (?:\p{L}+-?)?abonnent|nur für abonnent|bereits abonnent\?|` +
	`(?:réservée?|réservés) (?:à|aux) (?:nos )?abonné|la suite est réservée|pour lire la suite|abonnez-vous pour|déjà abonné|il vous reste [\d.,]+ ?% de cet article|` +
	`suscríbete para|contenido exclusivo para (?:suscriptores|socios)|exclusivo para suscriptores|sólo para suscriptores|para continuar leyendo|¿ya eres suscriptor|` +
	`riservato agli abbonati|per continuare a leggere|contenuto riservato|sei già abbonato|exclusivo para assinantes|para continuar lendo|assine para|já é assinante|` +
	`alleen voor abonnees|lees verder met|verder lezen\?|al abonnee\?|kun for abonnenter|for abonnenter|läs vidare med|logga in för att (?:läsa|fortsätta)|endast för prenumeranter|les videre med|tilaajille|` +
	`tylko dla (?:prenumeratorów|subskrybentów)|dostęp do treści|czytaj dalej z|pouze pro předplatitele|csak előfizetőknek|abonelere özel|только для подписчиков|чтобы прочитать целиком|` +
	`この記事は(?:有料)?会員限定|会員限定記事|残り\s*[\d,]+文字|続きを読むには|有料会員|付费阅读|仅限(?:订阅|会员)|訂閱(?:會員|以)|구독자 전용|유료회원|للمشتركين فقط`)}

// wallCores are parts of all that the first of wallTexts matches, in longer pieces than
// its own prefilter looks for. The last two are other forms of s and k.
var wallCores = text.FoldedLiterals("subscribe to |subscribe now to |continue reading|keep reading| to continue| to read|icle is |tent is |tory is |post is |" +
	"already a subscri|already have a subscri|unlock this a|unlock this s|unlock the full |ve reached your |ve read your |\u017f|\u212a")

func isWall(line string) bool {
	return wallTexts[0].MayMatch(line) && wallCores.FoundIn(line) && wallTexts[0].Regexp.MatchString(line) || wallTexts[1].MatchString(line)
}

// offerText matches other lines of an offer to subscribe: what stands around the
// button, in the languages of wallTexts. A story may begin so, too: see sureOffer.
var offerText = text.MustCompileOpening(`(?i)` +
	`(?:sie )?(?:haben (?:bereits|schon) ein|(?:bereits|schon)) (?:abo|abonnent)|jetzt (?:abonnieren|abo|testen|anmelden)|(?:testen|abonnieren) sie (?:jetzt|uns)|` +
	`already (?:a |have (?:a|an) )?(?:subscri|member|account)|(?:subscribe|join) (?:now|today) (?:for|to|and|from)|start your (?:free )?(?:trial|subscription)|to read (?:the (?:full|rest)|more|this).{0,40}(?:subscri|sign in|log in)|` +
	`(?:vous êtes )?déjà (?:abonné|un compte)|abonnez-vous|(?:cet )?article réservé|` +
	`(?:ya )?(?:eres|es usted|tienes una) (?:suscriptor|suscripción)|suscríbete|suscríbase|inicia sesión para|` +
	`(?:sei )?già (?:abbonato|registrato)|abbonati (?:per|a|ora|subito)|per leggere (?:tutto|l.articolo)|` +
	`(?:al|bent u al|ben je al|heb je al een) (?:abonn|een abon)|word (?:nu )?abonnee|` +
	`(?:masz już|jesteś już) (?:prenumerat|subskryp|konto)|czytaj (?:dalej|więcej) (?:z|w ramach)|wykup (?:dostęp|prenumerat|subskryp)|` +
	`já é assinante|assine (?:para|já|agora)|redan prenumerant|har du redan (?:ett )?(?:konto|prenum|abon)|allerede abonnent|` +
	`уже (?:есть подписка|подписаны)|оформите подписку|читайте дальше по подписке|` +
	`(?:会員の方は|すでに会員|会員登録(?:して|すると|が必要))|登录后(?:阅读|查看)|로그인 후`)

// sureOffer matches lines of such an offer that stand nowhere but below the beginning
// of a story.
var sureOffer = text.MustCompileOpening(`(?i)lesen sie (?:diesen artikel |den ganzen artikel |hier )?weiter (?:mit|als|im)\b|(?:sie )?haben (?:bereits|schon) ein abo|to read (?:the (?:full|rest)).{0,40}(?:subscri|sign in|log in)|lisez la suite|pour lire (?:la suite|cet article)|` +
	`(?:sigue leyendo con|para seguir leyendo)|continua a leggere con|per leggere (?:tutto l|l).articolo|lees (?:dit artikel )?verder (?:met|als)|om (?:dit artikel|verder) te lezen|czytaj (?:dalej|więcej) w ramach|aby (?:czytać|przeczytać) (?:dalej|cały)|continue lendo com|この続きは|ログイン(?:して|すると)続きを|会員登録(?:して|すると)続きを`)

// IsOffer reports whether a line offers to subscribe in order to read on.
func IsOffer(line string) bool {
	return isWall(line) || sureOffer.MatchString(line) || offerText.MatchString(line)
}

// MaxStub bounds, in words, what can be the free beginning of a story.
const MaxStub = 300

// DeclaredPaid reports whether the page says itself that it is not free to read.
func (p *Page) DeclaredPaid() bool {
	if tier, _ := p.FirstMeta("article:content_tier"); strings.EqualFold(tier, "locked") {
		return true
	}
	if o := p.Article(); o != nil {
		if free, said := o.free(); said {
			return !free
		}
		for _, part := range p.ObjectsOf(o, "hasPart") {
			if free, said := part.free(); said {
				return !free
			}
		}
	}
	for _, o := range p.LD {
		if free, said := o.free(); said && !free && !o.Is("Product", "Event", "Place", "LocalBusiness", "TouristAttraction") {
			return true
		}
	}
	return false
}

// free is isAccessibleForFree (schema.org), written as a boolean or a string; said
// is false if it is missing.
func (o Object) free() (free, said bool) {
	switch v := o["isAccessibleForFree"].(type) {
	case bool:
		return v, true
	case string:
		s := strings.ToLower(v[strings.LastIndexAny(v, "/#")+1:])
		return s != "false" && s != "no", s != ""
	}
	return false, false
}

// Wall reports whether a line on the page says that the rest of the story is for
// subscribers, if the story has so few words. A story as long as the page announces
// is whole: there, such a line is about other stories.
func (p *Page) Wall(words int) bool {
	if n := p.Announced(); words >= MaxStub || n > 0 && n*10 < words*13 {
		return false
	}
	for _, b := range p.Blocks {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 && b.Words > 1 && b.Words < 60 && (isWall(b.Text) || sureOffer.MatchString(b.Text)) {
			return true
		}
	}
	return false
}

// Walled reports whether the page shows only a part of the story, whose text is
// given, to readers who have not paid.
func (p *Page) Walled(story string) bool {
	return p.DeclaredPaid() || p.Wall(p.CountWords(story))
}

// Announced is the number of words that the story has according to JSON-LD
// (wordCount, or those of articleBody); 0 if that is not known.
func (p *Page) Announced() int {
	o := p.Article()
	if o == nil {
		return 0
	}
	switch v := o["wordCount"].(type) {
	case float64:
		if v > 0 && v < 1e6 {
			return int(v)
		}
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
			return n
		}
	}
	return block.CountWords(p.ArticleBody())
}
