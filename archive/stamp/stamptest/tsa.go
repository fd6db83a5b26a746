// Package stamptest is a small time-stamp authority for tests: certificates of its own,
// and the openssl command that signs.
package stamptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// A TSA answers requests for time stamps over HTTP (RFC 3161, section 3.4). Its root
// certificate issues an intermediate one, which issues that of the signer.
type TSA struct {
	Root []byte // certificate in PEM

	dir string
	mu  sync.Mutex // openssl counts in a file
}

// Options change the certificates of a TSA, to make tokens that must be refused.
type Options struct {
	NotBefore, NotAfter time.Time // of all certificates; a day ago and in a day if zero
	NotCritical         bool      // the extended key usage is not critical
	Usages              []x509.ExtKeyUsage
	Digest              string // with which openssl signs; sha256 if ""
}

// Available reports whether this machine has openssl.
func Available() bool {
	_, err := exec.LookPath("openssl")
	return err == nil
}

// New makes the certificates and keys of a TSA in an empty folder.
func New(dir string, o Options) (*TSA, error) {
	if o.NotBefore.IsZero() {
		o.NotBefore, o.NotAfter = time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	}
	if o.Digest == "" {
		o.Digest = "sha256"
	}
	root, err := issue(nil, certificate("Test Root", 1, o, true))
	if err != nil {
		return nil, err
	}
	middle, err := issue(root, certificate("Test Time Stamping CA", 2, o, true))
	if err != nil {
		return nil, err
	}
	leaf := certificate("Test Time Stamping Unit", 3, o, false)
	if leaf.ExtraExtensions, err = keyUsages(o); err != nil {
		return nil, err
	}
	signer, err := issue(middle, leaf)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(signer.key)
	if err != nil {
		return nil, err
	}
	t := &TSA{Root: root.pem(), dir: dir}
	for name, body := range map[string][]byte{
		"root.pem":   t.Root,
		"chain.pem":  middle.pem(),
		"signer.pem": signer.pem(),
		"key.pem":    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"serial":     []byte("01\n"),
		"tsa.cnf":    fmt.Appendf(nil, config, o.Digest),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			return nil, err
		}
	}
	return t, nil
}

const config = `[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = signer.pem
certs = chain.pem
signer_key = key.pem
signer_digest = %s
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`

// An issued is a certificate with its key.
type issued struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (i *issued) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})
}

func certificate(name string, serial int64, o Options, ca bool) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name, Organization: []string{"Harbour Clock"}},
		NotBefore: o.NotBefore, NotAfter: o.NotAfter, BasicConstraintsValid: true, IsCA: ca, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if ca {
		c.KeyUsage = x509.KeyUsageCertSign
	}
	return c
}

// keyUsages is the extended key usage extension, which crypto/x509 never writes as
// critical.
func keyUsages(o Options) ([]pkix.Extension, error) {
	oids := map[x509.ExtKeyUsage]asn1.ObjectIdentifier{
		x509.ExtKeyUsageTimeStamping: {1, 3, 6, 1, 5, 5, 7, 3, 8},
		x509.ExtKeyUsageCodeSigning:  {1, 3, 6, 1, 5, 5, 7, 3, 3},
	}
	usages := []asn1.ObjectIdentifier{oids[x509.ExtKeyUsageTimeStamping]}
	if o.Usages != nil {
		usages = nil
		for _, u := range o.Usages {
			usages = append(usages, oids[u])
		}
	}
	value, err := asn1.Marshal(usages)
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: !o.NotCritical, Value: value}}, err
}

// issue signs a certificate for a new key; by itself if there is no issuer.
func issue(by *issued, c *x509.Certificate) (*issued, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if by == nil {
		by = &issued{c, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, key.Public(), by.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &issued{cert, key}, err
}

// Reply answers a request for a time stamp, both in DER.
func (t *TSA) Reply(query []byte) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := os.WriteFile(filepath.Join(t.dir, "query"), query, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
	cmd.Dir = t.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("openssl: %w: %s", err, out)
	}
	return os.ReadFile(filepath.Join(t.dir, "reply"))
}

func (t *TSA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "not a request for a time stamp", http.StatusBadRequest)
		return
	}
	reply, err := t.Reply(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(reply)
}
