package catalog

import (
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// lowerCase is the name of lower as queries call it. SQLite's own function knows the
// letters of ASCII only: to it, Économie and économie are two sections.
const lowerCase = "newsmorgue_lower"

func init() { // the driver has no other place for functions
	sqlite.MustRegisterDeterministicScalarFunction(lowerCase, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if s, ok := args[0].(string); ok {
			return lower(s), nil
		}
		return args[0], nil
	})
}

// lower returns a text in lower case. Letters that share an upper case, such as σ and ς,
// become one.
func lower(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// lowered returns texts in lower case, as arguments of a query.
func lowered(list []string) (args []any) {
	for _, s := range list {
		args = append(args, lower(s))
	}
	return args
}
