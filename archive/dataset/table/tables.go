package table

// All are the tables that a dataset can have.
var All = []*Table{Articles, Authors, Captions, Contacts, Versions, Runs, Coverage, Sites}

// Articles has the articles. The names of what a page says are those of the article in
// the archive.
var Articles = &Table{
	Name: "articles", Meaning: "one article, in one version", Key: []string{"id", "version"}, Order: "site, time of publication, id, version",
	Columns: []Column{
		{Name: "id", Type: String, From: "computed", Required: true, Meaning: "ID of the article: the first 12 hexadecimal digits of the SHA-256 of its URL; the same in each dataset"},
		{Name: "version", Type: Int, From: "computed", Required: true, Meaning: "number of the version, 1 being the first that was archived"},
		{Name: "versions", Type: Int, From: "computed", Required: true, Meaning: "how many versions of the article the archive had"},
		{Name: "url", Type: String, From: "server", Required: true, Meaning: "URL of the article, as fetched"},
		{Name: "canonical_url", Type: String, From: "page", Meaning: "canonical URL that the page declares"},
		{Name: "site", Type: String, From: "server", Required: true, Few: true, Of: "sites.site", Meaning: "host of the URL without www., with its port where that is not the scheme's own"},
		{Name: "kind", Type: String, From: "page", Required: true, Few: true, Meaning: "article, live, gallery or video; also section, home, author, other or blocked if these were selected"},
		{Name: "title", Type: String, From: "page", Text: true, Meaning: "headline, without the name of the site"},
		{Name: "title_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the title is, by the extractor"},
		{Name: "subtitle", Type: String, From: "page", Text: true, Meaning: "standfirst; also a part of the text"},
		{Name: "subtitle_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the subtitle is, by the extractor"},
		{Name: "summary", Type: String, From: "page", Text: true, Meaning: "the page's own description of the article"},
		{Name: "summary_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the summary is, by the extractor"},
		{Name: "section", Type: String, From: "page", Few: true, Meaning: "section, as named on the page"},
		{Name: "section_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the section is, by the extractor"},
		{Name: "tags", Type: Strings, From: "page", Text: true, Meaning: "keywords that the publisher gives"},
		{Name: "tags_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the tags are, by the extractor"},
		{Name: "language", Type: String, From: "page", Few: true, Meaning: "language tag (BCP 47)"},
		{Name: "language_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the language is, by the extractor"},
		{Name: "byline", Type: String, From: "page", Text: true, Meaning: "byline as printed"},
		{Name: "authors", Type: Strings, From: "page", Text: true, Meaning: "names of the authors, persons and organizations; the table authors has more about each"},
		{Name: "authors_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the authors are, by the extractor"},
		{Name: "source", Type: String, From: "page", Few: true, Meaning: "agency or newspaper that the story is from"},
		{Name: "source_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the source is, by the extractor"},
		{Name: "dateline", Type: String, From: "page", Text: true, Meaning: "place at the start of the story"},
		{Name: "dateline_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the dateline is, by the extractor"},
		{Name: "published", Type: String, From: "page", Meaning: "publication date (RFC 3339) as precise as on the page, with its own offset; a date without a time stays a date"},
		{Name: "published_at", Type: Time, From: "computed", Meaning: "the same as an instant in UTC; missing if the page has no time of day or no offset"},
		{Name: "published_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the publication date is, by the extractor"},
		{Name: "modified", Type: String, From: "page", Meaning: "date of the last change that the publisher states (RFC 3339), as precise as on the page"},
		{Name: "modified_at", Type: Time, From: "computed", Meaning: "the same as an instant in UTC; missing if the page has no time of day or no offset"},
		{Name: "modified_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the date of the last change is, by the extractor"},
		{Name: "text", Type: String, From: "page", Long: true, Text: true, Meaning: "text of the article; paragraphs and other blocks are separated by an empty line; without captions, bylines and page furniture"},
		{Name: "text_confidence", Type: Float, From: "computed", Unit: "0 to 1", Meaning: "how certain the extent of the text is, by the extractor"},
		{Name: "body", Type: JSON, From: "page", Long: true, Text: true, Optional: true, Meaning: "the text as a list of typed blocks: paragraphs, headings, lists, quotes, tables, code, media, embeds"},
		{Name: "words", Type: Int, From: "computed", Unit: "words", Required: true, Meaning: "length of the text: what white space separates"},
		{Name: "characters", Type: Int, From: "computed", Unit: "Unicode code points", Required: true, Meaning: "length of the text"},
		{Name: "text_sha256", Type: String, From: "computed", Meaning: "SHA-256 of the text after Unicode normalization (NFC), with white space folded; as the text was before any redaction"},
		{Name: "caption_count", Type: Int, From: "computed", Required: true, Meaning: "captions of pictures and videos; the table captions has them"},
		{Name: "contact_count", Type: Int, From: "computed", Required: true, Meaning: "blocks of contact details on the page; the table contacts has them, if it was asked for"},
		{Name: "paywalled", Type: Bool, From: "page", Required: true, Meaning: "a paywall hides part of the story"},
		{Name: "capture", Type: String, From: "archive", Required: true, Few: true, Meaning: "how the page was captured: complete; truncated (the transfer ended early); stub (a paywall showed less than the story); blocked (a bot wall or a placeholder in place of the page)"},
		{Name: "truncated", Type: String, From: "archive", Few: true, Meaning: "why the transfer ended early: length, time, disconnect, unspecified (WARC-Truncated)"},
		{Name: "tls_problem", Type: String, From: "archive", Few: true, Meaning: "why the server's certificate could not be verified, if it could not"},
		{Name: "ip_address", Type: String, From: "archive", Meaning: "address of the server (WARC-IP-Address)"},
		{Name: "status", Type: Int, From: "server", Few: true, Meaning: "HTTP status of the response"},
		{Name: "captured", Type: Time, From: "archive", Required: true, Meaning: "when the page with this version was fetched"},
		{Name: "first_captured", Type: Time, From: "archive", Required: true, Meaning: "when the URL was fetched first"},
		{Name: "last_captured", Type: Time, From: "archive", Required: true, Meaning: "when the URL was fetched last, whatever it answered"},
		{Name: "meta_robots", Type: String, From: "page", Few: true, Meaning: "robots directives in the page, as written"},
		{Name: "x_robots_tag", Type: String, From: "server", Few: true, Meaning: "robots directives in the response header X-Robots-Tag, as sent"},
		{Name: "tdm_reservation", Type: String, From: "page", Few: true, Meaning: "reservation of text and data mining (TDMRep): 1 is reserved, 0 is not; missing if nothing is said"},
		{Name: "license", Type: String, From: "page", Few: true, Meaning: "licence that the page names"},
		{Name: "optouts", Type: Strings, From: "computed", Few: true, Meaning: "what the page reserves, by the four columns before: noindex, noarchive, nosnippet, noai, noimageai, tdm"},
		{Name: "cluster", Type: String, From: "computed", Of: "articles.id", Meaning: "cluster of near-duplicates, across sites: the smallest ID in it; missing if clusters were not computed"},
		{Name: "cluster_size", Type: Int, From: "computed", Meaning: "how many articles the cluster has, before duplicates are left out"},
		{Name: "cluster_first", Type: String, From: "computed", Of: "articles.id", Meaning: "the article of the cluster that was published first, as far as the archive knows"},
		{Name: "duplicate_of", Type: String, From: "computed", Of: "articles.id", Meaning: "the article with the same text that was published first; missing if this is it"},
		{Name: "split", Type: String, From: "computed", Few: true, Meaning: "train, validation or test; missing if the dataset has no splits"},
		{Name: "record_id", Type: String, From: "archive", Required: true, Meaning: "WARC-Record-ID of the conversion record with the article"},
		{Name: "response_id", Type: String, From: "archive", Required: true, Meaning: "WARC-Record-ID of the response or revisit that was read"},
		{Name: "payload_digest", Type: String, From: "archive", Meaning: "SHA-256 of the page (WARC-Payload-Digest)"},
		{Name: "run_id", Type: String, From: "archive", Few: true, Of: "runs.id", Meaning: "WARC-Record-ID of the run that fetched the page"},
		{Name: "extractor", Type: String, From: "archive", Required: true, Few: true, Meaning: "program and version that read the page, and the template profile that it used"},
	},
}

var articleID = Column{Name: "id", Type: String, From: "computed", Required: true, Of: "articles.id", Meaning: "ID of the article"}
var articleVersion = Column{Name: "version", Type: Int, From: "computed", Required: true, Meaning: "version of the article"}
var position = Column{Name: "position", Type: Int, From: "page", Required: true, Meaning: "position on the page, from 0"}

// Authors has the names of bylines.
var Authors = &Table{
	Name: "authors", Meaning: "one name of a byline", Key: []string{"id", "version", "position"}, Order: "as in articles, position",
	Columns: []Column{
		articleID, articleVersion, position,
		{Name: "name", Type: String, From: "page", Required: true, Text: true, Meaning: "name of the author"},
		{Name: "kind", Type: String, From: "page", Required: true, Few: true, Meaning: "person or organization"},
		{Name: "role", Type: String, From: "page", Few: true, Text: true, Meaning: "role, as printed"},
		{Name: "email", Type: String, From: "page", Personal: true, Optional: true, Meaning: "e-mail address beside the name"},
		{Name: "url", Type: String, From: "page", Meaning: "page of the author"},
	},
}

// Captions has captions and credits.
var Captions = &Table{
	Name: "captions", Meaning: "one caption or credit of a picture or video", Key: []string{"id", "version", "position"}, Order: "as in articles, position",
	Columns: []Column{
		articleID, articleVersion, position,
		{Name: "text", Type: String, From: "page", Text: true, Meaning: "caption, without its credit"},
		{Name: "credit", Type: String, From: "page", Text: true, Meaning: "credit as printed, without brackets and label"},
		{Name: "credits", Type: Strings, From: "page", Text: true, Meaning: "parts of the credit: photographers, agencies"},
		{Name: "media", Type: String, From: "page", Required: true, Few: true, Meaning: "image, video, audio or other"},
		{Name: "media_url", Type: String, From: "page", Meaning: "URL of the picture or video"},
		{Name: "media_sha256", Type: String, From: "archive", Meaning: "SHA-256 of the archived file; missing if it is not in the archive"},
		{Name: "media_type", Type: String, From: "server", Few: true, Meaning: "media type of the archived file"},
		{Name: "media_file", Type: String, From: "computed", Meaning: "path of the file in the dataset, if pictures were asked for"},
	},
}

// Contacts has blocks of contact details.
var Contacts = &Table{
	Name: "contacts", Meaning: "one block of contact details on a page", Key: []string{"id", "version", "position"}, Order: "as in articles, position", Personal: true,
	Columns: []Column{
		articleID, articleVersion, position,
		{Name: "kind", Type: String, From: "page", Required: true, Few: true, Meaning: "whose contact it is: publisher, department, author or other"},
		{Name: "label", Type: String, From: "page", Meaning: "label of the block, as printed"},
		{Name: "emails", Type: Strings, From: "page", Personal: true, Meaning: "e-mail addresses"},
		{Name: "phones", Type: Strings, From: "page", Personal: true, Meaning: "telephone numbers as printed"},
		{Name: "phones_e164", Type: Strings, From: "page", Personal: true, Meaning: "telephone numbers in E.164, those whose country is certain"},
		{Name: "faxes", Type: Strings, From: "page", Personal: true, Meaning: "fax numbers as printed"},
		{Name: "addresses", Type: Strings, From: "page", Personal: true, Meaning: "postal addresses, each on one line"},
		{Name: "countries", Type: Strings, From: "page", Meaning: "countries of the addresses (ISO 3166), those that are known"},
		{Name: "social", Type: Strings, From: "page", Personal: true, Meaning: "profiles in social media"},
	},
}

// Versions has what happened to articles.
var Versions = &Table{
	Name: "versions", Meaning: "one change of an article: new, edited, moved, paywalled, gone or restored", Key: []string{"id", "captured", "change"}, Order: "as in articles, captured",
	Columns: []Column{
		articleID,
		{Name: "captured", Type: Time, From: "archive", Required: true, Meaning: "when the page was fetched that shows the change"},
		{Name: "change", Type: String, From: "computed", Required: true, Few: true, Meaning: "new (archived for the first time), edited, moved (to another URL), paywalled, gone or restored"},
		{Name: "url", Type: String, From: "server", Required: true, Meaning: "URL of the article; after a move, its new one"},
		{Name: "from_url", Type: String, From: "server", Meaning: "URL before a move"},
		{Name: "site", Type: String, From: "server", Required: true, Few: true, Of: "sites.site", Meaning: "site of the article"},
		{Name: "title", Type: String, From: "page", Text: true, Meaning: "title after the change"},
		{Name: "last_captured", Type: Time, From: "archive", Meaning: "when the page was last fetched before, and showed what was there before"},
		{Name: "status", Type: Int, From: "server", Few: true, Meaning: "HTTP status of the response that shows the change"},
		{Name: "how", Type: String, From: "computed", Few: true, Meaning: "how an article is gone: HTTP 404, redirect to the front page, …"},
		{Name: "edit", Type: Strings, From: "computed", Few: true, Meaning: "classes of the edit, the most severe first, as newsmorgue diff names them"},
		{Name: "silent", Type: Bool, From: "computed", Meaning: "a substantive edit that the page does not mention"},
		{Name: "fields", Type: Strings, From: "computed", Few: true, Meaning: "fields of the article that the edit changed"},
		{Name: "words_added", Type: Int, From: "computed", Unit: "words", Meaning: "words that the edit added to the text"},
		{Name: "words_removed", Type: Int, From: "computed", Unit: "words", Meaning: "words that the edit removed from the text"},
		{Name: "record_id", Type: String, From: "archive", Meaning: "WARC-Record-ID of the conversion record after the change"},
		{Name: "before_record_id", Type: String, From: "archive", Meaning: "WARC-Record-ID of the conversion record before an edit, by the same extractor"},
		{Name: "response_id", Type: String, From: "archive", Required: true, Meaning: "WARC-Record-ID of the response that shows the change"},
		{Name: "run_id", Type: String, From: "archive", Of: "runs.id", Meaning: "WARC-Record-ID of the run that fetched it"},
	},
}

// Runs has the crawls of the sites.
var Runs = &Table{
	Name: "runs", Meaning: "one crawl of one site, or a turn of its schedule without one", Key: []string{"id"}, Order: "start, id",
	Columns: []Column{
		{Name: "id", Type: String, From: "archive", Required: true, Meaning: "WARC-Record-ID of the run's warcinfo record"},
		{Name: "site", Type: String, From: "archive", Required: true, Few: true, Of: "sites.site", Meaning: "the site that was crawled"},
		{Name: "start", Type: Time, From: "archive", Required: true, Meaning: "start of the run"},
		{Name: "end", Type: Time, From: "archive", Meaning: "end of the run; missing if it was killed or is not finished"},
		{Name: "status", Type: String, From: "archive", Few: true, Meaning: "complete, nothing, limited, interrupted, failed, skipped; missing if the run has no end"},
		{Name: "mode", Type: String, From: "archive", Few: true, Meaning: "what the run was for"},
		{Name: "reason", Type: String, From: "archive", Few: true, Meaning: "the limit that ended a limited run, or why a turn was skipped"},
		{Name: "asked", Type: Int, From: "archive", Meaning: "requests made"},
		{Name: "failed", Type: Int, From: "archive", Meaning: "requests without a response"},
		{Name: "pages", Type: Int, From: "archive", Meaning: "pages fetched"},
		{Name: "articles", Type: Int, From: "archive", Meaning: "articles read"},
		{Name: "new", Type: Int, From: "archive", Meaning: "of the articles: at URLs that had none"},
		{Name: "changed", Type: Int, From: "archive", Meaning: "of the articles: different from the version before"},
		{Name: "gone", Type: Int, From: "archive", Meaning: "articles that the site has removed, as the run found"},
		{Name: "blocked", Type: Int, From: "archive", Meaning: "bot walls and consent pages in place of pages"},
		{Name: "announced", Type: Int, From: "archive", Meaning: "pages that feeds and sitemaps announce"},
		{Name: "announced_kept", Type: Int, From: "archive", Meaning: "of these, pages in the archive"},
		{Name: "pending", Type: Int, From: "archive", Meaning: "URLs left in the queue"},
	},
}

// Coverage has what the sites announce and what the archive has of it.
var Coverage = &Table{
	Name: "coverage", Meaning: "what one source (a feed or sitemap) of a site announced, at the end of a run", Key: []string{"run_id", "source"}, Order: "run_id, source",
	Columns: []Column{
		{Name: "run_id", Type: String, From: "archive", Required: true, Of: "runs.id", Meaning: "the run"},
		{Name: "source", Type: String, From: "server", Required: true, Meaning: "URL of the feed or sitemap"},
		{Name: "site", Type: String, From: "archive", Required: true, Few: true, Of: "sites.site", Meaning: "the site"},
		{Name: "end", Type: Time, From: "archive", Required: true, Meaning: "end of the run"},
		{Name: "announced", Type: Int, From: "archive", Required: true, Meaning: "pages that the source announces"},
		{Name: "kept", Type: Int, From: "archive", Required: true, Meaning: "of these, pages in the archive"},
		{Name: "articles", Type: Int, From: "archive", Meaning: "of these, articles"},
		{Name: "missing", Type: JSON, From: "archive", Meaning: "why the others are missing: a list of reason, count and example"},
	},
}

// Sites has the sites of the archive.
var Sites = &Table{
	Name: "sites", Meaning: "one site", Key: []string{"site"}, Order: "site",
	Columns: []Column{
		{Name: "site", Type: String, From: "server", Required: true, Meaning: "host without www., with its port where that is not the scheme's own"},
		{Name: "title", Type: String, From: "page", Text: true, Meaning: "title of its front page"},
		{Name: "articles", Type: Int, From: "archive", Required: true, Meaning: "articles in the archive at the time of the export"},
		{Name: "exported", Type: Int, From: "computed", Required: true, Meaning: "articles in this dataset"},
		{Name: "pages", Type: Int, From: "archive", Required: true, Meaning: "pages in the archive at the time of the export, of every kind"},
		{Name: "first_captured", Type: Time, From: "archive", Meaning: "when its first page in use was fetched"},
		{Name: "last_captured", Type: Time, From: "archive", Meaning: "when its last page in use was fetched"},
		{Name: "bytes", Type: Int, From: "archive", Unit: "bytes", Required: true, Meaning: "size of its pages, decoded"},
		{Name: "labels", Type: JSON, From: "archive", Meaning: "labels that the archivist gave the site: an object of names and values"},
	},
}
