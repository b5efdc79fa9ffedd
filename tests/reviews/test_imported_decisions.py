"""Decisions made elsewhere: counted in a file, given to members by an owner, taken over and taken back, never mixed in silently."""

import csv
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records import actions as found
from records import history, jobs
from records.models import Dump, Event, Job, Record, Work
from reviews import actions, carried, counters, imported
from reviews.models import Decision, Note, Outcome, Report, Retrieval, Role, StageName
from reviews.settling import InReviews
from tests import world as worlds

pytestmark = pytest.mark.django_db
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
VERDICTS = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}


@pytest.fixture
def team():
    """Ann's review with bo and cy, and nothing in it."""
    world = worlds.empty_world()
    for name in ("bo", "cy", "lib"):
        world.people[name] = worlds.person(name)
        role = Role.LIBRARIAN if name == "lib" else Role.REVIEWER
        world.members[name] = worlds.join_team(world.review, world.members["ann"], world.people[name], role)
    return world


def note(reason="", **said):
    """A note as a screening tool writes it: who said what, and the reasons."""
    people = ", ".join(f'"{who}"=>"{VERDICTS[verdict]}"' for who, verdict in said.items())
    return f"RAYYAN-INCLUSION: {{{people}}}" + (f" | RAYYAN-EXCLUSION-REASONS: {reason}" if reason else "")


def text(*entries):
    """RIS of (name of a work, note)."""
    return "".join(worlds.ris_entry(name, N1=said) for name, said in entries)


THREE = text(
    ("alpha", note(Maria="include", Jo="include")),
    ("bravo", note("wrong population", Maria="include", Jo="exclude")),
    ("charlie", note(Maria="maybe")),
    ("delta", "no decision here"),
)


def bring(world, content=THREE, source="Earlier tool"):
    dump = worlds.import_text(world.review, world.people["ann"], content, source=source)
    for work in Work.objects.filter(library=world.library, empty=False):
        world.works |= {name: work for name, title in worlds.SUBJECTS.items() if title == work.title}
    return dump


def take(world, dump, **chosen):
    """Take over, and do the work."""
    members = {name: world.members[who].pk for name, who in chosen.items()}
    imported.take_over(by=world.members["ann"], dump=dump, chosen=members)
    worlds.read_all(world.library)


def back(world, dump):
    imported.take_back(by=world.members["ann"], dump=dump)
    worlds.read_all(world.library)


def said(world, work, stage=TITLE):
    """Current decisions on a work: who said what."""
    rows = Decision.objects.filter(review=world.review, work=world.works[work], stage=stage, current=True)
    return {str(row.member).lower(): row.verdict for row in rows.select_related("member__user")}


def words(answer):
    main = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


# What a file carries


def test_decisions_are_counted_when_a_file_has_been_read(team):
    names = {each.name: each.rows for each in carried.in_dump(bring(team))}
    assert names == {
        "Jo": [("title and abstract", "Include", 1), ("title and abstract", "Exclude", 1)],
        "Maria": [("title and abstract", "Include", 2), ("title and abstract", "Maybe", 1)],
    }


def test_a_file_without_decisions_carries_none(team):
    assert carried.in_dump(bring(team, worlds.ris("alpha"))) == []


def test_reading_alone_decides_nothing(team):
    bring(team)
    assert not Decision.objects.exists() and not Note.objects.exists()
    assert team.outcome("alpha") == "pending"


@pytest.mark.parametrize(
    "extra",
    [{}, {"decisions": []}, {"decisions": [{"by": "x", "verdict": "perhaps", "stage": TITLE}]},
     {"decisions": [{"by": "x", "verdict": "include", "stage": "third"}]}],
)  # fmt: skip
def test_what_is_no_verdict_of_ours_is_left_out(extra):
    assert list(carried.said(extra)) == []


def test_a_decision_without_a_stage_is_on_title_and_abstract():
    assert [each.stage for each in carried.said({"decisions": [{"verdict": "include"}]})] == [TITLE]


# Taken over


def test_names_become_members_and_outcomes_follow_the_rules(team):
    dump = bring(team)
    take(team, dump, Maria="bo", Jo="cy")
    assert said(team, "alpha") == {"bo": "include", "cy": "include"}
    assert said(team, "bravo") == {"bo": "include", "cy": "exclude"}
    assert [team.outcome(name) for name in ("alpha", "bravo", "charlie", "delta")] == [
        "included", "conflict", "awaiting_second", "pending",
    ]  # fmt: skip
    assert set(Decision.objects.values_list("imported_from", flat=True)) == {dump.pk}
    assert Report.objects.filter(work=team.works["alpha"]).exists()
    assert list(counters.differences(team.review.pk)) == []


def test_a_name_that_is_left_out_decides_nothing(team):
    take(team, bring(team), Maria="bo")
    assert said(team, "alpha") == {"bo": "include"} and team.outcome("alpha") == "awaiting_second"


def test_a_members_own_decision_stays(team):
    dump = bring(team)
    team.decide("bo", "alpha", "exclude")
    take(team, dump, Maria="bo", Jo="cy")
    assert said(team, "alpha") == {"bo": "exclude", "cy": "include"}
    assert Decision.objects.get(member=team.members["bo"], work=team.works["alpha"]).imported_from is None


def test_one_that_was_taken_back_may_be_replaced(team):
    dump = bring(team)
    team.decide("bo", "alpha", "exclude")
    actions.undo(member=team.members["bo"], stage=TITLE)
    take(team, dump, Maria="bo")
    assert said(team, "alpha") == {"bo": "include"}


def test_a_member_may_decide_anew_over_one_that_was_imported(team):
    dump = bring(team)
    take(team, dump, Maria="bo")
    team.decide("bo", "alpha", "exclude")
    assert said(team, "alpha") == {"bo": "exclude"}
    back(team, dump)
    assert said(team, "alpha") == {"bo": "exclude"}


def test_two_names_for_one_member_are_one_decision(team):
    take(team, bring(team), Maria="bo", Jo="bo")
    assert said(team, "bravo") == {"bo": "include"}
    assert Decision.objects.filter(current=True).count() == 3


def test_a_settled_conflict_is_not_touched(team):
    dump = bring(team)
    team.decide("ann", "bravo", "include")
    team.decide("bo", "bravo", "exclude")
    team.review.adjudicate_own = True
    team.review.save()
    member = team.members["ann"]
    member.review.refresh_from_db()
    work = team.works["bravo"]
    work.refresh_from_db()
    actions.adjudicate(
        member=member, stage=TITLE, work_id=work.pk, revision=work.revision, key=uuid.uuid4(), verdict="include"
    )
    take(team, dump, Jo="cy")
    assert said(team, "bravo") == {"ann": "include", "bo": "exclude"} and team.outcome("bravo") == "included"


def test_taking_over_twice_changes_nothing(team):
    dump = bring(team)
    take(team, dump, Maria="bo", Jo="cy")
    before = sorted(Decision.objects.values_list("pk", "current"))
    take(team, dump, Maria="bo", Jo="cy")
    assert sorted(Decision.objects.values_list("pk", "current")) == before


def test_a_job_that_died_goes_on_and_decides_nothing_twice(team, monkeypatch):
    dump = bring(team)
    monkeypatch.setattr(imported, "CHUNK", 1)
    beats = iter([None])

    def dies(job, **_more):
        if next(beats, "over") == "over":
            raise SystemExit

    monkeypatch.setattr(jobs, "beat", dies)
    imported.take_over(by=team.members["ann"], dump=dump, chosen={"Maria": team.members["bo"].pk})
    job = Job.objects.latest("pk")
    with pytest.raises(SystemExit):
        jobs.run.call(job.pk)
    assert Decision.objects.count() == 2
    monkeypatch.undo()
    Job.objects.filter(pk=job.pk).update(state="waiting")
    worlds.read_all(team.library)
    assert [said(team, name) for name in ("alpha", "bravo", "charlie")] == [
        {"bo": v} for v in ("include", "include", "maybe")
    ]
    assert Decision.objects.count() == 3


def test_a_second_worker_with_the_same_job_stops(team):
    dump = bring(team)
    imported.take_over(by=team.members["ann"], dump=dump, chosen={"Maria": team.members["bo"].pk})
    job = Job.objects.latest("pk")
    Job.objects.filter(pk=job.pk).update(attempts=7)
    with pytest.raises(jobs.TakenOver):
        imported.taking(job)
    assert not Decision.objects.exists()


# Reasons


def test_a_reason_in_the_reviews_words_is_that_reason(team):
    reason = team.reason("population")
    dump = bring(team, text(("bravo", note(f"{reason.text.upper()}, something else", Jo="exclude"))))
    take(team, dump, Jo="cy")
    assert Decision.objects.get().reason == reason and not Note.objects.exists()


def test_any_other_reason_is_kept_as_the_members_note(team):
    dump = bring(team, text(("bravo", note("wrong weather", Jo="exclude"))))
    take(team, dump, Jo="cy")
    assert Decision.objects.get().reason is None
    kept = Note.objects.get()
    assert (kept.member, kept.text) == (team.members["cy"], f"Reason in {dump.name}: wrong weather")


def test_a_members_own_note_stays(team):
    dump = bring(team, text(("bravo", note("wrong weather", Jo="exclude"))))
    actions.note(member=team.members["cy"], work_id=team.works["bravo"].pk, text="mine")
    take(team, dump, Jo="cy")
    assert Note.objects.get().text == "mine"


def at_full_text(world, dump, **said):
    """The file's records say something at full text."""
    for name, (verdict, reason) in said.items():
        record = Record.objects.get(dump=dump, title=worlds.SUBJECTS[name])
        row = {"by": "Jo", "verdict": verdict, "stage": FULL, "reason": reason, "labels": []}
        record.extra = {"decisions": [row]}
        record.save(update_fields=["extra"])
    carried.note_down(dump)


def test_at_full_text_an_exclusion_needs_one_of_the_reviews_reasons(team):
    dump = bring(team)
    reason = team.reason("population").text
    at_full_text(team, dump, alpha=("exclude", "wrong weather"), bravo=("exclude", reason), charlie=("include", ""))
    take(team, dump, Jo="cy")
    assert [said(team, name, FULL) for name in ("alpha", "bravo", "charlie")] == [
        {},
        {"cy": "exclude"},
        {"cy": "include"},
    ]
    assert set(Outcome.objects.filter(stage=FULL).values_list("aside", flat=True)) == {True}
    assert list(counters.differences(team.review.pk)) == []


def test_a_decision_at_full_text_counts_once_the_report_is_there(team):
    dump = bring(team)
    at_full_text(team, dump, charlie=("include", ""))
    take(team, dump, Jo="cy")
    for who in ("ann", "bo"):
        team.decide(who, "charlie", "include")
    report = Report.objects.get(work=team.works["charlie"])
    actions.set_retrieval(member=team.members["ann"], report=report, retrieval=Retrieval.RETRIEVED)
    assert team.outcome("charlie", FULL) == "awaiting_second"


# Joins


def test_an_imported_decision_gives_way_when_works_are_joined(team):
    bring(team, worlds.ris("echo"), source="First")
    dump = bring(team, text(("alpha", note(Maria="include"))))
    team.decide("bo", "echo", "exclude")
    take(team, dump, Maria="bo")
    works = [team.works["echo"], team.works["alpha"]]
    act = found.join(by=team.people["ann"], library=team.library, into=works[0], others=works[1:], upstairs=InReviews())
    assert said(team, "echo") == {"bo": "exclude"}
    assert act and list(counters.differences(team.review.pk)) == []


# Taken back


def test_all_are_taken_back_at_once_and_everything_is_as_before(team):
    dump = bring(team)
    team.decide("ann", "bravo", "include")
    before = {name: (team.outcome(name), said(team, name)) for name in ("alpha", "bravo", "charlie", "delta")}
    take(team, dump, Maria="bo", Jo="cy")
    assert Note.objects.exists()
    back(team, dump)
    assert {name: (team.outcome(name), said(team, name)) for name in before} == before
    assert not Decision.objects.filter(imported_from=dump, undone_at=None).exists() and not Note.objects.exists()
    assert list(counters.differences(team.review.pk)) == []


def test_what_was_taken_back_may_be_taken_over_again_for_others(team):
    dump = bring(team)
    take(team, dump, Maria="bo")
    back(team, dump)
    take(team, dump, Maria="cy")
    assert said(team, "alpha") == {"cy": "include"}
    take(team, dump, Maria="bo")
    assert said(team, "alpha") == {"cy": "include", "bo": "include"}


def test_the_history_names_who_and_holds(team):
    dump = bring(team)
    take(team, dump, Maria="bo")
    back(team, dump)
    events = Event.objects.filter(library=team.library, subject=f"dump {dump.pk}").order_by("number")
    asked = events.get(verb="asked for earlier decisions")
    assert (asked.by, asked.detail["named"]) == (team.people["ann"], {"Maria": "Bo"})
    assert [event.verb for event in events][-3:] == [
        "took earlier decisions over", "asked to take decisions back", "took earlier decisions back",
    ]  # fmt: skip
    assert list(history.faults(team.library.pk)) == []


# Who may, and for whom


@pytest.mark.parametrize("chosen", [{}, {"Maria": 10**6}])
def test_a_name_is_given_to_a_member_of_this_review(team, chosen):
    dump = bring(team)
    with pytest.raises(imported.NoMember):
        imported.take_over(by=team.members["ann"], dump=dump, chosen=chosen)


def test_not_to_members_of_another_review_or_to_who_left(team, foreign):
    dump = bring(team)
    team.members["cy"].removed_at = "2026-01-01T00:00:00Z"
    team.members["cy"].save()
    for member in (foreign.members["eve"], team.members["cy"]):
        with pytest.raises(imported.NoMember):
            imported.take_over(by=team.members["ann"], dump=dump, chosen={"Maria": member.pk})


def test_one_at_a_time(team):
    dump = bring(team)
    imported.take_over(by=team.members["ann"], dump=dump, chosen={"Maria": team.members["bo"].pk})
    for again in (lambda: imported.take_back(by=team.members["ann"], dump=dump),
                  lambda: imported.take_over(by=team.members["ann"], dump=dump, chosen={"Jo": team.members["bo"].pk})):  # fmt: skip
        with pytest.raises(imported.Busy):
            again()


# Pages


def place(world, dump):
    return f"/reviews/{world.review.pk}/dumps/{dump.pk}/decisions/"


def test_an_owner_finds_the_offer_on_the_import_page_a_librarian_does_not(team, as_):
    dump = bring(team)
    page = f"/reviews/{team.review.pk}/import/"
    assert "It carries decisions by 2 people: take them over…" in words(as_(team, "ann").get(page))
    assert "take them over" not in words(as_(team, "lib").get(page))
    assert as_(team, "lib").get(place(team, dump)).status_code == 403


def test_the_page_shows_names_counts_and_members_and_takes_over(team, as_):
    dump = bring(team)
    ann = as_(team, "ann")
    text = words(ann.get(place(team, dump)))
    assert re.search(r"Maria 2 × Include \(title and abstract\) 1 × Maybe", text)
    assert "The file itself shows these decisions to everybody who opens it" in text
    answer = ann.post(place(team, dump), {"name-0": "Jo", "as-0": "", "name-1": "Maria", "as-1": team.members["bo"].pk})
    assert "They are being taken over. You can leave this page." in words(ann.get(answer["Location"]))
    worlds.read_all(team.library)
    assert said(team, "alpha") == {"bo": "include"}
    assert "Take all of them back" in words(ann.get(place(team, dump)))
    ann.post(place(team, dump), {"act": "back"})
    worlds.read_all(team.library)
    assert said(team, "alpha") == {}


def test_nobody_named_is_said_in_words(team, as_):
    dump = bring(team)
    answer = as_(team, "ann").post(place(team, dump), {"name-0": "Jo", "as-0": ""}, follow=True)
    assert "Say of at least one name which member it is." in words(answer)
    assert not Job.objects.filter(kind="decisions").exists()


def test_while_blinded_the_page_says_nothing_of_what_became_of_them(team, as_):
    """Whether a decision was left out would tell that the member had decided before."""
    dump = bring(team)
    team.decide("bo", "alpha", "exclude")
    take(team, dump, Maria="bo")
    text = words(as_(team, "ann").get(place(team, dump)))
    assert re.findall(r"\d+ ×", text) == ["1 ×", "1 ×", "2 ×", "1 ×"]  # the file's own counts, whatever was decided


def test_a_decision_that_was_imported_says_so_where_it_is_shown(team, as_):
    dump = bring(team)
    take(team, dump, Maria="bo")
    bo = as_(team, "bo")
    work = team.works["alpha"].pk
    assert f"imported from {dump.name}" in words(bo.get(f"/reviews/{team.review.pk}/works/{work}/"))
    assert f"imported from {dump.name}" in words(
        bo.get(f"/reviews/{team.review.pk}/screen/title-abstract/?work={work}")
    )
    table = b"".join(bo.get(f"/reviews/{team.review.pk}/export/works.csv").streaming_content).decode()
    row = next(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert (row["Title and abstract: Bo"], row["Title and abstract: Bo, imported from"]) == ("Include", dump.name)


def test_in_a_conflict_the_imported_side_says_so(team, as_):
    dump = bring(team)
    take(team, dump, Maria="bo", Jo="cy")
    assert f"imported from {dump.name}" in words(
        as_(team, "ann").get(f"/reviews/{team.review.pk}/conflicts/title-abstract/")
    )


def test_what_the_file_says_is_not_on_the_screening_card(team, as_):
    bring(team)
    page = as_(team, "bo").get(f"/reviews/{team.review.pk}/screen/title-abstract/").content.decode()
    assert "RAYYAN" not in page and "Maria" not in page


def test_blinded_members_do_not_see_what_was_imported_for_others(team, as_):
    dump = bring(team)
    bo = as_(team, "bo")
    pages = [f"works/{team.works['alpha'].pk}/", "library/", "prisma/", "export/works.csv"]

    def seen():
        answers = [bo.get(f"/reviews/{team.review.pk}/{page}") for page in pages]
        texts = [b"".join(answer.streaming_content) if answer.streaming else answer.content for answer in answers]
        return [re.sub(rb'(csrf[^>]*value="|x-csrftoken": ")[^"]+', b"", text) for text in texts]

    before = seen()
    take(team, dump, Jo="cy")
    assert seen() == before


# Before storing


def test_names_given_at_the_look_are_taken_over_when_all_is_read(team, as_):
    ann = as_(team, "ann")
    answer = ann.post(
        f"/reviews/{team.review.pk}/import/",
        {"source": "X", "kind": "database", "preview": "on", "files": [SimpleUploadedFile("old.ris", THREE.encode())]},
    )
    text = words(ann.get(answer["Location"]))
    assert "These first entries carry decisions made elsewhere." in text and "2 × Include" in text
    ann.post(answer["Location"], {"act": "store", "name-0": "Maria", "as-0": team.members["bo"].pk})
    worlds.read_all(team.library)
    worlds.read_all(team.library)
    bring(team, worlds.ris("hotel"), source="Other")
    assert said(team, "alpha") == {"bo": "include"}
    assert Dump.objects.get(name="old.ris").options["decisions"] == {
        "by": team.members["ann"].pk, "as": {"Maria": team.members["bo"].pk},
    }  # fmt: skip


def test_a_librarian_cannot_give_names_at_the_look(team, as_):
    lib = as_(team, "lib")
    answer = lib.post(
        f"/reviews/{team.review.pk}/import/",
        {"source": "X", "kind": "database", "preview": "on", "files": [SimpleUploadedFile("old.ris", THREE.encode())]},
    )
    assert "An owner of the review can take them over" in words(lib.get(answer["Location"]))
    lib.post(answer["Location"], {"act": "store", "name-0": "Maria", "as-0": team.members["bo"].pk})
    worlds.read_all(team.library)
    worlds.read_all(team.library)
    assert not Decision.objects.exists() and "decisions" not in Dump.objects.get().options
