"""Words that hold sentences together, by language: they say nothing of what is praised or blamed.

Where one side's texts are longer or speak of themselves, `and`, `not` or `you` stand in surely more of
them, so that no statistic leaves them out of the words shown for a side. Negators and words of degree
are among them: `not` and `very` say how, not what. Numbers, times and the things reviewed are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS: Mapping[str, frozenset[str]] = {
    "en": _words("""
        a about above after again against all almost already also although always am an and another any
        anybody anyone anything are arent around as at away back be became because become been before
        being below between both but by came can can't cannot cant come could couldnt did didnt do does
        doesnt doing done dont down during each either else enough even ever every everybody everyone
        everything few for from further get gets getting give go goes going gone got had has hasnt have
        havent having he he'd he'll he's her here hers herself him himself his how however i i'd i'll i'm
        i've if im in into is isnt it it'd it'll it's its itself ive just keep kept lot lots made make
        makes making many may maybe me might mine more most much must my myself near neither never no
        nobody none nor not nothing now of off often oh on once one ones only onto or other others
        otherwise ought our ours ourselves out over own per perhaps put quite rather really said same say
        says see seem seems seen shall she she'd she'll she's should shouldnt since so some somebody
        someone something sometimes somewhat still such take takes than that that's thats the their theirs
        them themselves then there there's these they they'd they'll they're they've thing things think
        this those though through thus till to together too took toward towards under unless until up upon
        us use used using usually very via want wants was wasnt way we we'd we'll we're we've well went
        were what what's whatever when where whether which while who who's whole whom whose why will with
        within without wont would wouldnt yes yet you you'd you'll you're you've your yours yourself
    """),
    "id": _words("""
        ada adalah agar akan aku anda apa apakah atas atau bagaimana bagi bahkan bahwa banyak baru
        beberapa begini begitu belum berada bisa boleh buat bukan cuma dalam dan dapat dari daripada
        dengan depan di dia dong dulu enggak ga gak gue gw hanya harus hingga ia ingin ini itu iya jadi
        jangan jika juga kalau kalian kalo kami kan karena kata ke kemudian kenapa kepada ketika kita kok
        lagi lah lain lalu lebih lo maka malah mana masih mau melainkan memang mereka merupakan mungkin
        nah namun nanti ngga nggak nih nya oleh orang pada padahal paling para pas pernah pun saat saja
        salah sambil sampai sangat satu saya se sebab sebagai sebelum sebuah sedang sehingga sejak sekali
        sekalian sekarang selalu selama semacam semua sendiri seorang seperti sering serta sesuai setelah
        setiap si siapa sih sini suatu sudah supaya tak tapi tdk telah tentang ternyata tersebut terus
        tetap tetapi tiap tidak tuh udah untuk ya yaitu yang yg
    """),
    "ko": _words("""
        가장 같다 같은 같이 걍 거 거의 걸 것 것도 것은 것을 것이 게 결국 계속 고 그 그게 그나마
        그냥 그닥 그래도 그래서 그러나 그런 그런데 그럼 그렇게 그리고 그만 근데 꼭 나 나는 난 내
        내가 너무 너무너무 넘 네 누가 는 늘 다 다들 다른 다만 다시 대한 더 더욱 도 도대체 되게 된
        될 두 들 듯 등 따라 때 때문에 또 또한 를 마치 많은 많이 매우 먼저 모두 모든 못 무슨 무척
        뭐 뭔가 및 바로 밖에 별로 보고 보는 보다 본 봐도 부터 뿐 새 서 수 쉽게 아 아니 아니고
        아니다 아닌 아무 아주 아직 아직도 안 암튼 약간 어느 어떤 어떻게 언제 얼마나 엄청 없고 에
        여기 여기서 여러 역시 와 왜 왠지 요 우리 은 을 의 이 이거 이건 이걸 이게 이런 이렇게 이미
        이번 이제 일단 있고 있는 있다 자꾸 자주 잘 저 저는 저런 전 전혀 점 점도 점은 정도 정말
        정말로 제 제가 제발 제일 조금 좀 좀더 주는 지 지금 진심 진심으로 진짜 진짜로 차라리 참
        참으로 큰 특히 하 한 한번 할 함 함께 해 해서 혹시 확실히 후
    """),
}
_NONE: frozenset[str] = frozenset()


def is_function_word(word: str, language: str | None) -> bool:
    """Say whether a lower-case word of a language holds sentences together."""
    return word in WORDS.get(language or "", _NONE) or (language == "en" and word.endswith("n't"))
