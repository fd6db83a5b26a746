package cdxj_test

import (
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

func ExampleSURT() {
	fmt.Println(cdxj.SURT("https://www.example.com/News/?b=2&a=1"))
	fmt.Println(cdxj.WabacSURT("https://www.example.com/News/?b=2&a=1"))
	// Output:
	// com,example)/news?a=1&b=2
	// com,example)/news/?a=1&b=2
}
