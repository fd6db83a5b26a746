package web

import (
	"embed"
	"fmt"
	"html/template"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

// templates are the views' templates by name, each with base.html and parts.html.
var templates = parseTemplates()

func parseTemplates() map[string]*template.Template {
	common := template.Must(template.New("").Funcs(functions).ParseFS(templateFiles, "templates/base.html", "templates/parts.html"))
	all := map[string]*template.Template{}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err) // the program was built wrongly
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name == "base" || name == "parts" {
			continue
		}
		t := template.Must(common.Clone())
		all[name] = template.Must(t.ParseFS(templateFiles, path.Join("templates", f.Name())))
	}
	return all
}

// functions are what templates can call.
var functions = template.FuncMap{
	"add":     func(a, b int) int { return a + b },
	"asset":   assetPath,
	"bytes":   formatBytes,
	"capital": capital,
	"clock":   clock,
	"count":   formatCount,
	"dict":    dict,
	"live":    liveLink,
	"marked":  marked,
	"moment":  moment,
	"plural":  plural,
	"quoted":  quoted,
	"reader":  readerWords,

	"datePart":     datePart,
	"printedDate":  printedDate,
	"languageTag":  languageTag,
	"liveAddress":  liveAddress,
	"recordPath":   recordPath,
	"runPath":      runPath,
	"articlesPath": articlesPath,
}

// capital writes the first letter of a text as a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// dict makes a map of names and values, for templates with several inputs.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict has %d arguments", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// marked renders a text with what was looked for in <mark>.
func marked(s words.Snippet) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		if m.Start < at || m.End > len(s.Text) || m.Start > m.End {
			continue
		}
		b.WriteString(template.HTMLEscapeString(s.Text[at:m.Start]))
		b.WriteString("<mark>" + template.HTMLEscapeString(s.Text[m.Start:m.End]) + "</mark>")
		at = m.End
	}
	b.WriteString(template.HTMLEscapeString(s.Text[at:]))
	return template.HTML(b.String())
}

// moment renders a time as a <time> element with its time zone, UTC; "never" if it is zero.
func moment(t time.Time) template.HTML { return timeElement(t, "2006-01-02 15:04 UTC") }

// clock is a moment without its time zone, where the head of the table or a sentence near
// it says UTC.
func clock(t time.Time) template.HTML { return timeElement(t, "2006-01-02 15:04") }

func timeElement(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return "never"
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.Format(time.RFC3339), t.Format(layout)))
}

// formatCount writes a number with thin spaces between thousands.
func formatCount(n any) string {
	s := fmt.Sprint(n)
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, sign = rest, "−"
	}
	if len(s) < 5 {
		return sign + s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

// plural is a number with a noun, which takes an s unless there is one.
func plural(n any, noun string) string {
	if fmt.Sprint(n) == "1" {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") {
		return formatCount(n) + " " + noun[:len(noun)-1] + "ies"
	}
	return formatCount(n) + " " + noun + "s"
}

// formatBytes writes a size in bytes as the commands do: "84 kB", "1.2 MB".
func formatBytes(n int64) string {
	if n < 1000 {
		return plural(n, "byte")
	}
	f, unit := float64(n)/1000, 0
	for f >= 999.5 && unit < 4 {
		f /= 1000
		unit++
	}
	digits := 0
	if f < 9.95 {
		digits = 1
	}
	return fmt.Sprintf("%.*f %s", digits, f, []string{"kB", "MB", "GB", "TB", "PB"}[unit])
}

// cutText is the beginning of a text: at most n bytes, and a mark that it goes on.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "\uFFFD") + "…"
}
