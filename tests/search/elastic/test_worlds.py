"""The same random worlds as in ``tests.search.test_trimming``, asked of a live server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import api, service
from search.engines import breaker
from tests.search import feeds, questions, telling, worlds
from tests.search.worlds import World, examples

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


def indexed(raws, index):
    """A world that the server knows, and nothing else."""
    breaker.forget()
    world = World(raws)
    index.empty()
    index.file(world.ids)
    return world


@given(
    raws=worlds.raws,
    askers=st.lists(worlds.askers, min_size=1, max_size=4),
    question=questions.questions,
    advice=questions.advices,
)
@examples(100)
def test_an_answer_is_that_of_brute_force_over_what_is_readable(
    index, raws, askers, question, advice
):
    world = indexed(raws, index)
    questions.advise(world, advice, question)
    for asker in askers:
        outcome = service.search(question.asked(is_exact=True), world.reader(asker))

        assert (outcome.engine, outcome.is_degraded) == ("elasticsearch", False)
        assert telling.said(outcome, question) == telling.expected(world, asker, question, advice)
        assert telling.strays(world, asker, outcome) == set()


@given(
    raws=worlds.raws,
    asker=worlds.askers,
    question=questions.mistyped,
    advice=questions.advices,
)
@examples(60)
def test_a_correction_is_to_the_nearest_word_that_is_readable(index, raws, asker, question, advice):
    world = indexed(raws, index)
    questions.advise(world, advice, question)

    outcome = service.search(question.asked(), world.reader(asker))

    assert (outcome.engine, outcome.is_degraded) == ("elasticsearch", False)
    assert telling.said(outcome, question) == telling.corrected(world, asker, question, advice)
    assert telling.strays(world, asker, outcome) == set()


@given(raws=worlds.raws, asker=worlds.askers, typed=questions.begun, others=questions.others)
@examples(50)
def test_titles_and_queries_that_are_suggested_are_readable_and_find_something_readable(
    index, raws, asker, typed, others
):
    world = indexed(raws, index)
    questions.note_often(others)

    suggested = api.suggestions(typed, "fr", world.reader(asker))

    assert breaker.state("elasticsearch").failures == 0
    assert telling.suggestions(suggested) == telling.suggested(world, asker, typed, others, "fr")


@given(
    raws=worlds.raws,
    groups=st.frozensets(st.sampled_from(worlds.GROUPS)),
    question=questions.to_save,
)
@examples(40)
def test_a_search_feeds_its_owner_and_strangers_what_each_may_read(
    site, client, index, raws, groups, question
):
    world = indexed(raws, index)
    owner, stranger = world.asker_now(groups), world.asker_now(None)

    assert feeds.of_owner(client, world, owner, question) == telling.newest(world, owner, question)
    assert feeds.of_strangers(client, question) == telling.newest(world, stranger, question)
    assert breaker.state("elasticsearch").failures == 0
