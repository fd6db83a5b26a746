package credit

import "github.com/newsmorgue/newsmorgue/parsers/internal/text"

// The words of credits, as tables that can be extended without reading code.
// All are lower case; "|" separates those of one row.

// A creditLabel is a word that announces a credit.
type creditLabel struct {
	media string // the medium that it names
	weak  bool   // a story's own text has it too: "(Source: the ministry)"
}

// A labelRow is labels of one meaning.
type labelRow struct {
	media string
	weak  bool
	words string
}

func labelTable(rows []labelRow) map[string]creditLabel {
	labels := map[string]creditLabel{}
	for _, row := range rows {
		for w := range text.Phrases(row.words) {
			labels[w] = creditLabel{row.media, row.weak}
		}
	}
	return labels
}

// creditLabels are the words before a credit, up to three of them.
var creditLabels = labelTable([]labelRow{
	{media: "image", words: `photo|photos|photograph|photographs|photography|photographer|photo credit|photo credits|photo source|image copyright|picture|pictures|picture credit|pic|image|images|image credit|image credits|image source|image courtesy|photo courtesy|file photo|
		foto|fotos|fotografie|fotograf|fotografin|fotografo|fotógrafo|fotografía|fotografia|fotografija|bild|bilder|bildquelle|bildnachweis|bildrechte|symbolbild|archivbild|imagen|imágenes|imagem|immagine|immagini|crédit photo|crédits photo|crédit photos|photo d'illustration|
		kuva|kuvat|billede|bilde|beeld|zdjęcie|zdjęcia|fot|fotó|fénykép|fotka|snímek|fotografii|poza|φωτογραφία|φωτογραφίες|φωτο|φωτό|фото|фотография|фотографија|снимка|світлина|fotoğraf|görsel|ảnh|gambar|ljósmynd|ljósmyndari|mynd|isithombe|picha|ifoto|
		צילום|תמונה|صورة|الصورة|صدر الصورة|مصدر الصورة|ဓာတ်ပုံ မူပိုင်|تصوير|عکس|फोटो|तस्वीर|ছবি|படம்|fotoğrafı|foto credit|foto di repertorio`},
	{media: "video", words: `video|videos|vidéo|vídeo|vídeos|видео|відео|βίντεο|فيديو|वीडियो|video credit|film`},
	{media: "audio", words: `audio|podcast|аудио|ton`},
	{media: "other", words: `graphic|graphics|map|chart|illustration|illustrations|grafik|graphik|infographic|infographics|infografik|infographie|infografía|infografica|grafica|gráfico|illustratie|ilustracja|ilustración|karikatur|cartoon|karte|carte|mapa|kaart|collage|montage|графика|инфографика`},
	{media: "image", weak: true, words: `source|sources|quelle|quellen|fonte|fuente|kilde|källa|lähde|źródło|zdroj|bron|kaynak|nguồn|sumber|источник|джерело|πηγή|المصدر|credit|credits|crédit|crédits|crédito|créditos|credito|crediti|kredit|copyright|courtesy|courtesy of|autor|author|rechte|©`},
})

// wideLabels are those of scripts without spaces.
var wideLabels = labelTable([]labelRow{
	{media: "image", words: `写真|写真提供|写真は|撮影|画像|図|图|圖|图片|圖片|图源|图片来源|圖片來源|摄影|攝影|사진|사진제공|사진 제공|사진출처|ภาพ|ภาพจาก|ภาพโดย`},
	{media: "video", words: `视频|視頻|影片|영상|動画|วิดีโอ`},
	{media: "image", weak: true, words: `来源|來源|出典|提供|출처|제공|자료`},
})

// moneyWords follow the word for credit where it is one of money.
var moneyWords = text.Phrases(`card|cards|union|unions|score|scores|rating|ratings|report|reports|limit|limits|history|check|checks|line|lines`)

// labelsAfter follow the name they credit: "J. Doe nuotr."
var labelsAfter = text.Phrases(`nuotr|nuotrauka|nuotraukos|foto|fotó|photo|photos|pic|基자|기자|특파원|제공|자료사진|캡처|photography|fotografie|fotografia|摄|攝|撮影|提供|供图|发`)

// abbreviations are longer words with a full stop that ends no sentence.
var abbreviations = text.Phrases(`Sen.|Rep.|Reps.|Sens.|Gov.|Gen.|Prof.|Capt.|Col.|Cpl.|Sgt.|Maj.|Lt.|Rev.|Hon.|Messrs.|Mrs.|Supt.|Cmdr.|Adm.|Pres.|Supp.|Calif.|Fla.|Conn.|Mass.|Minn.|Mich.|Wash.|Penn.|Tenn.|Tex.|Okla.|Ariz.|Colo.|Ill.|Ind.|
	Jan.|Feb.|Mar.|Apr.|Aug.|Sept.|Sep.|Oct.|Nov.|Dec.|Mont.|Dept.|Inc.|Corp.|Ltd.|Bros.|Fig.|Abb.|Bürgerm.|Univ.|Inst.|Str.`)

// bylinks join a label to a name; they need a name behind them, since prose
// has them too: "foto de familia".
var bylinks = text.Phrases(`by|von|par|por|per|di|de|da|van|av|af|od|door|oleh|courtesy of|taken by|supplied by|provided by|courtesy|via`)

// creditJoints are lower-case words that names hold.
var creditJoints = text.Phrases(`a|al|an|and|av|bin|by|c|da|dal|das|de|dei|del|della|den|der|des|di|do|dos|du|e|ed|el|en|et|for|für|from|i|ibn|in|ja|la|le|les|lo|of|og|och|on|the|to|und|van|ve|via|von|vom|vum|y|z|zu|zum|zur|и|та|από|courtesy|provided|supplied|handout|mit`)

// beforeLabels make a label behind them a noun of the sentence.
var beforeLabels = text.Phrases(`im|in|am|auf|vom|zum|dem|den|das|ein|dieses|diesem|the|this|that|a|on|of|en|la|el|una|sur|cette|une|na|no|w|v|в|на|på|i|nel|nella|della|sul|op|de`)
