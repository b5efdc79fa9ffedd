"""Takes real dumps in through the pipeline, into a database of its own, and says which records stand in one work.

    .venv/bin/python tools/conformance_works.py FOLDER

FOLDER holds dumps and `seeds_expected.json`: for each file its records in order with an id, the groups of ids that are
duplicates, and the groups that must stay apart. Exit status 1 when a group stands otherwise.
"""

import json
import os
import sys
import tempfile
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="winnow-conformance-")
os.environ.pop("DATABASE_URL", None)

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402

from accounts.models import User  # noqa: E402
from records import actions, jobs  # noqa: E402
from records.models import Job, Library, Record  # noqa: E402
from reviews import setup  # noqa: E402


def take_in(folder: Path, names: list[str]) -> Library:
    """A library with one search and these files, read to their end."""
    by = User.objects.create_user("conformance@example.org", None, name="Conformance")
    review = setup.new_review(by=by, title="Conformance")
    search = actions.name_search(by=by, library=review.library, source="Seeds")
    for name in names:
        actions.receive(by=by, search=search, name=name, content=ContentFile((folder / name).read_bytes()))
    for job in Job.objects.filter(library=review.pk, state="waiting").order_by("pk"):
        jobs.run.call(job.pk)
    return Library.objects.get(pk=review.pk)


def main(folder: Path) -> int:
    gold = json.loads((folder / "seeds_expected.json").read_text())["files"]
    call_command("migrate", verbosity=0)
    library = take_in(folder, [each["file"] for each in gold])
    work_of: dict[str, int] = {}
    for each in gold:
        rows = Record.objects.filter(library=library, dump__name=each["file"]).order_by("position")
        work_of |= {said["id"]: row.work_id for said, row in zip(each["records"], rows, strict=True)}
    wrong = 0
    for each in gold:
        for groups, together in ((each["duplicates_within"], True), (each["must_not_merge"], False)):
            for one, other in (pair for group in groups for pair in combinations(group, 2)):
                right = (work_of[one] == work_of[other]) == together
                wrong += not right
                said = "joined" if work_of[one] == work_of[other] else "apart"
                print(f"{one} and {other}: {said}{'' if right else ', WRONG'}")
    expected = sum(each["unique_after_dedup"] for each in gold)
    print(f"{library.records} records, {library.works} works (expected {expected}), {library.questions} questions")
    return int(bool(wrong) or library.works != expected)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
