package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// siteSettings is one table of sites.toml: what to crawl, how, and how often. The
// keys are named like the flags. A missing key means the default.
type siteSettings struct {
	Seeds       []string `toml:"seeds"`
	Scope       string   `toml:"scope"`
	FollowSeed  bool     `toml:"follow-seed"`
	Every       string   `toml:"every"`
	Cron        string   `toml:"cron"`
	Timezone    string   `toml:"timezone"`
	KeepOut     []string `toml:"keep-out"`
	Jitter      string   `toml:"jitter"`
	Paused      bool     `toml:"paused"`
	MaxPages    int      `toml:"max-pages"`
	MaxArticles int      `toml:"max-articles"`
	MaxDepth    *int     `toml:"max-depth"`
	MaxTime     string   `toml:"max-time"`
	MaxPerDay   *int     `toml:"max-requests-per-day"`
	Delay       string   `toml:"delay"`
	PerHost     int      `toml:"per-host"`
	Concurrency int      `toml:"concurrency"`
	Include     []string `toml:"include"`
	Exclude     []string `toml:"exclude"`
	UserAgent   string   `toml:"user-agent"`
	Operator    string   `toml:"operator"`
	From        string   `toml:"from"`
	Header      []string `toml:"header"`
	Cookies     string   `toml:"cookies"`
	Proxy       string   `toml:"proxy"`
	TLSAccept   []string `toml:"tls-accept"`
	AsSent      bool     `toml:"as-sent"`
	NoExtract   bool     `toml:"no-extract"`
	Robots      string   `toml:"robots"`
	Reason      string   `toml:"reason"`
	Assets      string   `toml:"assets"`
	MinFree     string   `toml:"min-free"`
	Since       string   `toml:"since"`
	Until       string   `toml:"until"`

	// Requested asks for a run: if none began since that time, one is due. Commands write
	// it into the sites.toml of many machines, of which one crawls the site.
	Requested string `toml:"requested"`

	// Labels are the user's own columns from an input list, for lists of sites.
	Labels map[string]string `toml:"labels"`
}

type sitesFile struct {
	Site map[string]siteSettings `toml:"site"`
}

// A siteStore reads and edits an archive's sites.toml. People edit that file, too,
// so an edit changes only the lines of its keys: comments, order and blank lines
// are preserved.
type siteStore struct {
	path string   // as errors name it
	text siteText // nil for the file at path
}

// A siteText is where the text of a sites.toml is kept, other than in a file.
type siteText interface {
	read() (string, error)
	// edit replaces the text by what change makes of it. It may call change again if
	// somebody else edits the text at the same time.
	edit(change func(string) (string, error)) error
}

const sitesHeader = `# The sites of this archive, their crawl settings and schedules. Edit freely:
# comments are preserved. Keys are the flags of "newsmorgue archive" without the
# dashes in front, and for schedules every = "6h" or cron = "0 6 * * *", with
# timezone = "Africa/Lagos", keep-out = ["08:00-20:00"], jitter = "5m" and paused = true.
`

func (a *app) siteStore(ar *archive.Archive) *siteStore {
	return &siteStore{path: filepath.Join(ar.Dir(), "sites.toml")}
}

// load reads the settings of all sites; there are none if the file is missing.
// Unknown keys are errors, because a misspelt limit must not be ignored.
func (b *siteStore) load() (map[string]siteSettings, error) {
	text, err := b.read()
	if err != nil {
		return nil, err
	}
	return parseSites(text, b.path)
}

func (b *siteStore) read() (string, error) {
	if b.text != nil {
		return b.text.read()
	}
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

func parseSites(text, path string) (map[string]siteSettings, error) {
	var f sitesFile
	md, err := toml.Decode(text, &f)
	if err != nil {
		return nil, syntaxError(err, text, path)
	}
	if bad := md.Undecoded(); len(bad) > 0 {
		return nil, unknownSetting(bad[0], text, path)
	}
	if f.Site == nil {
		f.Site = map[string]siteSettings{}
	}
	return f.Site, nil
}

// typeError matches the library's error of a value that has the wrong type. It ends
// with types of Go, which are not for people.
var typeError = regexp.MustCompile(`^toml: line (\d+) \(last key ("(?:[^"\\]|\\.)*")\): incompatible types`)

// syntaxError is the error of a sites.toml that does not decode.
func syntaxError(err error, text, path string) error {
	const hint = "correct the file in an editor; its format is TOML"
	if m := typeError.FindStringSubmatch(err.Error()); m != nil {
		name, uerr := strconv.Unquote(m[2])
		i := strings.LastIndex(name, ".")
		if shape := settingShape(name[i+1:]); uerr == nil && i > 0 && shape != "" {
			site, key := strings.Trim(strings.TrimPrefix(name[:i], "site."), `"`), name[i+1:]
			at := lineOf(text, site, key)
			if at == "" {
				at = "line " + m[1] + ": "
			}
			return fail(exitFailed, hint, "%s: %ssite %s: %s must be %s", path, at, site, key, shape)
		}
	}
	var pe toml.ParseError
	if errors.As(err, &pe) {
		return fail(exitFailed, hint, "%s: line %d, column %d: %s", path, pe.Position.Line, max(1, pe.Position.Col), pe.Message)
	}
	return fail(exitFailed, hint, "%s: %s", path, strings.TrimPrefix(err.Error(), "toml: "))
}

// settingShape says how the value of a setting is written; "" if there is no such
// setting.
func settingShape(key string) string {
	for f := range reflect.TypeFor[siteSettings]().Fields() {
		if f.Tag.Get("toml") != key || key == "" {
			continue
		}
		t := f.Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Slice:
			return "a list, as in " + key + ` = ["…"]`
		case reflect.String:
			return "a text in quotes, as in " + key + ` = "…"`
		case reflect.Bool:
			return "true or false, without quotes"
		case reflect.Int:
			return "a whole number without quotes, as in " + key + " = 100"
		case reflect.Map:
			return "a table, as in " + key + ` = { name = "value" }`
		}
	}
	return ""
}

// settingNames are the names of all settings.
func settingNames() (names []string) {
	for f := range reflect.TypeFor[siteSettings]().Fields() {
		names = append(names, f.Tag.Get("toml"))
	}
	return names
}

// unknownSetting is the error of a key that is not the name of a setting.
func unknownSetting(key toml.Key, text, path string) error {
	if len(key) < 3 || key[0] != "site" {
		name := key[0]
		if name == "site" {
			name = key[len(key)-1]
		}
		return fail(exitFailed, `settings are in tables like [site."example.org"]`, "%s: %sunknown setting %s", path, nameAt(text, name), key)
	}
	known := settingNames()
	hint := "newsmorgue schedule add --help lists the settings, without the dashes in front; paused is one, too"
	if best := nearest(key[2], known); best != "" {
		hint = "did you mean " + best + "?"
	}
	at := lineOf(text, key[1], key[2])
	if at == "" {
		at = nameAt(text, key[2]) // in an inline table, or as a dotted key
	}
	return fail(exitFailed, hint, "%s: %ssite %s: unknown setting %s", path, at, key[1], key[2])
}

// nameAt is where a name stands in a sites.toml as a key, a part of one or in the header
// of a table, as "line 4, column 1: "; "" if it is not found.
func nameAt(text, name string) string {
	is := regexp.MustCompile(`(?:^|[\s.,{\["'])(` + regexp.QuoteMeta(name) + `)["']?\s*[=.\]]`)
	for i, line := range strings.Split(text, "\n") {
		if at := is.FindStringSubmatchIndex(line); at != nil && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return fmt.Sprintf("line %d, column %d: ", i+1, at[2]+1)
		}
	}
	return ""
}

// lineOf is where a key of a site stands in a sites.toml, as "line 4, column 1: "; ""
// if it is not found, as in an inline table.
func lineOf(text, site, key string) string {
	lines := strings.SplitAfter(text, "\n")
	from, to := tableLines(lines, site)
	if from < 0 {
		return ""
	}
	at, _ := keyLines(lines[from:to], key)
	if at < 0 {
		return ""
	}
	line := lines[from+at]
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	return fmt.Sprintf("line %d, column %d: ", from+at+1, indent+1)
}

// settings turns a site's table into the settings of a run. An error says where in
// the file it is.
func (b *siteStore) settings(name string, s siteSettings) (keep.Settings, error) {
	k, err := s.settings()
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return k, b.wrong(name, err)
	}
	return k, nil
}

// scheduled checks the settings of a site that has a schedule. That a file is missing
// that the settings name is the concern of that site's runs, not of the other sites:
// it is returned as missing.
func (b *siteStore) scheduled(name string, s siteSettings) (missing, err error) {
	_, err = b.settings(name, s)
	if !errors.As(err, &otherFileError{}) {
		return nil, err
	}
	if cerr := s.check(); cerr != nil {
		return nil, b.wrong(name, cerr)
	}
	return err, nil
}

// requested is the time of Requested, zero if it is empty.
func (s siteSettings) requested() (time.Time, error) {
	if s.Requested == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s.Requested)
	if err != nil {
		err = fail(exitFailed, `write requested = "2026-11-30T12:00:00Z", or remove it`, "requested: %q is not a valid time", s.Requested)
	}
	return at, err
}

// check reports what is wrong with settings of a site that no flag can make so.
func (s siteSettings) check() error {
	if _, err := s.requested(); err != nil {
		return err
	}
	if _, err := s.plan(); err != nil {
		return err
	}
	if len(s.Seeds) == 0 {
		return fail(exitFailed, `write seeds = ["https://example.org/"], or remove the site`, "seeds are missing")
	}
	for _, raw := range s.Seeds {
		u, err := weburl.Parse(raw)
		if err != nil {
			return fail(exitFailed, "", "seeds: %q is not a valid URL: %w", raw, err)
		}
		if _, err := scraper.NewScope(s.Scope, u); err != nil {
			return err
		}
	}
	return nil
}

// wrong is the error of a setting of a site. Its text begins with the setting's name.
func (b *siteStore) wrong(name string, err error) error {
	line := ""
	key, _, _ := strings.Cut(err.Error(), " ")
	if text, rerr := b.read(); rerr == nil {
		line = lineOf(text, name, strings.TrimSuffix(key, ":"))
	}
	_, hint := exitCode(err)
	if hint == "" {
		hint = "correct the file in an editor"
	}
	return fail(exitFailed, hint, "%s: %ssite %s: %w", b.path, line, name, err)
}

// set gives keys of a site's table new values; a nil value removes the key. The
// table is created if it is missing.
func (b *siteStore) set(name string, values map[string]any) error {
	return b.edit(func(text string) (string, error) { return setKeys(text, name, values) })
}

// remove takes a site's table out, with the comments directly above it. It reports
// whether there was one.
func (b *siteStore) remove(name string) (removed bool, err error) {
	err = b.edit(func(text string) (string, error) {
		left := removeTable(text, name)
		removed = left != text
		if sites, err := parseSites(left, b.path); err == nil {
			if _, still := sites[name]; still { // as by a dotted key outside of tables
				return "", fail(exitFailed, "remove it in an editor", "%s: site %s is not written as a table of its own", b.path, name)
			}
		}
		return left, nil
	})
	return removed && err == nil, err
}

// removeTable returns the text of a sites.toml without the tables of a site.
func removeTable(text, name string) string {
	lines := strings.SplitAfter(text, "\n")
	for {
		from, to := tablesOf(lines, name, tableOrSub)
		if from < 0 {
			return strings.Join(lines, "")
		}
		above := from
		for above > 0 && strings.HasPrefix(strings.TrimSpace(lines[above-1]), "#") {
			above--
		}
		if above > 0 { // else these lines are the head of the file
			from = above
		}
		for to < len(lines) && lines[to] != "" && strings.TrimSpace(lines[to]) == "" {
			to++ // the empty lines after it
		}
		lines = slices.Delete(lines, from, to)
	}
}

// edit changes the text. It refuses a result that is not valid.
func (b *siteStore) edit(change func(string) (string, error)) error {
	checked := func(old string) (string, error) {
		if _, err := parseSites(old, b.path); err != nil {
			return "", err
		}
		text, err := change(old)
		if err != nil || text == old {
			return text, err
		}
		if _, err := parseSites(text, b.path); err != nil {
			return "", fmt.Errorf("%s cannot be edited automatically; change it in an editor: %w", b.path, err)
		}
		return text, nil
	}
	if b.text != nil {
		return b.text.edit(checked)
	}
	return editFile(b.path, checked)
}

// editFile changes a file under a lock, so that two commands never overwrite each
// other's changes.
func editFile(path string, change func(string) (string, error)) error {
	unlock, err := archive.WaitLock(filepath.Join(filepath.Dir(path), "locks", filepath.Base(path)+".lock"))
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	defer unlock()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	old := string(b)
	text, err := change(old)
	if err != nil || text == old {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".sites-*.toml")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(text)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

// pickSite finds the site of sites.toml that a person means, by its name or a URL.
func pickSite(sites map[string]siteSettings, ref string) (string, error) {
	_, rest, hasScheme := strings.Cut(ref, "://")
	if !hasScheme {
		rest = ref
	}
	// The names of crawls of a page have its path, which may have capitals.
	for _, name := range []string{ref, rest, siteName(ref)} {
		if _, ok := sites[name]; ok {
			return name, nil
		}
	}
	hint := "newsmorgue archive URL adds one"
	known := slices.Sorted(maps.Keys(sites))
	if best := nearest(siteName(ref), known); best != "" {
		hint = "did you mean " + best + "?"
	} else if len(known) > 0 {
		hint = "its sites: " + someOf(known)
	}
	return "", fail(exitFailed, hint, "no site %q in this archive", ref)
}
