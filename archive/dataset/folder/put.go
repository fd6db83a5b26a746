package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
)

// Put writes one of very many small files. Unlike Create it does not wait for the disk,
// which would take longer than everything else; SHA256SUMS shows what a power cut took.
func (d *Folder) Put(f File, data []byte) error {
	p, err := d.Path(f.Name)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if errClose := out.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	f.Bytes, f.SHA256 = int64(len(data)), hex.EncodeToString(sum[:])
	d.add(f)
	return nil
}
