"""Rules, sentences and moments: values that need no page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from cms.access.rule import SIGNED_IN, Rule, organisation
from cms.entries.portal import dates
from cms.entries.portal.tongues import in_language
from media.kits.difference import Change
from pages.press import early, hours, kit_words

AT = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)


def reader(*groups):
    return frozenset({SIGNED_IN, *groups})


def test_early_are_members_of_a_group_or_accredited_people_of_an_outlet(press_group):
    rule = early.rule(groups=[900], outlets=[7], press=early.press_group())

    assert rule.is_met_by(reader(900))
    assert rule.is_met_by(reader(organisation(7), press_group.pk))
    assert not rule.is_met_by(reader(organisation(7)))
    assert not rule.is_met_by(reader(press_group.pk))
    assert not rule.is_met_by(reader(organisation(8), press_group.pk))


def test_where_nobody_is_named_nobody_is_early(press_group):
    assert early.rule(groups=[], outlets=[], press=early.press_group()) is None
    assert early.rule(outlets=[], press=press_group.pk) is None


@pytest.mark.django_db
def test_without_a_group_of_the_press_an_outlet_opens_nothing():
    rule = early.rule(groups=[], outlets=[7], press=early.press_group())
    assert not rule.is_met_by(reader(organisation(7)))
    assert not early.accredited(None).is_met_by(reader())
    assert early.rule(outlets=[7], press=None) & Rule() == early.rule(outlets=[7], press=None)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=1, hours=21, minutes=40), "in 1 day, 21 h 40"),
        (timedelta(days=3, minutes=5), "in 3 days, 0 h 05"),
        (timedelta(hours=2), "in 2 h 00"),
        (timedelta(minutes=5, seconds=59), "in 5 min"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(0), ""),
        (timedelta(seconds=-1), ""),
    ],
)
def test_how_long_it_is_until_the_hour(left, words):
    with translation.override("en"):
        assert hours.until(AT + left, AT).replace("\u00a0", " ") == words


def test_the_hour_is_named_with_its_town_and_its_seconds_where_it_has_some():
    end = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    with translation.override("en"):
        assert hours.exactly(end) == "Wednesday 25 November 2026, 09:00, Paris time"
        odd = hours.exactly(end + timedelta(seconds=30))
        assert odd == "Wednesday 25 November 2026, 09:00:30, Paris time"
        assert hours.shortly(end, AT) == "25 Nov, 09:00"
        assert hours.shortly(AT + timedelta(hours=1), AT) == "Today, 12:20"


def change(what, kind="photo", number=None, title="Extrait", fields=()):
    return Change(what, "a", kind, "x.jpg", title, number, tuple(fields))


def test_a_version_is_told_in_sentences():
    changes = [
        change("added", number=16),
        change("added", number=17),
        change("corrected", number=3, fields=["caption", "credit"]),
        change("replaced", kind="document", title="Dossier"),
        change("removed", title="Le rubis"),
    ]
    with translation.override("en"):
        assert kit_words.sentences(changes) == [
            "Photos 16 and 17 added.",
            "“Dossier” replaced by a new file.",
            "Photo 3: caption and credit corrected.",
            "Photo “Le rubis” taken out.",
        ]


def test_many_photos_are_counted_not_named():
    with translation.override("en"):
        changes = [change("added", number=n) for n in range(1, 24)]
        assert kit_words.sentences(changes) == ["23 photos added."]


def test_lengths_of_films():
    assert hours.running_time(118).replace("\u00a0", " ") == "1 h 58"
    assert hours.running_time(48).replace("\u00a0", " ") == "48 min"
    assert hours.running_time(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, ""), (0.2, "1 s"), (47.6, "48 s"), (60, "1 min"), (112, "1 min 52 s")],
)
def test_how_long_films_play(seconds, words):
    assert hours.lasting(seconds).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("tongue", "at", "words"),
    [
        ("en", AT, "today, 11:20"),
        ("fr", AT - timedelta(days=1), "hier, 11:20"),
        ("en", AT - timedelta(days=3), "Friday 20 Nov, 11:20"),
        ("fr", AT - timedelta(days=3), "vendredi 20 nov., 11:20"),
    ],
)
def test_a_moment_within_a_sentence_begins_as_its_language_writes_it(tongue, at, words):
    with translation.override(tongue):
        assert dates.within(dates.moment(at, AT)) == words


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "en", []),
        ("Avec le crédit.", "en", [("en", "Avec le crédit.")]),
        ("fr: Presse.\nen: Press.", "en", [("en", "Press.")]),
        ("FR : Presse.\nEN:Press.", "fr", [("fr", "Presse.")]),
        ("fr: Presse.", "en", [("fr", "Presse.")]),
        ("fr: Une.\nDeux.\nen: One.", "fr", [("fr", "Une.\nDeux.")]),
        ("NB: with the credit.", "en", [("en", "NB: with the credit.")]),
    ],
)
def test_a_text_of_the_library_is_read_in_the_language_that_is_asked_for(text, code, said):
    assert in_language(text, code) == said
