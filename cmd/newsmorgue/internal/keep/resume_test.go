package keep

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// TestResumeAsksAgainForCookies: a redirect that a killed run archived is taken from
// the archive, unless it set a cookie, which no record has.
func TestResumeAsksAgainForCookies(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain":
			http.Redirect(w, r, "/plain", http.StatusFound)
		case "/cookie":
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			http.Redirect(w, r, "/cookie", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	ctx := context.Background()
	run := &Run{Archive: ar, Name: strings.TrimPrefix(server.URL, "http://"), Scope: "page", Seeds: []string{server.URL + "/plain", server.URL + "/cookie"},
		Settings: Settings{DelaySet: true, Assets: "none", Software: "newsmorgue/test"}}
	sum, err := run.Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Status != StatusNothing || sum.SeedsFailed != 2 {
		t.Errorf("got status %q and %d failed seeds, want nothing and 2", sum.Status, sum.SeedsFailed)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	runs, err := cat.Runs(ctx, run.Name, 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("got %v, %v", runs, err)
	}
	f := &resumer{noNetwork{}, cat, map[string]bool{runs[0].ID: true}} // as if it had been killed
	for path, replayed := range map[string]bool{"/plain": true, "/cookie": false} {
		u, err := url.Parse(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := f.Fetch(ctx, &scraper.Request{URL: u})
		if got := err == nil && resp.Replayed; got != replayed || !replayed && !errors.Is(err, errAsked) {
			t.Errorf("%s: got %v, %v; taken from the archive: want %v", path, resp, err, replayed)
		}
	}
}

var errAsked = errors.New("the network was asked")

type noNetwork struct{}

func (noNetwork) Fetch(context.Context, *scraper.Request) (*scraper.Response, error) {
	return nil, errAsked
}
