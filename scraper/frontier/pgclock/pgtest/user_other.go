//go:build !unix

package pgtest

import "os/exec"

func unprivileged(*exec.Cmd) error { return nil }
func apart(*exec.Cmd)              {}
func give(...string) error         { return nil }
