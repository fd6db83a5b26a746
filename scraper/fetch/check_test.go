package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// TestCheckBeforeFirstByte: a request that may not be made any more is not written, not
// even in part, over a new connection and over one that was kept.
func TestCheckBeforeFirstByte(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1) }))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := New(Options{AllowHosts: []string{u.Hostname()}})
	defer f.Close()
	errEnded := errors.New("the lease has ended")
	for i, c := range []struct {
		refuse error
		want   int32
	}{{errEnded, 0}, {nil, 1}, {errEnded, 1}, {nil, 2}} {
		calls, remote := 0, ""
		ctx := scraper.WithCheck(context.Background(), func(addr string) error {
			calls, remote = calls+1, addr
			return c.refuse
		})
		_, err := f.Fetch(ctx, &scraper.Request{URL: u})
		if (err != nil) != (c.refuse != nil) {
			t.Errorf("%d: got error %v", i, err)
		}
		if n := asked.Load(); n != c.want || calls == 0 {
			t.Errorf("%d: the server got %d requests, want %d; %d checks", i, n, c.want, calls)
		}
		if host, _, err := net.SplitHostPort(remote); err != nil || !strings.HasPrefix(u.Host, host) {
			t.Errorf("%d: got the address %q", i, remote)
		}
	}
}
