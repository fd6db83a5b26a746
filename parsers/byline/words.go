package byline

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// The words of bylines, as tables that can be extended without reading code.
// All are lower case; phrases of one table are separated by "|".

// byPhrases begin a byline.
var byPhrases = text.Phrases(`by|written by|story by|words by|reported by|report by|text by|posted by|published by|authored by|article by|articles by|a post by|post by|submitted by|contributed by|
	this post was written by|this article was written by|this article was originally written by|this story was written by|recipe by|recipes by|review by|reviews by|interview by|analysis by|opinion by|column by|essay by|guest post by|
	a guest post by|created by|compiled by|produced by|author|authors|author(s)|the author|written and edited by|words|text|reporter|reporting by|additional reporting by|as told to|
	von|vom|von unserer mitarbeiterin|von unserem mitarbeiter|von unserem redakteur|von unserer redakteurin|text von|ein text von|ein beitrag von|ein artikel von|ein gastbeitrag von|gastbeitrag von|ein kommentar von|kommentar von|
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
var byPhrasesWide = []string{"取材・文", "文・写真", "本报记者", "特约记者", "作者", "撰文", "记者", "編集", "執筆", "筆者", "記者", "文/", "文｜", "文／", "文:", "文：", "글/", "글:"}

// lonePhrases stand for a byline on a line of their own, the name on the next:
// those of byPhrases that mean little else. Most need a colon where they have
// one meaning more.
var lonePhrases = text.Phrases(`by|written by|story by|words by|authored by|article by|article written by|post by|posted by|author|authors|about the author|about the authors|the author|meet the author|written by:|reported by|
	von|text von|autor|autorin|autoren|über den autor|über die autorin|über die autoren|zum autor|zur autorin|verfasst von|geschrieben von|verfasser|par|écrit par|auteur|l'auteur|à propos de l'auteur|rédigé par|
	por|escrito por|autor/a|autores|sobre el autor|sobre la autora|sobre o autor|sobre a autora|di|scritto da|autore|l'autore|a cura di|door|auteurs|over de auteur|geschreven door|av|skrevet av|skriven av|skribent|forfatter|af|skrevet af|kirjoittaja|tekijä|
	автор|текст|об авторе|συντάκτης|yazan|yazar|oleh|penulis|tác giả|szerző|作者|筆者|執筆|記者`)

// nonAuthorCredits did something else than write: names after them are none of authors.
var nonAuthorCredits = []string{"reviewed by", "medically reviewed", "fact checked", "fact-checked", "factchecked", "edited by", "translated by", "photos by", "photo by", "photography by", "photographs by", "photographer", "pictures by", "illustrated by", "illustration by",
	"illustrations by", "video by", "editor:", "editors:", "editing by", "updated by", "last updated by", "approved by", "verified by", "redaktion:", "kamera:", "schnitt:", "hosted by", "sponsored by", "presented by", "image by", "images by", "design by", "designed by", "powered by", "foto von", "fotos von", "fotos:", "foto:", "fotografie:", "bilder:", "bild:", "photo:", "photos:", "image:", "geprüft von",
	"übersetzt von", "aktualisiert von", "redigiert von", "überprüft von", "traduit par", "photos de", "photo de", "relu par", "traducido por", "editado por", "revisado por", "fotos de", "foto de", "traduzione di", "foto di", "foto's", "beeld:", "foto av", "övrigt:", "фото:", "фото", "редактор:", "编辑", "責任編集", "责任编辑", "写真", "撮影"}

// roleNouns are what somebody is: a part of a byline that has one is no name.
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

// roleLeads begin a role that ends with a noun of any kind.
var roleLeads = text.Set(`senior sr sr. junior chief head lead deputy managing executive co-founder founder staff vice former licensed certified registered award-winning global national regional principal adjunct visiting chefin leitende stellvertretende director vp`)

// orgWords make a name that of an organisation.
var orgWords = text.Set(`staff newsroom redaktion redaktionsteam onlineredaktion online-redaktion webredaktion redacción redacao redação redazione rédaction redactie redaktionen redaksjonen redakcja redakce redakcia redakcija redaksi toimitus szerkesztőség desk bureau team teams webteam agencies agency
	editorial editors board newsdesk webdesk online university institute institut ministry department association foundation stiftung group ltd ltd. inc inc. llc gmbh ag e.v e.v. company corporation corp media news press pressestelle times post daily magazine magazin journal herald gazette tribune tv radio network
	college school clinic hospital church club society council committee commission center centre zentrum verband verein bund partei federation federazione studio studios labs solutions services strategies marketing consulting agentur agence agencia agenzia haber ajansı ajans
	sekretariat contributors bloggers community forum publishing publishers verlag
	редакция редакція редакцијата 编辑部 編集部 編輯部 新闻 新聞 通信 通信社 통신 뉴스 편집국 온라인뉴스팀 συντακτική ομάδα سردبیر التحرير`)

// orgStems at the end of a word make it that of an organisation.
var orgStems = []string{"redaktion", "redactie", "redakcja", "newsdesk", "verband", "verbandes", "verein", "stiftung", "institut", "编辑部", "編集部", "新闻网", "新聞社", "신문", "뉴스", "통신"}

// noiseWords are never part of a name: what stands around one.
var noiseWords = text.Set(`published updated posted last modified share shares follow following read reading min mins minute minutes minuten minuti comment comments home category categories tag tags tagged archive archives archiv archivo about more less full bio biography
	profile view views posts articles article stories story image images photo photos picture pictures foto fotos bild bilder video videos credit credits source sources quelle login register subscribe newsletter search menu contact impressum datenschutz
	folgen teilen drucken merken kommentare lesezeit aktualisiert veröffentlicht erstellt stand uhr anzeigen anzeige sponsored advertisement advertorial promoted edition copyright ©  reserved email e-mail mail facebook twitter whatsapp linkedin instagram youtube pinterest print save
	next previous prev strategy guide how what why when where which this that these your our their today yesterday ago listen click here loading toggle close open show hide download privacy policy terms cookie cookies faq account sign out log disclosure alle alles todos toutes spotlight rebloggt datum datenschutzerklärung warenkorb konto anmelden member members profil übersicht zurück back top best get started free demo book now buy shop cart price overview summary introduction conclusion
	topic topics rubrik kategorie kategorien thema themen actualizado publicado actualización compartir seguir lectura comentarios publié actualisé partager lire suivre commentaires aggiornato pubblicato condividi lettura bijgewerkt gepubliceerd delen oppdatert publisert oppdaterte del julkaistu päivitetty
	опубликовано обновлено güncelleme paylaş giriş tarihi posted: published: updated: edited reviewed written fact checked checker authors author recipe recipes review reviews interview podcast episode season issue volume part chapter section table contents`)

// systemAccounts are accounts, not names.
var systemAccounts = text.Set(`admin administrator webmaster webeditor editor author user guest root test anonymous unknown none null n/a by staff wordpress wpengine developer superadmin contributor contributed sponsored undefined siteadmin site-admin blogadmin adminn administrador moderator support info`)

// nameParticles are the small letters in names.
var nameParticles = text.Set(`de da di do du dos das del della dello degli dal la le les lo van von vom vander der den dem het 't ten ter te zu zum zur af av el al ul bin binti ben ibn abu bint y e i und san st st. mac mc o d' l' al- el- ud-din ap ab`)

// degrees follow a name.
var degrees = text.Set(`phd ph.d ph.d. ph md m.d m.d. ma m.a m.a. ms m.s m.s. msc m.sc m.sc. bsc b.sc ba b.a b.a. bs mba jd j.d. esq esq. rn rd rdn ld ldn mph cscs cpt cfp cpa cfa llm llb jr jr. sr sr. ii iii iv facp faclm faap fand foma dabom dds dmd dvm vmd dacvb lvt vts pt dpt np fnp pa-c lcsw lmft lpc mft psyd edd cpp psp cissp pmp smt cdces ifncp do obe mbe cbe mp mep`)

// moreWords begin links to more of somebody.
var moreWords = text.Set(`more all view see read other articles posts stories alles alle mehr weitere beiträge artikel toutes tous plus voir todos todas más ver tutti tutte altri meer alla fler все`)

// honorifics stand before a name and are no part of it.
var honorifics = text.Set(`dr dr. prof prof. professor mr mr. mrs mrs. ms ms. sir dame med. med dipl.-ing. dipl.-ing ing. mag. mag dipl. rer. nat. h.c. phil. jur.`)

// cutWords end a name: what follows says where from, for whom, when.
var cutWords = text.Set(`for in en at from on via with of as aus für bei am im um pour chez à au per presso para desde em con met voor bij op uit för för hos i från fra for til over about under unter who which that als vs vs.`)

// articles begin no name, but those of organisations.
var articles = text.Set(`the a an our this der die das ein eine les los las`)

// verbWords make a text a sentence.
var verbWords = text.Set(`is was has have are were works lives writes covers joined ist war hat sind schreibt arbeitet lebt est a été écrit es fue escribe è scrive schrijft är skriver er`)

// givenNames are common: a line beside a date that begins with one is a name and
// no section or slogan.
var givenNames = text.Set(`aaron abdul abdullah abigail adam adrian agnes agus ahmad ahmed ahmet aidan aisha alan alana albert alberto alejandra alejandro alessandra alessandro alex alexa alexander alexandra alexandre alexis alfred ali alice alicia alina
	alison allison alyssa amanda amber amelia amelie amina amy ana anastasia anders andre andrea andreas andrei andrew andrius andrzej andré andy angela angelika angelina angelo anita anja ann anna annabel anne annette annie annika
	anthony antje antoine anton antonia antonio antónio anu anuj arjun armin arnaud arne arno arthur arturo ashley astrid aurélie austin axel ayesha ayşe barbara barry bastian beate beatrice beatrix beatriz becky ben benedikt benjamin
	benoît bernadette bernard bernd bernhard beth bethany bettina betty bianca bill birgit björn bob boris brad bradley brandon brenda brendan brent brett brian brigitte britta brittany brooke bruce bruno bryan budi burak burkhard
	caitlin camila camille cara carina carl carla carlo carlos carmen carol carola carolin carolina caroline carolyn carrie carsten casey cassandra catherine cathy cecilia celine cem charles charlie charlotte chelsea cheryl chiara
	chloe chloé chris christa christian christiane christina christine christof christoph christophe christopher chuck cindy claire clara clare clarissa claudia claudio claus clemens clément colin colleen connor conor constantin
	constanze cora cordula corina corinna corinne cornelia courtney craig cristina cynthia céline dagmar dale damian damien dan dana daniel daniela daniele danielle danny daria dario darius darren dave david dawn dean debbie deborah
	debra deepak denis denise deniz dennis derek dewi diana diane diego dieter dietmar dimitri dirk dmitri dmitry dominic dominik dominique don donald donna doris dorothea dorothee doug douglas duncan dustin dylan eamonn eberhard
	eckart eddie edgar eduardo edward edwin eileen elaine eleanor elena eleni elias elif elisa elisabeth elise elizabeth elke ella ellen elliot elsa elvira emil emilia emilie emily emine emma emmanuel emre enrico enrique eric erica
	erich erik erika erin ernst erwin esther ethan eugen eugene eugenia eva evan evelyn ewa fabian fabio fabrice fatih fatima fatma federica federico felicia felix ferdinand fernanda fernando filip filippo fiona florence florian
	frances francesca francesco francis francisco franck francois frank franz françois fred frederic frederick frederik frieda friederike friedrich fritz frédéric gabi gabriel gabriela gabriele gabriella gareth gary gavin gemma
	geoffrey georg george georges georgina gerald gerard gerd gerhard gerrit gert giacomo gianluca gianni gina giorgio giovanna giovanni gisela giulia giuseppe gloria gordon graham grant greg gregor gregory greta guido guillaume
	guillermo gunnar gunther gustavo günter günther hakan hamza hanna hannah hannes hans harald harold harriet harry hartmut hassan heather hector heide heidi heike heiko heiner heinrich heinz helen helena helene helga helge helmut
	hendrik henning henri henrik henrike henry herbert hermann hilary holger holly horst howard hoàng hubert hugh hugo hüseyin ian ibrahim ida ignacio igor ilona imke ina ines inga inge ingo ingrid irene irina iris isabel isabella
	isabelle ivan ivana jack jackie jacob jacqueline jacques jaime jakob jakub james jamie jan jana jane janet janice janina janine jasmin jasmine jason javier jay jayne jean jeanette jeanne jeff jeffrey jen jennifer jenny jens jeremy
	jerome jerry jesse jessica jill jim jimmy jo joachim joan joana joanna joanne joao joe joel joey johan johann johanna johannes john johnny jon jonas jonathan jorge jose josef josefine joseph josh joshua josé joyce joão juan juana
	judith judy juha jule julia julian juliana juliane julie julien juliette julio julius jutta jörg jörn jürgen kai kamil karen karim karin karina karl karla karolina karoline karsten kat katarina katarzyna kate katharina katherine
	kathleen kathrin kathryn kathy katie katja katrin katy kay kayla keith kelly kelsey ken kenneth kerry kerstin kevin khaled kim kimberly kirsten klaus knut konrad konstantin kristen kristian kristin kristina kristine kurt kyle lara
	larissa larry lars laura lauren laurence laurent lea leah lee lena leo leon leonard leonardo leonie leslie levi lewis liam lidia lilly lily lina linda lindsay lindsey lisa liv liz lorenzo lori lothar lou louis louisa louise luc
	luca lucas lucia lucie lucy ludger ludwig luigi luis luisa luise lukas luke lutz lydia lynn léa lê maarten madeleine madison magdalena maggie maik maike maja malte mandy manfred manuel manuela mara marc marcel marcelo marcia marco
	marcos marcus mareike margaret margarita margit margot margret maria mariana marianne marie mariella marina mario marion marisa marius mark marko markus marlene marta martha martin martina marvin mary maryam massimo mathias
	mathieu matt matteo matthew matthias matthieu maureen maurice mauro max maximilian maya megan mehmet meike melanie melinda melissa mercedes meredith mert micha michael michaela michal michel michela michele michelle miguel mika
	mikael mike mikhail milan milena mina miranda miriam mirjam mohamed mohammad mohammed molly mona monica monika monique morgan moritz moses muhammad murat mustafa nadia nadine nadja nancy naomi natalia natalie nataša nathalie
	nathan neil nele nelly nguyễn nicholas nick nico nicola nicolas nicole niels nigel nikhil niklas niko nikola nikolai nikolas nikolaus nils nina noah noel noemi nora norbert norman nuno olaf ole oleg olga oliver olivia olivier omar
	oscar oskar otto owen pablo pamela paola paolo pascal pat patrice patricia patrick patrik paul paula paulina pauline paulo pavel pedro peggy peter petra phil philip philipp philippe phillip phạm pia pierre pieter pietro piotr
	priya rachel rafael rahul raimund rainer raj rajesh ralf ralph ramona ramón randy raphael raquel raul ray raymond rebecca regina reiner reinhard reinhold renate rené ricarda ricardo riccardo richard rick rita rob robert roberta
	roberto robin rod rodrigo roger roland rolf romain roman ron ronald ronja ronny rosa rosalie rosemary ross roxana roy ruben rudi rudolf rupert russell ruth ryan sabine sabrina sally sam samantha samir samuel sandra sandro sandy
	sanjay sara sarah sascha saskia scott sean sebastian selin sergei sergej sergey sergio seth shane shannon sharon shaun sheila shelby shirley sibylle siegfried sigrid silke silvia simon simona simone sina siobhan siti
	sofia sofie solène sonia sonja sophia sophie stacey stacy stanislav stefan stefanie stefano steffen steffi stella stephan stephanie stephen steve steven stuart stéphane stéphanie sue sunil suresh susan susann susanna susanne susi
	suzanne svea sven svenja svetlana sylvia sylvie sébastien tamara tania tanja tara tatiana tatjana taylor ted teresa terry theo theresa thierry thilo thomas thorsten tilman tim timo timothy tina tobias todd tom tomas tomasz tommaso
	tommy toni tony torben torsten tracy trevor tristan trần tyler ulf uli ulla ulrich ulrike urs ursula uta ute uwe valentin valentina valeria valerie vanessa vera verena veronica veronika victor victoria viktor viktoria vincent
	vincenzo virginia vivian viviane volker walter wanda warren wendy werner wesley wilhelm william wolf wolfgang xavier yannick yasmin yasmine yves yvonne zach zachary zeynep zoe zoé zoë zsuzsanna александр александра алексей алена
	анастасия андрей анна антон артем борис вадим валентина валерий валерия василий вера виктор виктория виталий владимир владислав галина георгий григорий дарья денис дмитрий евгений евгения екатерина елена иван игорь илья ирина
	кирилл константин ксения лариса лев леонид людмила максим маргарита марина мария михаил надежда наталия наталья никита николай оксана олег олександр олена ольга павел петр полина роман светлана семен сергей сергій софия станислав
	степан татьяна федор юлия юрий яна ярослав`)

// givenName reports whether a name begins with a common given name.
func givenName(name string) bool {
	first := firstWord(name)
	if i := strings.IndexByte(first, '-'); i > 0 {
		first = first[:i]
	}
	return givenNames[strings.ToLower(first)]
}

// weekdays and months, which end a name where a figure stands near.
var weekdays = text.Set(`sat sun monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
	lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag segunda-feira terça-feira quarta-feira quinta-feira sexta-feira понедельник вторник среда четверг пятница суббота воскресенье`)

var monthWords = text.Set(`january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec.
	januar februar märz mai juni juli oktober dezember jänner janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre januari februari maart mei augustus janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
	января февраля марта апреля мая июня июля августа сентября октября ноября декабря`)

// signsBylines reports whether a name is that of an agency or another
// organisation that signs stories.
func signsBylines(name string) bool { return credit.Agency(name)&credit.InBylines != 0 }

// smallBy are by-words that are also parts of names: they count where more than
// one word follows, and never in what a machine declares.
var smallBy = text.Set(`de di da na av af του της από от nga theo bài từ text texto texte tekst haber from por par von vom door kommentar interview analyse reporter redacción words`)

// cutByWord takes a by-word off the start of a text. words is how many it had,
// colon whether one stood after it.
func cutByWord(s string) (rest string, words int, colon bool) {
	rest = s
	for _, w := range byPhrasesWide {
		if strings.HasPrefix(rest, w) {
			return strings.TrimLeft(rest[len(w):], " :：/｜|／"), 1, true
		}
	}
	head := s
	for i := range s {
		if i > 80 {
			head = s[:i]
			break
		}
	}
	lower := strings.ToLower(head)
	if len(lower) != len(head) { // the cases differ in length: compare as it stands
		lower = head
	}
	end, best, n := 0, 0, 0
	for n < 7 && end < len(lower) {
		start := end
		for start < len(lower) && lower[start] == ' ' {
			start++
		}
		stop := start
		for stop < len(lower) && lower[stop] != ' ' {
			stop++
		}
		if stop == start {
			break
		}
		n++
		phrase := strings.TrimRight(lower[:stop], ":：,-–—")
		if at := text.ColonIn(lower[start:stop]); at > 0 && !byPhrases[phrase] { // "Autor:Name"
			if p := lower[:start+at]; byPhrases[p] {
				_, size := utf8.DecodeRuneInString(lower[start+at:])
				best, words, colon = start+at+size, n, true
				break
			}
		}
		if byPhrases[phrase] {
			best, words, colon = stop, n, text.ColonIn(lower[len(phrase):stop]) >= 0
		}
		end = stop
	}
	if words == 0 {
		return s, 0, false
	}
	rest = strings.TrimLeft(s[best:], " ")
	if !colon && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")) {
		colon = true
	}
	return strings.TrimLeft(rest, " :：–—-|"), words, colon
}

// byWordOnly reports whether a line is a by-word and no more.
func byWordOnly(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, " :：-–—"))
	return len(s) < 40 && lonePhrases[strings.ReplaceAll(s, "’", "'")]
}
