package contacts_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Addresses as the footers of many countries print them; "/" is a line break.
func TestAddresses(t *testing.T) {
	for _, tt := range []struct{ in, want, country string }{
		{"Ledger House, 14 Quay Street, Saltmere SM4 7QT", "Ledger House, 14 Quay Street, Saltmere SM4 7QT", "GB"},
		{"The Ledger, 3rd Floor, 120 Long Lane, London EC1A 9ET, United Kingdom", "3rd Floor, 120 Long Lane, London EC1A 9ET, United Kingdom", "GB"},
		{"© 2026 Ledger Media Ltd, 220 West 40th Street, New York, NY 10018. All rights reserved.", "220 West 40th Street, New York, NY 10018", "US"},
		{"Ledger Media LLC / 4100 Oak Avenue / Suite 210 / Springfield, IL 62701 / (217) 555-0142", "4100 Oak Avenue, Suite 210, Springfield, IL 62701", "US"},
		{"365 King Street West, Toronto, Ontario M5V 1K1", "365 King Street West, Toronto, Ontario M5V 1K1", "CA"},
		{"Verlag GmbH / Lindenstraße 12–14 / 20099 Hamburg / Telefon: 040 123456-0", "Lindenstraße 12–14, 20099 Hamburg", "DE"},
		{"Muster Verlag GmbH, Am Alten Markt 7, 50667 Köln", "Am Alten Markt 7, 50667 Köln", ""},
		{"Medienhaus AG | Seestrasse 45 | CH-8002 Zürich", "Seestrasse 45 | CH-8002 Zürich", "CH"},
		{"Mariahilfer Straße 88a/2, 1070 Wien, Österreich", "Mariahilfer Straße 88a/2, 1070 Wien, Österreich", "AT"},
		{"Le Journal, 8 rue des Lilas, 75011 Paris", "8 rue des Lilas, 75011 Paris", "FR"},
		{"45 bis, avenue Foch - 69006 Lyon", "45 bis, avenue Foch - 69006 Lyon", ""},
		{"Sede legale: via Garibaldi, 18 - 20121 Milano | Capitale sociale Euro 1.000", "via Garibaldi, 18 - 20121 Milano", "IT"},
		{"Calle de Alcalá, 120, 28009 Madrid", "Calle de Alcalá, 120, 28009 Madrid", "ES"},
		{"Av. Javier Prado Este 1234, San Isidro, Lima", "Av. Javier Prado Este 1234, San Isidro, Lima", "PE"},
		{"Carrera 7 No. 71-21, Bogotá, Colombia", "Carrera 7 No. 71-21, Bogotá, Colombia", "CO"},
		{"Av. Insurgentes Sur 1605, Piso 9, Col. San José Insurgentes, C.P. 03900, Ciudad de México", "Av. Insurgentes Sur 1605, Piso 9, Col. San José Insurgentes, C.P. 03900, Ciudad de México", "MX"},
		{"Bouchard 557, Buenos Aires, Argentina. Tel: +54 11 4319-1600", "Bouchard 557, Buenos Aires, Argentina", "AR"},
		{"Rua Barão de Limeira, 425 - Campos Elíseos, São Paulo - SP, 01202-900", "Rua Barão de Limeira, 425 - Campos Elíseos, São Paulo - SP, 01202-900", "BR"},
		{"Rua Viriato, 13, 1069-315 Lisboa", "Rua Viriato, 13, 1069-315 Lisboa", "PT"},
		{"Postbus 1234, 1000 BX Amsterdam", "Postbus 1234, 1000 BX Amsterdam", "NL"},
		{"Keizersgracht 241, 1016 EA Amsterdam", "Keizersgracht 241, 1016 EA Amsterdam", "NL"},
		{"Kungsgatan 8 / 111 43 Stockholm / Växel: 08-123 456 78", "Kungsgatan 8, 111 43 Stockholm", "SE"},
		{"Akersgata 34, 0180 Oslo", "Akersgata 34, 0180 Oslo", "NO"},
		{"Besøksadresse: Storgata 12, 8006 Bodø", "Storgata 12, 8006 Bodø", ""},
		{"Rådhuspladsen 2, 1550 København V", "Rådhuspladsen 2, 1550 København V", ""},
		{"Mannerheimintie 5, 00100 Helsinki", "Mannerheimintie 5, 00100 Helsinki", "FI"},
		{"ul. Marszałkowska 10/16, 00-590 Warszawa", "ul. Marszałkowska 10/16, 00-590 Warszawa", "PL"},
		{"Národní 9, 110 00 Praha 1", "Národní 9, 110 00 Praha 1", "CZ"},
		{"1037 Budapest, Bécsi út 122.", "1037 Budapest, Bécsi út 122", "HU"},
		{"Bulevardul Unirii nr. 10, sector 4, București", "Bulevardul Unirii nr. 10, sector 4, București", "RO"},
		{"Адрес: 127018, Москва, ул. Полковая, д. 3, стр. 1", "127018, Москва, ул. Полковая, д. 3, стр. 1", "RU"},
		{"01001, Київ, вул. Хрещатик, 22", "01001, Київ, вул. Хрещатик, 22", "UA"},
		{"Λεωφόρος Κηφισίας 10, 115 26 Αθήνα", "Λεωφόρος Κηφισίας 10, 115 26 Αθήνα", "GR"},
		{"Barbaros Bulvarı No:153, Beşiktaş, İstanbul", "Barbaros Bulvarı No:153, Beşiktaş, İstanbul", "TR"},
		{"9th Floor, Express Building, 9 & 10 Bahadur Shah Zafar Marg, New Delhi - 110002", "9th Floor, Express Building, 9 & 10 Bahadur Shah Zafar Marg, New Delhi - 110002", "IN"},
		{"Plot 45, Sector 18, Gurugram, Haryana 122015", "Plot 45, Sector 18, Gurugram, Haryana 122015", "IN"},
		{"1st Floor, Nwakpa Plaza, Suite 110, Aba Crescent, Apo, Abuja", "1st Floor, Nwakpa Plaza, Suite 110, Aba Crescent, Apo, Abuja", "NG"},
		{"Head Office: Kimathi Street, P.O. Box 49010, Nairobi, Kenya", "Kimathi Street, P.O. Box 49010, Nairobi, Kenya", "KE"},
		{"P.O. Box 2345-00100, Nairobi", "P.O. Box 2345-00100, Nairobi", "KE"},
		{"P.O. Box 2345, Nairobi", "P.O. Box 2345, Nairobi", "KE"},
		{"Kungsgatan, 111 43 Stockholm", "Kungsgatan, 111 43 Stockholm", "SE"},
		{"Bouchard 557, Buenos Aires / Tel: +54 11 4319-1600", "Bouchard 557, Buenos Aires", "AR"},
		{"Kimathi Street, Nairobi / Tel: +254 20 328 8000", "Kimathi Street, Nairobi", "KE"},
		{"1 Kloof Street, Cape Town, 8001, South Africa", "1 Kloof Street, Cape Town, 8001, South Africa", "ZA"},
		{"42 Mandume Street, Windhoek, Namibia", "42 Mandume Street, Windhoek, Namibia", "NA"},
		{"7 North Street, Kingston, Jamaica", "7 North Street, Kingston, Jamaica", "JM"},
		{"Level 5, 100 Harris Street, Pyrmont NSW 2009, Australia", "Level 5, 100 Harris Street, Pyrmont NSW 2009, Australia", "AU"},
		{"19/F, Morning Tower, 979 King's Road, Quarry Bay, Hong Kong", "19/F, Morning Tower, 979 King's Road, Quarry Bay, Hong Kong", "HK"},
		{"Jl. Palmerah Barat 29-37, Jakarta 10270", "Jl. Palmerah Barat 29-37, Jakarta 10270", "ID"},
		{"No. 31, Jalan Riong, Bangsar, 59100 Kuala Lumpur", "No. 31, Jalan Riong, Bangsar, 59100 Kuala Lumpur", "MY"},
		{"서울특별시 중구 새문안로 22", "서울특별시 중구 새문안로 22", "KR"},
		{"〒100-0004 東京都千代田区大手町1-7-1", "〒100-0004 東京都千代田区大手町1-7-1", "JP"},
		{"地址：北京市朝阳区金台西路2号", "北京市朝阳区金台西路2号", ""},
		{"台北市大安區忠孝東路四段100號", "台北市大安區忠孝東路四段100號", ""},
		{"Narva mnt 13, 10151 Tallinn, Estonia", "Narva mnt 13, 10151 Tallinn, Estonia", "EE"},
		{"Ilica 15, 10000 Zagreb", "Ilica 15, 10000 Zagreb", "HR"},
		{"Bulevar Mihajla Pupina 6, 11070 Beograd", "Bulevar Mihajla Pupina 6, 11070 Beograd", "RS"},
		{"Dunajska cesta 5, 1000 Ljubljana", "Dunajska cesta 5, 1000 Ljubljana", "SI"},
		{"Muster Verlag GmbH Lindenstraße 12 20099 Hamburg", "Lindenstraße 12 20099 Hamburg", ""},
		{"Lindenstraße 12 / 20099 Hamburg", "Lindenstraße 12, 20099 Hamburg", "DE"},
		// None of these is an address.
		{"© 2026 The Saltmere Ledger. All rights reserved.", "", ""},
		{"Updated 24 March 2026, 11:40, Saltmere", "", ""},
		{"Windows 10, Windows 11", "", ""},
		{"Top 10 Phones Under 20000, Best Laptops", "", ""},
		{"Master of Public Health, Business Administration, Campus Life", "", ""},
		{"Page 1, Page 2, Page 3", "", ""},
		{"Saltmere, Otterburn, Kenya", "", ""},
		{"Harbour Lane, Old Mill", "", ""},
		{"ISSN 2499-0485 | Registro 1524326", "", ""},
	} {
		text := strings.ReplaceAll(html.EscapeString(tt.in), " / ", "<br>")
		all := contactsOf(t, "https://a.example/2026/11/story.html", "STORY<footer><p>"+text+"</p></footer>")
		var got, country string
		for _, c := range all {
			for _, ad := range c.Addresses {
				got, country = ad.Raw, ad.Country
			}
		}
		if got != tt.want || tt.country != country {
			t.Errorf("%s:\n got %q %s\nwant %q %s", tt.in, got, country, tt.want, tt.country)
		}
	}
}

// TestAddressesInStory: what has the form of an address is none within the story.
// TestAddressEndsInSigns: an address with nothing but signs behind it on its last line
// is read as far as it goes.
func TestAddressEndsInSigns(t *testing.T) {
	for _, c := range contactsOf(t, "https://a.example/contact", `<p>Contact</p><p>〒100-0004 東京都，港<br>.–</p>`) {
		for _, a := range c.Addresses {
			if strings.HasSuffix(a.Raw, ".") || strings.HasSuffix(a.Raw, ",") {
				t.Errorf("got %q", a.Raw)
			}
		}
	}
}

func TestAddressesInStory(t *testing.T) {
	for _, in := range []string{"14 Quay Street, Saltmere SM4 7QT", "P.O. Box 2345, Nairobi", "Address: Quay Street, Saltmere"} {
		for _, c := range contactsOf(t, "https://a.example/2026/11/story.html", `<article><p>`+strings.Repeat("The harbour wall held through the night, the council said. ", 4)+in+`</p></article>`) {
			if len(c.Addresses) > 0 {
				t.Errorf("%s: got %v", in, c.Addresses)
			}
		}
	}
}
