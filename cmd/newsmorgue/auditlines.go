package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/audit"
)

const auditLineHelp = `  y yes, n no, u unsure; a note may follow: n the photographer is missing
  b back to the question before, s skip the article, q quit
  p print the page; lines that are in the text begin with |
  o print the URL and the path of a copy of the page`

// askLines asks line by line: questions to out, answers from in. The end of in ends it.
func (s *auditSession) askLines(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := readLines(ctx, in)
	shown := -1
	for more := true; more; {
		p := s.now
		if shown != p.place {
			shown = p.place
			fmt.Fprintf(out, "\narticle %d of %d: %s\n%s\n", p.place+1, len(s.stories), clip(plain(p.article.Title), 100), plain(p.story.URL))
		}
		q := p.question()
		fmt.Fprintf(out, "%s: %s\n", q.Field, strings.Join(auditValue(q, 20), "\n  "))
		if given := p.form.Given(p.form.At()); given.Verdict != "" {
			fmt.Fprintf(out, "  answered: %s\n", given.Verdict)
		}
		fmt.Fprintf(out, "%s y, n, u, ?\n", q.Ask)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			var err error
			if more, err = s.command(ctx, line, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// readLines reads lines until the end or until ctx is done.
func readLines(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	// A read cannot be interrupted: after ctx is done, this ends with the next line, or
	// with the program.
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(in); sc.Scan(); {
			select {
			case lines <- sc.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// verdicts are the answers by their words.
var verdicts = map[string]audit.Verdict{
	"y": audit.Yes, "yes": audit.Yes, "n": audit.No, "no": audit.No, "u": audit.Unsure, "unsure": audit.Unsure,
}

// command does what a line says; it returns false at the end of the session.
func (s *auditSession) command(ctx context.Context, line string, out io.Writer) (bool, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	word = strings.ToLower(word)
	if v, ok := verdicts[word]; ok {
		return s.answer(ctx, v, rest)
	}
	switch word {
	case "b", "back":
		ok, err := s.back(ctx)
		if !ok && err == nil {
			fmt.Fprintln(out, "this is the first question")
		}
		return true, err
	case "s", "skip":
		return s.skip(ctx)
	case "q", "quit":
		return false, nil
	case "o", "open":
		path, err := s.copyPage()
		fmt.Fprintln(out, plain(s.now.story.URL))
		if err != nil {
			fmt.Fprintf(out, "no copy: %v\n", err)
		} else {
			fmt.Fprintf(out, "%s (until the audit ends)\n", path)
		}
	case "p", "page":
		v := newAuditView(s.now, 100)
		for _, l := range v.lines {
			fmt.Fprintf(out, "%c %s\n", l.gutter, string(l.text))
		}
	case "?", "h", "help":
		fmt.Fprintln(out, auditLineHelp)
	default:
		fmt.Fprintf(out, "%q is not an answer:\n%s\n", plain(clip(word, 20)), auditLineHelp)
	}
	return true, nil
}

// auditValue returns the lines of a value for reading: of a text, its beginning and
// end; at most so many of another.
func auditValue(q audit.Question, limit int) []string {
	if q.Absent() {
		return []string{"(empty)"}
	}
	if q.Field == "text" {
		paragraphs := strings.Split(q.Value, "\n\n")
		lines := []string{fmt.Sprintf("%s in %s", count(len(strings.Fields(q.Value)), "word"), count(len(paragraphs), "paragraph"))}
		lines = append(lines, "begins: "+clip(plain(paragraphs[0]), 240))
		if last := []rune(plain(paragraphs[len(paragraphs)-1])); len(paragraphs) > 1 || len(last) > 240 {
			end := string(last)
			if len(last) > 240 {
				end = "…" + string(last[len(last)-239:])
			}
			lines = append(lines, "ends: "+end)
		}
		return lines
	}
	lines := strings.Split(q.Value, "\n")
	more := len(lines) - limit
	if more > 0 {
		lines = lines[:limit]
	}
	for i, l := range lines {
		lines[i] = clip(plain(l), 400)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	return lines
}
