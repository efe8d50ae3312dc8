"""Rows to train on: what is wrong with a file of them is told with its line."""

from __future__ import annotations

import gzip
import json

import pytest

from workers.reviews.training import corpus
from workers.reviews.training.evaluate import evaluate


def written(path, lines):
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)
    return path


@pytest.mark.parametrize(
    "line", ['{"text": "Good."', '{"text": "Good."}', '{"text": 5, "label": "neutral"}', "[]", '"Good."']
)
def test_a_line_that_is_no_row_is_told_with_its_number(tmp_path, line):
    path = written(tmp_path / "train_id.jsonl.gz", ['{"text": "Good.", "label": "positive"}', line])
    with pytest.raises(ValueError, match=r"train_id\.jsonl\.gz, line 2: no row such as .*negative, neutral"):
        list(corpus.read_rows(path))


def test_rows_too_few_for_a_part_are_refused(tmp_path):
    text = next(f"text {n}" for n in range(99) if corpus.part_of(f"text {n}") == corpus.TRAIN)
    path = written(tmp_path / "train_ru.jsonl.gz", [json.dumps({"text": text, "label": "neutral"})])
    assert len(corpus.rows_of(path, corpus.TRAIN)) == 1
    assert corpus.rows_of(path, corpus.TEST) == []
    with pytest.raises(ValueError, match=r"train_ru\.jsonl\.gz has no row for validation"):
        corpus.rows_of(path, corpus.VALIDATION)


def test_a_folder_without_rows_is_not_measured_on(tmp_path):
    with pytest.raises(ValueError, match="has no rows to measure on"):
        evaluate(tmp_path)
