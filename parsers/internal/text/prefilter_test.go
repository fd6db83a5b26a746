package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// required lists the literals of an expression's prefilter, sorted; a letter
// that may be of either case is in lower case.
func required(expr string) []string {
	set := requiredLiterals(expr)
	switch {
	case set == nil:
		return nil
	case set.only != "":
		return []string{set.only}
	}
	all := map[string]bool{}
	for _, lists := range set.byPair {
		for _, l := range slices.Concat(lists...) {
			if l.lower != l.upper {
				l.lower = strings.ToLower(l.lower)
			}
			all[l.lower] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func TestRequiredLiterals(t *testing.T) {
	for _, c := range []struct {
		expr string
		want []string
	}{
		{`copyright`, []string{"copyright"}},
		{`(?i)copyright|©`, []string{"copyright", "©"}},
		{`(?i)on`, []string{"on"}},
		{`(?i)fax`, []string{"fax"}},
		{`(?i)fask`, []string{"fask", "ſ", "\u212a"}}, // long s and the Kelvin sign
		{`(?i)straße`, []string{"straße", "ẞ", "ſ"}},
		{`\bfax(?:es)?\b`, []string{"fax"}},
		{`(?:tele)?fax|факс`, []string{"fax", "telefax", "факс"}},
		{`news ?desk`, []string{"news desk", "newsdesk"}},
		{`news[ -]?desk`, []string{"news desk", "news-desk", "newsdesk"}},
		{`poli(?:ce|zei\w*)`, []string{"police", "polizei"}},
		{`\S(?:at|arroba)\S`, []string{"arroba", "at"}},
		{`[\s]at[\S]`, []string{"\tat", "\nat", "\fat", "\rat", " at"}},
		{`(?:ab)+c`, []string{"abc"}},
		{`[xy]-[12]{1,2}`, []string{"-1", "-2"}},
		{`[\w.]+@\w+\.com`, []string{".com"}},
		{`[\w.]+@\w+\.[a-z]+`, []string{"@"}},
		{`.{2,9}\((?:c|r)\)`, []string{"(c)", "(r)"}},
		{`ab{2,}c`, []string{"abb"}},

		// Nothing is required, or only what most texts have.
		{`(?:fax)?`, nil},
		{`(?:fax)*`, nil},
		{`fax|\d*`, nil},
		{`\p{Lu}\p{Ll}+`, nil},
		{`^\s`, nil},
		{"\ufffd", nil}, // matches any byte that is not UTF-8
		{`(`, nil},
	} {
		want := slices.Sorted(slices.Values(c.want))
		if got := required(c.expr); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", c.expr, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	const expr = `(?i)(tele)?fax:? ?(\d+)`
	plain, filtered := regexp.MustCompile(expr), MustCompile(expr)
	for _, s := range []string{"", "f", "no number", "Telefax: 12, FAX 34", "fax"} {
		if got, want := filtered.MatchString(s), plain.MatchString(s); got != want {
			t.Errorf("MatchString(%q): got %v, want %v", s, got, want)
		}
		equal(t, "FindString", s, []string{filtered.FindString(s)}, []string{plain.FindString(s)})
		equal(t, "FindStringIndex", s, filtered.FindStringIndex(s), plain.FindStringIndex(s))
		equal(t, "FindStringSubmatch", s, filtered.FindStringSubmatch(s), plain.FindStringSubmatch(s))
		equal(t, "FindStringSubmatchIndex", s, filtered.FindStringSubmatchIndex(s), plain.FindStringSubmatchIndex(s))
		equal(t, "FindAllString", s, filtered.FindAllString(s, -1), plain.FindAllString(s, -1))
		equal(t, "FindAllStringIndex", s, slices.Concat(filtered.FindAllStringIndex(s, -1)...), slices.Concat(plain.FindAllStringIndex(s, -1)...))
		equal(t, "FindAllStringSubmatch", s, slices.Concat(filtered.FindAllStringSubmatch(s, -1)...), slices.Concat(plain.FindAllStringSubmatch(s, -1)...))
		equal(t, "FindAllStringSubmatchIndex", s, slices.Concat(filtered.FindAllStringSubmatchIndex(s, -1)...), slices.Concat(plain.FindAllStringSubmatchIndex(s, -1)...))
		equal(t, "ReplaceAllString", s, []string{filtered.ReplaceAllString(s, "<$2>")}, []string{plain.ReplaceAllString(s, "<$2>")})
	}
}

func equal[T comparable](t *testing.T, method, s string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s(%q): got %v, want %v", method, s, got, want)
	}
}

// TestMayMatch makes texts of every expression of parsers and asks that its
// prefilter lets those through that match.
func TestMayMatch(t *testing.T) {
	filtered := 0
	exprs := expressions(t)
	for _, expr := range exprs {
		re := MustCompile(expr)
		checkTexts(t, re, 200)
		if re.required != nil {
			filtered++
		}
	}
	t.Logf("%d expressions, %d with a prefilter", len(exprs), filtered)
	if len(exprs) < 80 || filtered < 40 {
		t.Errorf("found %d expressions in parsers, %d with a prefilter: too few", len(exprs), filtered)
	}
}

// BenchmarkPrefilter looks for what a paywall's notice says in paragraphs that
// have none: with the derived literals, with a list of words by hand, and with
// the expression alone.
func BenchmarkPrefilter(b *testing.B) {
	const paragraph = "The council voted on Tuesday to restore the river bank below the old mill, after months of talks with farmers and residents. " +
		"Karin Holm, who leads the planning office, said that work would start in the spring and cost about 2.4 million. "
	s := strings.Repeat(paragraph, 10)
	re := MustCompile(`(?i)subscribe (?:now )?to (?:continue|read|keep reading|unlock)|(?:to|and) (?:continue|keep) reading.{0,40}(?:subscri|register|sign in|log in)|` +
		`(?:sign in|log in|register|sign up|create an account).{0,30} to (?:continue|read|keep reading)|already (?:a |have a )subscri|abonnez-vous pour|jetzt weiterlesen|会員限定`)
	byHand := Literals("subscribe to |subscribe now to |continue reading|keep reading| to continue| to read| to keep reading|already a subscri|already have a subscri|abonnez-vous pour|jetzt weiterlesen|会員限定")
	for name, match := range map[string]func(string) bool{
		"derived": re.MatchString,
		"by hand": func(s string) bool { return byHand.FoundIn(strings.ToLower(s)) },
		"regexp":  re.Regexp.MatchString,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				if match(s) {
					b.Fatal("matched")
				}
			}
		})
	}
}

func FuzzMayMatch(f *testing.F) {
	f.Add(`(?i)(?:ask|maß)+[^a]x{2,3}|ǅ?Å`, "ask")
	f.Add(`\b(?:tele)?fax(?:[ -]?(?:no|nr))?`, "telefax")
	f.Add(`(?:a|b*)(?:c|d?)e\s+f`, "ace f")
	f.Fuzz(func(t *testing.T, expr, s string) {
		if len(expr) > 200 {
			return
		}
		if _, err := regexp.Compile(expr); err != nil {
			return
		}
		re := MustCompile(expr)
		if re.Regexp.MatchString(s) && !re.MayMatch(s) {
			t.Errorf("%s matches %q, which the prefilter rejects", expr, s)
		}
		checkTexts(t, re, 20)
	})
}

// checkTexts tries n texts of an expression, each alone and inside others.
func checkTexts(t *testing.T, re *Regexp, n int) {
	t.Helper()
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, uint64(len(re.String()))))
	for range n {
		var b strings.Builder
		write(&b, tree, random)
		for _, s := range []string{b.String(), "x " + b.String() + " y", b.String() + "\xff"} {
			if re.Regexp.MatchString(s) && !re.MayMatch(s) {
				t.Fatalf("%s matches %q, which the prefilter rejects", re, s)
			}
		}
	}
}

// write writes a random text of an expression. Borders are not minded.
func write(b *strings.Builder, re *syntax.Regexp, random *rand.Rand) {
	if b.Len() > 2000 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				for range random.IntN(3) {
					r = unicode.SimpleFold(r)
				}
			}
			b.WriteRune(r)
		}
	case syntax.OpCharClass:
		if i := random.IntN(max(1, len(re.Rune)/2)) * 2; len(re.Rune) > 0 {
			r := re.Rune[i] + random.Int32N(min(re.Rune[i+1]-re.Rune[i]+1, 500))
			if r == utf8.RuneError && random.IntN(2) == 0 {
				b.WriteByte(0xff)
				return
			}
			b.WriteRune(r)
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune([]rune("x 1é")[random.IntN(4)])
	case syntax.OpCapture:
		write(b, re.Sub[0], random)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		low, high := re.Min, re.Max
		switch re.Op {
		case syntax.OpStar:
			low, high = 0, -1
		case syntax.OpPlus:
			low, high = 1, -1
		case syntax.OpQuest:
			low, high = 0, 1
		}
		if high < 0 {
			high = low + 2
		}
		for range low + random.IntN(high-low+1) {
			write(b, re.Sub[0], random)
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			write(b, sub, random)
		}
	case syntax.OpAlternate:
		write(b, re.Sub[random.IntN(len(re.Sub))], random)
	}
}

// expressions reads the constant regular expressions in the sources of parsers
// and of the packages below it.
func expressions(t testing.TB) []string {
	folders := map[string][]*ast.File{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		folders[filepath.Dir(name)] = append(folders[filepath.Dir(name)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, files := range folders {
		constants := constantsOf(files)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					return true
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "MustCompile") {
					if expr, ok := constant(call.Args[0], constants); ok {
						all = append(all, expr)
					}
				}
				return true
			})
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func constantsOf(files []*ast.File) map[string]ast.Expr {
	all := map[string]ast.Expr{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, name := range spec.Names {
					all[name.Name] = spec.Values[i]
				}
			}
			return true
		})
	}
	return all
}

// constant returns the value of an expression of string literals, their names
// and "+".
func constant(e ast.Expr, constants map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		value, ok := constants[e.Name]
		if !ok {
			return "", false
		}
		return constant(value, constants)
	case *ast.BinaryExpr:
		x, ok := constant(e.X, constants)
		y, also := constant(e.Y, constants)
		return x + y, ok && also && e.Op == token.ADD
	}
	return "", false
}
