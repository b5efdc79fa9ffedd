"""The intake of one dump: every entry accounted for, every number a list, the text behind each record, and the way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records import dump_lines, mending, parting
from records import intake as found
from records import queries as general
from records.models import Dump, Record, RejectedStretch, Search, StretchState
from records.readers.table import NAME as TABLE
from reviews import access, undoing
from reviews.intake_words import fields_of, sentence
from reviews.models import Member
from reviews.settling import InReviews
from reviews.views import number

LINES = 200  # of the text on one page
BEFORE = 3  # lines shown above a record
LONGEST_REASON = 500
LONGEST_TEXT = 2_000_000  # characters of a mended text
REASONS = (
    gettext_lazy("No record: page furniture"),
    gettext_lazy("A duplicate of an entry that was read"),
    gettext_lazy("Damaged beyond reading"),
)
HEADINGS = {
    "found": gettext_lazy("All entries, in the order of their lines"),
    "taken": gettext_lazy("Records taken in"),
    "there": gettext_lazy("Already there"),
    "filled": gettext_lazy("Gave a work what it lacked"),
    "rejected": gettext_lazy("Stretches that could not be read"),
    "open": gettext_lazy("Stretches not yet read"),
    "mended": gettext_lazy("Stretches that were mended and read"),
    "removed": gettext_lazy("Stretches removed for a reason"),
    "joined": gettext_lazy("Duplicates joined with an older record"),
    "related": gettext_lazy("Papers that the pages merely list"),
}


def _dump(member: Member, dump_id: int) -> Dump:
    dumps = Dump.objects.select_related(
        "search", "same_as", "same_as__search", "same_as__by", "by", "undone_by", "mends__dump"
    )
    return get_object_or_404(dumps, library=member.review_id, pk=dump_id)


@require_safe
@access.member("import")
def intake(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """What became of every entry of one dump: the numbers, and the list that one of them opens."""
    dump = _dump(member, dump_id)
    stretches = found.stretches_by_state(dump)
    joined = found.joined(dump).count()
    name = request.GET.get("list") or ("open" if stretches["open"] and not dump.undone_at else "found")
    if name not in found.LISTS:
        raise Http404
    page = Paginator(found.entries(dump, name), general.PAGE).get_page(request.GET.get("page"))
    context = {
        "dump": dump,
        "job": general.latest_job(dump),
        "sentence": sentence(dump),
        "stretches": stretches,
        "joined": joined,
        "numbers": _numbers(dump, stretches, joined),
        "list": name,
        "heading": HEADINGS[name],
        "page": page,
        "entries": found.rows(page),
        "reasons": REASONS,
        "listed": Search.objects.filter(listed_by=dump.search_id).first() if dump.related else None,
        "lines": found.shows_lines(dump),
        "undoable": not (dump.undone_at or dump.same_as_id) and dump.state != "preview",
        "moving": mending.moving(dump),
    }
    return access.page(request, member, "reviews/intake.html", context, section="import")


def _numbers(dump: Dump, stretches: dict[str, int], joined: int) -> list[tuple[str, int, str]]:
    """The numbers of a dump as (list, number, label); those that are nothing are left out but for the four that must add up."""
    counted = [
        ("found", dump.found, _("found")),
        ("taken", dump.taken_in, _("taken in")),
        ("there", dump.already_there, _("already there")),
        ("rejected", dump.rejected, _("could not be read")),
        ("open", stretches["open"] if stretches["open"] != dump.rejected else 0, _("of these not yet read")),
        ("mended", stretches["mended"], _("of these mended since")),
        ("removed", stretches["removed"], _("of these removed for a reason")),
        ("filled", dump.filled, _("of those already there gave a work what it lacked")),
        ("joined", joined, _("taken in as duplicates")),
        ("related", dump.related, _("merely listed on the page")),
    ]
    return [each for n, each in enumerate(counted) if n < 4 or each[1]]


@require_safe
@access.member("import")
def download(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """The dump as it came, byte for byte; always as an attachment."""
    dump = get_object_or_404(Dump, library=member.review_id, pk=dump_id)
    dump = dump.same_as or dump
    response = FileResponse(dump.file.open("rb"), as_attachment=True, filename=dump.name or "dump")
    response["Content-Type"] = "application/octet-stream"
    return response


# --- the text ------------------------------------------------------------------------------------------------------
@require_safe
@access.member("import")
def source(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """A page of a dump's text from a line on; beside it the record that stands there (`record`, or the one at `from`)."""
    dump = _dump(member, dump_id)
    kept = dump.same_as or dump
    key, line = number(request.GET.get("record", "")), number(request.GET.get("from", ""))
    records = Record.objects.select_related("search", "work")
    record = get_object_or_404(records, dump=kept, pk=key) if key is not None else found.record_at(kept, line or 1)
    first = max(1, line if line is not None or record is None else record.first_line - BEFORE)
    stretch = None if record else found.stretch_at(kept, first)
    before, after = found.neighbours(record) if record else (None, None)
    marked = record or stretch
    context = {
        "dump": dump,
        "record": record,
        "before": before,
        "after": after,
        "first": first,
        "earlier": max(1, first - LINES),
        "lines": found.shows_lines(kept),
        "window": _window(kept, first) if found.shows_lines(kept) and kept.file else None,
        "marked": range(marked.first_line, marked.last_line + 1) if marked else (),
        "stretch": stretch,
        "fields": fields_of(record) if record else [],
    }
    return access.page(request, member, "reviews/dump_raw.html", context, section="import")


def _window(dump: Dump, first: int) -> dump_lines.Window:
    return dump_lines.window(dump.file.path, dump.encoding or "utf-8", first, LINES)


# --- stretches -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def stretch(request: HttpRequest, member: Member, stretch_id: int) -> HttpResponse:
    """One stretch that could not be read: mend its text, remove it for a reason, or take the removal back."""
    rows = RejectedStretch.objects.select_related("dump__search", "by")
    one = get_object_or_404(rows, library=member.review_id, pk=stretch_id)
    if request.method != "POST":
        return _stretch_page(request, member, one)
    act = {"mend": _mend, "remove": _remove, "reopen": _reopen}.get(request.POST.get("act", ""))
    return act(request, member, one) if act else _stretch_page(request, member, one, _("Choose what to do."), 400)


def _stretch_page(
    request: HttpRequest, member: Member, one: RejectedStretch, wrong: str = "", status: int = 200
) -> HttpResponse:
    text = request.POST.get("text") if wrong and request.POST.get("act") == "mend" else _text_of(one)
    context = {
        "stretch": one,
        "dump": one.dump,
        "text": text,
        "mendings": found.mendings(one),
        "shared": found.shares_its_lines(one),
        "lines": found.shows_lines(one.dump),
        "table": one.dump.format == TABLE,
        "reasons": REASONS,
        "wrong": wrong,
        "open": one.state == StretchState.OPEN and not one.dump.undone_at,
    }
    return access.page(request, member, "reviews/stretch.html", context, section="import", status=status)


def _text_of(one: RejectedStretch) -> str | None:
    """The stretch as it stands in the dump; a table's row with the header above it. None: it cannot be edited here."""
    dump = one.dump
    if not (found.shows_lines(dump) and dump.file):
        return None
    path, encoding = dump.file.path, dump.encoding or "utf-8"
    text = dump_lines.between(path, encoding, one.first_line, one.last_line)
    if text is not None and dump.format == TABLE and one.first_line > 1:
        header = dump_lines.between(path, encoding, 1, 1)
        return text if header is None else f"{header}\n{text}"
    return text


def _mend(request: HttpRequest, member: Member, one: RejectedStretch) -> HttpResponse:
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return _stretch_page(request, member, one, _("There is no text to read."), 400)
    if len(text) > LONGEST_TEXT:
        return _stretch_page(request, member, one, _("This text is too long; import it as a file."), 400)
    try:
        dump = mending.mend(by=member.user, stretch=one, text=text)
    except mending.NotOpen:
        return _no_longer(request, member, one)
    return redirect("reviews:intake", member.review_id, dump.pk)


def _remove(request: HttpRequest, member: Member, one: RejectedStretch) -> HttpResponse:
    try:
        removed = mending.remove(by=member.user, dump=one.dump, stretches=[one.pk], reason=_reason(request))
    except mending.NoReason:
        return _stretch_page(request, member, one, _("Say why it is removed; the history keeps it."), 400)
    return redirect("reviews:stretch", member.review_id, one.pk) if removed else _no_longer(request, member, one)


def _reopen(request: HttpRequest, member: Member, one: RejectedStretch) -> HttpResponse:
    try:
        mending.take_removal_back(by=member.user, stretch=one)
    except mending.NotOpen:
        return _no_longer(request, member, one)
    return redirect("reviews:stretch", member.review_id, one.pk)


def _no_longer(request: HttpRequest, member: Member, one: RejectedStretch) -> HttpResponse:
    one.refresh_from_db()
    return _stretch_page(request, member, one, _("Somebody was faster: this is how it stands now."), 409)


def _reason(request: HttpRequest) -> str:
    """The words that a person wrote, else the choice."""
    return (request.POST.get("other", "").strip() or request.POST.get("reason", "").strip())[:LONGEST_REASON]


@require_POST
@access.member("import")
def remove(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """Remove the chosen stretches of a dump, or all that are open, for one reason."""
    dump = _dump(member, dump_id)
    chosen = [key for key in map(number, request.POST.getlist("stretch")) if key is not None]
    wanted = None if request.POST.get("all") else chosen
    try:
        count = mending.remove(by=member.user, dump=dump, stretches=wanted, reason=_reason(request))
    except mending.NoReason:
        messages.error(request, _("Say why they are removed; the history keeps it."))
    else:
        said = ngettext("%d stretch was removed.", "%d stretches were removed.", count) % count
        messages.success(request, said) if count else messages.error(request, _("Choose the stretches to remove."))
    return redirect("reviews:intake", member.review_id, dump.pk)


# --- the way back --------------------------------------------------------------------------------------------------
WHY_NOT = {
    mending.StillRead: gettext_lazy("It is still being read. Stop the reading on the import page first."),
    mending.NothingToTakeBack: gettext_lazy("There is nothing to take back here."),
    mending.CameAgain: gettext_lazy(
        "The same bytes were imported again since. Take that import back first, or leave this one as it is."
    ),
}


def _move(kind: str, request: HttpRequest, member: Member, dump: Dump) -> HttpResponse:
    """Take an import back or bring it back, and go to the intake page; where it cannot be done, that page says why."""
    act = mending.undo_import if kind == mending.UNDO else mending.redo_import
    try:
        if dump.taken_in > mending.LARGE and not found.still_read(dump):
            mending.later(by=member.user, dump=dump, kind=kind)
        else:
            act(by=member.user, dump=dump, upstairs=InReviews())
    except tuple(WHY_NOT) as fault:
        messages.error(request, WHY_NOT[type(fault)])
    return redirect("reviews:intake", member.review_id, dump.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def undo(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """Take an import back: first what that would mean, then, when it is confirmed, do it."""
    dump = _dump(member, dump_id)
    if request.method == "POST" and request.POST.get("act") == "apart":
        return _take_apart(request, member, dump)
    if request.method == "POST":
        return _move(mending.UNDO, request, member, dump)
    context: dict[str, Any] = {
        "dump": dump,
        "running": found.still_read(dump),
        "undoable": not (dump.undone_at or dump.same_as_id) and dump.state != "preview",
        "affected": found.affected(dump),
        "decided": undoing.decided(member, dump),
        "also": undoing.told(member, dump),
        "joined": parting.joined_by(dump) if "dedup" in access.may(member) else 0,
    }
    return access.page(request, member, "reviews/undo_import.html", context, section="import")


def _take_apart(request: HttpRequest, member: Member, dump: Dump) -> HttpResponse:
    """Have the joins of an import taken apart."""
    if "dedup" not in access.may(member):
        raise PermissionDenied
    if found.still_read(dump):
        messages.error(request, WHY_NOT[mending.StillRead])
    elif dump.undone_at or not parting.joined_by(dump):
        messages.error(request, _("It was joined with no other import; there is nothing to take apart."))
    else:
        parting.queue(by=member.user, dump=dump)
        messages.success(request, _("Its joins are being taken apart. “Duplicates, By hand” takes that back."))
    return redirect("reviews:intake", member.review_id, dump.pk)


@require_POST
@access.member("import")
def redo(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """Bring an import back that was taken back."""
    return _move(mending.REDO, request, member, _dump(member, dump_id))
