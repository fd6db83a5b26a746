package docs

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// making says how the dataset came to be.
func (d *Description) making(p *page) {
	p.line("## How it was made\n")
	p.line("1. Pages were fetched from the web, or imported from web archives, and kept as records of the archive %s.", code(d.Archive))
	if len(d.Runs) > 0 {
		p.line("   %s fetched the pages of this dataset%s.", number(int64(len(d.Runs)), "crawl"), between(d.Captured[0].IsZero(), day(d.Captured[0]), day(d.Captured[1])))
	}
	p.line("2. A program read the fields of each article out of its page. Nobody corrected them by hand.")
	if len(d.Extractors) > 0 {
		p.line("   Extractors: %s.", extractors(d.Extractors))
	}
	p.line("3. %s exported the articles. `%s` has the settings.\n", markdown(d.Software), RecipeFile)
	if d.has(table.Articles.Name, "record_id") {
		p.line("The columns `record_id`, `response_id` and `run_id` name the records in the archive that a row comes from.\n")
	}
}

func between(unknown bool, from, to string) string {
	switch {
	case unknown:
		return ""
	case from == to:
		return " on " + from
	}
	return " between " + from + " and " + to
}

func extractors(counts []Count) string {
	var list []string
	for _, c := range counts[:min(len(counts), 10)] {
		list = append(list, code(c.Name)+" ("+number(c.N, "article")+")")
	}
	if more := len(counts) - 10; more > 0 {
		list = append(list, "and "+digits(int64(more))+" more")
	}
	return strings.Join(list, ", ")
}

// duplicates says what is known of duplicates, and whether splits share stories.
func (d *Description) duplicates(p *page) {
	p.line("## Duplicates and splits\n")
	u := d.Duplicates
	if !u.Computed {
		p.line("Near-duplicates were not looked for: the same agency story may be here several times, from different sites.\n")
	} else {
		when := ""
		if dedupe := d.Recipe.Choice.Dedupe; dedupe == "exact" || dedupe == "near" {
			when = ", before duplicates were left out"
		}
		p.line("Among the selected articles%s:\n", when)
		p.line("- %s with exactly the text of an earlier one", number(u.Exact, "article"))
		p.line("- %s of near-duplicates, with %s in them; %s of more than one site", number(u.Clusters, "cluster"), number(u.Articles, "article"), haveHas(u.AcrossSites))
		switch d.Recipe.Choice.Dedupe {
		case "exact":
			p.line("\nExact duplicates were left out, near-duplicates were not. The column `cluster` groups near-duplicates.\n")
		case "near":
			p.line("\nOf each cluster, only the article that was published first is in this dataset.\n")
		default:
			p.line("\nNone was left out. The column `cluster` groups near-duplicates; `cluster_first` names the one that was published first.\n")
		}
	}
	if len(d.Splits) == 0 {
		p.line("The dataset has no splits. If you make some, keep near-duplicates together, or a model sees stories of the test in training.\n")
		return
	}
	p.line("| split | articles | share |\n|---|---:|---:|")
	for _, s := range d.Splits {
		p.line("| %s | %s | %s |", markdown(s.Name), digits(s.N), percent(s.N, d.Articles))
	}
	p.line("\nThe splits were made by %s.", splitRule(d.Recipe.Choice.Split))
	switch {
	case !u.Computed:
		p.line("**Leakage check: not made**, since near-duplicates were not looked for.\n")
	case d.Leaks == 0:
		p.line("**Leakage check: passed.** No cluster of near-duplicates has articles in more than one split.\n")
	default:
		p.line("**Leakage check: failed.** %s of near-duplicates have articles in more than one split: a model may have seen a story of the test in training.\n", number(d.Leaks, "cluster"))
	}
}

func haveHas(n int64) string {
	if n == 1 {
		return "1 cluster has articles"
	}
	return digits(n) + " clusters have articles"
}

// splitRule says in words how splits are made.
func splitRule(s string) string {
	by, shares, _ := strings.Cut(s, ":")
	switch by {
	case "hash":
		return "a hash of the cluster of an article, with the shares " + markdown(shares) + " in percent"
	case "site":
		return "a hash of the site, with the shares " + markdown(shares) + " in percent: no site is in two splits"
	case "time":
		return "time of publication, with the limits " + markdown(strings.ReplaceAll(shares, ",", ", "))
	}
	return "a rule that is not recorded"
}

func (d *Description) left(p *page) {
	p.line("## What was left out\n")
	if len(d.Left) == 0 {
		p.line("Nothing of what was selected was left out.\n")
		return
	}
	p.line("| reason | articles |\n|---|---:|")
	for _, c := range d.Left {
		p.line("| %s | %s |", named(c.Name), digits(c.N))
	}
	p.line("")
	if i := slices.IndexFunc(d.Files, func(f folder.File) bool { return strings.HasPrefix(f.Name, "left-out") }); i >= 0 {
		p.line("%s lists them one by one.\n", code(d.Files[i].Name))
	}
}

// precision prints what a person measured.
func (d *Description) precision(p *page) {
	p.line("## How often the fields are right\n")
	if len(d.Precision) == 0 {
		p.line("Nobody has measured this for the dataset. Compare a sample with its pages before you rely on a field; `newsmorgue audit` helps.\n")
		return
	}
	p.line("A person compared a random sample of articles with their pages. The interval holds the true share with 95 %% confidence.\n")
	p.line("| field | right | judged | share | 95 %% interval |\n|---|---:|---:|---:|---|")
	for _, f := range d.Precision {
		judged := int64(f.Yes + f.No)
		p.line("| %s | %d | %d | %s | %.1f–%.1f %% |", cellCode(f.Field), f.Yes, judged, percent(int64(f.Yes), judged), 100*f.Low, 100*f.High)
	}
	p.line("")
}

func (d *Description) rights(p *page) {
	p.line("## Rights and privacy\n")
	set := d.Recipe.Dataset
	if l := licenceOf(set.License); set.License != "" {
		name := markdown(set.License)
		if l.url != "" {
			name = "[" + name + "](<" + l.url + ">)"
		}
		p.line("- **Licence**, as its makers state it: %s. Texts and pictures may still be protected by rights of their publishers.", name)
	} else {
		p.line("- **%s.** No licence is stated. Texts and pictures belong to their publishers, and this dataset gives no right to publish them again.", privateUse)
	}
	if d.pointers() {
		p.line("- **Pointers only.** The dataset has URLs, dates and digests, but no titles and texts. Whoever needs the texts fetches the pages.")
	}
	d.optouts(p)
	switch {
	case len(d.Recipe.Rights.Redact) == 0 && d.Recipe.Rights.RedactList == "":
		p.line("- **Redaction**: none. Texts may have e-mail addresses, telephone numbers and other data of people.")
	default:
		var what []string
		pictures := ""
		if d.Recipe.Media {
			pictures = "; nor are pictures"
		}
		for _, c := range d.Redacted {
			what = append(what, markdown(c.Name)+" "+digits(c.N))
		}
		p.line("- **Redaction**: %s in texts were replaced by placeholders%s. A program finds them, and may have missed some. URLs are not changed, and may have names and addresses in them%s.",
			redactedKinds(d.Recipe.Rights.Redact, d.Recipe.Rights.RedactList != ""), counted(what), pictures)
	}
	if d.table(table.Contacts.Name) != nil {
		p.line("- **Contact details**: the table contacts has e-mail addresses, telephone numbers and postal addresses as the pages print them. Do not pass it on without a reason.")
	} else {
		p.line("- **Contact details**: the table of contact details on pages was left out. Texts may still have some.")
	}
	p.line("- **People**: articles name people. Authors are named as in bylines. Whether any of them was asked for consent is not recorded.")
	if set.Contact != "" {
		p.line("- **Questions, corrections and requests to take something out**: %s", link(set.Contact))
	}
	p.line("- Articles that the archivist has suppressed are in no dataset that is made afterwards.\n")
}

func counted(what []string) string {
	if len(what) == 0 {
		return ""
	}
	return " (" + strings.Join(what, ", ") + ")"
}

func redactedKinds(kinds []string, list bool) string {
	names := slices.Clone(kinds)
	if slices.Contains(kinds, "phones") {
		names[slices.Index(names, "phones")] = "telephone numbers"
	}
	if i := slices.Index(names, "emails"); i >= 0 {
		names[i] = "e-mail addresses"
	}
	if list {
		names = append(names, "names of a list that is not in this dataset")
	}
	return strings.Join(names, " and ")
}

// optouts says what publishers reserve and what was done about it.
func (d *Description) optouts(p *page) {
	done := "These reservations were not used to leave articles out."
	if d.Recipe.Rights.RespectOptouts {
		done = "Articles whose publishers reserve such uses were left out."
	}
	if len(d.Optouts) == 0 {
		if !d.Recipe.Rights.RespectOptouts {
			done = ""
		}
		p.line("- **Reservations of publishers**: %s", strings.TrimSpace("none of the articles in this dataset has one in its page or response (robots directives, TDMRep). "+done))
		return
	}
	var list []string
	for _, c := range d.Optouts {
		list = append(list, code(c.Name)+" "+number(c.N, "article"))
	}
	p.line("- **Reservations of publishers** in pages and responses (robots directives, TDMRep): %s. The column `optouts` has them. %s", strings.Join(list, ", "), done)
}
