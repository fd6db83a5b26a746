package versions

import (
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestEdit has one sentence before and after.
func TestEdit(t *testing.T) {
	tests := []struct {
		language, before, after string
		want                    Class
	}{
		{"en", "She said \"no more\" - twice.", "She said “no more” – twice.", Cosmetic},
		{"en", "The Mayor left early.", "The mayor left early.", Cosmetic},
		{"en", "They wait… and wait.", "They wait... and wait.", Cosmetic},
		{"en", "Some 4\u00a0000 came.", "Some 4 000 came.", Cosmetic},
		{"fr", "Qui a fermé le pont ?", "Qui a fermé le pont\u202f?", Cosmetic},
		{"fr", "Il dit « jamais » et part.", "Il dit «jamais» et part.", Cosmetic},
		{"de", "Er sagte „nein“ dazu.", "Er sagte »nein« dazu.", Cosmetic},
		{"ar", "وصل ٣ رجال.", "وصل 3 رجال.", Cosmetic},
		{"zh", "大桥（旧）关闭。", "大桥(旧)关闭。", Cosmetic},
		{"en", "They co\u00adoperate well.", "They cooperate well.", Cosmetic},
		{"en", "It lies a part of the way off.", "It lies apart of the way off.", Minor},
		{"en", "The bridge wil be closed.", "The bridge will be closed.", Minor},
		{"en", "The goverment and the oposition agree.", "The government and the opposition agree.", Minor},
		{"en", "The bridge was shut for the day.", "The bridge was closed for the day.", Minor},
		{"en", "It rained, and we left.", "It rained and we left.", Minor},
		{"de", "Die Regirungssitzung begann früh.", "Die Regierungssitzung begann früh.", Minor},
		{"en", "Some 40 people came.", "Some 50 people came.", Substantive},
		{"en", "It costs $5 to cross.", "It costs €5 to cross.", Substantive},
		{"en", "Three people were hurt.", "Four people were hurt.", Substantive},
		{"en", "They met Mara Lindt there.", "They met Mara Lund there.", Substantive},
		{"en", "They agreed to pay.", "They have not agreed to pay.", Substantive},
		{"en", "It is safe.", "It isn't safe.", Substantive},
		{"en", "\"We will wait,\" she said.", "\"We cannot wait,\" she said.", Substantive},
		{"en", "It was \"a mistake\" to wait.", "It was a mistake to wait.", Substantive},
		{"en", "The bridge was closed by a crew of the harbour office.", "The bridge was blown up in the night by unknown men.", Substantive},
		{"de", "Das ist sicher.", "Das ist nicht sicher.", Substantive},
		{"fr", "Le pont est sûr.", "Le pont n’est pas sûr.", Substantive},
		{"es", "Dos personas murieron.", "Tres personas murieron.", Substantive},
		{"ru", "Мост закрыт.", "Мост не закрыт.", Substantive},
		{"zh", "桥是安全的。", "桥是不安全的。", Substantive},
		{"ja", "三人がけがをした。", "四人がけがをした。", Substantive},
		{"hi", "पुल बंद है।", "पुल बंद नहीं है।", Substantive},
		{"tr", "Köprü güvenli.", "Köprü güvenli değil.", Substantive},
		{"", "Il ponte è sicuro.", "Il ponte non è sicuro.", Substantive},
	}
	for _, test := range tests {
		before, after := story(test.before), story(test.after)
		before.Language, after.Language = test.language, test.language
		spans := newDiffer().spans(test.before, test.after)
		if got := newJudge(before, after).edit(test.before, test.after, spans); got != test.want {
			t.Errorf("%s: %q to %q: got %s, want %s", test.language, test.before, test.after, got, test.want)
		}
	}
}

// TestKnownName: a word that begins its sentence is a name if it is one elsewhere.
func TestKnownName(t *testing.T) {
	const rest = "Later that day Lindt met the works council."
	if d := check(t, story("Lindt agreed to it at once.", rest), story("Okoro agreed to it at once.", rest)); d.Class != Substantive {
		t.Errorf("a name: got %s", d.Class)
	}
	if d := check(t, story("Still it was agreed at once.", rest), story("Yet it was agreed at once.", rest)); d.Class != Minor {
		t.Errorf("no name: got %s", d.Class)
	}
}

func TestNotes(t *testing.T) {
	tests := []struct {
		note string
		want NoteKind
	}{
		{"Correction: An earlier version gave a wrong year.", Correction},
		{"Corrections & more from our shop are listed here.", ""},
		{"CORRECTION (May 3): the year was wrong.", Correction},
		{"Correction, May 3: the year was wrong.", Correction},
		{"This article was amended on 3 May to give the right year.", Correction},
		{"An earlier version of this article misstated the year.", Correction},
		{"Editor’s note: the year was wrong.", Correction},
		{"Clarification: the office has two heads.", Clarification},
		{"This story was amended to clarify who paid.", Clarification},
		{"Retraction: we no longer stand by this report.", Retraction},
		{"Update 3 May, 10:40: the bridge is open again.", Update},
		{"UPDATE: the bridge is open again.", Update},
		{"Updated at 10:40", Update},
		{"Korrekturhinweis: Das Jahr war falsch.", Correction},
		{"In einer früheren Version stand ein falsches Jahr.", Correction},
		{"Anmerkung der Redaktion: Das Jahr war falsch.", Correction},
		{"Dieser Artikel wurde aktualisiert.", Update},
		{"Rectificatif : l’année était fausse.", Correction},
		{"Une version précédente de cet article donnait une autre année.", Correction},
		{"Fe de errores: el año era otro.", Correction},
		{"Una versión anterior de este artículo daba otro año.", Correction},
		{"Errata corrige: l’anno era un altro.", Correction},
		{"Correção: o ano era outro.", Correction},
		{"Diferentemente do que foi publicado, o ano era outro.", Correction},
		{"Correctie: het jaartal klopte niet.", Correction},
		{"In een eerdere versie stond een verkeerd jaartal.", Correction},
		{"Sprostowanie: rok był inny.", Correction},
		{"Исправление: год был указан неверно.", Correction},
		{"Обновлено в 10:40", Update},
		{"Виправлення: рік був інший.", Correction},
		{"تصحيح: كان العام خطأ.", Correction},
		{"תיקון: השנה הייתה שגויה.", Correction},
		{"更正：年份有误。", Correction},
		{"编者按：年份有误。", Correction},
		{"訂正して、おわびします", Correction},
		{"Diferentemente do publicado ontem, o ano era outro.", Correction},
		{"【訂正】年が違っていました。", Correction},
		{"[정정] 연도가 틀렸습니다.", Correction},
		{"Düzeltme: yıl yanlıştı.", Correction},
		{"भूल सुधार: वर्ष गलत था।", Correction},
		{"Ralat: tahunnya keliru.", Correction},
		{"Đính chính: năm bị sai.", Correction},
		{"The court ordered a correction of the register.", ""},
		{"Updates to the timetable follow in June.", ""},
		{"Die Korrektur der Zahlen dauert an.", ""},
		{"更新设备的费用由市政府承担。", ""},
		{"Update – the bridge is open again.", Update},
		{"Update-Pflicht für alle Geräte gilt ab Mai.", ""},
		{"Update 7.4 brings a new map to all phones of the maker, and a torch for the night.", ""},
		{"An earlier version of the bill had been voted down.", ""},
		{"In einer früheren Version des Gesetzes fehlte der Satz.", ""},
		{"Corrected figures will be published in June.", ""},
		{"En una versión anterior del proyecto había un túnel.", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got, _ := noteIn(test.note); got != test.want {
			t.Errorf("%q: got %q, want %q", test.note, got, test.want)
		}
	}
}

func TestClasses(t *testing.T) {
	base := story(council, traffic, cost)
	base.Byline, base.Authors = "By Ana Ruiz", []article.Author{{Name: "Ana Ruiz", Kind: "person"}}
	base.Tags, base.Modified = []string{"bridge", "city"}, "2024-05-03T10:00:00Z"
	base.CanonicalURL = "https://example.org/story"
	paragraphs := func(texts ...string) func(a *article.Article) {
		return func(a *article.Article) { a.Body = story(texts...).Body }
	}
	edited := strings.Replace(cost, "4 million", "6 million", 1)
	tests := []struct {
		name    string
		change  func(a *article.Article)
		want    []Class
		silent  bool
		summary string
	}{
		{"nothing", func(*article.Article) {}, []Class{}, false, "no changes"},
		{"order of tags", func(a *article.Article) { a.Tags = []string{"city", "bridge"} }, []Class{Cosmetic}, false, "cosmetic changes only"},
		{"trackers", func(a *article.Article) { a.CanonicalURL += "?utm_source=feed" }, []Class{Cosmetic}, false, "cosmetic changes only"},
		{"same instant", func(a *article.Article) { a.Modified = "2024-05-03T12:00:00+02:00" }, []Class{Cosmetic}, false, "cosmetic changes only"},
		{"date only", func(a *article.Article) { a.Modified = "2024-05-04T08:00:00Z" }, []Class{Cosmetic}, false, "another date of modification, nothing else"},
		{"a tag", func(a *article.Article) { a.Tags = append(a.Tags[:2:2], "harbour") }, []Class{Minor}, false, "tags changed"},
		{"headline", func(a *article.Article) { a.Title = "Bridge closed for months" }, []Class{HeadlineChanged}, false, "headline changed"},
		{"case of headline", func(a *article.Article) { a.Title = "Bridge Closed" }, []Class{Cosmetic}, false, "cosmetic changes only"},
		{"byline", func(a *article.Article) {
			a.Byline, a.Authors = "By Ana Ruiz and Jo Berg", append(a.Authors[:1:1], article.Author{Name: "Jo Berg", Kind: "person"})
		}, []Class{BylineChanged, Cosmetic}, false, "byline changed"},
		{"form of byline", func(a *article.Article) { a.Byline = "Ana Ruiz reports" }, []Class{Cosmetic}, false, "cosmetic changes only"},
		{"silent", paragraphs(council, traffic, edited), []Class{Substantive}, true, "1 sentence edited; no note, no new date of modification"},
		{"live", func(a *article.Article) {
			paragraphs(council, traffic, edited)(a)
			a.Kind = article.KindLive
		}, []Class{Substantive, Minor}, false, "1 sentence edited; kind changed; no note"},
		{"dated", func(a *article.Article) {
			paragraphs(council, traffic, edited)(a)
			a.Modified = "2024-05-04T10:00:00Z"
		}, []Class{Substantive, Cosmetic}, false, "1 sentence edited; no note"},
		{"corrected", paragraphs(council, traffic, edited, "Correction: The first version gave another cost. It was 6 million all along."),
			[]Class{CorrectionNoted, Substantive}, false, "1 sentence edited, 1 paragraph added; correction noted"},
		{"correction under a heading", paragraphs(council, traffic, cost, "Correction", "The first version gave another cost."), []Class{CorrectionNoted}, false, ""},
		{"note at the end of a paragraph", paragraphs(council, traffic, cost+" (This article was amended on 3 May.)"), []Class{CorrectionNoted}, false, ""},
		{"moved", paragraphs(traffic, cost, council), []Class{Minor}, false, "1 paragraph moved"},
		{"joined", paragraphs(council+" "+traffic, cost), []Class{Cosmetic}, false, "cosmetic changes only"},
		{"headline and text", func(a *article.Article) {
			paragraphs(council, strings.Replace(edited, "winter", "spring", 1))(a)
			a.Title = "Bridge shut"
		}, []Class{Substantive, HeadlineChanged}, true, "headline changed; 2 sentences edited, 1 paragraph removed; no note, no new date of modification"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := check(t, base, with(base, test.change))
			if !slices.Equal(d.Classes, test.want) {
				t.Errorf("classes: got %s, want %s", d.Classes, test.want)
			}
			if d.Silent != test.silent {
				t.Errorf("silent: got %t", d.Silent)
			}
			if test.summary != "" && d.Summary != test.summary {
				t.Errorf("summary: got %q, want %q", d.Summary, test.summary)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	long := []string{council, traffic, cost, school}
	for range 3 {
		long = append(long, "The harbour office has asked for more time to look at the old pillars before any money is spent on them, and its engineers hope to say in spring whether the bridge can carry lorries again.")
	}
	whole := story(long...)
	cut := story(long[:2]...)
	walled := with(cut, func(a *article.Article) { a.Paywalled = true })
	midway := story(long[0], strings.TrimSuffix(long[1], " every ten minutes.")+" …")
	tests := []struct {
		name          string
		before, after *article.Article
		want          []Class
	}{
		{"behind a paywall", whole, walled, []Class{Paywalled, Minor}},
		{"no longer", walled, whole, []Class{Unlocked, Minor}},
		{"cut", whole, cut, []Class{Paywalled, Minor}},
		{"cut within a sentence", whole, midway, []Class{Paywalled, Minor}},
		{"one paragraph removed", whole, story(long[:6]...), []Class{Substantive}},
		{"cut and edited", whole, story(strings.Replace(council, "two", "nine", 1), traffic), []Class{Substantive}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if d := check(t, test.before, test.after); !slices.Equal(d.Classes, test.want) {
				t.Errorf("got %s, want %s", d.Classes, test.want)
			}
		})
	}
}

func TestFields(t *testing.T) {
	base := story(council)
	base.Captions = []article.Caption{{Text: "The bridge in May", Credit: "Jo Berg", Media: "image", MediaURL: "https://example.org/1.jpg?w=100"}}
	tests := []struct {
		name   string
		change func(a *article.Article)
		field  string
		op     Op
		class  Class
	}{
		{"caption edited", func(a *article.Article) {
			a.Captions = []article.Caption{{Text: "The bridge in June 1987", Credit: "Jo Berg", Media: "image"}}
		}, "captions", Edited, Substantive},
		{"caption removed", func(a *article.Article) { a.Captions = nil }, "captions", Removed, Substantive},
		{"subtitle", func(a *article.Article) { a.Subtitle = "Nobody was hurt" }, "subtitle", Added, Substantive},
		{"section", func(a *article.Article) { a.Section = "City" }, "section", Added, Minor},
		{"published", func(a *article.Article) { a.Published = "2024-05-03" }, "published", Added, Minor},
		{"contacts", func(a *article.Article) { a.Contacts = []article.Contact{{Emails: []string{"desk@example.org"}}} }, "contacts", Added, Minor},
		{"kind", func(a *article.Article) { a.Kind = article.KindLive }, "kind", Edited, Minor},
		{"rights", func(a *article.Article) { a.Rights = &article.Rights{MetaRobots: "noarchive"} }, "rights", Added, Minor},
		{"language", func(a *article.Article) { a.Language = "en-GB" }, "language", Edited, Minor},
		{"paywalled", func(a *article.Article) { a.Paywalled = true }, "paywalled", Edited, Paywalled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := check(t, base, with(base, test.change))
			if len(d.Fields) != 1 || d.Fields[0].Name != test.field || d.Fields[0].Op != test.op || d.Fields[0].Class != test.class {
				t.Errorf("got %+v", d.Fields)
			}
		})
	}
	if d := check(t, base, with(base, func(a *article.Article) {
		a.Captions = slices.Clone(a.Captions)
		a.Captions[0].MediaURL = "https://example.org/1.jpg?w=400"
	})); d.Changed() {
		t.Errorf("another size of a picture: got %+v", d.Fields)
	}
}
