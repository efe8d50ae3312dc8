"""What may follow a Korean noun or stem: particles, the copula, endings."""

from __future__ import annotations

import re

from app.accidents.chat.grammar.hangul import letters

_PARTICLES = "은는이가을를의에도만과와랑로나"  # of one syllable
_LONGER = (
    "에서 에서는 에서의 에서도 에게 에는 에도 에만 에의 으로 으로는 으로의 로는 로만 까지 까지의 까지는 부터 부터는 부터의 보다 보다는 보다도 "
    "이랑 하고 처럼 같은 만의 만을 만은 만이 과의 와의 과는 와는 이나 이라는 라는 이란 란 라고 이라고 이라도 라도 들 들은 들의 들이 들을 "
    "대로 씩 씩은 마저 조차 밖에 뿐 인데 치고 짜리 짜리의 짜리인 간 간의 동안 동안의 된 한 될 할 됨 되는 하는 하던 되던 했던 됐던 됐을 했을 받은 당한 된다 한다 했나 됐나 했어 됐어 했나요 됐나요 했니 됐니 했는지 됐는지 했습니까 되었나요 되었어 하였나요 께서 님 님은 님의 별로는 별로의 요 이고 이며 이면 면 이거나 거나 든지 이든 든 에서만 으로만 만으로"
)
_COPULA = (
    "이야 야 이에요 예요 에요 이예요 입니까 입니다 인가 인가요 인지 인지는 인지를 인가용 일까 일까요 이었어 였어 이었나 였나 이었나요 였나요 "
    "이었지 였지 이지 지 이죠 죠 이었죠 였죠 이니 니 이냐 냐 인 인데요 일 이었던 였던 던 이었습니까 였습니까 이었습니다 였습니다 이다 다 "
    "인지요 이요 이었는지 였는지 인거야 인거지 인건가 이나요 나요 이네 네 이랍니까 이라면 라면 인 걸까 이었을까 였을까 이었을까요 였을까요"
)
PARTICLE = re.compile(
    f"(?:{'|'.join(sorted([*_LONGER.split(), *_COPULA.split(), *_PARTICLES], key=len, reverse=True))})"
    "(?:은|는|도|만|의|요)?"
)

# Endings as letters: past, future, then what closes or joins.
_TENSE = "ㅆ 았 었 였 했 ㅆ었 겠 았겠 었겠 셨 으셨"
_ENDS = (
    "ㄴ 은 는 던 ㄹ 을 기 ㅁ 음 고 고도 며 으며 면 으면 니 으니 냐 느냐 나 나요 ㄴ가 은가 는가 ㄴ가요 은가요 는가요 ㄴ지 은지 는지 ㄹ지 을지 "
    "ㄹ까 을까 ㄹ까요 을까요 어 아 여 어요 아요 여요 해 해요 요 다 습니다 ㅂ니다 습니까 ㅂ니까 지 지요 죠 네 네요 ㄴ데 은데 는데 ㄴ데요 은데요 "
    "는데요 거나 던가 던가요 던데 어서 아서 서 려면 으려면 려고 도록 게 게요 자 라 어라 아라 세요 으세요 셔요 십시오 주세요 줘 줘요 주라 줄래 "
    "줄래요 주겠니 주십시오 주시겠어요 주실래요 봐 봐요 보자 ㄹ래 을래 ㄹ수록 을수록 ㄴ다 는다 ㄴ다면 는다면 다면 자면 었니 았니 니까 으니까 "
    "ㄹ때 을때 ㄹ 때 을 때 ㄴ지요 은지요 는지요 ㄴ거야 은거야 는거야 ㄴ 거야 은 거야 는 거야 ㄴ건가요 은건가요 는건가요 ㄴ건지 라도 더라 더라도 "
    "더라고 ㄹ게 을게 달라 달라고 다오 주렴 주라고 ㄴ 지 ㄹ지도 ㄴ만큼 은만큼 는만큼 ㄴ적 은적 는적 ㄴ채 은채 는채"
)


def _alternatives(words: str) -> str:
    return "|".join(sorted((re.escape(letters(word)) for word in words.split()), key=len, reverse=True))


ENDING = re.compile(
    f"(?:{_alternatives(_TENSE)})*(?:{_alternatives(_ENDS)})?"
    f"(?:{_alternatives('은 는 이 가 을 를 도 만 의 에 로 요 에는 에서 만 들')})?"
)


def is_particle(text: str) -> bool:
    """Tell whether the rest of a word is a particle or a form of the copula."""
    return PARTICLE.fullmatch(text) is not None


def is_ending(stem: str, rest: str) -> bool:
    """Tell whether `rest`, letters, can follow a stem's letters to make a form of it."""
    return rest.startswith(stem) and ENDING.fullmatch(rest, len(stem)) is not None
