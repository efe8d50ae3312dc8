"""The words that tell what a sentence says: of cover, limits, conditions, exclusions, and what is none."""

from __future__ import annotations

import re

I = re.IGNORECASE  # noqa: E741
NOISE = re.compile(
    r"^(?:the|die) (?:table|tabelle|overview|übersicht) (?:below )?(?:shows|explains|sets out|lists|summarises|zeigt|nennt)\b|^(?:Ihre? |Unsere? |your |the )?(?:Vertragspartner(?:in)?|Versicherungsträger(?:in)?|Risikoträger(?:in)?|Versicherer|insurers?|underwriters?) (?:ist|sind|is|are) |\b(?:are|is) (?:a matter )?for (?:section|part) \w{1,3}\.?$|\b(?:es gilt (?:deutsches|schweizerisches|österreichisches) Recht|Gerichtsstand|zuständig ist das Gericht|law applies|\bgoverned (?:\w+ )?by\b|^in witness whereof\b"
    r"|complaints?(?: team| department)?\b|beschwerde\w*|ombuds\w*|Fragen\?|open (?:at all hours|on \w+ days|daily|from \d)|\bÖffnungszeiten\b|\b(?:steht|stehen|finden Sie|lesen Sie) (?:in|im) (?:diese[mrn] )?(?:Heft|Broschüre|Anhang|Dokument)\b"
    r"|(?:Beitrag|Prämie|Versicherungsprämie)\w* (?:von [^.]{2,20} )?(?:ist|wird|sind|beträgt|richtet)|(?:pay|due) .{0,20}premium|premium (?:is|must|has|shall|will)|passen wir .{0,30}Beitrag|Preisindex"
    r"|gelten zusammen mit dem|\bverjähr\w+|\bist\b[^.]{0,60}\bfällig\b|\btime-barred\b|\bchange your mind\b|are your contract|this wording|\b(?:on|at|before|from) (?:any|each|the|your|every) (?:next )?renewal(?: date)?\b|zur Hauptfälligkeit|dieser Vertrag (?:besteht|gilt)|Wir sind die|We are the|Stand:|Ausgabe\b|Formular \d"
    r"|cancel (?:this|your|the) (?:policy|cover|contract|insurance)|(?:Vertrag|Versicherung) .{0,40}(?:kündigen|gekündigt|Kündigung)|cooling.off|\brefund\w* (?:of )?(?:your|the|any|all|part of the)? ?premium|\bpremium\w* (?:will be |is |are )?refund"
    r"|\bVertrag (?:wird|ist|läuft|dauert|gilt|endet|beginnt)\b|\b(?:policy|contract|plan|membership) (?:runs|lasts|renews|is concluded|is taken out|ends|starts)\b|no.claims|\b(?:your|protected) bonus\b|\bendet der Vertrag\b|\b\d+ (?:days?|months?)[’']? (?:written )?notice\b|schadenfreiheits\w*|prämienstufe|bonus-?malus|bonusstufe|verlängert sich .{0,40}(?:um ein|Jahr)|renews? (?:automatically|each)|Datenschutz|data protection|personenbezogene|personal data|regulated by|authorised by|reguliert"
    r"|\bthis (?:guide|booklet|document|wording|leaflet)(?:, [^,]{3,60},)? (?:explains|describes|tells|sets out|contains|shows)|unless we say otherwise|soweit nichts anderes|Antwort .{0,30}innerhalb|you will have an answer|wir antworten|we (?:will )?(?:reply|answer|respond)|wir beantworten"
    r"|ändern wir die|Mindestlaufzeit|Vertragsdauer|minimum term|zahlen Sie den|(?<!ans )(?<!am )Steuer|insurance premium tax|Form\. [A-Z])",
    I,
)
BY_WHEN = re.compile(
    r"\b(?:before|within|as soon|immediately|at once|prior|bevor|innert|innerhalb|sofort|unverzüglich|umgehend)\b",
    I,
)
IN_RETURN = re.compile(
    r"^(?:in (?:return|consideration)|gegen|against)\b[^,]{0,80}(?:premium|prämie|beitrag|zuschlag)\w*", I
)
CONTACT = re.compile(r"\b(?:Helpline|Hotline|Telefon|telephone|phone us|call us on)\b", I)
PREMIUM = re.compile(
    r"\b(?:\w{0,12}prämie|(?:jahres|monats|folge|erst|versicherungs)?beitr[aä]g|premium|mahngebühr|verzugszins|mahnspesen|subscriptions?)\w*\b",
    I,
)
ENDED = re.compile(
    r"^cancel\b|\b(?:kündig\w+|gekündigt|widerruf\w*|rücktrittsrecht)\b|\byou (?:can|may) leave (?:the plan |the scheme )?(?:within|at any time)\b|\b(?:you|we|either party) (?:can|may) (?:cancel|end|terminate) (?:within|at any time|by|in writing|with|it|on|during|the|your|this)\b(?! trip| journey| booking| holiday)",
    I,
)
EXCLUSION = re.compile(
    r"\bnicht zu (?:ersetzen|vergüten|entschädigen|übernehmen|erstatten|bezahlen|leisten) (?:ist|sind)\b|\b(?:nicht|weder)\b[^.;]{0,90}?\b(?:versichert|mitversichert|gedeckt|mitgedeckt|übernommen|ersetzt|entschädigt|vergütet|erstattet|eingeschlossen|bezahlt|gezahlt|erstattungsfähig|ersatzfähig|erbracht|ersatzpflichtig|geleistet|umfasst|getragen)\w*\b"
    r"|\b(?:nicht versichert|nicht gedeckt|unversichert|ungedeckt|nicht übernommen|nicht ersetzt|nicht mitversichert)\b"
    r"|\bkein(?:e|en|er|erlei)?\s+(?:\w+\s){0,2}(?:\w*versicherungsschutz|\w*schutz|deckung|rechtsschutz|anspruch|ansprüche|leistung(?:en)?|entschädigung|ersatz|leistungspflicht|versicherungsleistung|beiträge|zahlung(?:en)?|vergütung(?:en)?|zuschüsse|kosten(?! an\b))\b|\b(?:ausgeklammert|ausgespart)\b|\b(?:schutz|deckung|versicherung) entzogen\b|\bberechtig(?:t|en) nicht\b|\bbegründe(?:t|n) keine[nr]?\b|\b(?:geht|gehen) (?:\w+ ){0,3}leer aus\b|\bnichts (?:bezahlt|gezahlt|vergütet|erstattet|ersetzt|geleistet)\b|\bnicht (?:\w+ )?(?:Gegenstand|Teil|Bestandteil)\b|\bkein(?:e|en|er)?\s(?:\w+\s){1,3}(?:gezahlt|bezahlt|ausgezahlt|ersetzt|erstattet|vergütet|übernommen|gewährt|geleistet)\b|\b(?:gilt|gelten) (?:der|die|das|dieser|diese) \w*(?:schutz|deckung|versicherung|baustein) (?:\w+ ){0,3}nicht\b|\bneither\b[^.;]{0,90}\bnor\b|:\s(?:no (?:benefit|cover|payment|claim)|kein\w* (?:Leistung|Deckung|Anspruch|Versicherungsschutz))\b"
    r"|\b(?:ausgeschlossen|ausgenommen)\b|\bausschluss\b(?! gilt nicht)|\bvom (?:Versicherungsschutz|Schutz) aus\w+"
    r"|\b(?:leisten|zahlen|ersetzen|übernehmen|haften|erstatten|entschädigen|vergüten|bezahlen|erbringen|tragen|leistet|zahlt|ersetzt|übernimmt|haftet|vergütet|bezahlt) (?:wir|sie|die Gesellschaft|der Versicherer)?\s?(?:\w+\s){0,3}(?:nicht|nichts|keine?n?)\b"
    r"|\b(?:wir|Gesellschaft|Versicherer|[A-Z]\w+) (?:leisten|zahlen|ersetzen|übernehmen|haften|erstatten|entschädigen|leistet|zahlt|ersetzt|übernimmt|haftet|decken|deckt|bezahlen|bezahlt)\s(?:\w+\s){0,6}?(?:nicht|nichts|keine?n?)\b"
    r"|\bentfällt (?:der |die |jede )?(?:Versicherungsschutz|Leistung\w*|Deckung|Anspruch|Entschädigung)\b|\b(?:Versicherungsschutz|Deckung|Leistungspflicht) entfällt\b"
    r"|\b(?:do|does|will|shall|is|are|was|were|be)(?:\s\w+){0,2}\s(?:not|never)(?:\s\w+){0,2}\s(?:cover|covered|insure|insured|pay|paid|payable|include|included|reimburse|reimbursed|indemnify|refund|refunded|replace|provide|provided|liable|extend)\b"
    r"|\b(?:don't|doesn't|won't|isn't|aren't|can't|cannot|wouldn't|weren't)(?:\s\w+){0,3}\s(?:cover|covered|insure|insured|pay|paid|payable|include|included|reimburse|reimbursed|refund|refunded|meet|met|replace|replaced|compensate|compensated|liable|eligible|indemnified|indemnify|entitled)\b"
    r"|\b(?:in|auf) keine[mn] fall\b|\bkeinesfalls\b|\bkeineswegs\b|\b(?:in|under) no (?:circumstances|case|event)\b(?! (?:later|more|longer|earlier))|\b(?:not|never|won't|don't|aren't|unable)\b(?: \w+){0,3} (?:bound|obliged|required|liable|responsible) (?:to (?:pay|cover|indemnify|compensate)|for)\b|\bunable to (?:pay|cover|offer)\b|\b(?:fällt|fallen|bleibt|bleiben|lassen wir) (?:\w+ ){0,3}(?:au(?:ss|ß)er (?:betracht|ansatz)|unberücksichtigt)\b|\b(?:wird|werden|ist|sind) (?:\w+ ){0,4}nicht (?:\w+ )?(?:berücksichtigt|einbezogen|anerkannt)\b|^ohne (?:deckung|versicherungsschutz|schutz|ersatz|entschädigung|leistung) (?:bleib(?:t|en)|ist|sind)\b|\bbleib(?:t|en) (?:\w+ ){0,3}(?:ohne (?:deckung|ersatz|entschädigung|schutz)|ausgespart)\b"
    r"|\b(?:we|it|there is|policy|section|cover) (?:will )?(?:pay|cover|pays|covers)? ?(?:nothing|no (?:claim|benefit|loss|cost|cover)\w*)\b|\bno (?:section|part|policy|cover|benefit|claim|payment|insurance|liability|indemnity|compensation)\b[^.]{0,30}\b(?:is|are|for|will|applies|apply|covers|responds|under|given|made|paid|payable|exists?)\b"
    r"|\b(?:excluded|exclude[sd]?|exclusions? appl)\w*\b|\bnot (?:covered|insured|included|payable)\b|\b(?:insurance|cover|policy|section|benefit|guarantee)s? (?:does|do|shall|will) not (?:apply|extend|operate)\b|\bcannot claim\b|\b(?:gives?|gets?|receives?|pays?|covers?|contributes?|offers?|owes?) (?:\w+ ){0,2}nothing\b|\b(?:erhalten|bekommen|zahlen|leisten|ersetzen|bezahlen)\b[^.;]{0,40}\bnichts\b|^nor (?:do|does|will|shall|are|is)\b|^ebenso ?wenig\b|^(?:nobody|no one|no person|niemand)\b|\buninsured\b|\bfalls? outside\b",
    I,
)
NOT_ONLY = re.compile(r"\bnicht nur\b[^.;]*?\bsondern auch\b|\bnot only\b[^.;]*?\bbut also\b", I)
INSERTED_NOT = re.compile(  # `pets, but not dogs, are insured`
    r",\s(?:nicht (?:jedoch|aber|hingegen)|(?:jedoch|aber|but) (?:nicht|not)|not)\s[^,;.]{3,80},", I
)
NOT_MORE = re.compile(  # a bound, no denial
    r"\b(?:nicht|nie|not|no|never) (?:for )?(?:mehr|länger|öfter|höher|später|more|longer|higher|later|greater)(?: \w+)? (?:als|than)\b|\b(?:not|nicht) (?:exceeding|über)\b|\bnot pay (?:out )?more than\b",
    I,
)
PAYS_NO_MORE = re.compile(
    r"\bnot pay (?:out )?more than\b|\bpay (?:out )?(?:no|not) more than\b|\b(?:zahlen|leisten|ersetzen|entschädigen|vergüten|bezahlen) wir nicht mehr als\b",
    I,
)
CROSS_REFERENCE = re.compile(  # `subject to IV, Property Not Insured`
    r"(?:,\s)?\b(?:[Ss]ubject to|[Ss]ee|[Uu]nder|as set forth in|[Ss]iehe|[Gg]em(?:äss|äß)|vgl\.) (?:(?:Section|Part|Article|Clause|Paragraph|Abschnitt|Teil|Ziff\.|Ziffer|Art\.|§) ?)?(?:[IVX]+|[A-Z]|\d+)(?:\.\w+)*[,.]? (?:[A-ZÄÖÜ][\w-]+(?: |(?=[.,;)]|$))){1,6}"
)
PARTIES = re.compile(r"^(?:each|either|both|any|jede|beide) (?:part(?:y|ies)|partei(?:en)?)\b", I)
VALUED = re.compile(
    r"\b(?:based (?:up)?on|calculated|valued|measured by|primary|excess insurance|berechne[nt]|bemisst|bemessen|richtet sich nach|ermittelt|festgesetzt|halves|halved|doubles|doubled|halbier\w+|verdoppel\w+|massgebend|maßgebend|massgeblich|maßgeblich)\b",
    I,
)
NOT_ATTRIBUTE = re.compile(
    r"\b[Nn]icht (?!versichert|gedeckt)\w+(?:te|ene|bare|liche|ige|ende)[nrs]?\b(?=\s+[A-ZÄÖÜ])"
)
SUBORDINATE = re.compile(
    r",\s(?:ausgenommen|excluding|with the exception of)\b(?! (?:davon|hiervon)).*$|[,;]?\s(?:es sei denn|sofern|soweit|wenn|falls(?! (?:within|under|outside|due|into|on|to|short|ill|below|away|by|from)\b)|solange|au(?:ss|ß)er(?! betracht| ansatz)|obwohl|wobei|unless|except|provided|if|although|even if|auch wenn|because(?! of)|weil|until|while|when|sobald|nachdem|as long as|other than|mit Ausnahme)\b(?:(?!,\s(?:is|are|will|shall|falls?|lies?|do|does|don't|doesn't|isn't|aren't|won't|remains?|stays?|counts?|sind|ist|wird|werden|bleibt|bleiben|gilt|gelten|fällt|fallen|scheidet|scheiden|zählt|zählen|gehört|gehören)\b).)*",
    I | re.DOTALL,
)
OWED = re.compile(  # `duty that you must pay`: it says which one is meant
    r"\b(?:that|which) (?:you|he|she|they) (?:have|had) (?:already )?\w+(?: for)?(?: (?:and|but|or) (?:cannot|can|could|must)(?: not)? [^,;.:]{3,60}(?=[,;.:]|$))?|\b(?:that|which) (?:you|he|she|they|we|the insured person) (?:must|have to|has to|cannot|can|could|need to|are ordered to|are legally bound to) \w+\b"
)
RELATIVE = re.compile(
    r",\s(?!(?:der|die|das|den|dem) [A-ZÄÖÜ]\w+(?:,| oder\b| und\b| sowie\b))(?:(?:in|an|auf|bei|mit|für|durch|of|in|to|for|by|with) )?(?:welche[rnms]?|der|die|das|dem|den|denen|deren|dessen|who|which|whose|whom)\s(?=[a-zäöüA-ZÄÖÜ])[^,;:]{3,160}(?=[,.;]|$)"
)  # a clause that only says which one is meant
OPENING = re.compile(
    r"^(?:bevor|ehe|nachdem|before|after|muss|müssen|kann|können|wird|werden|ist|sind|hat|haben|war|waren|hatten?|wäre|wären|sollten?|should|had|were|bleibt|bleiben|verzichtet|verzichten|erkrankt|tritt|treten|verletzt|verletzen|erleidet|erleiden|kommt|kommen|steht|stehen|geht|gehen|fällt|fallen|liegt|liegen|endet|stirbt|verursacht|verursachen|benötigt|erfordert|erleiden|wenn|falls|sofern|soweit|solange|sobald|if|when|where|while|unless|should|once|as long as)\b[^,]{3,160},\s*(?:so |then )?"
    r"|^[A-ZÄÖÜ]\w+(?:en|t) (?:Sie|Ihnen|Ihre?[nmrs]?|der|die|das|eine?[nmrs]?|jemand)\b[^,]{3,160},\s*(?:so |dann )?(?=(?!damit|soweit|selbst|nicht|seit|mit)[a-zäöü]{2,}(?:en|t)\b)",
    I,
)
ACTING = re.compile(r"\bwe(?:'ll| will| shall)\s\w+|\b\w+en wir\b", I)  # then the clause is the main one
EXCEPTION = re.compile(
    r"\b(?:sind|ist|bleib(?:t|en)) (?:davon|hiervon) (?:nicht (?:betroffen|erfasst|berührt)|unberührt)\b|\b(?:is|are) not (?:thereby )?excluded\b|\b(?:ist|sind) (?:hingegen |jedoch )?nicht (?:ausgeschlossen|ausgenommen)\b|\bkein Ausschluss (?:besteht|gilt)\b|\b(?:dieser|der|diese|die) (?:Ausschluss|Ausschlüsse|Einschränkung)\w* (?:gilt|gelten|findet|finden) (?:\w+\s){0,2}(?:nicht|keine)\b|\b(?:this|the|these) (?:exclusion|restriction)s?\b.{0,20}\b(?:does|do|shall|will) not apply\b"
    r"|^(?:abweichend von|entgegen|in abweichung|notwithstanding|contrary to|by way of exception|in derogation|despite|ausser|außer|except (?:that|for|where)|ausgenommen (?:davon|hiervon)|davon ausgenommen|hiervon ausgenommen|nicht unter diesen ausschluss)\b"
    r"|\b(?:remains?|stays?|bleib(?:t|en)) (?:\w+\s){0,4}?(?:covered|insured|versichert|gedeckt|mitversichert)\b|^(?:mitversichert|versichert|gedeckt) (?:bleib|sind jedoch|ist jedoch|sind aber|ist aber)"
    r"|\bwe (?:do|will),? however\b|\bhowever,? we (?:do |will )?(?:cover|pay)|\b(?:ist|sind|leisten wir|ersetzen wir) (?:jedoch|aber|hingegen|dagegen)\b",
    I,
)
TURN_COVER = re.compile(
    r"^(?:[^\s,;.]+ ){2,5}(?:jedoch|hingegen|dagegen)\b[^.]*\b(?:versichert|gedeckt|ersetzt|erstattet|vergütet|übernommen|bezahlt|mitversichert|eingeschlossen)\b|^(?:although|though) (?:we|it|they|the \w+) (?:will |do |does )?(?:pays?|covers?|donates?|contributes?|gives?|refunds?|reimburses?)\b|\b(?:is|are) (?:fine|allowed|permitted|no problem|acceptable)\.?$|\b(?:ist|sind) (?:erlaubt|zulässig|gestattet|unproblematisch)\.?$|^(?:but|however|aber|jedoch|dagegen|hingegen|wohl aber|yet)\b[^.]*\b(?:covered|insured|included|versichert|mitversichert|gedeckt|eingeschlossen|we (?:do )?(?:cover|pay)|ersetzen wir|leisten wir|we do)\b",
    I,
)
WAIVER = re.compile(
    r"\bverzicht(?:en|et)\b[^.]{0,80}\bauf\b|\bauf\b[^.]{0,80}\bverzicht(?:en|et)\b|\bwe (?:will )?(?:waive|not apply|not rely)\b|\b(?:kürzung|einwand)\b[^.]{0,40}\bverzicht|\b(?:machen|macht|erheben|erhebt) (?:wir|die \w+|der \w+)\b[^.]{0,60}\b(?:keine?n?|nicht)\b[^.]{0,60}\b(?:geltend|einwand|einrede)\b",
    I,
)
NO_DEDUCTIBLE = re.compile(
    r"\b(?:selbstbehalt|selbstbeteiligung|franchise|wartezeit|wartefrist|excess|deductible|waiting period)\w*\b[^.]{0,40}\b(?:entfällt|entfallen|gilt nicht|wird nicht|does not apply|falls away|is waived|not apply|no)\b"
    r"|\b(?:kein|ohne|no) (?:selbstbehalt|selbstbeteiligung|wartezeit|excess|deductible)\b",
    I,
)
DEDUCTIBLE = re.compile(
    r"\b(?:selbstbe(?:halt|teiligung)|franchise|eigenanteil|excess|deductible|co-?payment|co-?insurance)\w*\b|\b(?:tragen|trägt|übernehmen|übernimmt|zahlen|zahlt|bezahlen|bezahlt)\b(?: \w+){0,3} (?:Sie|der Versicherungsnehmer|die versicherte Person|der Versicherte|Versicherungsnehmende|der Anspruchsberechtigte|der Halter|der Lenker|das Mitglied)\b|\b(?:Sie|Versicherungsnehmer|Versicherte|versicherte Person|Anspruchsberechtigte|Halter|Lenker|Mitglied)\b(?: \w+){0,2} (?:tragen|trägt|übernimmt)\b"
    r"|\byou (?:must |will |have to )?(?:pay|bear|contribute)\b(?! (?:the|your) premium)|\bthe first (?=[£€$]|EUR|CHF|GBP|USD|[\d,.]+ ?(?:EUR|CHF|GBP|USD|€|£))|\bdie ersten (?=EUR|CHF|[\d.']+ ?(?:EUR|CHF|€))|^Sie (?:übernehmen|bezahlen|zahlen|beteiligen sich)\b|\bselbst\.?$|\b(?:übernehmen|tragen|bezahlen|zahlen|übernimmt|trägt|bezahlt|zahlt)\b[^.;]{0,60}\bselbst\b(?=[,;])|\bSie\b(?: \S+){1,5} selbst\b|\bselbst (?:zu )?(?:tragen|bezahlen|übernehmen)\b|\byou (?:bear|contribute|are responsible for)\b|\bpays? yourself\b|\bin Rechnung gestellt\b|\bstellen wir (?:Ihnen )?[^.;]{0,40}\bin Rechnung\b|\bwe (?:will )?charge you\b|\bto be borne by\b|\bzu (?:seinen|Ihren) Lasten\b|\bgehen zu Ihren Lasten\b|\bnach Abzug (?:von|eines|einer|der|des)\b|\bziehen wir (?:\S+ ){0,6}ab\b|\bziehen wir (?:\S+ ){0,4}\d[\d.,']* (?:EUR|CHF|€|%) ab\b|^your (?:own )?(?:contribution|share)\b|\b(?:is|are) (?:yours|for you) to (?:pay|bear|meet)\b|\bless an? (?:excess|deduction) of\b|\bafter deducting\b",
    I,
)
WAITING = re.compile(
    r"\b(?:waits?|have to wait|must wait|müssen)\b(?= (?:\w+ ){1,4}(?:before|warten))|\b(?:wartezeit|wartefrist|karenzfrist|karenzzeit|karenztage|sperrfrist|waiting (?:period|time)|qualifying period|deferred period|elimination period)\w*\b|\b(?:days?|weeks?|months?|years?) after (?:joining|inception|you join|(?:the )?(?:policy )?start)\b|\b(?:Tagen?|Wochen|Monaten?) nach (?:\w+ )?(?:Versicherungsbeginn|Vertragsbeginn|Vertragsabschluss|Abschluss)\b|\bbeginnt (?:frühestens|erst)\b|\bcover\b[^.]{0,50}\b(?:starts|begins|only starts|only begins|commences) (?:only )?(?:after|no earlier|once|when)\b",
    I,
)
DUTY = re.compile(
    r"^wer\b[^.]{3,80}, (?:trägt|bezahlt|übernimmt) [^.]{3,60}\bselb(?:st|er)\b|\b(?:is|are) only (?:covered|insured|payable|paid)\b|\b(?:ist|sind) nur (?:dann )?(?:versichert|gedeckt|mitversichert)\b|^to (?:make a )?claim,? you need\b|\brateabl[ey]\b|\banteilmä(?:ss|ß)ig\b|\b(?:is|are) not an? (?:accident|illness|trip|journey|theft|emergency)\b|\bmay (?:join|enrol|apply (?:for|to join))\b|\b(?:aufgenommen|versichert) werden (?:können|kann)\b|\b(?:Sie|Versicherte\w*|versicherte Person\w*|Versicherungsnehmer\w*|Anspruchsberechtigte\w*|Fahrer\w*|wer|sie|er|es|man|Schaden|Schäden|Diebstahl|Diebstähle)\b[^.]{0,60}\b(?:müssen|muss|sind verpflichtet|ist verpflichtet|verpflichten sich|dürfen|darf nicht|sollen|soll)\b|\bmuss\b|\bmüssen\b|\bverpflichtet\b|\b(?:bedarf (?:der|des|einer|eines)|bedürfen)\b|\b(?:is|are) (?:not )?to be \w{3,}(?:ed|en|de|pt|nt)?\b|^nur wer\b|^only (?:those|persons|drivers|people|anyone) who\b|\bonly (?:counts?|applies|apply|valid|available|operative)\b|\b(?:gilt|gelten|zählt) (?:nur|ausschliesslich|ausschließlich|erst)\b"
    r"|\b(?:haben|hat|ist|sind)\b(?: [\w,'’%./-]+){0,30}? (?:zu \w{3,}en|(?!zurückzuführen)\w+zu\w{3,}en|zu \w{3,}n)\b"
    r"|\b(?:setzt|setzen)\b[^.;]{0,80}\bvoraus\b|\bdepends? (?:up)?on\b(?! (?:the|your|which) (?:level|plan|option|variant|schedule))|\bis conditional (?:up)?on\b|\b(?:hängt|hängen) davon ab\b|\b(?:shall|will|can) (?:not|never) be (?:accepted|recognised|considered|admitted)\b|\bwerden nicht (?:anerkannt|akzeptiert)\b"
    r"|\bobliegenheit\w*\b|\bvoraussetzung\b|\bvorausgesetzt\b|\bleistungsfrei\b|\bvon der (?:Leistung\w*|Entschädigungspflicht|Verpflichtung zur Leistung) (?:frei|befreit)\b|\bdeductions? (?:of|for)\b[^.]{0,60}\b(?:made|applied)\b|\bkürzen\b|\bgekürzt\b|\bverweiger\w+\b|\babgelehnt\b|\b(?:darf|dürfen) (?:\w+ ){0,3}(?:kein\w*|nicht)\b|\b(?:do|does) not count as\b|\bzähl(?:t|en) nicht als\b|\bgelten nicht als\b|\bgilt nicht als\b|\bist (?:uns )?(?:unverzüglich|innert|innerhalb|sofort)\b"
    r"|\byou(?:r)?\b(?: \w+){0,4} (?:must|shall|should|are required|need to|are obliged)\b|\b(?:must|shall)\b(?! (?:legally )?pay\b)|\bmust (?:be|reach|have|not|tell|report|call|keep|give|send|take|obtain|notify)\b|\b(?:is|are) (?:required|needed|necessary|mandatory|essential|compulsory)\b|\b(?:werden|wird|ist|sind) (?:\w+ ){0,5}(?:abgezogen|verrechnet)\b|\bziehen wir (?:\w+ ){0,5}ab\b|\b(?:is|are|will be) (?:deducted|offset|set off|taken off)\b|\b(?:you|members?|insured persons?) (?:are|is) expected to\b|\b(?:are|is) (?:a )?conditions?\b|\bcondition of\b"
    r"|\bwe (?:may|can|will|shall|are (?:entitled|free|allowed) (?:not )?to) (?:reduce|refuse|reject|decline|withhold)\b|\bsind wir (?:berechtigt|befugt)\b|\bonly valid\b|\b(?:does|do|will|shall) not (?:increase|reduce|change|affect)\b|\b(?:erhöht|erhöhen) (?:sich )?(?:\w+ ){0,5}nicht\b|\brechnen wir (?:\w+ ){0,4}(?:zusammen|an)\b|\b(?:is|are) not (?:to be )?(?:treated|regarded|considered|deemed|counted) as\b|\b(?:versicherungsfähig|versicherbar|aufnahmefähig|anspruchsberechtigt) (?:ist|sind),? (?:nur )?wer\b",
    I,
)
NEGATED = re.compile(
    r"\s(?:(?:sich|uns|wir|jedoch|aber|also|auch|hingegen|ferner)\s)*(?:nicht|keine?[nrs]?|not|never|no)\b(?! (?:more|less|fewer|later|longer|mehr|weniger|länger) (?:than|als))",
    I,
)
TRAILING_BOUND = re.compile(
    r"(?:,|\s[–—-]|\s(?:and|und))\s(?:jedoch |aber |but )?(?:begrenzt|beschränkt|limitiert|limited|capped|subject to|insgesamt|in total|(?:je|pro|per|each) (?:\w+ ){1,3}(?:nicht mehr als|höchstens|maximal|no more than|up to)|nicht mehr als|no more than|not more than)\b(?:[^,;.]|[.,'](?=\d)|(?<=[Mm]io)\.|(?<=[Mm]rd)\.){0,120}[.]?$",
    I,
)
MAY_NOT = re.compile(
    r"\b(?:darf|dürfen) (?:\w+ ){0,4}(?:kein\w*|nicht|nie)\b|\b(?:must|may) (?:not|never) (?!be (?:claimed|recovered))|\b(?:zähl(?:t|en)|gilt|gelten) nicht als\b|\b(?:do not|does not|don't|doesn't) count as\b",
    I,
)
ONLY = re.compile(
    r"(?<!nicht )(?<!not )\b(?:nur|einzig|ausschließlich|ausschliesslich|only|solely|lediglich|erst)\b", I
)
COVER = re.compile(
    r"\b(?:rechnen|zählen) wir (?:auch )?dazu\b|\bgilt (?:auch )?(?:eine?|die|der|das) (?:\w+ ){0,2}\w*(?:deckung|schutz|versicherung)\b|\b[Gg]egenstand (?:der|dieser|des|dieses) \w*(?:[Vv]ersicherung|[Dd]eckung|[Ss]chutzes) (?:ist|sind|bilde[nt])\b|\b(?:unsere|die) leistung(?:en)? (?:besteh(?:t|en) (?:in|aus)|umfass(?:t|en))\b|(?<!nicht )(?<!nicht mit)\b(?:mitversichert|versichert|mitgedeckt|gedeckt|abgedeckt|(?:mit)?eingeschlossen|mitumfasst|mitgeschützt|inbegriffen)\b|^(?:also )?(?:included|covered|insured) (?:is|are)\b|^(?:erfasst|umfasst|geschützt|abgesichert|enthalten) (?:ist|sind|wird|werden)\b|\b(?:einbezogen|geschützt|mitgeschützt|abgesichert|enthalten) (?:ist|sind|werden)\b|\b(?:erstattungsfähig|ersatzfähig) (?:ist|sind)\b|\b(?:is|are) entitled to\b|\b(?:leisten|ersetzen|zahlen|übernehmen|erstatten|organisieren|vergüten|tragen|entschädigen|bezahlen|erbringen|decken|vermitteln|sorgen|helfen|beschaffen|stellen|gewähren|bieten|bevorschussen|veranlassen) wir\b"
    r"|\b[Ww]ir (?:\w+ )?(?:leisten|ersetzen|zahlen|übernehmen|erstatten|organisieren|vergüten|tragen|entschädigen|bezahlen|erbringen|decken|vermitteln|sorgen|helfen|stellen|gewähren|bieten|bevorschussen|veranlassen|schützen|versichern|prüfen|wehren)\b"
    r"|\b(?:Gesellschaft|Versicherung|Versicherer|Versicherungsschutz|Rechtsschutz|Deckung|\w+schutz|\w+versicherung) (?:leistet|ersetzt|zahlt|übernimmt|erstattet|organisiert|vergütet|trägt|entschädigt|bezahlt|erbringt|deckt|umfasst|gewährt|bietet|erstreckt|besteht)\b"
    r"|\b(?:ersetzt|übernommen|vergütet|erstattet|entschädigt|bezahlt|gedeckt|erbracht|geleistet) (?:wird|werden)\b|\bwerden (?:[\w.,'’%–-]+ ){0,16}(?:ersetzt|erstattet|übernommen|bevorschusst|vergütet|entschädigt|bezahlt|gezahlt|ausgezahlt|gewährt|geleistet|erbracht)\b|\bwird (?:[\w.,'’%–-]+ ){0,16}(?:ersetzt|erstattet|übernommen|bevorschusst|vergütet|entschädigt|bezahlt|gezahlt|ausgezahlt|gewährt|geleistet|erbracht)\b|\bbesteht (?:\w+ ){0,3}(?:Versicherungsschutz|Deckung|\w+schutz)\b|\bsteht\b[^.]{1,60}\bgleich\b|\bentschädigt werden\b|\b(?:leistet|ersetzt|zahlt|übernimmt|erstattet|vergütet|trägt|entschädigt|bezahlt|erbringt|deckt|gewährt|bietet|organisiert) (?:der|die|das) (?:Versicherer|Gesellschaft|Versicherung|Unternehmen|Kasse)\b|\b(?:haben Sie|besteht|hat .{2,40}) (?:ein )?Anspruch (?:auf )?\b|\bAnspruch besteht auf\b|\bausgerichtet\b|\b(?:erhalten|bekommen) Sie\b|\bSie (?:erhalten|bekommen)\b"
    r"|\bwe(?:'ll| will| shall)?(?: also| then| further)? (?:pay|cover|insure|reimburse|arrange|provide|replace|refund|indemnify|organise|organize|repair|meet|compensate|settle|bear|include|extend|help|send|advance|defend|protect|bring|give)\b"
    r"|\b(?:is|are|be)(?: also| automatically)? (?:insured|covered|included|paid|reimbursed|payable|refunded|indemnified)\b|\b(?:you|they) (?:are|is|remain|have) (?:also )?(?:covered|insured|cover)\b|\b(?:policy|insurance|cover|coverage|section|plan|indemnity|protection|guarantee) (?:will |shall |also )?(?:covers?|pays?|includes?|insures?|extends|applies to|provides?)\b|\bcover (?:is given|is provided|includes|extends|applies)\b|\bincludes? cover\b|\byou (?:can|may) claim\b",
    I,
)
PAID_UP_TO = re.compile(  # bounds what others grant, unless it says when it is paid
    r"\b(?:costs?|benefits?|amounts?|payments?|claims?|expenses) (?:is|are) (?:payable|paid|met|covered) up to\b",
    I,
)
LIMIT_ONLY = re.compile(
    r"\bleistung(?:en)? endet, (?:sobald|wenn)\b|\bstehen (?:\w+ )?(?:höchstens|maximal) [^,;.]{3,40} zu\b|^you (?:may|can) (?:make (?:up to |no more than )?\w+ claims|claim \w+ times)\b|\b(?:leistung|ersatzpflicht|leistungspflicht|haftung|entschädigung)(?:en)? (?:endet|enden|schlie(?:ss|ß)t) (?:bei|mit)\b[^.]{0,14}\d|\b(?:sinkt|steigt|fällt) (?:die|der|das|unsere) \w*(?:summe|leistung|limite|grenze|betrag|entschädigung) auf\b|\b(?:die|der|das|unsere?|ihre?|the|our)? ?\w*(?:summe|limite|garantiesumme|höchstleistung) (?:von \S+ ?\S+ (?:\S+ ){0,4})?(?:beträgt|betragen|beläuft|belaufen|liegt|versteht|verstehen)\b|\b(?:beträgt|betragen) (?:die|der|das) \w*(?:summe|leistung|limite|grenze|entschädigung)\b|^(?:unsere|die) (?:\w*leistung|ersatzleistung|entschädigung)(?:en)? (?:beträgt|betragen)\b|\b(?:beläuft|belaufen) sich (?:\w+ ){0,3}auf\b|\b(?:verkürzt|reduziert|vermindert|erhöht|verlängert|ermässigt|ermäßigt) sich\b[^.]{0,60}\bauf\b[^.]{0,14}\d|\b(?:stops?|ends?|caps?|capped) (?:\w+ ){0,3}at\b[^.]{0,14}\d|^(?:(?:die|der|das|unsere|the|our) )?(?:maximalleistung|maximalbetrag|höchst\w+|obergrenze|gesamtleistung|deckungssumme|sublimite|maximum(?: (?:benefit|payment|amount))?|(?:over)?all limit|ceiling|inner limit|sum insured|limit of (?:indemnity|liability))\b[^.;:]{0,40}?\d|\b(?:begrenzt|beschränkt|limitiert)\b|\b(?:höchst(?:betrag|entschädigung|leistung|grenze|summe|zahlung|ersatz)|maximal\w+|obergrenze|\w{0,24}entschädigungsgrenze|\w{0,24}versicherungssumme|\w{0,12}limite|gesamtleistung|jahreshöchstleistung|deckungssumme|maximalentschädigung|sublimite)\w* (?:\w+ ){0,6}?(?:beträgt|betragen|liegt|gilt|ist|:)|\bthe most (?:we|that)\b|^(?:no more than|not more than|at most|a maximum of|höchstens|maximal|längstens) (?=[£€$]?\w*\d|(?:CHF|EUR|GBP) )|\b(?:steht|stehen) (?:\w+ ){0,4}(?:CHF|EUR|€|GBP|USD)? ?\d(?:[^.;]|[.](?=\d|\s[€A-Z])){0,80}\bzur Verfügung|\bschulden wir (?:höchstens|maximal|nicht mehr)|\b(?:limited|capped|restricted) to\b|\bnot be (?:greater|more|higher) than\b|^up to (?:[£€$]|EUR|CHF|GBP|USD)? ?\d[\d,.]* (?:is|are) (?:payable|paid|allowed|available)\b|\bpay (?:you )?(?:no|not) more than\b|\bnot pay (?:you |out )?more than\b|^bei\b[^.;]{3,80}\b(?:leisten|zahlen|erbringen) wir (?:höchstens|maximal|nicht mehr als)\b|^there is no (?:\w+ ){0,2}(?:limit|cap|ceiling)\b|\b(?:overall|total|maximum|annual|aggregate) (?:limit|amount|sum|liability|payment|benefit)\b|\bsums? insured (?:is|are)\b|\b(?:shall|will|does|may|must|can)(?:not| not) exceed\b|(?<!to the )(?<!within the )\blimit(?:s|ed)? (?:of|is|for|are|applies)\b|\b(?:is|are) paid at\b|\blimits? appl(?:y|ies)\b|\bour (?:total |maximum )?(?:liability|payment)\b|\bno more than\b.{0,60}\bin (?:all|total)\b|\bin (?:all|total)\b.{0,30}\bno more than\b|\bgilt der Zeitwert\b|(?<!bis )(?<!bis zu )\bInsgesamt\b|\bgilt eine (?:\w{0,12}grenze|\w{0,12}begrenzung|Höchst\w+|Limite)\b|\bnicht mehr als\b|\bdie (?:Entschädigung|Leistung|Ersatzleistung|Haftung)\b[^.]{0,80}\b(?:auf|bis|beträgt)\b",
    I,
)
WE_GRANT = re.compile(r"^(?:in addition, |however, |if [^,]{3,200}, )?(?:we|this policy|the policy|wir)\b", I)
ANAPHORA = re.compile(
    r"^(?:diese(?:r|s|n|m)?|dies|dafür|hierfür|davon|insgesamt|dabei|alle zusammen|in diesem Fall|if you do not|otherwise|andernfalls|sonst|this|these|for this|for these|of this|in this case|in all|in total|altogether|together)\b",
    I,
)
DEFINITION = re.compile(
    r"^(?:(?:the|der|das|die) )?(?:words?|terms?|expressions?|wort|begriff|ausdruck) [„“\"‘«'][^“”\"’»']{2,40}[“”\"’»'] (?:includes?|means?|bedeutet|umfasst|bezeichnet)\b|^[„\"“*]*[\w\s'’/()-]{2,60}?[\"“”*]*\s(?:means?|bedeutet|bezeichnet|bezeichnen|refers to|shall mean|has the meaning)\b|^(?:als|unter) [^.]{2,80} (?:gelten?|verstehen wir|versteht man|ist zu verstehen|sind zu verstehen)\b|\bim Sinne dieser Bedingungen (?:ist|sind)\b|^[A-ZÄÖÜ][\w\s-]{2,60} (?:liegt|liegen) (?:\w+ )?vor, (?:wenn|sobald|falls)\b|^(?!Gegenstand)[A-ZÄÖÜ][\w\s-]{2,50} (?:ist|sind) (?:jede[rsn]?|alle) [^.]*, (?:die|der|das)\b(?![^.]*versichert)",
    I,
)
EVENTS = re.compile(
    r"\b(?:because|owing to|on account of|as a consequence of|in the event of|aufgrund(?: von)?|infolge(?: von)?|wegen|if|when|where|due to|caused by|as a result of|weil|wenn|falls|(?:after|once|until|provided|unless)\b[^.:]{3,160}\band|you (?:may|must)|following (?:reasons|events)|one of (?:these|the following)|folgende[rn]? (?:gründe|ereignisse)|(?:if|when|where|wenn|falls) (?:\w+ ){0,2}\w+|(?:following|these|folgende[rn]?) (?:conditions?|requirements?|circumstances|bedingungen|voraussetzungen)\b[^.]{0,40})\W*$",
    I,
)
INSURED_EVENTS = re.compile(  # they are what is covered, not why something else is paid
    r"^(?:(?:mit)?versichert|gedeckt|abgedeckt) (?:ist|sind|werden|wird)\b[^,;]{0,40}\b(?:folgende[nrs]?|nachstehende[nrs]?|diese)\b|^(?:we (?:will )?(?:insure|cover)|(?:you|your \w+) (?:are|is) (?:insured|covered)|(?:covered|insured) are)\b[^,;]{0,40}\b(?:following|these)\b|^(?:versicherte|gedeckte|insured|covered) (?:gefahren|ereignisse|schäden|risiken|events|perils|risks)\b",
    I,
)
SUPPOSES = re.compile(r"^(?:only|nur|provided|sofern|unless|solange)\b", I)
REASONS = re.compile(r"\b(?:gründe|grund|ursachen|fälle|reasons?|causes|circumstances)\b[^.]{0,40}$", I)
IF_CLAUSE = re.compile(
    r"\b(?:if|when|where|wenn|falls(?! (?:within|under|outside|due|into|on|to|short|ill|below|away|by|from)\b))\b",
    I,
)
HEADED = re.compile(r"^[^:.]{3,60}:\s")
LIMIT_NOUN = re.compile(
    r"\b(?:\w*(?:grenze|betrag|summe)|limits?|ceiling|cap|plafond|maximum|insgesamt|in total|how (?:much|long)|wie (?:viel|lange)|höhe|dauer)\b",
    I,
)
SAME = re.compile(
    r"^(?:das|dies|dasselbe|das gleiche|gleiches|the same|this) (?:gilt|applies|is true) (?:auch|ebenso|ebenfalls|sinngemäss|sinngemäß|also|equally|to|for|of)\b",
    I,
)
RIGHT = re.compile(  # what the insurer may do
    r"^(?:options? we|(?:wir|we|der Versicherer|die Gesellschaft|the insurer)\b) (?:\w+ )?(?:können|dürfen|kann|darf|may|can|reserves?|behalten)\b|\b(?:können|dürfen) wir\b|\b(?:sind|werden) wir (?:berechtigt|befugt)\b|\bwe (?:are|will be|become) (?:entitled|free|allowed|at liberty) (?:not )?to\b|\b(?:Rückgriff|Regress|recourse)\b",
    I,
)
REFUSES = re.compile(
    r"\b(?:ablehnen|kürzen|verweigern|zurückfordern|zurückverlangen|kündigen|refuse|reduce|decline|withhold|reject|recover)\b",
    I,
)
LISTED_ONLY = re.compile(
    r"\blimited to (?:the following|these)\b|\bauf (?:folgende|die folgenden)\b[^.]{0,40}\bbeschränkt\b", I
)
LEAST_STATED = 5  # words of a sentence that states something
LEGEND = re.compile(r"^\W{0,3}\s*=\s")
GENERAL_TERRITORY = re.compile(
    r"\b(?:gilt (?:(?:die|der|das) \w+ )?(?:in|weltweit|innerhalb)|applies in|applies worldwide|Geltungsbereich)\b",
    I,
)
