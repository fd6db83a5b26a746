package dates_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/dates"
)

// TestParse has a line for each way in which newspapers write dates.
func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		// as programs write them
		"2026-11-23":                       "2026-11-23",
		"2026-11-23T10:05":                 "2026-11-23T10:05",
		"2026-11-23T10:05:30Z":             "2026-11-23T10:05:30Z",
		"2026-11-23T10:05:30.123456+01:00": "2026-11-23T10:05:30+01:00",
		"2026-11-23T10:05:30-0430":         "2026-11-23T10:05:30-04:30",
		"2026-11-23T10:05+02":              "2026-11-23T10:05:00+02:00",
		"2026-11-23 10:05:30 -0500":        "2026-11-23T10:05:30-05:00",
		"2026-11-23 10:05:30 UTC":          "2026-11-23T10:05:30Z",
		"2026/11/23 10:05":                 "2026-11-23T10:05",
		"20261123":                         "2026-11-23",
		"20261123T100530Z":                 "2026-11-23T10:05:30Z",
		"20261123100530":                   "2026-11-23T10:05:30",
		"1795428330":                       "2026-11-23T10:05:30Z",
		"1795428330000":                    "2026-11-23T10:05:30Z",
		"Mon, 23 Nov 2026 10:05:30 GMT":    "2026-11-23T10:05:30Z",
		"Mon, 23 Nov 2026 10:05:30 +0100":  "2026-11-23T10:05:30+01:00",
		"Mon Nov 23 10:05:30 +0000 2026":   "2026-11-23T10:05:30+00:00",
		"Mon Nov 23 10:05:30 UTC 2026":     "2026-11-23T10:05:30Z",
		"Mon Nov 23 2026 10:05:30 GMT+0200 (Central African Time)": "2026-11-23T10:05:30+02:00",
		// English
		"November 23, 2026":                  "2026-11-23",
		"Nov. 23rd, 2026 at 3:05 p.m. EST":   "2026-11-23T15:05:00-05:00",
		"Monday, 23 November 2026, 12:05 AM": "2026-11-23T00:05",
		"23rd of November, 2026":             "2026-11-23",
		"10:05 GMT, 23 November 2026":        "2026-11-23T10:05:00Z",
		"Published: 10:05am on 23 Nov 2026":  "2026-11-23T10:05",
		"23-Nov-2026":                        "2026-11-23",
		"23 Nov '26":                         "2026-11-23",
		"Updated Nov 23, 2026 3 min read":    "2026-11-23",
		"Nov 23, 2026 - 14 comments":         "2026-11-23",
		"Jul 24, 2024 07:05 IST":             "2024-07-24T07:05",
		"11/23/2026":                         "2026-11-23",
		"23/11/2026 10h05":                   "2026-11-23T10:05",
		// European
		"23.11.2026, 10:05 Uhr":               "2026-11-23T10:05",
		"Stand: 23.11.2026 10.05 Uhr":         "2026-11-23T10:05",
		"23. November 2026 um 10:05":          "2026-11-23T10:05",
		"3. März 2026":                        "2026-03-03",
		"1er décembre 2026 à 9 h 30":          "2026-12-01T09:30",
		"23 de noviembre de 2026 a las 10:05": "2026-11-23T10:05",
		"23 de novembro del 2026":             "2026-11-23",
		"lunedì 23 novembre 2026 - 10:05":     "2026-11-23T10:05",
		"maandag 23 november 2026 10.05":      "2026-11-23T10:05",
		"23. marts 2026 kl. 10.05":            "2026-03-23T10:05",
		"23.11.2026 klo 10:05":                "2026-11-23T10:05",
		"23 listopada 2026, 10:05":            "2026-11-23T10:05",
		"23. prosince 2026 v 10:05":           "2026-12-23T10:05",
		"2026. november 23. 10:05":            "2026-11-23T10:05",
		"2026 m. lapkričio 23 d.":             "2026-11-23",
		"2026. gada 23. novembrī":             "2026-11-23",
		"23 ноября 2026 г., 10:05":            "2026-11-23T10:05",
		"23 листопада 2026, 10:05":            "2026-11-23T10:05",
		"23 Νοεμβρίου 2026":                   "2026-11-23",
		"23 Kasım 2026 Pazartesi 10:05":       "2026-11-23T10:05",
		"23.11.26":                            "2026-11-23",
		// in Asia and Arabic
		"2026年11月23日 10:05":                  "2026-11-23T10:05",
		"2026年11月23日 下午3:05":                 "2026-11-23T15:05",
		"令和8年11月23日":                         "2026-11-23",
		"民國115年11月23日":                       "2026-11-23",
		"2026년 11월 23일 오후 3:05":              "2026-11-23T15:05",
		"입력 2026.11.23 10:05":                "2026-11-23T10:05",
		"23 tháng 11, 2026":                  "2026-11-23",
		"Thứ hai, 23/11/2026, 10:05 (GMT+7)": "2026-11-23T10:05:00+07:00",
		"Senin, 23 November 2026 10:05 WIB":  "2026-11-23T10:05:00+07:00",
		"23 नवंबर 2026":                      "2026-11-23",
		"२३ नवंबर २०२६, १०:०५":               "2026-11-23T10:05",
		"২৩ নভেম্বর ২০২৬":                    "2026-11-23",
		"23 พฤศจิกายน 2569":                  "2026-11-23",
		"23 พ.ย. 2569 10:05":                 "2026-11-23T10:05",
		"23 พ.ย. 69":                         "2026-11-23",
		"الاثنين 23 نوفمبر 2026 - 10:05":     "2026-11-23T10:05",
		"٢٣ نوفمبر ٢٠٢٦":                     "2026-11-23",
		"23 تشرين الثاني 2026":               "2026-11-23",
		"23 نوفمبر/تشرين الثاني 2026":        "2026-11-23",
		"۲ آذر ۱۴۰۵":                         "2026-11-23",
		"1405/09/02":                         "2026-11-23",
		"۱ فروردین ۱۴۰۴":                     "2025-03-21",
		"30 اسفند 1403":                      "2025-03-20",
		"23 בנובמבר 2026":                    "2026-11-23",
		"5 تير 1402 - 12:41:36 ب.ظ":          "2023-06-26T12:41:36",
		"۱۴ ارديبهشت ۱۴۰۳ ساعت ۹:۰۵ ق.ظ":     "2024-05-03T09:05",
		"۱۳ دي ۱۴۰۲":                         "2024-01-03",
		"شنبه ۱۹ اسفند ماه ۱۴۰۲":             "2024-03-09",
		"7 شوال 1446":                        "2025-04-06",
		"12 ربيع الأول 1446 هـ":              "2024-09-16",
		"令和元年5月1日":                           "2019-05-01",
		"平成31年4月30日":                         "2019-04-30",
		"23 Μαΐου 2026, 3:05 μ.μ.":           "2026-05-23T15:05",
		"23 Μαΐου 2026, 3:05 π.μ.":           "2026-05-23T03:05",
		"12.XI.2026":                         "2026-11-12",
		"12 XI 2026 r.":                      "2026-11-12",
		"ngày 23 tháng 11 năm 2026":          "2026-11-23",
		"23. marraskuuta 2026 klo 10.05":     "2026-11-23T10:05",
		"Nov 23, 2026 10:05 AM CST":          "2026-11-23T10:05",
		// none
		"":                                "",
		"tomorrow":                        "",
		"2026":                            "",
		"May 2026":                        "",
		"99999-12-31":                     "",
		"2026-13-01":                      "",
		"2026-02-30":                      "",
		"31.11.2026":                      "",
		"0000-00-00 00:00:00":             "",
		"Tel. 030 23.11.20.26":            "",
		"192.168.20.26":                   "",
		"version 1.11.2026.4":             "",
		"10:05":                           "",
		"1446/10/07":                      "", // of the Hijra, which is not read
		"room 5 May be 2026":              "",
		strings.Repeat("23.11.2026 ", 50): "",
	} {
		if got := dates.Parse(in, in != "11/23/2026"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestIsPostRow: the sentence under a weblog's post is no part of it.
func TestIsPostRow(t *testing.T) {
	for line, want := range map[string]bool{
		"This entry was posted on Tuesday, March 5th, 2024 at 2:48 pm and is filed under Harbour. You can follow any responses to this entry through the RSS 2.0 feed.": true,
		"This post was published on March 5, 2024 in Islands. Both comments and pings are currently closed.":                                                            true,
		"Dieser Beitrag wurde am 5. März 2024 von Ada Quill unter Hafen veröffentlicht.":                                                                                true,
		"Cet article a été publié le 5 mars 2024 dans Port.":                                                                                                            true,
		"Esta entrada fue publicada en Puerto el 5 marzo, 2024 por Ada.":                                                                                                true,
		"Questo articolo è stato pubblicato il 5 marzo 2024 in Porto.":                                                                                                  true,
		"Posted on March 5, 2024 by Ada Quill in Harbour | Permalink | 3 comments":                                                                                      true,
		"You can follow any responses to this entry through the RSS 2.0 feed.":                                                                                          true,
		"This entry was posted in Harbour and tagged ferry. Bookmark the permalink.":                                                                                    true,
		"This entry of the harbour master was posted at the door on 5 March 2024.":                                                                                      false,
		"The letter was posted on 5 March 2024 and arrived in May.":                                                                                                     false,
		"This article was written in a hurry.":                                                                                                                          false,
	} {
		if got := dates.IsPostRow(line); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}

func TestIsDateRow(t *testing.T) {
	for line, want := range map[string]bool{
		"Published 5 March 2024":            true,
		"Last updated on Tuesday":           true,
		"Stand: 5. März 2024":               true,
		"Veröffentlicht am 05.03.2024":      true,
		"Publié le 5 mars 2024 à 9h30":      true,
		"Опубликовано: 5 марта 2024":        true,
		"发布 2024-03-05":                     true,
		"Tuesday, 5 March 2024, 9.30 am":    true,
		"5/3/2024":                          true,
		"Updated":                           true,
		"ON":                                true,
		"":                                  false,
		"On the quay":                       false,
		"Standing room only":                false,
		"The ferry of 5 March 2024 is late": false,
		"5 March":                           false,
		"Published " + strings.Repeat("again and ", 9): false,
	} {
		if got := dates.IsDateRow(line); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-23T10:05:30+01:00", "Nov. 23rd, 2026 at 3:05 p.m. EST", "23 พ.ย. 69 10:05", "۲ آذر ۱۴۰۵", "令和8年11月23日", "10:05 GMT, 23 November 2026", "99999-99-99T99:99:99+99:99", "23.11.26 - 24.11.26", "\xff2026\xfe-11-1", "1795428330000", "Mon Nov 23 10:05:30 +0100 2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dates.IsDateRow(s)
		if d := dates.Parse(s, true); d != "" && dates.Parse(d, true) != d {
			t.Fatalf("%q: %q is read as %q", s, d, dates.Parse(d, true))
		}
	})
}
