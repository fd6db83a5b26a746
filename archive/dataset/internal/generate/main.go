// Command generate writes an archive of invented articles, for measurements.
//
//	go run ./archive/dataset/internal/generate -n 1000000 -sites 200 -o DIR
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := generate(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(ctx context.Context) error {
	var o archivetest.Options
	flag.IntVar(&o.Articles, "n", 1000, "articles")
	flag.IntVar(&o.Sites, "sites", 10, "sites")
	flag.Uint64Var(&o.Seed, "seed", 1, "other seeds give other articles")
	flag.IntVar(&o.Text, "text", 4000, "bytes of an article's text")
	flag.IntVar(&o.Markup, "markup", 12_000, "bytes of HTML around it")
	flag.IntVar(&o.PerRun, "run", 0, "articles that a run of a site finds")
	dir := flag.String("o", "", "the new `folder` of the archive")
	flag.Parse()
	if *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(64)
	}
	begin, last := time.Now(), time.Now()
	o.Progress = func(articles int) {
		if time.Since(last) > 5*time.Second || articles == o.Articles {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "%d articles, %.0f a second\n", articles, float64(articles)/time.Since(begin).Seconds())
		}
	}
	return archivetest.Create(ctx, *dir, o)
}
