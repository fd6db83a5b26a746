package keep

import "testing"

func TestMaintenanceTitles(t *testing.T) {
	for title, want := range map[string]bool{
		"We will be right back":                     true,
		"We'll be back soon!":                       true,
		"We’ll be back shortly":                     true,
		"Be right back.":                            true,
		"Back in a few minutes":                     true,
		"Sorry, we'll be back in 30 minutes":        true,
		"Site under maintenance":                    true,
		"The Post | Scheduled maintenance":          true,
		"Maintenance mode – The Post":               true,
		"Down for maintenance - The Post":           true,
		"503 - Site temporarily unavailable":        true,
		"Still working on it: back later":           false, // says more
		"Wartungsarbeiten":                          true,
		"Wir sind gleich wieder da":                 true,
		"Site en maintenance":                       true,
		"Estamos en mantenimiento":                  true,
		"Sitio en mantenimiento. Volvemos pronto":   true,
		"Site em manutenção":                        true,
		"Sito in manutenzione":                      true,
		"Website in onderhoud":                      true,
		"Strona w trakcie":                          false,
		"Przerwa techniczna":                        true,
		"Технические работы на сайте":               true,
		"Sitemiz bakımda":                           true,
		"ただいまメンテナンス中です":                             true,
		"系统维护中":                                     true,
		"시스템 점검 중":                                  true,
		"":                                          false,
		"The Post":                                  false,
		"We are back":                               false, // a paper after its summer break
		"Back":                                      false,
		"Working on the site":                       false,
		"Harbour maintenance to start in spring":    false,
		"Lock closed for maintenance":               false,
		"Ferry back soon, says council":             false,
		"The minister will be right back":           false,
		"Sperrung wegen Wartung der Brücke":         false,
		"La maintenance des trains coûte plus cher": false,
		"Airport temporarily closed":                false,
		"Page not found":                            false,
	} {
		if got := isNotice(title); got != want {
			t.Errorf("%q: got %v, want %v", title, got, want)
		}
	}
}
