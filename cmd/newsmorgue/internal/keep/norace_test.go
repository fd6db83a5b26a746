//go:build !race

package keep

// underRace says that the race detector watches, which makes crawls of weeks slow.
const underRace = false
