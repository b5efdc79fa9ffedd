"""Copies every real file to a name that says nothing, and asks which format it is: from content alone, and quickly.

    .venv/bin/python tools/conformance_formats.py DATA

DATA holds `import/corpus`, `import/dumps` and `import/seeds` with their expectations. Printed: how many were right, every
wrong one, the three slowest. Exit status 1 when one is wrong or takes longer than 50 ms, encoding included.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from records.readers import Source, sniff

LONGEST = 0.050  # seconds
# What an expectation calls a format, and the reader of ours that is meant, where the two differ. Whose table it is says
# an expectation; to a reader all but Embase's and Web of Science's are one format, told apart by their columns. Embase
# exports in two shapes under one name: a field a row, which is a format of its own, and a record a row, which is a table.
MEANT = {
    "embase_csv": "embase_csv, csv",
    "bvs_csv": "csv",
    "covidence_csv": "csv",
    "lens_csv": "csv",
    "openalex_csv": "csv",
    "pubmed_csv": "csv",
    "rayyan_csv": "csv",
    "refworks_csv": "csv",
    "scielo_csv": "csv",
    "scopus_csv": "csv",
    "zotero_csv": "csv",
}
# The pages that the seeds are, by the number their name begins with.
SEEDS = {
    "000": "wos_mirror_cn",
    "001": "scholar_json_nested",
    "002": "bilingual_portal",
    "003": "wos_mirror_cn",
    "004": "citation_statements_page",
}


NOTHING = "not understood"  # right for a file without any entry, whatever it was meant to become


def expected(data: Path) -> list[tuple[Path, str]]:
    """Every file with the name of the reader that should know it, or the names, apart by commas."""
    found = []
    for beside in sorted(data.glob("import/*/*.expected.json")):
        said = json.loads(beside.read_text(encoding="utf-8"))
        stated = said.get("format") or said["shape"]
        meant = MEANT.get(stated, stated) + ("" if said["record_count"] else f", {NOTHING}")
        found.append((beside.with_name(beside.name.removesuffix(".expected.json")), meant))
    seeds = sorted(data.glob("import/seeds/*.txt"))
    return found + [(path, SEEDS[path.name[:3]]) for path in seeds]


def asked(path: Path) -> tuple[str, float]:
    """The format found, and the seconds it took from opened file to answer."""
    with path.open("rb") as file:
        start = time.process_time()
        name = sniff(Source(file)).NAME
        return name, time.process_time() - start


def main(data: Path) -> int:
    files = expected(data)
    wrong, taken = [], []
    with tempfile.TemporaryDirectory(prefix="winnow-formats-") as folder:
        for number, (path, meant) in enumerate(files):
            bare = Path(folder) / f"{number:04}"
            shutil.copyfile(path, bare)
            name, seconds = asked(bare)
            if seconds > LONGEST:  # somebody else may have had the core: once more
                seconds = min(seconds, asked(bare)[1])
            taken.append((seconds, path.name))
            if name not in meant.split(", "):
                wrong.append(f"{path.name}: {name}, should be {meant}")
            bare.unlink()
    slow = [f"{name}: {1000 * seconds:.0f} ms" for seconds, name in taken if seconds > LONGEST]
    print(f"{len(files) - len(wrong)} of {len(files)} formats right without a file name")
    for line in wrong:
        print(f"  WRONG {line}")
    print("slowest: " + ", ".join(f"{name} {1000 * seconds:.1f} ms" for seconds, name in sorted(taken)[:-4:-1]))
    for line in slow:
        print(f"  SLOW {line}")
    return int(bool(wrong or slow or not files))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
