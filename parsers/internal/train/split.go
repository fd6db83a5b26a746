package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/blind"
)

// blind reports whether the sample's site is in the blind fold. Pages that were made
// for training are not.
func (s *sample) blind() bool { return s.Page == "" && blind.Has(s.site) }

// readCorpora reads corpora, whose names are separated by commas.
func readCorpora(paths string) ([]*sample, error) {
	var all []*sample
	for path := range strings.SplitSeq(paths, ",") {
		some, err := readCorpus(path)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// splitCorpus writes the two parts of a corpus to a folder, as open-NAME and
// blind-NAME, with the paths of pages made to fit.
func splitCorpus(name string, args []string) error {
	flag := flag.NewFlagSet(name, flag.ExitOnError)
	corpus := flag.String("corpus", "", "the labelled pages, a `file` of JSON lines")
	dir := flag.String("o", "", "`folder` for the two parts")
	flag.Parse(args)
	if *corpus == "" || *dir == "" {
		flag.Usage()
		os.Exit(64)
	}
	in, err := os.Open(*corpus)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return err
	}
	var parts [2]*os.File
	for i, part := range []string{"open", "blind"} {
		if parts[i], err = os.Create(filepath.Join(*dir, part+"-"+filepath.Base(*corpus))); err != nil {
			return err
		}
		defer parts[i].Close()
	}
	home, err := filepath.Abs(filepath.Dir(*corpus))
	if err != nil {
		return err
	}
	var count [2]int
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s sample
		var line map[string]json.RawMessage
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return fmt.Errorf("%s: %w", *corpus, err)
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("%s: %w", *corpus, err)
		}
		s.site = blind.Site(s.URL)
		if line["html"], err = json.Marshal(filepath.Join(home, s.HTML)); err != nil {
			return err
		}
		out, err := json.Marshal(line)
		if err != nil {
			return err
		}
		part := 0
		if s.blind() {
			part = 1
		}
		count[part]++
		if _, err := fmt.Fprintf(parts[part], "%s\n", out); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", *corpus, err)
	}
	log.Printf("%s: %d pages open, %d blind", *corpus, count[0], count[1])
	for _, f := range parts {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
