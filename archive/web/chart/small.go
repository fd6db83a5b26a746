package chart

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
)

// A Histogram is how many there are of each range, in order.
type Histogram struct {
	ID     string // unique on the page
	Title  string
	Noun   string
	Ranges []Range // MaxBars of them at most
}

// A Range is one bar of a histogram.
type Range struct {
	Label string
	Count int
}

// HTML draws the chart and its table.
func (h Histogram) HTML() template.HTML {
	ranges := h.Ranges[:min(len(h.Ranges), MaxBars)]
	if len(ranges) == 0 {
		return ""
	}
	most, total := 0, 0
	for _, r := range ranges {
		most, total = max(most, r.Count), total+r.Count
	}
	top := ceiling(max(most, 1))
	var w writer
	w.add(`<figure class="chart"><figcaption>%s</figcaption><div class="plot"><div class="scale" aria-hidden="true"><span>%v</span><span>0</span></div>`, h.Title, top)
	w.begin(h.ID, "chart bars", h.Title, fmt.Sprintf("%s in %d ranges; at most %d in one.", count(total, h.Noun), len(ranges), most), len(ranges)*10, 100)
	w.add(`<path class="grid" d="M0 .5H%vM0 50H%v"/>`, len(ranges)*10, len(ranges)*10)
	t := Table{Caption: h.Title, Head: []string{"Range", "Number"}}
	for i, r := range ranges {
		height := float64(max(r.Count, 0)) * 98 / float64(top)
		w.add(`<g><title>%s</title><rect class="s1" x="%v" y="%v" width="9" height="%v"/></g>`, r.Label+": "+count(r.Count, h.Noun), i*10, 100-height, height)
		t.Rows = append(t.Rows, []string{r.Label, strconv.Itoa(r.Count)})
	}
	w.WriteString(`</svg><div class="axis" aria-hidden="true">`)
	w.add("<span>%s</span>", ranges[0].Label)
	if n := len(ranges); n > 1 {
		w.add("<span>%s</span>", ranges[n-1].Label)
	}
	w.WriteString("</div></div>")
	w.table(t)
	w.WriteString("</figure>")
	return w.html()
}

// A Sparkline is small bars within a line of text or a table. Its title has to say the
// numbers that matter, as there is no table.
type Sparkline struct {
	ID     string // unique on the page
	Title  string
	Values []int // the newest MaxBars are shown
}

// HTML draws the sparkline.
func (s Sparkline) HTML() template.HTML {
	values := s.Values[max(0, len(s.Values)-MaxBars):]
	if len(values) == 0 {
		return ""
	}
	most := max(slices.Max(values), 1)
	var w writer
	w.add(`<svg class="chart spark" role="img" aria-labelledby="%s-t" viewBox="0 0 %v 20" preserveAspectRatio="none"><title id="%s-t">%s</title><path class="grid" d="M0 19.8H%v"/><path class="s1" d="`, s.ID, len(values)*4, s.ID, s.Title, len(values)*4)
	for i, v := range values {
		if v > 0 {
			w.add("M%v 20v%vh3v%vz", i*4, -max(float64(v)*20/float64(most), 1), max(float64(v)*20/float64(most), 1))
		}
	}
	w.WriteString(`"/></svg>`)
	return w.html()
}
