"""Records of outside systems: what is stored, what is refused and why."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms.entries.models import Change, Entry, Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingest(api, site, make_user, token_of):
    """Send records as a machine with the ingest scope."""
    token = token_of(make_user("machine@cabestan.example"), "ingest")

    def send(*items, source="orders"):
        return api.post(f"records/{source}", json.dumps({"items": list(items)}), token=token)

    return send


def record(**changes):
    """A good record, with changes. A value of None takes the field away."""
    good = {
        "id": "FR-2201",
        "type": "order",
        "locale": "fr",
        "title": "Commande 2201",
        "summary": "Douze présentoirs",
        "body": "Premier paragraphe.\n\nSecond <b>paragraphe</b>.",
        "topics": ["presentoirs"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def result(answer):
    assert answer.status_code == 200, answer.content
    (item,) = answer.json()["items"]
    return item


def test_a_record_becomes_an_entry(ingest, api):
    assert result(ingest(record())) == {
        "id": "FR-2201",
        "status": "stored",
        "key": "orders-FR-2201",
    }

    entry = api.get("entries/orders-FR-2201").json()
    assert entry["title"] == "Commande 2201"
    assert entry["published_at"] == "2026-11-20T09:00:00Z"
    assert entry["url"] == "/fr/e/orders-FR-2201/"
    assert entry["body"] == [
        {
            "type": "text",
            "id": "text",
            "value": "<p>Premier paragraphe.</p><p>Second &lt;b&gt;paragraphe&lt;/b&gt;.</p>",
        }
    ]
    listed = api.get("entries?type=order&topic=presentoirs&locale=fr").json()["items"]
    assert [item["key"] for item in listed] == ["orders-FR-2201"]


def test_a_record_sent_again_is_unchanged_and_changed_ones_are_updated(ingest, api):
    ingest(record())
    number = Change.objects.last().number

    assert result(ingest(record()))["status"] == "unchanged"
    assert Change.objects.last().number == number
    assert result(ingest(record(title="Commande 2201 bis")))["status"] == "stored"

    assert api.get("entries/orders-FR-2201").json()["title"] == "Commande 2201 bis"


def test_a_record_without_a_date_keeps_the_one_it_had(ingest, api):
    ingest(record(published_at=None))
    before = api.get("entries/orders-FR-2201").json()["published_at"]

    assert result(ingest(record(published_at=None)))["status"] == "unchanged"
    ingest(record(published_at=None, title="Autre"))

    assert api.get("entries/orders-FR-2201").json()["published_at"] == before


def test_a_deleted_record_is_gone(ingest, api):
    ingest(record())

    assert result(ingest({"id": "FR-2201", "deleted": True}))["status"] == "deleted"

    assert api.get("entries/orders-FR-2201").status_code == 404
    assert Change.objects.last().kind == "gone"


def test_readers_are_an_and_of_ors(ingest, api, make_user, token_of, staff, press):
    from django.contrib.auth.models import Group

    france = Group.objects.create(name="France")
    ingest(record(readers=[["Salariés", "Presse"], ["France"]]))
    people = {
        "both": make_user("a@cabestan.example", groups=[staff, france]),
        "other": make_user("b@cabestan.example", groups=[press, france]),
        "half": make_user("c@cabestan.example", groups=[staff]),
    }

    found = {
        name: api.get("entries/orders-FR-2201", token=token_of(user)).status_code
        for name, user in people.items()
    }

    assert found == {"both": 200, "other": 200, "half": 404}
    assert api.get("entries/orders-FR-2201").status_code == 404


def test_parts_stand_at_the_end_for_those_who_may_read_them(
    ingest, api, make_user, token_of, staff
):
    part = {"title": "Prix", "body": "12 €", "readers": [["Salariés"]]}
    ingest(record(parts=[part]))
    token = token_of(make_user(groups=[staff]))

    inside = api.get("entries/orders-FR-2201", token=token).json()["body"]
    outside = api.get("entries/orders-FR-2201").json()["body"]

    assert [block["type"] for block in inside] == ["text", "section"]
    assert inside[1]["title"] == "Prix"
    assert inside[1]["body"][0]["value"] == "<p>12 €</p>"
    assert [block["type"] for block in outside] == ["text"]


def test_an_embargo_holds_and_early_groups_need_not_wait(ingest, api, make_user, token_of, press):
    ingest(record(opens_at="2099-01-01T00:00:00Z", early=[["Presse"]]))
    token = token_of(make_user(groups=[press]))

    assert api.get("entries/orders-FR-2201").status_code == 404
    assert api.get("entries/orders-FR-2201", token=token).status_code == 200


def test_html_in_blocks_is_cleaned(ingest, api):
    dirty = '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x">b</a></p>'
    ingest(record(body=[{"type": "text", "value": dirty}]))

    (block,) = api.get("entries/orders-FR-2201").json()["body"]

    assert block["value"] == "<p>a<a>b</a></p>"


def test_blocks_of_other_types_are_data_for_other_front_ends(ingest, api, client):
    ingest(record(body=[{"type": "chart", "value": {"series": [1, 2]}}]))

    (block,) = api.get("entries/orders-FR-2201").json()["body"]

    assert (block["type"], block["value"]) == ("chart", {"series": [1, 2]})
    assert client.get("/fr/e/orders-FR-2201/").status_code == 200


BAD = {
    "no readers": (record(readers=None), "readers"),
    "unknown group": (record(readers=[["Nobody knows"]]), "readers"),
    "empty clause": (record(readers=[[]]), "readers"),
    "readers not a list": (record(readers="all"), "readers"),
    "flat readers": (record(readers=["Salariés"]), "readers"),
    "empty early": (record(early=[]), "early"),
    "unknown early": (record(early=[["Nobody knows"]]), "early"),
    "part without readers": (record(parts=[{"title": "x", "body": "y"}]), "parts.0.readers"),
    "part with more": (record(parts=[{"title": "x", "readers": [], "price": 3}]), "parts.0"),
    "unknown locale": (record(locale="xx"), "locale"),
    "a page's type": (record(type="article"), "type"),
    "bad type": (record(type="Order Type"), "type"),
    "no title": (record(title=None), "title"),
    "empty title": (record(title=" "), "title"),
    "long title": (record(title="x" * 301), "title"),
    "control character": (record(title="a\u0000b"), "title"),
    "no id": (record(id=None), "id"),
    "bad id": (record(id="a b/c"), "id"),
    "unknown field": (record(colour="red"), "colour"),
    "naive moment": (record(published_at="2026-01-01T00:00:00"), "published_at"),
    "bad moment": (record(opens_at=12), "opens_at"),
    "closes before it opens": (
        record(opens_at="2026-02-01T00:00:00Z", closes_at="2026-01-01T00:00:00Z"),
        "closes_at",
    ),
    "bad url": (record(url="javascript:alert(1)"), "url"),
    "bad topics": (record(topics=["Two words"]), "topics"),
    "bad block": (record(body=[{"kind": "text"}]), "body.0"),
    "a table without rows": (record(body=[{"type": "table", "value": {"rows": "x"}}]), "body.0"),
    "a text that is none": (record(body=[{"type": "text", "value": 3}]), "body.0"),
    "a control character deep down": (
        record(body=[{"type": "chart", "value": {"a": ["x\u0000"]}}]),
        "body.0",
    ),
    "updates block": (record(body=[{"type": "updates", "value": 5}]), "body.0"),
    "section block": (record(body=[{"type": "section", "value": "x"}]), "body.0"),
    "not an object": ("text", ""),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_refused_by_field_and_leaves_nothing(ingest, staff, case):
    bad, field = BAD[case]
    before = (Entry.objects.count(), Part.objects.count(), Change.objects.count())

    item = result(ingest(bad))

    assert item["status"] == "refused"
    assert field in {error["field"] for error in item["errors"]}
    assert all(error["message"] for error in item["errors"])
    assert (Entry.objects.count(), Part.objects.count(), Change.objects.count()) == before


def test_each_item_is_answered_for_itself(ingest, api):
    items = [record(id="1"), record(id="2", title=None), record(id="3"), "x"]

    answer = ingest(*items).json()["items"]

    assert [item["status"] for item in answer] == ["stored", "refused", "stored", "refused"]
    assert [item["id"] for item in answer] == ["1", "2", "3", None]


def test_the_last_word_on_an_id_counts(ingest, api):
    ingest(record(title="Premier"), record(title="Dernier"))

    assert api.get("entries/orders-FR-2201").json()["title"] == "Dernier"


def test_a_source_cannot_take_another_sources_key(ingest, api):
    ingest(record(id="b-1"), source="a")

    item = result(ingest(record(id="1", title="Volé"), source="a-b"))

    assert item["status"] == "refused"
    assert api.get("entries/a-b-1").json()["title"] == "Commande 2201"


def test_a_source_cannot_have_the_name_of_a_page_type(ingest):
    assert ingest(record(), source="article").status_code == 422
    assert ingest(record(), source="Not-A-Slug").status_code == 422


def test_more_than_a_thousand_are_refused_whole(ingest):
    answer = ingest(*[record(id=str(number)) for number in range(1001)])

    assert answer.status_code == 422
    assert Entry.objects.filter(source="orders").count() == 0


@pytest.mark.parametrize("body", ["", "[]", "{", '{"items": 3}', '{"items": [], "more": 1}'])
def test_a_body_that_is_not_a_batch_is_422(api, site, make_user, token_of, body):
    token = token_of(make_user(), "ingest")

    assert api.post("records/orders", body, token=token).status_code == 422


def test_only_a_token_with_the_scope_may_send(api, site, make_user, token_of, client):
    user = make_user()
    body = json.dumps({"items": [record()]})

    assert api.post("records/orders", body).status_code == 403
    assert api.post("records/orders", body, token=token_of(user)).status_code == 403
    client.force_login(user)
    session = client.post("/api/v1/records/orders", body, content_type="application/json")
    assert session.status_code == 403
    assert Entry.objects.filter(source="orders").count() == 0


@pytest.fixture
def jsonl(tmp_path):
    def write(*items):
        path = tmp_path / "records.jsonl"
        lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_a_file_is_loaded_line_by_line(site, jsonl, capsys):
    call_command("records", "load", "orders", jsonl(record(id="1"), record(id="2")))

    assert capsys.readouterr().out.startswith("2 stored, 0 unchanged")
    assert Entry.objects.filter(source="orders").count() == 2


def test_bad_lines_are_named_and_skipped_and_the_exit_code_says_so(site, jsonl, capsys):
    path = jsonl(record(id="1"), "not json", record(id="3", title=None))

    with pytest.raises(CommandError, match="2 lines were skipped"):
        call_command("records", "load", "orders", path)

    told = capsys.readouterr().err
    assert "line 2" in told
    assert "line 3, id 3: title" in told
    assert Entry.objects.filter(source="orders").count() == 1


def test_a_sweep_removes_what_the_file_no_longer_has(site, jsonl, capsys):
    call_command("records", "load", "orders", jsonl(record(id="1"), record(id="2")))
    call_command("records", "load", "other", jsonl(record(id="9")))

    call_command("records", "load", "orders", jsonl(record(id="2")), sweep=True)

    keys = set(Entry.objects.exclude(source="").values_list("key", flat=True))
    assert keys == {"orders-2", "other-9"}
    assert "1 swept" in capsys.readouterr().out


def test_a_sweep_does_not_take_what_could_not_be_read_for_gone(site, jsonl):
    call_command("records", "load", "orders", jsonl(record(id="1"), record(id="2")))

    with pytest.raises(CommandError, match="Nothing was swept"):
        call_command("records", "load", "orders", jsonl(record(id="2"), "broken"), sweep=True)

    assert Entry.objects.filter(source="orders").count() == 2
