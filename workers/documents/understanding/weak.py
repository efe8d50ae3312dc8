"""What a sentence without a telling word probably is: by who acts in it, what is denied, and its place."""

from __future__ import annotations

import re

I = re.IGNORECASE  # noqa: E741

PARTY = r"(?:wir|uns|unser\w*|(?:die|der|das) (?:gesellschaft|versicherer|versicherung\w*|police|deckung)|we|us|our|(?:the|this|your) (?:insurer|policy|insurance|section|part|cover|company))"
SUBJECT = r"(?:\w*versicherung|\w*deckung|\w*schutz|\w*kasko|\w*police|\w*leistung(?:en)?|\w*baustein|\w*modul|insurance|policy|cover|section|part)"
DENIED = re.compile(
    r"^(?:nicht|keine?[nrs]?|weder|nie|niemals)\b|^(?:aber|jedoch|hingegen|but|though|yet) (?:nicht|keine?|not|no|never)\b|"
    rf"\b{PARTY}\b[^.;]{{0,90}}\b(?:nicht|nichts|keine?[nrs]?|nie|niemals|never|not|nothing|no(?! (?:charge|cost|extra|matter|fee|later|more)))\b"
    rf"|\b(?:nicht|keine?[nrs]?|never|not|no)\b[^.;]{{0,60}}\b(?:zur|unter die|unter den|von der|vom|teil der|gegenstand der|part of|within|by) (?:\w+ )?{SUBJECT}\b"
    r"|\b(?:doesn't|don't|won't|can't|isn't|aren't)\b[^.;]{0,40}\b(?:cover|pay|stretch|extend|include|meet|part of|claim)\w*"
    r"|\b(?:scheidet|scheiden|bleibt|bleiben)\b[^.;]{0,60}\b(?:aus|unberücksichtigt|unversichert|au(?:ss|ß)er (?:betracht|ansatz)|ohne (?:deckung|schutz|ersatz))\b"
    r"|\b(?:nicht|kein(?:e[nr]?)?)\b[^.;]{0,40}\b(?:erfasst|einbezogen|inbegriffen|geschützt|abgesichert|zugesprochen|ausgerichtet|anspruchsberechtigt|abgegolten|finanziert|beteiligt|beglichen|zurückerstattet|gezahlt)\b"
    r"|\b(?:lies?|lying|falls?|falling|is|are)(?: \w+)? (?:outside|beyond)\b|\b(?:left out|ruled out|out of scope)\b|\b(?:stays?|remains?|is|are|at) (?:at )?(?:your|their|the insured's|the member's) own (?:risk|responsibility|expense|cost|account)\b|\b(?:fees?|costs?|charges?|bills?|expenses?|loss(?:es)?) (?:stays?|remains?) (?:with you|yours)\b|\b(?:stays?|remains?|is|are) (?:yours alone|(?:your|the \w+['’]s) own (?:affair|business|concern|matter))\b|\b(?:fees?|costs?|charges?|bills?|expenses?|loss(?:es)?)\b[^.;]{0,60}\b(?:is|are) (?:yours|your own)\.?$|\bnicht in (?:Frage|Betracht)\b|\bauf (?:Ihre|seine) Rechnung\b|\bnot be (?:honoured|entertained)\b|\bgeh(?:t|en)\b[^.;]{0,30}\bleer aus\b|\bleer ausgehen\b|\bempty-handed\b|\bauf (?:Ihre |seine )?(?:eigenes Risiko|eigene Gefahr|eigene Rechnung)\b|\b(?:ist|sind|bleibt|bleiben) (?:allein )?(?:Ihre|seine) (?:eigene )?Sache\b|\b(?:can't|cannot|can not) be \w+|\bnot part of\b|\bstops? short of\b|\bputs? [^.;]{1,40} (?:outside|beyond) (?:this|the|your) \w+|\bnicht (?:Sache|Aufgabe|Gegenstand) (?:dieser|der|unserer)\b|\b(?:never|not) (?:falls?|comes?|belongs?) (?:within|under|to)\b|\b(?:does|do|will|shall) not (?:qualify|count|rank|attract|come within|form part)\b|\b(?:gehör(?:t|en)|zähl(?:t|en)) (?:\w+ ){0,2}nicht (?:dazu|hierzu)\b|\b(?:ist|sind|gelten als) keine?[nrs]?\b|\b(?:cannot|can not|may not) be (?:claimed|recovered|reimbursed|insured)\b"
    r"|\bno (?:indemnity|refund|reimbursement|compensation|allowance|contribution)\b|\bnot (?:be )?(?:met|refunded|compensated|indemnified|eligible|recoverable|reimbursable)\b",
    I,
)
NOT_REFUSED = re.compile(r"\b(?:not|never) (?:refuse|reject|decline|reduce|withhold|turn down)\b", I)
NEGATION = re.compile(
    r"\b(?:nicht|nichts|nie|niemals|kein(?:e[nrms]?)?|keinerlei|weder|no|not|never|nothing|neither|cannot)\b|n['’]t\b",
    I,
)
PAYS = re.compile(  # words of cover, payment and entitlement
    r"\b(?:(?:mit|un)?versicher(?:t|n)|(?:ge|ab|mit)?(?:ge)?deck(?:t|en|ung)|ersetz(?:t|en)|ersatz|(?:zurück)?erstatt(?:et|en|ung)|vergüt(?:et|en|ung)|leist(?:et|en|ung|ungen)|geleistet|übern(?:ehmen|immt|ommen)|(?:aus|be)?(?:ge)?zahl(?:t|en)|ausgerichtet|gewähr(?:t|en)|entschädig(?:t|en|ung)|\w*anspruch|\w*schutz|haften|haftet|erbr(?:ingen|ingt|acht)"
    r"|cover(?:s|ed)?|insured?|pays?|paid|payable|payments?|reimburse[ds]?|refund(?:s|ed)?|compensat\w+|indemni\w+|protect(?:s|ed|ion)|benefits?|liable|responsibility|met|settle[ds]?|contributes?|included?|responds?|eligible|entitled|funds?|funded|finances?|financed|finanzier(?:t|en))\b",
    I,
)
NO_DENIAL = re.compile(  # a negation that takes no cover away
    r"\b(?:not|never) (?:refuse|reject|decline|reduce|withhold|turn down)\b|\bnicht (?:ablehnen|verweigern|kürzen|zurückweisen)\b|\b(?:please|bitte) (?:do not|don't|nicht|never)\b|^(?:die|der|das|den|dem|deren|dessen|welche\w*|who|which|that|whose|where|wo|do not|don['’]t|never|please|bitte)\b"
    r"|\b(?:kein\w*|no|ohne) (?:\w+ )?(?:selbst\w+|franchise|kürzung|abzug|wartezeit|wartefrist|begrenzung|limite?|grenze|excess|deductible|deduction|reduction|waiting|cap|charge|cost|extra|fee|matter|later|fault)\b|\b(?:nicht|not) (?:\w+ )?(?:gekürzt|angerechnet|zurück\w+|abgezogen|reduced?|deducted|limited|begrenzt|limitiert|only|nur|necessary|need\w*|allein|selbst|zulässig)\b|\bnot you\b|\b(?:twice|doppelt|mehrfach|beyond|above|über|again)\b",
    I,
)
GIVEN_BACK = re.compile(
    r"\b(?:dieser|diese|der|die|obige[rn]?|vorstehende[rn]?|this|these|the above) (?:\w+ )?(?:ausschl(?:uss|üsse)|einschränkung(?:en)?|exclusions?|restrictions?|limitations?)\b[^.]{0,60}\b(?:entfällt|entfallen|gilt nicht|gelten nicht|greift nicht|greifen nicht|nicht anwendbar|keine anwendung|not apply|falls? away|(?:is|are) (?:lifted|waived|disregarded))\b"
    r"|\b(?:gilt|greift|findet|gelten|greifen) (?:dieser|diese|der|die) (?:ausschl(?:uss|üsse)|einschränkung(?:en)?) (?:\w+ ){0,3}(?:nicht|keine)\b"
    r"|\bnone of (?:these|the|the above) (?:\w+ )?(?:exclusions?|restrictions?|limitations?)\b|\bkeiner dieser ausschlüsse\b",
    I,
)
GIVEN_BACK_BELOW = re.compile(
    r"^(?:dies|das|this|that) (?:gilt|trifft|does|will|is)\b[^.]{0,30}\b(?:nicht|not)\b|^(?:but|however,?|jedoch|hingegen|anders|nicht so)\b|^\w+ (?:do|does|is|are|will),? however\b|\b(?:though|allerdings|hingegen|dagegen|demgegenüber)\b",
    I,
)
FORFEIT = re.compile(
    r"^(?:sie|er|es|diese\w*|this|it|that)\b[^.]{0,30}\b(?:entfällt|entfallen|gilt nicht|not apply|is waived|falls away)\b|"
    r"\b(?:verliert|verlieren|verwirkt|verwirken|einbüssen|einbüßen|erlischt|erlöschen|ruht|ruhen|aufgehoben|loses? (?:\w+ ){0,2}(?:cover|claims?|rights?|entitlement|benefits?|insurance|protection)|forfeits?|lapses?|setzt (?:\w+ ){1,4}aus\b|(?:is|are|be) (?:suspended|void|forfeited)|(?:becomes?|renders?|makes?) [^.]{0,30}\bvoid|null and void)\b"
    r"|\b(?:have|has) to\b|\b(?:bitte|please)\b|\bverlangen wir\b|\bwe (?:need|require|expect|ask)\b|\b(?:wir )?benötigen wir|\bwir benötigen|\bsofern\b.{3,80}\bvorlieg\w+\b|\b(?:cover|insurance|protection|policy) (?:will )?(?:stops?|ceases?|ends?) (?:if|when|as soon as)\b|(?:schutz|deckung|versicherung) (?:endet|erlischt|ruht),? (?:wenn|sobald|falls|sofern)\b|\bentscheide[nt] (?:allein |ausschlie(?:ss|ß)lich )?(?:die|der|das|unsere?)\b|\bdecision (?:rests|lies)\b|\bgeh(?:t|en) (?:\w+ ){0,3}vor\b|\bsubsidiär\b|\b(?:mindern|mindert|reduces?) (?:sich )?(?:die |unsere |the |our )?(?:leistung|entschädigung|benefit|payment)\w*\b|\bnachrangig\b|\b(?:mindert|vermindert|verringert|reduziert|kürzt) sich (?:\w+ ){0,2}\w*(?:prozentsatz|leistung|entschädigung|grad|anspruch|summe)\b|\b(?:sind|ist) [^.]{0,60}\bzu (?:beachten|befolgen|wahren|sichern|verschliessen|verschließen|melden|erstatten|belegen)\b",
    I,
)
IMPERATIVE = re.compile(
    r"^(?:do not|don't|never|always|keep|phone|ring|email|telephone|tell|let us|inform|notify|report|contact|call|send|give|take|make sure|ensure|check|lock|maintain|provide|submit|obtain|ask|leave|have|get|remove|switch|return|use|store|hand|wear|pay|follow|allow|avoid|bring|carry|complete|co-?operate|disclose|drive|fit|forward|install|join|look after|park|pass|photograph|produce|protect|put|record|refrain|register|seek|service|show|sign|stay|supervise|test|wait|write)\b"
    r"|^(?:melden|informieren|benachrichtigen|rufen|reichen|bewahren|verschliessen|verschließen|sichern|schützen|sorgen|vermeiden|unterlassen|lassen|geben|legen|holen|erstatten|verständigen|senden|schicken|machen|verwenden|halten) sie\b",
    I,
)
COMMAND = re.compile(
    r"^(?!(?:erhalten|bekommen|haben|können|dürfen|sind|geniessen|genießen|profitieren|müssen|sollen|werden|wollen|möchten)\b)\w+(?:en|ern|eln) Sie\b(?! (?:also|auch|dabei|damit)\b)[^?]*$",
    I,
)
ACTS = re.compile(
    r"^(?:then |also |in addition,? |darüber hinaus |zusätzlich |ausserdem |außerdem )?we(?:'ll|'re| will| shall| also)?\s(?!may\b|can\b|need\b|require\b|use\b|ask\b|recommend\b|reserve\b|change\b|understand\b|call\b|mean\b|collect\b|expect\b|might\b|must\b|have\b|are\b|do\b|could\b|want\b|hope\b|know\b)\w+"
    r"|^our \w+(?: \w+)? (?:will |shall )\w+|\bon your behalf\b|\bwe (?:will|shall)(?:, [^,]{3,40},)? (?:either |also )?(?:pay|repair|replace|rebuild|reinstate|restore|refund|reimburse|cover|settle|arrange|provide|send|supply)\b"
    r"|\b(?!können|müssen|dürfen|sollen|wollen|möchten|sind|haben|werden|verlangen|behalten|nennen|verstehen|empfehlen|bitten|benötigen|erheben|berechnen|verzichten|kürzen|verweigern|ziehen|rechnen|informieren|ändern|unter|neben|den|gegen)\w+en wir\b"
    r"|\bwir (?!zusammen\b|können|müssen|dürfen|sollen|wollen|möchten|sind|haben|werden|verlangen|behalten|nennen|verstehen|empfehlen|bitten|benötigen|erheben|berechnen|verzichten|kürzen|verweigern|ziehen|rechnen|informieren|ändern)\w+en\b",
    I,
)
GRANTED = re.compile(
    r"\b(?:is|are|be|become|becomes) (?:also |fully |automatically )?(?:eligible|protected|met|available|provided|given|borne|settled|compensated|compensated|granted|extended|part of (?:the|this|your) (?:cover|policy|insurance|section))\b"
    r"|\b(?:you|they|he|she|insured persons?|members?|permission|family|anyone) (?:\w+ )?(?:receives?|gets?|qualif\w+|(?:are|is) entitled|benefits?|enjoys?|can count|may use|can use)\b|\b(?:qualif\w+ for|entitle[sd]?)\b|\b(?:have|has) (?:\w+ )?access to\b|\berh(?:alten|ält) (?:die|der|das) (?:\w+ ){0,2}(?:erben|hinterbliebenen|begünstigte\w*|versicherte\w*|bezugsberechtigte\w*)\b|\b(?:is|are) ours to (?:pay|bear|meet|settle)\b|\bfalls? (?:on|to) us\b|\b(?:this|the) (?:section|part|cover|policy|insurance|module) (?:is there|looks after|takes care|responds|protects|pays|deals)\b"
    r"|\b(?:kommt|kommen) (?:wir |die \w+ )?(?:\w+ ){0,6}auf\b|\bzu (?:unseren|lasten der \w+)\b|\b(?:geht|gehen) (?:\w+ ){0,4}zu unseren lasten\b|\b(?:zur verfügung|zugute|zuteil)\b|\b(?:sind|ist|werden|wird|bleibt|bleiben) (?:\w+ ){0,6}(?:geschützt|abgesichert|gewährt|beglichen|getragen|finanziert|organisiert|mitgeschützt|einbezogen|eingeschlossen|gezahlt|inklusive|gestellt|zurückerstattet|abgegolten|erfasst|beteiligt)\b"
    r"|\b(?:beteiligt|beteiligen) (?:sich|wir uns)\b|\b(?:gehört|gehören|zählt|zählen) (?:\w+ ){0,4}(?:dazu|zum versicherungsschutz|zur deckung|zum schutz|zu den versicherten)\b|\b(?:fällt|fallen) (?:\w+ ){0,3}(?:unter (?:die|den)|in die)\b|\b(?:hat|haben) (?:\w+ ){0,3}anrecht\b|\bgeniess\w+\b[^.]{0,30}schutz|\bgenieß\w+\b[^.]{0,30}schutz|\bsteht (?:\w+ ){0,4}zu\b|\b(?:gelangt|gelangen|kommt|kommen)\b[^.;]{1,80}\bzur (?:Auszahlung|Vergütung|Erstattung|Anwendung)\b|\b\w{0,20}(?:wahl|anspruch|schutz|deckung) besteht\b|\b(?:is|are) (?:amended|widened|broadened) to (?:cover|include|insure)\b|\bprofitier\w+\b|\bfree of charge\b|\bwithout charge\b|\bat no (?:extra )?(?:cost|charge)\b|\bkostenlos\b|^(?!sums?\b)[^:.]{0,40}\b(?:insured|covered|versicherte?[nrs]?|gedeckte?[nrs]?)\b[^:.]{0,20}:\s",
    I,
)
"""Cover, said in words that other sentences use too."""


def denies(text: str) -> bool:
    """Say whether a clause denies what it speaks of: a negation, and a word of cover or payment, in one breath."""
    return any(
        NEGATION.search(clause) and PAYS.search(clause) and not NO_DENIAL.search(clause.strip())
        for clause in re.split(r"[,;:–]|\s(?:that|which|who|whose|whom)\s[^,;:–]*", text)
    )
