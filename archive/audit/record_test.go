package audit

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema":"newsmorgue.audit/1","article":"0123456789ab","filter":{"since":"2026-01-01T00:00:00Z"},"judgments":[{"field":"title","verdict":"yes"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, ok := parse(&archive.Record{Payload: body})
		if !ok {
			return
		}
		h := (Sample{Frame: a.Frame}).History([]Audit{a})
		for _, j := range a.Judgments {
			if got, ok := h.Of(catalog.Story{ID: a.Article, ResponseID: a.Response}, Question{Field: j.Field, Digest: j.Value}); ok && got.Field != j.Field {
				t.Errorf("got %+v for %+v", got, j)
			}
		}
	})
}
