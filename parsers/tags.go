package parsers

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

func (x *index) findTags() []string {
	var tags []string
	add := func(s string) {
		s = block.Clean(s)
		if s == "" || len(s) > 80 || len(tags) >= 50 {
			return
		}
		for _, t := range tags {
			if foldEqual(t, s) {
				return
			}
		}
		tags = append(tags, s)
	}
	for _, v := range x.Metas["article:tag"] {
		add(v)
	}
	if o := x.article(); o != nil {
		for _, v := range texts(o["keywords"]) {
			for t := range strings.SplitSeq(v, ",") {
				add(t)
			}
		}
	}
	if len(tags) == 0 {
		if v, _ := x.first("news_keywords", "keywords"); v != "" {
			for t := range strings.SplitSeq(v, ",") {
				add(t)
			}
		}
	}
	if len(tags) == 0 {
		for _, n := range x.find(`a[rel~="tag"]`) {
			add(block.TextOf(n))
		}
	}
	return tags
}
