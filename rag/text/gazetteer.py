"""Names that tell a person or a place, folded: no accents, no capitals."""

from typing import Final

FIRST_NAMES: Final = frozenset(
    """
    adam adele adrien agathe agnes ahmed aicha alain albane albert alberto alessandro alex
    alexander alexandra alexandre alexis alfred ali alice aline alison alix amandine amelie
    amina amir ana anais anastasia andre andrea andrew angela angele angelique anita ann anna
    annabelle anne annick annie anthony antoine antonio apolline arianna ariane armand arnaud
    arthur astrid aude audrey auguste augustin aurelie aurelien aurore axel axelle aya ayoub
    baptiste barack barbara bastien beatrice benedicte benjamin benoit bernadette bernard
    bertrand bill blaise bob boris brian brice brigitte bruno camille carine carla carlos carole
    caroline catherine cecile cedric celia celine chantal charles charlie charline charlotte
    chloe chris christel christelle christian christiane christine christophe claire clara
    claude claudia claudine clemence clement clementine clothilde coline colette constance
    corentin corinne cyril cyrille damien daniel daniele danielle dario david deborah delphine
    demis denis diana didier diego dimitri dominique donald dorothee dylan eddy edgar edith
    edouard edward elena eleonore elias eliane elie elisa elisabeth elise elizabeth ella elodie
    elon eloise elsa emile emilie emilien emily emma emmanuel emmanuelle enzo eric erik ernest
    estelle esther ethan etienne eugene eugenie eva evan eve evelyne fabien fabienne fabio
    fabrice fanny farid fatima fatou felix ferdinand fernand flavie flora florence florent
    florian francesca francesco francine francis francisco franck francois francoise frank
    frederic frederique gabriel gabrielle gael gaelle gaetan gaspard gaston gautier genevieve
    geoffrey george georges gerald geraldine gerard germain gilbert gilles giorgia giovanni
    gisele giulia gregoire gregory guilhem guillaume gustave guy hakim hamid hannah harold harry
    hassan heidi helena helene henri henry herve hicham hortense hubert hugo hugues ian ibrahim
    igor ines ingrid irene iris isaac isabelle ismael ivan jack jacqueline jacques jade jamal
    james jane janine jan jason jean jeanne jeannine jeff jennifer jeremie jeremy jerome jessica
    jim joanna joe joel joelle johan john jonas jonathan jordan jorge jose joseph josephine
    josiane joshua juan judith jules julia julian julie julien juliette justin justine kamel
    karim karin karine karl kate katherine kathleen kevin khadija killian laetitia lara larry
    laura laure laurence laurent laurene laurie lea leila lena leo leon leonard leonie leopold
    leslie liam lila liliane lina linda lionel lisa lise loic lola lorenzo louis louise luc luca
    lucas lucie lucien lucienne lucile ludivine ludovic luis luigi lydia lydie maelle maelys
    magali magalie maite malik manon manuel manuela marc marcel marcelle marco margaret margaux
    margot marguerite maria mariam marianne marie marilyn marine mario marion mark marlene
    marthe martial martin martine mary mateo mathias mathieu mathilde mathis matteo matthew
    matthias matthieu maud maurice max maxence maxime maya megane mehdi melanie melina melissa
    michael michel michele micheline michelle mickael miguel mohamed mohammed monica monique
    morgane moussa murielle myriam nabil nadege nadia nadine nassim natacha natalia natalie
    nathalie nathan nawal nelly nelson nicholas nicolas nicole nina noah noam noe noel noemie
    nora nour odette odile olga oliver olivia olivier omar oriane oscar otto pablo paola paolo
    pascal pascale patrice patricia patrick paul paula paulette pauline pedro perrine peter
    philip philippe pierre pierrick quentin rachel rachid raphael raphaelle raymond rebecca
    regine regis remi remy renaud rene renee ricardo richard rita robert roberto robin rodolphe
    rodrigue roger roland romain romane romeo ronald rosalie roxane ruben ryan sabine sabrina
    said salim salma salome sam samia samir samira samuel sandra sandrine sara sarah satya scott
    sebastian sebastien segolene serena serge sergio severine shirley sidonie simon simone sofia
    solene solenne sonia sophia sophie stanislas stefan stefano stephane stephanie stephen
    steve steven sundar susan suzanne sylvain sylvaine sylvestre sylvia sylviane sylvie tania
    tanguy tatiana teresa tess thea theo theodore theophile therese thibaud thibault thibaut
    thierry thomas tiffany tim timothee tom tony tristan ursula valentin valentine valerie
    vanessa vera veronica veronique victor victoria vincent violaine violette virginie viviane
    vladimir wilfried william willy xavier yacine yael yan yann yannick yasmine yoann yohan
    yolande youssef yves yvette yvon yvonne zoe
    """.split()
)

_COUNTRIES: Final = """
    france|allemagne|italie|espagne|portugal|belgique|pays-bas|luxembourg|irlande|royaume-uni|
    angleterre|ecosse|suisse|autriche|pologne|suede|norvege|finlande|danemark|islande|grece|
    turquie|roumanie|bulgarie|hongrie|slovaquie|slovenie|croatie|serbie|ukraine|russie|estonie|
    lettonie|lituanie|malte|chypre|republique tcheque|tchequie|etats-unis|canada|quebec|mexique|
    bresil|argentine|chili|colombie|perou|uruguay|chine|japon|inde|coree du sud|coree|taiwan|
    singapour|indonesie|malaisie|thailande|vietnam|philippines|australie|nouvelle-zelande|
    afrique du sud|egypte|maroc|algerie|tunisie|senegal|cote d'ivoire|nigeria|kenya|rwanda|
    ethiopie|ghana|cameroun|israel|liban|jordanie|arabie saoudite|emirats arabes unis|qatar|
    iran|irak|syrie|pakistan|bangladesh|kazakhstan|monaco|andorre|europe|asie|afrique|amerique|
    germany|italy|spain|belgium|netherlands|ireland|united kingdom|switzerland|poland|sweden|
    norway|finland|denmark|greece|turkey|romania|russia|united states|mexico|brazil|china|japan|
    india|south korea|singapore|south africa|egypt|morocco|algeria|tunisia|estonia|asia|africa
"""
_REGIONS: Final = """
    ile-de-france|hauts-de-france|grand est|normandie|bretagne|pays de la loire|
    centre-val de loire|bourgogne-franche-comte|auvergne-rhone-alpes|nouvelle-aquitaine|
    occitanie|provence-alpes-cote d'azur|corse|guadeloupe|martinique|guyane|la reunion|mayotte|
    nouvelle-caledonie|polynesie|alsace|lorraine|champagne|picardie|auvergne|limousin|aquitaine|
    provence|savoie|haute-savoie|essonne|yvelines|seine-et-marne|hauts-de-seine|
    seine-saint-denis|val-de-marne|val-d'oise|gironde|isere|rhone|loire-atlantique|
    ille-et-vilaine|finistere|morbihan|cotes-d'armor|vaucluse|var|alpes-maritimes|
    bouches-du-rhone|herault|gard|haute-garonne|nord|pas-de-calais|bas-rhin|haut-rhin|moselle|
    saclay|paris-saclay|sophia antipolis|california|californie|texas|baviere|catalogne|ecosse
"""
_CITIES: Final = """
    paris|marseille|lyon|toulouse|nice|nantes|montpellier|strasbourg|bordeaux|lille|rennes|
    reims|toulon|saint-etienne|le havre|grenoble|dijon|angers|nimes|villeurbanne|
    clermont-ferrand|aix-en-provence|le mans|brest|tours|amiens|limoges|annecy|perpignan|metz|
    besancon|orleans|rouen|mulhouse|caen|nancy|argenteuil|montreuil|roubaix|tourcoing|avignon|
    dunkerque|poitiers|versailles|courbevoie|creteil|pau|la rochelle|cannes|antibes|calais|
    bourges|saint-denis|villepinte|bercy|la defense|evian|evian-les-bains|biarritz|deauville|
    valence|chambery|bayonne|quimper|lorient|vannes|troyes|cherbourg|cambrai|
    montigny-le-bretonneux|issy-les-moulineaux|
    boulogne-billancourt|londres|london|bruxelles|brussels|berlin|munich|francfort|
    hambourg|madrid|barcelone|lisbonne|rome|milan|turin|amsterdam|rotterdam|la haye|geneve|
    zurich|lausanne|vienne|prague|varsovie|budapest|bucarest|sofia|athenes|stockholm|oslo|
    copenhague|helsinki|dublin|tallinn|riga|vilnius|kiev|kyiv|moscou|istanbul|ankara|new york|
    washington|san francisco|los angeles|boston|seattle|chicago|montreal|toronto|ottawa|
    vancouver|mexico|sao paulo|rio de janeiro|bogota|buenos aires|pekin|beijing|shanghai|
    shenzhen|hong kong|tokyo|kyoto|hiroshima|seoul|new delhi|delhi|bombay|mumbai|bangalore|
    bletchley|bletchley park|dubai|abu dhabi|doha|riyad|tel-aviv|jerusalem|le caire|tunis|alger|
    rabat|casablanca|dakar|abidjan|kigali|nairobi|lagos|johannesburg|le cap|sydney|melbourne
"""
PLACES: Final = frozenset(
    name.strip() for group in (_COUNTRIES, _REGIONS, _CITIES) for name in group.split("|")
)
"""Countries, continents, French regions and departments, and cities one reads of."""

PLACE_WORDS: Final = 4
"""Most words in a place's name; hyphens do not part words."""
