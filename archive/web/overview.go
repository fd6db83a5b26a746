package web

import (
	"net/http"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// An overviewData is what the front page shows.
type overviewData struct {
	Dir   string         `json:"archive"`
	Sites []catalog.Site `json:"sites"`
}

func (s *Server) overview(r *http.Request) (*page, error) {
	sites, err := s.Catalog.Sites(r.Context())
	if err != nil {
		return nil, err
	}
	return &page{Title: "Overview", Section: "/", Template: "overview", Data: overviewData{s.Archive.Dir(), sites}}, nil
}
