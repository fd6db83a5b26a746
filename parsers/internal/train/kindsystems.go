package main

import "strings"

// A system is how the pages of a content system are built.
type system struct {
	name                                  string
	header, side, open, close             string
	cards, stories                        []string // one teaser; a story
	single, archive, front, authors, page []string // classes of the body element
}

var systems = []system{
	{
		name: "press", header: "site-header", side: "widget-area", open: `<div id="content" class="site-content"><main id="main" class="site-main">`, close: `</main></div>`,
		cards: []string{
			`<article class="post type-post hentry"><header class="entry-header"><h2 class="entry-title"><a href="{url}" rel="bookmark">{title}</a></h2><div class="entry-meta"><time datetime="{date}">{date}</time> <a href="/author/x" rel="author">{name}</a></div></header><div class="entry-summary"><p>{text}</p><a class="more-link" href="{url}">{more}</a></div></article>`,
			`<div class="wp-block-post"><figure><a href="{url}"><img src="/a.jpg"></a></figure><h3 class="wp-block-post-title"><a href="{url}">{title}</a></h3><div class="wp-block-post-excerpt"><p>{text}</p></div></div>`,
			`<article class="post"><h2 class="entry-title"><a href="{url}">{title}</a></h2><div class="entry-content"><p>{text}</p></div></article>`,
		},
		stories: []string{
			`<article class="post type-post hentry"><header class="entry-header"><h1 class="entry-title">{title}</h1><div class="entry-meta"><span class="byline">{by}</span> <time class="entry-date">{date}</time></div></header><div class="entry-content">{text}</div></article>`,
			`<h1>{title}</h1><div class="post-meta">{by} {date}</div><div class="entry-content wp-block-post-content">{text}</div>`,
		},
		single: []string{"post-template-default single single-post postid-12 single-format-standard", "single single-post", "post-template"}, archive: []string{"archive category category-news category-7", "archive tag tag-x", "archive date", "archive", ""},
		front: []string{"home blog", "home page-template page-id-2", "home", ""}, authors: []string{"archive author author-x author-3", "author", ""}, page: []string{"page-template-default page page-id-8", "page page-id-17 wp-custom-logo", "privacy-policy page-template-default page", ""},
	},
	{
		name: "drops", header: "layout-header", side: "layout-sidebar-second", open: `<div class="layout-content"><div class="region region-content">`, close: `</div></div>`,
		cards: []string{
			`<div class="views-row"><article class="node node--type-article node--view-mode-teaser"><h2><a href="{url}"><span class="field field--name-title">{title}</span></a></h2><div class="node__content"><div class="field--name-body"><p>{text}</p></div><ul class="links inline"><li><a href="{url}">{more}</a></li></ul></div></article></div>`,
			`<h3><a href="{url}">{title}</a></h3><p>{text}</p>`,
			`<li class="views-row"><div class="views-field-title"><span class="field-content"><a href="{url}">{title}</a></span></div><div class="views-field-body"><p>{text}</p></div></li>`,
		},
		stories: []string{`<article class="node node--type-article node--view-mode-full"><h1 class="page-title"><span>{title}</span></h1><footer class="node__meta"><div class="node__submitted">{by} {date}</div></footer><div class="node__content"><div class="field field--name-body">{text}</div></div></article>`},
		single:  []string{"path-node page-node-type-article", "html not-front node-type-article", ""}, archive: []string{"path-taxonomy", "page-taxonomy-term page-taxonomy", "page-view-news", ""},
		front: []string{"path-frontpage", "html front not-logged-in", ""}, authors: []string{"path-user", "page-user", ""}, page: []string{"path-node page-node-type-page", "path-contact", ""},
	},
	{
		name: "blocks", header: "header", side: "sidebar", open: `<div class="container"><div class="row"><div class="col-8">`, close: `</div></div></div>`,
		cards: []string{
			`<h3><a href="{url}">{title}</a></h3><p>{text}</p>`,
			`<div class="item"><h2>{title}</h2><p>{text}</p><a href="{url}">{more}</a></div>`,
			`<div class="teaser"><a href="{url}"><img src="/b.jpg" alt=""><h3>{title}</h3></a><p>{text}</p></div>`,
			`<article class="card"><a class="card__link" href="{url}"><h2 class="card__title">{title}</h2></a><div class="card__text">{text}</div><span class="card__date">{date}</span></article>`,
			`<div class="news-list-item"><h2><a href="{url}">{title}</a></h2><p>{text} <a href="{url}" class="more">{more}</a></p></div>`,
		},
		stories: []string{
			`<article><h1>{title}</h1><p class="author">{by}</p><p class="date">{date}</p>{text}</article>`,
			`<div class="news-single"><div class="article"><h1>{title}</h1><div class="news-text-wrap">{text}</div></div></div>`,
		},
		single: []string{"", "article", "template-article"}, archive: []string{"", "section", "template-section", "list"}, front: []string{"", "home", "frontpage"}, authors: []string{"", "author-page"}, page: []string{"", "page", "static"},
	},
	{
		name: "hashed", header: "css-1x2", side: "css-9k1", open: `<div id="__next"><main class="css-77a">`, close: `</main></div>`,
		cards: []string{
			`<div class="item"><h2>{title}</h2><p>{text}</p><a href="{url}">{more}</a></div>`,
			`<div class="css-a1b"><a class="css-p0q" href="{url}"><h3 class="css-zz1">{title}</h3><p class="css-t5t">{text}</p></a></div>`,
			`<li class="css-q9"><a href="{url}"><span>{title}</span></a><time>{date}</time></li>`,
		},
		stories: []string{`<section class="css-s1"><h1 class="css-h1">{title}</h1><div class="css-by">{by}</div><div class="css-d">{date}</div><div class="css-body">{text}</div></section>`, `<article class="css-art"><header><h1>{title}</h1></header><section name="articleBody">{text}</section></article>`},
		single:  []string{""}, archive: []string{""}, front: []string{""}, authors: []string{""}, page: []string{""},
	},
	{
		name: "tables", header: "top", side: "right", open: `<table width="100%"><tr><td class="main">`, close: `</td></tr></table>`,
		cards: []string{
			`<h3><a href="{url}">{title}</a></h3><p>{text}</p>`,
			`<p><b><a href="{url}">{title}</a></b><br>{text} <a href="{url}">{more}</a></p>`,
			`<table><tr><td><img src="/t.gif"></td><td><a href="{url}" class="headline">{title}</a><br><font size=2>{text}</font></td></tr></table>`,
			`<div>{date} - <a href="{url}">{title}</a></div>`,
		},
		stories: []string{`<h2>{title}</h2><i>{by}</i> {date}<br>{text}`, `<div><div><h2>{title}</h2>{text}</div></div>`, `<font size=4><b>{title}</b></font>{text}<p><i>{by}</i></p>`},
		single:  []string{""}, archive: []string{""}, front: []string{""}, authors: []string{""}, page: []string{""},
	},
	{
		name: "spirit", header: "gh-head", side: "gh-sidebar", open: `<div class="gh-outer"><main class="gh-main">`, close: `</main></div>`,
		cards: []string{
			`<article class="gh-card post"><a class="gh-card-link" href="{url}"><figure><img src="/g.jpg"></figure><div class="gh-card-wrapper"><h3 class="gh-card-title">{title}</h3><p class="gh-card-excerpt">{text}</p><footer class="gh-card-meta"><time datetime="{date}">{date}</time></footer></div></a></article>`,
			`<div class="blog-post"><h3 class="post-title"><a href="{url}">{title}</a></h3><div class="post-body"><p>{text}</p></div><div class="jump-link"><a href="{url}">{more}</a></div></div>`,
		},
		stories: []string{`<article class="gh-article post"><header class="gh-article-header"><h1 class="gh-article-title">{title}</h1><div class="gh-article-meta"><h4 class="gh-author-name">{by}</h4><time>{date}</time></div></header><section class="gh-content">{text}</section></article>`, `<div class="post hentry"><h3 class="post-title entry-title">{title}</h3><div class="post-body entry-content">{text}</div><span class="post-author">{by}</span></div>`},
		single:  []string{"post-template", "item-view", ""}, archive: []string{"tag-template tag-news", "archive-view", "paged"}, front: []string{"home-template", ""}, authors: []string{"author-template author-x", ""}, page: []string{"page-template page-about", "static_page", ""},
	},
	{
		name: "court", header: "masthead", side: "rail", open: `<div class="page"><div class="grid">`, close: `</div></div>`,
		cards: []string{
			`<h3><a href="{url}">{title}</a></h3><p>{text}</p>`,
			`<div class="item"><h2>{title}</h2><p>{text}</p><a href="{url}">{more}</a></div>`,
			`<section class="story-package"><h2 class="headline"><a href="{url}">{title}</a></h2><p class="summary">{text}</p><span class="byline">{name}</span></section>`,
			`<div class="promo"><a href="{url}"><img src="/c.jpg" alt="{title}"></a><div class="kicker">News</div><a class="promo-headline" href="{url}">{title}</a><div>{text}</div></div>`,
		},
		stories: []string{`<div class="article-page"><h1 class="headline">{title}</h1><div class="byline">{by}</div><div class="timestamp">{date}</div><div class="article-body">{text}</div></div>`},
		single:  []string{"articlepage", "page-article", ""}, archive: []string{"sectionpage", "section-page", ""}, front: []string{"homepage", "front", ""}, authors: []string{"author-page", ""}, page: []string{"staticpage", ""},
	},
}

// A wording is what pages of a language are written with.
type wording struct {
	code, topic                                              string
	words, first, last, sections, services, by, more, readOn []string
	archiveTitles, searchTitles, authorTitles                []string
}

var wordings = []wording{
	{
		code: "en", topic: "topics",
		words: strings.Fields(`the harbour council said on monday that its ferry will sail again after winter because engineers found new timber for pier and quay which had stood since war while anglers asked whether market hall could open earlier this spring
			mayor told reporters how island school lost roof during storm but nobody was hurt although two boats sank near lighthouse where keepers wait every night for help from mainland hospital team budget talks with union over bakery prices`),
		first: strings.Fields("Ane Jon Maria Peter Ruth Silas Greta Tom"), last: strings.Fields("Dahl Okoro Winter Lindqvist Marsh Abara Stone Field"),
		sections: strings.Split("News|Islands|Sport|Business|Culture|Opinion|Weather|World", "|"), services: strings.Split("About us|Contact us|Privacy policy|Terms of use|Advertise|Subscribe|Careers|FAQ|Cookie policy|Our team", "|"),
		by: strings.Split("By|by|Written by", "|"), more: strings.Split("Related stories|More news|Most read|You may also like|Latest", "|"), readOn: strings.Split("Read more|Continue reading|More|Full story", "|"),
		archiveTitles: strings.Split("{} Archives|Category: {}|Tag: {}|{} news|Latest in {}|{} - Page 2", "|"), searchTitles: strings.Split("You searched for {}|Search results for: {}|Results for {}", "|"), authorTitles: strings.Split("{}, Author at The Pier|Articles by {}|Posts by {}|{} Archives", "|"),
	},
	{
		code: "de", topic: "themen",
		words: strings.Fields(`der hafen und die alte brücke sind seit montag gesperrt weil ein schiff gegen den pfeiler gefahren ist sagte eine sprecherin im rathaus während händler auf dem markt über höhere preise klagen wollte niemand sagen wann
			fähre wieder fährt obwohl im winter viele gäste kommen hat gemeinde neue pläne für schule turm und deich vorgestellt nach streit mit verein wurde entscheidung auf nächste woche verschoben damit alle zeit haben`),
		first: strings.Fields("Anke Jens Maria Peter Ruth Silke Greta Thomas"), last: strings.Fields("Petersen Okafor Winter Lindner Marx Steinfeld Boller Kruse"),
		sections: strings.Split("Aktuelles|Region|Sport|Wirtschaft|Kultur|Meinung|Wetter|Politik", "|"), services: strings.Split("Über uns|Kontakt|Datenschutz|AGB|Mediadaten|Abo|Impressum|Hilfe|Karriere|Unser Team", "|"),
		by: strings.Split("Von|von|Autor:", "|"), more: strings.Split("Mehr zum Thema|Meistgelesen|Weitere Artikel|Das könnte Sie auch interessieren", "|"), readOn: strings.Split("Weiterlesen|mehr|Mehr lesen|Zum Artikel", "|"),
		archiveTitles: strings.Split("{} Archiv|Kategorie: {}|Schlagwort: {}|Alles zu {}|{} - Seite 2|Thema {}", "|"), searchTitles: strings.Split("Suchergebnisse für {}|Suche nach {}|Ihre Suche: {}", "|"), authorTitles: strings.Split("{}, Autor bei Hafenblatt|Artikel von {}|Beiträge von {}|Alle Texte von {}", "|"),
	},
	{
		code: "fr", topic: "tags",
		words: strings.Fields(`le port est fermé depuis lundi parce que la tempête a détruit une partie du quai dit le maire devant les habitants qui attendent encore des nouvelles du bateau parti hier vers les îles avec trente passagers
			mais personne ne sait quand il pourra revenir selon un marin du village école marché pont phare sont restés ouverts malgré vent fort pendant nuit où plusieurs arbres tombèrent sur route`),
		first: strings.Fields("Anne Jean Marie Pierre Ruth Simon Claire Luc"), last: strings.Fields("Morvan Diallo Kerbrat Petit Roux Lebihan Garnier Tanguy"),
		sections: strings.Split("Actualités|Îles|Sport|Économie|Culture|Opinion|Météo|Monde", "|"), services: strings.Split("À propos|Nous contacter|Mentions légales|Politique de confidentialité|Publicité|Abonnement|Qui sommes-nous|Aide", "|"),
		by: strings.Split("Par|par", "|"), more: strings.Split("À lire aussi|Les plus lus|Sur le même sujet", "|"), readOn: strings.Split("Lire la suite|Lire plus|En savoir plus", "|"),
		archiveTitles: strings.Split("Archives des {}|Catégorie : {}|Étiquette : {}|Toute l'actualité {}", "|"), searchTitles: strings.Split("Résultats de recherche pour {}|Résultats pour {}", "|"), authorTitles: strings.Split("{}, auteur sur Le Quai|Articles de {}|Tous les articles de {}", "|"),
	},
	{
		code: "es", topic: "temas",
		words: strings.Fields(`el puerto sigue cerrado desde el lunes porque la tormenta rompió parte del muelle dijo la alcaldesa ante vecinos que esperan noticias del barco que salió ayer hacia las islas con treinta pasajeros
			pero nadie sabe cuándo podrá volver según un pescador del pueblo escuela mercado puente faro quedaron abiertos pese al viento durante noche en que varios árboles cayeron sobre carretera`),
		first: strings.Fields("Ana Juan María Pedro Ruth Simón Clara Luis"), last: strings.Fields("Ferrer Obiang Romero Campos Rojas Llorente Vidal Pons"),
		sections: strings.Split("Noticias|Islas|Deportes|Economía|Cultura|Opinión|Tiempo|Mundo", "|"), services: strings.Split("Quiénes somos|Contacto|Aviso legal|Política de privacidad|Publicidad|Suscripción|Ayuda", "|"),
		by: strings.Split("Por|por", "|"), more: strings.Split("Lo más leído|Noticias relacionadas|Te puede interesar", "|"), readOn: strings.Split("Leer más|Seguir leyendo", "|"),
		archiveTitles: strings.Split("Archivo de {}|Categoría: {}|Etiqueta: {}|Noticias de {}", "|"), searchTitles: strings.Split("Resultados de búsqueda para {}|Resultados para {}", "|"), authorTitles: strings.Split("{}, autor en El Muelle|Artículos de {}", "|"),
	},
}
