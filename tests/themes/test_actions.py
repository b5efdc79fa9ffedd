"""The verbs of coding and of drawing together: what they store, what they refuse, what they leave alone."""

import pytest
from django.db import IntegrityError, transaction

from records import actions as records_actions
from records.history import faults
from records.models import Event
from reviews.settling import InReviews
from tests.themes.conftest import span_of, text_of
from tests.world import import_text, ris_entry
from themes import actions, queries
from themes.models import Code, Coding, Excerpt, Theme, ThemeCode

HEARD, BACK = "being heard", "giving back"


def verbs(world):
    return list(Event.objects.filter(library=world.library).order_by("-number").values_list("verb", flat=True))


# --- codes
def test_a_code_is_made_once_in_any_case(world):
    first = actions.create_code(member=world.members["ann"], name="  Being   heard ")
    assert first.name == "Being heard"
    assert actions.create_code(member=world.members["bo"], name="BEING HEARD") == first
    assert verbs(world).count("made a code") == 1


def test_names_are_folded_in_every_alphabet(world):
    first = actions.create_code(member=world.members["ann"], name="Über sich")
    assert actions.create_code(member=world.members["ann"], name="über sich") == first


def test_colours_go_round(world):
    made = [actions.create_code(member=world.members["ann"], name=f"code {n}").colour for n in range(10)]
    assert made == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]


def test_a_colour_can_be_given(world):
    assert actions.create_code(member=world.members["ann"], name="Voice", colour=5).colour == 5
    assert actions.create_code(member=world.members["ann"], name="Trust", colour=11).colour == 3


@pytest.mark.parametrize("name", ["", "   ", "\u00a0"])
def test_a_code_needs_a_name(world, name):
    with pytest.raises(actions.NameMissing):
        actions.create_code(member=world.members["ann"], name=name)


def test_a_code_is_renamed_and_keeps_its_codings(world, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    actions.change_code(
        member=world.members["bo"], code=coding.code, name="Being heard", definition=" To be listened to "
    )
    coding.code.refresh_from_db()
    assert (coding.code.name, coding.code.definition) == ("Being heard", "To be listened to")
    assert Coding.objects.get().code == coding.code


def test_a_code_cannot_take_anothers_name(world):
    ann = world.members["ann"]
    actions.create_code(member=ann, name="Voice")
    other = actions.create_code(member=ann, name="Trust")
    with pytest.raises(actions.NameTaken):
        actions.change_code(member=ann, code=other, name="VOICE", definition="")
    assert Code.objects.get(pk=other.pk).name == "Trust"


def test_a_code_may_change_the_case_of_its_own_name(world):
    code = actions.create_code(member=world.members["ann"], name="voice")
    assert actions.change_code(member=world.members["ann"], code=code, name="Voice", definition="").name == "Voice"


def test_a_retired_code_is_kept_with_its_codings_and_its_place(world, coded):
    ann, coding = world.members["ann"], coded("ann", "alpha", HEARD, "Voice")
    theme = actions.create_theme(member=ann, name="Voices")
    actions.put_code(member=ann, theme=theme, code=coding.code)
    actions.retire_code(member=ann, code=coding.code)
    assert Code.objects.get().retired
    assert queries.matrix(ann).total == 1
    assert queries.board(ann).themes[0].places[0].code == coding.code
    with pytest.raises(actions.CodeRetired):
        coded_again = span_of(world, "alpha", BACK)
        actions.code_span(member=ann, code=Code.objects.get(), **coded_again)


def test_a_retired_code_comes_back_unless_its_name_is_taken(world):
    ann = world.members["ann"]
    code = actions.create_code(member=ann, name="Voice")
    actions.retire_code(member=ann, code=code)
    actions.revive_code(member=ann, code=code)
    assert not Code.objects.get(pk=code.pk).retired
    actions.retire_code(member=ann, code=code)
    assert actions.create_code(member=ann, name="voice") != code
    with pytest.raises(actions.NameTaken):
        actions.revive_code(member=ann, code=code)


# --- codings
def test_words_get_a_code(world, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    excerpt = coding.excerpt
    assert excerpt.text.body[excerpt.start : excerpt.end] == excerpt.quote == HEARD
    assert (coding.code.name, coding.coder) == ("Voice", world.members["ann"])
    assert verbs(world)[:2] == ["coded words", "made a code"]
    assert list(faults(world.library.pk)) == []


def test_the_same_again_changes_nothing(world, coded):
    first = coded("ann", "alpha", HEARD, "Voice")
    before = len(verbs(world))
    assert coded("ann", "alpha", HEARD, "VOICE") == first
    assert (Coding.objects.count(), Excerpt.objects.count(), len(verbs(world))) == (1, 1, before)


def test_two_coders_and_two_codes_share_one_excerpt(world, coded):
    coded("ann", "alpha", HEARD, "Voice")
    coded("bo", "alpha", HEARD, "Voice")
    coded("ann", "alpha", HEARD, "Trust")
    assert (Excerpt.objects.count(), Coding.objects.count()) == (1, 3)


def test_spans_may_overlap_and_nest(world, coded):
    for words in ("two themes were identified", "were identified: being heard", "identified"):
        coded("ann", "alpha", words, "Voice")
    assert Excerpt.objects.count() == 3


def refused(world, error, **change):
    span = {**span_of(world, "alpha", HEARD), **change}
    with pytest.raises(error):
        actions.code_span(member=world.members["ann"], name="Voice", **span)
    assert not Excerpt.objects.exists()
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "quote"), [(3, 3, ""), (5, 3, ""), (0, 99999, "B"), (-3, 2, "Ba"), (0, 2, "ba"), (0, 2, "Bac")]
)
def test_words_that_do_not_stand_there_are_refused(world, start, end, quote):
    refused(world, actions.QuoteDiffers, start=start, end=end, quote=quote)


def test_a_coding_without_code_and_name_is_refused(world):
    with pytest.raises(actions.NameMissing):
        actions.code_span(member=world.members["ann"], **span_of(world, "alpha", HEARD))
    assert not Excerpt.objects.exists()


def test_a_work_that_is_not_included_is_not_coded(world):
    with pytest.raises(actions.NotIncluded):
        actions.code_span(member=world.members["ann"], name="Voice", **span_of(world, "delta", HEARD))


def test_while_blinded_the_own_word_counts(world, coded):
    assert coded("ann", "charlie", HEARD, "Voice")
    with pytest.raises(actions.NotIncluded):  # bo did not include it; ann's include does not open it
        coded("bo", "charlie", HEARD, "Voice")


def test_another_reviews_text_and_code_are_refused(world, foreign):
    eve = foreign.members["eve"]
    with pytest.raises(actions.NotIncluded):
        actions.code_span(member=eve, name="Voice", **span_of(world, "alpha", HEARD))
    code = actions.create_code(member=eve, name="Eve's")
    theme = actions.create_theme(member=eve, name="Eve's")
    ann = world.members["ann"]
    with pytest.raises(Code.DoesNotExist):
        actions.code_span(member=ann, code=code, **span_of(world, "alpha", HEARD))
    for act in (actions.retire_code, actions.revive_code):
        with pytest.raises(Code.DoesNotExist):
            act(member=ann, code=code)
    for act in (actions.retire_theme, actions.revive_theme):
        with pytest.raises(Theme.DoesNotExist):
            act(member=ann, theme=theme)
    own = actions.create_code(member=ann, name="Own")
    with pytest.raises(Theme.DoesNotExist):
        actions.put_code(member=ann, theme=theme, code=own)
    assert not Coding.objects.exists()
    assert not ThemeCode.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("One 😀 smiled. Two 😀😀 laughed.", "laughed"),
        ("目的：同伴支持。结果：看见希望。", "看见希望"),
        ("Line one.\nLine two.", "one.\nLine"),
    ],
)
def test_offsets_are_code_points(world, body, words):
    entry = ris_entry("hotel", title="An entirely different title about lighthouses", AB="X", DO="", AU="Other, Ann")
    import_text(world.review, world.people["ann"], entry, source="Fourth Index")
    work = queries.Work.objects.get(title__startswith="An entirely")
    record = work.lead
    record.abstract = body
    text = records_actions.text_of(record)
    world.works["lights"] = work
    world.decide("ann", "lights", "include")
    start = body.index(words)
    span = {"text": text, "start": start, "end": start + len(words)}
    crlf = words.replace("\n", "\r\n")
    coding = actions.code_span(member=world.members["ann"], quote=crlf, name="Voice", **span)
    assert coding.excerpt.quote == words == text.body[coding.excerpt.start : coding.excerpt.end]


def test_only_the_coder_takes_a_coding_back(world, coded):
    coding = coded("ann", "alpha", HEARD, "Voice")
    with pytest.raises(actions.NotYours):
        actions.uncode(member=world.members["bo"], coding=coding)
    actions.uncode(member=world.members["ann"], coding=coding)
    coding.refresh_from_db()
    assert coding.removed_at
    assert Excerpt.objects.exists()
    assert verbs(world)[0] == "took a coding back"


def test_a_coding_taken_back_can_be_made_again(world, coded):
    first = coded("ann", "alpha", HEARD, "Voice")
    actions.uncode(member=world.members["ann"], coding=first)
    assert coded("ann", "alpha", HEARD, "Voice") != first
    assert Coding.objects.filter(removed_at=None).count() == 1


def test_undo_takes_the_own_codings_back_one_by_one(world, coded):
    first = coded("ann", "alpha", HEARD, "Voice")
    second = coded("ann", "bravo", HEARD, "Voice")
    others = coded("bo", "alpha", HEARD, "Voice")
    ann = world.members["ann"]
    assert actions.undo(member=ann) == second
    assert actions.undo(member=ann) == first
    with pytest.raises(actions.NothingToUndo):
        actions.undo(member=ann)
    assert list(Coding.objects.filter(removed_at=None)) == [others]


def test_codings_follow_their_record_when_works_are_joined_and_parted(world, coded):
    coded("ann", "bravo", HEARD, "Voice")
    ann, alpha, bravo = world.members["ann"], world.works["alpha"], world.works["bravo"]
    act = records_actions.join(
        by=world.people["ann"], library=world.library, into=alpha, others=[bravo], upstairs=InReviews()
    )
    assert [coding.excerpt.quote for coding in queries.codings_of_work(ann, alpha)] == [HEARD]
    records_actions.undo(by=world.people["ann"], library=world.library, act=act, upstairs=InReviews())
    assert queries.codings_of_work(ann, alpha) == []
    assert len(queries.codings_of_work(ann, bravo)) == 1


# --- themes
def test_a_theme_gathers_codes_with_a_reason(world):
    ann = world.members["ann"]
    code = actions.create_code(member=ann, name="Voice")
    theme = actions.create_theme(member=ann, name="Voices", statement="They speak.", level="analytical")
    place = actions.put_code(member=ann, theme=theme, code=code, rationale=" It says so ")
    assert place.rationale == "It says so"
    assert actions.put_code(member=ann, theme=theme, code=code) == place
    other = actions.create_theme(member=ann, name="Others")
    actions.put_code(member=ann, theme=other, code=code)
    assert ThemeCode.objects.count() == 2
    actions.take_code(member=ann, theme=theme, code=code)
    actions.take_code(member=ann, theme=theme, code=code)
    assert [place.theme for place in ThemeCode.objects.all()] == [other]
    assert verbs(world)[0] == "took a code out of a theme"


def test_several_codes_are_put_together_or_not_at_all(world):
    ann = world.members["ann"]
    good, gone = (actions.create_code(member=ann, name=name) for name in ("Good", "Gone"))
    actions.retire_code(member=ann, code=gone)
    theme = actions.create_theme(member=ann, name="Voices")
    with pytest.raises(actions.CodeRetired):
        actions.put_codes(member=ann, theme=theme, codes=[good, gone])
    assert not ThemeCode.objects.exists()


def test_themes_stand_in_the_order_they_were_made(world):
    ann = world.members["ann"]
    names = ["Zebra", "apple", "Mango"]
    for name in names:
        actions.create_theme(member=ann, name=name)
    assert [theme.name for theme in queries.board(ann).themes] == names


def test_a_theme_is_changed_but_takes_no_others_name(world):
    ann = world.members["ann"]
    actions.create_theme(member=ann, name="Voices")
    theme = actions.create_theme(member=ann, name="Silence")
    with pytest.raises(actions.NameTaken):
        actions.change_theme(member=ann, theme=theme, name="voices", statement="", level="descriptive")
    with pytest.raises(actions.NameTaken):
        actions.create_theme(member=ann, name="VOICES")
    actions.change_theme(member=ann, theme=theme, name="silence", statement="None speaks.", level="analytical")
    theme.refresh_from_db()
    assert (theme.name, theme.statement, theme.level) == ("silence", "None speaks.", "analytical")


def test_a_theme_off_the_board_keeps_its_codes_and_comes_back(world, coded):
    ann, coding = world.members["ann"], coded("ann", "alpha", HEARD, "Voice")
    theme = actions.create_theme(member=ann, name="Voices")
    actions.put_code(member=ann, theme=theme, code=coding.code)
    actions.retire_theme(member=ann, theme=theme)
    assert queries.board(ann).themes == []
    assert queries.board(ann).loose == [coding.code]
    assert queries.matrix(ann).total == 0
    actions.revive_theme(member=ann, theme=theme)
    assert queries.board(ann).themes == [theme]
    assert queries.matrix(ann).total == 1


# --- what the database promises
def test_the_database_keeps_one_active_code_per_name(world):
    code = actions.create_code(member=world.members["ann"], name="Voice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.create(review=world.review, name="VOICE", by=world.members["ann"])
    Code.objects.create(review=world.review, name="VOICE", by=world.members["ann"], retired=True)
    assert not code.retired


def test_the_database_refuses_an_empty_excerpt(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Excerpt.objects.create(review=world.review, text=text_of(world, "alpha"), start=4, end=4, quote="")
