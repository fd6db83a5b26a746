package docs

import (
	"slices"
	"strings"
)

// A licence is the licence of a dataset in the forms that standards ask for.
type licence struct {
	id     string // SPDX identifier; "" if only a URL is known
	url    string
	hub    string // name in the front matter of Hugging Face; "" if it has none
	listed bool   // the identifier is one of those that this package knows
}

// onHub are the licences for datasets that Hugging Face has a name for, by their SPDX
// identifiers; the name is the identifier in lower case unless it is given.
// https://huggingface.co/docs/hub/repositories-licenses
var onHub = []struct{ id, name string }{
	{"Apache-2.0", ""}, {"CC-BY-2.0", ""}, {"CC-BY-2.5", ""}, {"CC-BY-3.0", ""}, {"CC-BY-4.0", ""}, {"CC-BY-NC-2.0", ""},
	{"CC-BY-NC-3.0", ""}, {"CC-BY-NC-4.0", ""}, {"CC-BY-NC-ND-3.0", ""}, {"CC-BY-NC-ND-4.0", ""}, {"CC-BY-NC-SA-2.0", ""},
	{"CC-BY-NC-SA-3.0", ""}, {"CC-BY-NC-SA-4.0", ""}, {"CC-BY-ND-4.0", ""}, {"CC-BY-SA-3.0", ""}, {"CC-BY-SA-4.0", ""}, {"CC0-1.0", ""},
	{"CDLA-Permissive-1.0", ""}, {"CDLA-Permissive-2.0", ""}, {"CDLA-Sharing-1.0", ""}, {"MIT", ""}, {"ODC-By-1.0", "odc-by"},
	{"ODbL-1.0", "odbl"}, {"PDDL-1.0", "pddl"}, {"Unlicense", ""},
}

// licenceOf reads what a recipe states: an SPDX identifier or a URL.
func licenceOf(s string) licence {
	switch {
	case s == "":
		return licence{}
	case strings.Contains(s, "://"):
		return licence{url: s}
	}
	l := licence{id: s, url: "https://spdx.org/licenses/" + s + ".html"}
	if strings.HasPrefix(s, "LicenseRef-") {
		l.url = ""
	}
	if i := slices.IndexFunc(onHub, func(h struct{ id, name string }) bool { return h.id == s }); i >= 0 {
		l.listed, l.hub = true, onHub[i].name
		if l.hub == "" {
			l.hub = strings.ToLower(s)
		}
	}
	return l
}
