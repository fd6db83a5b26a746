package parsers

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Three paragraphs of a story that the pages below keep in their data.
const (
	stateLead  = "The last ferry across the northern strait will sail in October, the shipping office said on Monday, ending a service that has carried farmers and their cattle for ninety years."
	stateWhy   = "Fewer than forty people a day use the boat in winter, and the engine needs parts that nobody makes any more, so that each repair costs more than a season's tickets bring in."
	stateAfter = "Residents of the two islands asked for a smaller boat instead. “We are not against the bridge,” said Ragna Holm, who keeps the post office, “but a bridge does not carry sheep.”"
	stateTitle = "Northern strait ferry to sail for the last time in October"
)

func statePage(head, scripts string) string {
	return `<!doctype html><html><head><title>` + stateTitle + ` - The Strait Times</title><meta property="og:title" content="` + stateTitle + `">` + head +
		`</head><body><header><nav><a href="/">Home</a></nav></header><div id="app"><p>Loading</p></div>` + scripts + `</body></html>`
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// nested is the text of one script in JavaScript's string.
func nested(s string) string { return quoteJSON(s) }

func TestBodyFromData(t *testing.T) {
	lead, why, after, title := quoteJSON(stateLead), quoteJSON(stateWhy), quoteJSON(stateAfter), quoteJSON(stateTitle)
	markup := quoteJSON("<p>" + stateLead + "</p><h2>Parts</h2><p>" + stateWhy + "</p><p>" + stateAfter + "</p>")
	teasers := `[`
	for i := range 8 {
		teasers += fmt.Sprintf(`{"title":"Another story of the day, number %d","url":"/story/%d","body":%s},`, i, i, quoteJSON(strings.Repeat("A long text of another story that the page only shows a teaser of. ", 30)))
	}
	teasers = strings.TrimSuffix(teasers, ",") + "]"
	for name, test := range map[string]struct {
		scripts, from string
		blocks        string // types of the blocks
	}{
		"next, markup": {`<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"latest":` + teasers + `,"article":{"id":7,"headline":` + title + `,"body":` + markup + `}}},"buildId":"x"}</script>`,
			"state:next", "paragraph heading paragraph paragraph"},
		"next, blocks of a model": {`<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"page":{"title":` + title + `,"blocks":[{"type":"headline","model":{"text":` + title + `}},
			{"type":"image","model":{"caption":"A ferry at its pier in the snow of last winter, with cattle."}},{"type":"text","model":{"blocks":[{"type":"paragraph","model":{"text":` + lead + `,"blocks":[{"type":"fragment","model":{"text":` + lead + `}}]}}]}},
			{"type":"subheading","model":{"text":"Parts"}},{"type":"text","model":{"blocks":[{"type":"paragraph","model":{"text":` + why + `}},{"type":"paragraph","model":{"text":` + after + `}}]}}]}}}}</script>`,
			"state:next", "paragraph heading paragraph paragraph"},
		"fusion": {`<script>window.Fusion=window.Fusion||{};Fusion.arcSite="strait";Fusion.globalContent={"headlines":{"basic":` + title + `},"canonical_url":"/news/ferry","content_elements":[{"_id":"A1","type":"text","content":` + lead + `},
			{"type":"interstitial_link","content":"Read also: the bridge","url":"/bridge"},{"type":"header","level":2,"content":"Parts"},{"type":"text","content":` + why + `},{"type":"list","items":[{"type":"text","content":"October 3: the last cattle"},{"type":"text","content":"October 4: the last people"}]},
			{"type":"quote","content_elements":[{"type":"text","content":` + after + `}]}]};Fusion.spa=false;</script>`,
			"state:fusion", "paragraph heading paragraph list quote"},
		"nuxt, a function": {`<script>window.__NUXT__=(function(a,b,c){return {layout:"default",data:[{story:{headline:a,paragraphs:[{tag:"p",html:b},{tag:"h3",html:"Parts"},{tag:"p",html:c},{tag:"p",html:` + after + `}],premium:!1}}],state:{}}}(` + title + `,` + lead + `,` + why + `));</script>`,
			"state:nuxt", "paragraph heading paragraph paragraph"},
		"nuxt, flat": {`<script type="application/json" id="__NUXT_DATA__">[["ShallowReactive",1],{"data":2},["Reactive",3],{"story":4},{"title":5,"content":6},` + title + `,[7,8,9],{"type":10,"text":11},{"type":10,"text":12},{"type":10,"text":13},"paragraph",` + lead + `,` + why + `,` + after + `]</script>`,
			"state:nuxt", "paragraph paragraph paragraph"},
		"apollo": {`<script>window.__APOLLO_STATE__ = {"ROOT_QUERY":{"article":{"__ref":"Article:9"}},"Article:9":{"headline":` + title + `,"sections":[{"__ref":"Part:1"},{"__ref":"Part:2"},{"__ref":"Part:3"}]},
			"Part:1":{"__typename":"Paragraph","text":` + lead + `},"Part:2":{"__typename":"Paragraph","text":` + why + `},"Part:3":{"__typename":"Paragraph","text":` + after + `}};</script>`,
			"state:apollo", "paragraph paragraph paragraph"},
		"initial state in a string": {`<script>window.__INITIAL_STATE__ = JSON.parse(` + nested(`{"article":{"title":`+title+`,"body":`+markup+`}}`) + `);</script>`,
			"state:initial", "paragraph heading paragraph paragraph"},
		"percent signs": {`<script>window.__PRELOADED_STATE__ = "` + strings.NewReplacer("%", "%25", `"`, "%22", "{", "%7B", "\n", "%0A").Replace(`{"article":{"title":`+title+`,"body":`+markup+`}}`) + `";</script>`,
			"state:preloaded", "paragraph heading paragraph paragraph"},
		"a tree of nodes": {`<script type="application/json" data-page="x">{"entry":{"title":` + title + `,"body":{"nodeType":"document","content":[{"nodeType":"paragraph","content":[{"nodeType":"text","value":"The last ferry "},{"nodeType":"hyperlink","data":{"uri":"/x"},"content":[{"nodeType":"text","value":"across the northern strait"}]},{"nodeType":"text","value":" will sail in October, the shipping office said on Monday."}]},
			{"nodeType":"heading-2","content":[{"nodeType":"text","value":"Parts"}]},{"nodeType":"paragraph","content":[{"nodeType":"text","value":` + why + `}]},{"nodeType":"unordered-list","content":[{"nodeType":"list-item","content":[{"nodeType":"paragraph","content":[{"nodeType":"text","value":"One boat"}]}]}]},{"nodeType":"paragraph","content":[{"nodeType":"text","value":` + after + `}]}]}}}</script>`,
			"state:script", "paragraph heading paragraph list paragraph"},
		"draft": {`<script type="application/json">{"story":{"title":` + title + `,"draft":{"blocks":[{"type":"unstyled","text":` + lead + `},{"type":"header-two","text":"Parts"},{"type":"unordered-list-item","text":"One boat of the two that the office has"},{"type":"unordered-list-item","text":"One pier of the two that the town has"},{"type":"unstyled","text":` + why + `},{"type":"unstyled","text":` + after + `}],"entityMap":{}}}}</script>`,
			"state:script", "paragraph heading list paragraph paragraph"},
		"flight, a text": {`<script>self.__next_f=self.__next_f||[]</script><script>self.__next_f.push([1,"1:\"$Sreact.fragment\"\n2:I[13578,[],\"\"]\n` + fmt.Sprintf("21:T%x,", len("<p>"+stateLead+"</p><p>"+stateWhy+"</p><p>"+stateAfter+"</p>")) + `"])</script><script>self.__next_f.push([1,` + quoteJSON("<p>"+stateLead+"</p><p>"+stateWhy+"</p>") + `])</script>
			<script>self.__next_f.push([1,` + quoteJSON("<p>"+stateAfter+"</p>5:[\"$\",\"$L23\",null,{\"state\":{\"article\":{\"title\":"+title+",\"contents\":\"$21\"}}}]\n") + `])</script>`,
			"state:flight", "paragraph paragraph paragraph"},
		"flight, elements": {`<script>self.__next_f.push([1,` + quoteJSON(`0:["$","html",null,{"children":[["$","nav",null,{"children":"Home"}],["$","article",null,{"children":[["$","p","a",{"className":"p","children":`+lead+`}],["$","p","b",{"children":["Fewer than ",["$","b",null,{"children":"forty"}]," people a day use the boat in winter, and the engine needs parts that nobody makes any more, so that repair costs more than tickets."]}],["$","p","c",{"children":`+after+`}]]}]]}]`+"\n") + `])</script>`,
			"state:flight", "paragraph paragraph paragraph"},
		"pushed queries": {`<script>window["__Q"] = window["__Q"] || [];window["__Q"].push({"queries":[{"state":{"data":{"title":` + title + `,"text":` + markup + `}}}]})</script>`,
			"state:script", "paragraph heading paragraph paragraph"},
		"jsonld": {`<script type="application/ld+json">{"@type":"NewsArticle","headline":` + title + `,"articleBody":` + quoteJSON(stateLead+"\n\n"+stateWhy+"\n\n"+stateAfter) + `}</script>`,
			"jsonld:articleBody", "paragraph paragraph paragraph"},
		"jsonld, glued": {`<script type="application/ld+json">{"@type":"NewsArticle","headline":` + title + `,"articleBody":` + quoteJSON(stateLead+stateWhy+stateAfter) + `}</script>`,
			"jsonld:articleBody", "paragraph paragraph paragraph"},
		"jsonld, a live blog": {`<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":` + title + `,"liveBlogUpdate":[{"@type":"BlogPosting","headline":"The boat is at the pier","articleBody":` + lead + `},{"@type":"BlogPosting","headline":"The boat has left","articleBody":` + why + `}]}</script>`,
			"jsonld:liveBlogUpdate", "heading paragraph heading paragraph"},
	} {
		t.Run(name, func(t *testing.T) {
			a := parseBytes(t, []byte(statePage("", test.scripts)))
			if a == nil {
				t.Fatal("no article")
			}
			if got := a.Provenance["body"].From; got != test.from {
				t.Fatalf("got body from %q, want %q: %q", got, test.from, a.Text)
			}
			var types []string
			for _, b := range a.Body {
				types = append(types, b.Type)
			}
			if got := strings.Join(types, " "); got != test.blocks {
				t.Errorf("got %q, want %q: %+v", got, test.blocks, a.Body)
			}
			for _, want := range []string{"the shipping office said on Monday", "nobody makes any more"} {
				if !strings.Contains(a.Text, want) {
					t.Errorf("text lacks %q: %q", want, a.Text)
				}
			}
			for _, no := range []string{"another story", "A ferry at its pier", "Read also", "<p>"} {
				if strings.Contains(a.Text, no) {
					t.Errorf("text holds %q: %q", no, a.Text)
				}
			}
		})
	}
}

// TestBareFrame: where a page shows nothing, paragraphs in its data are its story, even
// if they do not speak of its title.
func TestBareFrame(t *testing.T) {
	const line = "One of the boats lay at the pier until the tide had gone, and nobody on board could say who had tied it there."
	rows := `1:["$","article",null,{"children":[` + strings.TrimSuffix(strings.Repeat(`["$","p",null,{"children":`+quoteJSON(line)+`}],`, 9), ",") + "]}]\n"
	a := parseBytes(t, []byte(statePage("", `<script>self.__next_f.push([1,`+nested(rows)+`])</script>`)))
	if a == nil || strings.Count(a.Text, line) != 9 || strings.Contains(a.Text, "Loading") {
		t.Errorf("got %+v", a)
	}
}

// TestBodyNotFromData: what a page shows is its story, and what it keeps from
// readers stays kept.
func TestBodyNotFromData(t *testing.T) {
	markup := quoteJSON("<p>" + stateLead + "</p><p>" + stateWhy + "</p><p>" + stateAfter + "</p>")
	next := func(story string) string {
		return `<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"article":` + story + `}},"buildId":"x","pad":"` + strings.Repeat("x", 600) + `"}</script>`
	}
	own := next(`{"headline":` + quoteJSON(stateTitle) + `,"body":` + markup + `}`)
	stub := `<article><h1>` + stateTitle + `</h1><p>` + stateLead + `</p></article>`
	for name, test := range map[string]struct {
		page   string
		want   string // in the text
		walled bool
	}{
		"declared as not free": {statePage(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","isAccessibleForFree":"False","articleBody":`+markup+`}</script>`, stub+own), "said on Monday", true},
		"a part is not free":   {statePage(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".p"}}</script>`, stub+own), "said on Monday", true},
		"a wall is seen":       {statePage("", stub+`<div class="wall"><p>Subscribe to continue reading this story</p></div>`+own), "said on Monday", true},
		"premium by its data":  {statePage("", stub+next(`{"headline":`+quoteJSON(stateTitle)+`,"isPremium":true,"body":`+markup+`}`)), "said on Monday", true},
		"the page shows it":    {statePage("", `<article><h1>`+stateTitle+`</h1><p>`+stateLead+`</p><p>`+stateWhy+`</p><p>`+stateAfter+`</p></article>`+own), "does not carry sheep", false},
		"another story":        {statePage("", stub+next(`{"headline":"Mayor opens swimming hall after two years","url":"/hall","body":`+quoteJSON("<p>"+strings.Repeat("The hall has water again and the mayor swam. ", 40)+"</p>")+`}`)), "said on Monday", false},
		"related stories":      {statePage("", stub+next(`{"headline":`+quoteJSON(stateTitle)+`,"relatedArticles":[{"body":`+markup+`}]}`)), "said on Monday", false},
		"comments":             {statePage("", stub+next(`{"headline":`+quoteJSON(stateTitle)+`,"talk":{"posts":[`+strings.TrimSuffix(strings.Repeat(`{"userName":"ada","likes":3,"text":`+quoteJSON(strings.Repeat("The ferry was never on time and the bridge is worse, says this reader. ", 8))+`},`, 9), ",")+`]}}`)), "said on Monday", false},
		"labels":               {statePage("", stub+next(`{"headline":`+quoteJSON(stateTitle)+`,"i18n":{"terms":`+quoteJSON(strings.Repeat("You agree to the terms of this site. ", 40))+`}}`)), "said on Monday", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := parseBytes(t, []byte(test.page))
			if a == nil {
				t.Fatal("no article")
			}
			if from := a.Provenance["body"].From; from != "dom:blocks" {
				t.Errorf("got body from %q: %q", from, a.Text)
			}
			if !strings.Contains(a.Text, test.want) || test.walled && strings.Contains(a.Text, "nobody makes any more") {
				t.Errorf("got %q", a.Text)
			}
			if a.Paywalled != test.walled {
				t.Errorf("paywalled: got %v", a.Paywalled)
			}
		})
	}
}

// TestRecovered: where the choice among the blocks of the page takes another text
// for the story, the page's data knows better.
func TestRecovered(t *testing.T) {
	var cells strings.Builder
	for _, s := range []string{stateLead, stateWhy, stateAfter} {
		cells.WriteString(`<div class="sidebar-widget"><div class="promo-box"><div>` + s + `</div></div></div>`)
	}
	page := statePage("", `<div class="entry-content"><p>`+strings.Repeat("This paper is made by people who live beside the water, and it is read by them. ", 6)+`</p></div>`+cells.String()+
		`<script id="__NEXT_DATA__" type="application/json">{"props":{"article":{"headline":`+quoteJSON(stateTitle)+`,"body":`+quoteJSON("<p>"+stateLead+"</p><p>"+stateWhy+"</p><p>"+stateAfter+"</p>")+`}},"buildId":"x","pad":"`+strings.Repeat("x", 600)+`"}</script>`)
	a := parseBytes(t, []byte(page))
	if a == nil || !strings.Contains(a.Text, "nobody makes any more") || strings.Contains(a.Text, "made by people who live") || a.Provenance["body"].From != "dom:blocks" {
		t.Errorf("got %+v", a)
	}
}

// TestHostileData: data is read in bounded time, whatever it is made of.
func TestHostileData(t *testing.T) {
	prose := "The hall has water again, and a title of many words was said at the northern strait. "
	for name, data := range map[string]string{
		"deep":       strings.Repeat(`{"body":[`, 100_000),
		"wide":       `{"body":[` + strings.Repeat(`"`+prose+`",`, 40_000) + `1]}`,
		"many lists": `[` + strings.Repeat(`["`+prose+prose+prose+`","`+prose+`"],`, 20_000) + `1]`,
		"nested":     strings.Repeat(`{"a":["`+prose+`","`+prose+`",`, 190) + `"` + strings.Repeat(prose, 20_000) + `"` + strings.Repeat(`]}`, 190),
		"strings":    `{"a":` + quoteJSON(`{"b":`+quoteJSON(`{"c":`+quoteJSON(strings.Repeat(`[{"d":1},`, 50_000))+`}`)+`}`) + `}`,
		"references": `{"A:1":{"x":[` + strings.Repeat(`{"__ref":"A:1"},{"__ref":"B:1"},`, 5_000) + `1]},"B:1":{"x":[` + strings.Repeat(`{"__ref":"A:1"},`, 5_000) + `1]}}`,
		"code":       strings.Repeat(`x={a:function(){return {b:1}}};y=[z(`, 50_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			parseBytes(t, []byte(statePage("", `<script id="__NEXT_DATA__" type="application/json">`+data+`</script><script>window.__APOLLO_STATE__=`+data+`</script>`)))
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}
