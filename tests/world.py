"""One small world, built through the front doors: nothing in it could not have happened.

review "Peer support"        ann (owner)  bo (reviewer)  outcome at title and abstract
|- Work "alpha" (2 records)  include      include        included
|- Work "bravo"              include      exclude        conflict
|- Work "charlie"            include      -              awaiting second
|- Work "delta"              -            -              pending
`- …                         -            -              pending
cy adjudicates, lib is the librarian, obs observes; sam is site staff without any review; eve is no member of this
review and owns another one, with records of her own.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from accounts.models import User
from records import actions as found
from records.models import Dump, Job, Library, Search, Work
from reviews import actions, marking, setup, team
from reviews.models import Member, Review, Role, StageName

NAMES = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel")
SUBJECTS = {
    "alpha": "Walking groups led by former patients of a pain clinic",
    "bravo": "Telephone mentors for young carers in island communities",
    "charlie": "What retired miners say about shared breathing classes",
    "delta": "Becoming a companion on a stroke ward: diaries of volunteers",
    "echo": "Night shifts and mutual care among hospice cleaners",
    "foxtrot": "Letters between mothers of preterm infants, a narrative inquiry",
    "golf": "Recovery colleges as seen by their first students",
    "hotel": "Trust, tea and talking: a men's shed after bereavement",
}


def ris_entry(name: str, *, title: str = "", number: int = 1, **tags: str) -> str:
    """One RIS entry of the fictional journal; its title is the name's subject."""
    rows = {
        "TI": title or SUBJECTS[name],
        "AU": f"{name.title()}son, Rae",
        "A2": "",
        "PY": str(2011 + NAMES.index(name)),
        "JO": "Journal of Imagined Care",
        "VL": str(3 + NAMES.index(name)),
        "SP": str(100 + 11 * NAMES.index(name)),
        "EP": str(109 + 11 * NAMES.index(name)),
        "DO": f"10.5555/jic.{name}",
        "AB": f"Background: {name} is a fictional study. Methods: we interviewed {number + 11} people. "
        f"Results: two themes were identified: being heard, and giving back. Conclusion: {name} matters.",
    }
    rows.update(tags)
    return "TY  - JOUR\n" + "".join(f"{tag}  - {value}\n" for tag, value in rows.items() if value) + "ER  - \n\n"


def ris(*names: str) -> str:
    return "".join(ris_entry(name, number=n) for n, name in enumerate(names))


def person(name: str, **fields: Any) -> User:
    """An account, `name@example.org`, with the tests' one password."""
    return User.objects.create_user(f"{name}@example.org", "correct horse battery", name=name.title(), **fields)


def import_text(review: Review, by: User, text: str, *, source: str = "Fictional Index", **search: Any) -> Dump:
    """A search with one pasted dump, read to its end."""
    from django.db import transaction

    named = found.name_search(by=by, library=review.library, source=source, **search)
    dump = found.receive(by=by, search=named, name=f"{source}.ris", content=text)
    read_all(review.library)
    transaction.on_commit(lambda: None)
    dump.refresh_from_db()
    return dump


def read_all(library: Library) -> None:
    """Do the waiting jobs of a library now, as the worker would."""
    from records import jobs

    for job in Job.objects.filter(library=library, state="waiting").order_by("pk"):
        jobs.run.call(job.pk)


def join_team(review: Review, owner: Member, user: User, role: str) -> Member:
    """Through a copied link, as people do."""
    _invitation, token = team.invite(member=owner, role=role)
    return team.accept(user=user, token=token)


def decide(
    member: Member, work: Work, verdict: str, *, stage: str = StageName.TITLE_ABSTRACT, reason: Any = None
) -> Any:
    """A verdict on the card as it stands now."""
    work.refresh_from_db()
    return actions.decide(
        member=member,
        stage=stage,
        work_id=work.pk,
        revision=work.revision,
        key=uuid.uuid4(),
        verdict=verdict,
        reason=reason,
    )


@dataclass
class World:
    """The people and works by name."""

    review: Review
    people: dict[str, User]
    members: dict[str, Member]
    works: dict[str, Work] = field(default_factory=dict)
    search: Search | None = None
    clients: dict[str, Client] = field(default_factory=dict)  # browsers of people, as far as a test keeps them

    @property
    def library(self) -> Library:
        return self.review.library

    def reason(self, key: str) -> Any:
        return self.review.reasons.get(key=key)

    def decide(self, who: str, work: str, verdict: str, **more: Any) -> Any:
        return decide(self.members[who], self.works[work], verdict, **more)

    def label(self, who: str, work: str, name: str) -> Any:
        """A label on the card as it stands now."""
        self.works[work].refresh_from_db()
        card = {"work_id": self.works[work].pk, "revision": self.works[work].revision}
        return marking.put_label(member=self.members[who], name=name, **card)

    def outcome(self, work: str, stage: str = StageName.TITLE_ABSTRACT) -> str:
        from reviews.models import Outcome

        return Outcome.objects.get(review=self.review, work=self.works[work], stage=stage).state


def count_at_once() -> None:
    """Inside a test's own transaction, which never ends, decisions are counted at once (see `reviews.models.DecidedOn`)."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS reviews_decision_made, reviews_decision_gone IMMEDIATE")


def empty_world(title: str = "Peer support", owner: str = "ann") -> World:
    """A review with its team and nothing in it."""
    count_at_once()
    people = {owner: person(owner)}
    review = setup.new_review(by=people[owner], title=title)
    members = {owner: Member.objects.get(review=review, user=people[owner])}
    return World(review, people, members)


def screened_world() -> World:
    """The world of this module's docstring."""
    world = empty_world()
    owner = world.members["ann"]
    for name, role in (
        ("bo", Role.REVIEWER),
        ("cy", Role.ADJUDICATOR),
        ("lib", Role.LIBRARIAN),
        ("obs", Role.OBSERVER),
    ):
        world.people[name] = person(name)
        world.members[name] = join_team(world.review, owner, world.people[name], role)
    world.people["sam"] = person("sam", is_staff=True)
    import_text(world.review, world.people["ann"], ris(*NAMES), source="Fictional Index")
    import_text(world.review, world.people["ann"], ris("alpha"), source="Second Index")
    for name in NAMES:
        world.works[name] = Work.objects.get(library=world.library, title=SUBJECTS[name], empty=False)
    world.decide("ann", "alpha", "include")
    world.decide("bo", "alpha", "include")
    world.decide("ann", "bravo", "include")
    world.decide("bo", "bravo", "exclude", reason=world.reason("population"))
    world.decide("ann", "charlie", "include")
    world.review.refresh_from_db()
    return world


def foreign_world() -> World:
    """Eve's own review, with records, decisions and everything a child id could name."""
    world = empty_world("Somebody else's review", "eve")
    import_text(world.review, world.people["eve"], ris("golf", "hotel"), source="Third Index")
    for name in ("golf", "hotel"):
        world.works[name] = Work.objects.get(library=world.library, title=SUBJECTS[name])
    world.decide("eve", "golf", "include")
    return world
