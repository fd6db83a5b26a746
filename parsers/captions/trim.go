package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// captionLeads stand before captions and are no part of them.
var captionLeads = []string{"media playback is unsupported on your device", "image caption", "media caption", "caption:", "bildunterschrift:", "bildtext:", "image:", "photo:", "foto:", "bild:", "légende:", "leyenda:", "pie de foto:", "video:", "watch:"}

// trimCaption drops labels, counters and signs around a caption's text.
func trimCaption(s string) string {
	s = strings.Trim(s, " |")
	for _, lead := range captionLeads {
		if rest, ok := text.CutFold(s, lead); ok {
			s = strings.TrimLeft(rest, " ,:|")
		}
	}
	return strings.TrimRight(strings.Trim(cutCounter(s), " |"), "/")
}

// counter matches what counts a gallery's pictures: "4 of 12", "Image 1 of 13",
// "1of4". Groups 1 and 2 say that it is no fraction of the caption's own.
var counter = text.MustCompile(`^(?:(?i:(image|photo|slide|bild|foto)) )?\d{1,3}(?: *(?:/|(?:of|von|de|di|sur|av|af|van|из) ) *|(of)|von|de|di|sur|av|af|van|из)\d{1,3}`)

// cutCounter drops the counter before a caption. A counter without a label must be
// followed by a sign, or be all there is.
func cutCounter(s string) string {
	at := counter.FindStringSubmatchIndex(s)
	if at == nil {
		return s
	}
	rest := s[at[1]:]
	if rest != "" && text.IsDigit(rest[0]) {
		return s
	}
	labelled := at[2] >= 0 || at[4] >= 0
	if next := strings.TrimLeft(rest, " "); labelled || rest == "" || strings.HasPrefix(next, "|") || rest[0] == ':' {
		return strings.TrimLeft(rest, " |:")
	}
	return s
}
