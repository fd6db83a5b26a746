package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Properties of schema.org's objects, the surest first.
var (
	imageProperties  = []string{"image", "associatedMedia", "primaryImageOfPage"}
	creditProperties = []string{"creditText", "copyrightHolder", "author", "creator", "copyrightNotice"}
	urlProperties    = []string{"contentUrl", "url"}
)

// imageObjects are the pictures that the page's JSON-LD describes.
func (f *finder) imageObjects() []doc.Object {
	var list []doc.Object
	if o := f.Article(); o != nil {
		for _, key := range imageProperties {
			list = append(list, f.ObjectsOf(o, key)...)
		}
	}
	for _, o := range f.LD {
		if o.Is("ImageObject", "VideoObject", "Photograph") {
			list = append(list, o)
		}
	}
	return list
}

// addStructuredCredits adds credits that only JSON-LD has, by the caption or the
// address of the picture.
func (f *finder) addStructuredCredits() {
	var objects []doc.Object
	for i := range f.captions {
		c := &f.captions[i]
		if c.Credit != "" {
			continue
		}
		if objects == nil {
			if objects = f.imageObjects(); len(objects) == 0 {
				return
			}
		}
		for _, o := range objects {
			owner := f.structuredCredit(o)
			if owner == "" {
				continue
			}
			if c.Text != "" && text.EqualFold(o.Text("caption"), c.Text) || samePicture(firstText(o, urlProperties), c.MediaURL) {
				c.Credit, c.Credits = owner, credit.Parts(owner)
				break
			}
		}
	}
}

// structuredCredit is the credit of a picture by its JSON-LD; "" if that has none,
// or names the site.
func (f *finder) structuredCredit(o doc.Object) string {
	owner := ""
	for _, key := range creditProperties {
		if owner = credit.Clean(o.Text(key)); owner != "" {
			break
		}
	}
	if len(owner) > 120 || f.IsSite(owner) || strings.Contains(owner, "://") || !credit.NameLike(owner, 1) {
		return ""
	}
	return owner
}

// firstText is the text of the first property that an object has.
func firstText(o doc.Object, keys []string) string {
	for _, key := range keys {
		if s := o.Text(key); s != "" {
			return s
		}
	}
	return ""
}

// samePicture reports whether two addresses end in the same file name.
func samePicture(a, b string) bool {
	name := func(u string) string {
		u, _, _ = strings.Cut(u, "?")
		return u[strings.LastIndexByte(u, '/')+1:]
	}
	na := name(a)
	return len(na) >= 8 && na == name(b)
}
