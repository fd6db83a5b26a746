package body

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
)

// FuzzData: no script's data panics, and what was read can be drawn.
func FuzzData(f *testing.F) {
	f.Add(`window.__NUXT__=(function(a,b){return {x:[a,{y:b,"z":'q\u0041\x42'}]}}("1",{c:void 0}));`)
	f.Add(`self.__next_f.push([1,"1:[\"$\",\"p\",null,{\"children\":\"$2\"}]\n2:Tff,text"])`)
	f.Add(`window.__APOLLO_STATE__={"A:1":{"b":{"__ref":"A:1"}},"c":[,,1]};x=JSON.parse("{\"a\":1}");y="%7B%22a%22"`)
	f.Add("a={b:`c`,d:-1e5,e:!0,f:new Date(5),[g]:h(i,{j:1}),/*k*/l:[{m:1},//n\n]}")
	f.Fuzz(func(t *testing.T, s string) {
		left := len(s) + 100
		drawn := func(d jsdata.Value) {
			count(&d, "", 0)
			draw(&d, bodyOf(emptyDocument()), false, 0)
		}
		drawn(jsdata.ParseFlight(s, &left))
		jsdata.Assignments(s, &left, func(_ string, d jsdata.Value) { jsdata.ResolveRefs(&d, &left); drawn(d) })
		l := jsdata.Scanner{Src: s, Left: &left}
		if d, ok := l.Value(0); ok {
			if u, ok := jsdata.Unflatten(d, &left); ok {
				drawn(u)
			}
			drawn(d)
		}
	})
}
