"""Questions about people: whether there is anybody, and the list for the staff of the site."""

from uuid import UUID

from django.db.models import Q

from accounts.models import User

PAGE = 50


def nobody_yet() -> bool:
    """Whether Winnow still waits for its first account."""
    return not User.objects.exists()


def people(*, words: str = "", before: int | None = None) -> tuple[list[User], int | None]:
    """One page of people, newest first, and the `before` of the next page (None at the end).

    `words` are looked for in names and addresses; all of them must be there.
    """
    found = User.objects.order_by("-pk")
    for word in words.split()[:5]:
        found = found.filter(Q(email__icontains=word) | Q(name__icontains=word))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def person(public_id: UUID) -> User | None:
    """The person behind the number that stands in addresses."""
    return User.objects.filter(public_id=public_id).first()
