package dataset

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"mime"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/optout"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// findMedia looks up the archived files of an article's captions.
func (w *worker) findMedia(ctx context.Context, s *story) error {
	if !w.wantsMedia {
		return nil
	}
	for i := range s.article.Captions {
		var found archive.Capture
		var ok bool
		if url := s.article.Captions[i].MediaURL; w.captured.MayHave(url) {
			var err error
			if found, ok, err = w.catalog.Media(ctx, url); err != nil {
				return err
			}
		}
		var sum, typ, file string
		if ok {
			sum = strings.TrimPrefix(string(found.Digest), "sha256:")
			typ, _, _ = strings.Cut(found.ContentType, ";")
			typ = strings.ToLower(strings.TrimSpace(typ))
			if w.recipe.Media && isSHA256.MatchString(sum) && !w.reservesPictures(s) {
				file = mediaFile(sum, typ, found.URL)
			}
		}
		s.mediaSHAs, s.mediaType, s.mediaFile = append(s.mediaSHAs, sum), append(s.mediaType, typ), append(s.mediaFile, file)
	}
	return nil
}

var isSHA256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// reservesPictures reports whether the publisher keeps pictures out of datasets that
// respect it.
func (w *worker) reservesPictures(s *story) bool {
	return w.recipe.Rights.RespectOptouts && s.article.Rights != nil && optout.Of(s.article.Rights, w.newest).ReservesImages()
}

// extensions are those of media types, for the names of files.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/avif": ".avif", "image/svg+xml": ".svg",
	"video/mp4": ".mp4", "video/webm": ".webm", "audio/mpeg": ".mp3", "audio/mp4": ".m4a",
}

// mediaFile is the path of a file in the dataset, named by its digest.
func mediaFile(sum, typ, url string) string {
	ext := extensions[typ]
	if ext == "" && mime.TypeByExtension(path.Ext(url)) == typ {
		ext = path.Ext(url)
	}
	return "media/" + sum[:2] + "/" + sum + cmp.Or(ext, ".bin")
}

// keepMedia writes the archived file of a caption, once. If that is damaged, the row
// names no file.
func (m *merger) keepMedia(ctx context.Context, t *table.Table, row []table.Value) error {
	if t.Name != table.Captions.Name || !m.recipe.Media {
		return nil
	}
	file, url := t.Column("media_file"), t.Column("media_url")
	if file < 0 || url < 0 || !row[file].Set {
		return nil
	}
	p, err := m.folder.Path(row[file].Text)
	if err != nil {
		return err
	}
	if _, err := os.Stat(p); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	found, ok, err := m.catalog.Media(ctx, row[url].Text)
	if err != nil {
		return err
	}
	if ok {
		rec, err := m.pictures.Record(ctx, found)
		switch {
		case errors.Is(err, archive.ErrNotFound), errors.Is(err, archive.ErrDamaged):
			ok = false
		case err != nil:
			return err
		default:
			if ok = string(archive.SHA256(rec.Payload)) == string(found.Digest) && path.Base(row[file].Text)[:64] == strings.TrimPrefix(string(found.Digest), "sha256:"); ok {
				return m.folder.WriteFile(row[file].Text, rec.Payload)
			}
		}
	}
	row[file] = table.Value{}
	return nil
}
