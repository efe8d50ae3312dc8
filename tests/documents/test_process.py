"""`flask process documents`: exit codes, several files, and how two wordings differ."""

from __future__ import annotations

import json
from pathlib import Path

from workers.documents import process as command
from workers.documents.analysis import analyse
from workers.documents.isolated import analyse_apart

HERE = Path(__file__).parent
OLD = "# A Hausrat\n\nFahrräder sind bis CHF 2'000 versichert.\n\nSchmuck ist bis CHF 5'000 versichert.\n\nNicht versichert ist Bargeld.\n"
NEW = "# A Hausrat\n\nFahrräder sind bis CHF 3'000 versichert.\n\nNicht versichert ist Bargeld.\n\nGlas ist bis CHF 800 versichert.\n"


def test_the_exit_code_tells_completed_partial_and_failed(tmp_path):
    out = tmp_path / "out.json"
    good, locked = HERE / "gold" / "travel-en.pdf", HERE / "cases" / "encrypted" / "needs-password.pdf"
    assert command.process([good], out).exit_code == 0
    assert json.loads(out.read_text())["outcome"] == "completed"
    assert command.process([HERE / "cases" / "mixed-languages" / "wording.pdf"], out).exit_code == 3
    assert command.process([good, locked], out).exit_code == 4
    assert [each["outcome"] for each in json.loads(out.read_text())["documents"]] == ["completed", "failed"]


def test_a_comparison_names_what_was_added_removed_and_changed():
    difference = command.compare_documents(analyse(OLD.encode()).as_json(), analyse(NEW.encode()).as_json())
    assert [each["quote"] for each in difference["removed"] if each["kind"] == "limit"] == [
        "Schmuck ist bis CHF 5'000 versichert."
    ]
    assert [each["quote"] for each in difference["added"] if each["kind"] == "limit"] == [
        "Glas ist bis CHF 800 versichert."
    ]
    changed = [each for each in difference["changed"] if each["after"]["kind"] == "limit"]
    assert [(each["fields"], each["before"]["value"], each["after"]["value"]) for each in changed] == [
        (["value"], "2000", "3000")
    ]


def test_a_comparison_names_what_an_amendment_takes_out_or_says_in_other_words():
    old = "# A Hausrat\n\nBargeld ist versichert.\n\nSie müssen den Diebstahl der Polizei melden.\n"
    new = "# A Hausrat\n\nBargeld ist nicht versichert.\n\nSie müssen den Diebstahl unverzüglich der Polizei melden.\n"
    trees = [analyse(words.encode()).as_json() for words in (old, new)]
    difference = command.compare_documents(*trees)
    changes = {each["before"]["quote"]: each["fields"] for each in difference["changed"]}
    assert changes == {
        "Bargeld ist versichert.": ["polarity"],
        "Sie müssen den Diebstahl der Polizei melden.": ["wording"],
    }
    assert difference["added"] == difference["removed"] == []
    assert command.compare_documents(trees[0], trees[0])["changed"] == []


def test_a_reader_that_dies_fails_one_document_and_no_more(tmp_path, monkeypatch):
    document = tmp_path / "wording.txt"
    document.write_text("Glas ist bis EUR 800 versichert.")
    monkeypatch.setattr(
        "workers.documents.isolated.analyse", lambda *_args, **_more: (_ for _ in ()).throw(MemoryError)
    )
    assert analyse_apart(document)["error"]["code"] == "document_damaged"
