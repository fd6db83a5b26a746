package formats

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// A textSink writes the text of each article into a file of its own, and all tables as
// CSV, articles with the column file in place of its long texts.
type textSink struct {
	d   *folder.Folder
	csv *csvSink
}

// fileColumn is the first column of articles.
var fileColumn = table.Column{Name: "file", Type: table.String, From: "computed",
	Meaning: "path of the file with the text; missing if the article has no text"}

// Open implements table.Sink.
func (s *textSink) Open(t *table.Table, p table.Part) (table.Writer, error) {
	if t.Name != table.Articles.Name {
		return s.csv.open(t, p)
	}
	w := &textWriter{d: s.d, split: p.Split, id: t.Column("id"), version: t.Column("version"),
		site: t.Column("site"), title: t.Column("title"), text: t.Column("text")}
	if w.id < 0 || w.version < 0 {
		return nil, fmt.Errorf("files of articles need the columns id and version")
	}
	meta := *t
	meta.Columns = []table.Column{fileColumn}
	for i, c := range t.Columns {
		if !c.Long {
			meta.Columns = append(meta.Columns, c)
			w.kept = append(w.kept, i)
		}
	}
	w.row = make([]table.Value, len(meta.Columns))
	var err error
	w.csv, err = s.csv.open(&meta, p)
	return w, err
}

// Close implements table.Sink.
func (s *textSink) Close() error { return s.csv.Close() }

type textWriter struct {
	d     *folder.Folder
	csv   *csvWriter
	split string
	// Where columns are in the row; -1 if the table has them not.
	id, version, site, title, text int
	kept                           []int // the columns of the CSV file
	row                            []table.Value
	buf                            []byte
}

// Write implements table.Writer.
func (w *textWriter) Write(row []table.Value) error {
	w.row[0] = table.Value{}
	if content := w.content(row); len(content) > 0 {
		site := ""
		if w.site >= 0 {
			site = row[w.site].Text
		}
		name := textName(site, row[w.id].Text, row[w.version].Int)
		if err := w.d.Put(folder.File{Name: name, Split: w.split}, content); err != nil {
			return err
		}
		w.row[0] = table.Of(name)
	}
	for i, from := range w.kept {
		w.row[i+1] = row[from]
	}
	return w.csv.Write(w.row)
}

// content is what an article's file has: its title on one line, an empty line, its text.
func (w *textWriter) content(row []table.Value) []byte {
	w.buf = w.buf[:0]
	if w.text < 0 || !row[w.text].Set {
		return nil
	}
	if w.title >= 0 {
		if line := strings.Join(strings.Fields(noNUL(row[w.title].Text)), " "); line != "" {
			w.buf = append(w.buf, line...)
			w.buf = append(w.buf, "\n\n"...)
		}
	}
	w.buf = append(w.buf, noNUL(row[w.text].Text)...)
	return append(w.buf, '\n')
}

// Close implements table.Writer.
func (w *textWriter) Close() error { return w.csv.Close() }

func (w *textWriter) abandon() { w.csv.abandon() }

// textName names the file of an article: texts/SITE/ID[:2]/ID-VERSION.txt. A site of
// 100,000 articles has some 400 in each folder.
func textName(site, id string, version int64) string {
	id = safeName(id, 40)
	dir := "texts/"
	if site != "" {
		dir += safeName(site, 80) + "/"
	}
	return dir + safeName(id[:min(2, len(id))], 2) + "/" + id + "-" + strconv.FormatInt(version, 10) + ".txt"
}

// safeName returns a name that is valid on all systems, which is the same for IDs and
// most hosts: lower-case ASCII letters, digits, and "-", "_" and "." inside. Others get
// a part of their SHA-256, as two of them could become the same. A port follows "_".
func safeName(s string, most int) string {
	host, port, hasPort := strings.Cut(s, ":")
	if hasPort && isDigits(port) {
		s = host + "_" + port
	}
	safe := []byte(s)
	for i, c := range safe {
		inside := i > 0 && i < len(safe)-1
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inside && (c == '-' || c == '_' || c == '.')) {
			safe[i] = '_'
		}
	}
	if string(safe) == s && len(s) <= most && s != "" && !reservedName(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	mark := "_" + hex.EncodeToString(sum[:4])
	if most <= len(mark) {
		return hex.EncodeToString(sum[:])[:most]
	}
	// Without dots, which would leave "con" of "con.example" a name of a device.
	stem := strings.ReplaceAll(string(safe[:min(len(safe), most-len(mark))]), ".", "_")
	return strings.Trim(stem, "_-") + mark
}

func isDigits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// reservedName reports whether Windows takes a name for a device, whatever follows its
// first dot.
func reservedName(s string) bool {
	stem, _, _ := strings.Cut(s, ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '1' && stem[3] <= '9'
}
