package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/net/html"
)

// A label is what people saw on a page, as facts: numbers of elements (see elements)
// and names, no text. labels/README.md says how pages are labelled.
type label struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"` // of an article; "" if not settled
	Authors  *[]labelName   `json:"authors"`
	Captions *[]labelPic    `json:"captions"`
	Contacts *[]labelCorner `json:"contacts"`
}

type labelName struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	At   int    `json:"at"`
}

// A labelPic is the caption of a picture.
type labelPic struct {
	At       []int     `json:"at"`
	Credits  []string  `json:"credits"`
	CreditAt []int     `json:"credit_at"`
	Words    *[]string `json:"words"` // the first and the last of the caption; null: there is only a credit
}

// A labelCorner is a contact block.
type labelCorner struct {
	Kind      string `json:"kind"`
	LabelAt   *int   `json:"label_at"`
	EmailsAt  []int  `json:"emails_at"`
	PhonesAt  []int  `json:"phones_at"`
	FaxesAt   []int  `json:"faxes_at"`
	AddressAt []int  `json:"address_at"`
}

// readLabels adds labels to the samples that they are of. Where a corpus says itself
// what a label says, the corpus holds.
func readLabels(samples []*sample, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	of := map[string]*sample{}
	for _, s := range samples {
		of[s.ID] = s
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var l label
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if s := of[l.ID]; s != nil {
			s.labels = &l
			if s.Truth.Authors == nil && l.Authors != nil {
				names := []string{}
				for _, a := range *l.Authors {
					names = append(names, a.Name)
				}
				s.Truth.Authors = &names
			}
			if s.Truth.Contacts == nil && l.Contacts != nil {
				if err := s.takeContacts(*l.Contacts); err != nil {
					return fmt.Errorf("%s:%d: %w", path, n, err)
				}
			}
			if s.Truth.Captions == nil && l.Captions != nil {
				if err := s.takeCaptions(*l.Captions); err != nil {
					return fmt.Errorf("%s:%d: %w", path, n, err)
				}
			}
		}
	}
	return lines.Err()
}

// takeCaptions makes the truth of captions from their labels: the text is that of
// the elements, from the first word to the last.
func (s *sample) takeCaptions(labels []labelPic) error {
	all, err := s.elements()
	if err != nil {
		return err
	}
	captions := []truthCaption{}
	for _, l := range labels {
		c := truthCaption{Credits: l.Credits}
		if l.Words != nil && len(*l.Words) == 2 {
			c.Text = between(textAt(all, l.At), (*l.Words)[0], (*l.Words)[1])
		}
		captions = append(captions, c)
	}
	s.Truth.Captions = &captions
	return nil
}

// elements are those of the sample's page, which labels number.
func (s *sample) elements() ([]*html.Node, error) {
	page, err := s.read()
	if err != nil {
		return nil, err
	}
	return elements(page)
}

// textAt is the text of elements by their numbers; of one within another, once.
func textAt(all []*html.Node, numbers []int) string {
	var parts []string
	for _, n := range numbers {
		if n < 0 || n >= len(all) {
			continue
		}
		inside := false
		for p := all[n].Parent; p != nil && !inside; p = p.Parent {
			for _, o := range numbers {
				inside = inside || o >= 0 && o < len(all) && all[o] == p
			}
		}
		if !inside {
			parts = append(parts, textOf(all[n]))
		}
	}
	return squeeze(strings.Join(parts, " "))
}

// between is a text from a word's first place to another's last.
func between(text, first, last string) string {
	i, j := strings.Index(text, first), strings.LastIndex(text, last)
	if i < 0 || j < i {
		return text
	}
	return text[i : j+len(last)]
}
