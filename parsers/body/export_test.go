package body

// KeepOnly drops all but the first blocks of the story, and its last.
func (s *Selection) KeepOnly(n int) {
	_, last := s.Range()
	for _, b := range s.page.Blocks {
		if s.Kept(b) && b.N < last {
			if n--; n < 0 {
				s.drop(b, "test")
			}
		}
	}
}
