package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// verifyWACZ checks a WACZ package, made here or elsewhere.
func (a *app) verifyWACZ(cmd *cobra.Command, name string) error {
	show := a.newJob()
	r, err := wacz.Verify(cmd.Context(), name, wacz.VerifyOptions{Progress: func(done, total int64, member string) {
		show.bytes(done, total, "verifying "+plain(member))
	}})
	show.end()
	switch {
	case errors.Is(err, wacz.ErrMulti):
		return fail(exitFailed, "verify the .wacz files that it names, each by itself", "%s is a list of several WACZ packages (multi-WACZ), not a package with records", name)
	case errors.Is(err, wacz.ErrFormat):
		return fail(exitDamaged, "get the file again; if it is a WARC file, newsmorgue import reads it", "%s: %s", name, plain(err.Error()))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fail(exitFailed, "name a WACZ file that you may read", "%v", err)
	case err != nil:
		return err
	}
	if a.json {
		err = a.printJSON(r)
	} else {
		a.printWACZ(r)
	}
	if err == nil && len(r.Damage) > 0 {
		return &exitError{code: exitDamaged, err: errReported}
	}
	return err
}

func (a *app) printWACZ(r *wacz.Report) {
	for _, p := range r.Damage {
		fmt.Fprintln(a.stdout, plain(p.String()))
	}
	if r.MoreDamage > 0 {
		fmt.Fprintf(a.stdout, "and %d more\n", r.MoreDamage)
	}
	verdict := "no damage"
	if n := len(r.Damage) + r.MoreDamage; n > 0 {
		verdict = fmt.Sprintf("%d damaged or missing", n)
	}
	fmt.Fprintf(a.stdout, "%s in %s, %s of the index, %s: %s\n", count(int(r.Records), "record"), count(r.Files, "WARC file"), count(int(r.Lines), "line"), count(int(r.Pages), "page"), verdict)
	made := "WACZ"
	if r.Version != "" {
		made += " " + plain(r.Version)
	}
	if r.Software != "" {
		made += " by " + plain(r.Software)
	}
	fmt.Fprintf(a.stdout, "  %s, %s\n", made, size(r.Bytes))
	for i, p := range r.Notes {
		if i == 10 {
			fmt.Fprintf(a.stdout, "  note: and %d more (--json lists them)\n", len(r.Notes)-i+r.MoreNotes)
			break
		}
		fmt.Fprintln(a.stdout, "  note: "+plain(p.String()))
	}
}
