package stamp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"
)

// The object identifiers of a token (RFC 3161, RFC 5652, RFC 5816).
var (
	oidSignedData   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidTSTInfo      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertV2       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidECDSA        = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidSHA1         = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidTimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidCodeSigning  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}
)

// A forgery is what differs in a token from one that is right. openssl would not make
// most of these.
type forgery struct {
	usages       []asn1.ObjectIdentifier // of the signer's certificate; for time stamps if nil
	noUsage      bool                    // without the extension
	notCritical  bool
	version      int                            // of the TSTInfo; 1 if zero
	hash         asn1.ObjectIdentifier          // of the imprint; SHA-256 if nil
	imprint      []byte                         // digest if nil
	time         time.Time                      // genTime
	contentType  asn1.ObjectIdentifier          // of the content; TSTInfo if nil
	attributes   func([]attribute) []attribute  // changes the signed attributes
	afterSigning func(content []byte)           // changes the content
	signers      int                            // 1 if zero
	without      bool                           // the certificate is not in the token
	otherCert    func(*x509.Certificate) []byte // in place of the signer's, in DER
	signature    func(signature []byte)         // changes the signature
	middle       []x509.ExtKeyUsage             // of a certificate between the root and the signer
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

type issuerSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type signer struct {
	Version    int
	SID        issuerSerial
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"optional"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue // in an explicit tag 0
}

type signedData struct {
	Version    int
	Algorithms []pkix.AlgorithmIdentifier `asn1:"set"`
	Content    struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}
	Certificates asn1.RawValue `asn1:"optional"`
	Signers      []signer      `asn1:"set"`
}

type tstInfo struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	Serial *big.Int
	Time   time.Time `asn1:"generalized"`
}

func der(t *testing.T, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func raw(t *testing.T, v any) asn1.RawValue {
	t.Helper()
	return asn1.RawValue{FullBytes: der(t, v)}
}

// forge makes a token, and the pool with the root of its signer.
func forge(t *testing.T, f forgery) ([]byte, *x509.CertPool) {
	t.Helper()
	root, rootKey := newCert(t, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	middle, middleKey := newCert(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Middle"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: f.middle}, root, rootKey)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "Signer"}, KeyUsage: x509.KeyUsageDigitalSignature}
	if f.usages == nil {
		f.usages = []asn1.ObjectIdentifier{oidTimeStamping}
	}
	if !f.noUsage {
		leaf.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: !f.notCritical, Value: der(t, f.usages)}}
	}
	cert, key := newCert(t, leaf, middle, middleKey)
	content := forgedInfo(t, f)
	sha := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	if f.contentType == nil {
		f.contentType = oidTSTInfo
	}
	data := signedData{Version: 3, Algorithms: []pkix.AlgorithmIdentifier{sha}}
	for range max(f.signers, 1) {
		data.Signers = append(data.Signers, f.sign(t, content, cert, key))
	}
	if f.afterSigning != nil {
		f.afterSigning(content)
	}
	data.Content.Type, data.Content.Content = f.contentType, content
	certs := append([]byte{}, middle.Raw...)
	switch {
	case f.otherCert != nil:
		certs = append(certs, f.otherCert(cert)...)
	case !f.without:
		certs = append(certs, cert.Raw...)
	}
	data.Certificates = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certs}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return der(t, contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der(t, data)}}), pool
}

func forgedInfo(t *testing.T, f forgery) []byte {
	info := tstInfo{Version: max(f.version, 1), Policy: asn1.ObjectIdentifier{1, 2, 3}, Serial: big.NewInt(42), Time: time.Now().UTC().Truncate(time.Second)}
	info.Imprint.Algorithm.Algorithm, info.Imprint.Hash = oidSHA256, digest[:]
	if f.hash != nil {
		info.Imprint.Algorithm.Algorithm = f.hash
	}
	if f.imprint != nil {
		info.Imprint.Hash = f.imprint
	}
	if !f.time.IsZero() {
		info.Time = f.time
	}
	return der(t, info)
}

func (f forgery) sign(t *testing.T, content []byte, cert *x509.Certificate, key *ecdsa.PrivateKey) signer {
	hash, certHash := sha256.Sum256(content), sha256.Sum256(cert.Raw)
	// SigningCertificateV2 with one ESSCertIDv2: SHA-256 is its default.
	essCert := struct{ Certs []struct{ Hash []byte } }{[]struct{ Hash []byte }{{certHash[:]}}}
	contentType := f.contentType
	attributes := []attribute{
		{oidContentType, []asn1.RawValue{raw(t, contentType)}},
		{oidDigest, []asn1.RawValue{raw(t, hash[:])}},
		{oidCertV2, []asn1.RawValue{raw(t, essCert)}},
	}
	if f.attributes != nil {
		attributes = f.attributes(attributes)
	}
	set, err := asn1.MarshalWithParams(attributes, "set")
	if err != nil {
		t.Fatal(err)
	}
	toSign := sha256.Sum256(set)
	s := signer{Version: 1, SID: issuerSerial{asn1.RawValue{FullBytes: cert.RawIssuer}, cert.SerialNumber},
		Digest: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidECDSA}}
	if len(attributes) == 0 {
		toSign = hash
	} else {
		set[0] = 0xA0 // the implicit tag in place of that of a set
		s.Attributes = asn1.RawValue{FullBytes: set}
	}
	if s.Signature, err = ecdsa.SignASN1(rand.Reader, key, toSign[:]); err != nil {
		t.Fatal(err)
	}
	if f.signature != nil {
		f.signature(s.Signature)
	}
	return s
}

func newCert(t *testing.T, c, by *x509.Certificate, byKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if by == nil {
		by, byKey = c, key
	}
	if c.NotBefore.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	c.BasicConstraintsValid = true
	b, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(b)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func TestForgedTokens(t *testing.T) {
	drop := func(oid asn1.ObjectIdentifier) func([]attribute) []attribute {
		return func(all []attribute) (rest []attribute) {
			for _, a := range all {
				if !a.Type.Equal(oid) {
					rest = append(rest, a)
				}
			}
			return rest
		}
	}
	replace := func(oid asn1.ObjectIdentifier, v any) func([]attribute) []attribute {
		return func(all []attribute) []attribute {
			return append(drop(oid)(all), attribute{oid, []asn1.RawValue{raw(t, v)}})
		}
	}
	short := sha1.Sum([]byte("the state of an archive"))
	for name, test := range map[string]struct {
		forgery
		right bool // with the root
		alone bool // without any root
	}{
		"right":                            {forgery{}, true, true},
		"an intermediate for time stamps":  {forgery{middle: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}, true, true},
		"an intermediate for servers":      {forgery{middle: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, false, true},
		"a certificate to sign code":       {forgery{usages: []asn1.ObjectIdentifier{oidCodeSigning}}, false, false},
		"a certificate for two usages":     {forgery{usages: []asn1.ObjectIdentifier{oidTimeStamping, oidCodeSigning}}, false, false},
		"a certificate for an unknown one": {forgery{usages: []asn1.ObjectIdentifier{oidTimeStamping, {1, 2, 3, 4}}}, false, false},
		"a certificate for any usage":      {forgery{usages: []asn1.ObjectIdentifier{{2, 5, 29, 37, 0}}}, false, false},
		"a certificate without usage":      {forgery{noUsage: true}, false, false},
		"a usage that is not critical":     {forgery{notCritical: true}, false, false},
		"a certificate that has expired":   {forgery{time: time.Now().Add(2 * time.Hour)}, false, false},
		"a certificate of tomorrow":        {forgery{time: time.Now().Add(-2 * time.Hour)}, false, false},
		"no certificate":                   {forgery{without: true}, false, false},
		"another signer's certificate": {forgery{otherCert: func(c *x509.Certificate) []byte {
			b, _ := newCert(t, &x509.Certificate{SerialNumber: c.SerialNumber, Subject: c.Issuer}, nil, nil)
			return b.Raw
		}}, false, false},
		"another version":                   {forgery{version: 2}, false, false},
		"an imprint of SHA-1":               {forgery{hash: oidSHA1, imprint: short[:]}, false, false},
		"an imprint of another hash":        {forgery{hash: oidSHA1}, false, false},
		"a short imprint":                   {forgery{imprint: digest[:31]}, false, false},
		"an empty imprint":                  {forgery{imprint: []byte{}}, false, false},
		"the year zero":                     {forgery{time: time.Time{}.Add(time.Nanosecond)}, false, false},
		"content of another type":           {forgery{contentType: oidData}, false, false},
		"a content type of another content": {forgery{attributes: replace(oidContentType, oidData)}, false, false},
		"no content type":                   {forgery{attributes: drop(oidContentType)}, false, false},
		"no digest":                         {forgery{attributes: drop(oidDigest)}, false, false},
		"another digest":                    {forgery{attributes: replace(oidDigest, make([]byte, 32))}, false, false},
		"no hash of the certificate":        {forgery{attributes: drop(oidCertV2)}, false, false},
		"no attributes":                     {forgery{attributes: func([]attribute) []attribute { return nil }}, false, false},
		"content changed after signing":     {forgery{afterSigning: func(b []byte) { b[len(b)-5] ^= 1 }}, false, false},
		"a changed signature":               {forgery{signature: func(b []byte) { b[len(b)-1] ^= 1 }}, false, false},
		"two signers":                       {forgery{signers: 2}, false, false},
	} {
		token, roots := forge(t, test.forgery)
		for _, way := range []struct {
			roots *x509.CertPool
			right bool
		}{{roots, test.right}, {nil, test.alone}} {
			got, err := Verify(token, digest, way.roots)
			if (err == nil) != way.right || err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("%s, with roots %t: got %+v, %v", name, way.roots != nil, got, err)
			}
		}
	}
}
