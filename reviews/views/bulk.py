"""Decisions on many works at once: from a list, previewed in numbers, done, listed, taken back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records.models import Work
from reviews import access, bulk, filter_words, filters
from reviews.bulk_forms import BulkForm
from reviews.models import Bulk, Member, Stage
from reviews.views import number

SHOWN = 100  # acts on the page


@dataclass(frozen=True, slots=True)
class Chosen:
    """The works of an address: those that are ticked, or else all that its filters choose."""

    works: QuerySet[Work]
    ticked: tuple[int, ...]
    wanted: filters.Wanted

    @classmethod
    def of(cls, member: Member, given: Any) -> "Chosen":
        wanted = filters.wanted(member, given)
        ticked = tuple(pk for each in given.getlist("tick") if (pk := number(each)) is not None)
        works = Work.objects.filter(library=member.review_id, empty=False, aside=False)
        return cls(works.filter(pk__in=ticked) if ticked else filters.chosen(member, wanted), ticked, wanted)

    @property
    def names(self) -> list[str]:
        """The filters that chose; none where rows were ticked one by one. A search for facts alone (`year:2010`) looks at no word."""
        named = [] if self.ticked else [name for name, _values in self.wanted.values]
        return [name for name in named if name not in filters.TEXTS or filters.texts_of(self.wanted)]

    @property
    def query(self) -> str:
        return self.wanted.query


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def bulk_page(request: HttpRequest, member: Member) -> HttpResponse:
    """GET shows how many works an address chooses, and what a decision on them would do; POST does it."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = Chosen.of(member, asked)
    form = BulkForm(asked if "bulk-verdict" in asked else None, member=member)
    told = ""
    if request.method == "POST":
        key = _key(request.POST.get("key", ""))
        if key is None or not form.is_bound:
            return errors.bad_request(request)
        if form.is_valid() and not (told := _done(request, member, chosen, form, key)):
            return redirect("reviews:bulk-acts", member.review_id)
    context = {"form": form, "chosen": chosen, "told": told, "key": uuid4(), "words": _words(member, chosen)}
    if form.is_bound and form.is_valid():
        context["seen"] = bulk.preview(member=member, stage=form.cleaned_data["stage"], works=chosen.works)
        context["line"] = _line(form.cleaned_data, chosen)
    else:
        context["count"] = chosen.works.order_by().count()
    status = 400 if told or (form.is_bound and not form.is_valid()) else 200
    return access.page(request, member, "reviews/bulk.html", context, section="library", status=status)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _done(request: HttpRequest, member: Member, chosen: Chosen, form: BulkForm, key: UUID) -> str:
    """Do it; what stood against it in words, else nothing."""
    how = {"query": chosen.query, "words": _words(member, chosen), "filters": chosen.names}
    try:
        done = bulk.act(member=member, works=chosen.works, key=key, **form.cleaned_data, **how)
    except bulk.StageClosed:
        return _("This stage is closed. Open it again first.")
    except bulk.NothingLeft:
        return _("There is no work among these that nobody decided on. Nothing was changed.")
    n = done.works.count()
    told = ngettext("%(n)d work is decided on.", "%(n)d works are decided on.", n) % {"n": n}
    messages.success(request, told + " " + _("You can take it back as a whole at any time."))
    return ""


def _line(data: dict[str, Any], chosen: Chosen) -> str:
    """Where the flow will count them."""
    line = bulk.removal(data["stage"], data["verdict"], data["how"], set(chosen.names))
    return str(Bulk.Removal(line).label) if line else ""


def _words(member: Member, chosen: Chosen) -> str:
    """What chose the works, in words."""
    return _("ticked in a list") if chosen.ticked else filter_words.words(member, chosen.wanted)


@require_safe
@access.member("settings")
def acts(request: HttpRequest, member: Member) -> HttpResponse:
    """The acts so far, each with its numbers, its list and the way back."""
    counts = Count("works", filter=Q(works__current=True))
    context = {"rows": list(bulk.acts(member).annotate(n=counts)[:SHOWN]), "going": bulk.going(member.review_id)}
    context["closed"] = list(Stage.objects.filter(review=member.review_id).exclude(closed_at=None))
    return access.page(request, member, "reviews/bulk_acts.html", context, section="library")


@require_POST
@access.member("settings")
def take_back(request: HttpRequest, member: Member, bulk_id: int) -> HttpResponse:
    """Take an act back as a whole."""
    try:
        bulk.take_back(member=member, bulk=get_object_or_404(bulk.acts(member), pk=bulk_id))
        messages.success(request, _("Taken back. Works on which people have decided since stay as they are."))
    except bulk.AlreadyBack:
        messages.warning(request, _("It was taken back already."))
    return redirect("reviews:bulk-acts", member.review_id)
