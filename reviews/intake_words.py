"""The intake of a dump in a sentence that one would say aloud, and the fields of one record under their names."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.composing import MOST_SHOWN
from records.models import Dump, Record


def sentence(dump: Dump) -> str:
    """What became of a dump's entries: "Of 120 entries 117 were taken in, 2 were there already, 1 could not be read."."""
    found = dump.found
    if not found:
        return _("No entry was found.")
    if dump.taken_in == found:
        all_in = ngettext(
            "1 entry was found, and it was taken in.", "%(n)s entries were found; all were taken in.", found
        )
        return all_in % {"n": intcomma(found)}
    if dump.rejected == found:
        none_in = ngettext(
            "1 entry was found; it could not be read.", "%(n)s entries were found; none could be read.", found
        )
        return none_in % {"n": intcomma(found)}
    parts = [
        _said(dump.taken_in, ngettext("%s was taken in", "%s were taken in", dump.taken_in)),
        _said(dump.already_there, ngettext("%s was there already", "%s were there already", dump.already_there)),
        _said(dump.rejected, ngettext("%s could not be read", "%s could not be read", dump.rejected)),
    ]
    said = {"n": intcomma(found), "parts": ", ".join(filter(None, parts))}
    return ngettext("The one entry: %(parts)s.", "Of %(n)s entries %(parts)s.", found) % said


def _said(count: int, words: str) -> str:
    return words % intcomma(count) if count else ""


def fields_of(record: Record) -> list[tuple[str, str]]:
    """What was read of a record as (label, value), empty fields left out."""
    alternate = "; ".join(each["title"] for each in record.alt_titles)
    pairs = [
        (_("Title"), record.title),
        (_("Other titles"), alternate),
        (_("Authors"), "; ".join(record.authors) + (_(" and others") if record.authors_incomplete else "")),
        (_("Year"), record.year),
        (_("Journal"), record.journal),
        (_("Volume"), record.volume),
        (_("Issue"), record.issue),
        (_("Pages"), record.pages),
        (_("DOI"), record.doi),
        (_("PMID"), record.pmid),
        (_("Accession number"), record.accession),
        (_("Type"), record.type),
        (_("Language"), record.language),
        (_("Abstract"), record.abstract + (_(" (cut off)") if record.abstract_truncated else "")),
        (_("Keywords"), "; ".join(record.keywords)),
        (_("Trial registrations"), "; ".join(record.trial_registrations)),
        (_("Addresses"), " ".join(record.urls)),
    ]
    return [(label, _beginning(str(value))) for label, value in pairs if value]


def _beginning(value: str) -> str:
    """A value, or the beginning of an endless one."""
    left = len(value) - MOST_SHOWN
    return value if left <= 0 else value[:MOST_SHOWN] + _(" … (%s characters more)") % intcomma(left)
