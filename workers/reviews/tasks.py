"""The tasks of the reviews system: one review at once, or files of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from itertools import chain, islice, tee
from typing import TYPE_CHECKING, Any

from app.http.errors import TaskError
from app.reviews import service, storing
from app.reviews.figures import SIDES, Figures
from app.reviews.sent import MOST_COLUMNS
from app.reviews.texts import MAX_TEXT
from app.reviews.vocabulary import UNREADABLE
from workers.reviews import judging, language
from workers.reviews.function_words import is_function_word
from workers.reviews.judging import review_of
from workers.reviews.predictor import SentimentPredictor
from workers.reviews.reading import rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Reading, Wanted, as_json
from workers.reviews.sentiment import DIGITS, SHARES, Judged, Review, Sentiment, rounded_shares
from workers.sdk.checkpoint import checkpoint
from workers.sdk.predictor import NotExplainable
from workers.sdk.prefetch import done_ahead
from workers.sdk.task import Answer, Document, InputFile, Run, Stored, Work
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from workers.reviews.judging import Asked

BLOCK_S, MOST_ROWS, LEAST_ROWS = 0.25, 2048, 32  # between two checkpoints, so that a slow model is seen too


@cache
def predictor(version: str) -> SentimentPredictor:
    """Return a version of the model, loaded once per process."""
    return SentimentPredictor.load(model_folder("reviews", version))


def warm(version: str) -> None:
    """Load a version of the model, and the model of languages that all versions share."""
    predictor(version).predict([Review("Lorem ipsum dolor sit amet, consectetur adipiscing elit")])


def answer_sentiments(inputs: Sequence[Any], options: Document, version: str) -> list[Document]:
    """Return one sentiment per review, with its words' contributions if the options ask for them."""
    model = predictor(version)
    reviews = [review_of(asked["text"], asked.get("language"), asked) for asked in inputs]
    results = [document(*pair) for pair in zip(reviews, model.predict(reviews), strict=True)]
    if options.get("explain"):
        results = [result | explained(model, review) for result, review in zip(results, reviews, strict=True)]
    return [with_warnings(result, asked) for result, asked in zip(results, inputs, strict=True)]


def with_warnings(result: Document, asked: Mapping[str, Any]) -> Document:
    """Return a result that says how much of a long text was judged."""
    amount = len(asked["text"])
    if not asked.get("truncate") or amount <= MAX_TEXT:
        return result
    message = f"Of {amount} characters the first {MAX_TEXT} were judged."
    return {**result, "warnings": [*result["warnings"], {"code": "truncated", "message": message}]}


def document(review: Review, sentiment: Sentiment) -> dict[str, Any]:
    """Return a sentiment as it is stored."""
    return {
        "label": sentiment.label,
        **rounded_shares(sentiment),
        "language": sentiment.language,
        "language_supported": sentiment.language_supported,
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "text": review.text[sentence.start : sentence.end],
                "label": sentence.label,
                **{name: round(getattr(sentence, name), DIGITS) for name in SHARES[:3]},
            }
            for sentence in sentiment.sentences
        ],
        "warnings": [],
    }


def explained(model: SentimentPredictor, review: Review) -> dict[str, Any]:
    """Return what words and figures of a text or its sentences add, or the warning that it cannot be told.

    What rounds to nothing is left out.
    """
    try:
        why = model.explain([review])[0]
    except NotExplainable:
        message = f"Version {model.card.version!r} of the model cannot say what each word contributes."
        return {"warnings": [{"code": "not_explainable", "message": message}]}
    return {
        "base": round(why.base, DIGITS),
        "contributions": [
            {**part, "start": start, "end": end}
            for part, (start, end) in zip(parts_of("word", why.contributions), why.places, strict=True)
            if part["contribution"]
        ],
        "features": [part for part in parts_of("feature", why.features) if part["contribution"]],
    }


def parts_of(kind: str, parts: Sequence[tuple[str, float]]) -> list[Document]:
    """Return parts of an explanation, rounded."""
    return [{kind: name, "contribution": round(amount, DIGITS)} for name, amount in parts]


def store_sentiments(session: Session, entries: Sequence[Stored]) -> None:
    """Store the sentiments of single reviews."""
    storing.store_sentiments(session, [(entry.job_id, entry.result) for entry in entries])


def fetch_sentiments(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, Document]:
    """Return the sentiments stored for single reviews."""
    return dict(storing.load_sentiments(session, job_ids))


@dataclass(frozen=True)
class OpenFile:
    """A file while it is read: what of it, its rows, and how many of its bytes were taken for them so far."""

    file: InputFile
    reading: Reading
    rows: Iterator[InputRow]
    bytes_read: Callable[[], int]


def judge_files(run: Run) -> None:
    """Judge every row of a job's files; each block is committed, and a retry goes on behind the last.

    Each file is read once, so that how many rows there are is told at the end, and progress is one of bytes.

    Raises:
        TaskError: none of the files can be read.
        Superseded: the job was taken away.

    """
    figures = figures_of(run)
    with _opened(run) as files:
        if not figures.files:
            figures.files = [_described(each) for each in files]
        _check_readable(figures.files)
        behind = figures.seen
        for each in files:
            behind -= sum(1 for _ in islice(each.rows, behind))
            _judge(run, figures, each)
    with checkpoint(run, processed=figures.seen, total=figures.seen, stage="store"):
        pass  # the rows are stored; how many there are is known from here on


def figures_of(run: Run) -> Figures:
    """Return the figures to go on with; what another version of the model judged is judged anew."""
    earlier = storing.load_figures(run.session, run.job.id)
    if earlier is not None and earlier.version == run.model_version:
        return earlier
    if earlier is not None:
        with checkpoint(run, processed=0) as session:
            storing.erase_rows(session, run.job.id)
    return Figures(version=run.model_version)


@contextmanager
def _opened(run: Run) -> Iterator[list[OpenFile]]:
    """Give a job's files, each open at its first row."""
    wanted = Wanted.of(run.job.options)
    with run.files() as files, ExitStack() as stack:
        yield [_open(stack, file, wanted) for file in files]


def _open(stack: ExitStack, file: InputFile, wanted: Wanted) -> OpenFile:
    """Open a file as the job's options say; one without a row that can be read is one row with an error."""
    try:
        opened = stack.enter_context(rows.opened(file.path, wanted))
        first = next(opened.rows, None)
    except UnreadableFileError as error:
        return _unreadable(file, Reading(None, error=str(error)))
    if first is None:
        return _unreadable(file, replace(opened.reading, error="it has headings and no rows"))
    return OpenFile(file, opened.reading, chain([first], opened.rows), opened.bytes_read)


def _unreadable(file: InputFile, reading: Reading) -> OpenFile:
    row = InputRow(0, None, f"the file cannot be read: {reading.error}")
    return OpenFile(file, reading, iter([row]), lambda: file.size)


def _described(opened: OpenFile) -> dict[str, Any]:
    """Return what is told of a file before its rows are read."""
    return {"file": opened.file.number, **asdict(opened.reading), "rows": 0}


def _check_readable(files: Sequence[Mapping[str, Any]]) -> None:
    """Raise TaskError when none of the files can be read."""
    if not all(file["error"] for file in files):
        return
    which = (
        "The file cannot be read:"
        if len(files) == 1
        else f"None of the {len(files)} files can be read; the first:"
    )
    raise TaskError(f"{which} {files[0]['error']}.", code=UNREADABLE)


def _judge(run: Run, figures: Figures, opened: OpenFile) -> None:
    """Judge the rows of one file and commit them block by block."""
    version, options, number = run.model_version, run.job.options, opened.file.number
    blocks, asked = tee(_blocks(opened, block_rows(predictor(version))))
    texts = ([(row.text, row.language) for row in block] for block, _ in asked)
    ahead = done_ahead(partial(judge, version, options), texts)
    # only texts cross to the processes that judge ahead, not the rows as they were sent
    for (block, read), (_, judged) in zip(blocks, ahead, strict=True):
        first = figures.seen
        _describe_block(figures.files[number], block)
        _count_block(figures, block, judged)
        stored = _stored(block, judged, (str(run.job.id), number), first)
        with checkpoint(run, processed=read, total=opened.file.total, stage="judge") as session:
            storing.store_rows(session, stored)
            storing.store_figures(session, run.job.id, figures)


def _blocks(opened: OpenFile, size: int) -> Iterator[tuple[list[InputRow], int]]:
    """Yield rows in lists of at most `size`, each with the bytes of all files that are read by then."""
    while block := list(islice(opened.rows, size)):
        yield block, opened.file.before + opened.bytes_read()


def _describe_block(file: dict[str, Any], block: Sequence[InputRow]) -> None:
    """Add rows to what is told of their file: their number, and fields that no object before them has."""
    if file["error"]:
        return
    file["rows"] += len(block)
    columns = dict.fromkeys(file["columns"])
    for row in block:
        if isinstance(row.sent, dict) and len(columns) < MOST_COLUMNS:
            columns |= dict.fromkeys(row.sent)
    file["columns"] = list(columns)[:MOST_COLUMNS]


def block_rows(model: SentimentPredictor) -> int:
    """Return how many rows a version judges in a fraction of a second, by its card."""
    speed = model.card.metrics["texts_per_second"]["batch_64"]
    return int(min(max(speed * BLOCK_S, LEAST_ROWS), MOST_ROWS))


def judge(version: str, options: Mapping[str, Any], texts: Sequence[Asked]) -> list[Judged | None]:
    """Return what is stored of each text's sentiment, in this process or in one that works ahead."""
    return judging.judge(predictor(version), options, texts)


def _count_block(figures: Figures, block: Sequence[InputRow], answers: Sequence[Judged | None]) -> None:
    """Count the rows of a block."""
    words: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for row, judged in zip(block, answers, strict=True):
        if judged is None:
            figures.failed += 1
            continue
        label = judged.label
        figures.count(label, None if label is None else getattr(judged, label), judged.language)
        if label in SIDES:
            words[label, judged.language].update(set(language.words_of(row.text or "")))
    for (label, code), texts in words.items():
        figures.count_words(label, {word: amount for word, amount in texts.items() if _tells(word, code)})


def _tells(word: str, code: str | None) -> bool:
    """Say whether a word may be one to show: a single letter is, where it is a syllable."""
    return (len(word) > 1 or not word.isascii()) and not is_function_word(word, code)


def _stored(
    block: Sequence[InputRow],
    answers: Sequence[Judged | None],
    place: tuple[str, int],
    first: int,
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as they are stored, in the order of storing.COLUMNS; `place` is their job and file."""
    job_id, number = place
    for position, (row, judged) in enumerate(zip(block, answers, strict=True), start=first):
        result = judged or Judged()
        sent = None if row.sent is None else as_json(row.sent)
        yield (job_id, position, number, row.index, row.text, *result, row.error, row.column, row.value, sent)


TASKS: Mapping[str, Answer | Work] = {
    service.SENTIMENT: Answer(answer_sentiments, store_sentiments, fetch_sentiments),
    service.SENTIMENTS: Work(judge_files),
}
