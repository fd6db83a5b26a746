package dates

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// scriptKey matches the names of members of script data that give a date of
// publication, in lower case.
var scriptKey = regexp.MustCompile(`^(?:(?:first|original|initial|article|content|post|display|pub)?_?-?(?:date)?_?-?(?:publish(?:ed)?|publication)_?-?(?:at|date|datetime|time|timestamp|on|iso|utc|gmt)*|pub_?date|date_?published|display_?date|publish(?:ed)?_?(?:time|at|date)_?(?:iso|utc|gmt|string)?)$`)

// scriptKeyParts are parts of such names, by which they are found.
var scriptKeyParts = []string{"ubli", "ubDate"}

const (
	maxScripts = 4 << 20 // bytes of scripts that are read
	maxMembers = 60      // that are weighed
)

// readScripts reads the data that a page gives its own programs.
func (f *finder) readScripts() {
	slug := f.slug()
	budget, left := maxScripts, maxMembers
	for _, s := range f.dataScripts() {
		if budget -= len(s); budget < 0 {
			return
		}
		for _, part := range scriptKeyParts {
			for at := 0; left > 0; {
				i := strings.Index(s[at:], part)
				if i < 0 {
					break
				}
				at += i + len(part)
				if m := memberAt(s, at); m.key != "" && scriptKey.MatchString(strings.ToLower(m.key)) {
					left--
					f.addScriptMember(s, m, slug)
				}
			}
		}
	}
}

// dataScripts lists the texts of the scripts that may have data. JSON-LD is one
// where it could not be parsed.
func (f *finder) dataScripts() []string {
	var texts []string
	add := func(scripts []*html.Node) {
		for _, n := range scripts {
			if n.FirstChild != nil {
				texts = append(texts, n.FirstChild.Data)
			}
		}
	}
	add(f.page.DataScripts)
	if len(f.page.LD) == 0 {
		add(f.page.JSONLD)
	}
	return texts
}

// slug is the last part of the page's address.
func (f *finder) slug() string {
	if f.page.Input.URL == nil {
		return ""
	}
	path := strings.Trim(f.page.Input.URL.Path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func (f *finder) addScriptMember(script string, m member, slug string) {
	k := scriptMember
	if len(slug) > 8 && strings.Contains(script[max(0, m.start-3000):min(len(script), m.start+3000)], slug) {
		k = scriptOfPage
	}
	f.addValue(m.value, claim{from: "state:" + m.key, label: labelPublished, kind: k})
}

// A member is a member of an object in a script.
type member struct {
	key, value string
	start      int // of the key in the script
}

// memberAt reads the member whose key is around a position of a script. The key is
// "" if there is no member. The script may be JSON within a string, with escaped
// quotation marks.
func memberAt(s string, at int) member {
	start, end := at, at
	for start > 0 && at-start < 40 && isKeyByte(s[start-1]) {
		start--
	}
	for end < len(s) && end-at < 40 && isKeyByte(s[end]) {
		end++
	}
	i := skipQuotes(s, end, end+8)
	if i >= len(s) || s[i] != ':' && s[i] != '=' {
		return member{}
	}
	i = skipQuotes(s, i+1, end+16)
	return member{key: s[start:end], value: valueAt(s, i), start: start}
}

// valueAt gives what stands at a place of a script up to the end of a value.
func valueAt(s string, start int) string {
	end := start
	for end < len(s) && end < start+60 && !strings.ContainsRune(`"'\};<`, rune(s[end])) {
		if strings.HasPrefix(s[end:], `,"`) {
			break
		}
		end++
	}
	return strings.TrimRight(s[start:end], ", ")
}

// skipQuotes skips quotation marks, escapes and spaces, before limit.
func skipQuotes(s string, i, limit int) int {
	for i < len(s) && i < limit && (s[i] == '\\' || s[i] == '"' || s[i] == '\'' || s[i] == ' ') {
		i++
	}
	return i
}

func isKeyByte(c byte) bool {
	return asciiLetter(c) || c == '_' || c == '-' || c >= '0' && c <= '9'
}
