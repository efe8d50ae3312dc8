"""Say why a question is not answered, and what could be asked instead."""

from __future__ import annotations

from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.vocabulary import Vocabulary

_SAID: dict[Why, tuple[str, str]] = {
    Why.FORECAST: (
        "이 데이터는 지난 기록이라 앞날('{word}')은 답할 수 없습니다. 기록된 기간에 대해서는 물어보실 수 있습니다.",
        "The data records the past; it cannot say what is to come ('{word}'). Ask about the time that it covers.",
    ),
    Why.CAUSAL: (
        "이 데이터로는 원인이나 조치의 효과('{word}')를 답할 수 없습니다. 함께 나타난 수치는 비교해 드릴 수 있습니다.",
        "The data cannot show causes or the effect of a measure ('{word}'). I can compare what was recorded.",
    ),
    Why.OPINION: (
        "의견이나 추천('{word}')은 드릴 수 없습니다. 데이터의 수치만 답합니다.",
        "I give no opinion or advice ('{word}'), only figures of the data.",
    ),
    Why.OTHER_DATA: (
        "이 대화는 이 데이터 세트만 읽습니다. 다른 데이터나 다른 사람의 것은 보여 드릴 수 없습니다.",
        "This chat reads this data set alone; it cannot show other data or other people's.",
    ),
    Why.CODE: (
        "명령이나 SQL은 실행하지 않습니다. 데이터에 대한 질문만 답합니다.",
        "I run no commands and no SQL; I answer questions about the data.",
    ),
    Why.CHANGE_DATA: (
        "데이터를 바꾸거나 지우거나 보낼 수는 없습니다('{word}'). 읽기만 합니다.",
        "I cannot change, delete or send data ('{word}'); I only read it.",
    ),
    Why.UNKNOWN_WORD: (
        "'{word}'을(를) 이 데이터에서 찾지 못해 답하지 않았습니다.",
        "I could not place '{word}' in this data, so I do not answer without it.",
    ),
    Why.UNKNOWN_VALUE: ("{column}에는 '{word}' 값이 없습니다.", "{column} has no value '{word}'."),
    Why.AMBIGUOUS_COLUMN: (
        "'{word}'에 해당하는 열이 여럿입니다. 어느 것을 말씀하시나요?",
        "Several columns fit '{word}'. Which do you mean?",
    ),
    Why.AMBIGUOUS_VALUE: (
        "'{word}'은(는) 여러 열에 있는 값입니다. 어느 열을 말씀하시나요?",
        "'{word}' is a value of several columns. Which do you mean?",
    ),
    Why.NO_MEASURE: ("어느 숫자 열을 계산할지 말씀해 주세요.", "Which column of numbers do you mean?"),
    Why.NO_UNIT: (
        "'{word}' 단위로 바꿀 근거가 데이터에 없습니다.",
        "Nothing in the data converts to '{word}'.",
    ),
    Why.NO_DATES: ("이 데이터에는 날짜 열이 없습니다.", "This data has no column of dates."),
    Why.NO_SIDES: (
        "'{word}': 무엇과 무엇을 비교할지 말씀해 주세요. 예: 2016년 대비 2017년, 또는 월별 추이.",
        "'{word}': please say what is compared with what, as in from 2016 to 2017, or ask for a trend.",
    ),
    Why.NOTHING_ASKED: (
        "무엇을 알고 싶으신지 조금 더 말씀해 주세요.",
        "Please say what you would like to know.",
    ),
}
_OFFERS_COLUMNS = {Why.UNKNOWN_WORD, Why.NOTHING_ASKED, Why.NO_MEASURE}


def say(outcome: Open, lang: str, words: Vocabulary) -> str:
    """Return why there is no answer, with at most three suggestions."""
    ko = lang == "ko"
    text = _SAID[outcome.why][0 if ko else 1].format(word=outcome.word[:60], column=outcome.column)
    options = outcome.options[:3]
    if not options and outcome.why in _OFFERS_COLUMNS:
        options = tuple(column.source_name for column in words.profile.columns[:3])
    if not options:
        return text
    named = ", ".join(options)
    if outcome.why in {Why.UNKNOWN_WORD, Why.UNKNOWN_VALUE}:
        return f"{text} " + (
            f"혹시 이런 것을 찾으시나요: {named}?" if ko else f"Did you mean one of these: {named}?"
        )
    return f"{text} ({named})"
