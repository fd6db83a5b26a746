package replay

import "strings"

// maxCandidates bounds the pictures of one srcset attribute.
const maxCandidates = 200

// srcset rewrites a list of pictures (HTML, section 4.8.4.2.1).
func (rw *rewriter) srcset(list string) string {
	var out strings.Builder
	n := 0
	for n < maxCandidates {
		list = strings.TrimLeft(list, " \t\r\n\f,")
		if list == "" {
			break
		}
		end := strings.IndexAny(list, " \t\r\n\f")
		if end < 0 {
			end = len(list)
		}
		ref, rest := list[:end], list[end:]
		descriptor := ""
		if bare := strings.TrimRight(ref, ","); bare != ref {
			ref = bare
		} else {
			descriptor, rest = descriptors(rest)
		}
		list = rest
		to := rw.embed(ref, Image)
		if to == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteString(", ")
		}
		out.WriteString(to)
		if descriptor != "" {
			out.WriteByte(' ')
			out.WriteString(descriptor)
		}
		n++
	}
	return out.String()
}

// descriptors reads up to the comma that ends a picture's descriptors. Only those that
// the standard has are kept: digits with a letter.
func descriptors(list string) (descriptor, rest string) {
	depth := 0
	end := len(list)
	for i := range len(list) {
		switch list[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth <= 0 {
				end = i
			}
		}
		if end == i {
			break
		}
	}
	var kept []string
	for _, d := range strings.Fields(list[:end]) {
		if strings.Trim(d, "0123456789.eE+-wxh") == "" && len(d) < 20 {
			kept = append(kept, d)
		}
	}
	return strings.Join(kept, " "), list[end:]
}
