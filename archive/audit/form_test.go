package audit_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func TestForm(t *testing.T) {
	story := catalog.Story{ID: "0123456789ab", URL: "https://a.example/1", RecordID: "r", ResponseID: "s", Extractor: "x"}
	questions := audit.Questions(&article.Article{Title: "One", Kind: article.KindArticle, Text: "A text."})
	var sample audit.Sample
	form := audit.NewForm(story, questions, sample.History(nil), []string{"title", "authors", "text"})
	if form.Back() || form.Done() || len(form.Questions) != 3 {
		t.Fatalf("a new form: %+v", form)
	}
	form.Answer(audit.Yes, "")
	form.Answer(audit.No, "")
	if !form.Back() || form.At() != 1 {
		t.Fatalf("back: at %d", form.At())
	}
	first := form.Unsaved(sample, "Ann")
	if first == nil || len(first.Judgments) != 2 || first.Reading != "r" || first.Auditor != "Ann" {
		t.Fatalf("unsaved: %+v", first)
	}
	if form.Unsaved(sample, "Ann") != nil {
		t.Error("saved judgments are given again")
	}
	form.Answer(audit.Unsure, "why")
	if form.At() != 2 {
		t.Errorf("after a correction: at %d, want 2", form.At())
	}
	second := form.Unsaved(sample, "Ann")

	// Later, the form continues where it stopped.
	h := sample.History([]audit.Audit{*first, *second})
	form = audit.NewForm(story, questions, h, []string{"title", "authors", "text"})
	if form.At() != 2 || form.Given(0).Verdict != audit.Yes || form.Given(1).Verdict != audit.Unsure || form.Given(1).Note != "why" {
		t.Errorf("continued: at %d with %+v and %+v", form.At(), form.Given(0), form.Given(1))
	}
	form.Answer(audit.Yes, "")
	form.Answer(audit.No, "") // nothing is asked
	if !form.Done() || form.Unsaved(sample, "").Judgments[0].Verdict != audit.Yes {
		t.Error("the end of the form")
	}
}
