"""A look at a dump before it is stored: its first entries as they will be, and how it is read, which can be changed.

Looking writes nothing. The same form asks for another look (`act=look`), imports (`act=store`) or does not (`act=discard`).
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from records import preview as looking
from records import previewing
from records.models import Dump
from reviews import access, carried
from reviews.models import Member
from reviews.views import number

MOST_COLUMNS = 300
ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "gb18030": gettext_lazy("Chinese, simplified (GB18030)"), "big5": gettext_lazy("Chinese, traditional (Big5)"),
    "shift_jis": gettext_lazy("Japanese (Shift-JIS)"), "euc_jp": gettext_lazy("Japanese (EUC-JP)"),
    "euc_kr": gettext_lazy("Korean (EUC-KR)"), "cp1252": gettext_lazy("Western European (Windows 1252)"),
    "latin-1": gettext_lazy("Western European (Latin-1)"), "iso8859_15": gettext_lazy("Western European (Latin-9)"),
    "mac_roman": gettext_lazy("Western European (old Macintosh)"),
    "cp1250": gettext_lazy("Central European (Windows 1250)"), "iso8859_2": gettext_lazy("Central European (Latin-2)"),
    "cp1251": gettext_lazy("Cyrillic (Windows 1251)"), "koi8_r": gettext_lazy("Cyrillic (KOI8-R)"),
    "cp1253": gettext_lazy("Greek (Windows 1253)"), "cp1254": gettext_lazy("Turkish (Windows 1254)"),
}  # fmt: skip
# What a column may be taken for, in words: the fields of records.clean, and three that records.readers.table makes pages of.
FIELDS = {
    "title": gettext_lazy("Title"), "alt_titles": gettext_lazy("Another title"), "authors": gettext_lazy("Authors"),
    "year": gettext_lazy("Year"), "journal": gettext_lazy("Journal or book"), "volume": gettext_lazy("Volume"),
    "issue": gettext_lazy("Issue"), "pages": gettext_lazy("Pages"), "first_page": gettext_lazy("First page"),
    "last_page": gettext_lazy("Last page"), "article_number": gettext_lazy("Article number"),
    "page_count": gettext_lazy("Number of pages"), "doi": gettext_lazy("DOI"), "pmid": gettext_lazy("PubMed number (PMID)"),
    "pmcid": gettext_lazy("PubMed Central number (PMCID)"), "accession": gettext_lazy("The database's own number"),
    "abstract": gettext_lazy("Abstract"), "keywords": gettext_lazy("Keywords"), "thesaurus": gettext_lazy("Thesaurus terms"),
    "language": gettext_lazy("Language"), "type": gettext_lazy("Type of publication"), "urls": gettext_lazy("Web addresses"),
    "issn": gettext_lazy("ISSN or ISBN"), "trial_registrations": gettext_lazy("Trial registrations"),
    "editors": gettext_lazy("Editors"), "publisher": gettext_lazy("Publisher"),
    "affiliations": gettext_lazy("Affiliations"), "cited_by_count": gettext_lazy("Times cited"),
    "copyright": gettext_lazy("Copyright"), "labels": gettext_lazy("Labels"), "decisions": gettext_lazy("Earlier decisions"),
    "citation": gettext_lazy("Citation in one string"),
}  # fmt: skip
DOUBTS = {
    "title": gettext_lazy("no title"), "authors": gettext_lazy("no authors"), "year": gettext_lazy("no year"),
    "replaced": gettext_lazy("characters that could not be read: try another encoding"),
    "spreadsheet": gettext_lazy("a spreadsheet may have made a date of its pages"),
    "truncated": gettext_lazy("abstract cut off in the file"),
}  # fmt: skip
STOPPED = {
    "time": gettext_lazy("Looking took too long, so nothing is shown. It can be imported all the same; that is done in the background."),
    "memory": gettext_lazy("Looking needed too much memory, so nothing is shown. Reading in the background may be stopped for the same reason."),
}  # fmt: skip


@dataclass(slots=True)
class Asked:
    """How a person wants a dump read: what of it the form says."""

    encoding: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, member: Member, dump: Dump) -> "Asked":
        """From a form that was sent, else from what is kept with the dump."""
        data = request.POST
        if request.method != "POST":
            return cls(dump.options.get("encoding", ""), dump.options.get("columns") or {})
        asked = cls(data.get("encoding", "") if data.get("encoding") in previewing.ENCODINGS else "")
        changed = False
        for place in range(MOST_COLUMNS):
            header, said = data.get(f"header-{place}"), data.get(f"field-{place}", "")
            if header is None:
                break
            asked.columns[header] = said if said in FIELDS else ""
            changed = changed or said != data.get(f"found-{place}", "")
        if not changed:
            asked.columns = {}
        if "settings" in access.may(member):
            asked.decisions = chosen(data)
        return asked

    @property
    def options(self) -> dict[str, Any]:
        """What is kept with the dump; nothing where nothing was changed."""
        return {"encoding": self.encoding, "columns": self.columns}


def chosen(data: Any) -> dict[str, int]:
    """Names in a file and the members that a form gives them to."""
    found = {}
    for place in range(MOST_COLUMNS):
        name = data.get(f"name-{place}")
        if name is None:
            break
        if key := number(data.get(f"as-{place}", "")):
            found[name] = key
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def preview(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """The look, and what a person does about it."""
    dumps = Dump.objects.select_related("search", "same_as")
    dump = get_object_or_404(dumps, library=member.review_id, pk=dump_id)
    asked = Asked.of(request, member, dump)
    act = request.POST.get("act", "look")
    if act in ("store", "discard"):
        return _done(request, member, dump, asked, act)
    held = dump.same_as or dump
    encoding = asked.encoding or ("utf-8" if held.pasted else None)
    seen = looking.looked(
        held.file.path, encoding, asked.columns or None, apart=settings.READ_IN_CHILD, memory=settings.READ_MEMORY_MB
    )
    for entry in seen.entries:
        entry["words"] = [DOUBTS[each] for each in entry.get("doubts", ())]
    context = {
        "dump": dump,
        "seen": seen,
        "asked": asked,
        "open": previewing.may_be_read(dump),
        "encodings": ENCODINGS.items(),
        "fields": FIELDS.items(),
        "stopped": STOPPED.get(seen.stopped, ""),
        "names": carried.names(seen.decided),
        "members": access.active_members(member.review) if seen.decided else (),
    }
    return access.page(request, member, "reviews/preview.html", context, section="import", part="look")


def _done(request: HttpRequest, member: Member, dump: Dump, asked: Asked, act: str) -> HttpResponse:
    """Import it, or do not."""
    try:
        if act == "discard":
            previewing.discard(by=member.user, dump=dump)
            messages.success(request, _("“%s” was not imported.") % dump.name)
        else:
            members = set(access.active_members(member.review).values_list("pk", flat=True))
            named = {name: key for name, key in asked.decisions.items() if key in members}
            decisions = {"by": member.pk, "as": named} if named else {}
            previewing.confirm(by=member.user, dump=dump, options={**asked.options, "decisions": decisions})
    except previewing.NoLonger:
        messages.info(request, _("Somebody else has dealt with “%s” already.") % dump.name)
    return redirect("reviews:import", member.review_id)
