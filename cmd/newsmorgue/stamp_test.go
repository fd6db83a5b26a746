package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/stamp/stamptest"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// recordID sets a variable to the ID of the response in a proof.
func recordID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: record VARIABLE PROOF")
	}
	p, err := archive.ParseProof(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	for _, r := range p.Records {
		if rec, err := r.Record(); err == nil && rec.Type() == "response" {
			ts.Setenv(args[0], strings.Trim(strings.TrimPrefix(rec.ID(), "<urn:uuid:"), ">"))
			return
		}
	}
	ts.Fatalf("no response in %s", args[1])
}

func timeStampAuthority(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tsa FILE")
	}
	dir, err := os.MkdirTemp(ts.MkAbs("."), ".tsa-")
	ts.Check(err)
	tsa, err := stamptest.New(dir, stamptest.Options{})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), tsa.Root, 0o644))
	srv := httptest.NewServer(tsa)
	ts.Defer(srv.Close)
	ts.Setenv("TSA", srv.URL)
}

// TestProofExitCodes lists what verify --proof exits with, by the time stamps of a proof
// of two segments.
func TestProofExitCodes(t *testing.T) {
	both, one := []string{"a", "b"}, []string{"a"}
	stamped := func(state string, segments []string) stampCheck {
		return stampCheck{keep.TokenCheck{State: state}, segments}
	}
	for name, test := range map[string]struct {
		stamps   []stampCheck
		hasRoots bool
		want     int
	}{
		"no time stamp":                        {nil, false, exitDone},
		"no time stamp where one is wanted":    {nil, true, exitPartly},
		"an issuer that is not verified":       {[]stampCheck{stamped(keep.TokenUnproved, both)}, false, exitPartly},
		"a trusted one":                        {[]stampCheck{stamped(keep.TokenTrusted, both)}, true, exitDone},
		"a trusted one of half of it":          {[]stampCheck{stamped(keep.TokenTrusted, one)}, true, exitPartly},
		"one by another authority":             {[]stampCheck{stamped(keep.TokenUnproved, both)}, true, exitDamaged},
		"another authority and a trusted one":  {[]stampCheck{stamped(keep.TokenUnproved, both), stamped(keep.TokenTrusted, both)}, true, exitDone},
		"an altered one":                       {[]stampCheck{stamped(keep.TokenInvalid, both)}, false, exitDamaged},
		"an altered one next to a trusted one": {[]stampCheck{stamped(keep.TokenTrusted, both), stamped(keep.TokenInvalid, one)}, true, exitDamaged},
	} {
		r := &proofReport{Segments: make([]archive.ProvedSegment, 2), Stamps: test.stamps}
		if got := r.code(test.hasRoots); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

// TestForgedStampIsNotInProofs checks that a record that only looks like a time stamp, as
// a file from elsewhere may have one, does not get into proofs.
func TestForgedStampIsNotInProofs(t *testing.T) {
	ctx := t.Context()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	page := archive.NewRecord("resource", time.Now())
	page.Set("WARC-Target-URI", "https://a.example/")
	page.Payload = []byte("hello")
	keepIn := func(rec *archive.Record) {
		w, err := ar.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Append(ctx, rec)
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	keepIn(page)
	if sealed, _, err := ar.SealJournals(ctx); err != nil || len(sealed) != 1 {
		t.Fatal(sealed, err)
	}
	roots, err := ar.Roots(ctx)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := archive.StateDigest(ar.Info().ID, roots)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := (&archive.Stamp{Archive: ar.Info().ID, TSA: "https://tsa.example/", Time: time.Now(), Digest: digest, Segments: roots, Token: []byte("hello")}).Record()
	if err != nil {
		t.Fatal(err)
	}
	keepIn(forged)
	cat, err := catalog.OpenReadOnly(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	p, _, err := keep.ProveRecord(ctx, ar, cat, page.ID())
	if err != nil || len(p.Records) != 1 || len(p.Stamps) != 0 {
		t.Errorf("got %+v, %v", p, err)
	}
	var out bytes.Buffer
	if code := run(ctx, []string{"stamp", "--verify", "-a", ar.Dir()}, nil, &out, &out); code != exitDamaged || !strings.Contains(out.String(), "invalid time stamp") ||
		!strings.Contains(out.String(), "0 of 1 sealed segment covered") {
		t.Errorf("stamp --verify: got %d, %s", code, out.String())
	}
	out.Reset()
	if code := run(ctx, []string{"stamp", "--list", "-a", ar.Dir()}, nil, &out, &out); code != exitDone || !strings.Contains(out.String(), "  invalid time stamp: ") {
		t.Errorf("stamp --list: got %d, %s", code, out.String())
	}
}

// TestFalseStamps checks that a token over another hash, one with another time, and one of
// another archive cover nothing, are listed as such, and are not taken for the time stamp
// that the authority would give.
func TestFalseStamps(t *testing.T) {
	ctx := t.Context()
	token, err := os.ReadFile(filepath.Join("..", "..", "archive", "stamp", "testdata", "token.der"))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer srv.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	keepIn := func(rec *archive.Record, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		w, err := ar.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Append(ctx, rec)
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	page := archive.NewRecord("resource", time.Now())
	page.Set("WARC-Target-URI", "https://a.example/")
	page.Payload = []byte("hello")
	keepIn(page, nil)
	if sealed, _, err := ar.SealJournals(ctx); err != nil || len(sealed) != 1 {
		t.Fatal(sealed, err)
	}
	roots, err := ar.Roots(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const elsewhere = "019abcde-0000-7000-8000-000000000000"
	for _, id := range []string{ar.Info().ID, elsewhere} {
		digest, err := archive.StateDigest(id, roots)
		if err != nil {
			t.Fatal(err)
		}
		keepIn((&archive.Stamp{Archive: id, TSA: srv.URL + "/sign?key=k3yk3y", Time: time.Now(), Digest: digest, Segments: roots, Token: token}).Record())
		keepIn((&archive.Stamp{Archive: id, TSA: srv.URL + "/sign", Time: time.Now(), Digest: digest, Segments: roots, Token: token}).Record())
	}
	var out bytes.Buffer
	if code := run(ctx, []string{"stamp", "--list", "-a", ar.Dir()}, nil, &out, &out); code != exitDone || strings.Count(out.String(), "invalid time stamp: it stamps another digest") != 4 ||
		strings.Count(out.String(), "of another archive") != 2 || strings.Contains(out.String(), "k3yk3y") {
		t.Errorf("stamp --list: got %d, %s", code, out.String())
	}
	out.Reset()
	if code := run(ctx, []string{"stamp", "--verify", "-a", ar.Dir()}, nil, &out, &out); code != exitDamaged || !strings.Contains(out.String(), "4 time stamps; 0 of 1 sealed segment covered") ||
		strings.Contains(out.String(), "k3yk3y") {
		t.Errorf("stamp --verify: got %d, %s", code, out.String())
	}
	out.Reset()
	if code := run(ctx, []string{"stamp", "--tsa", srv.URL + "/sign?key=k3yk3y", "-a", ar.Dir()}, nil, &out, &out); code != exitFailed || asked != 1 || strings.Contains(out.String(), "k3yk3y") {
		t.Errorf("stamp --tsa: got %d, asked %d times, %s", code, asked, out.String())
	}
}
