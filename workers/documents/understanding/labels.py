"""Labels of every numbering, and the part that a heading plays by its words."""

from __future__ import annotations

import re

BULLET = r"[·•–▪◦‣●○■□✓✗➢►*-]"
LABELS: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (name, rank, re.compile(pattern))
    for name, rank, pattern in (
        ("bullet", 80, rf"^{BULLET}\s+"),
        (
            "part",
            0,
            r"^(?:Section|Part|Teil|Abschnitt|Kapitel|Chapter|Baustein|Modul|Module|Cover)\s+(?:\d{1,2}|[A-Z]|[IVX]{1,5}|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|eins|zwei|drei|vier|fünf|sechs)\b(?:\s*[-–—:.]\s*|\s+)",
        ),
        ("roman", 0, r"^[IVX]{1,5}\.(?:\s?[A-Z]\.)?(?:\s?\d{1,2}\.)?\s+(?=\S)"),
        (
            "article",
            10,
            r"^(?:Art\.|Artikel|Article|§{1,2}|Clause|Klausel)\s*\d{1,3}[a-z]?(?:\.\d{1,2})*\.?(?:\s*[-–—:]\s*|\s+|$)",
        ),
        ("paragraph", 30, r"^(?:Abs\.|Absatz|para\.?)\s*\d{1,2}\s+"),
        ("letter", 50, r"^(?:lit\.|Bst\.)\s*[a-z]\)?\s+"),
        ("number", 20, r"^(?:Ziff\.|Ziffer|Nr\.)\s*\d{1,2}(?:\.\d{1,2})*\.?\s+"),
        ("capital", 1, r"^[A-Z][\s.]?\d{1,2}(?:\.\d{1,2})*\.?\s+(?=\S)"),
        (
            "capital",
            1,
            r"^(?:[A-Z][.)]?|[IVX]{2,5})\s+(?=[A-ZÄÖÜ„\"«])",
        ),  # roman without a full stop, as `I` looks
        ("number", 20, r"^\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=\S)"),
        ("number", 20, r"^\d{1,2}\.?\s+(?=[A-ZÄÖÜ„\"«(])"),
        ("round", 40, r"^\(\d{1,2}\)\s+|^\d{1,2}\)\s+"),
        ("double", 60, r"^\(?(?:aa|bb|cc|dd|ee|ff|gg|hh)\)\s+"),
        ("small_roman", 65, r"^\((?:i{1,3}|iv|vi{0,3}|ix|x)\)\s+"),
        ("letter", 50, r"^\(?[a-z]\)\s+"),
        ("dotted", 55, r"^[a-z]\.\s+(?=[A-ZÄÖÜ“„\"])"),
    )
)

ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "exclusion",
            r"\bwhat(?:'s| (?:we|is|are|you|this))\b.{0,30}\bnot\b|^what(?:'s| is) excluded|\bnot (?:covered|insured|paid|included|payable|part of)\b|\bnicht (?:gedeckt|mitversichert|inbegriffen|eingeschlossen|enthalten)\w*|\bkeine?n? (?:\w+ )?(?:deckung|versicherung|\w*schutz|leistung\w*|anspruch|ersatz|entschädigung)\b|\bno (?:cover|benefit|payment|claim)s?\b|\bexclu\w+|^(?:exceptions?|ausnahmen?)\b|\bleer aus\b|\b(?:schutz|deckung|cover|leistung)\b[^.]{0,20}\b(?:endet|ends|stops|aufhört)\b|\bcan(?:'t|not) claim\b|\b(?:leave|leaves|left|ruled?) out\b|\boutside (?:the |this |our )?(?:cover|policy|scope)\b|\b(?:ausserhalb|außerhalb) (?:der|des) (?:\w*deckung|\w*schutzes)\b|^w(?:ann|o|ofür|as)\b[^.]{0,60}\bnicht\b|^w(?:hen|here|hat)\b[^.]{0,60}\bnot\b|\bausschl(?:u|ü)ss\w*|\bnicht versichert\w*|\bausgeschlossen\w*|\bwas (?:ist|sind|wir)\b.{0,40}\bnicht\b|\bnicht\b.{0,20}\b(?:versichert|gedeckt|bezahlt|übernommen|zahlen|leisten)|keine leistung|einschränkung\w* des versicherungsschutz|leistungsausschl|\bwe (?:do not|will not|don't|won't)\b|uninsured",
        ),
        (
            "definition",
            r"\bdefinition\w*|\bbegriff\w*|\bmeaning of words|\bglossar\w*|\bwords with special meaning|\binterpretation",
        ),
        (
            "condition",
            r"^(?:special |general |claims? )?conditions?\b|\bwhat we (?:ask|expect|need|require)\b|\bwas wir (?:von \w+ )?(?:erwarten|verlangen|brauchen)\b|\bclaims? settlement\b|\bsettl(?:ing|ement of) claims?\b|\bhow we (?:settle|pay) claims?\b|\bschadenregulierung\b|\bwas (?:ist|haben|müssen)\b.{0,40}\bzu (?:tun|beachten|melden|unternehmen)\b|\bobliegenheit\w*|\bpflichten\b|\bvoraussetzung\w*|\bvoraus\b|\bwarte(?:zeit|frist)(?:en)?$|\bwaiting (?:period|time)s?$|\byour duties\b|\bduties\b|\bwhat you (?:must|have to|need to)\b|\bwas (?:sie|müssen sie)\b.{0,30}\b(?:tun|beachten)|\bhow to claim\b|\bmaking a claim\b|\bim schadenfall\b|verhalten im|\bclaims procedure|\bwhen you claim|\bif you (?:need to )?claim",
        ),
        (
            "deductible",
            r"\bselbstbe(?:halt|teiligung)\w*$|^retention$|^excess(?:es)?$|\bdeductibles?$|^franchise\w*$",
        ),
        (
            "schedule",
            r"^(?:inner |sub-?)?limits?$|\btable of (?:benefits|cover|limits)|\bschedule\b|\bsummary of (?:cover|benefits|limits)|\bleistungs(?:übersicht|tabelle|verzeichnis)|\bübersicht\b|\bsummen?\b$|versicherungssummen|\bdeckungsübersicht|\bat a glance|\bin brief\b|\bim überblick\b|\bauf einen blick",
        ),
        (
            "general",
            r"\bgeneral\b|\bapply to (?:all|every|each)\b|\bgelten für alle\b|^(?:vertragspartner|versicherer|versicherungsträger|risikoträger)(?:in)?$|^(?:who we are|about us|(?:the |your )?insurer)$|\bthroughout\b|\bwhole policy\b|\ball sections\b|^price\b|^preise?\b|\bgemeinsame\b|\ballgemeine\w*\b|\bübergangsrecht|\bgeltungsbereich|\bschlussbestimmung\w*|\bterritorial|\bterms\b.{0,10}$|\bmiscellaneous|\bfor all sections|\bfür alle\b|^important\b|\bvertragsdauer|\bprämie\w*$|\bbeitrag\w*$|\bpremium\w*$|\bcomplaints?\b|\bbeschwerde\w*|\bcontact\b|\bkontakt\b|\bdata protection|\bdatenschutz|\bcancell(?:ing|ation of) (?:this|your|the) (?:policy|cover|contract)|\bkündigung|\brecht und gerichtsstand|\bapplicable law|\beinleitung|\bintroduction|\bwelcome",
        ),
        (
            "cover",
            r"\bwhat (?:we|is|are|you|this)\b|^what's (?:covered|included|insured)|^included\b|^inbegriffen\b|^gedeckt\b|\bdeckungsumfang|^your protection|^you(?:'re| are) covered|^we (?:will )?(?:cover|pay|insure)|^you (?:will be|are) insured|^(?:unsere|ihre) leistungen|^ihr schutz|\bversichert\w*\b|\bleistung(?:en)?\b|\bwas (?:ist|sind|wir)\b|\bleistungsumfang|\bumfang\b|^(?:your |our |the )?cover(?:age)?$|^(?:your |the )?benefits?$|^insured\b|\bwir (?:leisten|zahlen|ersetzen)|\bwe (?:will )?(?:pay|cover)\b|gegenstand der versicherung|^deckung\w*$",
        ),
    )
)


BOTH = re.compile(  # `Versicherte und nicht versicherte Sachen`: its lists say which
    r"\b(?:versichert|gedeckt|mitversichert|covered|insured|included|is|are)\w*\b,? (?:und|and|oder|or|bzw\.) (?:was |what )?(?:ist |is |are )?(?:\w+ )?(?:nicht|not|isn't|aren't)\b",
    re.IGNORECASE,
)


def role_of(title: str) -> str | None:
    """Return the part that a heading plays: cover, exclusion, condition, definition, schedule, general."""
    words = re.sub(r"^[IVX]{1,5}[.)]?\s+", "", title)
    if BOTH.search(words):
        return "cover"
    return next((name for name, pattern in ROLES if pattern.search(words)), None)


def label_of(text: str) -> tuple[str, str, float, int]:
    """Return a text's label, which numbering it is of, its rank, and where the words begin."""
    offset, label, name, rank = 0, "", "", 0.0
    for _ in range(3):
        for kind, level, pattern in LABELS:  # noqa: B007 - of the label that matches
            match = pattern.match(text[offset:])
            if (
                match
                and (kind != "bullet" or not label)
                and not (label and kind in ("capital", "roman", "number", "part"))
            ):
                break
        else:
            break
        label = f"{label} {match[0]}".strip() if kind != "bullet" and name != "bullet" else match[0].strip()
        name = kind
        rank = level + (0.1 * label.rstrip(". ").count(".") if kind in ("number", "capital") else 0)
        if kind == "capital" and re.search(r"\d", label):
            rank = 2 + 0.1 * (1 + label.count("."))
        offset += match.end()
    return label.rstrip(" -–—:"), name, rank, offset
