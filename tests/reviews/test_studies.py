"""Studies of several reports: what ties reports is suggested, people say yes or no, and either can be taken back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import actions as found
from records.history import faults
from records.models import Match, Record
from reviews import actions, flow, prisma, studies
from reviews.models import Member, NotOneStudy, Outcome, Report, StageName, State, Study
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
NAMES = ("alpha", "charlie", "delta", "echo")
NCT = "NCT01234567"


@pytest.fixture
def opened(world):
    """Title and abstract is unblinded; alpha, charlie, delta and echo are included."""
    for name in NAMES[1:]:
        for who in ("ann", "bo"):
            world.decide(who, name, "include")
    actions.unblind(member=world.members["ann"], stage=TITLE)
    return world


@pytest.fixture
def registered(opened):
    """Alpha and charlie state the same trial, each in its own spelling."""
    return state(state(opened, "alpha", NCT), "charlie", "nct 0123-4567")


@pytest.fixture
def triple(registered):
    """Delta states it too."""
    return state(registered, "delta", NCT)


def state(world, work, *numbers):
    Record.objects.filter(work=world.works[work]).update(trial_registrations=list(numbers))
    return world


def relate(world, one, other, *, kin="", answer="", band="related"):
    a, b = sorted((world.works[name].records.order_by("pk").first() for name in (one, other)), key=lambda r: r.pk)
    who = {"answer": answer, "answered_by": world.people["lib"], "answered_at": world.review.at} if answer else {}
    return Match.objects.create(
        library=world.library, record_a=a, record_b=b, score=0, probability=0.5, band=band, kin=kin, **who
    )


def place(world, rest="reports/"):
    return f"/reviews/{world.review.pk}/{rest}"


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def report(world, work):
    return Report.objects.get(review=world.review, work=world.works[work])


def page(world, as_, who="lib"):
    return as_(world, who).get(place(world))


def suggested(answer):
    """Of each suggestion on a page the titles, in order, and the reasons."""
    names = {subject: name for name, subject in worlds.SUBJECTS.items()}
    return [
        ([names[r.work.title] for part in each.parts for r in part.reports], each.why)
        for each in answer.context["studies"].suggestions
    ]


def groups(answer):
    return [names for names, _why in suggested(answer)]


def say(client, world, answer, *works):
    return client.post(
        place(world, "reports/studies/"), {"answer": answer, "report": [report(world, work).pk for work in works]}
    )


def take_out(client, world, work):
    return client.post(place(world, f"reports/{report(world, work).pk}/take-out/"))


def again(client, world):
    act = NotOneStudy.objects.filter(review=world.review).latest("at").act
    return client.post(place(world, f"reports/studies/{act}/again/"))


def include(world, *works):
    """Retrieved and included at full text, by both."""
    for work in works:
        actions.set_retrieval(member=world.members["ann"], report=report(world, work), retrieval="retrieved")
        for who in ("ann", "bo"):
            world.decide(who, work, "include", stage=FULL)


def counted(world):
    """Studies and reports of the flow, after the unblinding of full texts; the identities hold."""
    if Member.objects.get(pk=world.members["ann"].pk).review.blinded_full_texts:
        actions.unblind(member=world.members["ann"], stage=FULL)
    gathered = flow.gather(Member.objects.select_related("review").get(pk=world.members["ann"].pk))
    assert [each.sentence for each in prisma.identities(gathered) if each.holds is False] == []
    return gathered.studies, gathered.reports


def last(world):
    return world.library.history.order_by("-number").first()


# What is suggested


def test_reports_that_share_a_registration_number_are_suggested_with_the_reason(registered, as_):
    answer = page(registered, as_)
    assert suggested(answer) == [(["alpha", "charlie"], [f"they share {NCT}"])]
    text = words(answer)
    assert "Suggested studies" in text and f"One study? They share {NCT}" in text
    assert "Not the same study" in text and "Second Index" not in text.split("All reports")[0]
    assert "Fictional Index" in text.split("All reports")[0]


def test_any_record_of_a_work_may_state_the_number(registered, as_):
    record = Record.objects.filter(work=registered.works["alpha"]).order_by("pk").last()
    state(registered, "alpha")
    assert groups(page(registered, as_)) == []
    Record.objects.filter(pk=record.pk).update(trial_registrations=["NCT 01234567"])
    assert record.pk != registered.works["alpha"].lead_id
    assert groups(page(registered, as_)) == [["alpha", "charlie"]]


def test_a_pair_that_the_rules_hold_for_akin_is_suggested_in_the_kins_words(opened, as_):
    relate(opened, "charlie", "delta", kin="abstract")
    assert suggested(page(opened, as_)) == [(["charlie", "delta"], ["a conference abstract and its paper"])]


def test_a_pair_that_a_person_marked_as_related_is_suggested(opened, as_):
    relate(opened, "charlie", "delta", answer="related", band="apart")
    assert suggested(page(opened, as_)) == [(["charlie", "delta"], ["marked as related by people"])]


@pytest.mark.parametrize(("band", "answer"), [("related", "different"), ("look", ""), ("apart", "")])
def test_a_pair_that_is_not_akin_is_not(opened, as_, band, answer):
    relate(opened, "charlie", "delta", band=band, answer=answer)
    assert groups(page(opened, as_)) == []


def test_what_an_import_said_goes_with_the_import(opened, as_):
    """The second record of alpha alone states the number and the kinship."""
    record = Record.objects.filter(work=opened.works["alpha"]).order_by("pk").last()
    state(opened, "charlie", NCT)
    Record.objects.filter(pk=record.pk).update(trial_registrations=[NCT])
    other = opened.works["delta"].records.get()
    a, b = sorted((record, other), key=lambda r: r.pk)
    Match.objects.create(
        library=opened.library, record_a=a, record_b=b, score=0, probability=0.5, band="related", kin="preprint"
    )
    assert groups(page(opened, as_)) == [["alpha", "charlie", "delta"]]
    record.search.taken_back_from = opened.library.searches.exclude(pk=record.search_id).first()
    record.search.save()
    assert groups(page(opened, as_)) == []


def test_ties_that_meet_in_a_report_make_one_group(registered, as_):
    relate(registered, "charlie", "echo", kin="protocol")
    why = [f"they share {NCT}", "a protocol and its result"]
    assert suggested(page(registered, as_)) == [(["alpha", "charlie", "echo"], why)]


def test_only_reports_of_included_works_are_suggested(registered, as_):
    state(registered, "hotel", NCT)
    assert groups(page(registered, as_)) == [["alpha", "charlie"]]
    for who in ("ann", "bo"):
        registered.decide(who, "charlie", "exclude")
    assert groups(page(registered, as_)) == []


def test_what_a_registration_says_is_text_and_no_markup(opened, as_):
    for name in ("alpha", "charlie"):
        state(opened, name, "NCT0<b>1</b>")
    html = page(opened, as_).content.decode()
    assert "NCT0&lt;b&gt;1&lt;/b&gt;" in html and "NCT0<b>" not in html


# Who may, and when


def test_while_blinded_nothing_is_suggested_and_nothing_can_be_said(world, as_):
    for name in NAMES[1:]:
        for who in ("ann", "bo"):
            world.decide(who, name, "include")
    state(state(world, "alpha", NCT), "charlie", NCT)
    for who in ("ann", "lib"):
        answer = page(world, as_, who)
        assert NCT not in answer.content.decode() and "One study" not in words(answer)
        assert say(as_(world, who), world, "one", "alpha", "charlie").status_code == 404
        assert take_out(as_(world, who), world, "alpha").status_code == 404
    assert Study.objects.count() == 0


def test_strangers_find_nothing_and_reviewers_may_not(registered, foreign, as_):
    registered.people["eve"] = foreign.people["eve"]
    say(as_(registered, "lib"), registered, "apart", "alpha", "charlie")
    for who, status in (("eve", 404), ("sam", 404), ("bo", 403), ("obs", 403)):
        client = as_(registered, who)
        assert say(client, registered, "one", "alpha", "charlie").status_code == status, who
        assert take_out(client, registered, "alpha").status_code == status, who
        assert again(client, registered).status_code == status, who
    assert Study.objects.count() == 0 and NotOneStudy.objects.count() == 2


def test_another_reviews_reports_and_acts_are_not_there(registered, foreign, as_):
    for name in ("golf", "hotel"):
        work = foreign.works[name]
        Report.objects.get_or_create(review=foreign.review, work=work, defaults={"record_id": work.lead_id})
    theirs = list(Report.objects.filter(review=foreign.review))
    studies.keep_apart(member=foreign.members["eve"], reports=theirs)
    client, act = as_(registered, "lib"), NotOneStudy.objects.get(report=theirs[0]).act
    sent = {"answer": "one", "report": [report(registered, "alpha").pk, theirs[0].pk]}
    assert client.post(place(registered, "reports/studies/"), sent).status_code == 404
    assert client.post(place(registered, f"reports/{theirs[0].pk}/take-out/")).status_code == 404
    assert client.post(place(registered, f"reports/studies/{act}/again/")).status_code == 404
    assert NotOneStudy.objects.filter(act=act).count() == 2
    with pytest.raises(studies.TooFew):  # the last wall
        studies.put_together(member=registered.members["ann"], reports=theirs)


def test_what_makes_no_sense_is_refused(registered, as_):
    client, url = as_(registered, "lib"), place(registered, "reports/studies/")
    pk = report(registered, "alpha").pk
    for sent in (
        {},
        {"answer": "both", "report": [pk]},
        {"answer": "one", "report": ["x"]},
        {"answer": "one", "report": "9" * 40},
    ):
        assert client.post(url, sent).status_code == 400, sent
    assert client.post(url, {"answer": "one", "report": [10**17]}).status_code == 404
    for sent in ({"answer": "one"}, {"answer": "apart", "report": [pk]}):
        assert "Choose two reports at least." in words(client.post(url, sent, follow=True))
    assert Study.objects.count() == 0


# One study


def test_one_study_takes_them_all_and_is_named_after_the_first(triple, as_):
    client = as_(triple, "lib")
    answer = say(client, triple, "one", "delta", "charlie", "alpha")
    assert answer["Location"] == place(triple)
    study = Study.objects.get(review=triple.review)
    assert study.label == worlds.SUBJECTS["alpha"]
    assert {r.work.title for r in study.reports.select_related("work")} == {worlds.SUBJECTS[n] for n in NAMES[:3]}
    event = last(triple)
    assert (event.verb, event.by) == ("put reports into one study", triple.people["lib"])
    assert event.detail == {"reports": [[report(triple, name).pk] for name in NAMES[:3]]}
    answer = client.get(place(triple))
    assert groups(answer) == []
    assert "Studies of several reports 1" in words(answer) and words(answer).count("Take this report out") == 3


def test_said_twice_it_is_said_once(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "one", "alpha", "charlie")
    number = last(registered).number
    say(client, registered, "one", "alpha", "charlie")
    assert (last(registered).number, Study.objects.count()) == (number, 1)


def test_the_flow_counts_one_study_of_two_included_reports(registered, as_):
    include(registered, "alpha", "charlie", "delta")
    own = report(registered, "alpha").study
    assert counted(registered) == (3, 3)
    say(as_(registered, "lib"), registered, "one", "charlie", "alpha")
    assert counted(registered) == (2, 3)
    assert report(registered, "charlie").study == own  # the first report's study stays
    assert Study.objects.filter(reports=None).count() == 0
    take_out(as_(registered, "lib"), registered, "charlie")
    assert counted(registered) == (3, 3)
    assert report(registered, "charlie").study.label == worlds.SUBJECTS["charlie"]


def test_a_report_put_into_a_study_before_it_is_included_keeps_it(registered, as_):
    say(as_(registered, "lib"), registered, "one", "alpha", "charlie")
    include(registered, "charlie")
    assert counted(registered) == (1, 1)
    include(registered, "alpha")
    assert counted(registered) == (1, 2)
    assert Study.objects.count() == 1


def test_a_report_that_shares_a_number_with_a_study_is_suggested_to_join_it(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "one", "alpha", "charlie")
    state(registered, "echo", NCT)
    answer = client.get(place(registered))
    assert groups(answer) == [["alpha", "charlie", "echo"]] and "one study already" in words(answer)
    assert [len(part.reports) for part in answer.context["studies"].suggestions[0].parts] == [2, 1]
    say(client, registered, "one", "charlie", "echo")  # the page names a part by one of its reports
    assert report(registered, "alpha").study == report(registered, "echo").study
    assert Study.objects.count() == 1


def test_of_three_two_may_be_chosen(triple, as_):
    client = as_(triple, "lib")
    assert page(triple, as_).content.decode().count('type="checkbox" name="report"') == 3
    say(client, triple, "one", "alpha", "delta")
    assert groups(client.get(place(triple))) == [["alpha", "delta", "charlie"]]
    say(client, triple, "apart", "alpha", "charlie")
    assert groups(client.get(place(triple))) == []


def test_a_report_taken_out_is_suggested_again(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "one", "alpha", "charlie")
    take_out(client, registered, "charlie")
    assert report(registered, "charlie").study is None
    assert last(registered).verb == "took a report out of its study"
    answer = client.get(place(registered))
    assert groups(answer) == [["alpha", "charlie"]] and "Studies of several reports" not in words(answer)
    number = last(registered).number
    take_out(client, registered, "charlie")
    assert last(registered).number == number


# Not the same study


def test_what_was_declined_is_not_suggested_again_until_that_is_taken_back(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "apart", "alpha", "charlie")
    assert (last(registered).verb, last(registered).by) == (
        "said that reports are not one study",
        registered.people["lib"],
    )
    answer = client.get(place(registered))
    assert groups(answer) == [] and "Suggest again Said by Lib on" in words(answer)
    number = last(registered).number
    say(client, registered, "apart", "alpha", "charlie")
    assert last(registered).number == number
    again(as_(registered, "ann"), registered)
    assert last(registered).verb == "suggested reports as one study again"
    assert groups(client.get(place(registered))) == [["alpha", "charlie"]]
    assert list(faults(registered.library.pk)) == []


def test_no_later_report_brings_together_what_was_declined(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "apart", "alpha", "charlie")
    state(registered, "echo", NCT)
    assert groups(client.get(place(registered))) == [["alpha", "echo"]]
    say(client, registered, "one", "alpha", "echo")
    assert groups(client.get(place(registered))) == []


def test_an_answer_that_crosses_anothers_changes_nothing_and_says_so(registered, as_):
    ann, lib, url = as_(registered, "ann"), as_(registered, "lib"), place(registered, "reports/studies/")
    sent = {"report": [report(registered, name).pk for name in ("alpha", "charlie")]}
    say(ann, registered, "apart", "alpha", "charlie")
    assert "Somebody said that two of these" in words(lib.post(url, {**sent, "answer": "one"}, follow=True))
    assert report(registered, "alpha").study is None
    again(ann, registered)
    say(ann, registered, "one", "alpha", "charlie")
    assert "Take a report out first." in words(lib.post(url, {**sent, "answer": "apart"}, follow=True))
    assert NotOneStudy.objects.count() == 0


def test_reports_of_one_study_stay_together_when_a_third_is_declined(registered, as_):
    client = as_(registered, "lib")
    say(client, registered, "one", "alpha", "charlie")
    state(registered, "echo", NCT)
    say(client, registered, "apart", "alpha", "echo")
    take_out(client, registered, "charlie")  # charlie was declined together with alpha, not against it
    assert groups(client.get(place(registered))) == [["alpha", "charlie"]]


# Blinding of full texts, joins, many


def test_that_a_report_was_included_at_full_text_shows_nowhere_here(registered, as_):
    def bytes_of(answer):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"x-csrftoken": "\w+"', "", answer.content.decode())

    for name in ("alpha", "charlie"):
        actions.set_retrieval(member=registered.members["ann"], report=report(registered, name), retrieval="retrieved")
    client = as_(registered, "lib")
    before = bytes_of(client.get(place(registered)))
    include(registered, "charlie")
    assert report(registered, "charlie").study is not None
    assert bytes_of(client.get(place(registered))) == before


def test_a_study_follows_its_report_through_a_join_of_works(registered, as_):
    say(as_(registered, "lib"), registered, "one", "alpha", "charlie")
    found.join(
        by=registered.people["lib"], library=registered.library, into=registered.works["hotel"],
        others=[registered.works["charlie"]], upstairs=InReviews(),
    )  # fmt: skip
    assert report(registered, "hotel").study == report(registered, "alpha").study


def test_many_reports_take_no_more_questions_than_few(opened, as_):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert page(opened, as_).status_code == 200
        return len(queries)

    grow(opened, 3)
    few = asked()
    assert few == asked()
    grow(opened, 60)
    assert asked() == few
    answer = page(opened, as_)
    assert len(answer.context["studies"].suggestions) == studies.MOST and answer.context["studies"].more == 13
    assert "13 more suggestions come when these are answered." in words(answer)


def grow(world, pairs):
    """So many pairs of reports that share a trial; pairs that are one study; pairs that were declined."""
    there = Report.objects.count()
    text = "".join(
        worlds.ris_entry(
            "alpha", title=f"fictional {n * 7919:x} q{n}z", AU=f"N{n}, A", DO=f"10.5555/{n}", SP="", VL="", EP="",
            AB=f"Registered as NCT{n // 2 + 10_000_000}.",
        )
        for n in range(6 * there, 6 * there + 6 * pairs)
    )  # fmt: skip
    dump = worlds.import_text(world.review, world.people["ann"], text, source=f"Index of {there}")
    works = [record.work for record in dump.records.order_by("pk").select_related("work")]
    assert len(set(works)) == 6 * pairs
    Outcome.objects.filter(work__in=works).update(state=State.INCLUDED)
    Report.objects.bulk_create(Report(review=world.review, work=work, record_id=work.lead_id) for work in works)
    made = list(Report.objects.filter(work__in=works).order_by("pk"))
    for n in range(0, 2 * pairs, 2):
        studies.put_together(member=world.members["ann"], reports=made[n : n + 2])
        studies.keep_apart(member=world.members["ann"], reports=made[2 * pairs + n : 2 * pairs + n + 2])
