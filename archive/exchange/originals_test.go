package exchange_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// suppress hides a URL, or a record.
func (f *fixture) suppress(s catalog.Suppression) {
	f.t.Helper()
	s.Date, s.Reason = f.time, "asked"
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Add(rec)
}

// both exports WARC files and a package, and returns the records of the first. The package
// must have no revisit whose original is not in it, and no file may have the secret.
func (f *fixture) both(o exchange.Options, secret string) (sum exchange.Summary, recs []*archive.Record) {
	f.t.Helper()
	_, sum, recs = f.exported(o)
	o.SiteOf = siteOf
	file := filepath.Join(f.t.TempDir(), "x.wacz")
	packed, err := exchange.WACZ(f.t.Context(), f.Archive, f.Catalog, file, o)
	if err != nil {
		f.t.Fatal(err)
	}
	if packed.Records != sum.Records || packed.Outside != sum.Outside || packed.Originals != sum.Originals {
		f.t.Errorf("wacz: got %+v, want as %+v", packed, sum)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		f.t.Fatal(err)
	}
	report, err := wacz.Verify(f.t.Context(), file, wacz.VerifyOptions{})
	if err != nil || len(report.Damage) > 0 {
		f.t.Errorf("verify: got %+v, %v", report, err)
	}
	p, err := wacz.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		f.t.Fatal(err)
	}
	all := slices.Clone(recs)
	for _, name := range p.WARCs() {
		in, err := p.Open(name)
		if err != nil {
			f.t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			f.t.Fatal(err)
		}
		out := filepath.Join(f.t.TempDir(), filepath.Base(name))
		if err := os.WriteFile(out, text, 0o600); err != nil {
			f.t.Fatal(err)
		}
		all = append(all, f.read(out)...)
	}
	for _, r := range all {
		if line, err := r.MarshalJSON(); err != nil || secret != "" && bytes.Contains(line, []byte(secret)) {
			f.t.Errorf("%s %s has what is suppressed: %v", r.Type(), r.TargetURI(), err)
		}
	}
	return sum, recs
}

// What is suppressed does not come along with its revisits, whichever way it is
// suppressed, and however the revisit names it.
func TestSuppressedOriginals(t *testing.T) {
	for name, s := range map[string]func(of *archive.Record) catalog.Suppression{
		"url":    func(of *archive.Record) catalog.Suppression { return catalog.Suppression{URL: of.TargetURI()} },
		"record": func(of *archive.Record) catalog.Suppression { return catalog.Suppression{Record: of.ID()} },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			run := f.run("a.example")
			of := f.page("https://a.example/secret", run, "the secret of the mill")
			f.page("https://b.example/other", run, "other")
			f.revisit(of, "https://b.example/copy", run)
			byDigest := f.revisit(of, "https://b.example/by-digest", run)
			again := f.revisit(of, "https://b.example/again", run)
			f.time = f.time.Add(time.Minute)
			// Another program's revisits of a revisit, and of no record by name.
			f.revisit(byDigest, "https://b.example/chain", run)
			unnamed := archive.NewRecord("revisit", f.time)
			for _, field := range again.Fields {
				if n := field.Name; strings.HasPrefix(n, "WARC-") && n != "WARC-Refers-To" && n != "WARC-Record-ID" && n != "WARC-Block-Digest" {
					unnamed.Set(n, field.Value)
				}
			}
			unnamed.Set("WARC-Target-URI", "https://b.example/unnamed")
			unnamed.Set("Content-Type", "application/http; msgtype=response")
			unnamed.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
			f.Add(unnamed)
			f.suppress(s(of))
			sum, recs := f.both(exchange.Options{}, "secret of the mill")
			if got, want := urls(recs), []string{"response https://b.example/other"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if sum.Outside != 5 || len(sum.LeftOut) != 5 || sum.LeftOut[0].URL != "https://b.example/copy" || !strings.Contains(sum.LeftOut[0].Why, "suppressed") {
				t.Errorf("got %d, %+v", sum.Outside, sum.LeftOut)
			}
			if _, recs := f.both(exchange.Options{Sites: []string{"b.example"}}, "secret of the mill"); len(urls(recs)) != 1 {
				t.Errorf("site: got %q", urls(recs))
			}
		})
	}
}

// A revisit whose original is gone is left out and named, and the export goes on.
func TestMissingOriginals(t *testing.T) {
	t.Run("never there", func(t *testing.T) {
		f := newFixture(t)
		run := f.run("a.example")
		gone := archive.NewRecord("response", f.time)
		gone.Set("WARC-Target-URI", "https://a.example/gone")
		gone.Set("WARC-Payload-Digest", string(archive.SHA256([]byte("gone"))))
		f.revisit(gone, "https://a.example/gone", run)
		f.page("https://a.example/1", run, "one")
		sum, recs := f.both(exchange.Options{}, "")
		if got, want := urls(recs), []string{"response https://a.example/1"}; !slices.Equal(got, want) || sum.Outside != 1 || !strings.Contains(sum.LeftOut[0].Why, "not in the archive") {
			t.Errorf("got %q, want %q; %+v", got, want, sum)
		}
	})
	t.Run("same bytes elsewhere", func(t *testing.T) {
		f := newFixture(t)
		run := f.run("a.example")
		gone := archive.NewRecord("response", f.time)
		gone.Set("WARC-Target-URI", "https://a.example/gone")
		gone.Set("WARC-Payload-Digest", string(archive.SHA256([]byte("the same"))))
		f.page("https://a.example/same", run, "the same")
		late := f.time.Add(time.Second)
		f.revisit(gone, "https://a.example/gone", run)
		sum, recs := f.both(exchange.Options{Since: late}, "")
		if got, want := urls(recs), []string{"response https://a.example/same", "revisit https://a.example/gone"}; !slices.Equal(got, want) || sum.Outside != 0 {
			t.Errorf("got %q, want %q; %+v", got, want, sum)
		}
	})
	t.Run("another kind of record", func(t *testing.T) {
		f := newFixture(t)
		run := f.run("a.example")
		f.page("https://a.example/1", run, "one")
		request := archive.NewRecord("request", f.time)
		request.Set("WARC-Target-URI", "https://a.example/2")
		request.Set("Content-Type", "application/http; msgtype=request")
		request.HTTP = &archive.HTTPHead{Start: "GET / HTTP/1.1"}
		f.Add(request)
		f.revisit(request, "https://a.example/2", run)
		if sum, recs := f.both(exchange.Options{}, ""); sum.Outside != 1 || len(urls(recs)) != 2 {
			t.Errorf("got %q, %+v", urls(recs), sum)
		}
	})
	for name, o := range map[string]exchange.Options{"lost segment": {}, "lost segment, original not selected": {Since: time.Date(2026, 11, 23, 18, 1, 30, 0, time.UTC)}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			run := f.run("a.example")
			of := f.page("https://a.example/1", run, "one")
			segment, err := f.Writer.Seal(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Catalog.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.page("https://a.example/2", run, "two")
			f.revisit(of, "https://a.example/1", run)
			files, err := filepath.Glob(filepath.Join(f.Archive.Dir(), "segments", segment+"*"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			for _, file := range files {
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
			}
			sum, recs := f.both(o, "")
			if got, want := urls(recs), []string{"response https://a.example/2"}; !slices.Equal(got, want) || sum.Outside != 1 || sum.LeftOut[0].URL != "https://a.example/1" {
				t.Errorf("got %q, want %q; %+v", got, want, sum)
			}
		})
	}
	t.Run("damaged segment", func(t *testing.T) {
		f := newFixture(t)
		of := f.page("https://a.example/1", "", strings.Repeat("one of the pages ", 50))
		segment, err := f.Writer.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.page("https://a.example/2", "", "two")
		f.revisit(of, "https://a.example/1", "")
		files, err := filepath.Glob(filepath.Join(f.Archive.Dir(), "segments", segment+"*"))
		if err == nil && len(files) == 2 { // the journal is removed later
			err = os.Remove(files[0])
			files = files[1:]
		}
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		if err := os.Chmod(files[0], 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		// The magic number of the frame with the record, after that of the header.
		magic := []byte("\x28\xb5\x2f\xfd")
		i := bytes.Index(b, magic)
		if i < 0 {
			t.Fatal("no frame")
		}
		b[i] ^= 1
		if err := os.WriteFile(files[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
		sum, recs := f.both(exchange.Options{}, "")
		if got, want := urls(recs), []string{"response https://a.example/2"}; !slices.Equal(got, want) || sum.Damaged != 1 || sum.Outside != 1 {
			t.Errorf("got %q, want %q; %+v", got, want, sum)
		}
	})
	t.Run("damaged", func(t *testing.T) {
		f := newFixture(t)
		run := f.run("a.example")
		of := f.page("https://a.example/1", run, strings.Repeat("one of the pages ", 50))
		f.page("https://a.example/2", run, "two")
		f.revisit(of, "https://a.example/1", run)
		files, err := filepath.Glob(filepath.Join(f.Archive.Dir(), "segments", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if i := bytes.Index(b, []byte("one of the pages")); i >= 0 {
				b[i] ^= 1
				if err := os.WriteFile(file, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		sum, recs := f.both(exchange.Options{}, "")
		if got, want := urls(recs), []string{"response https://a.example/2"}; !slices.Equal(got, want) || sum.Outside != 1 {
			t.Errorf("got %q, want %q; %+v", got, want, sum)
		}
	})
}

// A package of records that no URL answered with has an index without lines.
func TestNoIndexLines(t *testing.T) {
	f := newFixture(t)
	f.run("a.example")
	if sum, _ := f.both(exchange.Options{}, ""); sum.Records != 2 {
		t.Errorf("got %+v", sum)
	}
}
