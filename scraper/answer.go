package scraper

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// attempt counts an attempt at a page, by its outcome.
func (r *run) attempt(req *Request, out Outcome) {
	if out.Result == ResultRetry && out.RetryAfter > 0 {
		return // robots.txt asked to wait
	}
	answered := out.Status != 0 || out.Reason == errCut.Reason()
	if req.Kind != KindPage || !answered && (out.Reason == "" || out.Result == ResultSkipped) {
		return // nothing was asked
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.PagesAsked++
	if !answered {
		r.counts.PagesFailed++
	}
}

// refused takes answers that deny access; true if there is something else in place of
// the page.
func (r *run) refused(h *host, resp *Response, e *ending) bool {
	if !e.Blocked && resp.Status != http.StatusForbidden && resp.Status != http.StatusUnauthorized {
		if resp.Request.Kind == KindPage {
			h.accepted()
		}
		return false
	}
	if h.refused(e.Blocked) {
		r.Logger.Warn("host given up for this run", "host", h.name, "reason", h.gaveUp())
	}
	return r.blocked(resp, e)
}

// blocked takes a bot wall in place of a page; false if the answer is none.
func (r *run) blocked(resp *Response, e *ending) bool {
	if !e.Blocked {
		return false
	}
	e.Result = ResultFailed
	if e.Reason == "" {
		e.Reason = reasonWall
	}
	if wait, asked := retryAfter(resp, r.now()); asked {
		e.RetryAfter = wait
	}
	return true
}

// countPage counts a page that was kept. A redirect is none, however it is made, nor
// is an answer without anything in it.
func (r *run) countPage(req *Request, e *ending) {
	if req.Kind != KindPage || e.moved || e.empty || e.Reason == reasonNotModified || e.Status != http.StatusNotModified && (e.Status < 200 || e.Status > 299) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Pages++
	if e.Article {
		r.counts.Articles++
	}
	if req.chain != nil && req.chain.repeat {
		r.counts.CookiePages++
	}
}

// asksToWait takes an answer after which the host must rest. The URL is asked again
// then, for a number of times.
func (r *run) asksToWait(resp *Response, wait time.Duration, e *ending) {
	req := resp.Request
	r.mu.Lock()
	r.counts.Waits++
	r.mu.Unlock()
	e.RetryAfter = wait
	if req.Attempt+1 < maxRetryAfterTries {
		e.Result, e.Reason, e.NextVisit = ResultRetry, waitReason(resp), r.now().Add(wait)
		return
	}
	e.Result, e.Reason = ResultFailed, fmt.Sprintf("HTTP %d on every try", e.Status)
}

// noAnswer decides what happens to a request without an answer.
func (r *run) noAnswer(h *host, req *Request, err error, took time.Duration) Outcome {
	reason := "no answer"
	var classed interface{ Reason() string }
	if errors.As(err, &classed) {
		reason = classed.Reason()
	}
	r.mu.Lock()
	r.counts.Asked++
	if !errors.Is(err, errCut) { // a part of an answer is one; it is fetched again
		r.counts.Failed++
	}
	r.mu.Unlock()
	out := Outcome{Result: ResultFailed, Reason: reason, HostRest: h.rest(r.Crawler)}
	switch {
	case errors.Is(err, ErrRefused):
	case h.abandoned(err, reason, took):
		r.Logger.Debug("host of assets given up for this run", "host", h.name, "reason", reason)
	case h.failed(reason):
		r.Logger.Warn("host given up for this run", "host", h.name, "reason", reason)
	case req.Attempt+1 < maxTries:
		wait, rest := h.backoff(r.Crawler, req.Attempt), h.failureRest(r.Crawler)
		if errors.Is(err, ErrNoHost) || errors.Is(err, ErrTLS) { // a minute changes neither
			wait, rest = min(wait, lastingRetry), min(rest, lastingRetry)
		}
		out.Result, out.NextVisit, out.HostRest = ResultRetry, time.Now().Add(wait), rest
	}
	r.emit(Event{Kind: EventDone, Request: req, Outcome: out})
	r.Logger.Debug("no answer", "url", req.URL.String(), "reason", reason, "error", err.Error(), "again", out.Result == ResultRetry)
	return out
}

// retryAfter reads Retry-After of a 429 or 503 (RFC 9110, section 10.2.3).
func retryAfter(resp *Response, now time.Time) (time.Duration, bool) {
	var wait time.Duration
	switch resp.Status {
	case http.StatusTooManyRequests:
		wait = time.Minute
	case http.StatusServiceUnavailable:
		wait = 30 * time.Second
	default:
		return 0, false
	}
	after := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if n, err := strconv.Atoi(after); err == nil && n >= 0 {
		wait = time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
	} else if t, err := http.ParseTime(after); err == nil {
		wait = t.Sub(now)
	}
	return min(max(wait, time.Second), maxRetryAfter), true
}

// waitReason says how an answer asked to wait.
func waitReason(resp *Response) string {
	if resp.Header.Get("Retry-After") != "" {
		return "asked to wait (Retry-After)"
	}
	return fmt.Sprintf("asked to wait (HTTP %d)", resp.Status)
}
