//go:build race

package parsers_test

// underRace says that the race detector watches, which makes reading many pages slow.
const underRace = true
