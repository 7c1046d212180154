/* Articles, pronouns, prepositions, conjunctions and auxiliary verbs: words that say little of what a text is about.
 * Lower case as words are indexed, with single spaces between. */
#include "text/stopwords.h"

#include <stddef.h>
#include <string.h>

static const char stopwords_danish[] =
    "af alle alt anden at bare begge ben blev blive bliver da de dem den denne der deres det dette dig din dine "
    "disse dit dog du efter eller en end er et for fordi fra før gennem ham han hans har havde have hele hende "
    "hendes her hos hun hvad hvem hver hvilken hvis hvor hvordan hvorfor hvornår i ikke ind ingen intet ja jeg "
    "jer jeres jo kan kom kunne lige man mange med meget mellem men mens mig min mindre mine mit mod mon må måtte "
    "ned nej nogen noget nogle nu når og også om op os over på samme sammen selv siden sig sin sine sit skal "
    "skulle som så sådan thi til ud uden under var ved vi vil ville vor vore vores vær være været";

static const char stopwords_dutch[] =
    "aan al alle alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens elk "
    "elke en er ge geen geweest had hadden heb hebben heeft hem hen het hier hij hoe hun iemand iets ik in indien "
    "is ja je jij jou jouw jullie kan kon kunnen maar me meer men met mij mijn moet moeten na naar nee niet niets "
    "nog nu of om omdat ons onze ook op over reeds sinds te tegen toch toen tot tussen u uit uw van veel voor "
    "waar waarom want waren was wat we wel welke werd werden wezen wie wij wil wilde word worden wordt zal ze "
    "zelf zich zichzelf zij zijn zo zonder zou zouden";

static const char stopwords_english[] =
    "a about above after again against all am an and any are aren't as at be because been before being below "
    "between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each "
    "few for from further had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers "
    "herself him himself his how how's i i'd i'll i'm i've if in into is isn't it it's its itself let's me more "
    "most mustn't my myself no nor not of off on once only or other ought our ours ourselves out over own same "
    "shall shan't she she'd she'll she's should shouldn't so some such than that that's the their theirs them "
    "themselves then there there's these they they'd they'll they're they've this those through to too under "
    "until up upon very was wasn't we we'd we'll we're we've were weren't what what's when when's where where's "
    "which while who who's whom whose why why's will with won't would wouldn't you you'd you'll you're you've "
    "your yours yourself yourselves";

static const char stopwords_finnish[] =
    "ei eivät emme en et ette että he heidän heidät heille heillä heiltä heissä heistä heitä hän häneen hänelle "
    "hänellä häneltä hänen hänessä hänestä hänet häntä ja johon joiden joihin joiksi joilla joille joilta joina "
    "joissa joista joita joka joksi jolla jolle jolta jona jonka jos jossa josta jota jotka kanssa keiden keitä "
    "keneen kenelle kenen kenessä kenestä kenet ketkä ketä koska kuin kuitenkin kuka kun me meidän meidät meille "
    "meillä meiltä meissä meistä meitä mihin miksi mikä mikään mille millä miltä minkä minua minulla minulle "
    "minulta minun minussa minusta minut minuun minä missä mistä mitkä mitä mukaan mutta muu muut myös ne niiden "
    "niihin niille niillä niiltä niin niissä niistä niitä noiden noissa noista noita nuo nyt näiden näihin näille "
    "näillä näissä näistä näitä nämä ole olemme olen olet olette oli olimme olin olisi olisivat olit olivat olla "
    "olleet ollut on ovat poikki se sekä sen siihen siinä siis siitä sille sillä siltä sinua sinulla sinulle "
    "sinulta sinun sinussa sinusta sinut sinä sitä tai te teidän teidät teille teillä teiltä teissä teistä teitä "
    "tuo tuohon tuolla tuolle tuon tuossa tuosta tuota tähän tälle tällä tämä tämän tässä tästä tätä vaan vai "
    "vaikka yli";

static const char stopwords_french[] =
    "ai aie aient ait alors as au aucun aucune aura aurait auront aussi autre autres aux auxquelles auxquels "
    "avaient avais avait avant avec avez avons ayant c'est ce ceci cela celle celles celui ces cet cette ceux "
    "chaque chez ci comme comment d'un d'une dans de depuis des desquelles desquels deux donc dont du duquel elle "
    "elles en encore entre es est et eu eurent eut eux fait furent fut ici il ils j'ai je jusqu la laquelle le "
    "lequel les lesquelles lesquels leur leurs lors lorsque lui là ma mais me mes moi moins mon même mêmes n'a "
    "n'est ne ni non nos notre nous on ont or ou où par parce pas pendant peu peut peuvent plus pour pourquoi "
    "puis qu'elle qu'il qu'ils qu'on qu'un qu'une quand que quel quelle quelles quels qui quoi s'est sa sans se "
    "sera serait seront ses si sien sienne soi soient sois soit sommes son sont sous suis sur ta te tel telle "
    "telles tels tes toi ton tous tout toute toutes très tu un une unes uns vers voici voilà vos votre vous y à "
    "étaient étais était étant été êtes être";

static const char stopwords_german[] =
    "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus "
    "außer bei beim bin bis bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf "
    "darin darum darüber das dass davon davor dazu daß dein deine deinem deinen deiner deines dem den denen denn "
    "der deren des dessen desto dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine "
    "einem einen einer eines einige einigem einigen einiger einiges er es etwas euch euer eure eurem euren eurer "
    "für gegen hab habe haben habt hast hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren "
    "ihrer ihres im in indem ins ist ja jede jedem jeden jeder jedes jedoch jene jenem jenen jener jenes jetzt "
    "kann kein keine keinem keinen keiner keines können könnte man manche manchem manchen mancher manches mein "
    "meine meinem meinen meiner meines mich mir mit muss muß müssen nach nicht nichts noch nun nur ob oder ohne "
    "sehr sein seine seinem seinen seiner seines seit sich sie sind so solche solchem solchen solcher solches "
    "soll sollen sollte sollten sondern sonst um und uns unser unsere unserem unseren unserer unseres unter viel "
    "vom von vor wann war waren warum was weg weil weiter welche welchem welchen welcher welches wenn wer werde "
    "werden wie wieder will wir wird wirst wo wollen wollte wurde wurden während würde würden zu zum zur zwar "
    "zwischen über";

static const char stopwords_italian[] =
    "a abbia abbiamo abbiano ad agli ai al all alla alle allo altra altre altri altro anche ancora anzi avere "
    "avete aveva avevano avuto c'è che chi ci cioè coi col come con contro cosa così cui da dagli dai dal dall "
    "dalla dalle dallo degli dei del dell della delle dello di dopo dov'è dove dunque e ebbe ebbero ed egli ella "
    "eppure era erano eri ero essa esse essere essi esso fa fino fra fu furono già gli ha hai hanno ho i il in "
    "infatti io la le lei li lo loro lui ma me meno mentre mi mia mie miei mio ne negli nei nel nell nella nelle "
    "nello noi non nostra nostre nostri nostro né o ogni oppure ossia per perché perciò pertanto però più po poi "
    "poiché presso prima può qua qual quale quali quando quanta quante quanti quanto quasi quella quelle quelli "
    "quello questa queste questi questo qui quindi saranno sarebbe sarà se sei senza si sia siamo siano siete "
    "sono sopra sotto sta stata state stati stato stesso su sua sue sugli sui sul sull sulla sulle sullo suo suoi "
    "sé tale tali tanto te ti tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno vi voi vostra vostre "
    "vostri vostro è";

static const char stopwords_norwegian[] =
    "alle at av bare begge ble blei bli blir både da de deg dei deim deira dem den denne der dere deres det dette "
    "di din disse ditt du då eg ein eit eitt eller en enn er et ett etter for fordi fra før ha hadde han hans har "
    "hennar henne hennes her hjå ho hoe hos hun hva hvem hver hvilke hvilken hvis hvor hvordan hvorfor i ikke "
    "ikkje ingen inn ja jeg kan kom korleis kunne kva kvar kven kvi kvifor man mange med medan meg meget mellom "
    "men mens mer mi min mine mitt mot må ned no noe noen noka noko nokon nå når og også om opp oss over på samme "
    "seg selv si sia sidan siden sin sine sitt skal skulle slik so som somme så sånn til um under upp ut uten var "
    "vart ved vere verte vi vil ville vore vors vort vår være vært å";

static const char stopwords_portuguese[] =
    "a ao aos aquela aquelas aquele aqueles aquilo as até cada com como contra cuja cujas cujo cujos da das de "
    "dela delas dele deles depois desde dessa dessas desse desses desta destas deste destes do dos e ela elas ele "
    "eles em embora enquanto entre era eram essa essas esse esses esta estamos estar estas estava estavam este "
    "esteja estes estou está estão eu foi fomos for fora foram forem fosse fossem haja havia há isso isto já lhe "
    "lhes logo mais mas me mesma mesmas mesmo mesmos meu meus minha minhas muito na nas nela nelas nele neles nem "
    "nessa nessas nesse nesses nesta neste no nos nossa nossas nosso nossos num numa não nós o onde os ou outra "
    "outras outro outros para pela pelas pelo pelos perante pois por porque portanto porém quais qual quando "
    "quanto que quem se seja sejam sem sendo ser seria seriam será serão seu seus sido sob sobre somos sou sua "
    "suas são só também tanto te tem temos tenha tenham tenho ter teu teus teve tinha tinham tive tiver tiveram "
    "toda todas todo todos tu tua tuas tudo têm um uma umas uns você vocês vos vossa vossas vosso vossos à às é "
    "éramos";

static const char stopwords_russian[] =
    "а без более бы был была были было быть в вам вами вас ваш ваша ваше ваши вдруг ведь весь во вот впрочем все "
    "всегда всего всей всем всех всё вы где да даже для до его ее ей ему если есть еще ещё ею её же за зачем "
    "здесь и из или им ими иногда их к каждый как какая какой когда кого ком кому которая которое которые который "
    "которых кто куда ли либо лишь между меня мне много мной мог могут может можно мои мой моя мы на над надо нам "
    "нами нас наш наша наше наши не него нее ней нельзя нему нет неё ни нибудь никогда ним ними них ничего но ну "
    "о об однако он она они оно от перед по под после потом потому почти при про с сам свое своего своей свою "
    "своя своём себе себя сейчас со так такая также такие такой там тебе тебя тем теперь то тобой тогда того тоже "
    "той только том тому тот ту тут ты у уж уже хоть хотя чего чей чем через что чтоб чтобы чуть чья чьё эта эти "
    "этим этих это этого этой этом этот эту я";

static const char stopwords_spanish[] =
    "a al algo alguna algunas alguno algunos algún ante antes aquel aquella aquellas aquello aquellos aquí así "
    "aun aunque aún bajo bien cada casi como con contra cual cuales cuando cuanto cuya cuyas cuyo cuyos cuál "
    "cuándo cómo de del desde después donde durante dónde e el ella ellas ello ellos en entonces entre era eran "
    "eras eres es esa esas ese eso esos esta estaba estaban estado estamos estar estas este esto estos estoy "
    "estuvo está están estás fue fuera fueran fueron fui ha haber habido había habían hace hacia han has hasta "
    "hay haya he hemos hubo incluso la las le les lo los luego me mediante mi mientras mis misma mismas mismo "
    "mismos mucho muy más mí mía mías mío míos nada ni no nos nosotras nosotros nuestra nuestras nuestro nuestros "
    "o os otra otras otro otros para pero poco por porque pues que quien quienes quién qué se sea sean según ser "
    "será serán sería si sido siempre siendo sin sino sobre sois somos son soy su sus suya suyas suyo suyos sí "
    "también tampoco tan tanto te tener tenga tengan tengo tenía tenían ti tiene tienen toda todas todavía todo "
    "todos tras tu tus tuvo tuya tuyas tuyo tuyos tú u un una unas uno unos usted ustedes vosotras vosotros "
    "vuestra vuestras vuestro vuestros y ya yo él";

static const char stopwords_swedish[] =
    "alla allt att av bara blev bli blir blivit både de dem den denna deras dess dessa det detta dig din dina "
    "ditt dock du där därför då efter eftersom eller en er era ert ett fast fram från för genom ha hade han hans "
    "har hela henne hennes hon honom hos hur här i icke ingen inget inom inte ja jag ju kan kunde kunna man med "
    "mellan men mer mig min mina mitt mot mycket må många måste nej ner ni nog nu när någon något några och också "
    "om oss på sade samma samt sedan ser sig sin sina sitta själv ska skall skulle som så sådan sådana sådant "
    "till under upp ut utan vad var vara varför varit varje vars vart vem vi vid vilka vilkas vilken vilket vill "
    "ville vår våra vårt än är åt över";

static const struct {
    const char *language, *words;
} stopwords_lists[] = {
    {"danish", stopwords_danish},
    {"dutch", stopwords_dutch},
    {"english", stopwords_english},
    {"finnish", stopwords_finnish},
    {"french", stopwords_french},
    {"german", stopwords_german},
    {"italian", stopwords_italian},
    {"norwegian", stopwords_norwegian},
    {"portuguese", stopwords_portuguese},
    {"russian", stopwords_russian},
    {"spanish", stopwords_spanish},
    {"swedish", stopwords_swedish},
    {"none", ""},
    {"porter", stopwords_english},
};

const char *stopwords_find(const char *language)
{
    for (size_t i = 0; i < sizeof stopwords_lists / sizeof stopwords_lists[0]; i++) {
        if (strcmp(language, stopwords_lists[i].language) == 0)
            return stopwords_lists[i].words;
    }
    return NULL;
}
