"""The library's filters: each as a table against a plain oracle, combined as an intersection, and blind."""

import random
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import QueryDict

from records import actions as found
from records import full_text
from records.models import Match, Record
from reviews import actions, filter_words, filters, finding, marking, saved
from reviews.models import Later, SavedView, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.reviews.test_blinding import TWINS, masked

TA = StageName.TITLE_ABSTRACT


@pytest.fixture
def world(db):
    """The screened world with a language, a gap, a cut abstract, a note, a label and a card put off."""
    world = worlds.screened_world()
    change = {
        "echo": {"abstract": ""}, "golf": {"abstract_truncated": True}, "delta": {"language": "de"}, "foxtrot": {"doi": ""},
        "hotel": {"pmid": "123", "type": "report"},
    }  # fmt: skip
    for name, values in change.items():
        Record.objects.filter(work=world.works[name]).update(**values)
    actions.note(member=world.members["bo"], work_id=world.works["bravo"].pk, text="look again")
    world.label("bo", "charlie", "method")
    world.label("ann", "delta", "method")
    Later.objects.create(review=world.review, member=world.members["bo"], work=world.works["echo"], stage=TA)
    a, b = (Record.objects.filter(work=world.works[name]).first() for name in ("golf", "hotel"))
    match = Match.objects.create(library=world.library, record_a=a, record_b=b, score=0, probability=0.5, band="look")
    found.answer(by=world.people["ann"], match=match, answer="related", upstairs=InReviews())
    world.review.refresh_from_db()
    return world


def chosen(world, who, params):
    names = {work.pk: name for name, work in world.works.items()}
    return [names[work.pk] for work in filters.chosen(world.members[who], params)]


def label(world):
    return str(world.review.labels.get(folded="method").pk)


def search(world, source):
    return str(world.library.searches.get(source=source).pk)


ALL = set(worlds.NAMES)
# What bo, blinded, gets for each filter.
CASES = [
    ({"own": "exclude"}, {"bravo"}),
    ({"own": ["include", "exclude"]}, {"alpha", "bravo"}),
    ({"own": "maybe"}, set()),
    ({"own": "none"}, ALL - {"alpha", "bravo"}),
    ({"own": "later"}, {"echo"}),
    ({"own_full": "none"}, ALL),
    ({"note": "yes"}, {"bravo"}),
    ({"note": "no"}, ALL - {"bravo"}),
    ({"label": label}, {"charlie"}),
    ({"label": "none"}, ALL - {"charlie"}),
    ({"reason": lambda w: str(w.reason("population").pk)}, {"bravo"}),
    ({"reason": "none"}, set()),
    ({"search": lambda w: search(w, "Second Index")}, {"alpha"}),
    ({"database": "Fictional Index"}, ALL),
    ({"dump": lambda w: str(w.library.dumps.last().pk)}, {"alpha"}),
    ({"since": "2016"}, {"foxtrot", "golf", "hotel"}),
    ({"since": "2012", "until": "2013"}, {"bravo", "charlie"}),
    ({"language": "de"}, {"delta"}),
    ({"language": ["de", "none"]}, ALL),
    ({"type": "report"}, {"hotel"}),
    ({"abstract": "none"}, {"echo"}),
    ({"abstract": "truncated"}, {"golf"}),
    ({"abstract": ["none", "truncated"]}, {"echo", "golf"}),
    ({"abstract": "some"}, ALL - {"echo"}),
    ({"ids": "no-doi"}, {"foxtrot"}),
    ({"ids": "doi"}, ALL - {"foxtrot"}),
    ({"ids": "pmid"}, {"hotel"}),
    ({"ids": "none"}, {"foxtrot"}),
    ({"joined": "yes"}, {"alpha"}),
    ({"joined": "no"}, ALL - {"alpha"}),
    ({"related": "yes"}, {"golf", "hotel"}),
    ({"related": "no"}, ALL - {"golf", "hotel"}),
    ({"noticed": "retracted"}, set()),
    ({"title": "hospice"}, {"echo"}),
    ({"author": "charlieson"}, {"charlie"}),
    ({"journal": "imagined"}, ALL),
    ({"in_abstract": "bravo"}, {"bravo"}),
    ({"q": "stroke"}, {"delta"}),
    ({"q": "year:2014-2015"}, {"delta", "echo"}),
    ({"q": "mentors -year:2012"}, set()),
    ({"q": "source:second"}, {"alpha"}),
    ({"q": "-bravo"}, ALL - {"bravo"}),
    ({"q": "diar"}, {"delta"}),  # no whole word: a beginning
]  # fmt: skip


def filled(world, params):
    return {name: value(world) if callable(value) else value for name, value in params.items()}


def test_each_filter_chooses_what_it_says(world):
    for params, right in CASES:
        assert set(chosen(world, "bo", filled(world, params))) == right, params


def test_filters_combine_as_an_intersection_and_in_any_form(world):
    """Against the plain sets of the table: any pair or three of different filters."""
    chance = random.Random(5)
    for _ in range(60):
        some = chance.sample(CASES, chance.randint(2, 3))
        params = {name: value for each, _right in some for name, value in filled(world, each).items()}
        if len(params) < sum(len(each) for each, _right in some):
            continue  # the same filter twice means either
        right = set.intersection(*(right for _each, right in some))
        assert set(chosen(world, "bo", params)) == right, params
        query = filters.wanted(world.members["bo"], params).query
        assert chosen(world, "bo", QueryDict(query)) == chosen(world, "bo", query) == chosen(world, "bo", params)


def test_a_page_shows_what_is_chosen(world, monkeypatch):
    """The quick way, also where a word counts as common, against the plain way; in every order, page by page."""
    monkeypatch.setattr("records.queries.PAGE", 3)
    for most in (2000, 1):
        monkeypatch.setattr(full_text.rare, "__defaults__", (most,))
        monkeypatch.setattr("records.full_text.MOST_KEYS", 2)
        for params, _right in [
            *CASES,
            ({"q": "interviewed"}, 0),
            ({"q": "interv*"}, 0),
            ({"q": "fictional -bravo"}, 0),
        ]:
            for order in filters.ORDERS:
                wanted = filters.wanted(world.members["bo"], {**filled(world, params), "order": order})
                right = [work.pk for work in filters.chosen(world.members["bo"], wanted)]
                seen, number = [], 1
                while True:
                    page = finding.page(world.members["bo"], wanted, number)
                    seen += [work.pk for work in page.works]
                    assert page.total == len(right) or page.more_than, (params, order, most)
                    if page.last:
                        break
                    number += 1
                assert seen == right, (params, order, most)
            if most == 1 and "q" not in params:
                break


def test_what_is_unknown_empty_or_not_open_is_left_out(world):
    bo = world.members["bo"]
    for params in ({"nonsense": "1"}, {"own": "perhaps"}, {"search": "x"}, {"since": "soon"}, {"q": "  "}, {"ids": "\0"},
                   {"outcome": f"{TA}:conflict"}, {"criteria": "²"}, {"label": "9" * 30}):  # fmt: skip
        assert not filters.wanted(bo, params), params
        assert set(chosen(world, "bo", params)) == ALL
    assert chosen(world, "bo", {"search": "99999"}) == []


def test_outcomes_are_a_filter_once_they_are_open(world):
    actions.unblind(member=world.members["ann"], stage=TA)
    for member in world.members.values():
        member.review.refresh_from_db()
    for who in ("bo", "obs"):
        assert chosen(world, who, {"outcome": f"{TA}:conflict"}) == ["bravo"]
        assert chosen(world, who, {"outcome": [f"{TA}:included", f"{TA}:awaiting_second"]}) == ["alpha", "charlie"]
    assert set(chosen(world, "ann", {"label": label(world)})) == {"delta"}  # full text is blinded still


def test_highlight_lists_choose_works_with_their_words(world):
    each = marking.add_list(
        member=world.members["ann"],
        name="Places",
        kind="other",
        style=1,
        terms="stroke ward\nisland*",
        whole_words=True,
        on=True,
    )
    assert chosen(world, "bo", {"highlight": str(each.pk)}) == ["bravo", "delta"]


def test_filters_in_words(world):
    words = filter_words.words(
        world.members["bo"], {"own": "none", "q": "tea", "label": label(world), "search": search(world, "Second Index")}
    )
    assert words == "words: tea; search: Second Index; my answer on title and abstract: not yet decided; label: method"


# The page


def place(world, rest="", **params):
    return f"/reviews/{world.review.pk}/library/{rest}" + (f"?{urlencode(params, doseq=True)}" if params else "")


def test_chips_take_one_filter_away_each(world, as_):
    page = as_(world, "bo").get(place(world, own="none", abstract="none", q="hospice")).content.decode()
    assert 'href="?own=none&amp;abstract=none"' in page and 'href="?q=hospice&amp;own=none"' in page
    assert "Night shifts" in page and "Walking groups" not in page


def test_while_blinded_outcomes_are_not_offered(world, as_):
    assert 'name="outcome"' not in as_(world, "bo").get(place(world)).content.decode()
    actions.unblind(member=world.members["ann"], stage=TA)
    assert 'name="outcome"' in as_(world, "bo").get(place(world)).content.decode()


def test_the_present_list_goes_out_as_a_file(world, as_):
    client, query = as_(world, "bo"), "own=exclude"
    file = f"/reviews/{world.review.pk}/export/filtered.csv?query={query.replace('=', '%3D')}"
    assert file in client.get(place(world, own="exclude")).content.decode()
    body = b"".join(client.get(file).streaming_content).decode()
    assert "Telephone mentors" in body and body.count("10.5555/jic.") == 1
    answer = client.get(f"/reviews/{world.review.pk}/export/", {"list": "filtered", "query": query, "format": "ris"})
    assert answer["Location"].endswith("/export/filtered.ris?query=own%3Dexclude")


# Saved views


def test_a_view_is_kept_opened_renamed_shared_and_deleted(world, as_):
    client, other = as_(world, "bo"), as_(world, "cy")
    client.post(place(world, "views/"), {"name": " My  gaps ", "query": "abstract=none&page=2&nonsense=1"})
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("My gaps", "abstract=none", False)
    assert (
        "My gaps" in client.get(place(world)).content.decode()
        and "My gaps" not in other.get(place(world)).content.decode()
    )
    assert other.post(place(world, f"views/{view.pk}/"), {"act": "delete"}).status_code == 404
    client.post(place(world, f"views/{view.pk}/"), {"name": "Gaps", "shared": "on"})
    assert 'library/?abstract=none">Gaps' in other.get(place(world)).content.decode()
    assert other.post(place(world, f"views/{view.pk}/"), {"name": "Mine"}).status_code == 403
    back = client.post(place(world, f"views/{view.pk}/"), {"act": "delete"})
    assert back["Location"] == place(world, abstract="none", name="Gaps")
    page = client.get(back["Location"]).content.decode()
    assert 'name="name" value="Gaps"' in page and not SavedView.objects.exists()
    verbs = list(world.library.history.order_by("-number").values_list("verb", flat=True)[:3])
    assert verbs == ["deleted a shared view", "shared a view", "kept a view"]


def test_what_a_view_cannot_be(world):
    bo, obs, ann = (world.members[name] for name in ("bo", "obs", "ann"))
    view = saved.keep(member=bo, name="One", query="own=none", shared=True)
    for fault, how in ((saved.NameTaken, {"name": "One", "query": "own=none"}), (saved.NameMissing, {"name": " \0", "query": "own=none"}),
                       (saved.NothingToKeep, {"name": "Two", "query": "page=3"})):  # fmt: skip
        with pytest.raises(fault):
            saved.keep(member=bo, **how)
    with pytest.raises(saved.NotYours):
        saved.delete(member=obs, view=view)
    assert not saved.keep(member=obs, name="One", query="q=tea", shared=True).shared
    saved.delete(member=ann, view=view)  # an owner tidies up what is shared


def test_a_shared_view_means_the_answers_of_whoever_opens_it(world):
    view = saved.keep(member=world.members["bo"], name="Out", query="own=exclude", shared=True)
    assert (chosen(world, "bo", view.query), chosen(world, "ann", view.query)) == (["bravo"], [])


# Blinding


def test_every_filter_gives_a_blinded_member_the_same_bytes_whatever_others_said(world, as_):
    client = as_(world, "bo")
    places = [place(world, **filled(world, params)) for params, _right in CASES]
    places += [place(world, outcome=f"{TA}:{state}") for state in ("conflict", "excluded")]
    places += [place(world, order=order, own="none") for order in filters.ORDERS]
    seen = []
    for twin in (TWINS[0], TWINS[2]):
        point = transaction.savepoint()
        world_says(world, twin)
        seen.append([masked(client.get(each).content) for each in places])
        transaction.savepoint_rollback(point)
    assert [each for each, a, b in zip(places, *seen, strict=True) if a != b] == []
    assert b"canary" not in b"".join(seen[0])


def world_says(world, twin):
    for name, verdict in zip(("echo", "delta", "foxtrot", "golf"), twin, strict=True):
        world.decide("ann", name, verdict, reason=world.reason("design") if verdict == "exclude" else None)
        actions.note(member=world.members["ann"], work_id=world.works[name].pk, text=f"canary {verdict}")
        world.label("ann", name, f"canary {verdict}")
