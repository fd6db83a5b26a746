package contacts

import "strings"

// countryNames are the codes by the names by which addresses end, in lower case.
var countryNames = func() map[string]string {
	codes := map[string]string{}
	for line := range strings.Lines(countryTable) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		for name := range strings.SplitSeq(names, ", ") {
			codes[name] = code
		}
	}
	return codes
}()

// countryLengths has by first byte a bit for each length of countryNames, in bytes:
// it saves most look-ups.
var countryLengths = func() (t [256]uint64) {
	for name := range countryNames {
		t[name[0]] |= 1 << len(name)
	}
	return t
}()

// countryTable has for each country its names, and the cities that addresses end
// with in place of it; "--" has cities that several countries have.
const countryTable = `-- santiago, san josé, córdoba, valencia, san juan, georgetown, victoria, birmingham, manchester, cambridge, kingston upon thames
AD andorra
AE united arab emirates, uae, u.a.e., dubai, abu dhabi, الإمارات
AF afghanistan
AG antigua, antigua and barbuda
AL albania, shqipëri, shqipëria
AM armenia, հայաստան, yerevan
AO angola, luanda
AR argentina, buenos aires
AT austria, österreich, wien, vienna
AU australia, sydney, melbourne, brisbane, perth, nsw, qld
AZ azerbaijan, azərbaycan, baku, bakı
BA bosnia and herzegovina, bosna i hercegovina, sarajevo
BB barbados, bridgetown, w.i., west indies
BD bangladesh, dhaka, বাংলাদেশ
BE belgium, belgië, belgique, bruxelles, brussels, brussel
BF burkina faso
BG bulgaria, българия, софия, sofia
BH bahrain
BJ benin, bénin
BN brunei
BO bolivia, la paz
BR brazil, brasil, são paulo, rio de janeiro, brasília
BS bahamas, the bahamas, nassau
BT bhutan
BW botswana, gaborone
BY belarus, беларусь, минск
BZ belize
CA canada, toronto, ontario, québec, montréal, montreal, vancouver
CD congo, rdc
CH switzerland, schweiz, suisse, svizzera, zürich, bern, genève
CI côte d'ivoire, côte d’ivoire, ivory coast, abidjan
CL chile, santiago de chile
CM cameroon, cameroun
CN china, p.r. china, pr china, 中国, 北京, 上海
CO colombia, bogotá, bogota, bogotá d.c., medellín
CR costa rica
CU cuba, la habana
CY cyprus, κύπρος, nicosia
CZ czech republic, czechia, česká republika, česko, praha, prague
DE germany, deutschland, berlin, hamburg, münchen, munich
DK denmark, danmark, københavn, copenhagen
DM dominica
DO dominican republic, república dominicana, santo domingo
DZ algeria, algérie, alger, الجزائر
EC ecuador, quito, guayaquil
EE estonia, eesti, tallinn
EG egypt, مصر, cairo
ES spain, españa, madrid, barcelona, mallorca
ET ethiopia, addis ababa
FI finland, suomi, helsinki
FJ fiji, suva
FO faroe islands, føroyar, tórshavn, klaksvík
FR france, paris
GB united kingdom, england, scotland, wales, northern ireland, uk, u.k., great britain, london
GD grenada
GE georgia (country), საქართველო, tbilisi
GH ghana, accra
GL greenland, grønland, kalaallit nunaat, nuuk
GM gambia, the gambia
GR greece, ελλάδα, ελλάς, athens, αθήνα
GT guatemala
GY guyana
HK hong kong, 香港
HN honduras, tegucigalpa
HR croatia, hrvatska, zagreb
HT haiti, haïti
HU hungary, magyarország, budapest
ID indonesia, jakarta
IE ireland, éire, dublin, cork, galway, limerick
IL israel, ישראל, jerusalem, tel aviv, tel-aviv
IN india, new delhi, delhi, noida, gurugram, gurgaon, pune, ahmedabad, gujarat, maharashtra, karnataka, kerala, tamil nadu, telangana, uttar pradesh, haryana, rajasthan, west bengal, punjab, mumbai, bengaluru, kolkata, chennai, hyderabad, भारत
IQ iraq, العراق
IR iran, ایران, تهران, tehran
IS iceland, ísland, reykjavík, reykjavik, kópavogur, kópavogi, hafnarfjörður, hafnarfirði, garðabær, akureyri, selfoss, ísafjörður, ísafirði, egilsstaðir
IT italy, italia, roma, milano
JM jamaica, kingston
JO jordan, amman, الأردن
JP japan, 日本, tokyo, 東京
KE kenya, nairobi
KG kyrgyzstan, кыргызстан, бишкек
KH cambodia, phnom penh
KR south korea, republic of korea, korea, 대한민국, seoul, 서울
KW kuwait, الكويت
KZ kazakhstan, казахстан, қазақстан, алматы, астана
LA laos
LB lebanon, liban, beirut, لبنان
LC saint lucia, st. lucia, castries
LI liechtenstein, vaduz
LK sri lanka, colombo
LR liberia
LT lithuania, lietuva, vilnius
LU luxembourg, luxemburg
LV latvia, latvija, rīga, riga
LY libya, ليبيا
MA morocco, maroc, casablanca, المغرب
MC monaco
MD moldova, chișinău
ME montenegro, crna gora, podgorica
MG madagascar
MK north macedonia, македонија, скопје
ML mali
MM myanmar, yangon
MN mongolia
MT malta
MU mauritius
MV maldives, malé
MW malawi
MX mexico, méxico, ciudad de méxico, cdmx
MY malaysia, kuala lumpur, selangor
MZ mozambique, moçambique, maputo
NA namibia, windhoek
NG nigeria, abuja, lagos
NI nicaragua, managua
NL netherlands, the netherlands, nederland, amsterdam
NO norway, norge, oslo, bergen
NP nepal, kathmandu
NZ new zealand, auckland, wellington
OM oman
PA panama, panamá
PE peru, perú, lima
PG papua new guinea
PH philippines, pilipinas, manila, metro manila, makati city, quezon city
PK pakistan, karachi, lahore, islamabad
PL poland, polska, warszawa, warsaw
PR puerto rico
PS palestine
PT portugal, lisboa, lisbon, porto
PY paraguay, asunción
QA qatar, doha, قطر
RO romania, românia, bucurești, bucharest
RS serbia, srbija, србија, beograd, belgrade
RU russia, россия, российская федерация, москва, moscow, санкт-петербург
RW rwanda, kigali
SA saudi arabia, السعودية, riyadh
SC seychelles
SD sudan
SE sweden, sverige, stockholm, göteborg, malmö
SG singapore
SI slovenia, slovenija, ljubljana
SK slovakia, slovensko, slovenská republika, bratislava
SL sierra leone, freetown
SN senegal, sénégal, dakar
SO somalia
SR suriname
SV el salvador, san salvador
SY syria
TH thailand, bangkok, กรุงเทพมหานคร
TN tunisia, tunisie, tunis
TR turkey, türkiye, istanbul, i̇stanbul, ankara
TT trinidad, trinidad and tobago, trinidad & tobago, port of spain
TW taiwan, 台灣, 臺灣, taipei
TZ tanzania, dar es salaam
UA ukraine, україна, київ, kyiv
UG uganda, kampala
US united states, united states of america, usa, u.s.a., new york, washington d.c.
UY uruguay, montevideo
UZ uzbekistan, oʻzbekiston
VE venezuela, caracas
VN vietnam, ho chi minh city, hồ chí minh, việt nam, hà nội, hanoi
ZA south africa, johannesburg, cape town
ZM zambia, lusaka
ZW zimbabwe, harare`
