"""Dealing works to members: examples, and properties of all deals."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.dealing import Hand, Place, deal, loads, portions


def hands(*shares, experts=()):
    return [Hand(key, share, key in experts) for key, share in enumerate(shares, 1)]


def places(count, missing=2, **more):
    return [Place(work, missing, **more) for work in range(count)]


def test_equal_shares_read_equally_much_and_every_pair_meets():
    dealt = deal(places(300), hands(1, 1, 1), seed="s")
    assert loads(dealt) == {1: 200, 2: 200, 3: 200}
    assert {frozenset(members) for members in dealt.values()} == {
        frozenset({1, 2}),
        frozenset({1, 3}),
        frozenset({2, 3}),
    }


def test_loads_are_in_proportion_to_shares():
    assert loads(deal(places(100, 1), hands(3, 1), seed="s")) == {1: 75, 2: 25}
    assert loads(deal(places(100), hands(2, 1, 1), seed="s")) == {1: 100, 2: 50, 3: 50}
    assert loads(deal(places(10), hands(9, 1, 1), seed="s")) == {1: 10, 2: 5, 3: 5}  # nobody reads a work twice


def test_a_member_with_no_share_is_given_nothing():
    assert loads(deal(places(10, 1), hands(1, 0), seed="s")) == {1: 10}


def test_the_same_seed_deals_the_same_and_another_one_otherwise():
    first = deal(places(40), hands(1, 1, 1), seed="s")
    assert deal(places(40), hands(1, 1, 1), seed="s") == first != deal(places(40), hands(1, 1, 1), seed="t")


def test_where_too_few_are_named_others_fill_up():
    dealt = deal(places(6, among=frozenset({1})), hands(1, 1, 1), seed="s")
    assert all(1 in members and len(members) == 2 for members in dealt.values())
    assert loads(dealt) == {1: 6, 2: 3, 3: 3}
    both = deal(places(6, among=frozenset({1, 2})), hands(1, 1, 1), seed="s")
    assert loads(both) == {1: 6, 2: 6}


def test_each_work_has_an_expert_and_a_novice():
    dealt = deal(places(40), hands(1, 1, 1, 1, experts={1, 2}), seed="s", expert_with_novice=True)
    assert all(len({1, 2} & set(members)) == 1 for members in dealt.values())
    assert loads(dealt) == {1: 20, 2: 20, 3: 20, 4: 20}


def test_an_expert_who_has_the_work_already_needs_no_second():
    dealt = deal(
        places(4, 1, never=frozenset({1}), has_expert=True),
        hands(1, 1, 1, experts={1, 2}),
        seed="s",
        expert_with_novice=True,
    )
    assert loads(dealt) == {3: 4}


def test_portions_by_largest_remainder():
    assert portions(10, {1: 1, 2: 1, 3: 1}, {1: 9, 2: 9, 3: 9}) in [
        {1: 4, 2: 3, 3: 3},
        {1: 3, 2: 4, 3: 3},
        {1: 3, 2: 3, 3: 4},
    ]
    assert portions(7, {1: 3, 2: 1}, {1: 9, 2: 9}) == {1: 5, 2: 2}


@st.composite
def questions(draw):
    shares = draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    team = [Hand(key, share, draw(st.booleans())) for key, share in enumerate(shares, 1)]
    keys = st.frozensets(st.sampled_from([hand.key for hand in team]), max_size=2)
    rows = [
        Place(work, draw(st.integers(0, 3)), draw(keys), draw(keys), draw(st.booleans()))
        for work in range(draw(st.integers(0, 25)))
    ]
    return rows, team, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(questions())
def test_whatever_is_asked_each_work_has_all_it_can_have_and_nobody_who_is_barred(question):
    rows, team, mixed = question
    dealt = deal(rows, team, seed="s", expert_with_novice=mixed)
    for place in rows:
        members = dealt.get(place.work, [])
        allowed = {hand.key for hand in team} - place.never
        assert len(set(members)) == len(members) == min(place.missing, len(allowed))
        assert set(members) <= allowed
        experts = {hand.key for hand in team if hand.expert} & allowed
        if mixed and experts and place.missing and not place.has_expert:
            assert experts & set(members)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 60), st.integers(1, 4), st.integers())
def test_loads_differ_from_the_portions_by_less_than_one(shares, count, missing, seed):
    team = hands(*shares)
    dealt = deal(places(count, missing), team, seed=str(seed))
    slots = count * min(missing, len(team))
    exact = {hand.key: slots * hand.share / sum(shares) for hand in team}
    if all(value <= count for value in exact.values()):
        assert all(abs(loads(dealt).get(key, 0) - value) < 1 for key, value in exact.items())


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 6), st.integers(20, 60), st.data())
def test_a_few_bars_leave_the_loads_even(size, count, data):
    barred = {work: frozenset({data.draw(st.integers(1, size))}) for work in range(data.draw(st.integers(0, 4)))}
    rows = [Place(work, 2, barred.get(work, frozenset())) for work in range(count)]
    found = loads(deal(rows, hands(*[1] * size), seed="s"))
    assert max(found.values()) - min(found.values()) <= 1
