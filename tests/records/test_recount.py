"""`manage.py recount`: every kept counter is compared with a fresh count, and set right when asked."""

import io

import pytest
from django.core.management import call_command

from records import actions
from records.models import Dump, Library, Match, Search
from reviews.models import Stage
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import everything, take
from tests.world import ris

pytestmark = pytest.mark.django_db


def recount(*options):
    """What the command says, line by line, and its exit status."""
    out, status = io.StringIO(), 0
    try:
        call_command("recount", *options, stdout=out)
    except SystemExit as exit_:
        status = exit_.code
    return out.getvalue().splitlines(), status


def test_a_site_without_reviews_is_right():
    assert recount() == (["all counters are right"], 0)


def test_counters_of_a_screened_review_are_right(world, foreign):
    take(world, "AU  - Torn\nER  - \n\n" + ris("alpha"), source="Third Index")
    actions.join(
        by=world.people["lib"],
        library=world.library,
        into=world.works["echo"],
        others=[world.works["golf"]],
        upstairs=InReviews(),
    )
    actions.set_aside(
        by=world.people["lib"],
        search=Search.objects.filter(library=world.library).first(),
        aside=True,
        upstairs=InReviews(),
    )
    assert recount() == (["all counters are right"], 0)


WRONG = {
    "records says 999, there are 9": lambda w: Library.objects.filter(pk=w.library.pk).update(records=999),
    "works says 999, there are 8": lambda w: Library.objects.filter(pk=w.library.pk).update(works=999),
    "questions says 999, there are 0": lambda w: Library.objects.filter(pk=w.library.pk).update(questions=999),
    "says 999 records, there are 8": lambda w: Search.objects.filter(source="Fictional Index").update(records=999),
    "stage title-abstract says 999 pending, there are 5": lambda w: stage(w).update(pending=999),
    "stage title-abstract says 999 awaiting_second, there are 1": lambda w: stage(w).update(awaiting_second=999),
    "stage title-abstract says 999 conflict, there are 1": lambda w: stage(w).update(conflict=999),
    "stage title-abstract says 999 included, there are 1": lambda w: stage(w).update(included=999),
    "stage title-abstract says 999 excluded, there are 0": lambda w: stage(w).update(excluded=999),
}


def stage(world):
    return Stage.objects.filter(review=world.review, name="title-abstract")


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_counter_is_named_and_mended(world, foreign, words):
    before = everything(world.library), everything(foreign.library)
    WRONG[words](world)
    lines, status = recount()
    assert (status, len(lines), lines[1]) == (1, 2, "1 counters differ")
    assert lines[0].startswith(f"review {world.library.pk}: ") and lines[0].endswith(words)
    assert recount()[1] == 1  # looking alone mends nothing
    lines, status = recount("--mend")
    assert (status, lines[1]) == (0, "1 counters differ")
    assert recount() == (["all counters are right"], 0)
    assert (everything(world.library), everything(foreign.library)) == before


def test_several_wrong_counters_of_several_reviews_are_all_named(world, foreign):
    Library.objects.update(records=999)
    stage(world).update(pending=0)
    lines, status = recount("--mend")
    assert (status, lines[-1], len(lines)) == (0, "3 counters differ", 4)
    assert recount() == (["all counters are right"], 0)


def test_what_a_dump_says_of_its_entries_is_proved_too(world):
    dump = Dump.objects.filter(library=world.library).first()
    Dump.objects.filter(pk=dump.pk).update(rejected=3, found=11)
    lines, status = recount()
    assert (status, lines[0]) == (1, f"review {world.library.pk}: dump {dump.pk} says rejected 3, there are 0")
    assert recount("--mend")[1] == 0
    assert recount() == (["all counters are right"], 0)
    dump.refresh_from_db()
    assert (dump.found, dump.taken_in, dump.rejected) == (8, 8, 0)


def test_questions_are_counted_from_the_open_pairs(world):
    match = Match.objects.filter(library=world.library).first()
    Match.objects.filter(pk=match.pk).update(open=True)
    lines, _status = recount()
    assert lines[0].endswith("questions says 0, there are 1")


def test_an_empty_review_is_right():
    worlds.empty_world()
    assert recount() == (["all counters are right"], 0)
