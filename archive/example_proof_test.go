package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A record is proved to be part of its segment; the proof is checked without the archive.
func ExampleArchive_Proof() {
	ctx := context.Background()
	a, err := archive.Open("../testdata/archives/v1")
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	var file bytes.Buffer
	for e, err := range a.Select(ctx, func(c archive.Capture) bool { return c.URL == "https://a.example/one" && c.Type == "response" }) {
		if err != nil {
			log.Fatal(err)
		}
		p, err := a.Proof(ctx, nil, e.Capture)
		if err != nil {
			log.Fatal(err)
		}
		if err := p.Write(&file); err != nil {
			log.Fatal(err)
		}
	}

	p, err := archive.ParseProof(&file)
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Verify(); err != nil {
		log.Fatal(err)
	}
	rec, err := p.Records[0].Record()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rec.Type(), "of", rec.TargetURI(), "in a segment of", p.Segments[0].Records, "records:", string(rec.Payload))
	// Output: response of https://a.example/one in a segment of 3 records: The first page.
}
