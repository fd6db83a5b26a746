package credit

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An AgencyUse says where the name of an agency counts as one.
type AgencyUse uint8

const (
	// Anywhere: the name means the agency wherever names stand. Such a name
	// counts in bylines and credits.
	Anywhere AgencyUse = 1 << iota
	// InBylines: where authors are named. Elsewhere the name may be another
	// thing or a person's ("Petra", "Beta").
	InBylines
	// InCredits: below pictures.
	InCredits
	// InDatelines: in datelines, as the source of a story and at its end.
	InDatelines
)

// agencyNames are the names of agencies, of other organisations that sign
// stories, and of picture agencies. Each stands once, in the row of its uses.
var agencyNames = []struct {
	uses  AgencyUse
	names string // separated by "|"; neither case nor signs count
}{
	{Anywhere | InBylines | InCredits | InDatelines, `Reuters|AP|Associated Press|The Associated Press|AFP|Agence France-Presse|dpa|dpa-AFX|PTI|ANI|IANS|EFE|Europa Press|ANSA|TASS|Interfax|Xinhua|Yonhap|Kyodo|Kyodo News|AAP|
			NTB|TT|Ritzau|STT|PAP|ČTK|MTI|APA|SDA|Keystone-SDA|Belga|ANP|Lusa|Anadolu|Anadolu Agency|AA|IRNA|NAN|Bloomberg|CP|The Canadian Press|PA|PA Media|Press Association|UPI|
			Sputnik|epd|KNA|sid|РИА Новости|ТАСС|Интерфакс|新华社|共同|時事|연합뉴스`},
	{Anywhere | InBylines | InCredits, `BBC|CNN|Getty|Getty Images|Pool|The Washington Post|The New York Times|RND`},
	{InBylines | InDatelines, `Keystone-ATS|ATS|Agencias|Télam|Adnkronos|askanews|TASR|SITA|BTA|БТА|Tanjug|Hina|SRNA|BNS|ELTA|LETA|Укрінформ|УНИАН|УНІАН|新华网|CNA|UNB|BSS|APP|TTXVN|VNA|PNA|
			Anadolu Ajansı|DHA|İHA|ANKA|ISNA|Mehr|Fars|Tasnim|WAM|SPA|QNA|KUNA|MENA|Notimex`},
	{InBylines | InCredits | InDatelines, `LaPresse|Ukrinform|新華社|中新社|中央社|뉴시스|뉴스1|Bernama|ANTARA`},
	{InBylines | InCredits, `dts|ddp|Agencia EFE|ZUMA`},
	{InBylines, `SDA/ATS|AWP|afk|AgE|kathpress|KAP|idw|ots|dapd|SP-X|pressetext|İHA/DHA|Agencia|Agences|Agenzie|Agência Brasil|Agência Lusa|Estadão Conteúdo|Folhapress|Interfax-Ukraine|
			ЛІГА|БГНЕС|Fena|Beta|STA|ERR|TT-Reuters|Svenska|NTM|Petra|SANA|Newsflash|StatePoint|NewsUSA|Brandpoint|GlobeNewswire|PR Newswire|Business Wire|ACCESSWIRE|Cision|
			Dow Jones|Dow Jones Newswires|MarketWatch|Kaiser Health News|KFF Health News|States Newsroom|The Conversation|ProPublica|Tribune News Service|TNS|NCA NewsWire|
			City News Service`},
	{InDatelines, `Thomson Reuters|dpa/lnw|AFPD|EP|AGI|Italpress|CTK|Agerpres|Mediafax|Танјуг|FoNet|MIA|МИА|TАСС|RIA Novosti|Спутник|INTERFAX.RU|Укринформ|UNIAN|Интерфакс-Украина|УНН|БЕЛТА|
			BelTA|Казинформ|中新网|中国新闻网|Jiji|Newsis|Press Trust of India|UNI|भाषा|वार्ता|आईएएनएस|एएनआई|PPI|TNA|NZN|ایرنا|ایسنا|مهر|فارس|تسنیم|وام|واس|قنا|كونا|BNA|بنا|أ ش أ|رويترز|
			أ ف ب|فرانس برس|الأناضول|د ب أ|GNA|APS|MAP|TAP|SAPA|PANA|La Presse canadienne|PC|AllAfrica|IPS|Xinhua News Agency|法新社|路透社|美联社|Ρόιτερ|ΑΠΕ-ΜΠΕ|ΑΠΕ|رویترز`},
	{InCredits | InDatelines, `共同通信|時事通信|ロイター`},
	{InCredits, `Getty Images Europe|AFP/Getty|imago|imago images|Shutterstock|iStock|iStockphoto|Alamy|Zuma Press|ZUMA Wire|EPA|NurPhoto|picture alliance|Unsplash|Pexels|Pixabay|
			Adobe Stock|stock.adobe.com|Fotolia|Depositphotos|Dreamstime|Freepik|123RF|Keystone|SIPA|SIPA USA|Abaca|Scanpix|NTB Scanpix|Ritzau Scanpix|Lehtikuva|Belga Image|Magnum|
			Magnum Photos|Rex|Rex Features|WireImage|FilmMagic|LightRocket|Redux|Polaris|SWNS|Backgrid|Splash|Splash News|MEGA|Cover Images|Newscom|Contour|Contacto|Photoshot|
			Eyevine|PA Wire|Fotogramma|Cordon Press|VCG|CFP|CNS|Visual China Group|China News Service|Global Images Ukraine|Gallo Images|mauritius images|Westend61|Hulton Archive|
			GC Images|Wikimedia|Wikimedia Commons|Wikipedia|Flickr|Facebook|Instagram|TikTok|YouTube|Twitter|Telegram|Google Maps|Google Street View|AP뉴시스|EPA연합뉴스|로이터|视觉中国|
			Sipa Press|Ap Photo|AP Images|AP Video|Reuters Photo|AFP Photo|AFP Photos|Reuters pic|AFP pic|NASA|ESA`},
}

// agencies are the uses of names, by the name as text.Fold gives it.
var agencies = func() map[string]AgencyUse {
	uses := map[string]AgencyUse{}
	for _, row := range agencyNames {
		for name := range text.Phrases(row.names) {
			uses[text.Fold(name)] |= row.uses
		}
	}
	return uses
}()

// Agency says where a name counts as that of an agency: 0 for nowhere. Case,
// spaces and signs do not matter.
func Agency(name string) AgencyUse { return agencies[text.Fold(name)] }

// IsAgency reports whether a name is an agency's and nothing else, wherever it
// stands.
func IsAgency(name string) bool { return Agency(name)&Anywhere != 0 }

// creditWords are other texts that stand for a credit or qualify one, as
// text.Fold gives them.
var creditWords = func() map[string]bool {
	folded := map[string]bool{}
	for w := range text.Phrases(`file|file photo|file image|handout|courtesy|courtesy photo|contributed|contributed photo|submitted|submitted photo|supplied|provided|stock|stock photo|archive|archives|
			archiv|Archivbild|Archivfoto|Symbolbild|Symbolfoto|staff|staff photo|screenshot|screenshots|screengrab|privat|private|zVg|PR|HO|DR|o.A.|all rights reserved|Sithunyelwe|
			Aðsend|Skjáskot|illustration|ილუსტრაცია|Presse`) {
		folded[text.Fold(w)] = true
	}
	return folded
}()

// signsPictures reports whether a folded text signs pictures.
func signsPictures(folded string) bool {
	return agencies[folded]&InCredits != 0 || creditWords[folded]
}
