"""No regular expression takes long on a text that was made to make it slow.

Times are this thread's processor time, the best of some: a busy machine does not fail it.
"""

from __future__ import annotations

import ast
import importlib
import re
import signal
import time
from contextlib import contextmanager

import pytest

from tests.contract.sources import modules
from tests.durations import processor_slowness
from workers.documents.understanding.sentences import LONGEST

# Rules that read wordings, in a child that has limits: lists of dozens of words, each tried at each place.
LIMITED = "workers.documents.understanding"
LENGTH = 20_000  # a linear pattern takes milliseconds for so much, a quadratic one near a second
LIMIT_S = 0.02  # of processor time, for one text, where a processor is as fast as goals say
SENTENCE_S = 0.05  # of a rule of wordings, for a sentence
# Of a rule of wordings for the whole text: most read sentences, which are cut at LONGEST, some read a
# passage however long. The slowest, amounts' PHRASE, takes .04 s, twice what it takes for half of it.
LINEAR_S = 0.1
STOP_S = 0.5  # of processor time: a quadratic pattern needs more
UNITS = (
    *" \t\n\r\u00a0\u3000",
    *"a1A_-.,:;|/\\\"'()[]{}<>=%&#@+*!?",
    "가", "ㅋ", "\u200b", "a ", "1 ", "1,", "1.", ", ", "a.", "ab", "a@", "-1", "()", "''", "\\\\", "<a ", "&a",
    "가 ", "년 ", "안 ", "\r\n", "\n ", "a\n", "1\n",
)  # fmt: skip
STARTS, ENDS = ("", "1", "a"), ("", "!", "x")


class TooSlow(Exception):
    """Raised when a pattern has had its time."""


@contextmanager
def time_limit(seconds):
    """Raise TooSlow after some seconds; the engine looks for signals while it works."""

    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)  # of processor time
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


WAYS = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")


def compiled_in(module, tree):
    """Yield each pattern of a module by its name, and constants that are handed to `re` in its code."""
    loaded = importlib.import_module(module)
    for name, value in vars(loaded).items():
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(each, re.Pattern):
                yield name, each
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{way}" for way in WAYS}:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield ast.unparse(node.func), re.compile(first.value)


def ways_in(tree):
    """Yield each name that a module calls a method of a pattern on, with the method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in WAYS:
            yield ast.unparse(node.value).rpartition(".")[2], node.attr


def uses(trees):
    """Return how names are used where they are made and where they are imported, by module and name."""
    used, imported = {}, []
    for module, tree in trees:
        for name, way in ways_in(tree):
            used.setdefault((module, name), set()).add(way)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                imported += [((node.module, each.name), (module, each.name)) for each in node.names]
    for origin, place in imported:
        if place in used:
            used.setdefault(origin, set()).update(used[place])
    return used


def patterns(*, limited=False):
    """Return all patterns of app and workers, or of wordings' rules: where each stands, and how it is used."""
    unique = {}
    trees = [
        (module, tree)
        for module, _, tree in modules("app", "workers")
        if module.startswith(LIMITED) is limited
    ]
    used = uses(trees)
    for module, tree in trees:
        if not any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in ast.walk(tree)):
            continue
        for name, pattern in compiled_in(module, tree):
            own = {name.removeprefix("re.")} if name.startswith("re.") else {"search"}
            called = used.get((module, name), own)
            ways = {way if way in {"match", "fullmatch"} else "search" for way in called}
            unique.setdefault(
                (pattern.pattern, pattern.flags, *sorted(ways)), (module, pattern, sorted(ways))
            )
    return list(unique.values())


def texts(pattern, length, *, starts=STARTS, ends=ENDS):
    """Yield texts of one unit over and over, as characters or as bytes."""
    for unit in UNITS:
        for start in starts:
            for end in ends:
                text = start + unit * (length // len(unit)) + end
                yield text if isinstance(pattern.pattern, str) else text.encode()


def seconds(pattern, ways, text):
    """Return the processor time that a pattern takes on a text, in each of some ways."""
    begun = time.thread_time()
    with time_limit(STOP_S):
        for way in ways:
            getattr(pattern, way)(text)
    return time.thread_time() - begun


def slow_text(pattern, ways, length=LENGTH, *, limit_s=LIMIT_S, **kinds):
    """Return the beginning of the first text on which a pattern takes too long, None where there is none."""
    for text in texts(pattern, length, **kinds):
        try:
            if seconds(pattern, ways, text) > limit_s and _is_slow(pattern, ways, text, limit_s):
                return text[:8]
        except TooSlow:
            return text[:8]
    return None


def _is_slow(pattern, ways, text, limit_s):
    """Say whether the best of some times is over the limit, as fast as the processor is now."""
    best = min(seconds(pattern, ways, text) for _ in range(5))
    return best > limit_s * processor_slowness()


def test_the_patterns_are_collected():
    assert len(patterns()) > 40
    assert slow_text(re.compile(r"\s*%?\s*x"), ["search"]) is not None


def test_no_pattern_that_checks_a_value_admits_a_line_feed_at_its_end():
    checking = [(module, each.pattern) for module, each, ways in patterns() if "search" not in ways]
    for module, _, tree in modules("app"):
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
        checking += [
            (module, call.args[0].value)
            for call in calls
            if ast.unparse(call.func).endswith("Regexp") and isinstance(call.args[0], ast.Constant)
        ]
    assert not [
        (module, pattern)
        for module, pattern in checking
        if module.startswith("app.") and str(pattern).endswith("$")
    ]


@pytest.mark.slow("tries every pattern on 400 texts of 20,000 characters each", minutes=2)
def test_no_pattern_is_slow_on_any_text():
    slow = [(module, pattern.pattern, slow_text(pattern, ways)) for module, pattern, ways in patterns()]
    assert not [each for each in slow if each[2] is not None]


@pytest.mark.slow(
    "tries every rule of wordings on 400 sentences, and on 50 texts of 20,000 characters", minutes=2
)
def test_no_rule_of_wordings_is_slow_on_a_sentence_nor_quadratic_on_a_text():
    rules = patterns(limited=True)
    assert len(rules) > 100
    slow = [
        (module, each.pattern, slow_text(each, ways, LONGEST, limit_s=SENTENCE_S))
        for module, each, ways in rules
    ]
    assert not [each for each in slow if each[2] is not None]
    kinds = {"limit_s": LINEAR_S, "starts": ("a",), "ends": ("x",)}
    slow = [(module, each.pattern, slow_text(each, ways, **kinds)) for module, each, ways in rules]
    assert not [each for each in slow if each[2] is not None]
