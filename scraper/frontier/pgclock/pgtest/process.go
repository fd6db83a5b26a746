package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTime is how long a server may take to start, also while others use the machine.
const startTime = time.Minute

// A process is a PostgreSQL server that this process started.
type process struct {
	bin      string // the folder of its programs
	dir      string // temporary: the data, the password and the log
	port     int
	password string
	settings []string

	mu     sync.Mutex
	server *exec.Cmd
	ended  chan struct{}
	guard  io.Closer // the pipe whose end tells the guard that this process died
}

// newProcess makes a folder with data and starts a server on it.
func newProcess(settings []string) (*process, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	p := &process{bin: bin, dir: dir, password: "pw" + token(), settings: settings}
	if err := p.init(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	for range 5 { // somebody else may take the port
		if p.port, err = freePort(); err != nil {
			break
		}
		if err = p.start(); err == nil {
			return p, nil
		}
	}
	p.remove()
	return nil, err
}

// find returns the folder of the newest PostgreSQL server that is installed.
func find() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrMissing
	}
	if initdb, err = filepath.EvalSymlinks(initdb); err != nil {
		return "", fmt.Errorf("pgtest: %w", err)
	}
	return filepath.Dir(initdb), nil
}

// version is 15 for /usr/lib/postgresql/15/bin/initdb.
func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("pgtest: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (p *process) url() string { return p.database("postgres") }

func (p *process) database(name string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/%s?sslmode=disable", p.password, p.port, name)
}

func (p *process) init() error {
	pwfile := filepath.Join(p.dir, "password")
	if err := os.WriteFile(pwfile, []byte(p.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	if err := give(p.dir, pwfile); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	cmd := exec.Command(filepath.Join(p.bin, "initdb"), "-D", filepath.Join(p.dir, "data"), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", pwfile,
		"-E", "UTF8", "--locale=C", "--no-sync")
	cmd.Dir = p.dir
	if err := unprivileged(cmd); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, out)
	}
	return nil
}

// start starts the server and waits until it answers. One that was killed leaves
// processes that end by themselves a little later; no other can start before.
func (p *process) start() error {
	deadline := time.Now().Add(startTime)
	for {
		err := p.try(deadline)
		if err == nil || time.Now().After(deadline) || !errors.Is(err, errBusy) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

var errBusy = errors.New("processes of the server before have not ended yet")

func (p *process) try(deadline time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		return errors.New("pgtest: the server runs already")
	}
	log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	defer log.Close()
	// Nothing of the data outlives the machine, so that nothing must reach the disk; what
	// was written outlives the process without that.
	args := []string{"-D", filepath.Join(p.dir, "data"), "-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB"}
	for _, s := range p.settings {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(p.bin, "postgres"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	if err := unprivileged(cmd); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	p.server, p.ended = cmd, make(chan struct{})
	go func(ended chan struct{}) {
		_ = cmd.Wait() // how it ended is in the log
		close(ended)
	}(p.ended)
	if err := p.watch(cmd.Process.Pid); err != nil {
		p.end(syscall.SIGKILL)
		return err
	}
	if err := p.ready(deadline); err != nil {
		p.end(syscall.SIGKILL)
		b, _ := os.ReadFile(log.Name())
		if bytes.Contains(b, []byte("is still in use")) || bytes.Contains(b, []byte("Is another postmaster")) {
			return errBusy
		}
		return fmt.Errorf("pgtest: the server did not start: %w\n%s", err, b)
	}
	return nil
}

// watch starts a guard, which ends the server if this process dies, however it dies.
func (p *process) watch(pid int) error {
	sh, err := exec.LookPath("sh")
	if err != nil {
		return nil // as on Windows
	}
	guard := exec.Command(sh, "-c", `read -r word; [ "$word" = done ] && exit; kill -9 "$1"; for n in 1 2 3 4 5 6 7 8 9 10; do sleep 1; rm -rf "$2" 2>/dev/null && exit; done`, "guard", strconv.Itoa(pid), p.dir)
	in, err := guard.StdinPipe()
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	apart(guard)
	if err := guard.Start(); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	p.guard = dismissal{in, guard}
	return nil
}

type dismissal struct {
	in    io.WriteCloser
	guard *exec.Cmd
}

// Close tells the guard that it is not needed any more.
func (d dismissal) Close() error {
	_, _ = io.WriteString(d.in, "done\n")
	d.in.Close()
	return d.guard.Wait()
}

func (p *process) ready(deadline time.Time) error {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		conn, err := pgx.Connect(ctx, p.url())
		if err == nil {
			conn.Close(ctx)
		}
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return errors.New("it ended at once")
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

func (p *process) stop(kill bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return errors.New("pgtest: the server does not run")
	}
	sig := syscall.SIGINT // a "fast shutdown"
	if kill {
		sig = syscall.SIGKILL
	}
	p.end(sig)
	return nil
}

// end signals the server and waits for its end.
func (p *process) end(sig syscall.Signal) {
	if p.guard != nil {
		_ = p.guard.Close()
		p.guard = nil
	}
	if err := p.server.Process.Signal(sig); err != nil {
		_ = p.server.Process.Kill() // where there are no signals
	}
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.server.Process.Kill()
		<-p.ended
	}
	p.server = nil
}

// remove ends the server, if it runs, and removes its folder.
func (p *process) remove() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		p.end(syscall.SIGQUIT) // an "immediate shutdown": the data is not needed any more
	}
	for range 20 { // processes of a killed server may still write
		if os.RemoveAll(p.dir) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
