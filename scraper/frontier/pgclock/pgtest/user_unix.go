//go:build unix

package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// postgres is the user that the server runs as if this process is root's, which
// PostgreSQL refuses; nil for any other user's process.
func postgres() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// unprivileged has a command run as somebody who may run PostgreSQL, and in a process
// group of its own, so that an interrupt at the terminal reaches the tests first.
func unprivileged(cmd *exec.Cmd) error {
	c, err := postgres()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c, Setpgid: true}
	return err
}

// apart has a command run in a process group of its own.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// give makes files those of the user that the server runs as.
func give(files ...string) error {
	c, err := postgres()
	if c == nil || err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Chown(f, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	return nil
}
