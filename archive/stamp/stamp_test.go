package stamp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"flag"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/stamp/stamptest"
)

var makeToken = flag.Bool("make-token", false, "write testdata/token.der and testdata/root.pem anew")

var digest = sha256.Sum256([]byte("the state of an archive"))

// authority starts a TSA and returns a client of it.
func authority(t testing.TB, o stamptest.Options) (*stamptest.TSA, *Client) {
	t.Helper()
	if !stamptest.Available() {
		t.Skip("no openssl")
	}
	tsa, err := stamptest.New(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(tsa)
	t.Cleanup(srv.Close)
	return tsa, &Client{URL: srv.URL, UserAgent: "newsmorgue/test"}
}

func rootsOf(t testing.TB, pemBytes []byte) *x509.CertPool {
	t.Helper()
	pool, err := Roots(pemBytes)
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func TestStampAndVerify(t *testing.T) {
	tsa, c := authority(t, stamptest.Options{})
	before := time.Now().Add(-time.Second)
	der, got, err := c.Stamp(context.Background(), digest)
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != "" || !strings.Contains(got.Signer, "CN=Test Time Stamping Unit") || got.Time.Before(before.Truncate(time.Second)) || got.Accuracy != time.Second {
		t.Errorf("got %+v", got)
	}
	trusted, err := Verify(der, digest, rootsOf(t, tsa.Root))
	if err != nil || !strings.Contains(trusted.Issuer, "CN=Test Root") || !trusted.Time.Equal(got.Time) || trusted.Policy != "1.3.6.1.4.1.99999.1" {
		t.Errorf("got %+v, %v", trusted, err)
	}
	// openssl, which did not see the answer, must say the same.
	dir := t.TempDir()
	token, root := filepath.Join(dir, "token"), filepath.Join(dir, "root.pem")
	if err := errors.Join(os.WriteFile(token, der, 0o600), os.WriteFile(root, tsa.Root, 0o600)); err != nil {
		t.Fatal(err)
	}
	for given, right := range map[[sha256.Size]byte]bool{digest: true, {}: false} {
		out, err := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", token, "-digest", hex.EncodeToString(given[:]), "-CAfile", root).CombinedOutput()
		if (err == nil) != right {
			t.Errorf("openssl, digest %x: %s, %v", given, out, err)
		}
	}
	if *makeToken {
		if err := errors.Join(os.WriteFile("testdata/token.der", der, 0o644), os.WriteFile("testdata/root.pem", tsa.Root, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefusedSigners asks authorities whose certificates must not be accepted.
func TestRefusedSigners(t *testing.T) {
	past := time.Now().Add(-48 * time.Hour)
	for name, test := range map[string]struct {
		options stamptest.Options
		want    string
	}{
		"expired":       {stamptest.Options{NotBefore: past.Add(-time.Hour), NotAfter: past}, "expired or is not yet valid"},
		"not yet valid": {stamptest.Options{NotBefore: time.Now().Add(time.Hour), NotAfter: time.Now().Add(2 * time.Hour)}, "expired or is not yet valid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := authority(t, test.options)
			if _, got, err := c.Stamp(context.Background(), digest); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v, want %q", got, err, test.want)
			}
		})
	}
	// openssl itself does not sign with these.
	for name, o := range map[string]stamptest.Options{
		"for another usage": {Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}},
		"for two usages":    {Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageCodeSigning}},
		"not critical":      {NotCritical: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := authority(t, o)
			if _, got, err := c.Stamp(context.Background(), digest); err == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// fixture is a token of digest that openssl made, and the root of its certificates,
// which were valid for two days.
func fixture(t testing.TB) (der []byte, roots *x509.CertPool) {
	t.Helper()
	der, err := os.ReadFile("testdata/token.der")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile("testdata/root.pem")
	if err != nil {
		t.Fatal(err)
	}
	return der, rootsOf(t, root)
}

// TestVerifyLater verifies a token when its certificates have expired long since, and
// with a clock that is decades late: the time of the token alone counts.
func TestVerifyLater(t *testing.T) {
	der, roots := fixture(t)
	for _, pass := range []time.Duration{0, 100 * 365 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(pass) // the bubble's clock begins in the year 2000
			if got, err := Verify(der, digest, roots); err != nil || got.Issuer == "" {
				t.Errorf("in %s: got %+v, %v", time.Now().Format(time.DateOnly), got, err)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	der, roots := fixture(t)
	other, err := stamptest.New(t.TempDir(), stamptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := digest
	wrong[31] ^= 1
	for name, test := range map[string]struct {
		der    []byte
		digest [sha256.Size]byte
		roots  *x509.CertPool
	}{
		"another digest":  {der, wrong, roots},
		"another root":    {der, digest, rootsOf(t, other.Root)},
		"no root at all":  {der, digest, x509.NewCertPool()},
		"nothing":         {nil, digest, roots},
		"cut off":         {der[:len(der)-1], digest, roots},
		"bytes behind it": {append(bytes.Clone(der), 0), digest, roots},
		"too large":       {make([]byte, maxToken+1), digest, roots},
		"another imprint": {bytes.ReplaceAll(der, digest[:], wrong[:]), wrong, roots},
	} {
		if got, err := Verify(test.der, test.digest, test.roots); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %+v, %v, want ErrInvalid", name, got, err)
		}
	}
}

// TestEachByteCounts alters a token one byte at a time. What is verified nevertheless
// must say the same: some bytes are not signed, such as certificates that the chain does
// not need.
func TestEachByteCounts(t *testing.T) {
	der, roots := fixture(t)
	want, err := Verify(der, digest, roots)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for i := range der {
		altered := bytes.Clone(der)
		altered[i] ^= 0x20
		got, err := Verify(altered, digest, roots)
		if err != nil {
			continue
		}
		passed++
		if *got != *want {
			t.Errorf("byte %d of %d: got %+v, want %+v", i, len(der), got, want)
		}
	}
	if passed > 60 {
		t.Errorf("%d of %d bytes can be altered", passed, len(der))
	}
}

// TestAcceptAnswersThisRequest checks that an old answer is not taken for a new one.
func TestAcceptAnswersThisRequest(t *testing.T) {
	tsa, c := authority(t, stamptest.Options{})
	var replay []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply; charset=binary")
		if replay != nil {
			_, _ = w.Write(replay)
			return
		}
		rec := httptest.NewRecorder()
		tsa.ServeHTTP(rec, r)
		replay = rec.Body.Bytes()
		_, _ = w.Write(replay)
	}))
	defer srv.Close()
	c.URL = srv.URL
	if _, _, err := c.Stamp(context.Background(), digest); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Stamp(context.Background(), digest); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "nonce") {
		t.Errorf("a replayed answer: got %v", err)
	}
	if _, _, err := accept(replay, big.NewInt(7), digest); !errors.Is(err, ErrInvalid) {
		t.Errorf("another nonce: got %v", err)
	}
}

func TestStampErrors(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"answered with HTTP 500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"redirects to \"https://tsa.example/\"": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://tsa.example/", http.StatusMovedPermanently)
		},
		"answered with \"text/html\"": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") },
		"not one of RFC 3161": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write([]byte("hello"))
		},
		"answered with more than": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write(make([]byte, maxToken+1))
		},
		// PKIStatus rejection (2), as RFC 3161, section 2.4.2, encodes it.
		"refused": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write([]byte{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02})
		},
	}
	for want, handle := range answers {
		srv := httptest.NewServer(handle)
		_, _, err := (&Client{URL: srv.URL}).Stamp(context.Background(), digest)
		srv.Close()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, url := range []string{"", "tsa.example", "ftp://tsa.example/", "http://", "http://%/"} {
		if _, _, err := (&Client{URL: url}).Stamp(context.Background(), digest); err == nil || !strings.Contains(err.Error(), "must begin with http") {
			t.Errorf("%q: got %v", url, err)
		}
	}
	synctest.Test(t, func(t *testing.T) { // the bubble's clock runs on as all wait
		c := &Client{URL: "http://tsa.example/", Transport: silent{}}
		start := time.Now()
		if _, _, err := c.Stamp(t.Context(), digest); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("after %s: got %v", time.Since(start), err)
		}
	})
}

// TestErrorsHaveNoSecrets: whatever an authority does, errors have its host, but not what
// may be secret in its URL.
func TestErrorsHaveNoSecrets(t *testing.T) {
	down := httptest.NewServer(nil)
	down.Close()
	hosts := map[string]string{"nobody listens": strings.TrimPrefix(down.URL, "http://"), "not a valid port": "tsa.example:port"}
	for name, handle := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"a redirect with the same query": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://us3r:passw0rd@other.example/sign?"+r.URL.RawQuery)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"it hangs up": func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
	} {
		srv := httptest.NewServer(handle)
		defer srv.Close()
		hosts[name] = strings.TrimPrefix(srv.URL, "http://")
	}
	for name, host := range hosts {
		_, _, err := (&Client{URL: "http://us3r:passw0rd@" + host + "/sign?key=k3yk3y#fr4gment"}).Stamp(t.Context(), digest)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, secret := range []string{"us3r", "passw0rd", "k3yk3y", "fr4gment"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error has %q: %v", name, secret, err)
			}
		}
	}
	for raw, want := range map[string]string{
		"https://us3r:passw0rd@tsa.example:8443/a%2Fb/sign?key=k#f": "https://tsa.example:8443/a%2Fb/sign",
		"mailto:us3r@tsa.example":                                   "", "http://us3r:%zz@tsa.example/": "", "": "",
	} {
		if got := PublicURL(raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestRoots(t *testing.T) {
	for _, bad := range []string{"", "hello", "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", "-----BEGIN X-----\naGVsbG8=\n-----END X-----\n"} {
		if pool, err := Roots([]byte(bad)); err == nil {
			t.Errorf("%q: got %v", bad, pool)
		}
	}
}

func FuzzVerify(f *testing.F) {
	der, roots := fixture(f)
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		for _, r := range []*x509.CertPool{roots, nil} {
			if got, err := Verify(der, digest, r); err == nil && r != nil && !strings.Contains(got.Issuer, "Test Root") {
				t.Errorf("got %+v", got)
			}
		}
	})
}

func FuzzResponse(f *testing.F) {
	der, _ := fixture(f)
	f.Add(append([]byte{0x30, 0x82, byte((len(der) + 5) >> 8), byte(len(der) + 5), 0x30, 0x03, 0x02, 0x01, 0x00}, der...))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, got, err := accept(body, big.NewInt(7), digest); err == nil {
			t.Errorf("accepted: %+v", got)
		}
	})
}
