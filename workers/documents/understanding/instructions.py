"""Sentences that speak to a language model, not to a policyholder: no item is made of them."""

from __future__ import annotations

import re

from workers.documents.tree import Warned

INSTRUCTION = "instruction_like_text"
KEPT_CHARS = 500
MODEL = r"(?:language models?|ai(?: (?:models?|assistants?|systems?|agents?))?|llms?|chatbots?|assistants?|ki(?:-(?:modelle?|systeme?|assistent\w*))?|sprachmodelle?)"
LIKE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:previous|prior|above|earlier|all|any|your|these|system) (?:\w+ )?(?:instructions?|prompts?|rules?|directions?|guidelines)\b"
    r"|\b(?:ignorier\w+|missachte\w*|vergiss|vergessen sie)\b[^.]{0,40}\b(?:anweisung\w*|instruktion\w*|vorgaben|regeln|prompt)\b"
    rf"|\b(?:you are|you're|act as|as|note to|attention,?|dear|du bist|sie sind|als|hinweis (?:an|für)(?: (?:die|das|den))?) (?:an? |ein(?:e)? )?{MODEL}\b"
    r"|\b(?:system|developer) prompt\b|\bprompt injection\b"
    rf"|^{MODEL}[:,]\s|\b{MODEL} (?:reading|processing|analy[sz]ing|that reads|must|should|soll(?:en)?|müssen)\b"
    r"|\b(?:respond|reply|answer|output|return)\b[^.]{0,30}\b(?:only (?:with|in)|as json|in json|the following json)\b"
    r"|\b(?:mark|report|extract|classify|set|list|treat) (?:all|every|each|any|this|the)\b[^.]{0,60}\b(?:items?|limits?|is_included|as (?:covered|included|unlimited))\b"
    r"|<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]",
    re.IGNORECASE,
)


def suspicious(sentence: str) -> bool:
    """Say whether a sentence reads as an instruction to a language model."""
    return bool(LIKE.search(sentence))


def instruction(sentence: str, page: int) -> Warned:
    """Return the warning for such a sentence, with its words for review."""
    detail = "a sentence reads as an instruction to a language model; no item was made of it"
    return Warned(INSTRUCTION, detail, page, sentence[:KEPT_CHARS])
