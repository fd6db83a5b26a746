// Package webhook sends notices to the programs that want them: HTTP POST requests with
// JSON, signed, each at least once. What is to be sent lies in an outbox on disk, so
// that a receiver that is away delays nothing and gets its notices later.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// The header fields of a request. The signature is
//
//	sha256=HEX of HMAC-SHA256(secret, timestamp + "." + body)
//
// so that a receiver that compares the timestamp with its clock refuses a request that
// somebody repeats. Without a secret there is no signature.
const (
	SignatureField = "X-Newsmorgue-Signature"
	TimestampField = "X-Newsmorgue-Timestamp" // seconds since 1970
	IDField        = "X-Newsmorgue-Id"        // of the notice: the same each time it is sent
)

const (
	timeout   = 10 * time.Second
	firstWait = 30 * time.Second
	longest   = 24 * time.Hour     // between two attempts
	giveUp    = 7 * 24 * time.Hour // after a notice was made
	poll      = time.Hour          // how often old notices are looked for
)

// An Outbox keeps what is to be sent; frontier.Frontier is one.
type Outbox interface {
	NextMessage(ctx context.Context, receiver string, now time.Time) (m frontier.Message, due time.Time, ok bool, err error)
	Sent(ctx context.Context, m frontier.Message) error
	NotSent(ctx context.Context, m frontier.Message, now time.Time, wait func(failed int) time.Duration) (due time.Time, err error)
	Expire(ctx context.Context, before time.Time) ([]frontier.Message, error)
}

// A Receiver is a URL that gets notices. The URL itself may be a secret: it is neither
// logged nor kept on disk.
type Receiver struct {
	Name string // stands for it in the outbox
	url  string
	host string // for people
}

// Parse reads the URL of a receiver. The error does not repeat the URL.
func Parse(raw string) (Receiver, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return Receiver{}, errors.New("it must be an http or https URL")
	}
	sum := sha256.Sum256([]byte(raw))
	return Receiver{Name: hex.EncodeToString(sum[:]), url: raw, host: u.Scheme + "://" + u.Host}, nil
}

// A Sender empties an outbox.
type Sender struct {
	Outbox    Outbox
	Receivers []Receiver
	Secret    []byte // "" for requests without a signature
	UserAgent string
	Logger    *slog.Logger
	Transport http.RoundTripper // http.DefaultTransport if nil
	Attempted func(ok bool)     // called after each attempt, if it is not nil

	once  sync.Once
	wakes []chan struct{}
}

func (s *Sender) init() {
	s.once.Do(func() {
		for range s.Receivers {
			s.wakes = append(s.wakes, make(chan struct{}, 1))
		}
	})
}

// Wake says that there is something new in the outbox. It does not wait.
func (s *Sender) Wake() {
	s.init()
	for _, w := range s.wakes {
		select {
		case w <- struct{}{}:
		default: // one is enough
		}
	}
}

// Serve sends until ctx is done. What is not sent by then stays in the outbox.
func (s *Sender) Serve(ctx context.Context) {
	s.init()
	client := &http.Client{
		Transport: s.Transport, Timeout: timeout,
		// A redirect would send the notice to somebody whom nobody named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var wg sync.WaitGroup
	for i, r := range s.Receivers {
		wg.Go(func() { s.serve(ctx, client, r, s.wakes[i]) })
	}
	wg.Go(func() { s.expire(ctx) })
	wg.Wait()
}

// serve sends to one receiver.
func (s *Sender) serve(ctx context.Context, client *http.Client, r Receiver, wake <-chan struct{}) {
	for ctx.Err() == nil {
		now := time.Now()
		m, due, ok, err := s.Outbox.NextMessage(ctx, r.Name, now)
		if err == nil && !ok && due.After(now.Add(longest)) { // no wait is so long: the clock was set back
			m, due, ok, err = s.Outbox.NextMessage(ctx, r.Name, due)
		}
		if err == nil && ok {
			due, err = s.attempt(ctx, client, r, m)
		}
		var wait <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.Logger.Error("the outbox of notices does not work", "receiver", r.host, "error", err)
			wait = time.After(firstWait)
		case !due.IsZero():
			wait = time.After(max(time.Millisecond, time.Until(due)))
		case ok:
			continue
		}
		select {
		case <-ctx.Done():
		case <-wait: // never, if there is nothing to send
		case <-wake:
		}
	}
}

// attempt sends a message; due is when the receiver may be tried again, if it failed.
func (s *Sender) attempt(ctx context.Context, client *http.Client, r Receiver, m frontier.Message) (due time.Time, err error) {
	sendErr := s.post(ctx, client, r, m)
	if ctx.Err() != nil && sendErr != nil {
		return due, nil // stopped, which says nothing about the receiver
	}
	if s.Attempted != nil {
		s.Attempted(sendErr == nil)
	}
	// Also while the program is being stopped: what was sent is sent.
	keep := context.WithoutCancel(ctx)
	if sendErr == nil {
		return due, s.Outbox.Sent(keep, m)
	}
	due, err = s.Outbox.NotSent(keep, m, time.Now(), func(failed int) time.Duration { return backoff(r.Name, failed) })
	if err == nil {
		s.Logger.Warn("notice not sent", "receiver", r.host, "error", sendErr, "next attempt", due.UTC().Format(time.RFC3339))
	}
	return due, err
}

// post makes one request. Its errors have no URL.
func (s *Sender) post(ctx context.Context, client *http.Client, r Receiver, m frontier.Message) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(m.Body))
	if err != nil {
		return errors.New("the URL is not valid")
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", s.UserAgent)
	req.Header.Set(IDField, m.ID)
	req.Header.Set(TimestampField, stamp)
	if len(s.Secret) > 0 {
		req.Header.Set(SignatureField, Sign(s.Secret, stamp, m.Body))
	}
	res, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		// Other errors may name the URL or its parts, too.
		return errors.New(strings.ReplaceAll(err.Error(), r.url, r.host))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return nil
}

// Sign returns the signature of a request.
func Sign(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// backoff is how long a receiver is left alone after some failures in a row: twice as
// long each time, up to a day, and up to a fifth less. How much less depends on the
// receiver and the number of failures alone, so that receivers that failed at the same
// time are not all tried at the same time.
func backoff(receiver string, failed int) time.Duration {
	wait := longest
	if n := failed - 1; n < 12 {
		wait = min(longest, firstWait<<max(0, n))
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", receiver, failed)
	return wait - time.Duration(float64(wait)/5*float64(h.Sum32())/(1<<32))
}

// expire gives up notices that nobody took for too long, also those of receivers that
// are no longer named.
func (s *Sender) expire(ctx context.Context) {
	hosts := map[string]string{}
	for _, r := range s.Receivers {
		hosts[r.Name] = r.host
	}
	for {
		gone, err := s.Outbox.Expire(ctx, time.Now().Add(-giveUp))
		if err != nil && ctx.Err() == nil {
			s.Logger.Error("the outbox of notices does not work", "error", err)
		}
		for _, m := range gone {
			host := hosts[m.Receiver]
			if host == "" {
				host = "one that is no longer named"
			}
			s.Logger.Error("notice given up: not taken for 7 days", "site", m.Site, "receiver", host, "made", m.Created.UTC().Format(time.RFC3339), "id", m.ID)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(poll):
		}
	}
}
