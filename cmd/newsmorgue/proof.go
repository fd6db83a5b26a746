package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/stamp"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// maxCertificates bounds a file of trusted certificates, in bytes. All public roots
// together have 250 kB.
const maxCertificates = 4 << 20

// utcSecond is how times in proofs are printed: others verify them elsewhere.
const utcSecond = "2006-01-02 15:04:05 UTC"

// writeProof writes the proof of an article or of one record into a file.
func (a *app) writeProof(cmd *cobra.Command, ref, file string) error {
	ctx := cmd.Context()
	if file != "-" {
		if _, err := os.Lstat(file); err == nil {
			return fail(exitFailed, "name another file, or remove this one", "%s exists already", file)
		}
	}
	ar, c, err := a.catalog(ctx)
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	var p *archive.Proof
	var hidden []string
	if id := fullRecordID(ref); id != ref || strings.HasPrefix(ref, "<urn:") {
		p, hidden, err = keep.ProveRecord(ctx, ar, c, id)
	} else {
		story, serr := a.findStory(cmd, c, ref)
		if serr != nil {
			return serr
		}
		p, hidden, err = keep.ProveStory(ctx, ar, c, story)
	}
	switch {
	case errors.Is(err, archive.ErrOpen):
		return fail(exitFailed, "newsmorgue stamp --seal seals journals that no crawl is writing; crawls do so at 512 MiB or after 7 days",
			"%q cannot be proved yet: %w", ref, err)
	case errors.Is(err, archive.ErrNotFound):
		return fail(exitFailed, "newsmorgue cat prints records with their IDs", "no record %q in this archive", ref)
	case errors.Is(err, keep.ErrSuppressed):
		if err := a.suppressed(ctx, c, ref); err != nil {
			return err
		}
		return fail(exitFailed, "newsmorgue suppress --list shows what is suppressed, and why", "%q cannot be proved: it, or the page that it was read from, is suppressed", ref)
	case err != nil:
		return err
	}
	for _, id := range hidden {
		if !a.quiet {
			fmt.Fprintf(a.stderr, "newsmorgue: note: record %s, which belongs to the page, is suppressed and not in the proof\n", id)
		}
	}
	return a.saveProof(p, file)
}

func (a *app) saveProof(p *archive.Proof, file string) error {
	if file == "-" {
		return p.Write(a.stdout)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err = errors.Join(p.Write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	report := checkProof(p, nil)
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "proof of %s written to %s\n", count(len(p.Records), "record"), file)
	for _, r := range report.Records {
		fmt.Fprintf(a.stdout, "  %s\n", r)
	}
	if len(p.Stamps) == 0 {
		fmt.Fprintln(a.stdout, "  no time stamp covers it: newsmorgue stamp --tsa URL asks for one")
	} else {
		fmt.Fprintf(a.stdout, "  %s\n", count(len(p.Stamps), "time stamp"))
	}
	if !a.quiet {
		a.hint("newsmorgue verify --proof %s checks it, without the archive", file)
	}
	return nil
}

// A proofReport is the result of verify --proof in JSON.
type proofReport struct {
	Archive  string                  `json:"archive"`
	Records  []provedJSON            `json:"records"`
	Segments []archive.ProvedSegment `json:"segments"`
	Stamps   []stampCheck            `json:"stamps"`
}

type provedJSON struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Date    string `json:"date"`
	URL     string `json:"url,omitempty"`
	Segment string `json:"segment"`
	Erased  bool   `json:"erased,omitempty"`
}

type stampCheck struct {
	keep.TokenCheck
	Segments []string `json:"segments"`
}

// checkProof verifies the tokens of a proof, and lists what it is about.
func checkProof(p *archive.Proof, roots *x509.CertPool) *proofReport {
	report := &proofReport{Archive: p.Archive, Segments: p.Segments, Stamps: []stampCheck{}}
	for _, r := range p.Records {
		if rec, err := r.Record(); err == nil {
			report.Records = append(report.Records, provedJSON{rec.ID(), rec.Type(), rec.Get("WARC-Date"), rec.TargetURI(), r.Segment, r.Erased})
		}
	}
	for _, s := range p.Stamps {
		check := stampCheck{TokenCheck: keep.CheckToken(s.TSA, s.Digest, s.Token, roots)}
		for _, in := range s.Segments {
			check.Segments = append(check.Segments, in.Segment)
		}
		report.Stamps = append(report.Stamps, check)
	}
	return report
}

// certificates reads the trusted certificates in a file; nil if none is named.
func certificates(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fail(exitFailed, "--certificates names a file with certificates in PEM", "%w", err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxCertificates+1))
	if err == nil && len(body) > maxCertificates {
		err = fmt.Errorf("larger than %s", size(maxCertificates))
	}
	var roots *x509.CertPool
	if err == nil {
		roots, err = stamp.Roots(body)
	}
	if err != nil {
		return nil, fail(exitFailed, "--certificates names a file with certificates in PEM", "%s: %w", file, err)
	}
	return roots, nil
}

// verifyProof checks a proof without an archive.
func (a *app) verifyProof(file, certs string) error {
	roots, err := certificates(certs)
	if err != nil {
		return err
	}
	in := a.stdin
	if file == "-" {
		file = "stdin"
	} else {
		f, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			return fail(exitFailed, "newsmorgue show ID --proof FILE writes a proof", "%s does not exist", file)
		}
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	p, err := archive.ParseProof(in)
	if err == nil {
		err = p.Verify()
	}
	switch {
	case errors.Is(err, archive.ErrNewerFormat):
		return fail(exitNewer, "use a newer version of newsmorgue", "%s: %w", file, err)
	case errors.Is(err, archive.ErrDamaged):
		return fail(exitDamaged, "it proves nothing; ask for the file again where it is from", "%s: %s", file, plain(err.Error()))
	case err != nil:
		return err
	}
	report := checkProof(p, roots)
	code := report.code(roots != nil)
	if a.json {
		err = a.printJSON(report)
	} else {
		a.printReport(p, report, roots != nil)
	}
	if err == nil && code != exitDone {
		return &exitError{code: code, err: errReported}
	}
	return err
}

// code is the exit code of a verified proof with these time stamps.
func (r *proofReport) code(wantTrusted bool) int {
	trusted, unproved := map[string]bool{}, 0
	for _, s := range r.Stamps {
		switch s.State {
		case keep.TokenInvalid:
			return exitDamaged
		case keep.TokenUnproved:
			unproved++
		default:
			for _, segment := range s.Segments {
				trusted[segment] = true
			}
		}
	}
	switch {
	case !wantTrusted && unproved > 0:
		return exitPartly
	case !wantTrusted:
		return exitDone
	case unproved > 0 && len(trusted) == 0:
		return exitDamaged // none of the certificates is that of an authority
	case len(trusted) < len(r.Segments):
		return exitPartly
	}
	return exitDone
}

// printReport prints what a verified proof shows, and what it does not.
func (a *app) printReport(p *archive.Proof, r *proofReport, hasRoots bool) {
	verdict := "The proof is right."
	if r.code(hasRoots) == exitDamaged {
		verdict = "The records are proved, a time is not."
	}
	fmt.Fprintln(a.stdout, verdict)
	for _, s := range p.Segments {
		fmt.Fprintf(a.stdout, "Segment %s of archive %s,\nwhose root is %s, had:\n", s.Segment, p.Archive, s.Root)
		for _, rec := range r.Records {
			if rec.Segment == s.Segment {
				fmt.Fprintf(a.stdout, "  %s\n", rec)
			}
		}
	}
	for _, s := range r.Stamps {
		what := "The root has a time stamp"
		if len(p.Segments) > 1 {
			what = "The roots of " + strings.Join(s.Segments, ", ") + " have a time stamp"
		}
		fmt.Fprintln(a.stdout, plain(what+strings.TrimPrefix(tokenLine(s.TokenCheck, hasRoots), "Time stamp")))
	}
	fmt.Fprintln(a.stdout, notProved(r))
}

// String is the record as a proof shows it.
func (r provedJSON) String() string {
	what := r.Type
	if r.Erased {
		what = "an erased record, of which only the hash is proved; its tombstone is metadata"
	}
	s := what + " " + strings.Trim(strings.TrimPrefix(r.ID, "<urn:uuid:"), "<>")
	if r.URL != "" {
		s += " of " + r.URL
	}
	return plain(s + ", dated " + r.Date)
}

// tokenLine says what the token of a time stamp is worth.
func tokenLine(c keep.TokenCheck, hasRoots bool) string {
	if c.State == keep.TokenInvalid {
		return "Time stamp by " + c.TSA + ": " + c.Reason
	}
	t := c.Token
	line := "Time stamp of " + t.Time.Format(utcSecond)
	if t.Accuracy > 0 {
		line += " (± " + t.Accuracy.String() + ")"
	}
	line += " by " + t.Signer
	switch {
	case c.State == keep.TokenTrusted:
		return line + ", verified with the certificate of " + t.Issuer
	case hasRoots:
		return line + ": the signature is right, but none of the given certificates vouches for the issuer"
	}
	return line + ": the signature is right, the issuer is not verified (--certificates FILE names the authority's root)"
}

func notProved(r *proofReport) string {
	const site = "that the site really sent what they say."
	for _, s := range r.Stamps {
		if s.State == keep.TokenTrusted {
			return "Not proved: that the records existed before the time stamp (their dates are the archive's own word), and " + site
		}
	}
	return "Not proved: when the records were made (their dates are the archive's own word), and " + site +
		"\nWithout a verified time stamp, the proof is worth as much as your source for the root."
}
