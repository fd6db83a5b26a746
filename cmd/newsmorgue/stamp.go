package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/stamp"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

type stampFlags struct {
	tsa, certs         string
	timeout            time.Duration
	list, verify, seal bool
}

func (a *app) stampCommand() *cobra.Command {
	var f stampFlags
	cmd := &cobra.Command{
		Use:   "stamp --tsa URL | --seal | --list | --verify",
		Short: "Let a time-stamp authority sign the state of the archive",
		Long: `Asks a time-stamp authority (RFC 3161) to sign one hash over the roots of all sealed segments, and keeps its
answer as a record. It proves that the archive existed at that time, and newsmorgue show --proof puts it into the
proof of each page. Only the hash is sent. Journals that no crawl is writing are sealed first; --seal does only
that. What the same authority signed already is not signed again.

--list prints the time stamps. --verify checks them without a network: their signatures, and that the archive
still has the segments that they cover, with the same roots (newsmorgue verify checks that the records match the
roots). --certificates names the authorities that you trust: without it, the exit code of --verify is 3, since
the issuers are not verified. It is 3, too, if there is no time stamp. Certificates count if they were valid at the
time of the time stamp; whether one was revoked is not checked.

` + exitHelp,
		Example: `  newsmorgue stamp --tsa http://timestamp.example.net/ --certificates tsa-root.pem
  newsmorgue stamp --verify --certificates tsa-root.pem`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			modes := 0
			for _, on := range []bool{f.tsa != "", f.list, f.verify, f.seal} {
				if on {
					modes++
				}
			}
			switch {
			case modes != 1:
				return fail(exitUsage, "newsmorgue stamp --help shows an example", "stamp needs exactly one of --tsa, --seal, --list and --verify")
			case f.certs != "" && (f.list || f.seal):
				return usage("--certificates goes with --tsa or --verify")
			}
			if u, err := url.Parse(f.tsa); f.tsa != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
				return usage("--tsa is not the URL of a time-stamp authority: it must begin with http:// or https://")
			}
			if err := a.refuseCluster(cmd.Context(), "stamp"); err != nil {
				return err
			}
			roots, err := certificates(f.certs)
			if err != nil {
				return err
			}
			ar, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			switch {
			case f.list:
				return a.listStamps(cmd.Context(), ar)
			case f.verify:
				return a.verifyStamps(cmd.Context(), ar, roots)
			case f.seal:
				return a.sealJournals(cmd.Context(), ar)
			}
			return a.stamp(cmd.Context(), ar, &f, roots)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.tsa, "tsa", "", "the `URL` of the time-stamp authority")
	fs.StringVar(&f.certs, "certificates", "", "trust the authorities with these root certificates: a `file` in PEM")
	fs.DurationVar(&f.timeout, "timeout", time.Minute, "wait at most this long for the answer")
	fs.BoolVar(&f.list, "list", false, "print the time stamps in the archive")
	fs.BoolVar(&f.verify, "verify", false, "verify the time stamps in the archive")
	fs.BoolVar(&f.seal, "seal", false, "seal the open journals and ask for nothing")
	return cmd
}

func (a *app) stamp(ctx context.Context, ar *archive.Archive, f *stampFlags, roots *x509.CertPool) error {
	client := &stamp.Client{URL: f.tsa, UserAgent: software(), Timeout: f.timeout}
	res, err := keep.Stamp(ctx, ar, client, roots)
	a.noteSealed(res.Sealed, res.Busy)
	switch {
	case errors.Is(err, keep.ErrNothingSealed):
		return fail(exitFailed, "archive a page first: newsmorgue archive URL", "nothing to stamp: the archive has no sealed segment")
	case errors.Is(err, stamp.ErrInvalid):
		return fail(exitDamaged, "nothing was kept; check the URL of the authority and its certificates", "%s", plain(err.Error()))
	case errors.Is(err, stamp.ErrNoAnswer) && ctx.Err() == nil:
		return fail(exitFailed, "nothing was kept; try again later, or ask another authority", "%s", plain(err.Error()))
	case err != nil:
		return err
	case a.json:
		return a.printJSON(stampLine(res.Stamp, ar.Info().ID))
	case res.Already:
		fmt.Fprintf(a.stdout, "nothing new since the time stamp of %s by %s\n", res.Time.UTC().Format(utcSecond), plain(res.TSA))
		return nil
	}
	check := keep.TokenCheck{TSA: res.TSA, State: keep.TokenUnproved, Token: res.Token}
	if res.Token.Issuer != "" {
		check.State = keep.TokenTrusted
	}
	fmt.Fprintf(a.stdout, "stamped %s: %s\n%s\n", count(len(res.Segments), "sealed segment"), res.Digest, plain(tokenLine(check, roots != nil)))
	return nil
}

func (a *app) sealJournals(ctx context.Context, ar *archive.Archive) error {
	sealed, busy, err := ar.SealJournals(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string][]string{"sealed": append([]string{}, sealed...), "busy": append([]string{}, busy...)})
	}
	a.noteSealed(nil, busy)
	fmt.Fprintf(a.stdout, "%s sealed\n", count(len(sealed), "journal"))
	return nil
}

// noteSealed says which journals are sealed now, and which could not be.
func (a *app) noteSealed(sealed, busy []string) {
	if a.quiet {
		return
	}
	if len(sealed) > 0 {
		fmt.Fprintf(a.stderr, "%s sealed\n", count(len(sealed), "journal"))
	}
	if len(busy) > 0 {
		fmt.Fprintf(a.stderr, "newsmorgue: note: %s of a crawl that goes on: records in there have no root yet\n", count(len(busy), "open journal"))
	}
}

// A stampJSON is a time stamp in JSON, without the token.
type stampJSON struct {
	Archive  string         `json:"archive"`
	TSA      string         `json:"tsa"`
	Time     time.Time      `json:"time"`
	Digest   archive.Digest `json:"digest"`
	Segments int            `json:"segments"`
	Foreign  bool           `json:"foreign,omitempty"` // it is of another archive
	Invalid  string         `json:"invalid,omitempty"` // why it is not a time stamp
}

// stampLine is a time stamp as an archive with this ID lists it.
func stampLine(s *archive.Stamp, id string) stampJSON {
	line := stampJSON{Archive: s.Archive, TSA: stamp.PublicURL(s.TSA), Time: s.Time.UTC(), Digest: s.Digest, Segments: len(s.Segments), Foreign: s.Archive != id}
	if check := keep.CheckStamp(s, nil); check.State == keep.TokenInvalid {
		line.Invalid = check.Reason
	}
	return line
}

// String is the time stamp as it is listed for people.
func (s stampJSON) String() string {
	line := fmt.Sprintf("%s  %s  %s  %s", s.Time.Format(utcSecond), s.Digest, count(s.Segments, "segment"), s.TSA)
	if s.Foreign {
		line += "  of another archive"
	}
	if s.Invalid != "" {
		line += "  " + s.Invalid
	}
	return plain(line)
}

func (a *app) listStamps(ctx context.Context, ar *archive.Archive) error {
	n, damaged := 0, 0
	for s, err := range ar.Stamps(ctx) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			damaged++
			fmt.Fprintf(a.stderr, "newsmorgue: %s\n", plain(err.Error()))
			continue
		case a.json:
			err = a.printJSON(stampLine(s, ar.Info().ID))
		default:
			_, err = fmt.Fprintln(a.stdout, stampLine(s, ar.Info().ID))
		}
		if err != nil {
			return err
		}
		n++
	}
	if n == 0 && !a.json && !a.quiet {
		fmt.Fprintln(a.stderr, "no time stamps in this archive")
	}
	if damaged > 0 {
		return fail(exitDamaged, "newsmorgue verify lists all damage", "%s could not be read", count(damaged, "time stamp"))
	}
	return nil
}

// A stampVerdict is the result of verifying a time stamp of the archive.
type stampVerdict struct {
	keep.TokenCheck
	Digest   archive.Digest `json:"digest"`
	Segments int            `json:"segments"`
	Changed  []string       `json:"changed,omitempty"` // segments that are missing, or have another root now
	Foreign  bool           `json:"foreign,omitempty"` // it is of another archive, from which it was imported
}

func (a *app) verifyStamps(ctx context.Context, ar *archive.Archive, trusted *x509.CertPool) error {
	now, err := ar.Roots(ctx)
	if err != nil {
		return err
	}
	replaced, err := ar.Replaced(ctx)
	if err != nil {
		return err
	}
	roots := map[string]archive.SealedRoot{}
	for _, r := range now {
		roots[r.Segment] = r
	}
	covered := map[string]bool{}
	n, own, code := 0, 0, exitDone
	for s, err := range ar.Stamps(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n++
		if err != nil {
			code = exitDamaged
			fmt.Fprintf(a.stderr, "newsmorgue: %s\n", plain(err.Error()))
			continue
		}
		v := stampVerdict{TokenCheck: keep.CheckStamp(s, trusted), Digest: s.Digest, Segments: len(s.Segments), Foreign: s.Archive != ar.Info().ID}
		for _, r := range s.Segments {
			switch {
			case v.Foreign:
			case roots[r.Segment] != r:
				if !replaced[r.Segment] {
					v.Changed = append(v.Changed, r.Segment)
				}
			case v.State == keep.TokenTrusted || trusted == nil && v.State == keep.TokenUnproved:
				covered[r.Segment] = true
			}
		}
		if !v.Foreign {
			own++
		}
		code = max(code, v.code(trusted != nil))
		if err := a.printStampVerdict(v, trusted != nil); err != nil {
			return err
		}
	}
	if own == 0 {
		code = max(code, exitPartly)
	}
	if !a.json {
		a.printCovered(n, now, covered)
	}
	if code != exitDone {
		return &exitError{code: code, err: errReported}
	}
	return nil
}

func (v *stampVerdict) code(hasRoots bool) int {
	switch {
	case v.Foreign && v.State != keep.TokenInvalid:
		return exitDone // it covers nothing here, and whom that archive trusts is its own matter
	case v.State == keep.TokenInvalid || len(v.Changed) > 0 || hasRoots && v.State != keep.TokenTrusted:
		return exitDamaged
	case v.State != keep.TokenTrusted:
		return exitPartly
	}
	return exitDone
}

func (a *app) printStampVerdict(v stampVerdict, hasRoots bool) error {
	if a.json {
		return a.printJSON(v)
	}
	fmt.Fprintln(a.stdout, plain(tokenLine(v.TokenCheck, hasRoots)))
	if v.Foreign {
		fmt.Fprintln(a.stdout, "  of another archive, from which it was imported")
	}
	for _, name := range v.Changed {
		fmt.Fprintf(a.stdout, "  segment %s is missing or has another root than the one that was stamped\n", plain(name))
	}
	return nil
}

// printCovered prints how much of the archive is stamped.
func (a *app) printCovered(stamps int, now []archive.SealedRoot, covered map[string]bool) {
	if stamps == 0 {
		if !a.quiet {
			fmt.Fprintln(a.stderr, "no time stamps in this archive")
		}
		return
	}
	n := 0
	for _, r := range now {
		if covered[r.Segment] {
			n++
		}
	}
	fmt.Fprintf(a.stdout, "%s; %d of %s covered\n", count(stamps, "time stamp"), n, count(len(now), "sealed segment"))
}
