package recipe

import (
	"bytes"
	"fmt"
)

// No recipe needs more. The TOML library takes time that grows with the square of the
// depth of values and of the number of parts of a key.
const (
	maxDepth = 6
	maxParts = 6
)

// checkDepth refuses documents whose values are nested too deeply, or whose keys have
// too many parts, before they are parsed.
func checkDepth(text []byte) error {
	line, depth, parts := 1, 0, 0
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '\n':
			line++
			parts = 0
		case '=', ',':
			parts = 0
		case '#':
			i = endOfLine(text, i)
			continue
		case '"', '\'':
			end := endOfString(text, i)
			line += bytes.Count(text[i:end], []byte("\n"))
			i = end
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '.':
			parts++
		}
		if depth > maxDepth || parts > maxParts {
			return &Error{Line: line, Problem: fmt.Sprintf("nested more than %d deep", maxDepth)}
		}
		i++
	}
	return nil
}

func endOfLine(text []byte, i int) int {
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}

// endOfString returns what follows the string that begins at i. One that does not end
// ends with its line, or with the text if it may have several lines.
func endOfString(text []byte, i int) int {
	quote := text[i]
	if fence := bytes.Repeat([]byte{quote}, 3); bytes.HasPrefix(text[i:], fence) {
		for j := i + 3; j < len(text); j++ {
			if quote == '"' && text[j] == '\\' {
				j++
			} else if bytes.HasPrefix(text[j:], fence) {
				return j + 3
			}
		}
		return len(text)
	}
	for j := i + 1; j < len(text) && text[j] != '\n'; j++ {
		if quote == '"' && text[j] == '\\' {
			j++
		} else if text[j] == quote {
			return j + 1
		}
	}
	return endOfLine(text, i)
}
