package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// After freeGuesses wrong passwords from an address, the next is judged only after a pause,
// which doubles with each that is wrong again.
const (
	freeGuesses  = 5
	firstPause   = time.Second
	longestPause = time.Minute
	// maxGuessers bounds the addresses that are remembered; beyond, all share one pause.
	maxGuessers = 10_000
	// forgotten is when a wrong password no longer counts.
	forgotten = time.Hour
)

// guesses are the wrong passwords by the addresses that sent them.
type guesses struct {
	mu sync.Mutex
	by map[netip.Prefix]*guesser
}

// A guesser is an address that sent wrong passwords.
type guesser struct {
	wrong int
	last  time.Time
	until time.Time // no password is judged before
}

// A verdict is what became of a password.
type verdict int

const (
	wrong verdict = iota
	right
	notJudged // it came too soon after wrong ones
)

// judge compares a password with the right one.
func (g *Guard) judge(r *http.Request, sent string, now time.Time) verdict {
	a, b := sha256.Sum256([]byte(sent)), sha256.Sum256([]byte(g.Password))
	from := network(r.RemoteAddr)
	s := &g.guesses
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.by[from]
	if e == nil && len(s.by) >= maxGuessers {
		s.forget(now)
		if len(s.by) >= maxGuessers {
			from = netip.Prefix{}
			e = s.by[from]
		}
	}
	if e != nil && now.Before(e.until) {
		return notJudged
	}
	if subtle.ConstantTimeCompare(a[:], b[:]) == 1 {
		delete(s.by, from)
		return right
	}
	if e == nil || now.Sub(e.last) > forgotten {
		e = &guesser{}
		if s.by == nil {
			s.by = map[netip.Prefix]*guesser{}
		}
		s.by[from] = e
	}
	e.wrong++
	e.last = now
	if over := e.wrong - freeGuesses; over >= 0 {
		e.until = now.Add(min(firstPause<<min(over, 10), longestPause))
	}
	return wrong
}

// forget removes addresses whose wrong passwords no longer count. The mutex is held.
func (s *guesses) forget(now time.Time) {
	for from, e := range s.by {
		if now.Sub(e.last) > forgotten {
			delete(s.by, from)
		}
	}
}

// network is the address of a client, or of IPv6 its network, as one has many addresses.
func network(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "Too many wrong passwords; try again in a minute.", http.StatusTooManyRequests)
}
