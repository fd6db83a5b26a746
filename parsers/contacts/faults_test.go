package contacts_test

import (
	"strings"
	"testing"
)

// What a page's readers are told, and what they are not: each line is a page on which
// something was once lost, invented or given to the wrong one.
func TestWhoseContacts(t *testing.T) {
	long := strings.Repeat("The ferry lay at the quay all day, and nobody on board could say when it would leave. ", 5)
	in := func(s string) string {
		return `<article><h1>Ferry stays in port</h1><p class="byline">By Jane Doe</p><p>` + long + `</p><p>` + long + `</p>` + s + `</article>`
	}
	for _, tt := range []struct{ name, site, in, want string }{
		{"readers are asked", "https://ledger.co.uk/a", in(`<p>Do you know more? Write to tips@saltmere-desk.example</p>`), "tips@saltmere-desk.example"},
		{"readers are asked, in a box", "https://ledger.co.uk/a", in(`<div class="callout"><p><strong>Do you know more about the ferry?</strong> Email our reporters at <a href="mailto:tips@ledger.co.uk">tips@ledger.co.uk</a></p></div>`), "tips@ledger.co.uk"},
		{"byline with a mailbox of another name", "https://ledger.co.uk/a", `<article><h1>Ferry stays in port</h1><div class="byline">By Jane Doe <a href="mailto:harbourwriter@home.example">harbourwriter@home.example</a></div><p>` + long + `</p><p>` + long + `</p></article>`, "harbourwriter@home.example"},
		{"button", "https://ledger.co.uk/a", in(``) + `<div class="tools"><button data-copy="x">shop@vendor.example</button></div><footer><p>Terms</p></footer>`, ""},
		{"police in the story", "https://ledger.co.uk/a", in(`<p>Anyone who saw the ferry is asked to call police on 0161 496 0101.</p>`), ""},
		{"police at the end of the story", "https://zeitung.de/a", in(`<p>Hinweise nimmt die Polizei Salzmoor unter Telefon 0431 / 160 33 33 entgegen.</p>`), ""},
		{"police below the story", "https://ledger.co.uk/a", in(``) + `<div class="box"><p>Police: call 0161 496 0101 with information.</p></div><footer><p>Tel: 020 7946 0301</p></footer>`, "020 7946 0301"},
		{"police in a footer", "https://ledger.co.uk/a", in(``) + `<footer><p>The Ledger, Tel: 020 7946 0301</p><p>Emergency? Police 0161 496 0101, Samaritans 0161 496 0102</p></footer>`, "020 7946 0301"},
		{"agency in the story", "https://ledger.com/a", in(`<p>The coast guard can be reached at 202-555-0199.</p>`), ""},
		{"maker's row", "https://ledger.co.uk/a", in(``) + `<footer><p>14 Netmaker's Row, Harbourtown · Tel: +44 20 7946 0000</p></footer>`, "+44 20 7946 0000; 14 Netmaker's Row, Harbourtown"},
	} {
		var got []string
		for _, c := range contactsOf(t, tt.site, tt.in) {
			got = append(got, c.Emails...)
			for _, p := range append(c.Phones, c.Faxes...) {
				got = append(got, p.Raw)
			}
			for _, a := range c.Addresses {
				got = append(got, a.Raw)
			}
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}

// Postal addresses that were lost or invented, outside and inside a footer.
func TestLabelledAddresses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<footer><p>Address: Quay Street, Saltmere</p></footer>`, "Quay Street, Saltmere"},
		{`<footer><p>Address: Harbour Lane</p></footer>`, "Harbour Lane"},
		{`<div class="contact-box"><h3>Contact us</h3><p><strong>Address:</strong> Harbour House, Quay Street, Saltmere</p></div>`, "Harbour House, Quay Street, Saltmere"},
		{`<footer><p>Saltmere Ledger, 24 Fishmarket Street, Dublin 2, D02 X285</p></footer>`, "24 Fishmarket Street, Dublin 2, D02 X285"},
		{`<footer><p>Main Street, Ballymoor, Co. Kerry</p><p>Tel: 066 712 0000</p></footer>`, "Main Street, Ballymoor, Co. Kerry"},
		{`<footer><p>Hafnarblaðið, Bryggjugata 12, 101 Reykjavík</p></footer>`, "Bryggjugata 12, 101 Reykjavík"},
		{`<footer><p>Bryggjugötu 12, 600 Akureyri. Sími 460 0000</p></footer>`, "Bryggjugötu 12, 600 Akureyri"},
		{`<footer><p>Niels Finsens gøta 7, FO-100 Tórshavn</p></footer>`, "Niels Finsens gøta 7, FO-100 Tórshavn"},
		{`<footer><p>P.O. Box 7012, Nairobi. Tel: +254 20 328 8000</p></footer>`, "P.O. Box 7012, Nairobi"},
		{`<footer><p>P. O. Box 30080 - 00100 Nairobi, Kenya</p></footer>`, "P. O. Box 30080 - 00100 Nairobi, Kenya"},
		{`<footer><p>Postal address: P.O. Box 7012</p></footer>`, "P.O. Box 7012"},
		{`<footer><p>〒105-0004 東京都港区新橋3-4-5</p></footer>`, "〒105-0004 東京都港区新橋3-4-5"},
		{`<footer><p>住所：〒105-0004 東京都港区新橋3-4-5 港ビル2階</p></footer>`, "〒105-0004 東京都港区新橋3-4-5 港ビル2階"},
		{`<footer><p>所在地 〒060-0042 北海道札幌市中央区大通西3丁目6</p></footer>`, "〒060-0042 北海道札幌市中央区大通西3丁目6"},
		{`<footer><p>地址：北京市西城区港口路12号</p></footer>`, "北京市西城区港口路12号"},
		{`<footer><p>地址: 上海市静安区海港路8号3楼 邮编: 200040</p></footer>`, "上海市静安区海港路8号3楼"},
		{`<footer><p>주소: 서울특별시 마포구 항구로 12</p></footer>`, "서울특별시 마포구 항구로 12"},
		{`<div class="company"><p>주소 : 서울시 마포구 항구로 12, 3층</p><p>대표전화 : 02-700-0000</p></div>`, "서울시 마포구 항구로 12, 3층"},
		{`<footer><p>Season 3, Episode 4, New York</p></footer>`, ""},
		{`<footer><p>Chapter 12, Volume 3, London</p></footer>`, ""},
		{`<footer><p>Round 5, Match 12, Paris</p></footer>`, ""},
	} {
		var got []string
		for _, c := range contactsOf(t, "https://a.example/2026/11/story.html", "STORY"+tt.in) {
			for _, a := range c.Addresses {
				got = append(got, a.Raw)
			}
		}
		if s := strings.Join(got, " // "); s != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.in, s, tt.want)
		}
	}
}
