package text

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestOpening(t *testing.T) {
	o := MustCompileOpening(`(?i)subscribe (?:now )?to|(?:sie )?haben (?:bereits|schon)|оформите подписку|会員の方は|kein abo`)
	for line, want := range map[string]bool{
		"":                            false,
		"Subscribe to read on":        true,
		"»  SUBSCRIBE NOW TO read on": true,
		"You may subscribe to us":     false,
		"_subscribe to":               true,
		"Haben Sie bereits":           false,
		"Sie haben bereits ein Abo?":  true,
		"Haben schon viele gelesen":   true,
		"— Оформите подписку":         true,
		"Просим: оформите подписку":    false, // other letters are no signs
		"読者の皆様、会員の方は":                  false,
		"「会員の方は":                       true,
		"3 subscribe to":               false,
		"S":                            false,
		"ſubscribe to our letters":     true, // an old form of s
		"\u212aein Abo, keine Zeitung": true, // the sign of Kelvin is a k
	} {
		if got := o.MatchString(line); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
	if o.starts == nil {
		t.Error("no beginnings were derived")
	}
	if o := MustCompileOpening(`(?:very )?.ood`); !o.MatchString("food") || !o.MatchString("very good") || o.MatchString("a food") {
		t.Error("an expression without known beginnings")
	}
}

// TestOpenings makes texts of expressions and compares with package regexp.
func TestOpenings(t *testing.T) {
	for _, expr := range expressions(t) {
		if expr == "" || expr[0] == '^' {
			continue
		}
		o := &Opening{expr: expr}
		var err error
		if o.re, err = regexp.Compile("^(?:" + expr + ")"); err != nil {
			continue
		}
		tree, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(2, uint64(len(expr))))
		for range 100 {
			var b strings.Builder
			write(&b, tree, random)
			if s := b.String(); o.re.MatchString(s) && !o.mayMatch(s) {
				t.Fatalf("%s matches %q, which is not let through", expr, s)
			}
		}
	}
}
