"""What the bench asks: what every front end needs, as whoever is easy and hard to serve."""

from random import Random

import pytest

from bench import cases
from bench.world import World

WORLD = World(5000, 100)
NEEDED = ("list", "topic", "detail", "by-path", "home", "portal")


@pytest.mark.parametrize("name", NEEDED)
def test_what_front_ends_need_is_asked_as_three_readers_with_and_without_kept_answers(name):
    asked = {(row.reader, row.cache) for row in cases.rows(WORLD, [name])}

    readers = ("anonymous", "employee", "archive")
    assert {(reader, cache) for reader in readers for cache in ("off", "on")} <= asked


@pytest.mark.parametrize("name", ["detail", "by-path", "portal"])
def test_a_reader_is_asked_for_what_they_may_read(name):
    for row in cases.rows(WORLD, [name]):
        assert len(set(row.paths)) > 20, row.reader
        keys = {path.rstrip("/").rpartition("/")[2].rpartition("-")[2] for path in row.paths}
        gates = {WORLD.facts(int(key), Random()).gate for key in keys}
        assert gates <= {WORLD.PUBLIC, *WORLD.gates_of(row.reader)}
