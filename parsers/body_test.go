package parsers

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/testdata/newspaper"
	"golang.org/x/net/html"
)

// story are paragraphs that must come out; none of what frames them in these
// pages may.
var story = []string{
	"The old lifeboat left Saltmere on Tuesday morning, towed by the boat that replaces it, and nobody on the quay said a word until it had passed the light.",
	"It was built in 1961 of larch and oak, and went out four hundred and twelve times. “She never once failed to come back,” said Ada Quill, who steered her for nineteen years.",
	"The boat will stand in a museum two valleys away, in a hall that was built for trams. A crane lifts her in on Friday, if the wind allows.",
	"Her engine stays in the town. It drives the generator of the bakery, where it has worked since the spring, and where it is said to run better than it ever did at sea.",
	"The new boat has no name yet. A vote among the crew ended with seven names and seven votes, and a second one is planned for the winter.",
}

const (
	frameMenu   = `<header><a href="/">The Saltmere Gazette</a><nav><ul><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li><li><a href="/culture">Culture</a></li><li><a href="/contact">Contact</a></li></ul></nav></header>`
	frameFooter = `<footer><p>© 2026 The Saltmere Gazette. All rights reserved.</p><ul><li><a href="/terms">Terms of use</a></li><li><a href="/privacy">Privacy policy</a></li></ul></footer>`
	moreCards   = `<section class="more"><h2>More stories</h2><article><h3><a href="/a">Seals close the slipway</a></h3><p>Two seals have slept on the slipway for a week, and the crew launches from the beach.</p></article><article><h3><a href="/b">Bakery opens in the old bank</a></h3><p>The vault keeps at fourteen degrees, which is what a sourdough likes.</p></article></section>`
)

func paragraphs(open, close string) string {
	var b strings.Builder
	for _, s := range story {
		b.WriteString(open + s + close + "\n")
	}
	return b.String()
}

func page(body string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Old lifeboat leaves Saltmere - The Saltmere Gazette</title></head><body>` + body + `</body></html>`
}

// TestBodies: the story comes out of every kind of markup, and its frame does not.
func TestBodies(t *testing.T) {
	h1 := "<h1>Old lifeboat leaves Saltmere</h1>"
	for name, body := range map[string]string{
		"article element":      frameMenu + "<main><article>" + h1 + paragraphs("<p>", "</p>") + "</article>" + moreCards + "</main>" + frameFooter,
		"divisions":            frameMenu + `<div class="x1"><div class="x2">` + h1 + paragraphs("<div>", "</div>") + "</div></div>" + moreCards + frameFooter,
		"line breaks":          frameMenu + `<div id="c">` + h1 + "<div>" + strings.Join(story, "<br><br>\n") + "</div></div>" + moreCards + frameFooter,
		"layout tables":        `<table width="100%"><tr><td colspan="2"><a href="/">Home</a> | <a href="/news">News</a> | <a href="/sport">Sport</a></td></tr><tr><td width="150"><font size="1"><a href="/1">Tides</a><br><a href="/2">Weather</a><br><a href="/3">Ferries</a></font></td><td>` + h1 + "<font face=\"Arial\">" + strings.Join(story, "<br><br>") + "</font></td></tr></table>",
		"several containers":   frameMenu + "<main>" + h1 + `<div class="text">` + "<p>" + story[0] + "</p><p>" + story[1] + `</p></div><div class="ad-slot">Advertisement</div><div class="text"><p>` + story[2] + `</p></div><div class="ad-slot">Advertisement</div><div class="text"><p>` + story[3] + "</p><p>" + story[4] + "</p></div></main>" + moreCards + frameFooter,
		"streamed segments":    frameMenu + `<main><template id="B:0"></template></main>` + frameFooter + `<div hidden id="S:0"><article>` + h1 + paragraphs("<p>", "</p>") + `</article></div><script>$RC("B:0","S:0")</script>`,
		"a consent dialog":     `<div id="consent-banner" role="dialog"><h2>We value your privacy</h2><p>` + strings.Repeat("We and our partners store cookies on your device to measure how our pages are used, and to show you advertisements that fit. ", 12) + `</p><button>Accept all</button></div>` + frameMenu + "<main><article>" + h1 + paragraphs("<p>", "</p>") + "</article></main>" + frameFooter,
		"comments":             frameMenu + "<article>" + h1 + paragraphs("<p>", "</p>") + `</article><section id="comments" class="comments-area"><h2>3 comments</h2><ol class="comment-list"><li class="comment"><p>` + strings.Repeat("I remember the day she came, we all stood in the rain and waved with what we had. ", 8) + `</p></li><li class="comment"><p>` + strings.Repeat("My uncle painted her twice, both times in the wrong blue, and would do it again. ", 8) + `</p></li></ol></section>` + frameFooter,
		"frames named as such": frameMenu + `<div class="share-container tag-ads"><div class="comment-page"><article class="tag-newsletter">` + h1 + paragraphs("<p>", "</p>") + "</article></div></div>" + frameFooter,
		"a twin for phones":    frameMenu + `<article>` + h1 + paragraphs("<p>", "</p>") + `</article><div class="mobile-only" style="display:none">` + paragraphs("<p>", "</p>") + "</div>" + frameFooter,
	} {
		t.Run(name, func(t *testing.T) {
			a := parseBytes(t, []byte(page(body)))
			if a == nil {
				t.Fatal("no article")
			}
			if want := strings.Join(story, "\n\n"); a.Text != want {
				t.Errorf("got\n%s\nwant\n%s", a.Text, want)
			}
		})
	}
}

// TestScripts: stories in scripts without spaces, from right to left, and with
// marks of their own.
func TestScripts(t *testing.T) {
	for lang, paragraphs := range map[string][]string{
		"ja": {"古い救命艇が火曜日の朝、港を離れた。後を継ぐ船に引かれ、灯台を過ぎるまで岸壁では誰も口をきかなかった。", "この船は一九六一年に造られ、四百十二回海に出た。「帰って来なかったことは一度もない」と、十九年舵を取った人は言う。", "船は谷を二つ越えた町の博物館に置かれる。路面電車のために建てられた建物である。", "機関は町に残る。春からパン屋の発電機を回しており、海にいたころより調子がよいという。"},
		"zh": {"旧救生艇星期二早上离开了港口，由接替它的新船拖着，直到驶过灯塔，码头上没有人说一句话。", "这艘船建于一九六一年，出海四百一十二次。“她没有一次不回来。”掌舵十九年的老人说。", "它将放在两个山谷之外的一座博物馆里，那里原是电车的车库。", "发动机留在镇上，从春天起就带动面包店的发电机，据说比在海上时运转得还好。"},
		"ar": {"غادر قارب النجاة القديم الميناء صباح الثلاثاء يجره القارب الذي حل محله، ولم يتكلم أحد على الرصيف حتى مر بالمنارة.", "بني القارب عام 1961 من خشب البلوط، وخرج إلى البحر أربعمئة واثنتي عشرة مرة. وقالت من قادته تسعة عشر عاما إنه لم يخفق يوما في العودة.", "سيوضع القارب في متحف يبعد واديين عن البلدة، في قاعة بنيت لعربات الترام، وترفعه رافعة يوم الجمعة إن سمحت الريح.", "أما المحرك فيبقى في البلدة، إذ يدير مولد المخبز منذ الربيع، ويقال إنه يعمل أفضل مما كان في البحر."},
		"he": {"סירת ההצלה הישנה עזבה את הנמל ביום שלישי בבוקר, נגררת בידי הסירה שבאה במקומה, ואיש על הרציף לא אמר מילה עד שעברה את המגדלור.", "היא נבנתה בשנת 1961 מעץ אלון ויצאה לים ארבע מאות ושתים עשרה פעמים. מי שנהגה בה תשע עשרה שנים אמרה שתמיד חזרה.", "הסירה תעמוד במוזיאון במרחק שני עמקים, באולם שנבנה לחשמליות, ומנוף ירים אותה פנימה ביום שישי אם הרוח תרשה.", "המנוע נשאר בעיירה ומניע את הגנרטור של המאפייה מאז האביב, ואומרים שהוא פועל טוב יותר משפעל בים."},
		"hi": {"पुरानी जीवनरक्षक नाव मंगलवार की सुबह बंदरगाह से चली गई, उसे वही नाव खींच रही थी जो अब उसकी जगह लेगी, और घाट पर किसी ने कुछ नहीं कहा।", "यह नाव 1961 में बनी थी और चार सौ बारह बार समुद्र में गई। उन्नीस साल तक उसे चलाने वाली महिला ने कहा कि वह हर बार लौटी।", "नाव दो घाटियों दूर एक संग्रहालय में रखी जाएगी, उस भवन में जो ट्रामों के लिए बना था। हवा ने साथ दिया तो शुक्रवार को क्रेन उसे भीतर रखेगी।", "उसका इंजन शहर में ही रहेगा। वह वसंत से बेकरी का जनरेटर चला रहा है और कहते हैं कि समुद्र से बेहतर चलता है।"},
		"th": {"เรือกู้ภัยลำเก่าออกจากท่าเมื่อเช้าวันอังคารโดยมีเรือลำใหม่ที่จะมาแทนลากไป และไม่มีใครบนท่าพูดอะไรจนเรือผ่านประภาคาร", "เรือลำนี้สร้างเมื่อปี 1961 และออกทะเลสี่ร้อยสิบสองครั้ง ผู้ที่ถือท้ายเรือมาสิบเก้าปีบอกว่าเรือกลับมาทุกครั้ง", "เรือจะไปตั้งอยู่ในพิพิธภัณฑ์ที่ห่างออกไปสองหุบเขา ในอาคารที่เคยเป็นโรงรถราง ปั้นจั่นจะยกเรือเข้าไปในวันศุกร์ถ้าลมเป็นใจ"},
		"ko": {"낡은 구명정이 화요일 아침 항구를 떠났다. 뒤를 이을 배가 끌고 갔고, 등대를 지날 때까지 부두에서는 아무도 말하지 않았다.", "이 배는 1961년에 만들어져 사백열두 번 바다에 나갔다. 십구 년 동안 키를 잡은 사람은 배가 한 번도 돌아오지 않은 적이 없다고 말했다.", "배는 골짜기 둘 너머의 박물관에 놓인다. 전차를 위해 지은 건물이다. 바람이 허락하면 금요일에 기중기가 들여놓는다."},
	} {
		t.Run(lang, func(t *testing.T) {
			body := "<!doctype html><html lang=" + lang + "><head><meta charset=utf-8><title>" + paragraphs[0][:30] + "</title></head><body><nav><ul><li><a href=/1>1</a></li><li><a href=/2>2</a></li></ul></nav><div class=b><p>" +
				strings.Join(paragraphs, "</p><p>") + "</p></div><div class=s><a href=/x>Facebook</a> <a href=/y>X</a></div></body></html>"
			a := parseBytes(t, []byte(body))
			if a == nil {
				t.Fatal("no article")
			}
			if want := strings.Join(paragraphs, "\n\n"); a.Text != want {
				t.Errorf("got\n%s\nwant\n%s", a.Text, want)
			}
		})
	}
}

func TestTypedBlocks(t *testing.T) {
	body := page(frameMenu + "<main><article><h1>Old lifeboat leaves Saltmere</h1><p>" + story[0] + `</p><h2>What she was</h2><p>` + story[1] + `</p><ul><li>Built in <a href="/1961">1961</a>, of larch and oak</li><li>Called out four hundred and twelve times</li></ul>
		<blockquote><p>She came back every time, which is all that one may ask of a boat.</p></blockquote><p>` + story[2] + `</p>
		<table><tr><th>Year</th><th>Calls</th></tr><tr><td>1961</td><td>9</td></tr><tr><td>2025</td><td>4</td></tr></table><p>` + story[3] + `</p>
		<iframe src="https://www.youtube.com/embed/abc"></iframe><p>The yard's <a href="/yard">own account</a> of the work, in the words of those who did it, was printed last year and is out of print.</p></article></main>` + frameFooter)
	a := parseBytes(t, []byte(body))
	if a == nil {
		t.Fatal("no article")
	}
	var types []string
	for _, b := range a.Body {
		types = append(types, b.Type)
	}
	if got, want := strings.Join(types, " "), "paragraph heading paragraph list quote paragraph table paragraph embed paragraph"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	list, table := a.Body[3], a.Body[6]
	if len(list.Items) != 2 || len(list.Links) != 1 || list.Links[0] != (article.Link{Text: "1961", URL: "https://a.example/1961"}) {
		t.Errorf("list: got %+v", list)
	}
	if len(table.Rows) != 3 || strings.Join(table.Rows[1], "|") != "1961|9" {
		t.Errorf("table: got %+v", table)
	}
	md := article.Markdown(a)
	for _, want := range []string{"## What she was", "- Built in [1961](<https://a.example/1961>), of larch and oak", "> She came back every time", "| 1961 | 9 |", "> <https://www.youtube.com/embed/abc>", "The yard's [own account](<https://a.example/yard>) of the work"} {
		if !strings.Contains(md, want) {
			t.Errorf("Markdown lacks %q:\n%s", want, md)
		}
	}
	if h := article.HTML(a); !strings.Contains(h, `<a href="https://a.example/yard">own account</a>`) {
		t.Errorf("HTML lacks the link:\n%s", h)
	}
}

func TestExplain(t *testing.T) {
	u, err := url.Parse("https://a.example/story")
	if err != nil {
		t.Fatal(err)
	}
	a, why, err := new(Parser).Explain(&article.Page{URL: u, HTML: []byte(page(frameMenu + "<main><article><h1>Old lifeboat leaves Saltmere</h1>" + paragraphs("<p>", "</p>") + `</article><figure><img src="x.jpg"><figcaption>The boat at noon.</figcaption></figure></main>` + frameFooter))})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, b := range why.Blocks {
		if b.Kept {
			kept++
			if b.P < 0.5 || !strings.HasSuffix(b.Path, "main > article > p") {
				t.Errorf("kept: %+v", b)
			}
		} else if b.Why == "" {
			t.Errorf("dropped without a reason: %+v", b)
		}
	}
	if kept != len(story) || len(a.Body) != len(story) {
		t.Errorf("got %d kept blocks and %d in the body, want %d", kept, len(a.Body), len(story))
	}
}

// demoPages are the pages of the sample newspaper.
func demoPages(t *testing.T) map[string][]byte {
	t.Helper()
	pages := map[string][]byte{}
	for _, a := range newspaper.Articles() {
		w := httptest.NewRecorder()
		newspaper.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://"+newspaper.Host+a.Path, nil))
		pages[a.Path] = w.Body.Bytes()
	}
	return pages
}

func read(t *testing.T, path string, body []byte) *article.Article {
	t.Helper()
	u, err := url.Parse("http://" + newspaper.Host + path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := new(Parser).Parse(&article.Page{URL: u, HTML: body, Header: map[string][]string{"Content-Type": {"text/html; charset=utf-8"}}})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a
}

func wordList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// TestWordsOfThePage: what is read stands in the page, in the same order.
func TestWordsOfThePage(t *testing.T) {
	for path, body := range demoPages(t) {
		a := read(t, path, body)
		doc, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, b := range block.Read(doc, nil).Blocks {
			all = append(all, wordList(b.Text)...)
		}
		i := 0
		for _, w := range wordList(a.Text) {
			for i < len(all) && all[i] != w {
				i++
			}
			if i == len(all) {
				t.Errorf("%s: %q does not stand in the page after what is before it", path, w)
				break
			}
			i++
		}
	}
}

// TestMoreFrame: a page with more around its story has the same story.
func TestMoreFrame(t *testing.T) {
	for path, body := range demoPages(t) {
		before := read(t, path, body)
		if before.Kind != article.KindArticle {
			continue
		}
		for name, wrap := range map[string]func(string) string{
			"divisions": func(s string) string { return "<div><div class=wrap><section>" + s + "</section></div></div>" },
			"a menu before, cards after": func(s string) string {
				return "<nav><ul>" + strings.Repeat("<li><a href=/x>A section</a></li>", 40) + "</ul></nav>" + s + strings.Repeat(moreCards, 5)
			},
			"a footer": func(s string) string { return s + frameFooter },
			"a newsletter": func(s string) string {
				return s + `<aside class="newsletter-signup"><h3>Get our newsletter</h3><p>Sign up for the week's stories, by mail, every Friday.</p><form><input><button>Sign up</button></form></aside>`
			},
			"a consent banner": func(s string) string {
				return `<div class="cookie-consent" role="dialog"><p>We use cookies to measure how our pages are used. By going on you agree to that.</p><button>Fine</button></div>` + s
			},
		} {
			html := string(body)
			open := strings.Index(html, "<body")
			start := open + strings.IndexByte(html[open:], '>') + 1
			end := strings.LastIndex(html, "</body>")
			if open < 0 || end < start {
				t.Fatalf("%s has no body", path)
			}
			after := read(t, path, []byte(html[:start]+wrap(html[start:end])+html[end:]))
			if after.Text != before.Text {
				t.Errorf("%s with %s: got\n%s\nwant\n%s", path, name, after.Text, before.Text)
			}
		}
	}
}

// TestSameBytes: reading twice gives the same article, to the byte.
func TestSameBytes(t *testing.T) {
	for path, body := range demoPages(t) {
		a, err := json.Marshal(read(t, path, body))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(read(t, path, body))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two readings differ", path)
		}
	}
}

// TestSays: what differs in links alone says the same.
func TestSays(t *testing.T) {
	read := func(link string) *article.Article {
		return parseBytes(t, []byte(page("<article><h1>Old lifeboat leaves Saltmere</h1>"+paragraphs("<p>", "</p>")+`<p>The yard's <a href="`+link+`">own account</a> of the work, in the words of those who did it, was printed last year.</p></article>`)))
	}
	a, b := read("/yard?session=1"), read("/yard?session=2")
	if len(a.Body) != 6 || a.Body[5].Links[0].URL == b.Body[5].Links[0].URL {
		t.Fatalf("got %+v and %+v", a.Body, b.Body)
	}
	if a.ContentDigest() != b.ContentDigest() {
		t.Error("a session in a link makes another version")
	}
	b.Body[0].Text += "!"
	if a.ContentDigest() == b.ContentDigest() {
		t.Error("a changed text does not")
	}
}
