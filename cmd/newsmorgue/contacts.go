package main

import (
	"bufio"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A contactLine is a site's contact in JSON. Each item has dates of its own, since
// a contact may change one of its numbers.
type contactLine struct {
	Site      string            `json:"site"`
	Kind      string            `json:"kind"`
	Label     string            `json:"label,omitempty"`
	First     string            `json:"first"`
	Last      string            `json:"last"`
	Pages     int               `json:"pages"`
	Emails    []contactItemLine `json:"emails,omitempty"`
	Phones    []contactItemLine `json:"phones,omitempty"`
	Faxes     []contactItemLine `json:"faxes,omitempty"`
	Addresses []contactItemLine `json:"addresses,omitempty"`
	Social    []contactItemLine `json:"social,omitempty"`
}

type contactItemLine struct {
	Value   string `json:"value"`
	E164    string `json:"e164,omitempty"`
	Country string `json:"country,omitempty"`
	First   string `json:"first"`
	Last    string `json:"last"`
}

// listContacts lists the contacts of sites and of their departments, each once.
func (a *app) listContacts(cmd *cobra.Command, c *catalog.Catalog, sites []string) error {
	contacts, err := c.Contacts(cmd.Context(), sites...)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(a.stdout)
	defer out.Flush()
	b := *a
	b.stdout = out
	site := ""
	for _, ct := range contacts {
		if a.json {
			if err := b.printJSON(contactLineOf(ct)); err != nil {
				return err
			}
			continue
		}
		if ct.Site != site {
			if site != "" {
				fmt.Fprintln(out)
			}
			site = ct.Site
			fmt.Fprintln(out, plain(site))
		}
		label := ct.Label
		if label == "" {
			label = ct.Kind
		} else {
			label += " (" + ct.Kind + ")"
		}
		pages := "pages"
		if ct.Pages == 1 {
			pages = "page"
		}
		fmt.Fprintf(out, "  %s, seen %s on %d %s\n", clip(plain(label), 80), dateRange(ct.First, ct.Last), ct.Pages, pages)
		for _, it := range ct.Items {
			value := plain(it.Value)
			if it.Sort == "fax" {
				value = "fax " + value
			}
			if it.E164 != "" && it.E164 != it.Value {
				value += " (" + it.E164 + ")"
			}
			if !it.First.Equal(ct.First) || !it.Last.Equal(ct.Last) {
				if own := dateRange(it.First, it.Last); own != dateRange(ct.First, ct.Last) {
					value += ", seen " + own
				}
			}
			fmt.Fprintf(out, "    %s\n", value)
		}
	}
	if len(contacts) == 0 && !a.json && !a.quiet {
		fmt.Fprintln(a.stderr, "no contacts found: no page shows how to contact the publisher")
	}
	return nil
}

// dateRange prints two days, or one if they are the same.
func dateRange(first, last time.Time) string {
	if day(first) == day(last) {
		return day(first)
	}
	return day(first) + " to " + day(last)
}

func contactLineOf(c catalog.Contact) contactLine {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	line := contactLine{Site: c.Site, Kind: c.Kind, Label: c.Label, First: stamp(c.First), Last: stamp(c.Last), Pages: c.Pages}
	for _, it := range c.Items {
		item := contactItemLine{it.Value, it.E164, it.Country, stamp(it.First), stamp(it.Last)}
		switch it.Sort {
		case "email":
			line.Emails = append(line.Emails, item)
		case "phone":
			line.Phones = append(line.Phones, item)
		case "fax":
			line.Faxes = append(line.Faxes, item)
		case "address":
			line.Addresses = append(line.Addresses, item)
		case "social":
			line.Social = append(line.Social, item)
		}
	}
	return line
}
