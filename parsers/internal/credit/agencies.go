package credit

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Agencies are organisations that sign stories.
var Agencies = map[string]bool{}

func init() {
	for a := range strings.SplitSeq("Reuters|AP|Associated Press|The Associated Press|AFP|Agence France-Presse|dpa|dpa-AFX|PTI|ANI|IANS|EFE|Europa Press|ANSA|TASS|Interfax|Xinhua|Yonhap|Kyodo|Kyodo News|AAP|NTB|TT|Ritzau|STT|PAP|ČTK|MTI|APA|SDA|Keystone-SDA|Belga|ANP|Lusa|Anadolu|Anadolu Agency|AA|IRNA|NAN|Bloomberg|BBC|CNN|CP|The Canadian Press|PA|PA Media|Press Association|UPI|Sputnik|Getty|Getty Images|Pool|The Washington Post|The New York Times|epd|KNA|sid|RND|РИА Новости|ТАСС|Интерфакс|新华社|共同|時事|연합뉴스", "|") {
		Agencies[text.Fold(a)] = true
	}
}
