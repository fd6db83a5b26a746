package scraper_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// TestLinkRules has a row for each place where a page refers to another URL.
func TestLinkRules(t *testing.T) {
	const words = "<p>The council met again about the quay and its lamps."
	tests := []struct {
		markup string
		assets string // the lowest level that takes it
		want   []string
	}{
		{`<a href=x>`, "none", []string{" L x"}},
		{`<map><area href=x>`, "none", []string{" L x"}},
		{`<link rel="Canonical" href=x>`, "none", []string{" L x self"}},
		{`<link rel="next nofollow" href=x><link rel=amphtml href=y>`, "none", []string{" L x"}},
		{`<link rel=alternate type="application/rss+xml" href=x><link rel=alternate hreflang=fr href=y>`, "none", []string{"feed M x"}},
		{`<link rel="https://api.w.org/" href=x>`, "none", []string{"list M x"}},
		{`<nav><a href=x></a></nav><article><header><a href=y></a></header></article><header><a href=z>`, "none", []string{" L x frame", " L y", " L z frame"}},
		{`<header><nav><a href=x></a></nav><a href=y></a></header><a href=z></a>`, "none", []string{" L x frame", " L y frame", " L z"}},
		{`<link rel="alternate STYLESHEET" href=x>`, "style", []string{"asset E x"}},
		{`<style>@import "x"</style>`, "style", []string{"asset E x"}},
		{`<link rel="shortcut icon" href=x>`, "images", []string{"asset E x"}},
		{`<img src=x srcset="y 1x, z 2x" data-src=v data-srcset=w>`, "images", []string{"asset E x", "asset E y", "asset E z", "asset E v", "asset E w"}},
		{`<picture><source srcset="x, y 2x">`, "images", []string{"asset E x", "asset E y"}},
		{`<p style="background: url('x')">`, "images", []string{"asset E x"}},
		{`<video poster=x>`, "images", []string{"asset E x"}},
		{`<video src=x><source src=y><track src=z></video>`, "all", []string{"asset E x", "asset E y", "asset E z"}},
		{`<script src=x></script><iframe src=y></iframe><object data=z></object>` + words, "all", []string{"asset E x", "asset E y", "asset E z"}},
		{`<iframe src=x></iframe>` + words, "all", []string{"asset E x"}},
		{`<frameset><frame src=x><frame src=y></frameset>`, "none", []string{" L x", " L y"}},
		{`<a href=x></a><base href="https://a.example/d/"><a href=y></a><base href="/e/"><a href=z>`, "none", []string{" L /d/x", " L /d/y", " L /d/z"}},
		{"<img srcset='x\n2x,\ty\f1x , z'>", "images", []string{"asset E x", "asset E y", "asset E z"}},
		{`<svg><a xlink:href=x></a></svg><a name=y>`, "none", []string{" L x"}},
		{`<a href=x></a><link rel=stylesheet href=y><meta name=ROBOTS content="noindex,nofollow">`, "style", []string{"asset E y"}},
	}
	levels := []string{"none", "style", "images", "all"}
	for _, tt := range tests {
		for i, level := range levels {
			want := tt.want
			if i < slices.Index(levels, tt.assets) {
				want = nil
			}
			r := &scraper.Response{URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/"}, Body: []byte(tt.markup), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
			var got []string
			for _, l := range r.Links(level) {
				text := string(l.Kind) + " " + string(l.Hop) + " " + strings.TrimPrefix(l.URL.Path, "/")
				if strings.Count(l.URL.Path, "/") > 1 {
					text = string(l.Kind) + " " + string(l.Hop) + " " + l.URL.Path
				}
				if l.Self {
					text += " self"
				}
				if l.Frame {
					text += " frame"
				}
				got = append(got, text)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, assets %s: got %q, want %q", tt.markup, level, got, want)
			}
		}
	}
}

// TestTextIsDecoded: style sheets are read by the injected decoder, and without one
// as they are.
func TestTextIsDecoded(t *testing.T) {
	r := &scraper.Response{URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/"}, Body: []byte("@import 'caf\xe9.css';"),
		Header: http.Header{"Content-Type": {"text/css; charset=iso-8859-1"}}}
	if text, err := r.Text(); err != nil || string(text) != string(r.Body) {
		t.Errorf("without a decoder: got %q, %v", text, err)
	}
	r.Decode = func(b []byte, contentType, host string) ([]byte, error) {
		return []byte(strings.ReplaceAll(string(b), "\xe9", "é") + "/* " + contentType + " " + host + " */"), nil
	}
	if links := r.Links("style"); len(links) != 1 || links[0].URL.Path != "/café.css" {
		t.Errorf("got %v", links)
	}
	if text, err := r.Text(); err != nil || !strings.Contains(string(text), "/* text/css; charset=iso-8859-1 a.example */") {
		t.Errorf("got %q, %v", text, err)
	}
}

// BenchmarkLinks reads the links of a tree of some 4,000 elements.
func BenchmarkLinks(b *testing.B) {
	var page strings.Builder
	page.WriteString("<html><head><link rel=canonical href=/self><link rel=stylesheet href=/s.css></head><body><nav><ul>")
	for i := range 300 {
		fmt.Fprintf(&page, `<li class="menu-item item-%d"><a href="/section/%d/" class="link"><span class="x">Word</span></a></li>`, i, i%100)
	}
	page.WriteString("</ul></nav><article>")
	for i := range 600 {
		fmt.Fprintf(&page, `<div class="teaser"><h3 class="t"><a href="/story-%d">Title</a></h3><p>Text <b>bold</b></p><img src="/i/%d.jpg" srcset="/i/%d-2.jpg 2x" alt=""></div>`, i, i, i)
	}
	body := []byte(page.String())
	for _, level := range []string{"style", "all"} {
		b.Run(level, func(b *testing.B) {
			r := &scraper.Response{URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/"}, Body: body, DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
			if _, err := r.Document(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r.Links(level)
			}
		})
	}
}

// TestWithoutDetectHTML: scraper has no rule of its own for what is HTML.
func TestWithoutDetectHTML(t *testing.T) {
	r := &scraper.Response{URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/"}, Body: []byte("<html><a href=x>"), Header: http.Header{"Content-Type": {"text/html"}}}
	if _, err := r.Document(); !errors.Is(err, scraper.ErrNotHTML) || r.IsHTML() || len(r.Links("all")) > 0 {
		t.Errorf("got %v, HTML %v, %d links", err, r.IsHTML(), len(r.Links("all")))
	}
}
