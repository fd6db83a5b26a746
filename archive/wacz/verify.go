package wacz

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"
)

// A Problem is something that is wrong with a package, or unusual.
type Problem struct {
	Member string `json:"member,omitempty"`
	Offset *int64 `json:"offset,omitempty"` // in the member, in bytes
	URL    string `json:"url,omitempty"`
	What   string `json:"what"`
}

// String describes the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Member != "" {
		b.WriteString(p.Member)
		if p.Offset != nil {
			fmt.Fprintf(&b, " at offset %d", *p.Offset)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.URL != "" {
		b.WriteString(": " + p.URL)
	}
	return b.String()
}

// maxProblems bounds how many problems of each sort a Report lists.
const maxProblems = 1000

// A Report is the result of Verify.
type Report struct {
	Version  string `json:"wacz_version,omitempty"`
	Title    string `json:"title,omitempty"`
	Software string `json:"software,omitempty"`
	Bytes    int64  `json:"bytes"`
	Members  int    `json:"members"`
	Files    int    `json:"warc_files"`
	Records  int64  `json:"records"`
	Lines    int64  `json:"index_lines"`
	Pages    int64  `json:"pages"`
	// Damage is what is broken: bytes that changed, required members that are missing,
	// records that nobody finds. Notes are departures from the format that lose nothing,
	// and what could not be checked. Each lists at most 1000; More counts the others.
	Damage     []Problem `json:"damage"`
	Notes      []Problem `json:"notes,omitempty"`
	MoreDamage int       `json:"more_damage,omitempty"`
	MoreNotes  int       `json:"more_notes,omitempty"`
}

func (r *Report) damage(p Problem) {
	if len(r.Damage) >= maxProblems {
		r.MoreDamage++
		return
	}
	r.Damage = append(r.Damage, p)
}

func (r *Report) note(p Problem) {
	if len(r.Notes) >= maxProblems {
		r.MoreNotes++
		return
	}
	r.Notes = append(r.Notes, p)
}

// VerifyOptions are the options of Verify. The zero value is valid.
type VerifyOptions struct {
	Temp     string                                 // folder for temporary files; the system's if empty
	Progress func(done, total int64, member string) // bytes of the package
}

// Verify checks a package, made here or elsewhere: the members that WACZ requires, the
// checksums of all members and of datapackage.json, the lists of pages, each line of the
// index against the record that it leads to, the records without a line, the digests of
// all records, and whether each revisit has its original in the package. What is wrong is
// in the Report. An error says that the file could not be read, wraps ErrFormat, or is
// ErrMulti.
func Verify(ctx context.Context, path string, o VerifyOptions) (*Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(o.Temp, "newsmorgue-verify-")
	if err != nil {
		return nil, err
	}
	r, err := verify(ctx, f, info.Size(), temp, o)
	return r, errors.Join(err, os.RemoveAll(temp))
}

func verify(ctx context.Context, f io.ReaderAt, size int64, temp string, o VerifyOptions) (*Report, error) {
	p, err := Open(f, size)
	if err != nil {
		return nil, err
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64, string) {}
	}
	c := &checker{p: p, r: &Report{Version: p.Version, Title: p.Title, Software: p.Software, Bytes: size, Members: len(p.members), Damage: []Problem{}}, temp: temp, o: o}
	c.required()
	c.description()
	for _, step := range []func(context.Context) error{c.resources, c.pages, c.blocks, c.records} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return c.r, ctx.Err()
}

// A checker is one run of Verify.
type checker struct {
	p    *Package
	r    *Report
	temp string
	o    VerifyOptions
	done int64
}

// required looks for the members that WACZ 1.1.1 requires.
func (c *checker) required() {
	if c.p.problem != nil {
		c.r.damage(Problem{What: c.p.problem.Error()})
	}
	c.r.Files = len(c.p.WARCs())
	if c.r.Files == 0 {
		c.r.damage(Problem{What: "there is no WARC file in archive/"})
	}
	if len(c.p.indexes()) == 0 {
		c.r.damage(Problem{What: "there is no index in indexes/"})
	}
	if c.p.byName[pagesName] == nil {
		c.r.damage(Problem{What: pagesName + " is missing"})
	}
	for _, name := range c.p.WARCs() {
		if _, ok := c.p.At(name); !ok {
			c.r.note(Problem{Member: name, What: "the file is compressed once more by the package, so viewers cannot read a part of it"})
		}
	}
}

// description compares datapackage.json with its digest.
func (c *checker) description() {
	if c.p.byName[digestName] == nil {
		c.r.note(Problem{What: digestName + " is missing, so a change of datapackage.json would not be noticed"})
		return
	}
	text, err := c.p.read(digestName, 1<<20)
	var d struct {
		Path, Hash string
		SignedData json.RawMessage
	}
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		c.r.damage(Problem{Member: digestName, What: "it cannot be read: " + err.Error()})
		return
	}
	if h, want := newHash(d.Hash); h == nil {
		c.r.note(Problem{Member: digestName, What: "the kind of its checksum is unknown: " + shorten(d.Hash)})
	} else if h.Write(c.p.description); hex.EncodeToString(h.Sum(nil)) != want {
		c.r.damage(Problem{Member: packageName, What: "it was changed: its checksum is not the one in " + digestName})
	}
	if len(d.SignedData) > 0 && string(d.SignedData) != "null" {
		c.r.note(Problem{Member: digestName, What: "the package is signed; the signature was not checked"})
	}
}

// newHash returns the hash of a labelled checksum, nil if it is unknown, and the value.
func newHash(labelled string) (hash.Hash, string) {
	label, value, _ := strings.Cut(labelled, ":")
	value = strings.ToLower(value)
	switch strings.ReplaceAll(strings.ToLower(label), "-", "") {
	case "sha256":
		return sha256.New(), value
	case "sha224":
		return sha256.New224(), value
	case "sha512":
		return sha512.New(), value
	case "sha1":
		return sha1.New(), value
	case "md5":
		return md5.New(), value
	}
	return nil, value
}

// resources compares the members with datapackage.json, and reads each to its end.
func (c *checker) resources(ctx context.Context) error {
	listed := map[string]bool{packageName: true, digestName: true}
	for _, r := range c.p.Resources {
		if c.p.byName[r.Path] == nil {
			c.r.damage(Problem{Member: shorten(r.Path), What: "datapackage.json lists it, but it is not there"})
			continue
		}
		if listed[r.Path] {
			c.r.note(Problem{Member: r.Path, What: "datapackage.json lists it twice"})
			continue
		}
		listed[r.Path] = true
		if err := c.resource(ctx, r); err != nil {
			return err
		}
	}
	for _, f := range c.p.members {
		if !listed[f.Name] && c.p.problem == nil {
			c.r.note(Problem{Member: f.Name, What: "datapackage.json does not list it, so it has no checksum"})
		}
	}
	return nil
}

// resource compares one member with its size and checksum.
func (c *checker) resource(ctx context.Context, r Resource) error {
	h, want := newHash(r.Hash)
	if h == nil {
		c.r.note(Problem{Member: r.Path, What: "it has no checksum of a known kind"})
		h = sha256.New()
		want = ""
	}
	n, err := c.copy(ctx, h, r.Path)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case err != nil:
		c.r.damage(Problem{Member: r.Path, What: "it is damaged: " + plainError(err)})
	case r.Bytes >= 0 && n != r.Bytes:
		c.r.damage(Problem{Member: r.Path, What: fmt.Sprintf("it has %d bytes; datapackage.json says %d", n, r.Bytes)})
	case want != "" && hex.EncodeToString(h.Sum(nil)) != want:
		c.r.damage(Problem{Member: r.Path, What: "it was changed: its checksum is not the one in datapackage.json"})
	}
	return nil
}

// copy reads a member to its end.
func (c *checker) copy(ctx context.Context, w io.Writer, name string) (int64, error) {
	f, err := c.p.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n := int64(0)
	buf := make([]byte, 256<<10)
	for ctx.Err() == nil {
		k, err := f.Read(buf)
		w.Write(buf[:k])
		n += int64(k)
		c.o.Progress(c.done+n, 2*c.r.Bytes, name)
		if errors.Is(err, io.EOF) {
			c.done += n
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

// plainError is what an error says without the names of Go's packages.
func plainError(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it is missing"
	}
	return strings.TrimPrefix(err.Error(), "zip: ")
}

// pages reads the lists of pages.
func (c *checker) pages(ctx context.Context) error {
	for _, err := range c.p.Pages(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.r.damage(Problem{What: "a page cannot be read: " + plainError(err)})
			continue
		}
		c.r.Pages++
	}
	return nil
}
