package feed_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
)

const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Post</title><link>https://a.example/</link><language>en-GB</language>
<item><title>Tide turns</title><link>/tide</link><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator></item>
<item><title>No link</title></item></channel></rss>`

const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Phare</title><link rel="self" href="https://a.example/atom"/><link href="https://a.example/"/>
<entry><title>T</title><link href="https://a.example/x"/><author><name>Bo</name><uri>https://a.example/bo</uri><email>bo@a.example</email></author><published>2026-11-22T10:00:00Z</published><updated>2026-11-23T10:00:00Z</updated></entry></feed>`

var base = &url.URL{Scheme: "https", Host: "a.example", Path: "/feed/"}

func parse(t *testing.T, text string) *feed.Feed {
	t.Helper()
	f, err := feed.Parse([]byte(text), base)
	if err != nil {
		t.Fatalf("%v in %.200q", err, text)
	}
	return f
}

// channel is an RSS feed of some items.
func channel(items string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><link>https://a.example/</link>` + items + `</channel></rss>`
}

func links(f *feed.Feed) string {
	var all []string
	for _, it := range f.Items {
		all = append(all, it.Link)
	}
	return strings.Join(all, " ")
}

func TestParse(t *testing.T) {
	published := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	tests := []struct{ name, in, link, author, language string }{
		{"RSS", rss, "/tide", "Ann Lee", "en-GB"},
		{"UTF-8 that declares another encoding", strings.NewReplacer(`1.0"`, `1.0" encoding="windows-1251"`, "Ann Lee", "Анна Ли").Replace(rss), "/tide", "Анна Ли", "en-GB"},
		{"undeclared prefix", strings.Replace(rss, ` xmlns:dc="http://purl.org/dc/elements/1.1/"`, "", 1), "/tide", "Ann Lee", "en-GB"},
		{"another prefix", strings.NewReplacer("xmlns:dc", "xmlns:d", "<dc:", "<d:", "</dc:", "</d:").Replace(rss), "/tide", "Ann Lee", "en-GB"},
		{"an unknown default namespace", strings.Replace(rss, "<rss ", `<rss xmlns="https://a.example/ns" `, 1), "/tide", "Ann Lee", "en-GB"},
		{"upper case", strings.NewReplacer("<item>", "<ITEM>", "</item>", "</Item>", "<link>", "<LINK>", "</link>", "</LINK>").Replace(rss), "/tide", "Ann Lee", "en-GB"},
		{"a byte order mark, empty lines", "\ufeff\r\n\n  " + rss, "/tide", "Ann Lee", "en-GB"},
		{"a warning before it", "<br />\n<b>Warning</b>:  Undefined variable $feed in <b>/www/wp-content/x.php</b> on line <b>3</b><br />\n" + rss, "/tide", "Ann Lee", "en-GB"},
		{"text and a comment before it", "Notice: x < y & z\n<!-- cached 2026 -->" + rss, "/tide", "Ann Lee", "en-GB"},
		{"junk behind it", rss + "<!-- 0.3 s --><script>x</script><rss><channel><item>", "/tide", "Ann Lee", "en-GB"},
		{"RSS 0.91 with a document type", `<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://a.example/rss.dtd" [ <!ENTITY x "</item>"> ]>` + rss, "/tide", "Ann Lee", "en-GB"},
		{"a lost root element", rss[strings.Index(rss, "<channel>"):strings.Index(rss, "</rss>")], "/tide", "Ann Lee", "en-GB"},
		{"RSS 1.0", `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/"><title>F</title><link>https://a.example/</link><dc:language>en-GB</dc:language><items><rdf:Seq><rdf:li rdf:resource="https://a.example/tide"/></rdf:Seq></items></channel>
<item rdf:about="https://a.example/tide?1"><title>Tide</title><link>https://a.example/tide</link><dc:creator>Ann Lee</dc:creator><dc:date>2026-11-23T10:00:00+01:00</dc:date></item></rdf:RDF>`, "https://a.example/tide", "Ann Lee", "en-GB"},
		{"RSS 1.0 without links", `<rdf:RDF><channel><language>en</language></channel><item rdf:about="https://a.example/tide"><dc:creator>Ann Lee</dc:creator><dc:date>2026-11-23 09:00</dc:date></item></rdf:RDF>`, "https://a.example/tide", "Ann Lee", "en"},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><entry><title mode="escaped">T</title><link rel="alternate" type="text/html" href="https://a.example/x"/><author><name>Bo</name></author><issued>2026-11-23T10:00:00+01:00</issued><modified>2026-11-23T10:00:00+01:00</modified></entry></feed>`, "https://a.example/x", "Bo", "en"},
		{"prefixed Atom", `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="en"><a:entry><a:link href="https://a.example/x"/><a:author><a:name>Bo</a:name></a:author><a:published>2026-11-23T09:00:00Z</a:published></a:entry></a:feed>`, "https://a.example/x", "Bo", "en"},
		{"JSON", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","url":"https://a.example/j","date_published":"2026-11-23T10:00:00+01:00","authors":[{"name":"Cy"}]}],"language":"en"}`, "https://a.example/j", "Cy", "en"},
		{"JSON, version 1.0", `{"items":[{"id":7,"url":"https://a.example/j","date_published":"2026-11-23T10:00:00+01:00","author":{"name":"Cy"},"tags":"x"}]} <!-- cached -->`, "https://a.example/j", "Cy", ""},
		{"JSON with a line break in a text", "\ufeff{\"items\":[{\"title\":\"a\nb\",\"id\":\"https://a.example/j\",\"date_published\":\"2026-11-23T09:00:00Z\",\"author\":{\"name\":\"Cy\"}}]}", "https://a.example/j", "Cy", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, tt.in)
			if len(f.Items) == 0 {
				t.Fatal("no items")
			}
			got := f.Items[0]
			if got.Link != tt.link || !slices.Equal(got.Authors, []string{tt.author}) || got.Language != tt.language || !got.Published.Equal(published) || f.Cut {
				t.Errorf("got %+v, cut off: %v", got, f.Cut)
			}
		})
	}
	for _, in := range []string{"<rss/>", "<feed></feed>", `{"items":[]}`, `{"items":null}`} {
		if f := parse(t, in); len(f.Items) != 0 || f.Cut {
			t.Errorf("%s: got %+v", in, f)
		}
	}
	for _, in := range []string{"", "<html><rss>", "not a feed", "{}", `{"a":[{"url":"x"}]}`, "[1]", "<urlset><url><loc>https://a.example/</loc></url></urlset>", "<!doctype html><html><body><p>Not found", "\x00\xff"} {
		if f, err := feed.Parse([]byte(in), base); !errors.Is(err, feed.ErrNotFeed) {
			t.Errorf("%q was read as a feed: %+v, %v", in, f, err)
		}
	}
}

// TestOffset: a date keeps the offset that it is written with.
func TestOffset(t *testing.T) {
	if got := parse(t, rss).Items[0].Published.Format(time.RFC3339); got != "2026-11-23T10:00:00+01:00" {
		t.Errorf("got %s", got)
	}
	it := parse(t, atom).Items[0]
	if it.Published.Day() != 22 || it.Updated.Day() != 23 {
		t.Errorf("got %v and %v", it.Published, it.Updated)
	}
}

// TestLink: which of its addresses is an item's page.
func TestLink(t *testing.T) {
	item := func(inside string) string { return channel("<item><title>T</title>" + inside + "</item>") }
	entry := func(inside string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.example/"/><entry>` + inside + `</entry></feed>`
	}
	tests := []struct{ name, in, want string }{
		{"a link to the feed after the page", item(`<link>https://a.example/1</link><link href="https://a.example/feed" rel="self" type="application/atom+xml"/>`), "https://a.example/1"},
		{"a link to the feed before the page", item(`<link href="https://a.example/feed" rel="self"/><link>https://a.example/1</link>`), "https://a.example/1"},
		{"two links", item(`<link>https://a.example/1</link><link>https://a.example/2</link>`), "https://a.example/1"},
		{"Atom's link in RSS", item(`<atom:link href="https://a.example/feed" rel="self"/><link>https://a.example/1</link>`), "https://a.example/1"},
		{"only Atom's link in RSS", item(`<atom:link href="https://a.example/feed" rel="replies"/><a10:link href="https://a.example/1"/>`), "https://a.example/1"},
		{"an empty link", item(`<link></link><link href="https://a.example/1"/>`), "https://a.example/1"},
		{"HTML's link", item(`<link/>https://a.example/1<pubDate/>`), "https://a.example/1"},
		{"white space", item("<link>\n\t https://a.example/1?a=1&amp;b=2\n</link>"), "https://a.example/1?a=1&b=2"},
		{"CDATA", item("<link> <![CDATA[ https://a.example/1?a=1&b=2&copy=3 ]]>\n</link>"), "https://a.example/1?a=1&b=2&copy=3"},
		{"an unescaped ampersand", item("<link>https://a.example/1?a=1&b=2&copy=3</link>"), "https://a.example/1?a=1&b=2&copy=3"},
		{"relative", item("<link>/1</link>"), "/1"},
		{"only a permalink", item(`<guid isPermaLink="true"> https://a.example/1 </guid>`), "https://a.example/1"},
		{"only a permalink by default", item(`<guid>https://a.example/1</guid>`), "https://a.example/1"},
		{"a relative permalink", item(`<guid isPermaLink="true">/1</guid>`), "/1"},
		{"an identifier, not a permalink", item(`<guid isPermaLink="false">https://a.example/1</guid>`), ""},
		{"an identifier, not a URL", item(`<guid>1234</guid>`), ""},
		{"a podcast's file", item(`<enclosure url="https://a.example/1.mp3" length="3" type="audio/mpeg"/>`), ""},
		{"the page behind a counting link", item(`<link>https://feeds.feedburner.com/~r/x/1</link><guid isPermaLink="false">1</guid><feedburner:origLink>https://a.example/1</feedburner:origLink>`), "https://a.example/1"},
		{"the same of another service", item(`<link>https://click.pheedo.com/1</link><pheedo:origLink>https://a.example/1</pheedo:origLink>`), "https://a.example/1"},
		{"a permalink behind a counting link", item(`<link>https://count.example/r/1</link><guid isPermaLink="true">https://www.a.example/1</guid>`), "https://www.a.example/1"},
		{"a permalink by default behind a counting link", item(`<link>https://count.example/r/1</link><guid>https://a.example/1</guid>`), "https://a.example/1"},
		{"a permalink of another site, too", item(`<link>https://b.example/1</link><guid>https://c.example/1</guid>`), "https://b.example/1"},
		{"a permalink of another site", item(`<link>https://a.example/1</link><guid>https://c.example/1</guid>`), "https://a.example/1"},
		{"another permalink of the same site", item(`<link>https://a.example/1</link><guid>https://a.example/?p=1</guid>`), "https://a.example/1"},
		{"an identifier behind a link elsewhere", item(`<link>https://b.example/1</link><guid isPermaLink="false">https://a.example/?p=1</guid>`), "https://b.example/1"},
		{"a known counter, and a permalink of a third site", strings.Replace(item(`<link>https://rss.feedsportal.com/c/1</link><guid>https://c.example/1</guid>`), "https://a.example/", "", 1), "https://c.example/1"},
		{"an element of the item's source", item(`<source><link>https://b.example/</link><title>B</title></source><link>https://a.example/1</link>`), "https://a.example/1"},
		{"an element of an extension", item(`<media:group><link>https://b.example/</link></media:group><link>https://a.example/1</link>`), "https://a.example/1"},
		{"a link in unescaped markup", item(`<description><p>See</p><link rel="stylesheet" href="/x.css"><br></description><link>https://a.example/1</link>`), "https://a.example/1"},
		{"Atom", entry(`<link href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: other relations", entry(`<link rel="edit" href="/e"/><link rel="replies" href="/r"/><link rel="enclosure" href="/m.mp3"/><link rel="self" href="/s"/><link rel="Alternate" href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: HTML of several types", entry(`<link rel="alternate" type="application/pdf" href="/p"/><link rel="alternate" href="/n"/><link rel="alternate" type="text/html" href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: a relation by its URI", entry(`<link rel="self" href="/s"/><link rel="http://www.iana.org/assignments/relation/alternate" href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: only itself", entry(`<link rel="self" href="https://a.example/1"/><id>tag:1</id>`), "https://a.example/1"},
		{"Atom: content elsewhere", entry(`<id>tag:1</id><link rel="self" href="/s"/><content type="text/html" src="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: content elsewhere that is no page", entry(`<content type="image/png" src="https://a.example/1.png"/>`), ""},
		{"Atom: a page, and content elsewhere", entry(`<content type="text/html" src="/c"/><link href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: only an identifier", entry(`<id>https://a.example/1</id>`), "https://a.example/1"},
		{"Atom: no link", entry(`<id>urn:uuid:1</id><link rel="enclosure" href="/m.mp3"/>`), ""},
		{"Atom: a source of its own", entry(`<source><id>https://b.example/</id><link href="https://b.example/"/></source><link href="https://a.example/1"/>`), "https://a.example/1"},
		{"Atom: behind a counting link", entry(`<link rel="alternate" href="https://feeds.feedburner.com/~r/1"/><feedburner:origLink>https://a.example/1</feedburner:origLink>`), "https://a.example/1"},
		{"JSON: a page elsewhere", `{"items":[{"id":"x","external_url":"https://b.example/","url":"https://a.example/1"}]}`, "https://a.example/1"},
		{"JSON: no URL", `{"items":[{"id":"x","url":7},"y"]}`, " "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := links(parse(t, tt.in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBases(t *testing.T) {
	in := `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/a/"><entry xml:base="2026/"><link xml:base="11/" href="1"/></entry><entry><link href="2"/></entry></feed>`
	f := parse(t, in)
	for i, want := range [][]string{{"https://b.example/a/", "2026/", "11/"}, {"https://b.example/a/"}} {
		if got := f.Items[i].Bases; !slices.Equal(got, want) {
			t.Errorf("item %d: got %q, want %q", i, got, want)
		}
	}
}

func TestAuthors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"<author>ann@a.example (Ann Lee)</author>", "Ann Lee"},
		{"<author>Ann Lee (ann@a.example)</author>", "Ann Lee"},
		{"<author>Ann Lee &lt;ann@a.example&gt;</author>", "Ann Lee"},
		{"<author>ann@a.example</author><dc:creator>Ann Lee</dc:creator>", "Ann Lee"},
		{"<dc:creator><![CDATA[Ann Lee]]></dc:creator><dc:creator>Bo Li</dc:creator>", "Ann Lee|Bo Li"},
		{"<itunes:author>Ann Lee</itunes:author>", "Ann Lee"},
		{"<author><gd:image rel='x' src='y'/><name>Ann Lee</name><uri>https://a.example/</uri></author><author><name>Bo Li</name></author>", "Ann Lee|Bo Li"},
		{"<contributor><name>Bo Li</name></contributor>", ""},
		{"<author></author>", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(parse(t, channel("<item>"+tt.in+"</item>")).Items[0].Authors, "|"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestBroken: one broken item costs neither the items around it nor, where it has one,
// its own link.
func TestBroken(t *testing.T) {
	good := func(n int) string {
		return fmt.Sprintf("<item><title>%d</title><link>https://a.example/%d</link><description><![CDATA[<p>x</p>]]></description></item>", n, n)
	}
	const all = "https://a.example/1 https://a.example/2 https://a.example/3"
	const without = "https://a.example/1  https://a.example/3"
	tests := []struct{ name, item, want string }{
		{"an ampersand", "<item><title>Seals & ships &</title><link>https://a.example/2</link></item>", all},
		{"undefined entities", "<item><title>&nbsp;&Eacute;t&eacute; &nix; &#xFFFFFFF; &#0;</title><link>https://a.example/2</link></item>", all},
		{"control bytes", "<item><title>\x00\x01\x0b\x1f</title><link>https://a.example/2\x08</link></item>", all},
		{"invalid UTF-8", "<item><title>\xff\xfe\xc3</title><link>https://a.example/2</link></item>", all},
		{"markup without CDATA", "<item><link>https://a.example/2</link><description><p>A<br>B<img src=x><ul><li>C</description></item>", all},
		{"wrong nesting", "<item><link>https://a.example/2</link><description><b><i>A</b></i></p></description></item>", all},
		{"a title without an end", "<item><title>Two<link>https://a.example/2</link></item>", all},
		{"a link without an end", "<item><link>https://a.example/2<title>Two</title></item>", all},
		{"a link at the end without an end", "<item><title>Two</title><link>https://a.example/2</item>", all},
		{"a description without an end", "<item><description>Two <link>https://a.example/2</link></item>", all},
		{"an extension without an end", "<item><media:content url='x'><link>https://a.example/2</link></item>", all},
		{"an item without an end", "<item><title>2</title><link>https://a.example/2</link>", all},
		{"an item that ends twice", "<item><link>https://a.example/2</link></item></item></description>", all},
		{"CDATA without an end", "<item><link>https://a.example/2</link><description><![CDATA[ Two</description></item>", all},
		{"CDATA in CDATA", "<item><description><![CDATA[ a <![CDATA[ b ]]> c ]]></description><link>https://a.example/2</link></item>", all},
		{"a comment without an end", "<item><link>https://a.example/2</link><!-- Two </item>", all},
		{"a quote without an end", `<item><link>https://a.example/2</link><enclosure url="https://a.example/2.mp3></item>`, all},
		{"a tag without an end", `<item><link>https://a.example/2</link><enclosure url="x"</item>`, all},
		{"less-than signs", "<item><title>1 < 2 <3 <-</title><link>https://a.example/2</link></item>", all},
		{"a declaration", "<item><title><!ENTITY x></title><link>https://a.example/2</link><?php echo 1 ?></item>", all},
		{"no link", "<item><title>Two</title></item>", without},
		{"empty", "<item/>", without},
		{"an item in a comment", "<!-- <item><link>https://a.example/9</link></item> --><item><link>https://a.example/2</link></item>", all},
		{"markup about feeds", "<item><description><![CDATA[<item><link>https://a.example/9</link></item>]]></description><link>https://a.example/2</link></item>", all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, channel(good(1)+tt.item+good(3)))
			if got := links(f); got != tt.want || f.Cut {
				t.Errorf("got %q, cut off: %v, want %q", got, f.Cut, tt.want)
			}
		})
	}
}

// TestCutOff: wherever a feed is cut off, the items before the cut are there, and the
// cut is reported.
func TestCutOff(t *testing.T) {
	feeds := map[string]string{
		"RSS": channel(`<item><title>1</title><link>https://a.example/1</link><description><![CDATA[a <b>b</b>]]></description></item>` +
			`<item><title>2</title><link>https://a.example/2</link><enclosure url="https://a.example/2.mp3" type='audio/mpeg'/></item><!-- x --><item><link>https://a.example/3</link></item>`),
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><link href="https://a.example/1"/><content type="html">&lt;p&gt;</content></entry><entry><link rel="alternate" href="https://a.example/2"/></entry></feed>`,
		"RDF":  `<rdf:RDF><channel><title>F</title></channel><item><link>https://a.example/1</link></item><item><link>https://a.example/2</link></item></rdf:RDF>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"url":"https://a.example/1","content_html":"<p>\"x\" é</p>"},{"url":"https://a.example/2"}],"x":1}`,
	}
	for name, whole := range feeds {
		t.Run(name, func(t *testing.T) {
			end := "</item>"
			switch name {
			case "Atom":
				end = "</entry>"
			case "JSON":
				end = "},"
			}
			full := links(parse(t, whole))
			for n := 1; n < len(whole); n++ {
				f, err := feed.Parse([]byte(whole[:n]), base)
				if err != nil { // nothing of the feed is there yet
					if strings.Contains(whole[:n], end) {
						t.Fatalf("%v after %q", err, whole[:n])
					}
					continue
				}
				if !f.Cut || len(f.Items) < strings.Count(whole[:n], end) || !strings.HasPrefix(full, links(f)) {
					t.Fatalf("got %q, cut off: %v, after %q", links(f), f.Cut, whole[:n])
				}
			}
		})
	}
}

// TestHostile: what a feed costs is bounded by its size.
func TestHostile(t *testing.T) {
	const size = 2 << 20
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	bomb := `<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>` + channel(`<item><title>&c;</title><link>https://a.example/1</link></item>`)
	if it := parse(t, bomb).Items[0]; it.Title != "&c;" || it.Link != "https://a.example/1" {
		t.Errorf("got %+v", it)
	}
	for _, unit := range []string{"<a>", "<item>", "<item><link>x</link></item>", "<![CDATA[", "<![CDATA[</item>", "<!--", "<!--</item>", "<?", "<!", "<!DOCTYPE [", "</", "</item", "<a b='", `<a b="</item>`, "<a b=", "&", "&amp;", "<author><name>x",
		"<link>", "<link href=x>", "<title>x", "<source>", "<x:y>", "<x:y xmlns:z='http://www.w3.org/2005/Atom'>", "é", "\x00", "<"} {
		start := time.Now()
		f, err := feed.Parse([]byte("<rss><channel>"+fill(unit)), base)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%q repeated took %v", unit, took)
		}
		if len(f.Items) > feed.MaxItems {
			t.Errorf("%q repeated gave %d items", unit, len(f.Items))
		}
	}
	long := parse(t, channel("<item><title>"+fill("x")+"</title><link>https://a.example/"+fill("y")+"</link><author>"+fill("z")+"</author></item>"))
	if it := long.Items[0]; len(it.Title)+len(it.Link)+len(it.Authors[0]) > 30<<10 {
		t.Errorf("kept %d, %d and %d bytes", len(it.Title), len(it.Link), len(it.Authors[0]))
	}
	many := parse(t, channel(strings.Repeat("<item><link>/x</link></item>", feed.MaxItems+7)))
	if len(many.Items) != feed.MaxItems || many.Left != 7 {
		t.Errorf("got %d items, %d left", len(many.Items), many.Left)
	}
	deep := `{"items":[{"url":"/1"},` + strings.Repeat(`{"a":`, 1<<20)
	if f := parse(t, deep); len(f.Items) != 1 || !f.Cut {
		t.Errorf("got %+v", f)
	}
}

func TestLooks(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		want                    bool
	}{
		{"RSS as XML", "text/xml", rss, true},
		{"a media type", "application/rss+xml; charset=utf-8", "", true},
		{"Atom", "", atom, true},
		{"prefixed Atom", "text/xml", `<a:feed xmlns:a="http://www.w3.org/2005/Atom">`, true},
		{"junk before it", "text/xml", "\n<!-- " + strings.Repeat("x", 2000) + " -->" + rss, true},
		{"UTF-16", "text/xml", "\xff\xfe<\x00r\x00s\x00s\x00", true},
		{"JSON", "application/json", `{ "version": "https://jsonfeed.org/version/1.1", "items": [] }`, true},
		{"other JSON", "application/json", `{"version": 1}`, false},
		{"a page", "text/html", "<html><rss", false},
		{"a page in XHTML", "text/html", `<?xml version="1.0"?><!DOCTYPE html><html><rss>`, false},
		{"a feed that is called a page", "text/html; charset=utf-8", "\n" + rss, true},
		{"a page without a type", "", "<!DOCTYPE html><html><p>an &lt;rss: <rss>", false},
		{"a sitemap", "text/xml", "<urlset>", false},
		{"nothing", "", "", false},
	}
	for _, tt := range tests {
		if got := feed.Looks(tt.contentType, []byte(tt.body)); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

// FuzzParse: items before a cut survive it, whatever follows.
func FuzzParse(f *testing.F) {
	f.Add([]byte(rss))
	f.Add([]byte(atom))
	f.Add([]byte(`{"items":[{"url":"x","authors":[{"name":"y"}]}]}`))
	f.Add([]byte(`<item><link href="x"/><![CDATA[ <!-- </item> ]]>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := feed.Parse(b, base); err == nil && len(got.Items) > feed.MaxItems {
			t.Errorf("%d items", len(got.Items))
		}
		head := strings.TrimSuffix(channel("<item><link>https://a.example/1</link></item>"), "</channel></rss>")
		got, err := feed.Parse(append([]byte(head), b...), base)
		if err != nil || len(got.Items) == 0 || got.Items[0].Link != "https://a.example/1" {
			t.Errorf("the first item is lost: %+v, %v", got, err)
		}
	})
}
