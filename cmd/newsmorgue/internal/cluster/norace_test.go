//go:build !race

package cluster

import "time"

// testLease is a lease of the tests: longer under the race detector, which makes all else
// slow.
const testLease = 3 * time.Second
