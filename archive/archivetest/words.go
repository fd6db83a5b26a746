package archivetest

import (
	"math/rand/v2"
	"strings"
)

// A tongue is an invented language: words of a Zipf distribution.
type tongue struct {
	tag   string
	drawn [1 << 14]string // words, as often as their frequency says
	space string
	stop  string
}

// scripts are the letters of the languages, as syllables.
var scripts = []struct{ tag, syllables string }{
	{"en", "ba ke li mo nu ra se ti vo du fa ge hi jo ku la me ni pa ro su ta ve wi zo sha tre plo gri"},
	{"de", "ber ge ver sch au ein ung lich keit stra ße mü ten für über dä ner wal hof zu an mit der die"},
	{"fr", "le la dé pré mai ron té que ci vre è tre ment au pou ville é ré ga ra son çon nal par sur"},
	{"ha", "ga ba ɗa ƙa na shi ya ta wa mu ku da ɓa tsa ri ce sa ma ha ra ji lo to zu fi"},
	{"ru", "пре ста го ро ни мо ска вер но вый по ли ти ка де ло на ше ра бо та год ция об"},
	{"ar", "ال مد ين ه رئ يس حك وم ة في من على سو ق عام ما ن كت اب خب ر جد يد"},
}

// newTongues returns the languages. One is Chinese, without spaces between words.
func newTongues(seed uint64) (all []*tongue) {
	for i, s := range scripts {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		syllables := strings.Fields(s.syllables)
		words := make([]string, 12_000)
		for k := range words {
			for range 1 + min(3, k/20+r.IntN(2)) {
				words[k] += syllables[r.IntN(len(syllables))]
			}
		}
		t := &tongue{tag: s.tag, space: " ", stop: ". "}
		t.fill(r, words)
		all = append(all, t)
	}
	r := rand.New(rand.NewPCG(seed, 99))
	words := make([]string, 6000)
	for k := range words {
		for range 1 + min(1, k/300) {
			words[k] += string(rune(0x4e00 + r.IntN(3000)))
		}
	}
	t := &tongue{tag: "zh", stop: "。"}
	t.fill(r, words)
	return append(all, t)
}

func (t *tongue) fill(r *rand.Rand, words []string) {
	zipf := rand.NewZipf(r, 1.1, 3, uint64(len(words)-1))
	for i := range t.drawn {
		t.drawn[i] = words[zipf.Uint64()]
	}
}

func (t *tongue) word(r *rand.Rand) string { return t.drawn[r.Uint64()&(1<<14-1)] }

// sentences appends about n bytes of text.
func (t *tongue) sentences(b []byte, r *rand.Rand, n int) []byte {
	end := len(b) + n
	for len(b) < end {
		for range 8 + r.IntN(16) {
			b = append(append(b, t.word(r)...), t.space...)
		}
		b = append(b[:len(b)-len(t.space)], t.stop...)
	}
	return b
}

// words returns a few words, such as a headline.
func (t *tongue) words(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(t.space)
		}
		b.WriteString(t.word(r))
	}
	return b.String()
}
