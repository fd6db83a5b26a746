package keep

import (
	"regexp"
	"strings"
	"unicode"
)

// A notice is how the titles of maintenance pages read in a language: one of the
// phrases, and no word that is not allowed. "Back soon" and "The site is down for
// maintenance" do; "Lock closed for maintenance" is the title of a story.
type notice struct {
	phrases *regexp.Regexp
	allowed map[string]bool
}

// newNotice takes words with single spaces, in lower case and without apostrophes.
func newNotice(phrases, allowed string) notice {
	n := notice{regexp.MustCompile(`(?:^| )(?:` + phrases + `)(?: |$)`), map[string]bool{}}
	for _, w := range strings.Fields(allowed) {
		n.allowed[w] = true
	}
	return n
}

// notices are those of the languages of the larger newspapers.
var notices = []notice{
	// English
	newNotice(`maintenance|back (?:very )?(?:soon|shortly|later|online|in)|right back|(?:temporarily|currently) (?:unavailable|offline|down|closed)|under construction`,
		`a an and are at back be being brief briefly carrying closed construction currently doing down emergency essential few for hour hours in is it just later maintenance
		minute minutes mode moment moments momentarily of offline on online our out page performing planned please portal progress right routine scheduled server service shortly
		site some soon sorry system temporarily the this undergoing unavailable under unscheduled up very was we web webpage website well were will work working works`),
	// German
	newNotice(`wartung|wartungsarbeiten|wartungsmodus|(?:bald|gleich|in kürze) (?:wieder|zurück)|(?:vorübergehend|derzeit|momentan) (?:nicht (?:erreichbar|verfügbar)|geschlossen|offline)`,
		`am aktuell auf bald bitte da der derzeit die diese dieser erreichbar es für gerade geschlossen gleich ihnen in ist kürze momentan nicht offline online seite sie sind
		unsere verfügbar vorübergehend wartung wartungsarbeiten wartungsmodus website webseite wegen wieder wir zurück zurzeit`),
	// French
	newNotice(`maintenance|(?:nous revenons|de retour) (?:très )?(?:bientôt|vite)|(?:temporairement|momentanément) (?:indisponible|fermé|inaccessible)`,
		`actuellement bientôt cours de en est et fermé inaccessible indisponible la le maintenance momentanément nous notre opération page pour retour revenons serons site temporairement très vite web`),
	// Spanish
	newNotice(`mantenimiento|(?:volvemos|volveremos) (?:muy )?pronto|temporalmente (?:no disponible|fuera de servicio|cerrado)`,
		`cerrado de disponible el en esta está estamos este fuera la mantenimiento modo muy no nuestra nuestro página por portal pronto servicio sitio tareas temporalmente volvemos volveremos web y`),
	// Portuguese
	newNotice(`manutenção|(?:voltamos|voltaremos) (?:em breve|logo|já)|temporariamente (?:indisponível|fora do ar)`,
		`ar breve de do em está estamos este fora indisponível já logo manutenção modo na no nosso o para página portal site temporariamente voltamos voltaremos`),
	// Italian
	newNotice(`manutenzione|(?:torniamo|torneremo) (?:presto|subito)|temporaneamente non (?:disponibile|raggiungibile)`,
		`al corso di disponibile è il in la manutenzione modalità momentaneamente non nostro pagina per presto programmata questo raggiungibile siamo sito subito temporaneamente torneremo torniamo web`),
	// Dutch
	newNotice(`onderhoud|(?:zo|snel|binnenkort) (?:weer )?terug|tijdelijk (?:niet bereikbaar|offline|gesloten)`,
		`aan bereikbaar binnenkort de deze even gepland gesloten in is niet offline onderhoud onze ons online site snel terug tijdelijk voor we website wegens weer wij zijn zo`),
	// Danish, Norwegian and Swedish
	newNotice(`vedligeholdelse|vedlikehold|underhåll|(?:snart|strax) (?:tilbage|tilbake|tillbaka)|(?:tilbage|tilbake|tillbaka) (?:snart|strax)`,
		`är av den denne er för för grunn grund i igen med nede nere nettstedet på pågår planerat sajten siden sidan snart strax tilbage tilbake tillbaka under underhåll vår vi vedligeholdelse vedlikehold webbplatsen`),
	// Finnish
	newNotice(`huoltokatko|huoltotauko|huollossa|palaamme (?:pian|kohta)`, `huollossa huoltokatko huoltotauko kohta olemme on palaamme pian sivusto sivustomme tilapäisesti`),
	// Polish
	newNotice(`przerwa techniczna|prace konserwacyjne|prace techniczne|konserwacja|(?:zaraz|wkrótce) wracamy|wracamy (?:wkrótce|niebawem)`,
		`konserwacja konserwacyjne na nad niebawem planowana prace przerwa serwis serwisu strona strony techniczna techniczne trwa trwają w wkrótce wracamy zaraz`),
	// Czech
	newNotice(`údržba|odstávka|brzy (?:jsme )?zpět`, `brzy je jsme na plánovaná právě probíhá stránka stránky stránek technická údržba webu odstávka zpět`),
	// Russian and Ukrainian
	newNotice(`технические работы|техническое обслуживание|технічні роботи|технічне обслуговування|(?:скоро|скоро мы) (?:вернёмся|вернемся)|временно (?:недоступен|не работает)|тимчасово недоступний`,
		`ведутся временно вернёмся вернемся закрыт закрыто на недоступен недоступний не мы обслуживание обслуговування проводятся работает работы роботи сайт сайте сайті скоро техническое технические технічне технічні тимчасово тривають`),
	// Turkish
	newNotice(`bakımda|bakım çalışması|bakım modu|bakımdayız|(?:birazdan|yakında) (?:geri )?(?:döneceğiz|buradayız)`,
		`bakım bakımda bakımdadır bakımdayız birazdan buradayız çalışması döneceğiz geri kısa modu sitemiz site şu anda süreliğine web yakında`),
	// Chinese, Japanese and Korean, which write words together
	newNotice(`(?:系统|系統|网站|網站|本站|サイト|システム|只今|ただいま|臨時|緊急|定期|시스템|사이트|서버)?(?:正在|の)?(?:维护|維護|メンテナンス|점검|維修)(?:中|中です|のお知らせ|中입니다)?`,
		`系统维护 系统维护中 系統維護 系統維護中 网站维护 网站维护中 網站維護 網站維護中 网站正在维护 网站正在维护中 系统正在维护 系统正在维护中 維護中 维护中 维护 維護
		メンテナンス メンテナンス中 メンテナンス中です サイトメンテナンス中 システムメンテナンス システムメンテナンス中 緊急メンテナンス中 定期メンテナンス ただいまメンテナンス中 ただいまメンテナンス中です 只今メンテナンス中です
		サイト システム ただいま 점검 점검중 점검중입니다 중 중입니다 시스템 사이트 서버 서비스`),
}

// titleParts divides the title of a page from the name of its site.
var titleParts = regexp.MustCompile(`\s[|–—·»-]\s|\s*\|\s*`)

// maxNotice is how long the title of a maintenance page is at most, in bytes.
const maxNotice = 120

// isNotice reports whether a title, or a part of it, has the words of the title of a
// maintenance page and no others.
func isNotice(title string) bool {
	if title == "" || len(title) > maxNotice {
		return false
	}
	for _, part := range titleParts.Split(strings.ToLower(title), -1) {
		part = strings.NewReplacer("'", "", "’", "").Replace(part)
		words := strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
		for _, n := range notices {
			if n.matches(words) {
				return true
			}
		}
	}
	return false
}

func (n notice) matches(words []string) bool {
	for _, w := range words {
		if !n.allowed[w] && strings.Trim(w, "0123456789") != "" {
			return false
		}
	}
	return len(words) > 0 && n.phrases.MatchString(strings.Join(words, " "))
}
