package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func (a *app) serveCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the archive in a browser",
		Long: `Serves pages that show what the archive holds, until it is stopped with Ctrl-C.

` + exitHelp,
		Example: `  newsmorgue serve -a /srv/news`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, c, err := a.catalog()
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return fail(exitFailed, "choose another port with --listen 127.0.0.1:PORT", "%w", err)
			}
			s := a.webServer(ar, c)
			fmt.Fprintf(a.stdout, "http://%s/\n", l.Addr())
			return serveUntil(cmd.Context(), l, s.Handler())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8437", "serve at this `address`")
	return cmd
}

// webServer is a viewer with all that other packages do for it.
func (a *app) webServer(ar *archive.Archive, c *catalog.Catalog) *web.Server {
	return &web.Server{
		Archive: ar, Catalog: c, Software: software(), Logger: a.logger(slog.LevelWarn, true),
		Body: keep.Body,
		Compare: func(ctx context.Context, before, after catalog.Version) (*article.Article, *article.Article, bool, error) {
			e, err := keep.EditBetween(ctx, c, before, after)
			return e.Before, e.After, e.Reread, err
		},
	}
}

// serveUntil answers requests until ctx is done, and finishes those that it began.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(ctx)
	})
	defer stop()
	err := srv.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return <-stopped
	}
	return err
}
