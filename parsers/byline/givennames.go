package byline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// givenNames are common given names: a line beside a date that begins with one is
// a name, not a section or a slogan.
var givenNames = text.Set(`aaron abdul abdullah abigail adam adrian agnes agus ahmad ahmed ahmet aidan aisha alan alana albert alberto alejandra alejandro alessandra alessandro alex alexa alexander alexandra alexandre alexis alfred ali alice alicia alina
	alison allison alyssa amanda amber amelia amelie amina amy ana anastasia anders andre andrea andreas andrei andrew andrius andrzej andré andy angela angelika angelina angelo anita anja ann anna annabel anne annette annie annika
	anthony antje antoine anton antonia antonio antónio anu anuj arjun armin arnaud arne arno arthur arturo ashley astrid aurélie austin axel ayesha ayşe barbara barry bastian beate beatrice beatrix beatriz becky ben benedikt benjamin
	benoît bernadette bernard bernd bernhard beth bethany bettina betty bianca bill birgit björn bob boris brad bradley brandon brenda brendan brent brett brian brigitte britta brittany brooke bruce bruno bryan budi burak burkhard
	caitlin camila camille cara carina carl carla carlo carlos carmen carol carola carolin carolina caroline carolyn carrie carsten casey cassandra catherine cathy cecilia celine cem charles charlie charlotte chelsea cheryl chiara
	chloe chloé chris christa christian christiane christina christine christof christoph christophe christopher chuck cindy claire clara clare clarissa claudia claudio claus clemens clément colin colleen connor conor constantin
	constanze cora cordula corina corinna corinne cornelia courtney craig cristina cynthia céline dagmar dale damian damien dan dana daniel daniela daniele danielle danny daria dario darius darren dave david dawn dean debbie deborah
	debra deepak denis denise deniz dennis derek dewi diana diane diego dieter dietmar dimitri dirk dmitri dmitry dominic dominik dominique don donald donna doris dorothea dorothee doug douglas duncan dustin dylan eamonn eberhard
	eckart eddie edgar eduardo edward edwin eileen elaine eleanor elena eleni elias elif elisa elisabeth elise elizabeth elke ella ellen elliot elsa elvira emil emilia emilie emily emine emma emmanuel emre enrico enrique eric erica
	erich erik erika erin ernst erwin esther ethan eugen eugene eugenia eva evan evelyn ewa fabian fabio fabrice fatih fatima fatma federica federico felicia felix ferdinand fernanda fernando filip filippo fiona florence florian
	frances francesca francesco francis francisco franck francois frank franz françois fred frederic frederick frederik frieda friederike friedrich fritz frédéric gabi gabriel gabriela gabriele gabriella gareth gary gavin gemma
	geoffrey georg george georges georgina gerald gerard gerd gerhard gerrit gert giacomo gianluca gianni gina giorgio giovanna giovanni gisela giulia giuseppe gloria gordon graham grant greg gregor gregory greta guido guillaume
	guillermo gunnar gunther gustavo günter günther hakan hamza hanna hannah hannes hans harald harold harriet harry hartmut hassan heather hector heide heidi heike heiko heiner heinrich heinz helen helena helene helga helge helmut
	hendrik henning henri henrik henrike henry herbert hermann hilary holger holly horst howard hoàng hubert hugh hugo hüseyin ian ibrahim ida ignacio igor ilona imke ina ines inga inge ingo ingrid irene irina iris isabel isabella
	isabelle ivan ivana jack jackie jacob jacqueline jacques jaime jakob jakub james jamie jan jana jane janet janice janina janine jasmin jasmine jason javier jay jayne jean jeanette jeanne jeff jeffrey jen jennifer jenny jens jeremy
	jerome jerry jesse jessica jill jim jimmy jo joachim joan joana joanna joanne joao joe joel joey johan johann johanna johannes john johnny jon jonas jonathan jorge jose josef josefine joseph josh joshua josé joyce joão juan juana
	judith judy juha jule julia julian juliana juliane julie julien juliette julio julius jutta jörg jörn jürgen kai kamil karen karim karin karina karl karla karolina karoline karsten kat katarina katarzyna kate katharina katherine
	kathleen kathrin kathryn kathy katie katja katrin katy kay kayla keith kelly kelsey ken kenneth kerry kerstin kevin khaled kim kimberly kirsten klaus knut konrad konstantin kristen kristian kristin kristina kristine kurt kyle lara
	larissa larry lars laura lauren laurence laurent lea leah lee lena leo leon leonard leonardo leonie leslie levi lewis liam lidia lilly lily lina linda lindsay lindsey lisa liv liz lorenzo lori lothar lou louis louisa louise luc
	luca lucas lucia lucie lucy ludger ludwig luigi luis luisa luise lukas luke lutz lydia lynn léa lê maarten madeleine madison magdalena maggie maik maike maja malte mandy manfred manuel manuela mara marc marcel marcelo marcia marco
	marcos marcus mareike margaret margarita margit margot margret maria mariana marianne marie mariella marina mario marion marisa marius mark marko markus marlene marta martha martin martina marvin mary maryam massimo mathias
	mathieu matt matteo matthew matthias matthieu maureen maurice mauro max maximilian maya megan mehmet meike melanie melinda melissa mercedes meredith mert micha michael michaela michal michel michela michele michelle miguel mika
	mikael mike mikhail milan milena mina miranda miriam mirjam mohamed mohammad mohammed molly mona monica monika monique morgan moritz moses muhammad murat mustafa nadia nadine nadja nancy naomi natalia natalie nataša nathalie
	nathan neil nele nelly nguyễn nicholas nick nico nicola nicolas nicole niels nigel nikhil niklas niko nikola nikolai nikolas nikolaus nils nina noah noel noemi nora norbert norman nuno olaf ole oleg olga oliver olivia olivier omar
	oscar oskar otto owen pablo pamela paola paolo pascal pat patrice patricia patrick patrik paul paula paulina pauline paulo pavel pedro peggy peter petra phil philip philipp philippe phillip phạm pia pierre pieter pietro piotr
	priya rachel rafael rahul raimund rainer raj rajesh ralf ralph ramona ramón randy raphael raquel raul ray raymond rebecca regina reiner reinhard reinhold renate rené ricarda ricardo riccardo richard rick rita rob robert roberta
	roberto robin rod rodrigo roger roland rolf romain roman ron ronald ronja ronny rosa rosalie rosemary ross roxana roy ruben rudi rudolf rupert russell ruth ryan sabine sabrina sally sam samantha samir samuel sandra sandro sandy
	sanjay sara sarah sascha saskia scott sean sebastian selin sergei sergej sergey sergio seth shane shannon sharon shaun sheila shelby shirley sibylle siegfried sigrid silke silvia simon simona simone sina siobhan siti
	sofia sofie solène sonia sonja sophia sophie stacey stacy stanislav stefan stefanie stefano steffen steffi stella stephan stephanie stephen steve steven stuart stéphane stéphanie sue sunil suresh susan susann susanna susanne susi
	suzanne svea sven svenja svetlana sylvia sylvie sébastien tamara tania tanja tara tatiana tatjana taylor ted teresa terry theo theresa thierry thilo thomas thorsten tilman tim timo timothy tina tobias todd tom tomas tomasz tommaso
	tommy toni tony torben torsten tracy trevor tristan trần tyler ulf uli ulla ulrich ulrike urs ursula uta ute uwe valentin valentina valeria valerie vanessa vera verena veronica veronika victor victoria viktor viktoria vincent
	vincenzo virginia vivian viviane volker walter wanda warren wendy werner wesley wilhelm william wolf wolfgang xavier yannick yasmin yasmine yves yvonne zach zachary zeynep zoe zoé zoë zsuzsanna александр александра алексей алена
	анастасия андрей анна антон артем борис вадим валентина валерий валерия василий вера виктор виктория виталий владимир владислав галина георгий григорий дарья денис дмитрий евгений евгения екатерина елена иван игорь илья ирина
	кирилл константин ксения лариса лев леонид людмила максим маргарита марина мария михаил надежда наталия наталья никита николай оксана олег олександр олена ольга павел петр полина роман светлана семен сергей сергій софия станислав
	степан татьяна федор юлия юрий яна ярослав`)

// givenName reports whether a name begins with a common given name.
func givenName(name string) bool {
	first := firstWord(name)
	if i := strings.IndexByte(first, '-'); i > 0 {
		first = first[:i]
	}
	return givenNames[strings.ToLower(first)]
}
