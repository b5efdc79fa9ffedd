"""Many at once: the page that says what would change, before it changes, while it is done, and how it is taken back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import actions, jobs, proposing
from records.models import Answer, Change, Job, Library, Match, Proposal
from reviews.settling import InReviews
from tests import world as worlds

HTMX = {"hx-request": "true"}
POOR = {"DO": "", "AB": "", "SP": "", "EP": "", "VL": ""}  # joined at .989
BARE = POOR | {"PY": ""}  # a question at .69
NEARLY = {"DO": "", "SP": "470", "EP": "481", "AB": ""}  # a question at .57


@pytest.fixture
def many(world):
    """The screened world with two joins that are not quite certain and two questions."""
    by = world.people["ann"]
    poor = worlds.ris_entry("golf", **POOR) + worlds.ris_entry("hotel", **POOR)
    worlds.import_text(world.review, by, poor, source="Third Index")
    asked = worlds.ris_entry("delta", **BARE) + worlds.ris_entry("echo", **NEARLY)
    worlds.import_text(world.review, by, asked, source="Fourth Index")
    return world


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/duplicates/proposals/{rest}"


def words(response):
    text = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def ask(client, world, kind="rules", at_least="0.99", work=True):
    """Ask on the page; the address of the proposal."""
    response = client.post(place(world), {"kind": kind, "at_least": at_least})
    assert response.status_code == 302
    if work:
        worlds.read_all(world.library)
    return response["Location"]


def press(client, url, do, world=None):
    response = client.post(url, {"do": do})
    assert (response.status_code, response["Location"]) == (302, url)
    if world:
        worlds.read_all(world.library)
    return client.get(url)


def held(world):
    """What pressing may change: where records stand, what is asked, from where Winnow joins."""
    records = set(world.library.all_records.values_list("pk", "work"))
    questions = set(Match.objects.filter(library=world.library, open=True).values_list("pk", flat=True))
    return records, questions, Library.objects.get(pk=world.library.pk).join_at


def buttons(response):
    return re.findall(r'name="do" value="([^"]*)"', response.content.decode())


# The page that asks


def test_the_page_says_what_it_does_and_how_many_questions_are_that_likely(many, as_):
    text = words(as_(many, "lib").get(place(many)))
    assert "Nothing changes before you say so, and all of it can be taken back." in text
    assert "0.6 on: 1 question " in text and "0.5 on: 2 questions" in text
    assert "Nobody has answered a question here yet." in text
    assert "from 0.90 on (as now)" in text and "never: every likely pair is asked" in text


def test_the_page_tells_how_people_answered_so_far(many, as_):
    first, second = Match.objects.filter(library=many.library, open=True).order_by("probability")
    for match, said in ((first, Answer.SAME), (second, Answer.DIFFERENT)):
        actions.answer(by=many.people["lib"], match=match, answer=said, upstairs=InReviews())
    page = as_(many, "lib").get(place(many)).content.decode()
    rows = re.findall(
        r'<th scope="row">from ([\d.]+) on</th><td class="num">(\d+)</td><td class="num">(\d+)</td>', page
    )
    assert rows == [("0.5", "2", "1"), ("0.3", "2", "1")]
    assert "No open question is likely enough" in page


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"kind": "rules"}, {"kind": "rules", "at_least": "x"}, {"kind": "rules", "at_least": "0.5"},
        {"kind": "rules", "at_least": "nan"}, {"kind": "answers", "at_least": "1e999"}, {"kind": "answers", "at_least": "-1"},
        {"kind": "answers", "at_least": "9" * 5000}, {"kind": "all", "at_least": "0.9"}, {"at_least": "0.9"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(many, as_, sent):
    assert as_(many, "lib").post(place(many), sent).status_code == 400
    assert not Proposal.objects.exists()


def test_where_no_question_is_that_likely_the_page_says_so(many, as_):
    client = as_(many, "lib")
    assert client.post(place(many), {"kind": "answers", "at_least": "0.9"})["Location"] == place(many)
    assert "No open question is that likely." in client.get(place(many)).content.decode()
    assert not Proposal.objects.exists()


def test_a_second_proposal_waits_until_the_first_is_done_or_dropped(many, as_):
    client = as_(many, "lib")
    url = ask(client, many)
    assert ask(client, many) == place(many)
    response = client.get(place(many))
    assert "Another proposal waits for its answer." in response.content.decode()
    assert f'href="{url}"' in response.content.decode()
    assert Proposal.objects.count() == 1


# One proposal


def test_while_it_is_worked_out_the_page_moves_and_without_script_it_is_reloaded(many, as_, monkeypatch):
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, _key: None)
    client = as_(many, "lib")
    url = ask(client, many, work=False)
    page = client.get(url).content.decode()
    assert f'hx-get="{url}" hx-trigger="every 2s"' in page
    assert "<progress" in page and '<a href="">Reload</a>' in page
    assert buttons(client.get(url)) == ["drop"]
    part = client.get(url, headers=HTMX).content.decode()
    assert "<html" not in part and part.strip().startswith('<div id="state" hx-get')
    worlds.read_all(many.library)
    part = client.get(url, headers=HTMX).content.decode()
    assert "hx-get" not in part and "hx-trigger" not in part  # it is at rest
    assert "Do all of it" in part


def test_it_shows_the_least_certain_first_with_reasons_and_changes_nothing(many, as_):
    before = held(many)
    client = as_(many, "lib")
    url = ask(client, many, at_least="1.01")
    response = client.get(url)
    page, text = response.content.decode(), words(response)
    assert "Winnow would join nothing by itself." in text and "13 records compared." in text
    assert "Part a work 2" in text and "Ask about a pair 2" in text  # alpha carries decisions
    chances = [float(each) for each in re.findall(r"Why: probability ([\d.]+)", page)]
    assert len(chances) == 2 and chances == sorted(chances)
    for each in Change.objects.filter(kind="part"):
        assert each.reasons
        for name, points in each.reasons:
            assert f'<span class="num">{points:+.1f}</span> {name}'.replace("+0.0", "0.0") in page
    assert worlds.SUBJECTS["golf"] in text and "Third Index" in text
    assert "Third Index" in words(client.get(url + "?kind=ask"))
    assert client.get(url + "?kind=nonsense&from=x").status_code == 200
    assert held(many) == before
    assert buttons(response) == ["carry-out", "drop"]


def test_a_long_list_goes_on_on_further_pages(many, as_, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 1)
    client = as_(many, "lib")
    url = ask(client, many)
    first, second = client.get(url), client.get(url + "?kind=part&from=1")
    assert 'href="?kind=part&amp;from=1"' in first.content.decode()
    assert 'href="?kind=part"' in second.content.decode() and "from=2" not in second.content.decode()
    shown = [words(each).count(worlds.SUBJECTS["golf"]) for each in (first, second)]
    assert sorted(shown) == [0, 2]  # hotel's stands on the other


def test_done_and_taken_back(many, as_):
    before = held(many)
    client = as_(many, "lib")
    url = ask(client, many)
    response = press(client, url, "carry-out", many)
    assert buttons(response) == ["take-back"] and "left out" not in words(response)
    assert held(many)[0] != before[0] and held(many)[2] == 0.99
    assert "from 0.99 on (as now)" in words(client.get(place(many)))
    response = press(client, url, "take-back", many)
    assert buttons(response) == [] and "taken back" in words(response)
    assert held(many) == before
    assert many.library.history.filter(by=many.people["lib"], subject__startswith="proposal").count() == 3


def test_while_it_is_done_the_page_moves_and_nothing_can_be_pressed(many, as_, monkeypatch):
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, _key: None)
    client = as_(many, "lib")
    url = ask(client, many)
    response = press(client, url, "carry-out")
    assert buttons(response) == [] and "hx-trigger" in response.content.decode()
    assert "That cannot be done now." in press(client, url, "carry-out").content.decode()
    assert Job.objects.filter(kind="carry-out").count() == 1


def test_dropped_it_stays_dropped(many, as_):
    before = held(many)
    client = as_(many, "lib")
    url = ask(client, many)
    assert buttons(press(client, url, "drop")) == []
    assert "That cannot be done now." in press(client, url, "carry-out", many).content.decode()
    assert held(many) == before


def test_where_nothing_would_change_the_page_says_so(many, as_):
    client = as_(many, "lib")
    response = client.get(ask(client, many, at_least="0.9"))
    assert "Nothing would change" in words(response) and buttons(response) == ["carry-out", "drop"]


def test_what_did_not_fit_any_more_is_told(many, as_):
    client = as_(many, "lib")
    url = ask(client, many, "answers", "0.5")
    match = Match.objects.filter(library=many.library, open=True).first()
    actions.answer(by=many.people["ann"], match=match, answer=Answer.DIFFERENT, upstairs=InReviews())
    assert "1 of these was left out" in words(press(client, url, "carry-out", many))


def test_likely_questions_are_answered_in_the_name_of_who_pressed(many, as_):
    before = held(many)
    client = as_(many, "lib")
    url = ask(client, many, "answers", "0.5", work=False)
    text = words(client.get(url))
    assert "Open questions from 0.50 on, answered with “the same”." in text and "Join two works 2" in text
    assert held(many) == before
    press(as_(many, "ann"), url, "carry-out", many)
    said = Match.objects.filter(library=many.library, answer="same")
    assert set(said.values_list("answered_by", flat=True)) == {many.people["ann"].pk} and len(said) == 2
    press(client, url, "take-back", many)
    assert held(many) == before


def test_what_was_done_earlier_waits_for_what_was_done_later(many, as_):
    client = as_(many, "lib")
    first = ask(client, many, at_least="0.95")
    press(client, first, "carry-out", many)
    second = ask(client, many, at_least="0.99")
    press(client, second, "carry-out", many)
    assert buttons(client.get(first)) == [] and "Take that back first." in words(client.get(first))
    assert "Take that back first." in press(client, first, "take-back").content.decode()
    press(client, second, "take-back", many)
    assert buttons(client.get(first)) == ["take-back"]


@pytest.mark.parametrize(
    ("state", "do", "said"),
    [
        ("working", ["drop"], "Nothing was changed."),
        ("applying", ["carry-out", "take-back"], "0 of 4 changes are complete"),
        ("taking-back", ["take-back"], "0 of 4 changes are complete"),
    ],
)
@pytest.mark.parametrize(
    ("job", "why"), [("failed", "Staff see why in the log."), ("cancelled", "Somebody stopped it.")]
)
def test_where_the_worker_stopped_the_page_rests_and_offers_what_can_be_done(many, as_, state, do, said, job, why):
    client = as_(many, "lib")
    url = ask(client, many)
    Proposal.objects.update(state=state)
    Job.objects.filter(kind="compare").update(state=job, total=4, done=0)
    response = client.get(url)
    text = words(response)
    assert "hx-trigger" not in response.content.decode()
    assert "stopped" in text and why in text and said in text
    assert buttons(response) == do
    for each in do[-1:]:
        assert "cannot be done now" not in press(client, url, each, many).content.decode()


@pytest.mark.parametrize("do", ["", "everything"])
def test_another_press_makes_no_sense(many, as_, do):
    client = as_(many, "lib")
    url = ask(client, many)
    assert client.post(url, {"do": do}).status_code == 400


def test_what_a_record_says_is_shown_as_words_and_not_as_a_page(many, as_):
    url = ask(as_(many, "lib"), many)
    evil = "<script>alert(1)</script><b>Bo"
    many.library.all_records.update(title=evil, authors=[evil], journal=evil, volume=evil, pages=evil)
    many.library.searches.update(source=evil)
    Change.objects.update(reasons=[[evil, 1.0]], veto=evil)
    page = as_(many, "lib").get(url).content.decode()
    assert "<script>alert" not in page and "<b>Bo" not in page
    assert page.count("&lt;script&gt;alert") > 10


# Who


def test_another_reviews_proposal_is_not_there(many, foreign, as_):
    theirs = Proposal.objects.create(
        library=foreign.library, kind="rules", state="ready", at_least=0.9, by=foreign.people["eve"]
    )
    client = as_(many, "lib")
    for number in (theirs.pk, theirs.pk + 1000, 2**70):
        assert client.get(place(many, f"{number}/")).status_code == 404
        assert client.post(place(many, f"{number}/"), {"do": "carry-out"}).status_code == 404
    assert as_(many, "lib").get(place(foreign)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "ready"


@pytest.mark.parametrize("who", ["bo", "cy", "obs"])
def test_who_may_not_judge_duplicates_may_not_change_many(many, as_, who):
    url = ask(as_(many, "lib"), many)
    client = as_(many, who)
    for address, sent in ((place(many), {"kind": "rules", "at_least": "0.9"}), (url, {"do": "carry-out"})):
        assert client.get(address).status_code == 403
        assert client.post(address, sent).status_code == 403
    assert Proposal.objects.get().state == "ready"


# How often the database is asked


def asked(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("state", ["ready", "applied", "dropped", "taken-back"])
def test_many_changes_are_shown_with_as_few_questions_to_the_database_as_few(many, as_, state):
    client = as_(many, "lib")
    url = ask(client, many)
    Proposal.objects.update(state=state)
    few = asked(client, url), asked(client, place(many))
    one = Change.objects.filter(kind="part").first()
    for _n in range(40):
        one.pk = None
        one.save()
    assert (asked(client, url), asked(client, place(many))) == few


def test_every_handler_is_known():
    assert {proposing.COMPARE, proposing.CARRY_OUT, proposing.BACK} <= set(jobs.HANDLERS)
