"""The bench of search: its texts are like texts, its questions like questions, its sums right."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from bench import found, words
from bench.filling import Library
from bench.found import AS_TYPED, OVER_HTTP, Line, goals, percentile
from bench.questions import FREQUENT, KINDS, RARE, SAMPLE, SHARES, Question, Questions
from bench.searching import as_typed
from bench.world import World
from search.analysis import fold

WORLD = World(2000, 50)


@pytest.fixture(scope="module")
def questions():
    return Questions(WORLD)


def line(**values):
    usual = {"engine": "postgresql", "reader": found.USUAL, "kind": AS_TYPED, "number": 10}
    times = {"p50": 10.0, "p90": 20.0, "p99": 40.0, "ours": 2.0}
    return Line(**{**usual, **times, **values})


def test_few_words_stand_everywhere_and_most_nearly_nowhere():
    language, rng = words.language("fr"), Random(1)
    counted = Counter(language.text(rng, 60_000, []).lower().replace(".", "").split())
    ranked = [number for _, number in counted.most_common()]
    assert 0.3 < sum(ranked[:100]) / sum(ranked) < 0.7
    assert sum(number == 1 for number in ranked) / len(ranked) > 0.4
    assert len(ranked) > 8000


def test_a_text_dwells_on_its_subject():
    language, rng = words.language("en"), Random(2)
    subjects = language.subjects(rng)
    said = Counter(language.drawn(rng, 400, subjects))
    assert said[subjects[0]] >= 4


def test_texts_are_of_the_length_that_people_write_and_stay_the_same():
    library, rng = Library(WORLD), Random()
    lengths = []
    for number in range(1, 201):
        facts = WORLD.facts(number, rng)
        assert library.titled(number, facts) == library.titled(number, facts)
        lengths.append(len(library.titled(number, facts)[2].split()))
    assert 80 < sorted(lengths)[100] < 260
    assert max(lengths) > 3 * min(lengths)


def test_no_question_is_asked_twice_and_each_kind_is_there(questions):
    asked = questions.of_each_kind(12)
    assert len({one.text for one in asked}) == len(asked)
    assert Counter(one.kind for one in asked) == dict.fromkeys(KINDS, 12)


def test_words_are_as_frequent_as_their_kind_says(questions):
    share = Counter()
    for word, number in questions._have.items():
        share[fold(word)] += number / SAMPLE
    for _ in range(20):
        assert all(share[fold(word)] >= FREQUENT for word in questions.frequent().split())
        assert all(share[fold(word)] >= RARE for word in questions.middling().split())
    rare = [word for _ in range(40) for word in questions.rare().split()]
    assert sum(share[fold(word)] < RARE for word in rare) > 0.9 * len(rare) > 0


def test_a_slip_is_one_letter(questions):
    for word in ("présentoir", "bordereau", "release"):
        for _ in range(20):
            assert abs(len(questions._slipped(word)) - len(word)) <= 1
            assert questions._slipped(word)[0] == word[0]


def test_the_same_question_never_follows_itself():
    asked = [Question(kind, f"{kind} {number}") for kind in SHARES for number in range(2)]
    texts = as_typed(asked, 500)
    assert len(texts) > 300
    assert all(one != other for one, other in pairwise(texts))


def test_percentiles_are_values_that_were_measured():
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.99) == 100
    assert percentile([7], 0.99) == 7


def test_goals_say_what_is_met_and_what_is_missed():
    told = goals(
        [
            line(p50=14.0, p99=51.0),
            line(reader=found.NARROW, p50=29.0),
            line(kind=OVER_HTTP, rate=300.0),
            line(kind="rare", p50=900.0),
        ]
    )
    verdicts = [row.split("|")[3].strip() for row in told.splitlines()[2:]]
    assert verdicts == ["met", "missed", "missed", "missed"]


def test_a_run_that_was_kept_can_be_compared(tmp_path):
    file = tmp_path / "kept.json"
    found.save(file, {"cpu": "x"}, [line()])
    _, kept = found.read(file)
    assert kept == [line()]
    assert "2.00" in found.comparison(kept, [line(p50=20.0)])
