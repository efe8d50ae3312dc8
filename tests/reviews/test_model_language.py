import pytest
from safetensors.numpy import load_file

from workers.reviews import language
from workers.reviews.predictor import WORDS_FILE
from workers.weights import live_folder


@pytest.fixture(scope="module")
def known():
    return language.known_words(load_file(live_folder("reviews") / WORDS_FILE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The plot drags, but the acting is superb.", "en"),
        ("great", "en"),
        ("Terrible service!!", "en"),
        ("배우들 연기가 정말 좋았어요", "ko"),
        ("ㅋㅋㅋㅋ", "ko"),
        ("iPhone 케이스 별로예요", "ko"),
        ("Makanannya enak sekali dan pelayanannya cepat", "id"),
        ("Das Essen war leider kalt und der Kellner unfreundlich.", "de"),
        ("Le film est beaucoup trop long et très ennuyeux.", "fr"),
        ("La habitación estaba sucia y el personal fue grosero.", "es"),
        ("Мне очень понравился этот фильм, советую всем.", "ru"),
        ("この映画はとても面白かったです。", "ja"),
    ],
)
def test_the_language_is_told(known, text, expected):
    assert language.detect(text, known) == expected


@pytest.mark.parametrize("text", [":)", "10/10", "👍👍", "!!!"])
def test_signs_are_no_language(known, text):
    assert language.detect(text, known) == language.NO_LANGUAGE


@pytest.mark.parametrize("text", ["xqzt", "Qwrtz plmk"])
def test_a_few_unknown_words_are_no_language_of_ours(known, text):
    assert language.detect(text, known) not in {"en", "ko", "id"}


@pytest.mark.parametrize(("code", "base"), [("en-GB", "en"), ("EN_us", "en"), (" ko ", "ko")])
def test_a_code_is_reduced_to_its_language(code, base):
    assert language.base_code(code) == base
