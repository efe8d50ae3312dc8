"""Daily records in, daily risks out: what the realtime lane asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from workers.mood.daily_records import history_of_records
from workers.mood.models import Models
from workers.mood.scoring import DayRisk, Risk, score
from workers.mood.wording import BASE
from workers.sdk.predictor import BadInput, Card, Explanation, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Records = tuple["Mapping[str, Any]", ...]  # as `POST /api/v1/mood/predict` takes them


@dataclass(frozen=True, slots=True)
class DatedRisk:
    """One date's risks with what explains them; None where the records do not reach."""

    date: str
    depression: Risk | None
    hypomanic: Risk | None
    mania: Risk | None
    confidence: float
    confidence_reasons: tuple[str, ...]
    explanation: tuple[str, ...]
    explanation_ko: tuple[str, ...]
    dlmo_h: float | None
    circadian_amplitude: float | None
    alert: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risks:
    """The risks of every date from the first record to the last."""

    days: tuple[DatedRisk, ...]


class MoodPredictor(Predictor[Records, Risks]):
    """Risks of people's days, by what their records say up to each."""

    def __init__(self, card: Card, models: Models) -> None:
        """Hold loaded models."""
        self.card = card
        self.models = models

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return a predictor of the models in `folder`, their files checked against the card."""
        return cls(read_checked(folder), Models.read(folder))

    def predict(self, batch: Sequence[Records]) -> list[Risks]:
        """Return one answer per person, in order."""
        return [Risks(tuple(_dated(each) for each in rows)) for rows in self._scored(batch)]

    def explain(self, batch: Sequence[Records]) -> list[Explanation]:
        """Return why each last date's depression risk is what it is, in log odds; nothing without one."""
        return [_explanation(rows) for rows in self._scored(batch)]

    def _scored(self, batch: Sequence[Records]) -> list[list[DayRisk]]:
        scores = []
        for index, records in enumerate(batch):
            try:
                history = history_of_records(records)
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(index, f"{error!r} in its records") from error
            scores.append(score(history, models=self.models))
        return scores


def _dated(row: DayRisk) -> DatedRisk:
    return DatedRisk(
        row.date.isoformat(),
        row.depression,
        row.hypomanic,
        row.mania,
        row.confidence,
        row.confidence_reasons,
        row.explanation,
        row.explanation_ko,
        row.dlmo_h,
        row.circadian_amplitude,
        row.alert,
    )


def _explanation(rows: Sequence[DayRisk]) -> Explanation:
    last = [each for each in (rows[-1].reasons if rows else ()) if each.risk == "depression"]
    base = sum(each.amount for each in last if each.name == BASE)
    parts = [(each.name, each.amount) for each in last if each.name != BASE]
    return Explanation(base, tuple(sorted(parts, key=lambda part: -abs(part[1]))))
