package words_test

import (
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

func ExampleParse() {
	q := words.Parse(`économie "Ƙasar Hausa" -covid-19 서울`)
	fmt.Println(q.Expression())
	s := q.Snippet("L’ÉCONOMIE en bref: 어제 서울에서.")
	for _, m := range s.Marks {
		fmt.Println(s.Text[m.Start:m.End])
	}
	// Output:
	// ("economie" AND "kasar hausa" AND "서울") NOT ("covid 19")
	// ÉCONOMIE
	// 서울
}
