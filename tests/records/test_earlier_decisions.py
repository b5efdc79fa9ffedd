"""What a team decided in another tool comes in with its record: who, what, where, why; nothing is guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean, earlier_decisions
from records.readers import Draft, Source, read


def said(*pairs):
    """(by, verdict, stage, reason) of each decision that these pairs state."""
    return [(d["by"], d["verdict"], d["stage"], d["reason"]) for d in earlier_decisions.read(pairs)[0]]


def records(text):
    """The records of a text, cleaned."""
    return [clean.draft(each) for each in read(Source.of(text)) if isinstance(each, Draft)]


TA, FT = "title-abstract", "full-text"
RAYYAN = (
    'Mine. | RAYYAN-INCLUSION: {"Ann"=>"Included", "Ben"=>"Excluded", "Cy"=>"Maybe"} | RAYYAN-LABELS: tea, "quoted"'
    " | RAYYAN-EXCLUSION-REASONS: wrong drink,wrong cup"
)


def test_rayyan_names_everybody_with_verdict_labels_and_reasons():
    decisions, labels = earlier_decisions.read([("notes", RAYYAN)])
    assert labels == ["tea", '"quoted"']
    assert [tuple(d.values()) for d in decisions] == [
        ("Ann", "include", TA, "", labels),
        ("Ben", "exclude", TA, "wrong drink; wrong cup", labels),
        ("Cy", "maybe", TA, "", labels),
    ]


NOTES = [
    ("ASReview_relevant", [("", "include", TA, "")]),
    ("ASReview_irrelevant", [("", "exclude", TA, "")]),
    ("ASReview_not_seen", []),
    ("ASReview_validate_relevant", []),
    ("Exclusion reason: Wrong study design; ", [("", "exclude", FT, "Wrong study design")]),
    ("EXCLUDE on title & abstract", [("", "exclude", TA, "")]),
    ("INCLUDE on title & abstract", [("", "include", TA, "")]),
    ("2. EXCLUDE on population", [("", "exclude", TA, "population")]),
    ("Exclude on full text: no outcome", [("", "exclude", FT, "no outcome")]),
    ("INCLUDE on full report", [("", "include", FT, "")]),
    ("Full text: Ann: Exclude\nFull text: Ann, reason: Wrong: cup", [("Ann", "exclude", FT, "Wrong: cup")]),
    ("Title and abstract: outcome: included", [("", "include", TA, "")]),
    ("Title and abstract: outcome: conflict", []),
    ("Title and abstract: Ann: Maybe\nTitle and abstract: outcome: included", [("Ann", "maybe", TA, "")]),
    ("We include on average forty adults.", []),
    ("RAYYAN-INCLUSION: {}", []),
    ('RAYYAN-INCLUSION: {"Ann"=>"Thinking"}', []),
    ("A plain note.", []),
]


@pytest.mark.parametrize(("note", "decisions"), NOTES)
def test_a_note_says_what_was_decided_in_the_words_of_its_tool(note, decisions):
    assert said(note) == decisions
    assert earlier_decisions.note(note) or not decisions


COLUMNS = [
    ("asreview_label", "1", [("", "include", TA, "")]),
    ("asreview_label", "0", [("", "exclude", TA, "")]),
    ("included", "-1", []),
    ("included", "", []),
    ("label_included", "1.0", [("", "include", TA, "")]),
    ("final_included", "0", [("", "exclude", FT, "")]),
    ("Decision", "Excluded", [("", "exclude", TA, "")]),
    ("Decision", "1", []),
    ("Full text decision", "include", [("", "include", FT, "")]),
    ("Status", "published", []),
    ("EXCLUDE on title & abstract", "✓", [("", "exclude", TA, "")]),
    ("Title and abstract: Ann", "Include", [("Ann", "include", TA, "")]),
    ("Title and abstract: Ann", "", []),
]


@pytest.mark.parametrize(("column", "cell", "decisions"), COLUMNS)
def test_a_column_says_what_was_decided(column, cell, decisions):
    assert said((column, cell)) == decisions
    assert earlier_decisions.column(column) or not decisions


def test_a_reason_in_a_column_of_its_own_goes_to_who_excludes():
    assert said(("included", "0"), ("exclusion_reason", "wrong cup")) == [("", "exclude", TA, "wrong cup")]
    assert said(("included", "1"), ("exclusion_reason", "wrong cup")) == [("", "include", TA, "")]
    assert said(("Full text: outcome", "excluded"), ("Full text: outcome, reason", "late")) == [
        ("", "exclude", FT, "late")
    ]


def test_of_two_decisions_by_the_same_person_at_a_stage_the_first_counts():
    assert said(("asreview_label", "1"), ("included", "0")) == [("", "include", TA, "")]


def test_a_bare_flag_beside_named_decisions_is_only_their_sum():
    assert said(("included", "1"), ("Title and abstract: Ann", "Exclude")) == [("Ann", "exclude", TA, "")]


def test_a_decision_as_winnow_gives_it_out_is_taken_as_it_is():
    row = {"by": "Ann", "verdict": "exclude", "stage": FT, "reason": "late", "labels": []}
    assert earlier_decisions.read([row])[0] == [row]
    assert earlier_decisions.read([{"by": "Ann", "verdict": "perhaps", "stage": FT}, {1: 2}, 7, None])[0] == []


def test_a_table_of_rayyan_brings_decisions_and_keeps_its_notes():
    note = RAYYAN.replace('"', '""')
    (one,) = records(f'key,title,year,notes,doi\n1,Tea in cups,2019,"{note}",10.5555/tea.1\n')
    assert [d["by"] for d in one.decisions] == ["Ann", "Ben", "Cy"]
    assert one.labels == ["tea", '"quoted"']


def test_a_table_of_covidence_has_labels_where_others_have_keywords():
    (one,) = records(
        "Title,Authors,Published Year,Covidence #,Notes,Tags\n"
        '"Tea in cups","Ames, B",2019,7,"Exclusion reason: Wrong cup; ","green tea; old"\n'
    )
    assert (one.labels, one.keywords) == (["green tea", "old"], [])
    assert [(d["verdict"], d["stage"], d["reason"]) for d in one.decisions] == [("exclude", FT, "Wrong cup")]


def test_a_table_of_asreview_brings_labels_for_the_seen_only():
    found = records(
        "title,authors,year,included\nTea,Ames,2019,1\nMilk,Ames,2019,0\nJam,Ames,2019,-1\nSalt,Ames,2019,\n"
    )
    assert [[d["verdict"] for d in each.decisions] for each in found] == [["include"], ["exclude"], [], []]


def test_ris_brings_decisions_from_its_notes():
    (one,) = records(
        "TY  - JOUR\nTI  - Tea in cups\nN1  - A note.\nN1  - ASReview_irrelevant\n"
        "N1  - Title and abstract: Ann: Include\nKW  - tea\nER  - \n"
    )
    assert [(d["by"], d["verdict"]) for d in one.decisions] == [("", "exclude"), ("Ann", "include")]
    assert one.keywords == ["tea"]


def test_other_formats_bring_them_from_their_notes():
    note = 'RAYYAN-INCLUSION: {"Ann"=>"Included"}'
    texts = [
        f"@article{{a,\n title = {{Tea in cups}},\n note = {{{note}}}\n}}\n",
        f"%0 Journal Article\n%T Tea in cups\n%A Ames, Bea\n%Z {note}\n",
        "<xml><records><record><titles><title>Tea in cups</title></titles>"
        f"<notes>{note.replace('>', '&gt;')}</notes></record></records></xml>",
        "PMID- 90000001\nTI  - Tea in cups\nGN  - Title and abstract: Ann: Include\n",
        '[{"id": "1", "type": "article-journal", "title": "Tea in cups", "note": "Title and abstract: Ann: Include"}]',
        '[{"title": "Tea in cups", "decisions": [{"by": "Ann", "verdict": "include", "stage": "title-abstract"}]}]',
    ]
    for text in texts:
        (one,) = records(text)
        assert [(d["by"], d["verdict"]) for d in one.decisions] == [("Ann", "include")], text


def test_json_brings_flags_as_numbers_and_words():
    one, two, three = records(
        '[{"title": "Tea", "included": 1}, {"title": "Milk", "included": false}, {"title": "Jam", "included": null}]'
    )
    assert [[d["verdict"] for d in each.decisions] for each in (one, two, three)] == [["include"], ["exclude"], []]


ANYTHING = st.one_of(
    st.text(max_size=30), st.none(), st.integers(), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(["RAYYAN-", "ASReview_relevant", "EXCLUDE on ", "Full text: ", ", reason: ", '{"a"=>"Included"}']),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(ANYTHING, st.tuples(ANYTHING, ANYTHING)), max_size=5))
def test_no_value_makes_reading_decisions_raise(pairs):
    for row in earlier_decisions.read(pairs)[0]:
        assert row["verdict"] in ("include", "exclude", "maybe") and row["stage"] in (TA, FT)
