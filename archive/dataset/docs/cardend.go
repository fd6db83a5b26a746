package docs

import (
	"cmp"
	"fmt"
	"strings"
)

func (d *Description) limitations(p *page) {
	p.line("## Limitations\n")
	p.line("- The dataset has what the archive has. It is no random sample of what the sites published: pages that were not linked, were removed early or needed a login may be missing.%s", d.completeness())
	p.line("- Fields are what pages say, as a program read them. A missing value can mean that the page has none or that the program did not find it.")
	p.line("- Publication dates are as precise as on the page; a date without a time of day has no instant in `published_at`.")
	p.line("- The language is what the page or its text indicates, and may be wrong for short texts.")
	p.line("- The articles are not checked for truth. They may have errors, bias and offensive content.\n")
}

// completeness names the tables that say how complete the crawls were.
func (d *Description) completeness() string {
	var names []string
	for _, t := range []string{"runs", "coverage"} {
		if d.table(t) != nil {
			names = append(names, code(t))
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return " The table " + names[0] + " says how complete the crawls were."
	}
	return " The tables " + strings.Join(names, " and ") + " say how complete the crawls were."
}

// release says what changed since an earlier release.
func (d *Description) release(p *page) {
	p.line("## What changed since the earlier release\n")
	r := d.Release
	if r == nil {
		p.line("This dataset was not compared with an earlier release.\n")
		return
	}
	p.line("Compared with %s:\n", named(r.Name))
	p.line("| | articles |\n|---|---:|")
	for _, c := range []Count{{"added", r.Added}, {"changed", r.Changed}, {"withdrawn", r.Withdrawn}, {"the same", r.Stayed}} {
		p.line("| %s | %s |", c.Name, digits(c.N))
	}
	if len(r.Differs) > 0 {
		p.line("\nThe recipes of the two releases differ in %s: an article may be added, changed or withdrawn for that reason alone.", codes(r.Differs))
	}
	p.line("\n`changes.csv` lists them. If you hold the earlier release, remove the withdrawn articles from your copies.\n")
}

func (d *Description) verification(p *page) {
	p.line("## Verify and reproduce\n")
	p.line("To check that no file is missing or changed, with newsmorgue or without:\n")
	p.line("```sh\nnewsmorgue verify .\nsha256sum -c SHA256SUMS\n```\n")
	p.line("To make the same files again, you need the archive that they come from:\n")
	list := ""
	if d.Recipe.Rights.RedactList != "" {
		list = " --redact-list LIST" // which is in no dataset
	}
	p.line("```sh\nnewsmorgue export -a ARCHIVE --recipe %s%s -o FOLDER\n```\n", RecipeFile, list)
	p.line("- program: %s", code(d.Software))
	p.line("- archive: %s", code(d.Archive))
	p.line("- state of the archive: %s\n", code(d.Head))
}

func (d *Description) citing(p *page) {
	p.line("## How to cite\n")
	p.line("%s\n", strings.TrimSpace(paragraph(d.cite())+" "+link(cmp.Or(d.doiURL(), d.Recipe.Dataset.URL))))
	// bibtexText removes backquotes, so that nothing in it ends the block.
	p.line("```bibtex\n%s\n```\n", d.bibtex())
	if len(d.Recipe.Dataset.Creators) == 0 {
		p.line("The recipe names no creators. Add yours to `[dataset]` in `%s` and export again.\n", RecipeFile)
	}
	p.line("`%s` has this for programs.\n", Citation)
}

// datasheet answers the questions of Datasheets for Datasets (Gebru et al., 2021), as
// far as the export knows the answers.
func (d *Description) datasheet(p *page) {
	set := d.Recipe.Dataset
	p.line("## Datasheet\n")
	ask := func(question, format string, args ...any) {
		p.line("**%s** %s\n", question, fmt.Sprintf(format, args...))
	}
	p.line("### Motivation\n")
	if strings.TrimSpace(set.Description) != "" {
		ask("Why was the dataset made?", "See what its makers say at the top.")
	} else {
		ask("Why was the dataset made?", "Its makers have not said.")
	}
	var makers []string
	for _, c := range set.Creators {
		m := markdown(c.Name)
		if c.Affiliation != "" {
			m += " (" + markdown(c.Affiliation) + ")"
		}
		if c.ORCID != "" {
			m += ", [ORCID](" + orcidURL(c.ORCID) + ")"
		}
		makers = append(makers, m)
	}
	ask("Who made it?", "%s.", cmp.Or(strings.Join(makers, "; "), "Its makers are not named"))
	p.line("### Composition\n")
	ask("What is in it?", "%s See [Files](#files) and [Counts](#counts).", markdown(d.summary()))
	ask("Is it a sample?", "%s", d.sampleAnswer())
	ask("Are there labels?", "No. Nobody has annotated the articles. Sections and tags are those of the publishers.")
	ask("Are there errors, noise or repetitions?", "See [Duplicates and splits](#duplicates-and-splits) and [How often the fields are right](#how-often-the-fields-are-right).")
	ask("Does it have data of people?", "Yes: news articles name people. See [Rights and privacy](#rights-and-privacy).")
	p.line("### Collection\n")
	ask("How were the data collected?", "From public web pages, by a crawler or by import of web archives. See [How it was made](#how-it-was-made).")
	if from, to := instant(d.Captured[0]), instant(d.Captured[1]); from != "" {
		ask("When?", "The pages were fetched from %s to %s.", from, to)
	}
	p.line("### Preprocessing\n")
	ask("What was done to the data?", "Fields were extracted from HTML. %s", d.changesAnswer())
	ask("Is the raw data kept?", "In the archive: the columns `response_id` and `payload_digest`, where present, identify each page. This dataset has no pages.")
	p.line("### Uses\n")
	ask("What should it not be used for?", "Not as evidence that a site did not publish something, and not to contact or profile the people in it.")
	p.line("### Distribution\n")
	ask("Under which terms?", "%s.", markdown(d.usage()))
	p.line("### Maintenance\n")
	ask("Whom can I ask?", "%s.", cmp.Or(link(set.Contact), "No contact is given"))
	ask("Will it be updated?", "A later export of the same archive says what it added, changed and withdrew, if it is compared with this one.")
}

func (d *Description) sampleAnswer() string {
	c := d.Recipe.Choice
	switch {
	case c.Sample > 0:
		return "Yes: a random sample of the articles that meet the conditions in [Selection](#selection)."
	case c.Limit > 0:
		return "Yes, and not a random one: the first articles in the order of the table. See [Selection](#selection)."
	}
	return "It has all articles of the archive that meet the conditions in [Selection](#selection), except those in [What was left out](#what-was-left-out). The archive itself need not have all that the sites published."
}

func (d *Description) changesAnswer() string {
	s := "Texts are otherwise as published."
	if r := d.Recipe.Rights; len(r.Redact) > 0 || r.RedactList != "" {
		s = "Parts of the texts were replaced by placeholders. See [Rights and privacy](#rights-and-privacy)."
	}
	if d.pointers() {
		s = "Titles and texts were removed."
	}
	if d.Recipe.Excel {
		s += " Cells were changed for spreadsheet programs: see [" + Codebook + "](" + Codebook + ")."
	}
	return s
}

// link makes a valid URL or e-mail address one that can be clicked.
func link(s string) string {
	if s == "" {
		return ""
	}
	return "<" + s + ">"
}
