package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/pagetext"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An auditSession goes through the articles of a sample and saves the answers.
type auditSession struct {
	ar      *archive.Archive
	c       *catalog.Catalog
	sample  audit.Sample
	auditor string
	only    []string

	stories []catalog.Story
	from    int // articles that the sample was drawn from
	history *audit.History
	forms   map[int]*audit.Form // of the articles that were shown
	trail   []int               // those, in order
	step    int                 // of the trail; -1 before the first article
	now     *auditPage          // what is shown
	answers int                 // saved in this session
	copies  string              // folder with copies of pages; "" if there are none
}

// An auditPage is an article with its page.
type auditPage struct {
	place   int // in the sample
	story   catalog.Story
	article *article.Article
	form    *audit.Form
	html    []byte // in UTF-8
	page    *pagetext.Page
}

// question is the question that is asked now.
func (p *auditPage) question() audit.Question { return p.form.Questions[p.form.At()] }

func newAuditSession(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, f *auditFlags) (*auditSession, error) {
	s := &auditSession{ar: ar, c: c, sample: f.sample, auditor: f.auditor, only: f.fields, forms: map[int]*audit.Form{}, step: -1}
	var err error
	if s.stories, s.from, err = s.sample.Draw(ctx, c); err != nil {
		return nil, err
	}
	all, err := audit.All(ctx, c)
	s.history = s.sample.History(all)
	return s, err
}

// next shows the next article with questions that are not answered; it returns false
// if there is none.
func (s *auditSession) next(ctx context.Context) (bool, error) {
	s.now = nil
	for s.step+1 < len(s.trail) {
		s.step++
		if ok, err := s.show(ctx, s.trail[s.step]); ok || err != nil {
			return ok, err
		}
	}
	from := 0
	if len(s.trail) > 0 {
		from = s.trail[len(s.trail)-1] + 1
	}
	for i := from; i < len(s.stories); i++ {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		ok, err := s.show(ctx, i)
		if err != nil {
			return false, err
		}
		if ok {
			s.trail = append(s.trail, i)
			s.step = len(s.trail) - 1
			return true, nil
		}
	}
	return false, nil
}

// show shows an article, unless all its questions are answered or it is gone.
func (s *auditSession) show(ctx context.Context, i int) (bool, error) {
	// It may have been suppressed or captured again since the sample was drawn.
	story, ok, err := s.c.Select(ctx, catalog.Filter{All: true}, s.stories[i].URL)
	if err != nil || !ok {
		return false, err
	}
	p := &auditPage{place: i, story: story}
	if p.article, err = s.c.Article(ctx, story); err != nil {
		return false, err
	}
	if p.form = s.forms[i]; p.form == nil || story.RecordID != s.stories[i].RecordID {
		p.form = audit.NewForm(story, audit.Questions(p.article), s.history, s.only)
	}
	if p.form.Done() {
		return false, nil
	}
	rec, err := s.c.Response(ctx, story)
	switch {
	case errors.Is(err, archive.ErrNotFound):
		p.page = &pagetext.Page{Head: []string{"The page of this article is no longer in the archive."}}
	case err != nil:
		return false, err
	default:
		host := ""
		if u, err := url.Parse(story.URL); err == nil {
			host = u.Hostname()
		}
		contentType := ""
		if rec.HTTP != nil {
			contentType = strings.Join(rec.HTTP.Values("Content-Type"), ",")
		}
		p.html = pagetext.HTML(keep.Body(rec), contentType, host)
		p.page = pagetext.Read(p.html)
	}
	s.stories[i], s.forms[i], s.now = story, p.form, p
	return true, nil
}

// answer answers the current question; after the last one of an article, it saves the
// answers and shows the next article. It returns false if there is none.
func (s *auditSession) answer(ctx context.Context, v audit.Verdict, note string) (bool, error) {
	s.now.form.Answer(v, clip(strings.TrimSpace(note), 1000))
	if !s.now.form.Done() {
		return true, nil
	}
	return s.skip(ctx)
}

// skip saves what was answered and goes to the next article.
func (s *auditSession) skip(ctx context.Context) (bool, error) {
	if err := s.save(ctx); err != nil {
		return false, err
	}
	return s.next(ctx)
}

// back goes to the question before, also of the article before; it returns false if
// there is none in this session.
func (s *auditSession) back(ctx context.Context) (bool, error) {
	if s.now.form.Back() {
		return true, nil
	}
	if err := s.save(ctx); err != nil {
		return false, err
	}
	here := s.step
	for s.step > 0 {
		s.step--
		i := s.trail[s.step]
		if s.forms[i].Done() {
			s.forms[i].Back()
		}
		if ok, err := s.show(ctx, i); ok || err != nil {
			return ok, err
		}
	}
	s.step = here
	return false, nil
}

// save writes the answers of the current article that are not in the archive yet, also
// if the user has just interrupted the command.
func (s *auditSession) save(ctx context.Context) error {
	if s.now == nil {
		return nil
	}
	a := s.now.form.Unsaved(s.sample, s.auditor)
	if a == nil {
		return nil
	}
	if err := keep.SaveAudit(context.WithoutCancel(ctx), s.ar, s.c, a); err != nil {
		return fmt.Errorf("the answers about %s could not be saved: %w", plain(a.URL), err)
	}
	s.history.Add(*a)
	s.answers += len(a.Judgments)
	return nil
}

// copyPage writes the page that is shown to a file for a browser, in which it cannot
// load or run anything, and returns its path.
func (s *auditSession) copyPage() (string, error) {
	if s.now.html == nil {
		return "", fmt.Errorf("the page is no longer in the archive")
	}
	if s.copies == "" {
		dir, err := os.MkdirTemp("", "newsmorgue-audit-")
		if err != nil {
			return "", err
		}
		s.copies = dir
	}
	path := filepath.Join(s.copies, s.now.story.ID+".html")
	head := `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">` +
		"<!-- archived from " + strings.ReplaceAll(html.EscapeString(s.now.story.URL), "--", "%2D%2D") + " -->\n"
	return path, os.WriteFile(path, append([]byte(head), s.now.html...), 0o600)
}

// close removes the copies of pages.
func (s *auditSession) close() {
	if s.copies != "" {
		_ = os.RemoveAll(s.copies) // they are in the folder for temporary files
	}
}

// summary says how much of the sample is judged.
func (s *auditSession) summary() string {
	line := fmt.Sprintf("%s saved", count(s.answers, "answer"))
	skipped := 0
	for _, f := range s.forms {
		if !f.Done() {
			skipped++
		}
	}
	switch {
	case s.now != nil || s.step+1 < len(s.trail):
		line += "; run the same command again to continue"
	case skipped > 0:
		line += fmt.Sprintf("; %s skipped; the same command asks about them again", count(skipped, "article"))
	default:
		line += fmt.Sprintf("; the sample of %s from %d has no more questions", count(len(s.stories), "article"), s.from)
	}
	return line
}
