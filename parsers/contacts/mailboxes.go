package contacts

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// readerAppeal are words with which a publication speaks of itself to its readers.
var readerAppeal = text.MustCompile(`(?i)\b(?:got a (?:tip|story|news tip)|have (?:a|any) (?:tip|story|news|information|comment|question)s?\b.{0,80}\b(?:us|me|our|email)|story to (?:tell|share)|(?:contact|reach|email|e-mail|write to|tell|send) (?:us|me|our|the (?:author|reporter|writer|newsroom|editors?))|let us know|get in touch|drop us a line|story ideas|news tips|do you know more|email your|to the editor|our (?:newsroom|reporters|team|editors)|schreiben sie (?:uns|mir)|schreib(?:t)? uns|mailen sie|hinweis an|fehler (?:entdeckt|gefunden)|escr[ií]b(?:a|e)nos|env[ií](?:e|a)nos|cont[aá]cte?nos|écrivez[- ]nous|contactez[- ]nous|écrire à|scriv(?:i|ete)ci|escreva para|skriv til|tips? oss|tipsa oss|mejla|kontakta|napisz do nas|пишите|напишите)`)

// namesAuthor reports whether a mailbox is named for an author of the story.
func (r *contactReader) namesAuthor(email string) bool {
	return slices.ContainsFunc(r.authors, func(a article.Author) bool { return nameOfMail(localOf(email), a.Name) })
}

// namesAuthorNear reports whether the name of an author of the story stands in a
// passage before a place, or in the block before it.
func (r *contactReader) namesAuthorNear(p *passage, at int) bool {
	const far = 80
	at = min(at, len(p.text))
	lead := p.text[max(0, at-far):at]
	if p.n > 0 {
		if b := r.page.Blocks[p.n-1]; b.Words <= 8 {
			lead = b.Text + " " + lead
		}
	}
	return lead != "" && slices.ContainsFunc(r.authors, func(a article.Author) bool { return len(a.Name) > 4 && strings.Contains(lead, a.Name) })
}

// nameOfMail reports whether a mailbox is named for a person.
func nameOfMail(local, name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 {
		return false
	}
	first, last := text.Fold(words[0]), text.Fold(words[len(words)-1])
	local = strings.ToLower(local)
	return len(last) >= 3 && strings.Contains(local, last) || len(first) >= 4 && strings.HasPrefix(local, first)
}

// localOf is what stands before the sign of an address.
func localOf(mail string) string {
	local, _, _ := strings.Cut(mail, "@")
	return local
}

// hostOf is what stands behind the sign of an address.
func hostOf(mail string) string {
	_, host, _ := strings.Cut(mail, "@")
	return host
}

// brand is the part of a host that names whose it is: "example" of
// "www.news.example.co.uk".
func brand(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	if len(labels) < 2 {
		return ""
	}
	labels = labels[:len(labels)-1]
	if len(labels) > 1 && secondLevel[labels[len(labels)-1]] {
		labels = labels[:len(labels)-1]
	}
	return strings.ReplaceAll(labels[len(labels)-1], "-", "")
}

// secondLevel are labels below a country's that name nobody.
var secondLevel = text.Set("co com org net gov gob ac edu or ne go gc nic gen web info")

// siteNames are what a site is called, in the form of a host's label.
type siteNames []string

func namesOfSite(p *doc.Page) (names siteNames) {
	var called []string
	if p.Input.URL != nil {
		called = append(called, brand(p.Input.URL.Hostname()))
	}
	name, _ := p.FirstMeta("og:site_name", "application-name")
	for _, s := range append(called, name) {
		if s = asHostLabel(s); len(s) >= 2 && len(s) < 60 {
			names = append(names, s)
		}
	}
	return names
}

// asHostLabel is a name without what a label of a host cannot have.
func asHostLabel(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// own reports whether an address is of the site: by its host, or by a name that
// both have a good part of.
func (names siteNames) own(mail string) bool {
	host := hostOf(mail)
	label := brand(host)
	if len(label) < 2 {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return name == label || strings.HasPrefix(host, name+".") || strings.Contains(host, "."+name+".") || shareName(label, name)
	})
}

// shareName reports whether one name has the other in it, or both have seven
// letters in a row, or their first six.
func shareName(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) >= 4 && strings.Contains(long, short) {
		return true
	}
	if len(short) >= 6 && short[:6] == long[:6] {
		return true
	}
	for i := 0; i+7 <= len(short); i++ {
		if strings.Contains(long, short[i:i+7]) {
			return true
		}
	}
	return false
}
