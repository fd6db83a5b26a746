package body

import (
	"regexp"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// Social networks' scripts find the posts to embed by the class of a blockquote.
var (
	posts = doc.Select(`blockquote[class*=twitter-tweet], blockquote[class*=twitter-video], blockquote[class*=instagram-media], blockquote[class*=tiktok-embed], blockquote[class*=bluesky-embed],
		blockquote[class*=fb-post], blockquote[class*=fb-xfbml-parse-ignore], blockquote[class*=mastodon-embed], blockquote[class*=reddit-embed-bq], blockquote[class*=reddit-card], blockquote[class*=text-post-media],
		blockquote[class*=imgur-embed-pub]`)
	redditPosts = doc.Select("blockquote[class*=reddit-embed-bq], blockquote[class*=reddit-card]")
	postLinks   = cascadia.MustCompile("a[href^=http]")
)

// postAddresses are the attributes that have the address of a post.
var postAddresses = []string{"data-instgrm-permalink", "data-text-post-permalink", "cite"}

// post is socialPost. Each block of a quote asks, so the answer is kept.
func (s *Selection) post(quote *html.Node) string {
	post, known := s.posts[quote]
	if !known {
		post = socialPost(quote)
		s.posts[quote] = post
	}
	return post
}

// socialPost is the address of a blockquote that embeds a post: as an attribute has it,
// else that of its last link, or on Reddit of its first; "about:blank" if it has none,
// "" if it is another blockquote.
func socialPost(quote *html.Node) string {
	if !posts.Matches(quote) {
		return ""
	}
	for _, key := range postAddresses {
		if address := block.Attr(quote, key); address != "" && postAddress.MatchString(address) {
			return address
		}
	}
	links := goquery.NewDocumentFromNode(quote).FindMatcher(postLinks)
	if redditPosts.Matches(quote) {
		return links.First().AttrOr("href", "about:blank")
	}
	return links.Last().AttrOr("href", "about:blank")
}

var postAddress = regexp.MustCompile(`^https?://[^/\s]`)

// addPost adds a block of a post to its embed. What stands in for the post until the
// network's script shows it is left out; of a post on Reddit only its title is said.
func (a *assembly) addPost(quote *html.Node, address, said string) {
	if redditPosts.Matches(quote) {
		if a.written[quote] {
			return
		}
		a.written[quote] = true
		if link := goquery.NewDocumentFromNode(quote).FindMatcher(postLinks).First(); link.Length() > 0 {
			said = block.VisibleText(link.Nodes[0])
		}
	}
	if quote != a.embedded {
		a.emit(article.Block{Type: article.Embed, URL: address})
		a.embedded = quote
	}
	last := a.last()
	switch {
	case postPlaceholder(said) || len(last.Text) >= maxJoined:
	case last.Text == "":
		last.Text = said
	default:
		last.Text += " " + said
	}
}

// postPlaceholders are parts of what networks write into a post's place until their
// script shows it, in lower case.
var postPlaceholders = text.FoldedLiterals("view this post on instagram|view this post on threads|a post shared by|a photo posted by|a video posted by|" +
	"sieh dir diesen beitrag auf instagram an|ein beitrag geteilt von|" +
	"voir cette publication sur instagram|une publication partagée par|" +
	"ver esta publicación en instagram|ver esta foto en instagram|una publicación compartida por|una publicación compartida de|" +
	"visualizza questo post su instagram|un post condiviso da|ver essa foto no instagram|ver esta publicação no instagram|uma publicação compartilhada por|uma publicação partilhada por|um post compartilhado por|" +
	"dit bericht op instagram bekijken|een bericht gedeeld door|se dette opslag på instagram|et opslag delt af|visa detta inlägg på instagram|ett inlägg delat av|se dette innlegget på instagram|et innlegg delt av|" +
	"näytä tämä julkaisu instagramissa|wyświetl ten post na instagramie|post udostępniony przez|zobrazit příspěvek na instagramu|příspěvek sdílený|a bejegyzés megtekintése az instagramon|vezi această postare pe instagram|o postare distribuită de|" +
	"bu gönderiyi instagram'da gör|'in paylaştığı bir gönderi|lihat postingan ini di instagram|sebuah kiriman dibagikan oleh|xem bài viết này trên instagram|bài viết do|" +
	"посмотреть эту публикацию в instagram|публикация от|переглянути цей допис в instagram|допис, поширений|δείτε αυτή τη δημοσίευση στο instagram|" +
	"この投稿をinstagramで見る|がシェアした投稿|在 instagram 查看这篇帖子|在 instagram 查看這則貼文|分享的帖子|分享的貼文|instagram에서 이 게시물 보기|님의 공유 게시물|عرض هذا المنشور على instagram|تمت مشاركة منشور بواسطة|הצג פוסט זה באינסטגרם")

// maxPlaceholder bounds a placeholder, in bytes; more is a post's own text.
const maxPlaceholder = 160

// postPlaceholder reports whether a text stands in for a post.
func postPlaceholder(s string) bool {
	if len(s) > maxPlaceholder {
		return false
	}
	return postPlaceholders.FoundIn(lower(s)) || postedBy.MatchString(s)
}

// postedBy are the lines of Facebook's embeds and of TikTok's.
var postedBy = regexp.MustCompile(`^(?:Posted by|Gepostet von|Publiée? par|Publicado por|Publicada por|Pubblicato da|Geplaatst door|Опубликовано|投稿者|発信者) .{2,80}$|^♬ `)
