"""The verbs of coding and of drawing together. Nothing coded is deleted: codes retire, codings are removed with a date.

The acting member is in the signature; each verb is one transaction and writes its own event, last, because that holds
the head of the history. A named error is raised; the view finds the words. All rows must be of the member's own review.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from records.history import remember
from records.models import TextVersion
from reviews.models import Member
from reviews.queries import included_works
from themes.models import Code, Coding, Excerpt, Theme, ThemeCode

COLOURS = 8


class QuoteDiffers(Exception):
    """The words sent are not those that stand at this place of the text; nothing was stored."""


class NotIncluded(Exception):
    """The work is not among those this member codes (any more)."""


class NameMissing(Exception):
    """A code or a theme needs a name."""


class NameTaken(Exception):
    """Another code or theme in use has this name."""


class CodeRetired(Exception):
    """A retired code is kept, but not given to further words."""


class NotYours(Exception):
    """Only the coder takes a coding back."""


class NothingToUndo(Exception):
    """The member has no coding to take back."""


def plain(name: str) -> str:
    """A name in one form: composed letters, single spaces. Raises NameMissing."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise NameMissing
    return name


def _own(member: Member, *rows: Any) -> None:
    """The last wall against another review's rows; views look everything up inside the member's review before."""
    for row in rows:
        if row.review_id != member.review_id:
            raise type(row).DoesNotExist


def _remember(member: Member, verb: str, subject: str, **detail: object) -> None:
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=subject, **detail)


# --- codes --------------------------------------------------------------------------------------------------
def _named(member: Member, name: str) -> Code | None:
    """The active code of this name in any case; compared here, because databases fold only some alphabets."""
    active = Code.objects.filter(review=member.review_id, retired=False)
    return next((code for code in active if code.name.casefold() == name.casefold()), None)


def _code(member: Member, name: str, definition: str = "", colour: int | None = None) -> tuple[Code, bool]:
    """The active code of this name, and whether it was made just now."""
    name = plain(name)
    if known := _named(member, name):
        return known, False
    if colour is None:  # retired ones count too, so that neighbours in time differ in colour
        colour = Code.objects.filter(review=member.review_id).count() + 1
    colour = (colour - 1) % COLOURS + 1
    try:
        with transaction.atomic():
            made = Code.objects.create(
                review_id=member.review_id, name=name, definition=definition.strip(), colour=colour, by=member
            )
    except IntegrityError:  # somebody made it in this very moment
        if known := _named(member, name):
            return known, False
        raise NameTaken from None
    return made, True


@transaction.atomic
def create_code(*, member: Member, name: str, definition: str = "", colour: int | None = None) -> Code:
    """A new code; the same name in any case gives the active one there is. Colours go round unless one is given."""
    code, made = _code(member, name, definition, colour)
    if made:
        _remember(member, "made a code", f"code {code.pk}", name=code.name)
    return code


@transaction.atomic
def change_code(*, member: Member, code: Code, name: str, definition: str) -> Code:
    """Another name or definition; its codings stay. Raises NameTaken."""
    _own(member, code)
    name, before = plain(name), [code.name, code.definition]
    other = _named(member, name)
    if other and other.pk != code.pk and not code.retired:
        raise NameTaken
    code.name, code.definition = name, definition.strip()
    _save(code, "name", "definition")
    _remember(member, "changed a code", f"code {code.pk}", before=before, after=[code.name, code.definition])
    return code


@transaction.atomic
def retire_code(*, member: Member, code: Code) -> Code:
    """Offer a code no longer. It keeps its codings and its places in themes."""
    _own(member, code)
    if not code.retired:
        code.retired = True
        code.save(update_fields=["retired"])
        _remember(member, "retired a code", f"code {code.pk}", name=code.name)
    return code


@transaction.atomic
def revive_code(*, member: Member, code: Code) -> Code:
    """Offer a retired code again. Raises NameTaken when its name went to another one meanwhile."""
    _own(member, code)
    if code.retired:
        if _named(member, code.name):
            raise NameTaken
        code.retired = False
        _save(code, "retired")
        _remember(member, "brought a code back", f"code {code.pk}", name=code.name)
    return code


def _save(code: Code, *fields: str) -> None:
    """Save, and say in our words when the database knows of a name that we did not see."""
    try:
        with transaction.atomic():
            code.save(update_fields=fields)
    except IntegrityError:
        raise NameTaken from None


# --- codings ------------------------------------------------------------------------------------------------
@transaction.atomic
def code_span(
    *, member: Member, text: TextVersion, start: int, end: int, quote: str, code: Code | None = None, name: str = ""
) -> Coding:
    """Give `[start, end)` of a text a code, or a new code of this name. The same again changes nothing.

    `quote` must be what stands there, whatever line ends a form made of it. Raises NotIncluded, QuoteDiffers,
    NameMissing, CodeRetired.
    """
    if not included_works(member).filter(pk=text.record.work_id).exists():
        raise NotIncluded
    quote = quote.replace("\r\n", "\n").replace("\r", "\n")
    if not 0 <= start < end <= len(text.body) or text.body[start:end] != quote:
        raise QuoteDiffers
    made = False
    if code is None:
        code, made = _code(member, name)
    _own(member, code)
    if code.retired:
        raise CodeRetired
    excerpt, _ = Excerpt.objects.get_or_create(
        review_id=member.review_id, text=text, start=start, end=end, defaults={"quote": quote}
    )
    coding, fresh = Coding.objects.get_or_create(
        review_id=member.review_id, excerpt=excerpt, code=code, coder=member, removed_at=None
    )
    if made:
        _remember(member, "made a code", f"code {code.pk}", name=code.name)
    if fresh:
        _remember(member, "coded words", f"work {text.record.work_id}", coding=coding.pk, code=code.pk, at=[start, end])
    return coding


@transaction.atomic
def uncode(*, member: Member, coding: Coding) -> Coding:
    """Take one of the own codings back; the excerpt and the code stay. Raises NotYours."""
    _own(member, coding)
    if coding.coder_id != member.pk:
        raise NotYours
    if coding.removed_at is None:
        coding.removed_at = timezone.now()
        coding.save(update_fields=["removed_at"])
        work = coding.excerpt.text.record.work_id
        _remember(member, "took a coding back", f"work {work}", coding=coding.pk, code=coding.code_id)
    return coding


@transaction.atomic
def undo(*, member: Member) -> Coding:
    """Take the member's own last coding back; may be repeated. Raises NothingToUndo."""
    own = Coding.objects.filter(review=member.review_id, coder=member, removed_at=None)
    last = own.select_related("excerpt__text__record", "code").order_by("-at", "-pk").first()
    if last is None:
        raise NothingToUndo
    return uncode(member=member, coding=last)


# --- themes -------------------------------------------------------------------------------------------------
def _free(member: Member, name: str, but: Theme | None = None) -> str:
    """A theme's name in one form, when no other theme in use has it."""
    name = plain(name)
    others = Theme.objects.filter(review=member.review_id, retired=False).exclude(pk=but.pk if but else None)
    if any(theme.name.casefold() == name.casefold() for theme in others):
        raise NameTaken
    return name


@transaction.atomic
def create_theme(*, member: Member, name: str, statement: str = "", level: str = "descriptive") -> Theme:
    """A new theme, after the others. Raises NameTaken."""
    name = _free(member, name)
    last = Theme.objects.filter(review=member.review_id).aggregate(last=Max("order"))["last"]
    theme = Theme.objects.create(
        review_id=member.review_id, name=name, statement=statement.strip(), level=level, order=(last or 0) + 1
    )
    _remember(member, "made a theme", f"theme {theme.pk}", name=name)
    return theme


@transaction.atomic
def change_theme(*, member: Member, theme: Theme, name: str, statement: str, level: str) -> Theme:
    """Another name, statement or level; its codes stay. Raises NameTaken."""
    _own(member, theme)
    before = [theme.name, theme.statement, theme.level]
    theme.name, theme.statement, theme.level = _free(member, name, but=theme), statement.strip(), level
    theme.save(update_fields=["name", "statement", "level"])
    after = [theme.name, theme.statement, theme.level]
    _remember(member, "changed a theme", f"theme {theme.pk}", before=before, after=after)
    return theme


@transaction.atomic
def retire_theme(*, member: Member, theme: Theme) -> Theme:
    """Take a theme off board and matrix. It keeps its codes and can be brought back."""
    _own(member, theme)
    if not theme.retired:
        theme.retired = True
        theme.save(update_fields=["retired"])
        _remember(member, "retired a theme", f"theme {theme.pk}", name=theme.name)
    return theme


@transaction.atomic
def revive_theme(*, member: Member, theme: Theme) -> Theme:
    """Bring a retired theme back as it was. Raises NameTaken."""
    _own(member, theme)
    if theme.retired:
        theme.name, theme.retired = _free(member, theme.name), False
        theme.save(update_fields=["name", "retired"])
        _remember(member, "brought a theme back", f"theme {theme.pk}", name=theme.name)
    return theme


@transaction.atomic
def put_code(*, member: Member, theme: Theme, code: Code, rationale: str = "") -> ThemeCode:
    """Give a code a place in a theme, with the reason for it; it may have places in others too. Raises CodeRetired."""
    _own(member, theme, code)
    if code.retired:
        raise CodeRetired
    place, fresh = ThemeCode.objects.get_or_create(
        review_id=member.review_id, theme=theme, code=code, defaults={"rationale": rationale.strip()}
    )
    if fresh:
        _remember(member, "put a code into a theme", f"theme {theme.pk}", code=code.pk, rationale=place.rationale)
    return place


@transaction.atomic
def put_codes(*, member: Member, theme: Theme, codes: Iterable[Code], rationale: str = "") -> list[ThemeCode]:
    """Several codes for one theme, all or none."""
    return [put_code(member=member, theme=theme, code=code, rationale=rationale) for code in codes]


@transaction.atomic
def take_code(*, member: Member, theme: Theme, code: Code) -> None:
    """Take a code out of a theme; its codings stay."""
    _own(member, theme, code)
    gone, _ = ThemeCode.objects.filter(review=member.review_id, theme=theme, code=code).delete()
    if gone:
        _remember(member, "took a code out of a theme", f"theme {theme.pk}", code=code.pk)
