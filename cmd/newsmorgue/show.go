package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) showCommand() *cobra.Command {
	var format, proof string
	var raw bool
	cmd := &cobra.Command{
		Use:   "show ID|URL|PREFIX",
		Short: "Print one article, or with --raw the page as the server sent it",
		Long: `Prints one article, as Markdown or in the format of --format. Name the article by the ID that newsmorgue list
prints or its first digits (at least four), by its URL, or by the beginning of its URL if only one article
has it. --raw prints the page as the server sent it, decoded. A note on stderr says if the last answer of its
URL is something else, such as an error or a maintenance page: the last good version is printed.

--proof writes a file with the records of the article, the page and the request, and the hashes that prove that
they were in the archive when it was sealed or time-stamped; ID may also be the WARC-Record-ID of any record.
newsmorgue verify --proof checks the file without the archive.

` + exitHelp,
		Example: `  newsmorgue show 3f9a
  newsmorgue show https://example.org/story --raw > story.html
  newsmorgue show 3f9a --proof story.proof.json`,
		Args: args(1, 1, "the ID or URL of an article"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if proof != "" {
				if raw || cmd.Flags().Changed("format") {
					return usage("--proof cannot be combined with --raw or --format")
				}
				return a.writeProof(cmd, argv[0], proof)
			}
			if a.json {
				format = "json"
			}
			print, err := printer(format)
			if err != nil {
				return err
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			story, err := a.findStory(cmd, c, argv[0])
			if err != nil {
				return err
			}
			if err := a.noteLastAnswer(cmd.Context(), c, story.URL); err != nil {
				return err
			}
			if raw {
				rec, err := c.Response(cmd.Context(), story)
				if err != nil {
					return err
				}
				_, err = a.stdout.Write(keep.Body(rec))
				return err
			}
			article, err := c.Article(cmd.Context(), story)
			if err != nil {
				return err
			}
			return print(a, article)
		},
	}
	cmd.Flags().StringVar(&format, "format", "markdown", "how to print the article: `json|markdown|text|html`")
	cmd.Flags().StringVar(&proof, "proof", "", "write a proof of the article into this new `file` (- for stdout)")
	cmd.Flags().BoolVar(&raw, "raw", false, "print the page as the server sent it")
	return cmd
}

// spelling is the spelling under which crawls record a URL that a person wrote; ref
// itself if it is not a URL.
func spelling(ref string) string {
	if !strings.ContainsAny(ref, ".:/") {
		return ref
	}
	u, err := parseSeed(ref)
	if err != nil {
		return ref
	}
	return keep.Spelling(u.String())
}

// find lists the stories that a reference names, as it is written or else in the
// spelling of crawls.
func find(ctx context.Context, c *catalog.Catalog, ref string) ([]catalog.Story, error) {
	found, err := c.Find(ctx, ref)
	if usual := spelling(ref); err == nil && len(found) == 0 && usual != ref {
		return c.Find(ctx, usual)
	}
	return found, err
}

// findStory finds the article that a reference names; it must be exactly one.
func (a *app) findStory(cmd *cobra.Command, c *catalog.Catalog, ref string) (catalog.Story, error) {
	found, err := find(cmd.Context(), c, ref)
	if err != nil {
		return catalog.Story{}, err
	}
	switch {
	case len(found) == 0:
		if err := a.suppressed(cmd.Context(), c, ref); err != nil {
			return catalog.Story{}, err
		}
		return catalog.Story{}, fail(exitFailed, "newsmorgue list --kind all lists all pages", "no article %q in this archive", ref)
	case len(found) > 1:
		for _, s := range found[:min(len(found), 10)] {
			fmt.Fprintf(a.stderr, "  %s  %s\n", s.ID, plain(s.URL))
		}
		return catalog.Story{}, fail(exitFailed, "name one of them by its ID", "%q matches %d articles", ref, len(found))
	}
	return found[0], nil
}
