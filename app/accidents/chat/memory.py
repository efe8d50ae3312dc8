"""What a conversation has come to, made again from its questions: nothing of it is kept anywhere else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.accidents.chat.answers.talk import Memory, remembered
from app.accidents.chat.grammar.vocabulary import Vocabulary, vocabulary
from app.accidents.datasets.evidence import Table

MOST_QUESTIONS = 8  # of a conversation that are read again: a follow-up of more than that begins anew
_MOST_VOCABULARIES = 16


@dataclass
class Vocabularies:
    """The vocabularies of the versions asked last; making one takes a tenth of a second."""

    kept: OrderedDict[tuple[str, int], Vocabulary] = field(default_factory=OrderedDict)

    def of(self, table: Table, name: str) -> Vocabulary:
        """Return the vocabulary of a version of a data set."""
        key = (table.id, table.version)
        if key not in self.kept:
            self.kept[key] = vocabulary(table.profile, name)
        self.kept.move_to_end(key)
        while len(self.kept) > _MOST_VOCABULARIES:
            self.kept.popitem(last=False)
        return self.kept[key]

    def forget(self, dataset_id: UUID) -> None:
        """Drop what is kept of a data set."""
        for key in [key for key in self.kept if key[0] == str(dataset_id)]:
            del self.kept[key]


vocabularies = Vocabularies()


def recall(questions: Sequence[str], words: Vocabulary) -> Memory:
    """Return what questions have come to, the last of them first to count."""
    memory = Memory()
    for question in questions[-MOST_QUESTIONS:]:
        memory = remembered(question, words, memory, predicts=True)
    return memory
