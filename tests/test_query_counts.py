"""Every page of a review asks the database as often for few works as for 200; how often stands in one table.

A number that grows with the rows is a query in a loop. A number that changed on purpose is changed here.
"""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import actions as found
from records import known
from records.models import AlreadyThere, Dump, Match, Record, RejectedStretch, Upload, Work
from reviews import actions, counters, marking, setup
from reviews.models import Decision, Labelling, Outcome, Report, Round, RoundWork, StageName, State, Study
from tests import world as worlds
from tests.test_doors import TABLE

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
FEW, MANY = 18, 200  # the world begins with eight

# Address: who looks, where under the review, queries while blinded, queries after the unblinding.
PAGES = {
    "reviews:overview": ("ann", "", 11, 15),
    "reviews:settings": ("ann", "settings/", 12, 12),
    "reviews:rule": ("ann", "settings/rules/title-abstract/", 4, 4),
    "reviews:unblind": ("ann", "settings/unblind/", 5, 5),
    "reviews:team": ("ann", "team/", 12, 17),
    "reviews:member": ("ann", "team/{member}/", 7, 7),
    "reviews:void": ("ann", "team/{member}/void/", 8, 20),
    "reviews:allocation": ("ann", "team/allocation/title-abstract/", 8, 8),
    "allocation, previewed": ("ann", "team/allocation/title-abstract/?how=shares", 15, 15),
    "reviews:interests": ("ann", "team/interests/", 6, 6),
    "reviews:import": ("ann", "import/", 8, 8),
    "reviews:import-progress": ("lib", "import/progress/", 8, 8),
    "reviews:upload": ("ann", "import/uploads/{upload}/", 4, 4),
    "reviews:preview": ("ann", "dumps/{dump}/preview/", 5, 5),
    "reviews:earlier-decisions": ("ann", "dumps/{dump}/decisions/", 5, 5),
    "reviews:intake": ("ann", "dumps/{dump}/", 11, 11),
    "reviews:dump-file": ("ann", "dumps/{dump}/file/", 4, 4),
    "reviews:dump-source": ("ann", "dumps/{dump}/source/", 7, 7),
    "reviews:stretch": ("ann", "stretches/{stretch}/", 7, 7),
    "reviews:undo-import": ("ann", "dumps/{dump}/undo/", 16, 17),
    "reviews:searches": ("bo", "searches/", 9, 9),
    "reviews:search": ("ann", "searches/{search}/", 11, 11),
    "reviews:appendix": ("bo", "searches/appendix/", 10, 10),
    "reviews:appendix-file": ("bo", "searches/appendix.md", 10, 10),
    "reviews:known-items": ("bo", "known-items/", 14, 16),
    "reviews:retractions": ("bo", "retractions/", 9, 9),
    "reviews:missing": ("bo", "missing-abstracts/", 6, 6),
    "reviews:library": ("bo", "library/", 17, 17),
    "library, filtered": ("bo", "library/?own=none&abstract=some&since=2000&order=title", 17, 17),
    "reviews:bulk": ("ann", "library/decide/", 12, 12),
    "reviews:bulk-acts": ("ann", "library/acts/", 6, 6),
    "bulk, previewed": (
        "ann",
        "library/decide/?bulk-stage=title-abstract&bulk-verdict=exclude&bulk-how=read",
        13,
        14,
    ),
    "reviews:work": ("bo", "works/{work}/", 14, 18),
    "reviews:duplicates": ("lib", "duplicates/", 10, 10),
    "reviews:same": ("bo", "duplicates/same/?work={work}", 9, 9),
    "reviews:clusters": ("lib", "duplicates/works/", 6, 6),
    "reviews:cluster": ("lib", "duplicates/works/{work}/", 8, 8),
    "reviews:acts": ("lib", "duplicates/acts/", 5, 5),
    "reviews:proposals": ("lib", "duplicates/proposals/", 9, 9),
    "reviews:proposal": ("lib", "duplicates/proposals/{proposal}/", 7, 7),
    "same, searched": ("lib", "duplicates/same/?q=fictional", 5, 5),
    "reviews:screen": ("bo", "screen/title-abstract/", 24, 24),
    "reviews:screen-ahead": ("bo", "screen/title-abstract/ahead/", 17, 17),
    "reviews:conflicts": ("cy", "conflicts/title-abstract/", 17, 17),
    "reviews:conflicts-alike": ("cy", "conflicts/title-abstract/reasons/", 4, 4),
    "reviews:calibration": ("ann", "calibration/title-abstract/", 8, 8),
    "reviews:calibration-close": ("ann", "calibration/title-abstract/close/", 4, 4),
    "reviews:round": ("bo", "calibration/rounds/{round}/", 11, 11),
    "reviews:agreement": ("bo", "agreement/", 8, 10),
    "reviews:agreement-file": ("bo", "agreement/agreement.csv", 8, 10),
    "reviews:reports": ("lib", "reports/", 3, 7),
    "reviews:prisma": ("bo", "prisma/", 8, 8),
    "reviews:prisma-svg": ("bo", "prisma/flow.svg", 6, 6),
    "reviews:progress": ("ann", "progress/", 9, 11),
    "reviews:history": ("ann", "history/", 11, 10),
    "history of a work": ("bo", "history/?about=work+{work}", 12, 11),
    "progress, observer": ("obs", "progress/", 4, 6),
    "reviews:export": ("bo", "export/", 9, 9),
    "reviews:export-file": ("bo", "export/works.csv", 11, 13),
    # The same pages, other lists, stages and roles.
    "rule, previewed": (
        "ann",
        "settings/rules/title-abstract/?needed=1&maybe_counts_as=include&maybe_with_maybe=include&maybe_with_exclude=conflict",
        6,
        12,
    ),
    "library, under criteria": ("bo", "library/?list=criteria-1", 14, 14),
    "overview, reviewer": ("bo", "", 10, 13),
    "overview, observer": ("obs", "", 7, 8),
    "intake, found": ("lib", "dumps/{dump}/?list=found", 13, 13),
    "intake, already there": ("lib", "dumps/{dump}/?list=there", 11, 11),
    "source, a record": ("lib", "dumps/{dump}/source/?record={record}", 7, 7),
    "missing, decided": ("bo", "missing-abstracts/?part=decided", 6, 6),
    "library, records": ("bo", "library/?list=records", 5, 5),
    "library, rejected": ("lib", "library/?list=rejected", 5, 5),
    "library, duplicates": ("lib", "library/?list=duplicates", 5, 5),
    "library, sought": ("bo", "library/?list=sought-databases", 17, 17),
    "library, searched": ("bo", "library/?q=fictional", 19, 19),
    "duplicates, joined": ("lib", "duplicates/?list=joined", 10, 10),
    "duplicates, answered": ("lib", "duplicates/?list=answered", 10, 10),
    "duplicates, related": ("lib", "duplicates/?list=related", 10, 10),
    "screen, full text": ("bo", "screen/full-text/", 9, 24),
    "conflicts, full text": ("cy", "conflicts/full-text/", 17, 17),
    "export, records": ("bo", "export/records.ris", 9, 11),
}


def test_every_page_that_can_be_looked_at_has_its_row():
    pages = {name for name, row in TABLE.items() if row.get and name.startswith("reviews:")}
    assert pages == {name for name in PAGES if name.startswith("reviews:")}


def grow(world, count):
    """Import until there are so many works; of the new ones every fourth is in conflict, included, a question, pending.

    Rows are made as the verbs would make them, but many at once.
    """
    there = world.library.all_works.filter(empty=False).count()
    entries = "".join(
        worlds.ris_entry(
            "alpha", title=f"fictional {n * 7919:x} q{n}z", AU=f"N{n}, A", DO=f"10.5555/{n}", AB="", SP="", VL="", N1=""
        )
        + ("stray words\n" if n % 5 == 0 else "")
        for n in range(there, count)
    )
    dump = worlds.import_text(world.review, world.people["ann"], entries, source=f"Index of {count}")
    works = list(Work.objects.filter(records__dump=dump).select_related("lead").order_by("rank"))
    assert world.library.all_works.filter(empty=False).count() == count
    conflicts, included, questions = works[0::4], works[1::4], works[2::4]
    said = [(w, "ann", "include", TITLE) for w in conflicts + included] + [
        (w, "bo", "include", TITLE) for w in included
    ]
    said += [(w, "bo", "exclude", TITLE) for w in conflicts] + [(w, "ann", "include", FULL) for w in included[::2]]
    Decision.objects.bulk_create(
        Decision(
            review=world.review,
            work=w,
            record_id=w.lead_id,
            member=world.members[who],
            stage=stage,
            verdict=v,
            key=uuid.uuid4(),
        )
        for w, who, v, stage in said
    )
    outcomes = Outcome.objects.filter(review=world.review, stage=TITLE)
    outcomes.filter(work__in=conflicts).update(state=State.CONFLICT, decided=2)
    outcomes.filter(work__in=included).update(state=State.INCLUDED, decided=2)
    study = Study.objects.create(review=world.review, label="One of many reports")
    Report.objects.bulk_create(
        Report(review=world.review, work=w, record_id=w.lead_id, retrieval="retrieved", study=study) for w in included
    )
    states = [State.CONFLICT, State.CONFLICT, State.AWAITING, State.PENDING]
    Outcome.objects.bulk_create(
        Outcome(
            review=world.review, work=w, stage=FULL, rank=w.rank, state=states[n % 4], only_member=world.members["ann"]
        )
        for n, w in enumerate(included)
    )
    first = Record.objects.filter(library=world.library).order_by("pk").first()
    bands = [("look", False, "related"), ("look", True, ""), ("joined", False, ""), ("look", False, "different")]
    Match.objects.bulk_create(
        Match(
            library=world.library, record_a=first, record_b=w.lead, score=0, probability=0.5, rules="r", band=band,
            open=asked, answer=said, answered_by=world.people["lib"] if said else None, answered_at=said and world.review.at or None,
        )
        for n, w in enumerate(questions) for band, asked, said in [bands[n % 4]]
    )  # fmt: skip
    known.add(
        by=world.people["ann"], library=world.library, text="\n".join(f"10.5555/{n}" for n in range(there, count))
    )
    found.recount_questions(world.library)
    counters.mend(world.review.pk)
    assert RejectedStretch.objects.filter(dump=dump).exists()
    AlreadyThere.objects.bulk_create(
        AlreadyThere(library=world.library, dump=dump, record=w.lead, first_line=n, last_line=n, filled=["doi"])
        for n, w in enumerate(works)
    )
    Dump.objects.filter(pk=dump.pk).update(already_there=len(works), found=dump.found + len(works))
    world.dump = dump
    mark(world, works)
    return works


def mark(world, works):
    """Every second work carries a label of two members, and there is one more label and one more highlight list."""
    marking.add_list(member=world.members["ann"], name=f"Of {len(works)}", terms="fictional\ninterview*")
    label = marking.add_label(member=world.members["ann"], name=f"Of {len(works)}")
    Labelling.objects.bulk_create(
        Labelling(review=world.review, label=label, record_id=w.lead_id, member=world.members[who], spelling=label.name)
        for w in works[::2]
        for who in ("ann", "bo")
    )


def join_into_one(world, works):
    """These records stand in the first work."""
    Record.objects.filter(work__in=works).update(work=world.works["alpha"])
    Work.objects.filter(pk__in=[w.pk for w in works]).update(empty=True, lead=None)
    Outcome.objects.filter(work__in=works).delete()
    Match.objects.filter(record_b__work=world.works["alpha"]).update(band="joined", open=False)


def a_round(world):
    """A closed calibration round; counts for many works of it stand in tests/reviews/test_calibration.py."""
    made = Round.objects.create(
        review=world.review, stage=TITLE, number=1, how="random", seed=1, criteria_version=0, by=world.people["ann"],
        closed_at=world.review.at,
    )  # fmt: skip
    for n, work in enumerate(world.works.values()):
        RoundWork.objects.create(review=world.review, round=made, work=work, record_id=work.lead_id, order=n)
    return made


def asked(world):
    """How often each page asks the database."""
    counts = {}
    upload = Upload.objects.create(library=world.library, name="big.ris", size=9, by=world.people["ann"])
    calibration = Round.objects.filter(review=world.review).first() or a_round(world)
    proposal = world.library.proposals.create(kind="answers", state="ready", at_least=0.4, by=world.people["ann"])
    for n, match in enumerate(Match.objects.filter(library=world.library, band="look")):
        proposal.changes.create(
            library=world.library, kind="join", record_a_id=match.record_a_id, record_b_id=match.record_b_id, score=n
        )
    for name, (who, rest, *_numbers) in PAGES.items():
        client = Client()
        client.force_login(world.people[who])
        place = f"/reviews/{world.review.pk}/" + rest.format(
            dump=world.dump.pk, work=world.works["alpha"].pk, search=world.dump.search_id, upload=upload.pk,
            stretch=world.dump.rejected_stretches.earliest("pk").pk, record=world.dump.records.order_by("pk")[1].pk,
            proposal=proposal.pk, member=world.members["bo"].pk, round=calibration.pk,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(place)
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert answer.status_code == 200, name
        counts[name] = len(queries)
    return counts


@pytest.mark.parametrize("blinded", [True, False], ids=["blinded", "unblinded"])
def test_no_page_asks_more_often_for_more_works(world, blinded):
    if not blinded:
        for stage in StageName.values:
            actions.unblind(member=world.members["ann"], stage=stage)
    setup.set_criteria(member=world.members["ann"], rows=[("Sample", "adults"), ("Design", "interviews")])
    grow(world, FEW)
    few = asked(world)
    join_into_one(world, grow(world, MANY)[3::8])
    many = asked(world)
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert few == {name: row[2 if blinded else 3] for name, row in PAGES.items()}
