// Package metrics counts, and writes figures in the text format of Prometheus, version
// 0.0.4. It knows nothing of what is counted.
package metrics

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ContentType is that of what Write writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// The types of families.
const (
	Counter = "counter"
	Gauge   = "gauge"
)

// A Family is the samples of one name. Names and labels are given by the program and
// are not checked; values of labels may be any text.
type Family struct {
	Name, Help, Type string
	Labels           []string // their names
	Samples          []Sample
}

// A Sample is a figure for some values of the labels, in the order of their names.
type Sample struct {
	Values []string
	Figure float64
}

var (
	escapeHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	escapeValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// Write writes families in the order given, their samples sorted. A family without
// samples is written with its help alone.
func Write(w io.Writer, families []Family) error {
	b := bufio.NewWriter(w)
	for _, f := range families {
		b.WriteString("# HELP " + f.Name + " " + escapeHelp.Replace(f.Help) + "\n# TYPE " + f.Name + " " + f.Type + "\n")
		samples := slices.Clone(f.Samples)
		slices.SortStableFunc(samples, func(x, y Sample) int { return slices.Compare(x.Values, y.Values) })
		for _, s := range samples {
			b.WriteString(f.Name)
			for i, name := range f.Labels {
				b.WriteString(map[bool]string{true: "{", false: ","}[i == 0] + name + `="` + escapeValue.Replace(strings.ToValidUTF8(s.Values[i], "\ufffd")) + `"`)
			}
			if len(f.Labels) > 0 {
				b.WriteString("}")
			}
			b.WriteString(" " + strconv.FormatFloat(s.Figure, 'g', -1, 64) + "\n")
		}
	}
	return b.Flush()
}

// A Set is families of counters that several goroutines add to.
type Set struct {
	mu       sync.Mutex
	families []Family
}

// NewSet makes a set of counters; those without labels begin with zero.
func NewSet(families ...Family) *Set {
	s := &Set{families: slices.Clone(families)}
	for i := range s.families {
		f := &s.families[i]
		f.Type, f.Samples = Counter, nil
		if len(f.Labels) == 0 {
			f.Samples = []Sample{{}}
		}
	}
	return s
}

// Add adds to a counter of the set; n must not be negative. A name that the set does
// not have, or another number of values than labels, is ignored.
func (s *Set) Add(name string, n float64, values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.families {
		f := &s.families[i]
		if f.Name != name || len(f.Labels) != len(values) || n < 0 {
			continue
		}
		for j := range f.Samples {
			if slices.Equal(f.Samples[j].Values, values) {
				f.Samples[j].Figure += n
				return
			}
		}
		f.Samples = append(f.Samples, Sample{values, n})
	}
}

// Families returns the counters as they are.
func (s *Set) Families() []Family {
	s.mu.Lock()
	defer s.mu.Unlock()
	res := slices.Clone(s.families)
	for i := range res {
		res[i].Samples = slices.Clone(res[i].Samples)
	}
	return res
}
