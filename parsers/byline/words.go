package byline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// The words of bylines, as tables that can be extended without reading code.
// All are lower case; phrases of one table are separated by "|".

// byPhrases are the by-words: they begin a byline.
var byPhrases = text.Phrases(`by|written by|story by|words by|reported by|report by|text by|posted by|published by|authored by|article by|articles by|a post by|post by|submitted by|contributed by|
	this post was written by|this article was written by|this article was originally written by|this story was written by|recipe by|recipes by|review by|reviews by|interview by|analysis by|opinion by|column by|essay by|guest post by|
	a guest post by|created by|compiled by|produced by|author|authors|author(s)|the author|written and edited by|words|text|reporter|reporting by|additional reporting by|as told to|
	von|vom|von unserer mitarbeiterin|von unserem mitarbeiter|von unserem redakteur|von unserer redakteurin|text von|ein text von|ein beitrag von|beitrag von|blogbeitrag von|blog beitrag von|ein artikel von|ein gastbeitrag von|gastbeitrag von|ein kommentar von|kommentar von|
	kommentar|eine analyse von|analyse von|eine kolumne von|kolumne von|eine rezension von|ein interview von|interview von|interview|ein essay von|eine reportage von|verfasst von|geschrieben von|veröffentlicht von|erstellt von|autor|autorin|autoren|
	autorinnen|autor*in|autor:in|autor/in|verfasser|verfasserin|text und fotos|text und bilder|text & fotos|ein bericht von|aufgezeichnet von|protokoll|redakteur|redakteurin|
	par|écrit par|rédigé par|publié par|propos recueillis par|un article de|texte|auteur|auteurs|autrice|auteure|une enquête de|une chronique de|un texte de|
	por|escrito por|publicado por|redactado por|texto|texto de|un texto de|una crónica de|redacción|autores|autora|autoras|reportagem de|texto por|por el|
	di|a cura di|scritto da|pubblicato da|articolo di|testo di|autore|autori|da|de nuestro corresponsal|
	door|geschreven door|tekst|tekst en beeld|auteur en fotografie|een artikel van|geplaatst door|
	av|skrevet av|skriven av|text och foto|publicerad av|tekst og foto|tekst og bilder|
	af|skrevet af|
	tekijä|teksti|kirjoittaja|kirjoittanut|
	autorė|autorius|autors|autore|szerző|írta|napisał|napisała|opracował|opracowała|autorzy|autorka|autorky|napsal|napsala|připravil|připravila|scris de|publicat de|de|autori|piše|pišu|napisao|napisala|priredio|priredila|avtor|avtorica|shkruan|nga|höfundur|
	автор|авторы|автор текста|авторка|автори|текст|подготовил|подготовила|подготовили|написал|написала|пише|підготував|підготувала|беседовал|беседовала|от|
	συντάκτης|συντάκτρια|γράφει|γράφει ο|γράφει η|του|της|επιμέλεια|από|
	yazan|haber|yazar|hazırlayan|muhabir|editör|
	oleh|penulis|ditulis oleh|ditulis|laporan|reporter|pewarta|
	tác giả|theo|bài|thực hiện|
	na|imeandikwa na|mwandishi|door ons|deur|ngu|bhalwe ngu|
	بقلم|كتب|كتبت|إعداد|تقرير|نویسنده|به قلم|گزارش|خبرنگار|تحریر|از|
	מאת|כתב|כתבת|
	द्वारा|लेखक|लिखित|संवाददाता|প্রতিবেদক|লেখক|எழுதியவர்|โดย|เขียนโดย|เรื่อง|
	文|作者|撰文|记者|本报记者|編集|執筆|筆者|記者|取材・文|文・写真|글|글쓴이|기자|취재|작성자|저자`)

// byPhrasesWide need no space after them.
var byPhrasesWide = []string{"取材・文", "文・写真", "本报记者", "特约记者", "作者", "撰文", "记者", "執筆", "筆者", "記者", "文/", "文｜", "文／", "文:", "文：", "글/", "글:"}

// lonePhrases are by-words that also stand on a line of their own, with the name
// on the next line.
var lonePhrases = text.Phrases(`by|written by|story by|words by|authored by|article by|article written by|post by|posted by|author|authors|about the author|about the authors|the author|meet the author|written by:|reported by|
	von|text von|autor|autorin|autoren|über den autor|über die autorin|über die autoren|zum autor|zur autorin|verfasst von|geschrieben von|verfasser|par|écrit par|auteur|l'auteur|à propos de l'auteur|rédigé par|
	por|escrito por|autor/a|autores|sobre el autor|sobre la autora|sobre o autor|sobre a autora|di|scritto da|autore|l'autore|a cura di|door|auteurs|over de auteur|geschreven door|av|skrevet av|skriven av|skribent|forfatter|af|skrevet af|kirjoittaja|tekijä|
	автор|текст|об авторе|συντάκτης|yazan|yazar|oleh|penulis|tác giả|szerző|作者|筆者|執筆|記者`)

// nonAuthorCredits introduce the names of people who did something other than
// write: photos, editing, translation.
var nonAuthorCredits = []string{"reviewed by", "medically reviewed", "fact checked", "fact-checked", "factchecked", "edited by", "translated by", "photos by", "photo by", "photography by", "photographs by", "photographer", "pictures by", "illustrated by", "illustration by",
	"illustrations by", "video by", "editor:", "editors:", "editing by", "updated by", "last updated by", "approved by", "verified by", "redaktion:", "kamera:", "schnitt:", "hosted by", "sponsored by", "presented by", "image by", "images by", "design by", "designed by", "powered by", "foto von", "fotos von", "fotos:", "foto:", "fotografie:", "bilder:", "bild:", "photo:", "photos:", "image:", "geprüft von",
	"übersetzt von", "aktualisiert von", "redigiert von", "überprüft von", "traduit par", "photos de", "photo de", "relu par", "traducido por", "editado por", "revisado por", "fotos de", "foto de", "traduzione di", "foto di", "foto's", "beeld:", "foto av", "övrigt:", "фото:", "фото", "редактор:", "编辑", "编审", "责编", "校对", "审核", "摄影", "監製", "責任編輯", "編集：", "編集:", "責任編集", "责任编辑", "写真", "撮影"}

// roleNouns are jobs and offices: a part of a byline that has one is a role.
var roleNouns = text.Set(`reporter reporters correspondent correspondents editor editors editor-in-chief writer writers staffwriter columnist contributor contributors journalist journalists producer photographer photojournalist author analyst critic blogger
	reviewer expert specialist director manager officer founder co-founder cofounder ceo cto cfo coo cmo cro cpo president vice-president vp chairman chairwoman chair professor lecturer fellow researcher scientist economist strategist consultant
	advisor adviser attorney lawyer partner principal owner engineer developer designer architect dietitian nutritionist therapist psychologist physician nurse coach trainer instructor teacher student intern volunteer assistant associate executive
	marketer copywriter freelancer freelance representative candidate spokesperson ambassador winemaker baker chef evangelist curator host grader practitioner technician administrator-in-chief historian novelist educator gardener herbalist journalism
	redakteur redakteurin redakteure reporterin korrespondent korrespondentin chefredakteur chefredakteurin chefreporter chefreporterin volontär volontärin autorin autor autoren journalistin kolumnist kolumnistin geschäftsführer geschäftsführerin leiter leiterin
	ressortleiter ressortleiterin referent referentin projektleiter projektleiterin freier freie mitarbeiter mitarbeiterin praktikant praktikantin medizinredakteurin medizinredakteur expertin experte gastautor gastautorin vorsitzender vorsitzende sprecher sprecherin
	journaliste rédacteur rédactrice rédacteurs correspondante envoyé envoyée spécial chroniqueur chroniqueuse directeur directrice éditorialiste professeur
	periodista corresponsal redactor redactora enviado enviada columnista directora editora jornalista repórter correspondente colunista redator redatora
	inviato inviata corrispondente giornalista direttore direttrice redattore redattrice
	redacteur verslaggever verslaggeefster correspondente columniste journalist hoofdredacteur
	skribent redaktør journalister redaktör reportrar utenrikskorrespondent kommentator fotograf toimittaja päätoimittaja
	редактор корреспондент обозреватель журналист журналистка колумнист спецкор кореспондент журналістка оглядач
	redaktor redaktorka dziennikarz dziennikarka redaktorius žurnalistas žurnalistė korespondentas korespondentė novinář redaktoři újságíró szerkesztő
	muhabir muhabiri editörü yazarı gazeteci wartawan penulis editor redaktur phóng viên
	기자 특파원 선임기자 논설위원 기획위원 인턴기자 앵커 pd 論説委員 特派員 編集長 編集部員`)

// roleLeads begin a role, whatever noun follows.
var roleLeads = text.Set(`senior sr sr. junior chief head lead deputy managing executive co-founder founder staff vice former licensed certified registered award-winning global national regional principal adjunct visiting chefin leitende stellvertretende director vp`)

// orgWords are words in the names of organizations.
var orgWords = text.Set(`staff newsroom redaktion redaktionsteam onlineredaktion online-redaktion webredaktion redacción redacao redação redazione rédaction redactie redaktionen redaksjonen redakcja redakce redakcia redakcija redaksi toimitus szerkesztőség desk bureau team teams webteam agencies agency
	editorial editors board newsdesk webdesk online university institute institut ministry department association foundation stiftung group ltd ltd. inc inc. llc gmbh ag e.v e.v. company corporation corp media news press pressestelle times post daily magazine magazin journal herald gazette tribune tv radio network
	college school clinic hospital church club society council committee commission center centre zentrum verband verein bund partei federation federazione studio studios labs solutions services strategies marketing consulting agentur agence agencia agenzia haber ajansı ajans
	sekretariat contributors bloggers community forum publishing publishers verlag
	редакция редакція редакцијата 编辑部 編集部 編輯部 新闻 新聞 通信 通信社 政治部 経済部 社会部 文化部 運動部 国際部 外信部 科学部 生活部 地域部 学芸部 報道部 写真部 정치부 경제부 사회부 문화부 국제부 통신 뉴스 편집국 온라인뉴스팀 συντακτική ομάδα سردبیر التحرير`)

// orgStems are the ends of such words.
var orgStems = []string{"redaktion", "redactie", "redakcja", "newsdesk", "verband", "verbandes", "verein", "stiftung", "institut", "编辑部", "編集部", "支局", "総局", "新闻网", "新聞社", "신문", "뉴스", "통신"}

// noiseWords stand around names and are never part of one.
var noiseWords = text.Set(`published updated posted last modified share shares follow following read reading minute minutes minuten minuti comment comments home category categories tag tags tagged archive archives archiv archivo about more less full bio biography
	profile view views posts articles article stories story image images photo photos picture pictures foto fotos bild bilder video videos credit credits source sources quelle login register subscribe newsletter search menu contact impressum datenschutz
	folgen teilen drucken merken kommentare lesezeit aktualisiert veröffentlicht erstellt stand uhr anzeigen anzeige sponsored advertisement advertorial promoted edition copyright ©  reserved email e-mail mail facebook twitter whatsapp linkedin instagram youtube pinterest print save
	next previous prev strategy guide how what why when where which this that these your our their today yesterday ago listen click here loading toggle close open show hide copy copied kopieren kopiert copié copiado copiato gekopieerd bookmark bookmarked saved gespeichert verified gift listen download privacy policy terms cookie cookies faq account sign out log disclosure alle alles todos toutes spotlight rebloggt datum datenschutzerklärung warenkorb konto anmelden member members profil übersicht zurück back top get started free demo book now buy shop cart price overview summary introduction conclusion
	topic topics rubrik kategorie kategorien thema themen actualizado publicado actualización compartir seguir lectura comentarios publié actualisé partager lire suivre commentaires aggiornato pubblicato condividi lettura bijgewerkt gepubliceerd delen oppdatert publisert oppdaterte del julkaistu päivitetty
	опубликовано обновлено güncelleme paylaş giriş tarihi posted: published: updated: edited reviewed written fact checked checker authors author recipe recipes review reviews interview podcast episode season issue volume part chapter section table contents`)

// placeholders are accounts of systems and words of templates: they name nobody.
var placeholders = text.Phrases(`admin|publisher|owner|administrator|administrador|adminn|blogadmin|siteadmin|site-admin|super admin|superadmin|webmaster|web editor|webeditor|editor|author|author name|your name|name|user|guest|root|test|
	anonymous|unknown|unknown author|none|null|nan|n/a|true|false|undefined|by|wordpress|wpengine|developer|moderator|contributor|contributed|sponsored|support|info`)

// nameParticles are the lower-case words within names.
var nameParticles = text.Set(`de da di do du dos das del della dello degli dal la le les lo van von vom vander der den dem het 't ten ter te zu zum zur af av el al ul bin binti ben ibn abu bint y e i und san st st. mac mc o d' l' al- el- ud-din ap ab`)

// degrees follow a name.
var degrees = text.Set(`phd ph.d ph.d. ph md m.d m.d. ma m.a m.a. ms m.s m.s. msc m.sc m.sc. bsc b.sc ba b.a b.a. bs mba jd j.d. esq esq. rn rd rdn ld ldn mph cscs cpt cfp cpa cfa llm llb jr jr. sr sr. ii iii iv facp faclm faap fand foma dabom dds dmd dvm vmd dacvb lvt vts pt dpt np fnp pa-c lcsw lmft lpc mft psyd edd cpp psp cissp pmp smt cdces ifncp do obe mbe cbe mp mep dphil mphil pharmd drph meng mfa mph mpa mpp msw beng mbchb frcs frcp frs faia aia cepf`)

// generations follow a name and are part of it.
var generations = text.Set(`jr sr ii iii iv`)

// surnameTrades are trades, and surnameOffices words of organizations, that are also
// family names.
var (
	surnameTrades  = text.Set(`baker writer cook carpenter nurse fellow page judge chef engineer`)
	surnameOffices = text.Set(`post press church times post. banks college media`)
)

// deskWords stand before a trade where it is a trade: "food writer".
var deskWords = text.Set(`food sports sport science political politics pastry travel features feature news business health tech technology culture arts art music film tv fashion court crime education environment
	climate city local national foreign world guest contributing opinion economics finance financial head master law book books garden style data medical general assignment ghost song screen copy technical freelance theatre theater restaurant literary research life home pastry private sous software data systems site blog english
	lifestyle culture content seo ai beauty royal showbiz gardening political video audience digital consumer property motoring entertainment celebrity energy transport defence defense diplomatic social affairs investigations money markets weather trending breaking`)

// moreWords begin links to more stories by an author.
var moreWords = text.Set(`more all view see read other articles posts stories alles alle mehr weitere beiträge artikel toutes tous plus voir todos todas más ver tutti tutte altri meer alla fler все`)

// honorifics stand before a name and are not part of it.
var honorifics = text.Set(`phd ph.d. dr dr. prof prof. professor mr mr. mrs mrs. ms ms. sir dame med. med dipl.-ing. dipl.-ing ing. mag. mag dipl. rer. nat. h.c. phil. jur.`)

// cutWords end a name: what follows says where from, for whom, when.
var cutWords = text.Set(`for in en at from on via with of as aus für bei am im um pour chez à au per presso para desde em con met voor bij op uit för för hos i från fra for til over about under unter who which that als vs vs.`)

// articles begin the names of organizations, not of persons.
var articles = text.Set(`the a an our this der die das ein eine les los las`)

// verbWords are verbs: a text with one is a sentence.
var verbWords = text.Set(`is was has have are were works lives writes covers joined ist war hat sind schreibt arbeitet lebt est a été écrit es fue escribe è scrive schrijft är skriver er`)

// placeNames are names of two words of countries and cities, which stand beside dates and
// bylines and look like those of persons.
var placeNames = text.Phrases(`united states|united kingdom|new york|new zealand|new delhi|new jersey|new mexico|new orleans|new hampshire|los angeles|las vegas|san francisco|san diego|san jose|san antonio|south africa|south korea|north korea|south carolina|north carolina|
	south dakota|north dakota|west virginia|rhode island|hong kong|saudi arabia|sri lanka|costa rica|puerto rico|el salvador|buenos aires|rio de janeiro|são paulo|sao paulo|mexico city|abu dhabi|kuala lumpur|tel aviv|cape town|northern ireland|czech republic|burkina faso|
	sierra leone|ivory coast|great britain|european union|washington dc|silicon valley|middle east|hauts-de-seine|frankfurt am main|den haag|st. gallen|nouvelle-calédonie|nouvelle zélande|estados unidos|reino unido|états-unis|vereinigte staaten`)

// weekdays follow a name.
var weekdays = text.Set(`sat sun monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
	lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag segunda-feira terça-feira quarta-feira quinta-feira sexta-feira понедельник вторник среда четверг пятница суббота воскресенье`)

// signsBylines reports whether a name is that of an agency or another
// organization that signs stories.
func signsBylines(name string) bool { return credit.Agency(name)&credit.InBylines != 0 }

// ambiguousByWords are by-words that are also parts of names: they count where
// more than one word follows, and never in metadata.
var ambiguousByWords = text.Set(`de di da na av af του της από от nga theo bài từ text texto texte tekst haber from por par von vom door kommentar interview analyse reporter redacción words`)

// plainByWords are those of them that begin most bylines of their languages.
var plainByWords = text.Set("von par por door")
