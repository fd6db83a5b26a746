package archive

// SyncDir does nothing: Windows has no flush of a folder, and NTFS keeps a
// journal of names.
func (system) SyncDir(string) error { return nil }
