"""Frequent words of languages in Latin script that have no model: what speaks against one that has.

Short reviews in these share words with English ("El hotel es horrible", "Das Hotel ist super"), and
rows labelled English quote their function words, so that neither frequency nor a model of bytes
tells them apart. Function words and a few of praise and blame, written down here, not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS: Mapping[str, frozenset[str]] = {
    "cs": _words("""
        a ale bez bude by byl byla bylo být co do dobrá dobré dobrý dobře hezký i jak jako je jen jsem jsme
        jsou já k kde která které který mi moc moje my mě můj na nad ne nebo není nic nikdy o od ona oni po
        pod pro proti s se si ta tak tato tento to tu ty u už v ve velmi vždy z za ze špatná špatné špatný
        že
    """),
    "da": _words("""
        af aldrig alt altid at bare blev blive da de dem den denne der det dette dig du dårlig dårligt efter
        eller en er et fik for fra før god gode godt ham han har havde hun hvad hvor hvorfor i ikke ingen
        intet jeg kan kun lidt man med meget men mig min mine mit ned noget nu når og også om op os over på
        sig sin skal skulle som så til uden under var vi vores været
    """),
    "de": _words("""
        aber alle alles als am an auch auf aus bei beim bin bist da das dass dem den der des die diese
        dieser dieses doch du ein eine einem einen einer eines er es essen für ganz gerne gut gute guten
        guter gutes habe haben hat hatte hatten hier ich ihr im immer ist kann kein keine keinen leider mal
        man mehr mein meine mich mir mit nach nicht nichts nie noch nur oder ohne schlecht schlechte
        schlechter schlechtes schon schön schöne sehr sein seine sich sie sind so super teuer toll tolle
        tolles um und uns unser unsere unter viel viele vom von vor war waren was weil wenn werden wie
        wieder wir wird wurde wurden zimmer zu zum zur über
    """),
    "es": _words("""
        a al bien buen buena buenas bueno buenos como con cual cuando de del donde el ella ellos en encanta
        encantó entre era eran es esa ese eso esta estaba estaban estas este esto estos estoy está están fue
        fueron gran gusta gustó ha han hay he la las le lo los mal mala malas malo malos me mejor menos mi
        mis mucha muchas mucho muchos muy más nada ni no nos nunca o para peor pero poco por que quien se
        ser siempre sin sobre solo son soy su sus sólo también te tengo tiene toda todas todo todos tu tus
        un una unas uno unos y yo él
    """),
    "fi": _words("""
        aina ei eivät emme en et että huono huonoa hyvin hyvä hyvää hän ja joka jos kaikki kuin kun me mikä
        minä mitään mutta myös ne niin nämä ole olen oli olivat on ovat se sinä tai te todella tämä vain
    """),
    "fr": _words("""
        ai as au aucun aucune aussi autre aux avait avec avez avoir avons beau belle bien bon bonne bonnes
        bons c'est ce cela ces cet cette chambre chaque cher chez chère comme d'un d'une dans de des dont du
        elle en encore est et ici il ils j'adore j'ai jamais je l'hôtel la le les leur leurs lui ma mais mal
        mauvais mauvaise mes moi moins mon même n'est ne nos notre nous nul nulle on ont ou où par pas peu
        plus pour qu'il que qui quoi rien sa sans se ses si son sont sous suis sur ta te ton toujours tous
        tout toute toutes trop très tu un une vos votre vous y à ça étaient était été être
    """),
    "hr": _words("""
        ali bila bilo bio biti da do dobar dobra dobro i ili iz ja jako je kako koja koje koji loš loša loše
        me mi moj moja na nad ne nije nikad nisu ništa o od ona oni ova ovaj ovo po s sa samo se si su svi
        ta taj ti to u uvijek već vrlo za što
    """),
    "hu": _words("""
        a az csak de egy ez ezt hogy is jó mindig már nagyon nem nincs rossz semmi soha vagy van volt voltak
        és
    """),
    "it": _words("""
        a abbiamo ai al alla anche ancora avete aveva bella bellissima bellissimo bello bene brutto buona
        buone buoni buono che chi ci come con consiglio cosa da dal dalla dei del della delle dello di dove
        e ed era erano fra fu gli ha hai hanno ho i il in io la lei lo loro lui ma mai male me mi mia mio
        molta molto nei nel nella niente noi non nulla né o ogni ottima ottimo perché pessima pessimo piace
        piaciuto più poca poco qualcosa quando quella quelle quello questa queste questi questo se sempre si
        sia sono su sua sul sulla suo ti tra troppo tu tua tuo tutta tutte tutti tutto un una uno vi voi è
    """),
    "nl": _words("""
        aan al als altijd ben bent beter bij daar dan dat de deze die dit door duur een en er erg geen goed
        goede haar had hadden heb hebben hebt heeft heel het hier hij hoe hun ik in is je jij jouw jullie
        kan lekker leuk leuke me met mij mijn mooi mooie naar niet niets nog nooit of om onder ons onze ook
        op over prima slecht slechte te tot u uit van veel vind voor waar waren was wat we weer wel werd wie
        wij word worden wordt ze zeer zij zijn zo zonder
    """),
    "no": _words("""
        aldri alle alltid at av bare ble bli bra da de deg den denne det dette disse du dårlig eller en er
        et etter fikk for fra god gode godt ha hadde han har her hun hva hvor i ikke ingen jeg kan litt med
        meg men mer min mine mitt mye noe når og også om over på seg sin skal som så til under ut uten var
        veldig vi vår være vært
    """),
    "pl": _words("""
        ale bardzo bez by byli być był była było co dla do dobra dobre dobry dobrze go i ja jak jest jestem
        już która które który lub ma mi mnie moja może my mój na nic nie nigdy niż o od on ona oni ono oraz
        po pod polecam przez przy się są ta tak te tego tej to tu ty tylko tym u w we wszystko z za zawsze
        ze zła złe zły źle że
    """),
    "pt": _words("""
        a adorei ao aquela aquele as bem boa boas bom bons com como da das de do dos e ela elas ele eles em
        era eram essa esse esta estava este está estão eu foi foram gostei gosto isso isto já lhe lo mais
        mas mau me melhor menos meu minha muita muitas muito muitos má na nada nas nem no nos nunca não nós
        o os ou para pela pelo pior por pouco quando que quem recomendo ruim se sem sempre ser seu sobre sua
        são só também te tem tenho toda todas todo todos tu tudo um uma umas uns você vocês à às é ótima
        ótimo
    """),
    "ro": _words("""
        acest acum ai am are au bun bune bună cu cum când că de din doar ea ei el era erau este eu fi foarte
        fost fără la mai mi mă niciodată nimic noi nu o pe pentru proastă prost rea rău sau sunt tot tu un
        unei unui voi îmi în și
    """),
    "sv": _words("""
        aldrig alla alltid att av bara blev bli bra de dem den denna dessa det detta dig din du då dålig
        dåliga dåligt efter eller en er ett fin fint från för gillar god gott ha hade han har hon hur här i
        ingen inget inte jag kan man med men mer mig min mina mitt mycket nu när någon något och också om på
        sig sin ska som så till under utan vad var varit vi vår vårt är över
    """),
    "tr": _words("""
        ama ben bir biz bu bunu da daha de değil en gibi güzel ile iyi için kadar kötü ne sen siz var ve
        veya yok çok şu
    """),
}
# a single letter spells or counts, it does not speak
_ALL = frozenset(word for words in WORDS.values() for word in words if len(word) > 1 or not word.isascii())

# What a language with a model has as well, or its reviews hold as names: these count on neither side.
OWN: Mapping[str, frozenset[str]] = {
    "en": _words("""
        af ale all alle am an are art as at bare beau belle ben bent bin bio bra bun by care co com come con
        cum dan de die dig do don door e ed em en era et eu fat fi fin for fort fra from go god gut ha
        had han hat hay he hen her here him his hun if in is it kan list los mal male man me med meg men met
        min mine mode my no non not o of on op or os out over par per plus pod pour pro sin so solo son
        super tar te ten till to toll ton ty um under up us use van via volt war was we were what word
    """),
    "id": _words("""
        ada ai bila bir bu com dan di dia es ha hai in ini kan lo malas mas mau mi non nu o om para pas po
        prima se si ya
    """),
}
_AGAINST = {code: _ALL - own for code, own in OWN.items()}
# English function words: each outweighs one word of another language.
_ENGLISH = _words("""
    a and are be but don't for have i i'm is it it's my not of so that the they this to very was were with
    you
""")


def words_against(code: str) -> frozenset[str]:
    """Return words that a text in a language of ours has only by way of another."""
    return _AGAINST[code]


def seems_foreign(words: Sequence[str], code: str, *, unknown: Iterable[str] = ()) -> bool:
    """Say whether words that seem to be of a language of ours may be those of another.

    `unknown` are those with letters that the language does not have.
    """
    count = len(list(unknown)) + (0 if _AGAINST[code].isdisjoint(words) else _amount(words, _AGAINST[code]))
    if code != "en":
        return count > 0
    if count:
        return count >= _amount(words, _ENGLISH)
    shared = _ALL.intersection(words)
    if len(shared) < 2:  # noqa: PLR2004 - one word of another language is what English texts have too
        return False
    enough = max(1, _amount(words, _ENGLISH))
    return len(shared) > enough and _most_of_one(shared) > enough


def _amount(words: Iterable[str], listed: frozenset[str]) -> int:
    return sum(map(listed.__contains__, words))


def _most_of_one(shared: frozenset[str]) -> int:
    """Return the most of these words that one foreign language claims, such as `die` and `war`."""
    return max(len(shared & theirs) for theirs in WORDS.values())
