package dates

import (
	"strconv"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// articleDates are members of an article's JSON-LD that give dates.
var articleDates = []struct {
	key   string
	label label
	kind  kind
}{
	{"datePublished", labelPublished, jsonldPublished},
	{"datepublished", labelPublished, jsonldPublished},
	{"dateCreated", labelPublished, jsonldCreated},
	{"uploadDate", labelPublished, jsonldUploaded},
	{"dateModified", labelUpdated, jsonldPublished},
	{"datemodified", labelUpdated, jsonldPublished},
}

// pageTypes are types of JSON-LD objects that are about the page rather than about
// the article on it.
var pageTypes = []string{"WebPage", "ItemPage", "AboutPage", "MedicalWebPage", "Webpage", "FAQPage", "QAPage", "Recipe", "Product", "CreativeWork", "PodcastEpisode", "Course", "HowTo", "Review"}

// readJSONLD reads the dates of JSON-LD objects.
func (f *finder) readJSONLD() {
	if o := f.page.Article(); o != nil {
		video := o.Is("VideoObject")
		for _, m := range articleDates {
			k := m.kind
			if video && k == jsonldPublished {
				k = jsonldVideo
			}
			f.addMember(o, m.key, "jsonld:"+m.key, m.label, k)
		}
	}
	for _, o := range f.page.LD {
		if o.Is(pageTypes...) {
			f.addMember(o, "datePublished", "jsonld:WebPage.datePublished", labelPublished, jsonldPage)
			f.addMember(o, "dateModified", "jsonld:WebPage.dateModified", labelUpdated, jsonldPage)
		}
	}
}

func (f *finder) addMember(o doc.Object, key, from string, l label, k kind) {
	value := o.Text(key)
	if n, ok := o[key].(float64); ok { // milliseconds or seconds since 1970
		value = strconv.FormatFloat(n, 'f', 0, 64)
	}
	if value != "" {
		f.addValue(value, claim{from: from, label: l, kind: k})
	}
}

// metaDates are names of meta elements that give dates, the most reliable ones first.
var metaDates = []struct {
	label label
	kind  kind
	names []string
}{
	{labelPublished, metaPublished, []string{
		"article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished", "pubdate", "publishdate", "publish-date", "publish_date", "published_at", "published", "published_time",
		"published-date", "publication_date", "publication-date", "publicationdate", "pub_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "cxenseparse:articlepublishedtime",
		"article.published", "originalpublicationdate", "article_date_original", "citation_publication_date", "citation_date", "citation_online_date", "rnews:datepublished", "bt:pubdate", "vr:published_time", "date.published",
		"shareaholic:article_published_time", "og:publish_date", "og:pubdate", "video:release_date", "og:release_date", "release_date", "ptime", "publish_time", "iso-8601-publish-date", "prism.publicationdate", "mediator_published_time", "last-published",
	}},
	{labelPublished, metaDate, []string{
		"date", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created", "dc.created", "date.created", "created", "article.created", "article:create_time", "time", "datetime", "displaydate", "og:date", "og:article:date",
	}},
	{labelUpdated, metaPublished, []string{
		"article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "dc.modified", "revised", "updated", "updated_at", "modified", "article:modified", "article.updated",
		"cxenseparse:recs:modifiedtime", "parsely-updated-date", "last-updated", "last_updated", "date.modified", "article:update_time", "lastupdate", "utime",
	}},
}

// readMetas reads the dates of meta elements.
func (f *finder) readMetas() {
	for _, group := range metaDates {
		for _, name := range group.names {
			values := f.page.Metas[name]
			if (name == "datepublished" || name == "datemodified") && len(values) > 1 {
				continue // itemprop of several things: readElements weighs them by their place
			}
			for _, value := range values {
				if f.addValue(value, claim{from: "meta:" + name, label: group.label, kind: group.kind}) {
					break
				}
			}
		}
	}
	for _, n := range []string{"1", "2"} {
		f.readCard(n)
	}
}

// readCard reads a labelled value of a Twitter card.
func (f *finder) readCard(n string) {
	name, _ := f.page.FirstMeta("twitter:label" + n)
	value, _ := f.page.FirstMeta("twitter:data" + n)
	if l := labelOf(name); value != "" && (l == labelPublished || l == labelUpdated) {
		f.addValue(value, claim{from: "meta:twitter:data" + n, label: l, kind: metaCard})
	}
}
