package doc

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// wallText are lines that stand where the free part of a story ends.
var wallText = regexp.MustCompile(`(?i)subscribe (?:now )?to (?:continue|read|keep reading|unlock)|(?:to|and) (?:continue|keep) reading.{0,40}(?:subscri|register|sign in|log in)|(?:sign in|log in|register|sign up|create an account).{0,30} to (?:continue|read|keep reading)|` +
	`this (?:article|content|story|post) is (?:for|only available (?:to|for)|reserved for|exclusively for|exclusive to) (?:our )?(?:paid |premium )?(?:subscribers|members)|already (?:a|have a) subscri(?:ber|ption)\?|unlock (?:this|the full) (?:article|story)|you(?:'|’)ve (?:reached|read) your .{0,20}(?:limit|free articles)|` +
	`weiterlesen mit|jetzt (?:abonnieren und )?weiterlesen|(?:dieser|diesen|den ganzen) (?:artikel|beitrag|inhalt) (?:ist|lesen|nur|weiter).{0,40}(?:abo|plus)|exklusiv für (?:\p{L}+-?)?abonnent|nur für abonnent|bereits abonnent\?|` +
	`(?:réservée?|réservés) (?:à|aux) (?:nos )?abonné|la suite est réservée|pour lire la suite|abonnez-vous pour|déjà abonné|il vous reste [\d.,]+ ?% de cet article|` +
	`suscríbete para|contenido exclusivo para (?:suscriptores|socios)|exclusivo para suscriptores|sólo para suscriptores|para continuar leyendo|¿ya eres suscriptor|` +
	`riservato agli abbonati|per continuare a leggere|contenuto riservato|sei già abbonato|exclusivo para assinantes|para continuar lendo|assine para|já é assinante|` +
	`alleen voor abonnees|lees verder met|verder lezen\?|al abonnee\?|kun for abonnenter|for abonnenter|läs vidare med|logga in för att (?:läsa|fortsätta)|endast för prenumeranter|les videre med|tilaajille|` +
	`tylko dla (?:prenumeratorów|subskrybentów)|dostęp do treści|czytaj dalej z|pouze pro předplatitele|csak előfizetőknek|abonelere özel|только для подписчиков|чтобы прочитать целиком|` +
	`この記事は(?:有料)?会員限定|会員限定記事|残り\s*[\d,]+文字|続きを読むには|有料会員|付费阅读|仅限(?:订阅|会员)|訂閱(?:會員|以)|구독자 전용|유료회원|للمشتركين فقط`)

// wallHints are what every line of wallText has one of, in lower case: to look for
// them is much cheaper.
var wallHints = text.Literals("subscribe to |subscribe now to |continue reading|keep reading| to continue| to read| to keep reading|this article is |this content is |this story is |this post is |already a subscri|already have a subscri|unlock this |unlock the full |ve reached your |ve read your |" +
	"weiterlesen mit|jetzt weiterlesen|abonnieren und weiterlesen|dieser artikel |dieser beitrag |dieser inhalt |diesen artikel |diesen beitrag |diesen inhalt |den ganzen |exklusiv für |nur für abonnent|bereits abonnent|" +
	"réservé|pour lire la suite|abonnez-vous pour|déjà abonné|il vous reste |suscríbete para|exclusivo para |sólo para suscriptores|para continuar |¿ya eres suscriptor|" +
	"riservato|per continuare a leggere|sei già abbonato|assine para|já é assinante|alleen voor abonnees|lees verder met|verder lezen|al abonnee|for abonnenter|läs vidare med|logga in för att |endast för prenumeranter|les videre med|tilaajille|" +
	"tylko dla |dostęp do treści|czytaj dalej z|pouze pro předplatitele|csak előfizetőknek|abonelere özel|только для подписчиков|чтобы прочитать целиком|" +
	"会員限定|残り|続きを読むには|有料会員|付费阅读|仅限|訂閱|구독자 전용|유료회원|للمشتركين فقط")

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

// free is what isAccessibleForFree says, as sites write truth.
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

// Wall reports whether a reader sees, beside a text so short, that the rest is for
// others. Where the story is as long as the page says, the line is about more
// of the kind.
func (p *Page) Wall(words int) bool {
	if n := p.Announced(); words >= MaxStub || n > 0 && n*10 < words*13 {
		return false
	}
	for _, b := range p.Blocks {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 && b.Words > 1 && b.Words < 60 && wallHints.FoundIn(strings.ToLower(b.Text)) && wallText.MatchString(b.Text) {
			return true
		}
	}
	return false
}

// Walled reports whether a page keeps the rest of a story from who may not read it.
func (p *Page) Walled(text string) bool {
	return p.DeclaredPaid() || p.Wall(p.CountWords(text))
}

// Announced is how many words JSON-LD says that the story has; 0 if it does not.
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
