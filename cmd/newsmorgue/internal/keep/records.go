package keep

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// The profiles of revisit records (WARC 1.1, section 6.7).
const (
	profileSame        = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	profileNotModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// renamed are the header fields that are not true for a decoded payload. They are
// kept under another name, as other archives do.
var renamed = map[string]bool{"content-encoding": true, "transfer-encoding": true, "content-length": true}

// capture makes the request and response records of an answer. captured is the
// response, or the revisit if the payload is already archived.
func (k *Keeper) capture(ctx context.Context, r *scraper.Response, held catalog.Held, isHeld bool) (recs []*archive.Record, captured *archive.Record, err error) {
	if len(r.Exchanges) == 0 {
		return nil, nil, fmt.Errorf("answer of %s came without an exchange", r.URL)
	}
	x := r.Exchanges[len(r.Exchanges)-1]
	head, _, err := archive.ParseHTTPHead(x.Head())
	if err != nil {
		return nil, nil, fmt.Errorf("response header of %s: %w", r.URL, err)
	}
	coding := decoded(head, r)
	payload := r.Body
	if r.AsSent != nil {
		payload = r.AsSent
	}

	digest := payloadDigest(payload, r, coding)
	isSame := isHeld && !held.Truncated && held.PayloadDigest == digest
	if r.Truncated == "" && !isSame && len(payload) > 0 && (len(payload) >= worthRevisit || digest == held.LastDigest) {
		if held, isHeld, err = k.elsewhere(ctx, digest, r.URL.String(), held, isHeld); err != nil {
			return nil, nil, err
		}
	}
	typ, profile := "response", ""
	switch {
	case isHeld && r.Status == 304:
		typ, profile = "revisit", profileNotModified
		digest = held.PayloadDigest
	case isHeld && !held.Truncated && r.Truncated == "" && held.PayloadDigest == digest && len(payload) > 0:
		typ, profile = "revisit", profileSame
	}
	request := archive.NewRecord("request", x.Start)
	response := archive.NewRecord(typ, x.Start)
	response.Set("WARC-Target-URI", r.URL.String())
	response.Set("WARC-Concurrent-To", request.ID())
	response.Set("WARC-Warcinfo-ID", k.RunID)
	if host, _, err := net.SplitHostPort(x.RemoteAddr); err == nil {
		response.Set("WARC-IP-Address", host)
	}
	for _, p := range x.Protocol {
		response.Add("WARC-Protocol", p)
	}
	if profile != "" {
		response.Set("WARC-Profile", profile)
		response.Set("WARC-Refers-To", held.ResponseID)
		response.Set("WARC-Refers-To-Target-URI", held.URL)
		response.Set("WARC-Refers-To-Date", archive.FormatDate(held.Date))
		if profile == profileSame {
			// The standard requires this if the header is recorded and the body is not.
			response.Set("WARC-Truncated", "length")
		}
	}
	if r.Truncated != "" {
		response.Set("WARC-Truncated", r.Truncated)
	}
	response.Set("WARC-Payload-Digest", string(digest))
	wire := fmt.Sprintf("length=%d; sha256=%s; coding=%s", x.WireLength, hex.EncodeToString(x.WireSHA256[:]), coding)
	if r.CodingFlaw != "" {
		wire += "; error=" + r.CodingFlaw
	}
	response.Set("Newsmorgue-Wire", wire)
	fetch := fmt.Sprintf("ms=%d; hops=%s", x.Elapsed.Milliseconds(), r.Request.Hops)
	if r.Request.Via != nil {
		fetch += "; via=" + r.Request.Via.String()
	}
	response.Set("Newsmorgue-Fetch", fetch)
	if x.Unverified != "" {
		response.Set("Newsmorgue-TLS", "unverified; "+oneLine(x.Unverified))
	}
	response.Set("Content-Type", "application/http; msgtype=response")
	response.HTTP = head
	if typ == "response" {
		response.Payload = payload
	}

	request.Set("WARC-Target-URI", r.URL.String())
	request.Set("WARC-Concurrent-To", response.ID())
	request.Set("WARC-Warcinfo-ID", k.RunID)
	request.Set("Content-Type", "application/http; msgtype=request")
	if request.HTTP, request.Payload, err = archive.ParseHTTPHead(x.Request); err != nil {
		return nil, nil, fmt.Errorf("request header of %s: %w", r.URL, err)
	}
	return []*archive.Record{request, response}, response, nil
}

// payloadDigest is the digest of a payload. If that came without any coding, it is
// the one of the bytes on the wire, which is known already.
func payloadDigest(payload []byte, r *scraper.Response, coding string) archive.Digest {
	x := r.Exchanges[len(r.Exchanges)-1]
	if coding == "" && r.CodingFlaw == "" && len(payload) > 0 && x.WireLength == int64(len(payload)) && x.WireSHA256 != [32]byte{} {
		return archive.Digest("sha256:" + hex.EncodeToString(x.WireSHA256[:]))
	}
	return archive.SHA256(payload)
}

// worthRevisit is the payload size, in bytes, from which a reference to another
// page's copy saves space.
const worthRevisit = 512

// elsewhere looks for the payload among older captures of the URL, as when an edit
// is taken back, and under other URLs: error pages, files behind several names. Of
// another URL, only what no copy of the archive can lack while it has this record is
// referred to: a sealed segment, or this run's own journal.
func (k *Keeper) elsewhere(ctx context.Context, digest archive.Digest, url string, held catalog.Held, isHeld bool) (catalog.Held, bool, error) {
	other, ok, err := k.Catalog.ByDigest(ctx, digest, url)
	if err != nil || !ok || other.URL != url && !(other.Sealed || k.Writer.Holds(other.Segment)) {
		return held, isHeld, err
	}
	return other, true, nil
}

// decoded renames the header fields that described the payload on the wire and
// returns its codings, in the order they were applied, as Newsmorgue-Wire has them.
func decoded(head *archive.HTTPHead, r *scraper.Response) string {
	var coding []string
	// A content coding that could not be undone is still that of the payload.
	asSent := r.Header.Get("Content-Encoding") != "" || r.AsSent != nil
	length := len(r.Body)
	if r.AsSent != nil {
		length = len(r.AsSent)
	}
	for i, f := range head.Headers {
		name := strings.ToLower(f.Name)
		if !renamed[name] {
			continue
		}
		if name != "content-length" {
			for c := range strings.SplitSeq(strings.ToLower(f.Value), ",") {
				if c = strings.TrimSpace(c); c != "" {
					coding = append(coding, c)
				}
			}
		}
		if name == "content-length" && f.Value == fmt.Sprint(length) {
			continue // still true
		}
		if name == "content-encoding" && asSent {
			continue
		}
		head.Rename(i, "X-Archive-Orig-"+f.Name)
	}
	return strings.Join(coding, ",")
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// Body is a record's payload without the codings that it was kept with: those of an
// imported record, or content codings that a crawl kept.
func Body(rec *archive.Record) []byte {
	if rec.HTTP == nil {
		return rec.Payload
	}
	// A transfer coding is applied last. Entity has removed the chunks.
	encoding, contentType := append(rec.HTTP.Values("Content-Encoding"), rec.HTTP.Values("Transfer-Encoding")...), rec.HTTP.Values("Content-Type")
	return fetch.DecodeContent(rec.Entity(), strings.Join(encoding, ","), strings.Join(contentType, ","), fetch.MaxBody).Data
}

// warcFields writes lines as application/warc-fields (WARC 1.1, section 6.2).
func warcFields(pairs ...string) []byte {
	var b bytes.Buffer
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", pairs[i], oneLine(pairs[i+1]))
		}
	}
	return b.Bytes()
}
