package captions

import (
	"testing"
)

func TestRoleOfNames(t *testing.T) {
	for in, want := range map[string]captionRole{
		"caption": saysCaption, "ArticleImage_caption__x9": saysCaption, "wp-caption-text": saysCaption, "e-caption__credit": saysCredit, "figcaption__copyright": saysCredit,
		"imageCaption": saysCaption, "media-block__description": saysCaption, "image-description__author": saysCaption, "caption-source": maybeCredit, "bildunterschrift": saysCaption,
		"text-caption": 0, "typo-caption": 0, "hasCaption": 0, "description": 0, "story-body": 0, "": 0, "user-avatar": smallMedia,
	} {
		if got := roleOfNames(in) &^ namesMedia; got != want {
			t.Errorf("%q: got %b, want %b", in, got, want)
		}
	}
}
