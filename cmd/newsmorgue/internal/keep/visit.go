package keep

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A visit is one answer on its way into the archive.
type visit struct {
	*scraper.Response
	held     catalog.Held // the current version before; zero if isHeld is false
	isHeld   bool
	captured *archive.Record      // the response or revisit
	recs     []*archive.Record    // to be written with it
	a        *article.Article     // nil if it was not read
	conv     *archive.Record      // of a; nil if none was made
	words    *catalog.Fingerprint // see fingerprint
	unread   string               // why not
	seen     *parsers.Seen        // see lessons; nil if nothing can be learned from the page
	head     string               // URL of the article that this page continues
	isNew    bool
	changed  bool           // it is another version than before
	why      catalog.Reason // why it does not become the current version
	state    catalog.State  // if it may not have become the current version
	said     *pageWords     // see page
	consent  bool           // it only asks for consent to cookies
}

// fingerprint is that of what was read, whose words are many.
func (v *visit) fingerprint() catalog.Fingerprint {
	if v.words == nil {
		f := catalog.FingerprintOf(v.captured.TargetURI(), v.a)
		v.words = &f
	}
	return *v.words
}

// reading is the article of the answer, if its record is to be written; else nil.
func (v *visit) reading() *catalog.Read {
	if v.conv == nil || !slices.Contains(v.recs, v.conv) {
		return nil
	}
	return &catalog.Read{Record: v.conv, Article: v.a, Fingerprint: v.fingerprint()}
}

// unchanged reports whether an answer has the payload of the current version.
func (v *visit) unchanged() bool {
	return v.isHeld && v.captured.Type() == "revisit" && v.captured.Get("WARC-Refers-To") == v.held.ResponseID && !v.failed()
}

// failed reports whether the status says that an answer is not the page itself.
func (v *visit) failed() bool {
	return v.Status != http.StatusNotModified && (v.Status < 200 || v.Status > 299)
}

// judge asks the catalog whether an answer became the current version, where that is
// not certain, and reads an unchanged page again if this extractor reads it
// differently.
func (k *Keeper) judge(ctx context.Context, v *visit) error {
	if v.Request.Kind != scraper.KindPage || k.NoExtract {
		return nil
	}
	if v.failed() {
		if v.a != nil && v.a.Kind == article.KindBlocked {
			v.why = catalog.ReasonWall
		} else if v.held.ArticleRecordID != "" {
			v.why = catalog.ReasonStatus
		}
		return nil
	}
	wasBlocked := v.held.Kind == string(article.KindBlocked)
	switch {
	case v.isNew:
		return k.judgeNew(ctx, v)
	case v.held.ArticleRecordID == "", v.a != nil && !v.changed && !wasBlocked:
		return nil
	case v.a == nil && v.unchanged() && !wasBlocked:
		return k.renew(ctx, v.held)
	}
	state, ok, err := k.Catalog.State(ctx, v.URL.String())
	if err != nil || !ok {
		return err
	}
	v.state, v.why = state, state.Why
	switch {
	case v.why != "":
		v.changed = false
		return nil
	case v.a == nil:
		return k.judgeRevisit(ctx, v)
	}
	v.isNew, v.changed = wasBlocked, v.changed && !wasBlocked
	return nil
}

// judgeRevisit is judge for a page that is again what it was before the current
// version.
func (k *Keeper) judgeRevisit(ctx context.Context, v *visit) error {
	now, ok, err := k.Catalog.Current(ctx, v.URL.String())
	if err != nil || !ok {
		return err
	}
	v.changed = now.Content != v.held.Content
	return k.renew(ctx, now)
}

// judgeNew is judge for a URL that had no reading before.
func (k *Keeper) judgeNew(ctx context.Context, v *visit) error {
	if v.a.Kind == article.KindBlocked {
		v.why = catalog.ReasonWall
		return nil
	}
	isKnown, err := k.isPlaceholder(ctx, v.page())
	if isKnown {
		v.why = catalog.ReasonPlaceholder
	}
	return err
}

// kind is the kind of page that was read; "" if nothing was.
func (v *visit) kind() article.Kind {
	switch {
	case v.why == catalog.ReasonWall || v.why == catalog.ReasonPlaceholder:
		return article.KindBlocked
	case v.why == catalog.ReasonStatus:
		return ""
	case v.a != nil:
		return v.a.Kind
	case v.state.Kind != "":
		return article.Kind(v.state.Kind)
	case v.unchanged():
		return article.Kind(v.held.Kind)
	}
	return ""
}

// fill fills the fields by which the crawl counts and schedules a page. A page stays
// what it was while its URL answers with something else.
func (v *visit) fill(out *scraper.Outcome) {
	setKind(out, v.kind())
	published := v.held.Published
	if v.a != nil && v.why == "" {
		published = v.a.Published
	}
	out.Part = v.head != ""
	if v.a != nil && v.why == "" {
		out.Text = textHash(v.a)
	}
	story := out.Article
	if was := article.Kind(v.held.Kind); v.why != "" && v.held.ArticleRecordID != "" {
		blocked := out.Blocked && v.why == catalog.ReasonWall
		if v.failed() && !blocked {
			out.Article = was.Story()
		} else {
			setKind(out, was)
		}
		out.Blocked, story = blocked, was.Story()
	} else if v.why == catalog.ReasonPlaceholder {
		out.Blocked = false // it is not a wall, and says nothing about this client
		story = v.page().maintenance
	}
	if out.Blocked && v.consent {
		out.Reason = reasonConsent
	}
	out.Unchanged, out.Changed, out.Gone = v.unchanged(), v.changed, v.gone()
	if len(v.Exchanges) > 0 {
		v.schedule(out, story, published)
	}
}

// reasonConsent is the Reason of an Outcome for a page that only asks for consent to
// cookies. That of other walls is the crawler's own.
const reasonConsent = "answered with a consent page"

// consents reports whether an answer that is blocked only asks for consent to cookies.
func (k *Keeper) consents(ctx context.Context, v *visit) (bool, error) {
	if v.kind() != article.KindBlocked || v.why == catalog.ReasonPlaceholder {
		return false, nil
	}
	a := v.a
	if a == nil { // it was read before
		id, err := k.Catalog.ReadingOf(ctx, v.URL.String(), v.captured.ID())
		if err != nil || id == "" {
			return false, err
		}
		a, err = k.articleOf(ctx, id)
		switch {
		case errors.Is(err, archive.ErrNotFound):
			return false, nil // erased
		case err != nil:
			return false, err
		}
	}
	return parsers.AsksConsent(a), nil
}

// setKind fills the fields by which the crawl counts and schedules a page.
func setKind(out *scraper.Outcome, kind article.Kind) {
	out.Kind, out.Article, out.Blocked = string(kind), kind.Story(), kind == article.KindBlocked
}
