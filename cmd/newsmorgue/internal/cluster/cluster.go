// Package cluster shares one archive among many machines. The archive is cut into a fixed
// number of shards, and each shard is owned by one machine at a time: by a lease with a
// token in PostgreSQL, which also says which machines there are. It does not crawl, does
// not move records and does not limit requests to hosts: whoever owns a shard does, in
// Worker.Work.
//
// # What is promised
//
// At no time do two machines both have a valid lease of a shard. The database's clock
// alone decides when a lease ends; its holder counts from before it asked, by a clock that
// cannot be set and by one that goes on while the machine sleeps, and stops 5 seconds
// before. A token is never given twice and only grows, also after the database was
// emptied or restored from a backup, so that what a former owner writes late can be told
// apart: pointers carry the token and never go back.
//
// # When the database is gone
//
// Leases end by themselves within a minute, and the work on the shards is stopped. When
// the database is back, each machine continues its shards under the same tokens, unless
// somebody took them meanwhile. An emptied database is set up anew by the machines; its
// shards are free after as long as a lease of before may last.
//
// The statements are plain SQL without advisory locks, LISTEN or SKIP LOCKED, each a
// transaction of its own that can be repeated, at any isolation level.
package cluster

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// MaxShards is the largest number of shards of a cluster.
const MaxShards = 1024

// Errors that callers distinguish. Errors of the database that may be gone at the next
// try are none of these.
var (
	ErrNotCluster   = errors.New("not a cluster")
	ErrOtherCluster = errors.New("belongs to another cluster")
	ErrOtherShards  = errors.New("the number of shards is fixed for life")
	ErrNewerSchema  = errors.New("made by a newer version of newsmorgue")
	ErrReadOnly     = errors.New("the database is read-only")
	ErrLogin        = errors.New("the database refused the login")
	ErrRights       = errors.New("the database does not give its user the rights that are needed")
	ErrNameTaken    = errors.New("another machine has this name")
	ErrNoMachine    = errors.New("no such machine")
	ErrAlive        = errors.New("the machine is alive")
	ErrHeld         = errors.New("the shard is held by another machine")
)

// ShardOf is the shard of a site: the FNV-1a hash (64 bits) of the registrable domain of
// its first seed's host, modulo the number of shards. Both are fixed for the life of a
// cluster. A host without a registrable domain, such as an address, counts whole.
func ShardOf(host string, shards int) int {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	domain := strings.Trim(host, "[]")
	if net.ParseIP(domain) == nil {
		if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			domain = d
		}
	}
	h := fnv.New64a()
	h.Write([]byte(domain))
	return int(h.Sum64() % uint64(shards))
}

// ShardName is the name of a shard's folder and of its part of the store: "07".
func ShardName(shard int) string { return fmt.Sprintf("%02d", shard) }

// ShardPrefix begins the names of a shard's objects in the store.
func ShardPrefix(shard int) string { return "shards/" + ShardName(shard) + "/" }

// Times are the durations of leases. The zero value is what a cluster uses; tests scale
// them down. All machines of a cluster must have the same.
type Times struct {
	Lease  time.Duration // a lease from when it is taken or renewed; 60 s if zero
	Renew  time.Duration // between two renewals; a quarter of Lease if zero
	Poll   time.Duration // between two looks at the database; a twelfth of Lease if zero
	Margin time.Duration // that the holder stops before the end; a twelfth of Lease if zero
}

func (t Times) withDefaults() Times {
	if t.Lease == 0 {
		t.Lease = time.Minute
	}
	if t.Renew == 0 {
		t.Renew = t.Lease / 4
	}
	if t.Poll == 0 {
		t.Poll = t.Lease / 12
	}
	if t.Margin == 0 {
		t.Margin = t.Lease / 12
	}
	return t
}

// An instant is a time by two clocks: one that cannot be set but may stand still while the
// machine sleeps, and one that goes on but may be set.
type instant struct {
	mono time.Duration
	wall time.Time
}

var processStart = time.Now()

func readClocks() instant {
	now := time.Now()
	return instant{now.Sub(processStart), now.Round(0)}
}

// since is how much time has passed at most, by either clock.
func (a instant) since(b instant) time.Duration { return max(a.mono-b.mono, a.wall.Sub(b.wall)) }
