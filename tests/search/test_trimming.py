"""Nothing of a search tells what its reader may not know: random worlds against brute force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import api, service
from tests.search import feeds, questions, telling, worlds
from tests.search.worlds import World, examples

pytestmark = pytest.mark.django_db


@given(
    raws=worlds.raws,
    askers=st.lists(worlds.askers, min_size=1, max_size=3),
    question=questions.questions,
    advice=questions.advices,
    is_filed_anew=st.booleans(),
    is_lagging=st.booleans(),
)
@examples(120)
def test_an_answer_is_that_of_brute_force_over_what_is_readable(
    raws, askers, question, advice, is_filed_anew, is_lagging
):
    world = World(raws, is_filed_anew=is_filed_anew)
    questions.advise(world, advice, question)
    if is_lagging:
        world.let_passages_lag()
    for asker in askers:
        outcome = service.search(question.asked(is_exact=True), world.reader(asker))

        assert telling.said(outcome, question) == telling.expected(world, asker, question, advice)
        assert telling.strays(world, asker, outcome) == set()


@given(
    raws=worlds.raws,
    asker=worlds.askers,
    question=questions.mistyped,
    advice=questions.advices,
    is_lagging=st.booleans(),
)
@examples(80)
def test_a_correction_is_to_the_nearest_word_that_is_readable(
    raws, asker, question, advice, is_lagging
):
    world = World(raws)
    questions.advise(world, advice, question)
    if is_lagging:
        world.let_passages_lag()

    # What was corrected is remembered, and changes nothing.
    for _ in range(2):
        outcome = service.search(question.asked(), world.reader(asker))

        assert telling.said(outcome, question) == telling.corrected(world, asker, question, advice)
        assert telling.strays(world, asker, outcome) == set()


@given(
    raws=worlds.raws,
    asker=worlds.askers,
    typed=questions.begun,
    others=questions.others,
    is_lagging=st.booleans(),
)
@examples(60)
def test_titles_and_queries_that_are_suggested_are_readable_and_find_something_readable(
    raws, asker, typed, others, is_lagging
):
    world = World(raws)
    questions.note_often(others)
    if is_lagging:
        world.let_passages_lag()

    suggested = api.suggestions(typed, "fr", world.reader(asker))

    assert telling.suggestions(suggested) == telling.suggested(world, asker, typed, others, "fr")


@given(
    raws=worlds.raws,
    groups=st.frozensets(st.sampled_from(worlds.GROUPS)),
    question=questions.to_save,
)
@examples(40)
def test_a_search_feeds_its_owner_and_strangers_what_each_may_read(
    site, client, raws, groups, question
):
    world = World(raws)
    owner, stranger = world.asker_now(groups), world.asker_now(None)

    assert feeds.of_owner(client, world, owner, question) == telling.newest(world, owner, question)
    assert feeds.of_strangers(client, question) == telling.newest(world, stranger, question)
