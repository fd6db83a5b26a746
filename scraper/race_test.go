//go:build race

package scraper_test

// underRace says that the race detector watches, which makes crawls of many hosts slow.
const underRace = true
