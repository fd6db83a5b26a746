//go:build unix

package archive

import (
	"errors"
	"os"
)

// SyncDir makes a rename or a new name in a folder durable.
func (system) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
