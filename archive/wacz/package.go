package wacz

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// Limits for packages from outside.
const (
	maxDirectory = 16 << 20 // bytes of the list of members
	maxMembers   = 100_000
	maxJSON      = 64 << 20 // bytes of datapackage.json: 300,000 resources
	maxPageLine  = 64 << 20 // bytes of an entry of a list of pages, with its text
	// A member that is larger than bombSize bytes, and bombRatio times its compressed
	// size, is not read.
	bombSize  = 256 << 20
	bombRatio = 200
	// A compressed index may have this many bytes of lines beyond bombRatio times its size.
	indexSlack = 16 << 20
)

// A Package is an opened package. Its methods are safe for use by several goroutines.
type Package struct {
	// Title, Version and Software are as in datapackage.json; empty if unknown. Version
	// is empty for drafts of WACZ 1.2.
	Title, Version, Software string
	MainPageURL              string
	Resources                []Resource

	raw         io.ReaderAt
	members     []*zip.File
	byName      map[string]*zip.File
	description []byte // datapackage.json
	problem     error  // of it
	requires    bool   // it says that it needs other packages
}

// openReader bounds how much of a file is read for the list of its members.
type openReader struct {
	r      io.ReaderAt
	budget int64
	opened bool // the list was read
}

func (o *openReader) ReadAt(p []byte, off int64) (int, error) {
	if o.opened {
		return o.r.ReadAt(p, off)
	}
	if o.budget -= int64(len(p)); o.budget < 0 {
		return 0, fmt.Errorf("%w: its list of members has more than %d bytes", ErrFormat, maxDirectory)
	}
	return o.r.ReadAt(p, off)
}

// Open opens a package of size bytes, of any version of WACZ. It checks the names and
// sizes of all members, so that none can be outside a folder, or larger than it says. It
// returns an error that wraps ErrFormat, or is ErrMulti.
func Open(r io.ReaderAt, size int64) (*Package, error) {
	limited := &openReader{r: r, budget: maxDirectory}
	z, err := zip.NewReader(limited, size)
	if limited.budget < 0 {
		return nil, fmt.Errorf("%w: its list of members has more than %d bytes", ErrFormat, maxDirectory)
	}
	if errors.Is(err, zip.ErrInsecurePath) {
		err = nil // every name is checked below
	}
	if err != nil {
		if head := make([]byte, 4096); isMulti(head[:readSome(r, head)]) {
			return nil, ErrMulti
		}
		return nil, fmt.Errorf("%w: it is not a complete ZIP file: %w", ErrFormat, err)
	}
	p := &Package{raw: r, byName: map[string]*zip.File{}}
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("%w: it has %d members; at most %d are read", ErrFormat, len(z.File), maxMembers)
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	limited.opened = true // from here on, each member has its own bound
	for _, f := range z.File {
		if err := p.add(f); err != nil {
			return nil, err
		}
	}
	if err := p.overlaps(); err != nil {
		return nil, err
	}
	if err := p.describe(); err != nil {
		return nil, err
	}
	return p, nil
}

func readSome(r io.ReaderAt, b []byte) int {
	n, err := r.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	return n
}

func isMulti(b []byte) bool {
	b = bytes.TrimSpace(b)
	return bytes.HasPrefix(b, []byte("{")) && (bytes.Contains(b, []byte("multi-wacz")) || bytes.Contains(b, []byte(".wacz")))
}

func (p *Package) add(f *zip.File) error {
	if reason := refuse(f); reason != "" {
		return fmt.Errorf("%w: member %q %s", ErrFormat, shorten(f.Name), reason)
	}
	if p.byName[f.Name] != nil {
		return fmt.Errorf("%w: two members are named %q", ErrFormat, shorten(f.Name))
	}
	if strings.HasSuffix(f.Name, "/") {
		return nil // a folder
	}
	p.byName[f.Name] = f
	p.members = append(p.members, f)
	return nil
}

// refuse says why a member is not accepted, or "".
func refuse(f *zip.File) string {
	name := strings.TrimSuffix(f.Name, "/")
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "has a name with control characters, or that is not UTF-8"
	case strings.Contains(name, `\`):
		return "has a name with a backslash"
	case !fs.ValidPath(name) || name == "." || len(name) > 1 && name[1] == ':':
		return "has a name that leads outside the package, or is not in its simplest form"
	case f.Mode()&fs.ModeType != 0 && f.Mode()&fs.ModeType != fs.ModeDir:
		return "is a symbolic link or a device"
	case f.Mode().IsDir() != strings.HasSuffix(f.Name, "/"):
		return "is a folder with a name of a file, or the reverse"
	case f.Flags&1 != 0:
		return "is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Sprintf("is compressed with method %d; WACZ allows STORE and DEFLATE", f.Method)
	case f.UncompressedSize64 > bombSize && f.UncompressedSize64/bombRatio > f.CompressedSize64:
		return fmt.Sprintf("would grow from %d to %d bytes", f.CompressedSize64, f.UncompressedSize64)
	case f.Method == zip.Store && f.UncompressedSize64 != f.CompressedSize64:
		return "is stored, but has two different sizes"
	case f.CompressedSize64 > 1<<62 || f.UncompressedSize64 > 1<<62:
		return "has an impossible size"
	}
	return ""
}

// overlaps refuses members that share bytes of the file: with them, a small file can have
// members of any size.
func (p *Package) overlaps() error {
	type span struct {
		from, to int64
		name     string
	}
	var spans []span
	for _, f := range p.members {
		at, err := f.DataOffset()
		if err != nil {
			return fmt.Errorf("%w: member %q is damaged: %w", ErrFormat, shorten(f.Name), err)
		}
		spans = append(spans, span{at, at + int64(f.CompressedSize64), f.Name})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(min(1, max(-1, a.from-b.from))) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return fmt.Errorf("%w: members %q and %q share bytes of the file", ErrFormat, shorten(spans[i-1].name), shorten(spans[i].name))
		}
	}
	return nil
}

// describe reads datapackage.json, in the forms of WACZ 1.0 to 1.2.
func (p *Package) describe() error {
	var d struct {
		Profile     string
		Version     json.RawMessage `json:"wacz_version"`
		Title       json.RawMessage
		Software    json.RawMessage
		MainPageURL json.RawMessage `json:"mainPageUrl"` // also mainPageURL
		Home        struct{ URL string }
		Metadata    struct{ Title string }
		Relation    struct{ Requires []json.RawMessage }
		Resources   []struct {
			Name, Path, Hash string
			Bytes            json.Number
			Hashing          string // WACZ 1.0
			Stats            struct {
				Hash  string
				Bytes json.Number
			}
		}
	}
	if p.byName[packageName] == nil {
		if p.nested() {
			return ErrMulti
		}
		p.problem = errors.New("datapackage.json is missing")
		return nil
	}
	text, err := p.read(packageName, maxJSON)
	if err == nil {
		p.description = text
		err = json.Unmarshal(text, &d)
	}
	if d.Profile == "multi-wacz-package" || p.nested() {
		return ErrMulti
	}
	if err != nil {
		p.problem = fmt.Errorf("datapackage.json cannot be read: %w", err)
		return nil
	}
	p.Version, p.Title, p.Software, p.MainPageURL = text0(d.Version), text0(d.Title), text0(d.Software), text0(d.MainPageURL)
	if p.Title == "" {
		p.Title = d.Metadata.Title
	}
	if p.MainPageURL == "" {
		p.MainPageURL = d.Home.URL
	}
	p.requires = len(d.Relation.Requires) > 0
	for _, r := range d.Resources {
		x := Resource{Name: r.Name, Path: r.Path, Hash: r.Hash}
		bytes := r.Bytes
		if x.Hash == "" && r.Stats.Hash != "" {
			x.Hash, bytes = r.Hashing+":"+r.Stats.Hash, r.Stats.Bytes
		}
		if x.Bytes, err = bytes.Int64(); err != nil {
			x.Bytes = -1
		}
		p.Resources = append(p.Resources, x)
	}
	return nil
}

// nested reports whether the package has other packages instead of WARC files.
func (p *Package) nested() bool {
	some := false
	for _, f := range p.members {
		some = some || strings.HasSuffix(f.Name, ".wacz")
	}
	return some && len(p.WARCs()) == 0
}

// text0 is the text of a JSON string, or "".
func text0(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// Members are the names of all files, in the order of the package.
func (p *Package) Members() []string {
	names := make([]string, len(p.members))
	for i, f := range p.members {
		names[i] = f.Name
	}
	return names
}

// Size is the size of a member in bytes, as the package says; -1 if there is none.
func (p *Package) Size(name string) int64 {
	if f := p.byName[name]; f != nil {
		return int64(f.UncompressedSize64)
	}
	return -1
}

// WARCs are the names of the WARC files, sorted.
func (p *Package) WARCs() []string {
	return p.in(archiveDir, ".warc.gz", ".warc", ".warc.zst", ".arc.gz", ".arc")
}

// in are the members of a folder with one of the endings, sorted by their base names.
func (p *Package) in(dir string, endings ...string) []string {
	var names []string
	for _, f := range p.members {
		lower := strings.ToLower(f.Name)
		if strings.HasPrefix(f.Name, dir) && slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(lower, e) }) {
			names = append(names, f.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	return names
}

// Open opens a member. Reading it fails if it is larger or smaller than the package says,
// or has another CRC-32.
func (p *Package) Open(name string) (io.ReadCloser, error) {
	f := p.byName[name]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &boundedReader{r, int64(f.UncompressedSize64), name}, nil
}

// A boundedReader fails at the first byte beyond the size that the package declares.
type boundedReader struct {
	io.ReadCloser
	left int64
	name string
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("%s is larger than the package says", b.name)
	}
	return n, err
}

// At opens a member that is not compressed for reads at any place; ok is false for others.
func (p *Package) At(name string) (r *io.SectionReader, ok bool) {
	f := p.byName[name]
	if f == nil || f.Method != zip.Store {
		return nil, false
	}
	at, err := f.DataOffset()
	if err != nil {
		return nil, false
	}
	return io.NewSectionReader(p.raw, at, int64(f.UncompressedSize64)), true
}

// read reads a member of at most limit bytes.
func (p *Package) read(name string, limit int64) ([]byte, error) {
	if n := p.Size(name); n > limit {
		return nil, fmt.Errorf("%s has %d bytes; at most %d are read", name, n, limit)
	}
	r, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

// Records reads the records of one of the WARCs, as warc.Reader does.
func (p *Package) Records(ctx context.Context, name string, o warc.ReaderOptions) iter.Seq2[*warc.Entry, error] {
	return func(yield func(*warc.Entry, error) bool) {
		r, err := p.Open(name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for e, err := range warc.NewReader(r, o).Records(ctx) {
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Lines reads all lines of the indexes, file by file. For a line that is not CDXJ it
// yields a *cdxj.LineError, and goes on.
func (p *Package) Lines(ctx context.Context) iter.Seq2[cdxj.Line, error] {
	return func(yield func(cdxj.Line, error) bool) {
		for _, name := range p.indexes() {
			if !p.linesOf(ctx, name, yield) {
				return
			}
		}
	}
}

func (p *Package) indexes() []string { return p.in(indexDir, ".cdx.gz", ".cdxj.gz", ".cdx", ".cdxj") }

// linesOf yields the lines of an index. It returns false when the reader wants no more.
func (p *Package) linesOf(ctx context.Context, name string, yield func(cdxj.Line, error) bool) bool {
	f, err := p.Open(name)
	if err != nil {
		return yield(cdxj.Line{}, err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(strings.ToLower(name), ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return yield(cdxj.Line{}, fmt.Errorf("%s: %w", name, err))
		}
		r = &cappedReader{z, indexSlack + bombRatio*p.Size(name)}
	}
	for l, err := range cdxj.Lines(r) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
		if !yield(l, err) {
			return false
		}
		if ctx.Err() != nil {
			return false
		}
	}
	return true
}

// A cappedReader fails when a compressed index is too large for its size.
type cappedReader struct {
	r    io.Reader
	left int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("it grows to more than %d times its size", bombRatio)
	}
	return n, err
}

func shorten(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}
