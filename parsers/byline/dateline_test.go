package byline

import (
	"strings"
	"testing"
)

func TestDateline(t *testing.T) {
	for _, c := range []struct{ text, place, agency string }{
		{"SEOUL — The harbour opened again on Monday.", "SEOUL", ""},
		{"SEOUL (Reuters) - The harbour opened again on Monday.", "SEOUL", "Reuters"},
		{"NAIROBI, Kenya, June 3 (Reuters) - The harbour opened again.", "NAIROBI, Kenya", "Reuters"},
		{"LA PAZ, June 3 (Xinhua) -- The harbour opened again.", "LA PAZ", "Xinhua"},
		{"PARIS, 3 juin (Reuters) - Le port a rouvert lundi.", "PARIS", "Reuters"},
		{"BEIRUT/THE HAGUE, March 7 (Reuters) - The harbour opened again.", "BEIRUT/THE HAGUE", "Reuters"},
		{"SIOUX FALLS, S.D. (AP) — The harbour opened again.", "SIOUX FALLS, S.D.", "AP"},
		{"ST. LOUIS, Mo. – The harbour opened again.", "ST. LOUIS, Mo.", ""},
		{"KUCHING, Nov 22 — The harbour opened again.", "KUCHING", ""},
		{"Berlin (dpa) - Der Hafen ist wieder offen.", "Berlin", "dpa"},
		{"BERLIN (dpa) - Der Hafen ist wieder offen.", "BERLIN", "dpa"},
		{"Hamburg (dpa/lno) – Der Hafen ist wieder offen.", "Hamburg", "dpa"},
		{"Wien/Graz (APA) – Der Hafen ist wieder offen.", "Wien/Graz", "APA"},
		{"Madrid, 3 jun (EFE).- El puerto abrió de nuevo.", "Madrid", "EFE"},
		{"(ANSA) - ROMA, 03 GIU - Il porto ha riaperto.", "ROMA", "ANSA"},
		{"Roma, 3 giugno - (Adnkronos) - Il porto ha riaperto.", "Roma", "Adnkronos"},
		{"DALLA NOSTRA INVIATA A GENOVA — Il porto ha riaperto.", "GENOVA", ""},
		{"ANKARA (AA) - Liman yeniden açıldı.", "ANKARA", "AA"},
		{"Jakarta (ANTARA) - Pelabuhan itu dibuka kembali.", "Jakarta", "ANTARA"},
		{"МОСКВА, 3 июн — РИА Новости. Порт снова открыт.", "МОСКВА", "РИА Новости"},
		{"МОСКВА, 3 июня. /ТАСС/. Порт снова открыт.", "МОСКВА", "ТАСС"},
		{"Москва. 3 июня. INTERFAX.RU - Порт снова открыт.", "Москва", "INTERFAX.RU"},
		{"(서울=연합뉴스) 김바다 기자 = 항구가 다시 열렸다.", "서울", "연합뉴스"},
		{"[부산=뉴시스] 김바다 기자 = 항구가 다시 열렸다.", "부산", "뉴시스"},
		{"新华社北京6月3日电（记者王海）港口重新开放。", "北京", "新华社"},
		{"【ワシントン＝共同】港が再び開いた。", "ワシントン", "共同"},
		{"［東京　３日　ロイター］ - 港が再び開いた。", "東京", "ロイター"},
		{"नई दिल्ली, 3 जून (भाषा) बंदरगाह फिर खुल गया।", "नई दिल्ली", "भाषा"},
		{"القاهرة (رويترز) - افتتح الميناء مرة أخرى.", "القاهرة", "رويترز"},
		// None.
		{"The harbour opened again on Monday — after nine years.", "", ""},
		{"CHINA has opened the harbour again, officials said.", "", ""},
		{"BREAKING — The harbour opened again.", "", ""},
		{"CVE-2024-1234 is a hole in the harbour's computers.", "", ""},
		{"EU- und Landesmittel sollen den Hafen retten.", "", ""},
		{"Rostow (Russland) - Der Hafen ist wieder offen.", "", ""},
		{"Anna Lund (left) - the harbour master - was pleased.", "", ""},
		{"Maria (54) says the harbour - her home - is open.", "", ""},
		{"", "", ""},
	} {
		place, agency := readDateline(c.text)
		if place != c.place || agency != c.agency {
			t.Errorf("%q: got %q, %q, want %q, %q", c.text, place, agency, c.place, c.agency)
		}
	}
}

func FuzzDateline(f *testing.F) {
	for _, s := range []string{"NAIROBI, Kenya, June 3 (Reuters) - The", "МОСКВА, 3 июня. /ТАСС/. Порт", "(서울=연합뉴스) 김", "新华社北京6月3日电", "((((", "A/ -\xff", strings.Repeat("\xa2", 2*maxDateline)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, agency := readDateline(s)
		if len(place) > maxDateline || len(agency) > maxDateline {
			t.Errorf("%q: got %q, %q", s, place, agency)
		}
	})
}
