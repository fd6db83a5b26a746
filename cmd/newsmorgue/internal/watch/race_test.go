//go:build race

package watch

// underRace says that the race detector watches, which makes crawls of weeks slow.
const underRace = true
