"""Every address x every kind of person x every method x own and foreign review, from one table. An address without a row
fails the test, and so does a row without an address.

A row says which act opens the page, which methods it has, and how its child ids are made. From that follows every cell:
strangers (a member of another review, the site's staff) get 404, members whose role lacks the act 403, people who are not
signed in go to sign-in, other methods 405; a foreign child id in one's own review is 404.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from records.actions import text_of
from records.models import Dump, Job, KnownItem, Match, NoticeList, Proposal, Record, RejectedStretch, Search, Upload
from reviews.access import ACTS
from reviews.models import (
    Bulk,
    Invitation,
    NotOneStudy,
    Report,
    Retrieval,
    Review,
    Role,
    Round,
    SavedView,
    SendingBack,
)
from reviews.queries import included_works
from tests import world as worlds
from themes import actions as coding

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TA = {"stage": "title-abstract"}
MEMBERS = {
    "ann": Role.OWNER,
    "bo": Role.REVIEWER,
    "cy": Role.ADJUDICATOR,
    "lib": Role.LIBRARIAN,
    "obs": Role.OBSERVER,
}
STRANGERS = ("eve", "sam", "gone")  # owner of another review, site staff, a removed member


@dataclass(frozen=True)
class Row:
    """One address: the act that opens it, its methods, its child (a name in `children`), and what a bare POST answers."""

    act: str
    get: bool = True
    post: bool = False
    child: str = ""
    fixed: dict[str, Any] = field(default_factory=dict)
    posted: tuple[int, ...] = (200, 302, 400)
    shown: tuple[int, ...] = (200,)


TABLE = {
    "reviews:overview": Row("view"),
    "reviews:settings": Row("settings", post=True),
    "reviews:reasons": Row("settings", get=False, post=True),
    "reviews:criteria": Row("settings", get=False, post=True),
    "reviews:rule": Row("settings", post=True, fixed=TA),
    "reviews:protocol": Row("settings", get=False, post=True),
    "reviews:copy": Row("settings", get=False, post=True),
    "reviews:highlights": Row("settings", get=False, post=True),
    "reviews:labels": Row("settings", get=False, post=True),
    "reviews:unblind": Row("settings", post=True),
    "reviews:team": Row("team", post=True),
    "reviews:member": Row("team", post=True, child="member_id"),
    "reviews:void": Row("team", post=True, child="member_id"),
    "reviews:allocation": Row("team", post=True, fixed=TA),
    "reviews:deadlines": Row("team", get=False, post=True),
    "reviews:interests": Row("decide", post=True, posted=(200, 302, 404)),
    "reviews:interest": Row("decide", get=False, post=True, child="work_id"),
    "reviews:withdraw": Row("team", get=False, post=True, child="invitation_id"),
    "reviews:import": Row("import", post=True),
    "reviews:import-progress": Row("import"),
    "reviews:cancel-job": Row("import", get=False, post=True, child="job_id"),
    "reviews:uploads": Row("import", get=False, post=True),
    "reviews:upload": Row(
        "import", post=True, child="upload_id", posted=(400, 404), shown=(200, 404)
    ),  # its owner's only
    "reviews:preview": Row("import", post=True, child="dump_id"),
    "reviews:earlier-decisions": Row("settings", post=True, child="dump_id"),
    "reviews:aside": Row("import", get=False, post=True, child="search_id"),
    "reviews:intake": Row("import", child="dump_id"),
    "reviews:dump-file": Row("import", child="dump_id"),
    "reviews:dump-source": Row("import", child="dump_id"),
    "reviews:remove-stretches": Row("import", get=False, post=True, child="dump_id"),
    "reviews:undo-import": Row("import", post=True, child="dump_id"),
    "reviews:redo-import": Row("import", get=False, post=True, child="dump_id"),
    "reviews:stretch": Row("import", post=True, child="stretch_id"),
    "reviews:searches": Row("view"),
    "reviews:search-nothing": Row("import", get=False, post=True),
    "reviews:appendix": Row("view"),
    "reviews:appendix-file": Row("view", fixed={"file_format": "md"}),
    "reviews:search": Row("view", child="search_id"),
    "reviews:search-change": Row("import", get=False, post=True, child="search_id"),
    "reviews:search-nothing-here": Row("import", get=False, post=True, child="search_id"),
    "reviews:known-items": Row("view"),
    "reviews:known-items-add": Row("import", get=False, post=True),
    "reviews:known-item-remove": Row("import", get=False, post=True, child="item_id", posted=(302, 404)),
    "reviews:retractions": Row("view"),
    "reviews:retractions-add": Row("import", get=False, post=True),
    "reviews:retractions-back": Row("import", get=False, post=True, child="list_id", posted=(302, 404)),
    "reviews:missing": Row("upload"),
    "reviews:give-abstract": Row("upload", get=False, post=True, child="work_id"),
    "reviews:take-back-filling": Row("upload", get=False, post=True, child="record_id"),
    "reviews:library": Row("view"),
    "reviews:views": Row("view", get=False, post=True),
    "reviews:view": Row("view", get=False, post=True, child="view_id", posted=(302, 404)),
    "reviews:bulk": Row("settings", post=True),
    "reviews:bulk-acts": Row("settings"),
    "reviews:bulk-back": Row("settings", get=False, post=True, child="bulk_id", posted=(302, 404)),
    "reviews:work": Row("view", child="work_id"),
    "reviews:choose": Row("dedup", get=False, post=True, child="work_id"),
    "reviews:unchoose": Row("dedup", get=False, post=True, child="work_id"),
    "reviews:split": Row("dedup", get=False, post=True, child="record_id"),
    "reviews:duplicates": Row("dedup"),
    "reviews:pair": Row("dedup", get=False, post=True, child="match_id"),
    "reviews:undo-pair": Row("dedup", get=False, post=True),
    "reviews:same": Row("compare", post=True),
    "reviews:clusters": Row("dedup"),
    "reviews:cluster": Row("dedup", post=True, child="work_id"),
    "reviews:acts": Row("dedup"),
    "reviews:act-back": Row("dedup", get=False, post=True),
    "reviews:proposals": Row("dedup", post=True),
    "reviews:proposal": Row("dedup", post=True, child="proposal_id"),
    "reviews:screen": Row("decide", post=True, fixed=TA),
    "reviews:screen-undo": Row("decide", get=False, post=True, fixed=TA, posted=(200, 302, 409)),
    "reviews:screen-redo": Row("decide", get=False, post=True, fixed=TA, posted=(200, 302, 409)),
    "reviews:screen-ahead": Row("decide", fixed=TA),
    "reviews:screen-later": Row("decide", get=False, post=True, fixed=TA),
    "reviews:screen-note": Row("decide", get=False, post=True, fixed=TA),
    "reviews:screen-label": Row("decide", get=False, post=True, fixed=TA),
    "reviews:conflicts": Row("adjudicate", post=True, fixed=TA),
    "reviews:conflicts-undo": Row("adjudicate", get=False, post=True, fixed=TA),
    "reviews:conflicts-redo": Row("adjudicate", get=False, post=True, fixed=TA),
    "reviews:conflicts-later": Row("adjudicate", get=False, post=True, fixed=TA),
    "reviews:conflicts-send-back": Row("adjudicate", get=False, post=True, fixed=TA),
    "reviews:conflicts-call-back": Row("adjudicate", get=False, post=True, fixed=TA),
    "reviews:conflicts-alike": Row("adjudicate", post=True, fixed=TA),
    "reviews:discussion": Row("screened", get=False, post=True, child="work_id", fixed=TA, posted=(400, 403)),
    "reviews:together": Row("decide", get=False, post=True, child="work_id", fixed=TA, posted=(400, 403)),
    "reviews:calibration": Row("screened", fixed=TA),
    "reviews:calibration-change": Row("settings", get=False, post=True, fixed=TA),
    "reviews:calibration-close": Row("settings", post=True, fixed=TA),
    "reviews:round": Row("screened", child="round_id"),
    "reviews:agreement": Row("agreement"),
    "reviews:agreement-file": Row("agreement"),
    "reviews:reports": Row("retrieve", post=True),
    "reviews:study": Row("retrieve", get=False, post=True),
    "reviews:suggest-again": Row("retrieve", get=False, post=True, child="act", posted=(302, 404)),
    "reviews:take-out": Row("retrieve", get=False, post=True, child="report_id", posted=(302, 404)),
    "reviews:prisma": Row("view"),
    "reviews:prisma-svg": Row("view"),
    "reviews:progress": Row("view"),
    "reviews:history": Row("view"),
    "reviews:history-check": Row("settings", get=False, post=True),
    "reviews:export": Row("view"),
    "reviews:export-file": Row("view", fixed={"list_name": "works", "file_format": "csv"}),
    "themes:themes": Row("code"),
    "themes:matrix": Row("code"),
    "themes:quotes": Row("code"),
    "themes:code": Row("code", post=True, child="work_id", posted=(400, 409)),
    "themes:code-undo": Row("code", get=False, post=True),
    "themes:uncode": Row("code", get=False, post=True, child="coding_id", posted=(200, 302, 404)),
    "themes:codes": Row("code", get=False, post=True),
    "themes:codes+code_id": Row("code", get=False, post=True, child="code_id"),
    "themes:theme": Row("code", get=False, post=True),
    "themes:theme+theme_id": Row("code", get=False, post=True, child="theme_id"),
    "themes:theme-codes": Row("code", get=False, post=True, child="theme_id"),
}
# Addresses outside reviews, each with its own tests: who may open them is written down here.
ELSEWHERE = {
    "healthz": "everybody",
    "reviews:home": "people who are signed in",
    "reviews:new": "people who are signed in",
    "reviews:invitation": "whoever has the link",
    "reviews:parts": "staff",
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    """The full names of all addresses outside accounts, which has a table of its own. Where one name stands for two
    places, the one with a child is "name+child"."""
    found: list[str] = []
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            name = f"{prefix}{each.namespace}:" if each.namespace else prefix
            found += addresses(each, name)
        elif isinstance(each, URLPattern):
            name = f"{prefix}{each.name}"
            child = sorted(set(each.pattern.converters) - {"review_id", "stage"})
            found.append(f"{name}+{child[0]}" if name in found else name)
    return found


def test_every_address_has_its_row_and_every_row_its_address():
    known = {name for name in addresses() if not name.startswith(("accounts:", "account_", "mfa_"))}
    assert known == {*TABLE, *ELSEWHERE}


def children_of(world: worlds.World) -> dict[str, Any]:
    """An id of each kind inside one review; themes' own kinds are added by `themed`."""
    review: Review = world.review
    records = list(Record.objects.filter(library=review.pk).order_by("pk"))
    owner = world.members.get("ann") or world.members["eve"]
    invitation = Invitation.objects.create(
        review=review, by=owner.user, token_hash=uuid.uuid4().hex, expires_at="2099-01-01T00:00:00Z"
    )
    match, _ = Match.objects.get_or_create(
        library=world.library, record_a=records[0], record_b=records[1],
        defaults={"score": 0, "probability": 0.5, "band": "look", "open": False},
    )  # fmt: skip
    some = next(iter(world.members.values()))
    found = {
        "member_id": (world.members.get("bo") or some).pk,
        "invitation_id": invitation.pk,
        "job_id": Job.objects.filter(library=review.pk).first().pk,
        "search_id": Search.objects.filter(library=review.pk).first().pk,
        "dump_id": Dump.objects.filter(library=review.pk).first().pk,
        "stretch_id": RejectedStretch.objects.create(
            library=world.library, dump=records[0].dump, first_line=1, last_line=1, reason="stray words", text="x"
        ).pk,
        "work_id": next(iter(world.works.values())).pk,
        "record_id": records[0].pk,
        "upload_id": Upload.objects.create(library=world.library, name="big.ris", size=9, by=owner.user).pk,
        "match_id": match.pk,
        "proposal_id": Proposal.objects.create(
            library=world.library, kind="answers", state="dropped", at_least=0.9, by=owner.user
        ).pk,
        "bulk_id": Bulk.objects.create(
            review=review, stage="title-abstract", verdict="exclude", how="read", key=uuid.uuid4(), by=owner.user
        ).pk,
        "list_id": NoticeList.objects.create(library=world.library, name="list.csv", sha256="0", by=owner.user).pk,
        "round_id": Round.objects.create(
            review=review,
            stage="title-abstract",
            number=1,
            how="random",
            seed=1,
            criteria_version=0,
            by=owner.user,
            closed_at=review.at,
        ).pk,
        "view_id": SavedView.objects.create(review=review, member=owner, name="Gaps", query="abstract=none").pk,
        "item_id": KnownItem.objects.create(library=world.library, text="10.5555/known", by=owner.user).pk,
    }
    return found | themed(world, owner) | of_reports(world, owner)


def of_reports(world: worlds.World, owner: Any) -> dict[str, Any]:
    """A report of one review, and an act that said it to be of no other's study."""
    work = list(world.works.values())[-1]
    report = Report.objects.create(review=world.review, work=work, record_id=work.lead_id)
    apart = NotOneStudy.objects.create(review=world.review, act=uuid.uuid4(), report=report, side=0, by=owner.user)
    return {"report_id": report.pk, "act": apart.act}


def themed(world: worlds.World, owner: Any) -> dict[str, Any]:
    """A code, a theme and a coding of one review; the coding is the owner's, on a work that she included."""
    code = coding.create_code(member=owner, name="Being heard")
    theme = coding.create_theme(member=owner, name="A voice")
    work = included_works(owner).select_related("lead").first()
    text = text_of(work.lead)
    given = coding.code_span(member=owner, text=text, start=0, end=10, quote=text.body[:10], code=code)
    return {"code_id": code.pk, "theme_id": theme.pk, "coding_id": given.pk}


@pytest.fixture
def places(world, foreign):
    """The two reviews, the people, and the ids."""
    world.people["eve"] = foreign.people["eve"]
    world.people["gone"] = worlds.person("gone")
    gone = worlds.join_team(world.review, world.members["ann"], world.people["gone"], Role.OWNER)
    gone.removed_at = "2026-01-01T00:00:00Z"
    gone.save()
    return world, foreign, children_of(world), children_of(foreign)


def client_of(world: worlds.World, who: str) -> Client:
    """Somebody's browser, signed in once."""
    if who not in world.clients:
        world.clients[who] = Client(raise_request_exception=True)
        if who != "anonymous":
            world.clients[who].force_login(world.people[who])
    return world.clients[who]


def address(name: str, row: Row, review: Review, children: dict[str, Any]) -> str:
    kwargs = {"review_id": review.pk, **row.fixed}
    if row.child:
        kwargs[row.child] = children[row.child]
    return reverse(name.partition("+")[0], kwargs=kwargs)


def allowed(row: Row) -> set[str]:
    found = {"GET", "HEAD"} if row.get else set()
    return found | ({"POST"} if row.post else set())


def acts_of(world: worlds.World, who: str) -> frozenset[str]:
    return ACTS[MEMBERS[who]]


def expected(row: Row, method: str, who: str, world: worlds.World) -> tuple[int, ...]:
    """The cell: which answers are right."""
    if method not in allowed(row):
        return (405,)
    if who == "anonymous":
        return (302,)
    if who in STRANGERS:
        return (404,)
    if row.act not in acts_of(world, who):
        return (403,)
    return row.posted if method == "POST" else row.shown


def ask(client: Client, method: str, url: str, **headers: str) -> Any:
    return client.generic(method, url, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_own_review(places, name):
    world, _foreign, children, _theirs = places
    row = TABLE[name]
    url = address(name, row, world.review, children)
    # Strangers and methods first: a POST that is let in may change what stands there.
    for who in (*STRANGERS, "anonymous", "obs", "lib", "bo", "cy", "ann"):
        for method in sorted(METHODS, key=lambda m: m == "POST"):
            answer = ask(client_of(world, who), method, url)
            assert answer.status_code in expected(row, method, who, world), (who, method, answer.status_code)
            if who == "anonymous" and answer.status_code == 302:
                assert answer["Location"].startswith("/accounts/login/"), method


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_as_a_part_the_same_doors_are_closed(places, name):
    world, _foreign, children, _theirs = places
    row = TABLE[name]
    url = address(name, row, world.review, children)
    for who in (*STRANGERS, "anonymous", "obs", "lib", "bo", "cy", "ann"):
        for method in sorted(allowed(row) - {"HEAD"}):
            answer = ask(client_of(world, who), method, url, **{"hx-request": "true"})
            right = (401,) if who == "anonymous" else expected(row, method, who, world)
            assert answer.status_code in (*right, 409) if who == "ann" else answer.status_code in right, (who, method)
            if answer.status_code in (401, 403, 404):
                assert b"<html" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_foreign_review_is_nothing_to_anybody_of_this_one(places, name):
    world, foreign, _children, theirs = places
    row = TABLE[name]
    url = address(name, row, foreign.review, theirs)
    for who in (*MEMBERS, "sam", "gone"):
        for method in sorted(allowed(row)):
            assert ask(client_of(world, who), method, url).status_code == 404, (who, method)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row.child))
def test_a_foreign_child_in_the_own_review_is_not_there(places, name):
    world, _foreign, _children, theirs = places
    row = TABLE[name]
    url = address(name, row, world.review, theirs)
    for who in MEMBERS:
        for method in sorted(allowed(row)):
            right = 404 if row.act in acts_of(world, who) else 403
            assert ask(client_of(world, who), method, url).status_code == right, (who, method)


BODIES = [
    ("reviews:screen", {"work": "work_id", "revision": 1, "key": str(uuid.uuid4()), "verdict": "include"}),
    ("reviews:screen-later", {"work": "work_id"}),
    ("reviews:screen-note", {"work": "work_id", "text": "x"}),
    ("reviews:conflicts", {"work": "work_id", "revision": 1, "key": str(uuid.uuid4()), "verdict": "include"}),
    ("reviews:conflicts-later", {"work": "work_id"}),
    ("reviews:conflicts-send-back", {"work": "work_id", "revision": 1, "key": str(uuid.uuid4()), "why": "x"}),
    ("reviews:conflicts-call-back", {"sending": "sending"}),
    ("reviews:reports", {"report": "report", "retrieval": "retrieved"}),
    ("reviews:study", {"report": "report", "answer": "one"}),
    ("reviews:reasons", {"reason": "reason", "text": "renamed"}),
    ("reviews:reasons", {"reason": "reason", "move": "up"}),
    ("reviews:reasons", {"reason": "reason", "into": "reason"}),
    ("reviews:screen-label", {"work": "work_id", "revision": 1, "on": "x"}),
    ("reviews:highlights", {"list": "highlight", "act": "delete"}),
    ("reviews:highlights", {"list": "highlight", "name": "x", "kind": "other", "style": 1, "terms": "x"}),
    ("reviews:same", {"work": "work_id"}),
    ("reviews:choose", {"field": "title", "record": "record_id"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "body"), BODIES, ids=[name for name, _body in BODIES])
def test_a_foreign_id_in_the_body_is_not_there_and_nothing_changes(places, name, body):
    world, foreign, children, theirs = places
    golf = foreign.works["golf"]
    report = Report.objects.create(
        review=foreign.review, work=golf, record_id=golf.lead_id, retrieval=Retrieval.AWAITED
    )
    reason = foreign.review.reasons.first()
    highlight = foreign.review.highlight_lists.create(order=1, name="Hers", terms="hers").pk
    sending = SendingBack.objects.create(
        review=foreign.review, work=golf, record_id=golf.lead_id, stage="title-abstract", member=foreign.members["eve"],
        key=uuid.uuid4(),
    ).pk  # fmt: skip
    theirs = {**theirs, "report": report.pk, "reason": reason.pk, "highlight": highlight, "sending": sending}
    data = {key: theirs.get(value, value) for key, value in body.items()}
    row = TABLE[name]
    before = state_of(foreign), state_of(world)
    answer = client_of(world, "ann").post(address(name, row, world.review, children), data)
    assert answer.status_code in (404, 400, 302)
    assert (state_of(foreign), state_of(world)) == before


def state_of(world: worlds.World) -> tuple:
    """What must not move from outside."""
    head = world.library.history_head
    head.refresh_from_db()
    return head.hash, head.length


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row.get))
def test_looking_changes_nothing(places, name):
    world, _foreign, children, _theirs = places
    row = TABLE[name]
    before = state_of(world)
    client_of(world, "ann").get(address(name, row, world.review, children))
    assert state_of(world) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row.post))
def test_a_post_without_its_token_is_refused(places, name):
    world, _foreign, children, _theirs = places
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["ann"])
    before = state_of(world)
    answer = client.post(address(name, TABLE[name], world.review, children), {"title": "forged"})
    assert answer.status_code == 403
    assert state_of(world) == before


@pytest.mark.django_db
def test_pages_outside_reviews(places):
    world, foreign, _children, _theirs = places
    for who, statuses in {"anonymous": (302, 302, 302), "eve": (200, 200, 404), "sam": (200, 200, 200)}.items():
        client = client_of(world, who)
        assert tuple(client.get(url).status_code for url in ("/", "/reviews/new/", "/parts/")) == statuses, who
    assert Client().get("/healthz/").content == b"ok"
    assert "Peer support" not in client_of(world, "sam").get("/").content.decode()


@pytest.mark.django_db
def test_pages_of_members_are_private_and_keep_the_policy(places):
    world, _foreign, children, _theirs = places
    for name, row in TABLE.items():
        if row.get:
            answer = client_of(world, "ann").get(address(name, row, world.review, children))
            assert "no-store" in answer["Cache-Control"], name
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.django_db
def test_more_than_one_form_takes_is_said_in_words(places, settings):
    world, _foreign, _children, _theirs = places
    url = f"/reviews/{world.review.pk}/import/"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client_of(world, "ann").post(url, {"source": "X", "kind": "database", "text": "a" * 2000})
    assert answer.status_code == 413
    assert "drop the file instead" in answer.content.decode()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
    settings.MAX_DUMP_BYTES = 10
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("big.ris", b"TY  - JOUR\nTI  - A long one\nER  - \n")
    answer = client_of(world, "ann").post(url, {"source": "X", "kind": "database", "files": [file]})
    assert answer.status_code == 413
    assert "larger than this site allows" in answer.content.decode()
