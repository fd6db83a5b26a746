// Package tabletest makes rows of tables for tests and benchmarks of what writes
// datasets: rows with values that writers get wrong, and articles as sites have them.
// The same arguments give the same rows.
package tabletest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// Texts are texts that writers, readers and spreadsheets get wrong. All are valid UTF-8.
var Texts = []string{
	"", " ", " leading", "trailing ", `"`, `""quoted""`, "a,b", "a;b", "a; b", `back\slash`, `\`, "line\nbreak", "line\r\nbreak", "\r", "\n",
	"\t", "nul\x00inside", "\x00", "\x01\x1f\x7f", "\u0085next\u2028line\u2029paragraph", "\uFEFFmark", "👩‍👩‍👧 family", "𝒳", "e\u0301 é",
	"שלום עולם", "\u202Eright to left", "中文", "ɓ ɗ ƙ", "=1+1", "+1", "-1", "@x", "'x", "＝1", "NULL", "null", "NaN", "true", "0", "007", "1e5",
	"<a href=\"x\">&amp;</a>", "[]", "{}", `["a","b"]`, "2026-11-29", "\\N", strings.Repeat("長", 400), "\uFFFD", "\U0010FFFF",
}

var times = []string{"1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-11-20T09:30:00.001Z", "2026-02-28T23:59:59Z", "1582-10-10T12:00:00Z"}

var integers = []int64{0, 1, -1, 1<<63 - 1, -1 << 63, 1<<53 + 1, 404}

var numbers = []float64{0, 1, 0.1, 1.0 / 3, -2.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308}

var texts = []string{`{}`, `[]`, `null`, `{"a":"b\u0000\"","c":[1,2.50,{"d":null}]}`, `["` + "\u2028\u0085" + `"]`, `"x"`}

// Rows returns n rows of a table. Their keys differ; other values go through Texts and
// the like, and are missing now and then where they may be. The text of one row has a
// megabyte if the table has a column for long texts.
func Rows(t *table.Table, n int) [][]table.Value {
	rows := make([][]table.Value, n)
	for i := range rows {
		row := make([]table.Value, len(t.Columns))
		for j := range t.Columns {
			c := &t.Columns[j]
			row[j] = value(c, i, i+7*j)
			if slices.Contains(t.Key, c.Name) {
				row[j] = key(c, i)
			} else if !c.Required && (i+j)%5 == 4 {
				row[j] = table.Value{}
			}
			if c.Long && c.Type == table.String && i == 1 {
				row[j] = table.Of(strings.Repeat("A line of a megabyte, with “quotes” and \"others\".\n", 20_000))
			}
		}
		rows[i] = row
	}
	return rows
}

// key returns a value of a column of the key that no other row has.
func key(c *table.Column, i int) table.Value {
	switch c.Type {
	case table.Int:
		return table.OfInt(int64(i + 1))
	case table.Time:
		return table.Value{Set: true, Int: int64(i) * 86_400_000}
	}
	return table.Of(fmt.Sprintf("%012x", i*0x9E3779B9))
}

func value(c *table.Column, i, n int) table.Value {
	switch c.Type {
	case table.Int:
		return table.OfInt(integers[n%len(integers)])
	case table.Float:
		return table.OfFloat(numbers[n%len(numbers)])
	case table.Bool:
		return table.OfBool(n%2 == 0)
	case table.Time:
		t, err := time.Parse(time.RFC3339, times[n%len(times)])
		return table.Value{Set: err == nil, Int: t.UnixMilli()}
	case table.Strings:
		from := n % len(Texts)
		return table.OfList(Texts[from:min(from+i%4+1, len(Texts))])
	case table.JSON:
		return table.Of(texts[n%len(texts)])
	}
	return table.Value{Set: true, Text: Texts[n%len(Texts)]}
}

// Truth returns a row as a decoder of JSON would: times as RFC 3339 in UTC, integers as
// json.Number, missing values absent.
func Truth(t *table.Table, row []table.Value) map[string]any {
	truth := map[string]any{}
	for i, c := range t.Columns {
		v := row[i]
		if !v.Set {
			continue
		}
		switch c.Type {
		case table.Int:
			truth[c.Name] = json.Number(fmt.Sprint(v.Int))
		case table.Float:
			truth[c.Name] = v.Float
		case table.Bool:
			truth[c.Name] = v.Int != 0
		case table.Time:
			truth[c.Name] = v.Time().Format("2006-01-02T15:04:05.999Z07:00")
			if v.Int%1000 != 0 {
				truth[c.Name] = v.Time().Format("2006-01-02T15:04:05.000Z07:00")
			}
		case table.Strings:
			truth[c.Name] = v.List
		case table.JSON:
			truth[c.Name] = json.RawMessage(v.Text)
		default:
			truth[c.Name] = v.Text
		}
	}
	return truth
}

// A Writer of articles makes up articles of sites.
type Articles struct {
	// Bytes is how long their texts are, about; 4000 if it is zero.
	Bytes int

	n     int
	rand  *rand.Rand
	zipf  *rand.Zipf
	words []string
	row   []table.Value
}

// Next returns the next article, in the order of an export by site. It is valid until
// the next call.
func (a *Articles) Next() []table.Value {
	t := table.Articles
	if a.rand == nil {
		a.begin()
	}
	i := a.n
	a.n++
	for j := range t.Columns {
		a.row[j] = a.value(&t.Columns[j], i)
	}
	return a.row
}

func (a *Articles) begin() {
	if a.Bytes == 0 {
		a.Bytes = 4000
	}
	a.rand = rand.New(rand.NewPCG(1, 2))
	a.row = make([]table.Value, len(table.Articles.Columns))
	const syllables = "ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu é ß"
	parts := strings.Fields(syllables)
	for range 30_000 {
		var w strings.Builder
		for range 1 + a.rand.IntN(4) {
			w.WriteString(parts[a.rand.IntN(len(parts))])
		}
		a.words = append(a.words, w.String())
	}
	a.zipf = rand.NewZipf(a.rand, 1.1, 4, uint64(len(a.words)-1))
}

func (a *Articles) value(c *table.Column, i int) table.Value {
	day := time.Date(2026, 1, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
	site := fmt.Sprintf("paper%02d.example", i/10_000%100)
	switch c.Name {
	case "id":
		return table.Of(fmt.Sprintf("%012x", uint64(i)*0x9E3779B97F4A7C15>>16))
	case "version", "versions":
		return table.OfInt(1)
	case "url", "canonical_url":
		return table.Of(fmt.Sprintf("https://%s/%s/news/%s-%d", site, day.Format("2006/01/02"), strings.ReplaceAll(a.sentence(6), " ", "-"), i))
	case "site":
		return table.Of(site)
	case "title":
		return table.Of(a.sentence(9))
	case "summary", "subtitle":
		return table.Of(a.sentence(25))
	case "text":
		return table.Of(a.text())
	case "authors", "tags":
		return table.OfList([]string{a.sentence(2), a.sentence(2)})
	case "published", "modified":
		return table.Of(day.Format(time.RFC3339))
	case "text_sha256", "payload_digest":
		return table.Of(fmt.Sprintf("%016x%016x%016x%016x", a.rand.Uint64(), a.rand.Uint64(), a.rand.Uint64(), a.rand.Uint64()))
	case "record_id", "response_id":
		return table.Of(fmt.Sprintf("<urn:uuid:%08x-%04x-4%03x-a%03x-%012x>", a.rand.Uint32(), a.rand.IntN(1<<16), a.rand.IntN(1<<12), a.rand.IntN(1<<12), a.rand.Uint64()>>16))
	case "truncated", "tls_problem", "duplicate_of", "split", "body", "meta_robots", "x_robots_tag", "tdm_reservation", "license", "optouts":
		return table.Value{}
	}
	switch c.Type {
	case table.Int:
		return table.OfInt(int64(a.rand.IntN(900)))
	case table.Float:
		return table.OfFloat(float64(a.rand.IntN(100)) / 100)
	case table.Bool:
		return table.OfBool(i%50 == 0)
	case table.Time:
		return table.OfTime(day)
	}
	return table.Of([]string{"article", "en-NG", "Politics"}[i%3])
}

func (a *Articles) sentence(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = a.words[a.zipf.Uint64()]
	}
	return strings.Join(words, " ")
}

func (a *Articles) text() string {
	var b strings.Builder
	for b.Len() < a.Bytes {
		for range 3 {
			b.WriteString(a.sentence(14))
			b.WriteString(", “")
			b.WriteString(a.sentence(5))
			b.WriteString(".” ")
		}
		b.WriteString("\n\n")
	}
	return b.String()
}
