"""The demo: two people, a finished review and a blinded one to practise on, made of the files in `samples/`.

Everything goes through the doors that people use: searches are named, files received and read by the pipeline, decisions,
rulings, retrievals, codes and themes made by the same actions. Nothing here writes a row of its own.
"""

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from records import actions as found
from records import jobs
from records.models import Job, JobState, Record, SourceKind, Work
from reviews import actions, queries, setup, team
from reviews.models import Member, Outcome, Report, Retrieval, Review, Role, StageName, State
from themes import actions as coding
from themes.models import Code
from themes.sentences import sentences

SAMPLES = settings.BASE_DIR / "samples"
PASSWORD = "a demo for two"  # noqa: S105  printed for everybody
PEOPLE = {"robin@demo.example": "Robin Achterberg", "kim@demo.example": "Kim Sundara"}
TITLE = "Peer support across health and social care: a qualitative evidence synthesis"
PRACTICE = "How peer workers stay well (practise blinded screening here)"
QUESTION = "How do people who give and receive peer support experience it, and what helps or hinders it?"
CRITERIA = [
    ("Sample", "People of any age who give or receive peer support"),
    ("Phenomenon", "Support that rests on a shared experience, paid or unpaid"),
    ("Design", "Interviews, focus groups, diaries, ethnography, open survey answers"),
    ("Evaluation", "Experiences, meanings, what helps and what hinders"),
    ("Research type", "Qualitative, or the qualitative part of mixed methods"),
]
DATABASE, CITATION, WEBSITE = SourceKind.DATABASE, SourceKind.CITATION, SourceKind.WEBSITE
# source, kind, platform, date, files
SEARCHES = [
    ("MEDLINE", DATABASE, "PubMed", "2026-03-02", ["pubmed-export.nbib"]),
    ("Scopus", DATABASE, "Elsevier", "2026-03-02", ["scopus-export.csv"]),
    ("PsycINFO", DATABASE, "Ovid", "2026-03-03", ["psycinfo-ovid.ris"]),
    ("Citation index", DATABASE, "pages copied by hand", "2026-03-04", ["index-mirror-page.txt", "index-mirror-page-2.txt"]),
    ("Scholar and portal pages", DATABASE, "pages copied by hand", "2026-03-04",
     ["scholar-page.txt", "bilingual-page.txt", "citation-statements-page.txt"]),
    ("Reference lists", CITATION, "", "2026-03-20", ["reference-lists.csv"]),
    ("A colleague's notes", SourceKind.PERSON, "", "2026-03-21", ["unreadable.txt"]),
]  # fmt: skip
STRATEGY = '("peer support" OR "peer worker*" OR "mutual aid") AND (qualitative OR interview* OR experience*)'
QUALITATIVE = re.compile(
    r"interview|focus group|qualitative|ethnograph|narrative|diar(?:y|ies)|themes? (?:were|was)|phenomenolog|访谈|entrevistas",
    re.I,
)
QUANTITATIVE = re.compile(
    r"randomi[sz]ed|trial|protocol|cohort|cross-sectional|questionnaire|regression|erratum|survey of", re.I
)
PEERS = re.compile(r"\bpeers?\b|mutual|lived experience|buddy|mentor|recovery college|同伴|iguales", re.I)

# A code, what it means, and words by which the demo finds a passage for it.
CODES = [
    ("Knowing without explaining", "Shared experience makes words unnecessary", r"shared|understood|understand each|explain|same boat|been there|alike|belong|alone|own words"),
    ("Hope made visible", "A peer is living proof that things can change", r"\bhope|role model|recovered|possible|future|proof|example"),
    ("Blurred boundaries", "Friend, worker or both; where the role ends", r"boundar|friend|\brole\b|ambigu|blur|neither|in-between|both worlds|camp"),
    ("Support for the supporter", "Supervision, training, pay and rest", r"supervis|training|\bpaid\b|\bpay\b|burden|exhaust|burn|tired|workload"),
    ("Trust that grows slowly", "Trust is earned by time and presence", r"trust|\bsafe|confiden|silence|time and"),
    ("Not taken seriously", "Stigma and hierarchy in services", r"stigma|tokenis|hierarch|valued|authority|professionals|taken seriously|heard"),
    ("Giving back", "Helping others helps oneself", r"giving back|give back|purpose|meaning|useful|helping others|proud"),
    ("Reaching each other", "Distance, screens, language and travel", r"online|forum|remote|distance|travel|language|telephone|screen|village"),
]  # fmt: skip
THEMES = [
    ("A shared language", "descriptive", "People speak with each other as they cannot speak elsewhere.", [0, 4]),
    ("A role between two chairs", "descriptive", "Peer workers stand between colleagues and those they support.", [2, 3, 5]),
    ("Help that runs both ways", "analytical", "Giving support is itself a way of recovering.", [1, 6]),
    ("Where meeting is possible", "descriptive", "Places and channels decide who is reached.", [7]),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """What stands after `make`: the reviews, and whether they are new."""

    review: Review
    practice: Review
    fresh: bool


def make() -> Made:
    """The demo, made once: a second call changes nothing."""
    people = [User.objects.filter(email=email).first() or _person(email, name) for email, name in PEOPLE.items()]
    robin, kim = people
    standing = {r.title: r for r in Review.objects.filter(by=robin, title__in=[TITLE, PRACTICE])}
    if len(standing) == 2:
        return Made(standing[TITLE], standing[PRACTICE], fresh=False)
    with transaction.atomic():
        review = _finished_review(robin, kim)
        practice = _practice_review(robin, kim)
    return Made(review, practice, fresh=True)


def _person(email: str, name: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, is_staff=email.startswith("robin"))


def _team(robin: User, kim: User, title: str, question: str = "") -> tuple[Review, Member, Member]:
    review = setup.new_review(by=robin, title=title, question=question)
    owner = review.members.get(user=robin)
    _invitation, token = team.invite(member=owner, role=Role.REVIEWER)
    reviewer = team.accept(user=kim, token=token)
    setup.set_criteria(member=owner, rows=CRITERIA)
    review.refresh_from_db()
    return review, owner, reviewer


def _receive(owner: Member, source: str, kind: str, platform: str, date: str, files: list[str]) -> None:
    strategy = STRATEGY if kind == DATABASE else ""
    search = found.name_search(
        by=owner.user,
        library=owner.review.library,
        source=source,
        kind=kind,
        platform=platform,
        date=date,
        strategy=strategy,
    )
    for name in files:
        content = ContentFile((Path(SAMPLES) / name).read_bytes(), name=name)
        found.receive(by=owner.user, search=search, name=name, content=content)
    for job in Job.objects.filter(library=owner.review_id, state=JobState.WAITING).order_by("pk"):
        jobs.run.call(job.pk)


def _finished_review(robin: User, kim: User) -> Review:
    review, owner, reviewer = _team(robin, kim, TITLE, QUESTION)
    setup.change_settings(member=owner, adjudicate_own=True)
    for search in SEARCHES:
        _receive(owner, *search)
    _screen_abstracts(owner, reviewer)
    actions.unblind(member=owner, stage=StageName.TITLE_ABSTRACT)
    _read_full_texts(_again(owner), _again(reviewer))
    actions.unblind(member=owner, stage=StageName.FULL_TEXT)
    _code(_again(owner), _again(reviewer))
    return Review.objects.get(pk=review.pk)


def _again(member: Member) -> Member:
    """The member with the review as it stands now."""
    return Member.objects.select_related("review", "user").get(pk=member.pk)


def _practice_review(robin: User, kim: User) -> Review:
    review, owner, reviewer = _team(robin, kim, PRACTICE, "What helps peer workers to stay well at work?")
    _receive(owner, "PubMed", DATABASE, "", "2026-04-07", ["practice.ris"])
    works = list(Work.objects.filter(library=review.pk, empty=False).select_related("lead").order_by("rank"))
    for work in works[:4]:
        _decide(reviewer, work, *_verdict(work.lead))
    return review


def _verdict(record: Record | None) -> tuple[str, str]:
    """What a careful reader would say of a record: verdict, and the key of the reason for an exclusion."""
    text = f"{record.title} {record.abstract}" if record else ""
    if not PEERS.search(text):
        return "exclude", "phenomenon"
    if QUALITATIVE.search(text):
        return "include", ""
    if record and not record.abstract:
        return "maybe", ""
    return "exclude", "design" if QUANTITATIVE.search(text) else "population"


def _decide(member: Member, work: Work, verdict: str, reason: str = "", stage: str = StageName.TITLE_ABSTRACT) -> None:
    work.refresh_from_db()
    actions.decide(
        member=member,
        stage=stage,
        work_id=work.pk,
        revision=work.revision,
        key=uuid.uuid4(),
        verdict=verdict,
        reason=member.review.reasons.get(key=reason) if reason else None,
    )


def _screen_abstracts(owner: Member, reviewer: Member) -> None:
    """Both screen; now and then they differ, as people do. A few works are left, so that there is something to do."""
    works = list(
        Work.objects.filter(library=owner.review_id, empty=False, aside=False).select_related("lead").order_by("rank")
    )
    for n, work in enumerate(works):
        verdict, reason = _verdict(work.lead)
        if n < len(works) - 5:
            _decide(owner, work, verdict, reason)
        if n < len(works) - 9:
            _decide(reviewer, work, *_second_opinion(n, verdict, reason))
    open_ones = list(queries.conflicts(review=owner.review, stage=StageName.TITLE_ABSTRACT))
    for row in open_ones[:-2]:
        included = _verdict(row.work.lead)[0] == "include"
        _rule(owner, row, "include" if included else "exclude", "" if included else "design")


def _second_opinion(n: int, verdict: str, reason: str) -> tuple[str, str]:
    if n % 11 == 4:
        return ("exclude", "setting") if verdict == "include" else ("include", "")
    if n % 11 == 7 and verdict == "include":
        return "maybe", ""
    return verdict, reason


def _rule(owner: Member, row: Outcome, verdict: str, reason: str) -> None:
    actions.adjudicate(
        member=_again(owner),
        stage=row.stage,
        work_id=row.work_id,
        revision=row.work.revision,
        key=uuid.uuid4(),
        verdict=verdict,
        reason=owner.review.reasons.get(key=reason) if reason else None,
    )


def _read_full_texts(owner: Member, reviewer: Member) -> None:
    """Most reports are retrieved and read; two are not to be had, a few are still awaited."""
    reports = list(queries.reports(review=owner.review))
    for n, report in enumerate(reports):
        if n % 13 == 5:
            actions.set_retrieval(member=owner, report=report, retrieval=Retrieval.NOT_RETRIEVED)
        elif n < len(reports) - 3:
            actions.set_retrieval(member=owner, report=report, retrieval=Retrieval.RETRIEVED)
    read = Report.objects.filter(review=owner.review, retrieval=Retrieval.RETRIEVED).select_related("work")
    for n, report in enumerate(read.order_by("work__rank")):
        verdict, reason = ("exclude", ("setting", "phenomenon", "population")[n % 3]) if n % 5 == 3 else ("include", "")
        for member in (owner, reviewer):
            _decide(member, report.work, verdict, reason, StageName.FULL_TEXT)


def _code(owner: Member, reviewer: Member) -> None:
    """Passages of included abstracts get codes by the words they hold; codes are drawn together in themes."""
    codes = [coding.create_code(member=owner, name=name, definition=meaning) for name, meaning, _words in CODES]
    included = Outcome.objects.filter(
        review=owner.review, stage=StageName.FULL_TEXT, state=State.INCLUDED, work__lead__isnull=False
    )
    for n, row in enumerate(included.select_related("work__lead").order_by("rank")):
        record = row.work.lead
        if record and record.abstract:
            _code_text(owner if n % 3 else reviewer, record, codes)
    for name, level, statement, members in THEMES:
        theme = coding.create_theme(member=owner, name=name, level=level, statement=statement)
        for each in members:
            coding.put_code(member=owner, theme=theme, code=codes[each])


def _code_text(member: Member, record: Record, codes: list[Code]) -> None:
    text = found.text_of(record)
    spans = [(each.start, each.end, text.body[each.start : each.end]) for each in sentences(text.body)]
    for code, (_name, _meaning, words) in zip(codes, CODES, strict=True):
        said = [span for span in spans if len(span[2]) > 40 and re.search(words, span[2], re.I)]
        for span in said[-2:]:  # results and conclusions stand at the end
            coding.code_span(member=member, text=text, start=span[0], end=span[1], quote=span[2], code=code)
