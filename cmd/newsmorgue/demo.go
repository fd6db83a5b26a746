package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/testdata/newspaper"
)

func (a *app) demoCommand() *cobra.Command {
	var c crawlFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Archive a bundled sample newspaper, without a network",
		Long: `Archives a bundled sample newspaper, served locally under a placeholder host name. It does what
newsmorgue archive does, without a network, into ./newsmorgue-demo or the folder of -a.

` + exitHelp,
		Example: `  newsmorgue demo
  newsmorgue list -a newsmorgue-demo`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := c.merged(cmd, siteSettings{}).settings(); err != nil {
				return err
			}
			dir := a.dir
			if dir == "" {
				dir = "newsmorgue-demo"
			}
			_, statErr := os.Stat(dir)
			ar, err := archive.Create(dir, software())
			if err != nil {
				return err
			}
			defer ar.Close()
			if os.IsNotExist(statErr) && !a.quiet {
				fmt.Fprintf(a.stderr, "new archive: %s\n", absolute(dir))
			}
			addr, stop, err := serveNewspaper()
			if err != nil {
				return err
			}
			defer stop()
			front := &url.URL{Scheme: "http", Host: newspaper.Host, Path: "/"}
			names, err := a.saveSettings(cmd, a.siteStore(ar), &c, []seed{{url: front}}, nil)
			if err != nil {
				return err
			}
			return a.crawl(cmd.Context(), ar, names, crawlOptions{
				dial: map[string]string{newspaper.Host: addr, "www." + newspaper.Host: addr},
				seal: true,
			})
		},
	}
	c.register(cmd)
	return cmd
}

// serveNewspaper serves the sample newspaper on a free port on loopback.
func serveNewspaper() (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("cannot serve the sample newspaper locally: %w", err)
	}
	srv := &http.Server{Handler: newspaper.Handler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l) // ends with ErrServerClosed
	}()
	return l.Addr().String(), func() { srv.Close(); <-done }, nil
}
