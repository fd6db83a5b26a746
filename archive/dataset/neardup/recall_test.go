package neardup

import (
	"math"
	"math/bits"
	"testing"
)

func mulMod61(a, b uint64) uint64 {
	const p = 1<<61 - 1
	hi, lo := bits.Mul64(a, b)
	sum := lo&p + (lo>>61 | hi<<3)
	return sum&p + sum>>61
}

// TestRecall holds each kind of edit to its recall, for stories of many lengths, and
// compares the signature with plain MinHash.
func TestRecall(t *testing.T) {
	const stories = 100
	for _, edit := range edits {
		w := newWriter(11)
		var docs []Document
		var classic, met, near int
		var jaccard, worst float64
		for i := range uint64(stories) {
			original := w.text(200 + w.IntN(700))
			copied := edit.change(w, original)
			docs = append(docs, Document{ID: 2 * i, Time: int64(i), Text: join(original)},
				Document{ID: 2*i + 1, Time: int64(i) + 1, Text: join(copied)})

			a, b := NewSketch(join(original)), NewSketch(join(copied))
			o := compare(gramSet{a.grams, a.distinct}, gramSet{b.grams, b.distinct})
			jaccard += o.jaccard / stories
			if o.containment > 0.5 {
				near++
			}
			ka, sa := classicKeys(a)
			kb, sb := classicKeys(b)
			if meet(ka, kb) {
				classic++
			}
			if meet(a.keys, b.keys) {
				met++
			}
			equal := 0
			for j := range sa {
				if sa[j] == sb[j] {
					equal++
				}
			}
			j := float64(equal) / bins
			common := j / (1 + j) * float64(a.distinct+b.distinct)
			worst = max(worst, math.Abs(common/float64(min(a.distinct, b.distinct))-o.containment))
		}
		members, _ := clusterDocs(t, Options{}, docs)
		found := 0
		for i := range stories {
			a, b := members[2*i], members[2*i+1]
			if a.Cluster == b.Cluster {
				found++
			}
			if a.Cluster != uint64(2*i) || a.Size > 2 {
				t.Errorf("%s: unrelated stories joined: %+v", edit.name, a)
			}
			if a.Cluster == b.Cluster && (b.Representative != a.ID || b.Containment <= 0.5 || b.Similarity > b.Containment) {
				t.Errorf("%s: got %+v, want representative %d", edit.name, b, a.ID)
			}
		}
		t.Logf("%-40s J %.2f  containment > 0.5: %d  in a common bucket: %d (plain MinHash %d)  found: %d of %d  estimate off by up to %.2f",
			edit.name, jaccard, near, met, classic, found, stories, worst)
		if recall := float64(found) / stories; recall < edit.least {
			t.Errorf("%s: recall %.3f, want %.2f", edit.name, recall, edit.least)
		}
		if met < classic-stories/10 {
			t.Errorf("%s: %d pairs in a bucket, plain MinHash has %d", edit.name, met, classic)
		}
	}
}

// TestSignatureEstimatesJaccard checks that bins agree as often as sets do, also for
// texts with fewer n-grams than bins.
func TestSignatureEstimatesJaccard(t *testing.T) {
	w := newWriter(5)
	for _, words := range []int{16, 30, 60, 150, 400} {
		var got, want float64
		const pairs = 200
		for range pairs {
			text := w.text(words)
			a, b := NewSketch(join(text)), NewSketch(join(append(w.text(words/5), text[words/4:]...)))
			equal := 0
			for i := range a.sig {
				if a.sig[i] == b.sig[i] {
					equal++
				}
			}
			got += float64(equal) / bins / pairs
			want += compare(gramSet{a.grams, a.distinct}, gramSet{b.grams, b.distinct}).jaccard / pairs
		}
		t.Logf("%4d words: signature %.3f, sets %.3f", words, got, want)
		if math.Abs(got-want) > 0.02 {
			t.Errorf("%d words: signatures agree in %.3f, sets in %.3f", words, got, want)
		}
	}
}
