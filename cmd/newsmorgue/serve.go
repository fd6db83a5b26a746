package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web"
	"github.com/newsmorgue/newsmorgue/archive/web/guard"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// serveFlags say where the viewer is served, and to whom.
type serveFlags struct {
	listen, passwordFile string
	cert, key            string
	hosts                []string
	exports              string
	open                 bool

	password string // that is asked for; "" for none
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the archive in a browser",
		Long: `Serves the viewer until it is stopped with Ctrl-C: an overview, search, articles beside the archived originals,
versions and what changed, runs, and exports, all with a twin in JSON. Crawls can go on meanwhile, and what they
archive is shown; of an archive in a store, what is new there within half a minute. Pages of the archive are shown in a sandbox, without scripts; nothing is requested from elsewhere.

Only this machine reaches it, unless --listen names another address. That needs a password, in
$NEWSMORGUE_PASSWORD or the first line of --password-file, which browsers ask for once, and programs send as a
bearer token. Without --tls-cert, or a proxy with https in front of it, others in the network can read along.
From another machine, better use ssh: ssh -L 8437:127.0.0.1:8437 USER@HOST.

` + exitHelp,
		Example: `  newsmorgue serve -a newsmorgue-demo
  newsmorgue serve -a /srv/news --listen 127.0.0.1:9000 --open
  newsmorgue serve -a /srv/news --listen :8437 --host morgue.example.org --password-file /etc/newsmorgue/password`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return err
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			l, err := f.listener()
			if err != nil {
				return err
			}
			defer a.followStored(cmd.Context(), c)()
			s := a.webServer(ar, c)
			s.Prepare()
			defer s.Close()
			defer context.AfterFunc(cmd.Context(), s.Stop)() // streams of events end
			made, err := a.exportsOf(ar, c, f.exports)
			if err != nil {
				return errors.Join(err, l.Close())
			}
			defer made.close()
			s.Exports = made
			s.Locked = f.password != ""
			g := &guard.Guard{Hosts: f.hosts, Password: f.password, Keyed: s.Keyed, Secure: f.cert != ""}
			address := f.address(l.Addr())
			if err := a.sayServing(f, ar, address, l.Addr()); err != nil {
				return err
			}
			if f.open {
				if err := openBrowser(address); err != nil && !a.quiet {
					a.hint("no browser could be opened (%v); open the address in one", err)
				}
			}
			return a.serveUntil(cmd.Context(), l, g.Wrap(s.Handler()))
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8437", "serve at this `address`; port 0 takes a free one")
	fs.StringVar(&f.passwordFile, "password-file", "", "ask for the password in the first line of this `file` (default: $NEWSMORGUE_PASSWORD)")
	fs.StringArrayVar(&f.hosts, "host", nil, "answer to this host `name`, too, besides localhost and IP addresses; repeatable")
	fs.StringVar(&f.cert, "tls-cert", "", "serve https with the certificates in this PEM `file`")
	fs.StringVar(&f.key, "tls-key", "", "the private key of --tls-cert, a PEM `file`")
	fs.StringVar(&f.exports, "exports", "", "make exports in this `folder` (default: exports, beside the folder of the archive)")
	fs.BoolVar(&f.open, "open", false, "open it in the browser of this machine")
	return cmd
}

// check checks the flags and reads the password.
func (f *serveFlags) check() error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return usage("--listen: %q is not a valid address such as 127.0.0.1:8437", f.listen)
	}
	if (f.cert == "") != (f.key == "") {
		return usage("--tls-cert and --tls-key belong together")
	}
	f.password = servePasswordFromEnvironment()
	if f.passwordFile != "" {
		b, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(b), "\n")
		if f.password = strings.TrimRight(line, "\r"); f.password == "" {
			return usage("--password-file: the first line of %s is empty", f.passwordFile)
		}
	}
	const shortest = 8
	if f.password != "" && len(f.password) < shortest {
		return fail(exitUsage, "openssl rand -hex 16 makes one", "the password has less than %d characters", shortest)
	}
	if f.password == "" && !isLoopback(host) {
		return fail(exitUsage, "set a password in $NEWSMORGUE_PASSWORD or with --password-file; or use ssh: newsmorgue serve --help says how", "--listen: other machines may reach %q, and there is no password", f.listen)
	}
	return nil
}

// listener listens, with TLS if there is a certificate.
func (f *serveFlags) listener() (net.Listener, error) {
	var conf *tls.Config
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fail(exitUsage, "", "--tls-cert: %w", err)
		}
		conf = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return nil, fail(exitFailed, "choose another port with --listen 127.0.0.1:PORT; port 0 takes a free one", "%w", err)
	}
	if conf != nil {
		return tls.NewListener(l, conf), nil
	}
	return l, nil
}

// address is the URL at which the viewer can be opened on this machine.
func (f *serveFlags) address(at net.Addr) string {
	scheme, host := "http", at.String()
	if f.cert != "" {
		scheme = "https"
	}
	if h, port, err := net.SplitHostPort(host); err == nil && net.ParseIP(h).IsUnspecified() {
		if host = "localhost:" + port; len(f.hosts) > 0 {
			host = f.hosts[0] + ":" + port
		}
	}
	return scheme + "://" + host + "/"
}

// sayServing prints the address on stdout, and what to know about it on stderr.
func (a *app) sayServing(f serveFlags, ar *archive.Archive, address string, at net.Addr) error {
	if a.json {
		if err := a.printJSON(map[string]string{"url": address, "archive": a.archiveName(ar)}); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(a.stdout, address); err != nil {
		return err
	}
	if a.quiet {
		return nil
	}
	fmt.Fprintf(a.stderr, "showing %s; Ctrl-C stops\n", a.archiveName(ar))
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil
	}
	switch {
	case isLoopback(host) && overSSH():
		a.hint("on the machine with your browser: ssh -L %s:127.0.0.1:%s USER@%s, then open %s", port, port, hostname(), address)
	case !isLoopback(host) && f.cert == "":
		a.hint("others in the network can read along: use --tls-cert, or a proxy with https")
	}
	return nil
}

// hostname is the name of this machine, for people to complete.
func hostname() string {
	if h, err := os.Hostname(); err == nil && h != "" {
		return h
	}
	return "HOST"
}

// webServer is a viewer with all that other packages do for it.
func (a *app) webServer(ar *archive.Archive, c *catalog.Catalog) *web.Server {
	return &web.Server{
		Archive: ar, Catalog: c, Software: software(), Logger: a.logger(slog.LevelWarn, true),
		Body: keep.Body, Spelling: keep.Spelling, WARC: warcOf(ar, c), Machine: &machine{ar, c, a.siteStore(ar)},
		Decode: decodeText, Resolve: scraper.Resolve,
		Explain: func(ctx context.Context, rec *archive.Record) (*article.Article, *article.Explanation, error) {
			return keep.ExplainCapture(ctx, c, rec)
		},
		Compare: func(ctx context.Context, before, after catalog.Version) (*article.Article, *article.Article, bool, error) {
			e, err := keep.EditBetween(ctx, c, before, after)
			return e.Before, e.After, e.Reread, err
		},
	}
}

// writeTime is how long an answer may take that says nothing else about it: views and long
// answers do.
const writeTime = time.Minute

// boundedServer is a server that waits for no client without end.
func boundedServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: writeTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
}

// finishWithin is how long requests may take that are being answered when the viewer stops.
const finishWithin = 5 * time.Second

// serveUntil answers requests until ctx is done, and finishes those that it began. Those
// that wait for news end at once: their context is ctx.
func (a *app) serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := boundedServer(h)
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	srv.ErrorLog = slog.NewLogLogger(a.logger(slog.LevelWarn, true).Handler(), slog.LevelDebug)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		stopped <- srv.Shutdown(ctx)
	})
	defer stop()
	err := srv.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	_ = srv.Close()
	return nil
}
