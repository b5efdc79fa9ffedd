"""The duplicates page: one question with its evidence, three answers and the way back; and joining and splitting by hand."""

import re

import pytest

from records.models import Match, Record, Work
from reviews.models import Outcome
from tests import world as worlds

HTMX = {"hx-request": "true"}
NEARLY = {
    "title": worlds.SUBJECTS["golf"], "DO": "", "SP": "470", "EP": "481", "AB": "",
}  # fmt: skip


@pytest.fixture
def asked(world):
    """One open question: a record that may be golf, and may not."""
    worlds.import_text(world.review, world.people["ann"], worlds.ris_entry("golf", **NEARLY), source="Third Index")
    match = Match.objects.get(library=world.library, open=True)
    world.works["nearly"] = match.record_b.work
    assert match.record_a.work == world.works["golf"] != world.works["nearly"]
    return world


def place(world, rest="duplicates/"):
    return f"/reviews/{world.review.pk}/{rest}"


def the_match(world):
    golf = Record.objects.get(library=world.library, doi="10.5555/jic.golf")
    return Match.objects.get(record_a=golf, record_b__search__source="Third Index")


def answer(client, world, given, htmx=True):
    url = place(world, f"duplicates/{the_match(world).pk}/")
    return client.post(url, {"answer": given}, headers=HTMX if htmx else {})


def together(world):
    match = the_match(world)
    return Record.objects.get(pk=match.record_a_id).work_id == Record.objects.get(pk=match.record_b_id).work_id


def words(response):
    text = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def told(response):
    page = response.content.decode()
    assert "<html" not in page and page.strip().startswith('<div id="pair"')
    return re.search(r'<div hx-swap-oob="innerHTML:#told">([^<]*)</div>', page)[1]


def links(world, match):
    return f'<form method="post" class="actions verdicts" action="{place(world, f"duplicates/{match.pk}/")}"'


# The question


def test_without_a_question_the_page_says_so(world, as_):
    assert "No pair to look at" in words(as_(world, "lib").get(place(world)))


def test_the_question_shows_both_records_and_marks_what_differs(asked, as_):
    response = as_(asked, "lib").get(place(asked))
    page, text = response.content.decode(), words(response)
    assert "Are these the same publication?" in text
    assert "Fictional Index" in text and "Third Index" in text
    assert {"166-175", "470-481"} <= set(re.findall(r"<mark>([^<]*)</mark>", page))
    assert "<mark>Recovery" not in page


def test_the_evidence_stands_there_line_by_line_with_its_points(asked, as_):
    match = the_match(asked)
    page = re.sub(r"\s+", " ", as_(asked, "lib").get(place(asked)).content.decode())
    assert match.reasons and f"Why: probability {match.probability:.2f}" in page
    for name, points in match.reasons:
        assert f'<span class="num">{points:+.1f}</span> {name}'.replace("+0.0", "0.0") in page
    assert f"Rules {match.rules}" in page


def test_the_number_of_questions_is_the_counter_and_the_list(asked, as_):
    page = as_(asked, "lib").get(place(asked)).content.decode()
    assert 'To be looked at <span class="badge">1</span>' in page
    asked.library.refresh_from_db()
    assert asked.library.questions == 1


# Answers


@pytest.mark.parametrize(
    ("given", "said", "one"),
    [
        ("same", "Joined: one work. Z undoes.", True),
        ("different", "Kept apart. Z undoes.", False),
        ("related", "Linked as related; two works. Z undoes.", False),
    ],
)
def test_an_answer_is_kept_with_its_person_and_the_question_is_gone(asked, as_, given, said, one):
    response = answer(as_(asked, "lib"), asked, given)
    assert told(response) == said
    assert "No pair to look at" in response.content.decode()
    match = the_match(asked)
    assert (match.answer, match.answered_by, match.open) == (given, asked.people["lib"], False)
    assert together(asked) is one
    assert asked.library.history.filter(verb="answered a pair").count() == 1


def test_without_script_an_answer_leads_back_to_the_page(asked, as_):
    response = answer(as_(asked, "lib"), asked, "same", htmx=False)
    assert (response.status_code, response["Location"]) == (302, place(asked))
    assert together(asked)


@pytest.mark.parametrize("given", ["", "perhaps"])
def test_another_answer_makes_no_sense(asked, as_, given):
    for htmx in (True, False):
        assert answer(as_(asked, "lib"), asked, given, htmx).status_code == 400
    assert the_match(asked).open


def test_a_joined_work_is_screened_once_and_its_decisions_stay(asked, as_):
    asked.decide("ann", "nearly", "include")
    answer(as_(asked, "lib"), asked, "same")
    row = Outcome.objects.get(review=asked.review, work=asked.works["golf"])
    assert (row.state, row.only_member) == ("awaiting_second", asked.members["ann"])
    assert Work.objects.get(pk=asked.works["nearly"].pk).empty


# The way back


@pytest.mark.parametrize("given", ["same", "different", "related"])
def test_undo_makes_the_pair_a_question_again(asked, as_, given):
    client = as_(asked, "lib")
    answer(client, asked, given)
    response = client.post(place(asked, "duplicates/undo/"), headers=HTMX)
    assert told(response) == "Taken back."
    match = the_match(asked)
    assert links(asked, match) in response.content.decode()
    assert (match.answer, match.answered_by, match.open, together(asked)) == ("", None, True, False)


def test_undo_takes_back_the_own_answers_only(asked, as_):
    answer(as_(asked, "ann"), asked, "different")
    response = as_(asked, "lib").post(place(asked, "duplicates/undo/"), headers=HTMX)
    assert told(response) == "There is nothing to take back."
    assert the_match(asked).answer == "different"
    assert as_(asked, "lib").post(place(asked, "duplicates/undo/"))["Location"] == place(asked)


def test_taking_back_an_answer_whose_records_have_moved_on_breaks_nothing(asked, as_):
    client, echo = as_(asked, "lib"), Record.objects.get(pk=asked.works["echo"].lead_id)
    client.post(place(asked, f"works/{asked.works['nearly'].pk}/join/"), {"other": asked.works["echo"].pk})
    answer(client, asked, "same")
    client.post(place(asked, f"records/{echo.pk}/split/"))
    said = []
    while not said or said[-1] == "Taken back.":
        said.append(told(client.post(place(asked, "duplicates/undo/"), headers=HTMX)))
    assert said[-1] == "There is nothing to take back." and len(said) > 1
    assert the_match(asked).answer == ""


# Other lists


def test_what_the_rules_joined_is_a_list_that_can_be_parted(world, as_):
    client = as_(world, "lib")
    response = client.get(place(world) + "?list=joined")
    assert "Joined: the same publication?" in words(response)
    match = Match.objects.get(library=world.library, band="joined")
    client.post(place(world, f"duplicates/{match.pk}/"), {"answer": "different"})
    assert match.record_a.work_id != Record.objects.get(pk=match.record_b_id).work_id
    assert "No pair to look at" in words(client.get(place(world) + "?list=joined"))
    assert "Answered by Lib: different" in words(client.get(place(world) + "?list=answered"))


def test_a_pair_of_any_list_can_be_asked_for(asked, as_):
    client, joined = as_(asked, "lib"), Match.objects.get(library=asked.library, band="joined")
    page = client.get(place(asked) + f"?list=questions&pair={joined.pk}").content.decode()
    assert links(asked, joined) in page


def test_a_strange_or_foreign_pair_shows_the_first_question(asked, foreign, as_):
    a, b = Record.objects.filter(library=foreign.library).order_by("pk")
    theirs = Match.objects.create(
        library=foreign.library, record_a=a, record_b=b, score=0, probability=0.5, band="look"
    )
    client = as_(asked, "lib")
    for number in ("x", "²", "-1", "9" * 30, "9" * 5000, theirs.pk):
        page = client.get(place(asked), {"pair": number, "list": "nonsense"}).content.decode()
        assert links(asked, the_match(asked)) in page, number


# Any two works


def side_by_side(client, world, one, other):
    """Choose two works and land on their pair."""
    response = client.post(place(world, "duplicates/same/"), {"work": one.pk, "other": other.pk})
    return response, Match.objects.filter(record_a__work=one, record_b__work=other).first()


def test_any_two_works_are_put_side_by_side_joined_and_split_again(world, as_):
    client, golf, hotel = as_(world, "lib"), world.works["golf"], world.works["hotel"]
    response, match = side_by_side(client, world, golf, hotel)
    assert response.url == place(world, f"duplicates/?pair={match.pk}") and match.open and match.reasons
    assert "Are these the same publication?" in words(client.get(response.url))
    client.post(place(world, f"duplicates/{match.pk}/"), {"answer": "same"})
    record = Record.objects.get(pk=hotel.lead_id)
    assert record.work == golf
    response = client.post(place(world, f"records/{record.pk}/split/"), follow=True)
    record.refresh_from_db()
    assert record.work == hotel
    assert response.redirect_chain[-1][0] == place(world, f"works/{hotel.pk}/")
    assert "The two are remembered as different." in words(response)


def test_decisions_follow_their_records_into_a_join_and_out_again(world, as_):
    client = as_(world, "lib")
    world.decide("ann", "golf", "include")
    world.decide("ann", "hotel", "exclude")
    world.decide("bo", "hotel", "include")
    record = Record.objects.get(pk=world.works["hotel"].lead_id)
    _response, match = side_by_side(client, world, world.works["golf"], world.works["hotel"])
    client.post(place(world, f"duplicates/{match.pk}/"), {"answer": "same"})
    assert world.outcome("golf") == "conflict"  # ann's newest and bo's
    assert world.members["ann"].decisions.filter(work=world.works["golf"], current=True).get().verdict == "exclude"
    client.post(place(world, f"records/{record.pk}/split/"))
    assert (world.outcome("golf"), world.outcome("hotel")) == ("awaiting_second", "conflict")
    assert world.members["ann"].decisions.filter(work=world.works["golf"], current=True).get().verdict == "include"


def test_what_is_no_other_work_is_asked_about_by_nobody(world, foreign, as_):
    client, golf = as_(world, "lib"), world.works["golf"].pk
    before = world.library.history.count()
    for other in ("", "x", "²", "0", "9" * 30, "9" * 5000, golf, foreign.works["hotel"].pk):
        response = client.post(place(world, "duplicates/same/"), {"work": golf, "other": other})
        assert response.status_code in (200, 302, 404), other
    assert world.library.history.count() == before and Match.objects.filter(open=True).count() == 0


def test_works_are_found_by_words_and_by_likeness(asked, as_):
    client, golf = as_(asked, "lib"), asked.works["golf"]
    page = words(client.get(place(asked, "duplicates/same/?q=recovery colleges")))
    assert "2 works found" in page and "Take as the first" in page
    page = words(client.get(place(asked, f"duplicates/same/?work={golf.pk}")))
    assert "Most alike" in page and "the rules' probability: 0." in page and "Side by side" in page
    assert "No work has all of these words." in words(client.get(place(asked, "duplicates/same/?q=zzz")))


def test_a_reviewer_asks_from_the_card_and_the_librarian_answers(world, as_):
    bo, golf, hotel = as_(world, "bo"), world.works["golf"], world.works["hotel"]
    card = place(world, "screen/title-abstract/")
    link = re.search(r'href="([^"]*duplicates/same/[^"]*)"', bo.get(f"{card}?work={golf.pk}").content.decode())[1]
    assert "These two are the same" in words(bo.get(link.replace("&amp;", "&") + "&q=shed"))
    body = {"work": golf.pk, "other": hotel.pk, "from": "title-abstract"}
    response = bo.post(place(world, "duplicates/same/"), body, follow=True)
    assert response.redirect_chain[-1][0] == f"{card}?work={golf.pk}"
    assert "An owner or librarian will look at the two" in words(response)
    page = words(as_(world, "lib").get(place(world)))
    assert "Are these the same publication?" in page and "Asked by Bo." in page
    match = Match.objects.get(library=world.library, open=True)
    as_(world, "lib").post(place(world, f"duplicates/{match.pk}/"), {"answer": "different"})
    assert "Lib said of these two: different." in words(bo.post(place(world, "duplicates/same/"), body, follow=True))
    assert not Match.objects.filter(library=world.library, open=True).exists()


def test_only_who_may_join_is_offered_it(world, as_):
    for who, offered in {"ann": True, "lib": True, "bo": False, "obs": False}.items():
        page = as_(world, who).get(place(world, f"works/{world.works['alpha'].pk}/")).content.decode()
        assert ("Split off" in page, "Find the other work" in page) == (offered, who != "obs"), who
