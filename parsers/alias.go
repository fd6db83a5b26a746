package parsers

import "github.com/newsmorgue/newsmorgue/parsers/article"

// The words of package article that callers of Parse need.
type (
	Article       = article.Article
	Author        = article.Author
	Block         = article.Block
	Caption       = article.Caption
	Contact       = article.Contact
	Hints         = article.Hints
	Kind          = article.Kind
	Link          = article.Link
	Page          = article.Page
	PageRef       = article.PageRef
	Phone         = article.Phone
	Address       = article.Address
	Provenance    = article.Provenance
	Rights        = article.Rights
	Candidate     = article.Candidate
	Explanation   = article.Explanation
	BlockDecision = article.BlockDecision
)

const (
	Extractor   = article.Extractor
	Schema      = article.Schema
	KindArticle = article.KindArticle
	KindLive    = article.KindLive
	KindGallery = article.KindGallery
	KindVideo   = article.KindVideo
	KindSection = article.KindSection
	KindHome    = article.KindHome
	KindAuthor  = article.KindAuthor
	KindOther   = article.KindOther
	KindBlocked = article.KindBlocked
)

var (
	Markdown = article.Markdown
	Text     = article.Text
	HTML     = article.HTML
)
