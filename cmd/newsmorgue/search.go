package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// shownHits is how many hits search prints unless --limit says otherwise.
const shownHits = 20

func (a *app) searchCommand() *cobra.Command {
	var f filterFlags
	var fts bool
	var sort, color string
	cmd := &cobra.Command{
		Use:   "search WORDS...",
		Short: "Search the text of the articles",
		Long: `Finds the articles whose current version has all the words, in its title, summary, authors, section, tags,
text or captions, and prints the best first: ID, date, site, title, and the part of the text with the words.
Case and accents do not matter, also not in letters such as ɓ ø ł: "Economie" finds "économie". Chinese,
Japanese, Korean and Thai words are found inside longer ones.

  mayor "flood plain"   the word and the phrase; give quotes that the shell leaves alone: '"flood plain"'
  gover*                words that begin so
  'mayor -floods'       mayor, and not floods; in one argument, or after --, because of the hyphen
  covid-19 N5,000       what is written together must be together in the text

With --fts, operators of SQLite's FTS5 can be used: AND, OR, NOT, parentheses, NEAR(flood dam, 5), and
title: before what must be in one column; the columns are title, summary, authors, section, tags, text
and captions. A score is of use only to compare the hits of one search. With --json, snippet is the part
of the text, and marks has where in it the words are, in characters.

` + exitHelp,
		Example: `  newsmorgue search mayor floods --since 2026
  newsmorgue search --fts 'title: flood* AND NOT (dam OR dike)' --sort date
  newsmorgue search --json --limit 0 lighthouse | jq -r .url`,
		Args: args(1, -1, "words to search for"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			filter, err := f.filter()
			if err != nil {
				return err
			}
			filter.Query, filter.FTS = strings.Join(argv, " "), fts
			order, ok := map[string]catalog.Order{"relevance": catalog.ByRelevance, "date": catalog.ByDate}[sort]
			if !ok {
				return usage("--sort is %q; it must be relevance or date", sort)
			}
			bold, err := a.useColor(color)
			if err != nil {
				return err
			}
			if err := checkWords(filter); err != nil {
				return err
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			if err := a.checkSites(cmd.Context(), ar, c, filter); err != nil {
				return err
			}
			return a.search(cmd, c, filter, order, bold)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if strings.HasPrefix(err.Error(), "unknown shorthand flag") {
			return fail(exitUsage, "to leave out articles with a word, write all in one argument: 'mayor -floods'", "%v", err)
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
	f.register(cmd)
	f.limit = shownHits
	limit := cmd.Flags().Lookup("limit")
	limit.DefValue = fmt.Sprint(shownHits)
	cmd.Flags().BoolVar(&fts, "fts", false, "read the words as a query with operators")
	cmd.Flags().StringVar(&sort, "sort", "relevance", "which hits are first: the best or the newest, `relevance|date`")
	cmd.Flags().StringVar(&color, "color", "auto", "print what was found in bold: `auto|always|never`")
	return cmd
}

// checkWords refuses a query that looks for nothing, or for too much.
func checkWords(f catalog.Filter) error {
	if f.FTS {
		return nil // the catalog checks it
	}
	switch q := words.Parse(f.Query); {
	case q.Expression() == "":
		return fail(exitUsage, "newsmorgue search --help shows an example", "%q has no letter or digit to search for", f.Query)
	case q.Cut():
		return fail(exitUsage, "search for a few words of them", "these are too many words for a search")
	}
	return nil
}

// A hitLine is a hit of a search in JSON.
type hitLine struct {
	listLine
	Score   float64  `json:"score,omitempty"`
	Snippet string   `json:"snippet,omitempty"`
	Marks   [][2]int `json:"marks,omitempty"` // of snippet, in characters
}

func (a *app) search(cmd *cobra.Command, c *catalog.Catalog, filter catalog.Filter, order catalog.Order, bold bool) error {
	ctx := cmd.Context()
	out := bufio.NewWriter(a.stdout)
	defer out.Flush()
	b := *a
	b.stdout = out
	n := 0
	for h, err := range c.Search(ctx, filter, order) {
		if errors.Is(err, catalog.ErrQuery) {
			return fail(exitUsage, "without --fts, any words can be searched for; newsmorgue search --help shows the operators", "--fts: %w", err)
		}
		if err != nil {
			return err
		}
		n++
		if a.json {
			if err := b.printJSON(hitLineOf(h)); err != nil {
				return err
			}
			continue
		}
		printHit(out, h, bold)
	}
	if err := out.Flush(); err != nil || a.json {
		return err
	}
	switch {
	case n == 0 && a.quiet:
		// A word that is probably misspelled is a mistake of the command, which is said as
		// errors are: else nothing at all would be printed.
		return a.suggestWords(ctx, c, filter)
	case n == 0:
		return a.explainNoHits(ctx, c, filter)
	case a.quiet:
		return nil
	}
	return a.sayMatches(ctx, c, filter, n)
}

func hitLineOf(h catalog.Hit) hitLine {
	s := h.Story
	l := hitLine{listLine: listLine{s.ID, s.URL, s.Site, s.Kind, s.Title, s.Byline, s.Authors, s.Section, s.Language,
		s.Published, s.Modified, s.Captured.UTC().Format(time.RFC3339), s.Words}, Score: math.Round(h.Score*1000) / 1000, Snippet: h.Snippet.Text}
	for _, m := range h.Snippet.Marks {
		start := utf8.RuneCountInString(h.Snippet.Text[:m.Start])
		l.Marks = append(l.Marks, [2]int{start, start + utf8.RuneCountInString(h.Snippet.Text[m.Start:m.End])})
	}
	return l
}

func printHit(out *bufio.Writer, h catalog.Hit, bold bool) {
	day := h.Published
	if len(day) > 10 {
		day = day[:10]
	}
	title := h.Title
	if title.Text == "" {
		title = words.Snippet{Text: h.URL}
	}
	kind := ""
	if h.Kind != string(article.KindArticle) {
		kind = "[" + h.Kind + "] "
	}
	fmt.Fprintf(out, "%s  %-10s  %-24s  %s%s\n", h.ID, plain(day), clip(plain(h.Site), 24), kind, marked(title, 100, bold))
	if h.Snippet.Text != "" {
		fmt.Fprintf(out, "    %s\n", marked(h.Snippet, math.MaxInt, bold))
	}
}

// marked returns text from the web, safe for a terminal, shortened to n characters, with
// what was found in bold.
func marked(s words.Snippet, n int, bold bool) string {
	text := s.Text
	if short := clip(text, n); short != text {
		text = strings.TrimSuffix(short, "…")
	}
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		if !bold || m.End > len(text) {
			break
		}
		b.WriteString(plain(text[at:m.Start]) + "\x1b[1m" + plain(text[m.Start:m.End]) + "\x1b[0m")
		at = m.End
	}
	b.WriteString(plain(text[at:]))
	if text != s.Text {
		b.WriteString("…")
	}
	return b.String()
}

// sayMatches says how many articles were found, and how many are shown.
func (a *app) sayMatches(ctx context.Context, c *catalog.Catalog, filter catalog.Filter, shown int) error {
	all := filter
	all.Limit = 0
	n, exact, err := c.Count(ctx, all)
	if err != nil {
		return err
	}
	about := ""
	if !exact {
		about = "about "
	}
	if n <= shown {
		fmt.Fprintf(a.stderr, "%s\n", matches(shown))
		return nil
	}
	fmt.Fprintf(a.stderr, "%s%s, %d shown; --limit 0 shows all\n", about, matches(n), shown)
	return nil
}

func matches(n int) string {
	if n == 1 {
		return "1 match"
	}
	return fmt.Sprintf("%d matches", n)
}

// explainNoHits says what may be wrong with a search that found nothing.
func (a *app) explainNoHits(ctx context.Context, c *catalog.Catalog, filter catalog.Filter) error {
	kinds, err := c.Unlisted(ctx, filter)
	if err != nil {
		return err
	}
	if len(kinds) > 0 {
		fmt.Fprintln(a.stderr, "no matches")
		return a.sayUnlisted(ctx, c, filter, "searched")
	}
	some := false // articles are there
	for _, err := range c.Stories(ctx, catalog.Filter{Limit: 1}) {
		if err != nil {
			return err
		}
		some = true
	}
	if !some {
		fmt.Fprintln(a.stderr, "no matches: "+noArticlesYet)
		return nil
	}
	fmt.Fprintln(a.stderr, "no matches")
	if op := operatorIn(filter.Query); op != "" && !filter.FTS {
		fmt.Fprintf(a.stderr, "%s is searched for as a word; with --fts it is an operator\n", op)
	}
	return a.suggestWords(ctx, c, filter)
}

// suggestWords prints words that are like those that no page has.
func (a *app) suggestWords(ctx context.Context, c *catalog.Catalog, filter catalog.Filter) error {
	if filter.FTS {
		return nil
	}
	const few = 8
	for i, w := range words.Parse(filter.Query).Words() {
		if i == few {
			break
		}
		near, err := c.NearestWord(ctx, w)
		if err != nil {
			return err
		}
		if near != "" {
			fmt.Fprintf(a.stderr, "no page has %q; did you mean %q?\n", w, near)
		}
	}
	return nil
}

// operatorIn returns what in a query that is read as words may be meant as an operator.
func operatorIn(query string) string {
	for i, w := range strings.Fields(query) {
		if w == "NOT" || i > 0 && (w == "AND" || w == "OR") {
			return w
		}
	}
	return ""
}
