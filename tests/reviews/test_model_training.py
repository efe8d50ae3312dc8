import gzip
import json

import numpy as np
import pytest
import torch

from workers.reviews import features, finetuned, lexicon, minilm
from workers.reviews.linear import LinearModel
from workers.reviews.training import corpus, distil, measures, student, teacher
from workers.reviews.training.corpus import Row

pytestmark = pytest.mark.slow("trains models")

WORDS = lexicon.Lexicon({"good": 2.0, "lovely": 2.5, "bad": -2.5, "awful": -3.0, ":)": 2.0}, {"very": 0.3})
TEXTS = ["a good and lovely day", "a bad and awful day", "a day on the calendar", "not good at all :("]
LABELS = [2, 0, 1, 0]
ROWS = [Row(text, label, "en", "made") for text, label in zip(TEXTS, LABELS, strict=True)]


@pytest.fixture(scope="module")
def fitted():
    shares = torch.nn.functional.one_hot(torch.tensor(LABELS), 3).float()
    encoded = student.encode(TEXTS, "en", WORDS)
    return student.fit(encoded, student.Targets(shares, torch.ones(len(TEXTS))), epochs=60, rate=1e-2)


@pytest.fixture
def data(tmp_path):
    """A folder with 400 numbered rows of two sources, a fourth of them of one never trained on."""
    sources = ["made", "made", "made", min(corpus.UNTRAINED_SOURCES)]
    with gzip.open(tmp_path / "train_en.jsonl.gz", "wt", encoding="utf-8") as stream:
        for n in range(400):
            row = {
                "text": f"number {n} of the rows",
                "label": "neutral",
                "lang": "en",
                "source": sources[n % 4],
            }
            stream.write(json.dumps(row) + "\n")
    return tmp_path


def test_the_parts_divide_the_rows_without_overlap(data):
    parts = [corpus.read_part(data, "en", part) for part in (corpus.TRAIN, corpus.VALIDATION, corpus.TEST)]
    texts = [row.text for part in parts for row in part]
    assert len(texts) == len(set(texts)) == 400
    assert all(parts)


def test_a_source_of_unsettled_provenance_is_never_trained_on(data):
    for part in (corpus.TRAIN, corpus.VALIDATION):
        assert {row.source for row in corpus.read_part(data, "en", part)} == {"made"}


def test_texts_that_begin_alike_are_on_one_side():
    start = "The same forty letters and figures stand at the start of both"
    assert len({corpus.part_of(f"{start} {n}") for n in range(50)}) == 1
    assert corpus.part_of("Some, TEXT!") == corpus.part_of("some text")


def test_a_source_gives_no_more_rows_than_its_cap():
    rows = [Row(f"text {n}", 1, "en", "large" if n % 3 else "small") for n in range(300)]
    kept = corpus.capped(rows, 20, exceptions={"large": 30})
    assert sum(row.source == "small" for row in kept) == 20
    assert sum(row.source == "large" for row in kept) == 30
    assert kept == [row for row in rows if row in kept]
    assert corpus.capped(rows, 20, exceptions={"large": 30}) == kept


def test_the_student_learns_its_rows(fitted):
    learned = fitted(student.encode(TEXTS, "en", WORDS)).argmax(1)
    assert learned.tolist() == LABELS


def test_the_served_model_is_the_trained_one_but_for_rounding(fitted):
    texts = [*TEXTS, "VERY good!!! but awful", "words never seen", "___"]
    served = LinearModel(student.weights_of(fitted, 1.0), "en", WORDS).logits(texts)
    with torch.no_grad():
        trained = fitted(student.encode(texts, "en", WORDS)).numpy()
    assert served == pytest.approx(trained, abs=2e-3)  # the table is float16


def test_the_temperature_undoes_a_scale():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(4000, 3, generator=generator) * 2
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator).squeeze(1)
    assert student.temperature(logits * 2, labels) == pytest.approx(2.0, rel=0.08)


def test_chosen_texts_keep_their_features():
    encoded = student.encode(TEXTS, "en", WORDS)
    chosen = encoded.take(torch.tensor([2, 0]))
    alone = student.encode([TEXTS[2], TEXTS[0]], "en", WORDS)
    assert chosen.buckets.tolist() == alone.buckets.tolist()
    assert chosen.offsets.tolist() == alone.offsets.tolist()
    assert torch.equal(chosen.weights, alone.weights)
    assert torch.equal(chosen.lexicon, alone.lexicon)


def test_four_bits_keep_a_difference_to_a_fourteenth_of_its_groups_largest():
    difference = torch.randn(64, 32, generator=torch.Generator().manual_seed(1))
    pairs, scales = finetuned.packed(difference)
    assert (pairs.dtype, pairs.numel()) == (torch.uint8, difference.numel() // 2)
    error = (finetuned.unpacked(pairs, scales, difference.shape) - difference).abs().amax(1)
    assert (error <= difference.abs().amax(1) / 14 * 1.01).all()


def test_a_fine_tuned_model_is_restored_from_what_was_saved(tmp_path):
    model = minilm.load_base()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in (*model.layers.parameters(), *model.head.parameters()):
            weight.add_(torch.randn(weight.shape, generator=generator), alpha=0.01)
    finetuned.save(model, tmp_path / "model.safetensors", temperature=1.5)
    restored = finetuned.FineTuned.load(tmp_path / "model.safetensors")
    assert restored.temperature == 1.5
    ids = [each.ids for each in minilm.load_tokenizer().encode_batch(TEXTS)]
    base = minilm.logits_of(minilm.load_base(), ids)
    wanted, given = minilm.logits_of(model.eval(), ids), minilm.logits_of(restored.model, ids)
    assert (given - wanted).abs().max() < 0.2 * (wanted - base).abs().max()


def test_a_finished_fine_tuning_is_read_back(tmp_path):
    run = teacher.Run(1, order=1, epochs=1, rows_per_source=100)
    first = teacher.fine_tune(ROWS * 10, tmp_path, run)
    checkpoint = tmp_path / "teacher-1.pt"
    written = checkpoint.stat().st_mtime_ns
    again = teacher.fine_tune(ROWS * 10, tmp_path, run)
    assert checkpoint.stat().st_mtime_ns == written
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
    assert not torch.equal(first.layers[0].inner.weight, minilm.load_base().layers[0].inner.weight)


def test_the_average_of_models_has_the_mean_of_their_weights():
    models = [minilm.MiniLM() for _ in range(2)]
    mean = teacher.averaged(models)
    expected = (models[0].head.weight + models[1].head.weight) / 2
    assert torch.allclose(mean.head.weight, expected)


def test_each_epoch_has_every_row_once():
    made = teacher.batches([n % 7 for n in range(1000)], 5)
    assert sorted(index for batch in made for index in batch) == list(range(1000))
    assert teacher.batches([n % 7 for n in range(1000)], 5) == made
    assert teacher.batches([n % 7 for n in range(1000)], 6) != made


def test_the_rate_warms_up_and_falls_to_nothing():
    rates = [teacher.rate_at(step, 100) for step in range(100)]
    assert rates[0] < rates[5] == pytest.approx(1.0)
    assert max(rates) <= 1.0
    assert rates[99] == pytest.approx(1 / 94)


def test_blocks_already_labelled_are_read_back(tmp_path):
    model = minilm.load_base().eval()
    first = distil.labels(model, TEXTS, tmp_path)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert torch.equal(distil.labels(model, TEXTS, tmp_path), first)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == files
    with torch.no_grad():
        model.head.weight += 1
    assert not torch.equal(distil.labels(model, TEXTS, tmp_path), first)


def test_the_rows_come_first_among_the_texts_to_label():
    texts = distil.transfer_texts(ROWS, WORDS)
    assert texts[: len(ROWS)] == TEXTS
    assert len(texts) == len(set(texts))
    assert {"lovely", "not lovely", "a good"} <= set(texts)


def test_emoticons_are_labelled_by_their_valence():
    texts, shares = distil.signs(lexicon.Lexicon({":)": 2.0, ":(": -1.0, "good": 2.0}, {}))
    assert texts[:2] == [":(", ":)"]
    assert shares[:2].argmax(1).tolist() == [0, 2]
    assert shares.sum(1).tolist() == pytest.approx([1.0] * len(texts))


def test_ratings_are_labelled_by_their_share_of_the_best():
    texts, shares = distil.signs(lexicon.Lexicon({}, {}))
    labels = dict(zip(texts, shares.argmax(1).tolist(), strict=True))
    asked = ("1 star", "two stars", "3 stars", "4/5", "five stars", "1/10", "5 out of 10", "10/10")
    assert [labels[text] for text in asked] == [0, 0, 1, 2, 2, 0, 1, 2]


def test_figures_of_a_known_confusion():
    shares = np.eye(3)[[0, 1, 2, 2]] * 0.8 + 0.2 / 3
    figures = measures.figures(shares, np.array([0, 1, 2, 0]))
    assert figures.accuracy == 0.75
    assert (figures.negative_f1, figures.neutral_f1, figures.positive_f1) == pytest.approx(
        (2 / 3, 1.0, 2 / 3)
    )
    assert figures.macro_f1 == pytest.approx(7 / 9)
    assert figures.binary == pytest.approx(2 / 3)
    assert figures.ece == pytest.approx(abs(0.75 - (0.8 + 0.2 / 3)))


def test_the_baselines_answer_as_they_should():
    texts = ["What a wonderful, lovely film!", "This is terrible, awful trash.", "The box is on the table."]
    for score in (measures.vader(), measures.text_blob()):
        assert score(texts).argmax(axis=1).tolist() == [2, 0, 1]
        assert score(texts).sum(axis=1) == pytest.approx(np.ones(3))


def test_the_installed_lexicon_has_words_emojis_and_boosters():
    vader = lexicon.read_vader()
    assert vader.valences["wonderful"] > 0 > vader.valences["awful"]
    assert vader.boosters["very"] > 0 > vader.boosters["slightly"]
    assert any(len(word) == 1 and not word.isalnum() for word in vader.valences)
    assert all(features.tokens(word) == [word] for word in vader.valences)
