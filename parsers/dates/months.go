package dates

import "strings"

// monthTable numbers the names in twelve lines, one line for each month. A name in
// several lines is of the first.
func monthTable(lines ...string) map[string]int {
	table := map[string]int{}
	for i, names := range lines {
		for name := range strings.FieldsSeq(names) {
			if table[name] == 0 {
				table[name] = i + 1
			}
		}
	}
	return table
}

// months are the names of months and their abbreviations, in lower case, in the
// languages of newspapers.
var months = monthTable(
	`january jan januar jänner jän januari januara janvier janv enero ene janeiro gennaio gen genn gener xaneiro januára január januarie ianuarie ian ionawr eanáir jannar
		styczeń stycznia sty leden ledna led januarja siječnja siječanj sij ocak oca janar yanvar sausio sausis sau janvāris janvārī jaanuar tammikuuta tammikuu tammik janúar urtarrila urtarrilaren
		января январь янв січня січень січ студзеня януари яну јануар јануара јануари қаңтар ιανουαρίου ιανουάριος ιαν ינואר בינואר يناير جانفي ژانویه جنوری जनवरी जन জানুয়ারি ஜனவரி జనవరి ಜನವರಿ ജനുവരി જાન્યુઆરી ਜਨਵਰੀ ජනවාරි
		มกราคม იანვარი იანვარს հունվարի հունվար ጃንዋሪ`,
	`february feb febr februar februari februara février févr fevrier fév febrero fevereiro fev febbraio febb febrer febreiro február februára februarie chwefror feabhra frar
		luty lutego lut únor února úno veljače veljača velj şubat şub shkurt fevral vasario vasaris vas februāris februārī veebruar helmikuuta helmikuu helmik febrúar otsaila otsailaren pebrero
		февраля февраль фев лютого лютий лют лютага февруари фебруар фебруара фебруари ақпан φεβρουαρίου φεβρουάριος φεβ פברואר בפברואר فبراير فيفري فوریه فروری फरवरी फ़रवरी फर ফেব্রুয়ারি பிப்ரவரி ఫిబ్రవరి ಫೆಬ್ರವರಿ ഫെബ്രുവരി ફેબ્રુઆરી ਫਰਵਰੀ පෙබරවාරි
		กุมภาพันธ์ თებერვალი თებერვალს փետրվարի փետրվար`,
	`march mar märz maerz mrz mär mars marzo março marco maart mrt març marzec marca marta marts márta március márc martie mawrth marzu
		březen března bře ožujka ožujak ožu mart mac maret machi kovo kovas martā märts maaliskuuta maaliskuu maalisk martxoa martxoaren marso
		марта март мар березня березень бер сакавіка наурыз μαρτίου μάρτιος μαρ מרץ במרץ מרס مارس مارچ मार्च মার্চ மார்ச் మార్చి ಮಾರ್ಚ್ മാർച്ച് માર્ચ ਮਾਰਚ මාර්තු
		มีนาคม მარტი მარტს մարտի մարտ آذار`,
	`april apr avril avr abril abr aprile aprill kwiecień kwietnia kwi duben dubna dub apríl apríla április ápr aprilie ebrill aibreán
		travnja travanj tra nisan nis prill aprel balandžio balandis bal aprīlis aprīlī huhtikuuta huhtikuu huhtik apirila apirilaren aprili
		апреля апрель апр квітня квітень кві красавіка април сәуір απριλίου απρίλιος απρ אפריל באפריל أبريل ابريل إبريل أفريل افريل نيسان آوریل اپریل अप्रैल এপ্রিল ஏப்ரல் ఏప్రిల్ ಏಪ್ರಿಲ್ ഏപ്രിൽ એપ્રિલ ਅਪ੍ਰੈਲ අප්`+"\u200d"+`රේල්
		เมษายน აპრილი აპრილს ապրիլի ապրիլ`,
	`may mai mayo maio maggio mag mei maj maja maig květen května kvě máj mája május bealtaine mejju svibnja svibanj svi mayıs maijs maijā gegužės gegužė geg
		toukokuuta toukokuu toukok maí maiatza maiatzaren
		мая май травня травень тра мај маја мамыр μαΐου μάιος μάϊος μαι מאי במאי مايو ماي أيار ايار مه مئی मई মে மே మే ಮೇ മേയ് મે ਮਈ මැයි
		พฤษภาคม მაისი მაისს մայիսի մայիս`,
	`june jun juni juin junio junho giugno giu juny xuño jún júna június iunie iun mehefin meitheamh ġunju czerwiec czerwca cze červen června čvn
		lipnja lipanj haziran haz qershor iyun birželio birželis bir jūnijs jūnijā juuni kesäkuuta kesäkuu kesäk júní ekaina ekainaren hunyo
		июня июнь июн червня червень чер чэрвеня юни јун јуна јуни маусым ιουνίου ιούνιος ιουν יוני ביוני يونيو جوان حزيران ژوئن جون जून জুন ஜூன் జూన్ ಜೂನ್ ജൂൺ જૂન ਜੂਨ ජූනි
		มิถุนายน ივნისი ივნისს հունիսի հունիս`,
	`july jul juli juillet juil julio julho luglio lug juliol xullo júl júla július iulie iul gorffennaf iúil lulju lipiec lipca lip červenec července čvc
		srpnja srpanj temmuz tem korrik iyul liepos liepa lie jūlijs jūlijā juuli heinäkuuta heinäkuu heinäk júlí uztaila uztailaren hulyo julai
		июля июль июл липня липень лип ліпеня юли јул јула јули шілде ιουλίου ιούλιος ιουλ יולי ביולי يوليو جويلية تموز ژوئیه جولائی जुलाई জুলাই ஜூலை జూలై ಜುಲೈ ജൂലൈ જુલાઈ ਜੁਲਾਈ ජූලි
		กรกฎาคม ივლისი ივლისს հուլիսի հուլիս`,
	`august aug août aout agosto ago agost augustus augusti augusta augusztus awst lúnasa awwissu sierpień sierpnia sie srpen srpna srp
		kolovoza kolovoz kol ağustos ağu gusht avgust avqust rugpjūčio rugpjūtis rgp augusts augustā elokuuta elokuu elok ágúst abuztua abuztuaren agosti agustus agu ogos
		августа август авг серпня серпень сер жніўня аугуст тамыз αυγούστου αύγουστος αυγ אוגוסט באוגוסט أغسطس اغسطس أوت اوت آب اگست अगस्त আগস্ট ஆகஸ்ட் ఆగస్టు ಆಗಸ್ಟ್ ഓഗസ്റ്റ് ઑગસ્ટ ਅਗਸਤ අගෝස්තු
		สิงหาคม აგვისტო აგვისტოს օգոստոսի օգոստոս`,
	`september sep sept septembre septembrie septiembre setiembre setembro settembre set sett setembre septembri septembra szeptember szept medi meán settembru
		wrzesień września wrz září zář rujna rujan ruj eylül eyl shtator sentyabr sentabr rugsėjo rugsėjis rgs septembris septembrī septembar syyskuuta syyskuu syysk iraila irailaren setyembre septemba
		сентября сентябрь сен сент вересня вересень вер верасня септември септембар септембра қыркүйек σεπτεμβρίου σεπτέμβριος σεπ σεπτ ספטמבר בספטמבר سبتمبر أيلول ايلول سپتامبر ستمبر सितंबर सितम्बर सप्टेंबर সেপ্টেম্বর செப்டம்பர் సెప్టెంబర్ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റംബർ સપ્ટેમ્બર ਸਤੰਬਰ සැප්තැම්බර්
		กันยายน სექტემბერი სექტემბერს սեպտեմբերի սեպտեմբեր`,
	`october oct oktober okt octobre octubre octbre outubro out ottobre ott oktobra október octombrie hydref ottubru
		październik października paź říjen října říj ekim eki tetor oktyabr oktabr spalio spalis spa oktobris oktobrī oktoober oktobar lokakuuta lokakuu lokak urria urriaren oktubre oktoba
		октября октябрь окт жовтня жовтень жов кастрычніка октомври октобар октобра қазан οκτωβρίου οκτώβριος οκτ אוקטובר באוקטובר أكتوبر اكتوبر اکتبر اکتوبر अक्टूबर अक्तूबर ऑक्टोबर অক্টোবর அக்டோபர் అక్టోబర్ ಅಕ್ಟೋಬರ್ ഒക്ടോബർ ઑક્ટોબર ਅਕਤੂਬਰ ඔක්තෝබර්
		ตุลาคม ოქტომბერი ოქტომბერს հոկտեմբերի հոկտեմբեր`,
	`november nov novembre noviembre novembro novembri novembra noiembrie noi tachwedd samhain novembru listopad listopada lis studenoga studenog studeni stu
		kasım kas nëntor noyabr lapkričio lapkritis lap novembris novembrī novembar marraskuuta marraskuu marrask nóvember azaroa azaroaren nobyembre novemba
		ноября ноябрь ноя нояб листопада листопад лис лістапада ноември новембар новембра қараша νοεμβρίου νοέμβριος νοε נובמבר בנובמבר نوفمبر نوامبر نومبر नवंबर नवम्बर नोव्हेंबर নভেম্বর நவம்பர் నవంబర్ ನವೆಂಬರ್ നവംബർ નવેમ્બર ਨਵੰਬਰ නොවැම්බර්
		พฤศจิกายน ნოემბერი ნოემბერს նոյեմբերի նոյեմբեր`,
	`december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre desembre desember decembri decembra decembrie rhagfyr nollaig diċembru des
		grudzień grudnia gru prosinec prosince pro prosinca prosinac aralık ara dhjetor dekabr gruodžio gruodis grd decembris decembrī detsember decembar joulukuuta joulukuu jouluk abendua abenduaren disyembre desemba disember
		декабря декабрь дек грудня грудень гру снежня декември децембар децембра желтоқсан δεκεμβρίου δεκέμβριος δεκ דצמבר בדצמבר ديسمبر دسامبر دسمبر दिसंबर दिसम्बर डिसेंबर ডিসেম্বর டிசம்பர் డిసెంబర్ ಡಿಸೆಂಬರ್ ഡിസംബർ ડિસેમ્બર ਦਸੰਬਰ දෙසැම්බර්
		ธันวาคม დეკემბერი დეკემბერს դեկտեմբերի դեկտեմբեր`,
)

// jalaliMonths are the months of the calendar of Iran and Afghanistan.
var jalaliMonths = monthTable("فروردین حمل", "اردیبهشت ثور", "خرداد جوزا", "تیر سرطان", "مرداد امرداد اسد", "شهریور سنبله", "مهر میزان", "آبان عقرب", "آذر قوس", "دی جدی", "بهمن دلو", "اسفند حوت")

// persianLetters puts Persian letters in the place of the Arabic ones that many
// Iranian sites write for them.
var persianLetters = strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک")

// jalaliMonth is the number of a month of Iran's calendar; 0 if it is none.
func jalaliMonth(word string) int {
	if m := jalaliMonths[word]; m > 0 || word == "" || word[0] < 0xd8 {
		return m
	}
	return jalaliMonths[persianLetters.Replace(word)]
}

// romanMonths number the months as Central Europeans do: 12.XI.2026.
var romanMonths = monthTable("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")

// hijriMonths are the months of the Hijra, those of two words by the first.
var hijriMonths = monthTable("محرم", "صفر", "", "", "", "", "رجب", "شعبان", "رمضان", "شوال", "", "")

var hijriPairs = map[string]map[string]int{
	"ربيع":  {"الأول": 3, "الاول": 3, "الآخر": 4, "الاخر": 4, "الثاني": 4},
	"جمادى": {"الأولى": 5, "الاولى": 5, "الأول": 5, "الآخرة": 6, "الاخرة": 6, "الثانية": 6},
	"ذو":    {"القعدة": 11, "الحجة": 12},
	"ذي":    {"القعدة": 11, "الحجة": 12},
}

// monthPairs are names of two words, by the first.
var monthPairs = map[string]map[string]int{
	"كانون": {"الثاني": 1, "الأول": 12, "الاول": 12},
	"تشرين": {"الأول": 10, "الاول": 10, "الثاني": 11},
}

// monthsByLanguage are names that mean another month in one language than in most.
var monthsByLanguage = map[string]map[string]int{
	"hr": {"listopad": 10, "listopada": 10},
	"mk": {"листопад": 10},
}

// thaiShortMonths are the Thai abbreviations without their full stops.
var thaiShortMonths = map[string]int{"มค": 1, "กพ": 2, "มีค": 3, "เมย": 4, "พค": 5, "มิย": 6, "กค": 7, "สค": 8, "กย": 9, "ตค": 10, "พย": 11, "ธค": 12}
