"""From judged pairs to works: the order of pairs changes nothing, people's answers hold, and nothing vetoed is joined by a chain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from records.dedup import Judged, cluster
from records.dedup.compare import APART, JOINED, LOOK, RELATED


def judged(a, b, probability, band=None):
    """A judgement made by hand."""
    return Judged(
        a,
        b,
        probability * 10,
        probability,
        band or (JOINED if probability >= 0.8 else LOOK if probability >= 0.1 else APART),
    )


def works(plan):
    groups = {}
    for each, group in plan.group.items():
        groups.setdefault(group, set()).add(each)
    return {frozenset(each) for each in groups.values()}


IDS = list(range(7))
LINKS = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda link: link[0] < link[1])
SCORES = st.sampled_from([0.005, 0.05, 0.3, 0.6, 0.85, 0.9, 0.95, 0.9995])
EVIDENCE = st.dictionaries(LINKS, SCORES, max_size=14)
some = settings(max_examples=200, deadline=None)


@some
@given(
    EVIDENCE,
    st.lists(LINKS, max_size=3),
    st.lists(LINKS, max_size=3),
    st.sets(st.sampled_from(IDS)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_input_changes_nothing(evidence, same, different, decided, chance):
    rows, ids = [judged(a, b, p) for (a, b), p in evidence.items()], list(IDS)
    answers = {"same": same, "different": different, "decided": dict.fromkeys(decided, True)}
    before = cluster(ids, rows, **answers)
    chance.shuffle(rows)
    chance.shuffle(ids)
    turned = [
        Judged(row.b, row.a, row.score, row.probability, row.band) if chance.random() < 0.5 else row for row in rows
    ]
    answers |= {"same": [(b, a) for a, b in same][::-1], "different": [(b, a) for a, b in different][::-1]}
    after = cluster(ids, turned, **answers)
    assert after.group == before.group
    assert [{q.a, q.b} for q in after.questions] == [{q.a, q.b} for q in before.questions]


@some
@given(EVIDENCE, LINKS, st.lists(LINKS, max_size=3))
def test_different_always_holds_and_is_never_asked_again(evidence, answer, more):
    different = [answer, *more]
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], different=different)
    assert all(plan.group[a] != plan.group[b] for a, b in different)
    answered = {frozenset((plan.group[a], plan.group[b])) for a, b in different}
    assert not answered & {frozenset((plan.group[q.a], plan.group[q.b])) for q in plan.questions}


@some
@given(EVIDENCE, st.lists(LINKS, min_size=1, max_size=4))
def test_same_always_holds(evidence, same):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], same=same)
    assert all(plan.group[a] == plan.group[b] for a, b in same)


@some
@given(EVIDENCE, st.sets(st.sampled_from(IDS), min_size=2))
def test_two_decided_works_are_never_joined_but_asked_about(evidence, decided):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()], decided=dict.fromkeys(decided, True))
    assert all(len(work & decided) <= 1 for work in works(plan))
    for (a, b), p in evidence.items():
        if p >= 0.8 and {a, b} <= decided:
            groups = {plan.group[a], plan.group[b]}
            assert any({plan.group[q.a], plan.group[q.b]} == groups for q in plan.questions)


@some
@given(EVIDENCE)
def test_every_strong_pair_is_joined_or_asked_about(evidence):
    plan = cluster(IDS, [judged(a, b, p) for (a, b), p in evidence.items()])
    asked = {frozenset((plan.group[q.a], plan.group[q.b])) for q in plan.questions}
    for (a, b), p in evidence.items():
        if p >= 0.1:
            assert plan.group[a] == plan.group[b] or frozenset((plan.group[a], plan.group[b])) in asked
    assert set(plan.group) == set(IDS)


def test_a_chain_does_not_join_what_contradicts_itself():
    rows = [judged("a", "b", 0.95), judged("b", "c", 0.9), judged("a", "c", 0.005)]
    plan = cluster("abc", rows)
    assert works(plan) == {frozenset("ab"), frozenset("c")}
    assert [(q.a, q.b) for q in plan.questions] == [("b", "c")]


def test_an_answer_holds_in_great_works_too():
    ids = list(range(120))
    rows = [judged(n, n + 2, 0.9995) for n in range(118)] + [judged(0, 1, 0.99)]
    plan = cluster(ids, rows, different=[(118, 119)])
    assert len(works(plan)) == 2 and not plan.questions


def test_of_several_questions_about_two_works_the_strongest_is_asked():
    rows = [judged("a", "b", 0.95), judged("a", "c", 0.3), judged("b", "c", 0.6)]
    assert [(q.a, q.b) for q in cluster("abc", rows).questions] == [("b", "c")]


@some
@given(EVIDENCE, st.sets(LINKS, max_size=4), st.sets(LINKS, max_size=2))
def test_no_chain_brings_together_what_is_vetoed_or_akin(evidence, vetoed, doubtful):
    """Whether the pair is judged now or was judged before; records that say little may resemble both ends."""
    rows = [judged(a, b, p) for (a, b), p in evidence.items()]
    for row in rows:
        if (row.a, row.b) in vetoed:
            row.band, row.veto = LOOK, "numbers differ"
    said = {(row.a, row.b) for row in rows} & vetoed
    plan = cluster(IDS, rows, doubtful=doubtful)
    assert all(plan.group[a] != plan.group[b] for a, b in said | doubtful)


def test_related_pairs_are_told_apart_from_questions():
    rows = [judged("a", "b", 0.95), judged("b", "c", 0.02, RELATED), judged("a", "c", 0.3)]
    rows[1].kin = "notice"
    plan = cluster("abc", rows)
    assert works(plan) == {frozenset("ab"), frozenset("c")}
    assert [(each.a, each.b) for each in plan.related] == [("b", "c")]
    assert [(each.a, each.b) for each in plan.questions] == [("a", "c")]
