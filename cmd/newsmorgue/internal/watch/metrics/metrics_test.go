package metrics

import (
	"math"
	"strings"
	"sync"
	"testing"
)

func TestWrite(t *testing.T) {
	var out strings.Builder
	err := Write(&out, []Family{
		{Name: "x_total", Help: "How many.\nOf \\ them.", Type: Counter, Labels: []string{"site", "why"}, Samples: []Sample{
			{[]string{"b.example", "a\\b \"c\"\nd"}, 3}, {[]string{"a.example", "ü\xff"}, 1.5e9}}},
		{Name: "y", Help: "A gauge.", Type: Gauge, Samples: []Sample{{nil, math.Inf(1)}}},
		{Name: "z", Help: "None.", Type: Gauge, Labels: []string{"site"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `# HELP x_total How many.\nOf \\ them.
# TYPE x_total counter
x_total{site="a.example",why="ü�"} 1.5e+09
x_total{site="b.example",why="a\\b \"c\"\nd"} 3
# HELP y A gauge.
# TYPE y gauge
y +Inf
# HELP z None.
# TYPE z gauge
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestSet(t *testing.T) {
	s := NewSet(Family{Name: "a_total", Labels: []string{"site"}}, Family{Name: "b_total"})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { s.Add("a_total", 1, "x"); s.Add("a_total", 2, "y") })
	}
	wg.Wait()
	s.Add("none", 1)
	s.Add("b_total", -1)
	s.Add("b_total", 1, "a label that it does not have")
	f := s.Families()
	s.Add("a_total", 5, "x")
	if len(f[0].Samples) != 2 || f[0].Samples[0].Figure+f[0].Samples[1].Figure != 30 || f[0].Type != Counter {
		t.Errorf("got %+v", f[0])
	}
	if len(f[1].Samples) != 1 || f[1].Samples[0].Figure != 0 {
		t.Errorf("got %+v", f[1])
	}
}
