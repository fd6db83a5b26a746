package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// TestParseProofIgnoresUnknownMembers: a later version of the program may write more.
func TestParseProofIgnoresUnknownMembers(t *testing.T) {
	p, err := ParseProof(strings.NewReader(` {"format":"newsmorgue-proof","version":1,"x":{"y":[1,-2.5e3,true,null,"\"}",{"y":{}}],"z":[]},"records":[{"line":"a","w":0}]}`))
	if err != nil || len(p.Records) != 1 || string(p.Records[0].Line) != "a" {
		t.Errorf("got %+v, %v", p, err)
	}
}

// TestParseProofIsBounded: an array of many small elements, which would take many times
// its size in memory, is refused before it is decoded.
func TestParseProofIsBounded(t *testing.T) {
	const n = 4 << 20
	for name, begin := range map[string]string{
		"segments": `"segments":[`, "paths": `"records":[{"line":"","path":[`, "stamps": `"stamps":[`, "stamped segments": `"stamps":[{"segments":[`, "members": `"x":{`,
	} {
		element := "{},"
		switch name {
		case "paths":
			element = `"",`
		case "members":
			element = `"":0,`
		}
		body := `{"format":"newsmorgue-proof","version":1,` + begin + strings.Repeat(element, n)
		for _, end := range []string{"{}]}", `""]}]}`, "{}]}]}", `"":0}}`} {
			if json.Valid([]byte(body + end)) {
				body += end
				break
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ParseProof(strings.NewReader(body))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v", name, err)
		}
		// io.ReadAll allocates what it reads a few times over while it grows.
		if got := (after.TotalAlloc - before.TotalAlloc) / uint64(len(body)); got > 8 {
			t.Errorf("%s: %d bytes were allocated for each byte", name, got)
		}
	}
}

// TestProofOfLinesWithMembersTwice: a line is what its hash says, but two readers could read
// two URLs in it.
func TestProofOfLinesWithMembersTwice(t *testing.T) {
	for line, want := range map[string]string{
		`{"WARC-Type":"metadata","WARC-Record-ID":"<urn:uuid:1>","WARC-Type":"response"}`:                    "twice",
		`{"WARC-Type":"metadata","WARC-Record-ID":"<urn:uuid:1>","http":{"start":"a","Start":"b"}}`:          "twice",
		`{"WARC-Type":"metadata","WARC-Record-ID":"<urn:uuid:1>","x":` + strings.Repeat("[", 1<<20):          "deep",
		`{"WARC-Type":"metadata","WARC-Record-ID":"<urn:uuid:1>","Warc-Type":"names of fields have a case"}`: "Content-Length is",
	} {
		l := leafOf([]byte(line))
		root := treeRoot([]leaf{l, l}).String()
		p := &Proof{Archive: "a", Segments: []ProvedSegment{{SealedRoot: SealedRoot{"s", 1, root}}}, Records: []ProvedRecord{{Segment: "s", Line: []byte(line)}}}
		if err := p.Verify(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: got %v, want %q", line, err, want)
		}
	}
}
