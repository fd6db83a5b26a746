package s3store

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestDenied has every code by which servers deny access.
func TestDenied(t *testing.T) {
	for _, code := range append(deniedCodes, "Unknown") {
		var n atomic.Int32
		s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			status := 403
			if strings.HasPrefix(code, "Expired") {
				status = 400
			}
			xmlError(w, status, code, "you sent "+secret+" with ACCESS-KEY\u202e")
		}))
		_, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1)
		wantDenied(t, err)
		if !strings.Contains(err.Error(), code) || strings.Contains(err.Error(), "ACCESS-KEY") || strings.Contains(err.Error(), "\u202e") {
			t.Errorf("%s: %v", code, err)
		}
		if n.Load() != 1 {
			t.Errorf("%s: %d requests, want 1", code, n.Load())
		}
	}
}

// TestRenewedCredentials has temporary credentials in a file, which expire and are renewed.
func TestRenewedCredentials(t *testing.T) {
	var valid atomic.Value
	valid.Store("TOKEN1")
	s := fake(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Amz-Security-Token") != valid.Load() {
				xmlError(w, 400, "ExpiredToken", "the token has expired")
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	setCredentials(t, "", "")
	file := filepath.Join(t.TempDir(), "credentials")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_PROFILE", "news")
	write := func(token string) {
		text := "[news]\naws_access_key_id = KEY\naws_secret_access_key = " + secret + "\naws_session_token = " + token + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("TOKEN1")
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1); err != nil {
		t.Fatalf("Put: %v", err)
	}
	valid.Store("TOKEN2")
	_, err := s.Put(t.Context(), "b", strings.NewReader("x"), 1)
	wantDenied(t, err)
	write("TOKEN2")
	if _, err := s.Put(t.Context(), "b", strings.NewReader("x"), 1); err != nil {
		t.Errorf("Put after the credentials were renewed: %v", err)
	}
}
