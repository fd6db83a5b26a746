package web

import "net/http"

// A helpData is what the page of help shows.
type helpData struct {
	Views []helpItem `json:"views"`
	Keys  []helpItem `json:"keys"`
	API   []apiItem  `json:"api"`
}

// A helpItem explains a view or a key.
type helpItem struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
	Text string `json:"text"`
}

// An apiItem explains an address for programs.
type apiItem struct {
	What    string `json:"what"`
	Example string `json:"example"`
	Link    bool   `json:"-"` // the example works on each archive
}

func (s *Server) help(*http.Request) (*page, error) {
	return &page{Title: "Help and keys", Template: "help", Data: helpData{
		Views: []helpItem{
			{"Overview", "/", "What the archive holds: figures, articles per day, which site was archived on which day, what needs a look."},
			{"Articles", "/articles", "Search all words of all articles, narrow down by site, section, author, language, kind and date; open an article beside its archived page, with its versions and its evidence."},
			{"Changes", "/changes", "What sites have edited, moved, removed and brought back, the newest first; also as a feed for a feed reader."},
			{"Runs", "/runs", "Crawls that run now, schedules and their next turns, and each run with its errors and warnings."},
			{"Exports", "/exports", "Make a dataset of what a search selects, and download its files."},
		},
		Keys: []helpItem{
			{Name: "/", Text: "search"}, {Name: "?", Text: "this page"}, {Name: "j", Text: "next in a list"}, {Name: "k", Text: "previous in a list"}, {Name: "Enter", Text: "open"},
			{Name: "[", Text: "the page, version or capture before"}, {Name: "]", Text: "the next one"},
			{Name: "s", Text: "change how it is shown: an article as text, beside its page, or the page alone; a comparison side by side or inline"},
			{Name: "v", Text: "the versions of an article, and back"}, {Name: "d", Text: "the evidence for its fields, and back"}, {Name: "x", Text: "export what the search shows; on the page of exports, start it"},
			{Name: "g o", Text: "go to the overview"}, {Name: "g a", Text: "go to the articles"}, {Name: "g c", Text: "go to the changes"}, {Name: "g r", Text: "go to the runs"}, {Name: "g e", Text: "go to the exports"},
		},
		API: []apiItem{
			{"Each page has a twin in JSON: “.json” at the end of its path.", "/index.json", true},
			{"A search, as JSON.", "/articles.json?q=mayor&since=2026", true},
			{"An article, its page as WARC, and its citation.", "/article/ID.json  /article/ID.md  /article/ID.warc.gz  /article/ID.bib", false},
			{"Runs and schedules.", "/runs.json", true},
			{"What runs now, as JSON or as server-sent events.", "/live.json", true},
			{"The feed of changes (Atom).", "/changes.atom", true},
			{"Captures of a URL, as pywb's CDX server lists them.", "/cdx?url=https://example.org/&output=json", true},
			{"An archived page, as Wayback tools address it.", "/raw/20261123180000/https://example.org/", false},
			{"Memento (RFC 7089): the capture nearest to a time, and all of them.", "/timegate/https://example.org/  /timemap/link/https://example.org/", false},
		},
	}}, nil
}
