package fetch

import (
	"bytes"
	"strconv"
)

// chunks writes the framing of a chunked body (RFC 9112, section 7.1) as net/http
// reads it, where servers write it in ways that browsers read as well: with spaces
// before an extension, lines that end with a line feed alone, trailers that are no
// fields, or nothing after the last chunk. What browsers refuse passes as it is, and
// net/http refuses it. It takes a body in pieces; the zero value is at its beginning.
type chunks struct {
	state chunkState
	left  uint64 // bytes of the chunk that are still to come
	line  []byte // the beginning of a line whose end is still to come
	odd   bool   // a line was written anew
}

type chunkState int

const (
	chunkSize    chunkState = iota // before a line with a size
	chunkData                      // in a chunk
	chunkDataEnd                   // before the end of line that follows it
	chunkTrailer                   // after the last chunk
	chunkDone                      // at the end
	chunkBroken                    // beyond repair
)

// maxChunkLine bounds a line; net/http refuses longer ones.
const maxChunkLine = 4096

// clean takes the next bytes of a body; last says that no others follow. If own is
// false, pass is where in begins.
func (c *chunks) clean(in []byte, last bool) (pass []byte, own bool) {
	p := passage{in: in}
	for p.at < len(in) {
		rest := in[p.at:]
		switch c.state {
		case chunkDone:
			if c.odd { // nobody can be sure that this is the next answer
				p.replace(len(rest), nil)
			} else {
				p.keep(len(rest))
			}
		case chunkBroken:
			p.keep(len(rest))
		case chunkData:
			n := int(min(c.left, uint64(len(rest))))
			p.keep(n)
			if c.left -= uint64(n); c.left == 0 {
				c.state = chunkDataEnd
			}
		default:
			c.cleanLine(&p, rest)
		}
	}
	if last && c.state == chunkTrailer && len(bytes.Trim(c.line, "\r")) == 0 {
		c.state, c.line, c.odd = chunkDone, []byte("\r\n"), true
	}
	if last && len(c.line) > 0 {
		p.replace(0, c.line)
		c.line = nil
	}
	if p.own {
		return p.out, true
	}
	return in[:p.kept], false
}

// cleanLine takes the next line, or what there is of it.
func (c *chunks) cleanLine(p *passage, rest []byte) {
	n := bytes.IndexByte(rest, '\n') + 1
	if n == 0 && len(c.line)+len(rest) <= maxChunkLine {
		c.line = append(c.line, rest...)
		p.at = len(p.in) // to be passed later
		return
	}
	if n == 0 {
		n, c.state = len(rest), chunkBroken
	}
	if len(c.line) == 0 {
		line := rest[:n]
		if written := c.write(line); bytes.Equal(written, line) {
			p.keep(n)
		} else {
			c.odd = true
			p.replace(n, written)
		}
		return
	}
	line := append(c.line, rest[:n]...)
	c.line = nil
	written := c.write(line)
	c.odd = c.odd || !bytes.Equal(written, line)
	p.replace(n, written)
}

// write returns a line, which has its end, as net/http reads it.
func (c *chunks) write(line []byte) []byte {
	text := bytes.TrimRight(line, "\r\n")
	switch {
	case c.state == chunkTrailer && len(text) > 0:
		return nil // nobody needs a field of a trailer
	case c.state == chunkTrailer:
		c.state = chunkDone
		return []byte("\r\n")
	case c.state == chunkDataEnd && len(text) == 0:
		c.state = chunkSize
		return []byte("\r\n")
	case c.state != chunkSize:
		c.state = chunkBroken
		return line
	}
	digits, _, extended := bytes.Cut(text, []byte(";"))
	size := bytes.TrimRight(digits, " \t")
	n, err := strconv.ParseUint(string(size), 16, 63)
	if err != nil {
		c.state = chunkBroken
		return line
	}
	if c.left, c.state = n, chunkData; n == 0 {
		c.state = chunkTrailer
	}
	if len(line) == len(text)+len("\r\n") && bytes.IndexByte(text, '\r') < 0 && len(size) <= 16 && !(extended && len(size) < len(digits)) {
		return line
	}
	return append(strconv.AppendUint(nil, n, 16), "\r\n"...)
}

// A passage is what becomes of bytes that pass: it is where in begins, as long as
// nothing was replaced.
type passage struct {
	in   []byte
	at   int // up to here in was looked at
	kept int // up to here it passes, if own is false
	own  bool
	out  []byte
}

// keep passes the next n bytes.
func (p *passage) keep(n int) {
	if p.own {
		p.out = append(p.out, p.in[p.at:p.at+n]...)
	}
	p.at += n
	p.kept = p.at
}

// replace passes other bytes in place of the next n.
func (p *passage) replace(n int, by []byte) {
	if !p.own {
		p.own, p.out = true, bytes.Clone(p.in[:p.kept])
	}
	p.out = append(p.out, by...)
	p.at += n
}
