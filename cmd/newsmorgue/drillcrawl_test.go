//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"
)

// until waits until something is so.
func (f *field) until(what string, is func() bool) {
	f.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			f.Fatalf("not within %s: %s; %d requests came", patience, what, f.town.Count())
		}
		for _, m := range f.machines {
			if !m.gone && m.Ended() {
				f.Fatalf("%s: machine %s has ended", what, m.name)
			}
		}
	}
}

// asked is how many different stories were asked for and answered.
func (f *field) asked() int {
	seen := map[string]bool{}
	for _, r := range f.town.Requests() {
		if strings.HasPrefix(r.Path, "/2026/") && r.Wait == 0 && !r.End.IsZero() {
			seen[r.Host+r.Path] = true
		}
	}
	return len(seen)
}

func (f *field) all() int { return len(f.town.Papers()) * f.town.Stories }

// untilPart waits until so many of twelve stories were asked for.
func (f *field) untilPart(twelfths int) {
	f.Helper()
	f.until(fmt.Sprintf("%d of 12 stories were asked for", twelfths), func() bool { return f.asked() >= f.all()*twelfths/12 })
}

// crawls lists the sites that a machine crawls now, as its log has it.
func (m *drillMachine) crawls() map[string]bool {
	sites := map[string]bool{}
	for line := range strings.Lines(m.log()) {
		var l struct{ Msg, Site string }
		if json.Unmarshal([]byte(line), &l) != nil {
			continue
		}
		switch l.Msg {
		case "run starts":
			sites[l.Site] = true
		case "run ended", "run failed":
			delete(sites, l.Site)
		}
	}
	return sites
}

// busiest is the machine that crawls most.
func (f *field) busiest() *drillMachine {
	f.Helper()
	var most *drillMachine
	n := 0
	for _, m := range f.machines {
		if k := len(m.crawls()); !m.gone && k > n {
			most, n = m, k
		}
	}
	if most == nil {
		f.Fatal("no machine crawls")
	}
	f.Logf("machine %s crawls %v", most.name, maps.Collect(maps.All(most.crawls())))
	return most
}

// askToWait makes a site that a machine crawls ask to wait for longer than a takeover takes,
// and waits until the database has it: what an answer says that comes while a machine is cut
// off, nobody else can know.
func (f *field) askToWait(m *drillMachine) {
	f.Helper()
	f.askToWaitFor(m, 7*time.Second)
}

func (f *field) askToWaitFor(m *drillMachine, d time.Duration) {
	f.Helper()
	for site := range m.crawls() {
		f.town.AskToWait(site, "", d)
		for range 100 {
			if time.Sleep(10 * time.Millisecond); f.town.Asked(site) {
				time.Sleep(500 * time.Millisecond)
				return
			}
		}
		f.town.AskToWait(site, "", 0) // it was asked for everything
	}
}

// untilDone waits until nothing is left to do: all stories were asked for, no machine
// crawls, and each shard has an owner who is alive.
func (f *field) untilDone() {
	f.Helper()
	f.until("all stories were asked for", func() bool { return f.asked() == f.all() })
	f.until("all runs have ended", func() bool {
		alive := map[string]bool{}
		for _, m := range f.machines {
			if m.gone {
				continue
			}
			alive[m.name] = true
			if len(m.crawls()) > 0 {
				return false
			}
		}
		st := f.status()
		for _, s := range st.Shards {
			if !alive[s.Holder] || !s.Held(st.Now) {
				return false
			}
		}
		return len(st.Shards) > 0 && !f.interrupted()
	})
}

// interrupted reports whether a site has no complete run. A machine that was stopped says
// of its run that it was interrupted long after another one has completed it.
func (f *field) interrupted() bool {
	complete := map[string]bool{}
	for _, m := range f.machines {
		for line := range strings.Lines(m.log()) {
			var l struct{ Msg, Site, Status string }
			if json.Unmarshal([]byte(line), &l) == nil && l.Msg == "run ended" && l.Status == "complete" {
				complete[l.Site] = true
			}
		}
	}
	for _, p := range f.town.Papers() {
		if !complete[p.Host] {
			return true
		}
	}
	return false
}

// stop ends the machines, which store the rest.
func (f *field) stop() {
	f.Helper()
	var wg sync.WaitGroup
	for _, m := range f.machines {
		if m.Ended() {
			continue
		}
		wg.Go(func() {
			if err := m.Stop(time.Minute); err != nil {
				f.Errorf("machine %s, stopped: %v", m.name, err)
			}
		})
	}
	wg.Wait()
	for _, m := range f.machines {
		m.gone = true
	}
}
