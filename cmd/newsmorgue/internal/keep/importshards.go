package keep

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ImportHosts reads sources and calls visit with the host of each record that has a URL, in
// lower case and without a port. Sources that cannot be read are passed over: the import
// says what is wrong with them. Watch is called as that of an Import.
func ImportHosts(ctx context.Context, sources []*ImportSource, watch func(done, total int64, what string), visit func(host string)) error {
	var total, before int64
	for _, s := range sources {
		total += max(0, s.Bytes)
	}
	for _, s := range sources {
		last := ""
		for e, err := range s.entries(ctx) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				break
			}
			watch(before+e.read, total, s.Name)
			if e.Record == nil {
				continue
			}
			if host := hostOf(e.Record.TargetURI()); host != "" && host != last {
				visit(host)
				last = host
			}
		}
		before += max(0, s.Bytes)
	}
	return nil
}

// hostOf is the host of a URL, in lower case and without a port; "" if it has none.
func hostOf(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// elsewhere reports whether a record with a URL does not belong into this archive.
func (f *ImportFilter) elsewhere(raw string) bool {
	if f.Hosts == nil {
		return false
	}
	host := hostOf(raw)
	return host != "" && !f.Hosts(host)
}

// Add adds the report of an import of the same files into another archive. What is wrong
// with the files is the same in all.
func (r *Imported) Add(o *Imported) {
	if r.Schema == "" {
		r.Schema, r.Extractor, r.Status, r.Started = o.Schema, o.Extractor, o.Status, o.Started
	}
	if o.Status != StatusComplete {
		r.Status = o.Status
	}
	r.Ended, r.Seconds = o.Ended, r.Seconds+o.Seconds
	r.Files = addFiles(r.Files, o.Files)
	for _, m := range []struct {
		to   *map[string]int
		from map[string]int
	}{{&r.Records, o.Records}, {&r.Kinds, o.Kinds}, {&r.NoArticle, o.NoArticle}} {
		for name, n := range m.from {
			if *m.to == nil {
				*m.to = map[string]int{}
			}
			(*m.to)[name] += n
		}
	}
	if r.Notes == nil {
		r.Notes = maps.Clone(o.Notes)
	}
	r.Payload += o.Payload
	r.Pages, r.Articles, r.New = r.Pages+o.Pages, r.Articles+o.Articles, r.New+o.New
	r.Known, r.Duplicates, r.Filtered = r.Known+o.Known, r.Duplicates+o.Duplicates, r.Filtered+o.Filtered
	r.Suppressed, r.Erased, r.Unresolved = r.Suppressed+o.Suppressed, r.Erased+o.Erased, r.Unresolved+o.Unresolved
	r.Damaged = max(r.Damaged, o.Damaged)
	r.CatalogInUse = r.CatalogInUse || o.CatalogInUse
	for _, l := range o.LeftOut {
		i := slices.IndexFunc(r.LeftOut, func(has ImportReason) bool { return has.Reason == l.Reason })
		switch {
		case i < 0:
			r.LeftOut = append(r.LeftOut, l)
		default:
			r.LeftOut[i].Count = max(r.LeftOut[i].Count, l.Count)
			r.LeftOut[i].Example = cmp.Or(r.LeftOut[i].Example, l.Example)
		}
	}
	for _, p := range o.Problems {
		if len(r.Problems) < maxProblems && !slices.Contains(r.Problems, p) {
			r.Problems = append(r.Problems, p)
		}
	}
}

func addFiles(sum, more []ImportedFile) []ImportedFile {
	for _, f := range more {
		i := slices.IndexFunc(sum, func(has ImportedFile) bool { return has.Name == f.Name })
		if i < 0 {
			sum = append(sum, f)
			continue
		}
		sum[i].New += f.New
	}
	return sum
}
