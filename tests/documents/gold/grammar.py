"""A grammar of wordings: sentences of six lines of business, each with what it says as gold.

A production is `kind | sentence | facts`. `{a|b|c}` chooses, `<name>` expands, `[n]` draws an amount.
Facts are limits `value unit per role`, written behind `=>`, several parted by `;`.
"""

from __future__ import annotations

import re
from random import Random

DE_PERILS = [
    "Brand",
    "Blitzschlag",
    "Explosion",
    "Sturm",
    "Hagel",
    "Leitungswasser",
    "Einbruchdiebstahl",
    "Vandalismus",
    "Glasbruch",
    "Erdbeben",
    "Marderbiss",
    "Steinschlag",
]
EN_PERILS = [
    "fire",
    "lightning",
    "storm",
    "flood",
    "escape of water",
    "theft",
    "vandalism",
    "collision",
    "hail",
    "falling trees",
    "burst pipes",
    "riot",
]

LINES = {
    "motor-ch": dict(
        language="de-CH", currency="CHF", title="Allgemeine Bedingungen Motorfahrzeugversicherung «Fahrplus», Ausgabe 2026",
        segments=[("Motorfahrzeug-Haftpflicht", ["Haftpflicht"]), ("Teilkasko", ["Teilkasko"]), ("Vollkasko", ["Kollision"]), ("Insassen-Unfall", ["Unfall", "Insassen"]), ("Pannenhilfe", ["Assistance", "Pannenhilfe"])],
        things=["Scheibenbruch", "Schneerutsch", "Parkschäden", "mitgeführte Sachen", "das Abschleppen bis zur nächsten Werkstatt", "ein Ersatzfahrzeug", "Bergungskosten", "die Rückreise der Insassen", "Schäden durch Tiere", "Zubehör", "Heilungskosten der Insassen", "der Schlüsselersatz", "Fehlbetankung", "die Standgebühren"],
        bad=["Rennen und Trainingsfahrten", "Fahrten ohne gültigen Führerausweis", "Schäden durch Abnützung", "Betriebsschäden wie fehlendes Öl", "Schäden bei kriegerischen Ereignissen", "Fahrten in angetrunkenem Zustand", "Reifenschäden allein", "vorsätzlich herbeigeführte Ereignisse", "gewerbsmässige Personentransporte", "den Minderwert des Fahrzeugs"],
    ),
    "legal-de": dict(
        language="de", currency="EUR", title="Rechtsschutzversicherung – Bedingungen RS 11/2026",
        segments=[("Privat-Rechtsschutz", ["Privatrechtsschutz", "Privat"]), ("Berufs-Rechtsschutz", ["Beruf"]), ("Verkehrs-Rechtsschutz", ["Verkehr"]), ("Wohnungs-Rechtsschutz", ["Wohnung", "Miete"])],
        things=["die Vergütung eines Rechtsanwalts", "Gerichtskosten", "Kosten eines Sachverständigen", "eine Mediation", "Reisekosten zu einem ausländischen Gericht", "Strafkautionen als Darlehen", "Übersetzungskosten", "telefonische Erstberatung", "Kosten des Gegners", "Dolmetscherkosten", "Kosten der Zwangsvollstreckung"],
        bad=["Streitigkeiten um Bauvorhaben", "Spiel- und Wettverträge", "Patent- und Markenrecht", "Streitigkeiten unter Mitversicherten", "Ehescheidungen", "Kapitalanlagen", "Planfeststellungsverfahren", "vorsätzlich begangene Straftaten", "Halt- und Parkverstöße"],
    ),
    "liability-en": dict(
        language="en", currency="EUR", title="Public and Private Liability - Policy Conditions",
        segments=[("Family liability", ["liability", "family"]), ("Tenants' liability", ["tenant"]), ("Animals", ["animals", "pets"]), ("Water and environment", ["environment", "water"])],
        things=["bodily injury to third parties", "damage to rented rooms", "loss of keys entrusted to you", "damage caused by your dog", "legal defence costs", "damage to borrowed tools", "seepage of heating oil", "damage by children under seven", "volunteer work", "the cost of experts", "damage to hotel furnishings"],
        bad=["damage you cause on purpose", "the use of motor vehicles", "professional activities", "asbestos", "fines and penalties", "damage to your own property", "contractual penalties", "hunting and shooting", "gradual pollution", "aircraft and drones above 250 grams"],
    ),
    "health-ch": dict(
        language="de-CH", currency="CHF", title="Zusatzversicherung Gesundheit – Besondere Versicherungsbedingungen",
        segments=[("Ambulante Behandlungen", ["ambulant"]), ("Spital", ["Spital"]), ("Zahnbehandlungen", ["Zahn"]), ("Ausland", ["Ausland"])],
        things=["Brillen und Kontaktlinsen", "Komplementärmedizin", "Psychotherapie", "Impfungen", "Haushaltshilfe", "Kuren", "Transporte im Notfall", "Zahnstellungskorrekturen", "Gesundheitsförderung", "Vorsorgeuntersuchungen", "Medikamente ausserhalb der Liste", "Rücktransporte aus dem Ausland"],
        bad=["kosmetische Eingriffe", "Schlankheitskuren", "Folgen von Drogenkonsum", "Behandlungen durch Familienangehörige", "Krankheiten, die bei Abschluss bestanden", "Versuche der Forschung", "Sterilisationen", "wissenschaftlich nicht anerkannte Methoden"],
    ),
    "home-en": dict(
        language="en", currency="GBP", title="Homestead Insurance - what your policy says",
        segments=[("Buildings", ["buildings"]), ("Contents", ["contents"]), ("Home emergency", ["home emergency"]), ("Accidental damage", ["accidental damage"])],
        things=["replacing locks", "alternative accommodation", "frozen food", "garden plants", "tracing a leak", "architects' fees", "clearing debris", "a plumber at short notice", "bicycles away from home", "students' belongings", "title deeds", "visitors' belongings", "underground pipes"],
        bad=["wear and tear", "damage by insects", "sonic bangs", "wet or dry rot", "loss by deception", "faulty workmanship", "frost damage to swimming pools", "pollution", "theft by lodgers", "homes left unoccupied"],
    ),
    "travel-de": dict(
        language="de", currency="EUR", title="Reiseschutz Komfort – Versicherungsbedingungen",
        segments=[("Reiserücktritt", ["Reiserücktritt", "Rücktritt"]), ("Reisekranken", ["Reisekranken", "Krankheit"]), ("Reisegepäck", ["Gepäck", "Reisegepäck"]), ("Reiseabbruch", ["Reiseabbruch", "Abbruch"])],
        things=["Stornokosten", "ärztliche Behandlungen im Ausland", "den Krankenrücktransport", "verspätetes Gepäck", "Ersatzdokumente", "Umbuchungsgebühren", "Such- und Rettungseinsätze", "zusätzliche Übernachtungen", "schmerzstillende Zahnbehandlungen", "Sportgeräte", "die Überführung Verstorbener", "Telefonkosten"],
        bad=["Ereignisse, mit denen zu rechnen war", "Flugangst", "Pandemien", "Bargeld und Wertpapiere", "Extremsport", "Schäden durch liegen gelassene Sachen", "Reisen trotz Reisewarnung", "Kontrolluntersuchungen", "Verlust durch Vergessen"],
    ),
}  # fmt: skip

DE = [
    "B | <Thing> {ist|sind} bis [m] <per> {mitversichert|versichert|gedeckt}. => [m] CUR per",
    "B | Wir {übernehmen|vergüten|bezahlen|erstatten} <thing> bis {zu|höchstens|zum Betrag von} [m] <per>. => [m] CUR per",
    "B | Für <thing> {leisten wir|zahlen wir|erbringen wir} {höchstens|maximal|bis zu} [m]. => [m] CUR",
    "B | Versichert {ist|sind} auch <thing>{, wenn ein Arzt es anordnet|, soweit notwendig|}.",
    "B | Der Versicherungsschutz {umfasst|erstreckt sich auf} <thing>.",
    "B | Die Gesellschaft {entschädigt|ersetzt} <thing> zu [p] %, {höchstens|maximal} [m] <per>. => [p] %; [m] CUR per",
    "B | {Ersetzt|Übernommen|Vergütet} {wird|werden} <thing> {während|für} {höchstens|längstens} [d] Tagen. => [d] day",
    "B | Anspruch besteht auf <thing>.",
    "B | <Thing>: bis [m] <per>. => [m] CUR per",
    "B | <Thing> tragen wir ohne Begrenzung. => U",
    "L | Die {Entschädigung|Leistung} ist {auf|insgesamt auf} [m] <per> {begrenzt|beschränkt}. => [m] CUR per",
    "L | Unsere Gesamtleistung beträgt höchstens [m] <per>. => [m] CUR per",
    "L | Der {Selbstbehalt|Eigenanteil} beträgt [s] <per>. => [s] CUR per deductible",
    "L | Sie tragen von jedem Schaden [s] selbst. => [s] CUR event deductible",
    "L | Es gilt eine Wartezeit von [w] Monaten. => [w] month waiting_period",
    "L | Pro Versicherungsjahr werden höchstens [m] ausgerichtet. => [m] CUR year",
    "C | Sie müssen {den Schaden|jeden Unfall|einen Diebstahl} {unverzüglich|innert [k] Tagen|innerhalb von [k] Tagen} melden.",
    "C | Die versicherte Person ist verpflichtet, {die Rechnungen im Original einzureichen|alle Weisungen zu befolgen|den Schaden gering zu halten}.",
    "C | Voraussetzung für die Leistung ist {eine ärztliche Verordnung|die vorgängige Zustimmung der Gesellschaft|ein Polizeirapport}.",
    "C | Die Leistungen werden nur {bei Vorlage der Belege|in anerkannten Betrieben|gegen Quittung} erbracht.",
    "C | Der Schutz gilt nur {in Europa und den Mittelmeerrandstaaten|für Fahrten mit Zustimmung des Halters|ausserhalb des Wohnorts}.",
    "C | {Wird|Werden} {die Anzeigepflicht|Obliegenheiten} schuldhaft verletzt, kann die Leistung gekürzt werden.",
    "X | {Nicht versichert|Nicht gedeckt|Ausgeschlossen|Vom Schutz ausgenommen} sind <bad>.",
    "X | Kein {Anspruch|Versicherungsschutz} besteht {für|bei} <bad>.",
    "X | Für <bad> {leisten|zahlen} wir nicht.",
    "X | Die Gesellschaft haftet nicht für <bad>.",
    "N | {Die Prämie ist im Voraus zu bezahlen.|Es gilt schweizerisches Recht.|Für Fragen erreichen Sie uns unter 0800 123 456.|Der Vertrag verlängert sich jeweils um ein Jahr.}",
]
EN = [
    "B | We {will pay|pay|cover|also pay} for <thing> up to [m] <per>. => [m] CUR per",
    "B | <Thing> {is|are} {insured|covered} {up to|for up to|to a maximum of} [m]. => [m] CUR",
    "B | {You are covered|You are also covered} for <thing>{ anywhere in the world|}.",
    "B | This section {covers|includes|extends to} <thing>.",
    "B | We will arrange and pay for <thing>, {but not more than|up to} [m] <per> and [y] in any one year. => [m] CUR per; [y] CUR year",
    "B | <Thing> up to [m]. => [m] CUR",
    "B | We refund [p]% of the cost of <thing>, subject to a maximum of [m]. => [p] %; [m] CUR",
    "B | We meet the cost of <thing> for {up to|no more than|a maximum of} [d] days. => [d] day",
    "B | <Thing>: no limit applies. => U",
    "B | If {you suffer a loss|the insured event happens}, we will provide <thing>.",
    "L | The most we will pay <per> is [m]. => [m] CUR per",
    "L | Our liability {is limited to|shall not exceed} [m] <per>. => [m] CUR per",
    "L | {An excess of|A deductible of} [s] applies <per>. => [s] CUR per deductible",
    "L | You must pay the first [s] of {each|every} claim. => [s] CUR event deductible",
    "L | A waiting period of [w] months applies. => [w] month waiting_period",
    "C | You must {tell us within [k] days|report any theft to the police|keep all receipts|take reasonable care}.",
    "C | It is a condition of this cover that {the doors are locked|an alarm is fitted|you hold a valid licence}.",
    "C | Cover applies only {while you are at home|if the work is done by a qualified person|within the European Union}.",
    "C | We may {refuse|reduce} a claim if you {do not co-operate|give false information}.",
    "X | We {do not cover|will not pay for|do not insure} <bad>.",
    "X | <Bad> {is|are} {not covered|excluded|not insured}.",
    "X | There is no cover for <bad>.",
    "X | This insurance does not apply to <bad>.",
    "N | {Your premium is due each month.|English law applies to this contract.|Call us on 0800 555 0199.|We will answer complaints within 8 weeks.}",
]
DE_PER = [
    ("pro Ereignis", "event"),
    ("je Schadenfall", "event"),
    ("pro Person", "person"),
    ("pro Kalenderjahr", "year"),
    ("je Versicherungsjahr", "year"),
    ("pro Tag", "day"),
    ("pro Reise", "trip"),
    ("je Gegenstand", "item"),
    ("", ""),
]
EN_PER = [
    ("for any one claim", "event"),
    ("per event", "event"),
    ("per person", "person"),
    ("in any one year", "year"),
    ("per item", "item"),
    ("a day", "day"),
    ("for each trip", "trip"),
    ("", ""),
]
LEADS = {
    "de": [
        ("X", "{Nicht versichert sind|Ausgeschlossen sind Ansprüche aus|Keine Leistungen erbringen wir bei}"),
        ("B", "{Versichert sind|Wir übernehmen folgende Leistungen:|Die Versicherung deckt}"),
    ],
    "en": [
        ("X", "{We will not pay for|What is not covered:|This section does not cover}"),
        ("B", "{We will pay for|You are covered for:|This section covers}"),
    ],
}
HEADS = {
    "de": {"B": ["Versicherte Leistungen", "Was ist versichert?", "Umfang der Deckung"], "X": ["Ausschlüsse", "Was ist nicht versichert?", "Einschränkungen und Ausschlüsse"], "C": ["Pflichten im Schadenfall", "Obliegenheiten", "Was müssen Sie beachten?"], "L": ["Grenzen der Leistung", "Höchstleistungen"]},
    "en": {"B": ["What is covered", "What we pay for", "Your cover"], "X": ["What is not covered", "Exclusions", "What we do not pay for"], "C": ["Your duties", "Conditions", "What you must do"], "L": ["Limits", "How much we pay"]},
}  # fmt: skip


def expand(text: str, random: Random) -> str:
    """Return a sentence with its choices made."""
    while "{" in text:
        text = re.sub(r"\{([^{}]*)\}", lambda m: random.choice(m[1].split("|")), text, count=1)
    return text


def money(value: int, currency: str, language: str) -> str:
    """Return an amount as wordings of a language write it."""
    if language == "en":
        return f"£{value:,}" if currency == "GBP" else f"{currency} {value:,}"
    if language == "de-CH":
        return f"CHF {value:,}".replace(",", "'")
    return f"{value:,} EUR".replace(",", ".")


class Writer:
    """Draws sentences with their gold."""

    def __init__(self, line: str, seed: int) -> None:
        self.line = LINES[line]
        self.random = Random(seed)
        self.german = self.line["language"].startswith("de")
        self.rules = [
            tuple(part.strip() for part in rule.split("|", 1)) for rule in (DE if self.german else EN)
        ]
        self.things = self.random.sample(self.line["things"], len(self.line["things"]))
        self.bads = self.random.sample(self.line["bad"], len(self.line["bad"]))
        self.number = 0

    def thing(self) -> str:
        self.number += 1
        return self.things[self.number % len(self.things)]

    def bad(self) -> str:
        self.number += 1
        return self.bads[self.number % len(self.bads)]

    def amount(self) -> int:
        return self.random.choice(
            [
                200,
                300,
                500,
                750,
                900,
                1200,
                1500,
                2000,
                2500,
                3000,
                5000,
                8000,
                10000,
                25000,
                50000,
                250000,
                1000000,
            ]
        )

    def sentence(self, kind: str) -> tuple[str, list[dict]]:
        """Return a sentence of a kind and its limits."""
        pattern = self.random.choice([text for name, text in self.rules if name == kind])
        text, _, facts = pattern.partition("=>")
        text = expand(text.strip(), self.random)
        values = {
            "m": self.amount(),
            "y": self.amount() * 10,
            "p": self.random.choice([50, 60, 75, 80, 90]),
            "s": self.random.choice([50, 75, 100, 200, 300, 500]),
            "d": self.random.choice([10, 14, 21, 30, 60, 90]),
            "w": self.random.choice([3, 6, 12]),
            "k": self.random.choice([3, 5, 7, 14]),
        }
        per, basis = self.random.choice(
            [
                p
                for p in (DE_PER if self.german else EN_PER)
                if p[0]
                or (
                    "[s] <per>" not in text
                    and "pay <per>" not in text
                    and "applies <per>" not in text
                    and "exceed] [m] <per>" not in text
                )
            ]
        )
        text = text.replace("<per>", per)
        thing = self.thing()
        text = text.replace("<thing>", thing).replace("<Thing>", thing[0].upper() + thing[1:])
        bad = self.bad()
        text = text.replace("<bad>", bad).replace("<Bad>", bad[0].upper() + bad[1:])
        for name, value in values.items():
            shown = (
                str(value) if name in "pdwk" else money(value, self.line["currency"], self.line["language"])
            )
            text = text.replace(f"[{name}]", shown)
        text = re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s+", " ", text))
        limits = [self.limit(fact.strip(), values, basis) for fact in facts.split(";") if fact.strip()]
        return text, limits

    def limit(self, fact: str, values: dict[str, int], basis: str) -> dict:
        if fact == "U":
            return {"value": None, "unlimited": True}
        words = fact.split()
        gold = {
            "value": str(values[words[0].strip("[]")]),
            "unit": self.line["currency"] if words[1] == "CUR" else words[1],
        }
        for word in words[2:]:
            if word == "per":
                gold |= {"per": [basis]} if basis else {}
            elif word in ("event", "year", "person"):
                gold["per"] = [word]
            else:
                gold["role"] = word
        if gold.get("role"):
            gold["also"] = ["condition"]
        return gold
