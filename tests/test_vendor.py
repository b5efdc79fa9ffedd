"""What comes from other projects is byte for byte what they published, with its licence, and nothing else lies beside it."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["static/vendor", "static/fonts", "tests/vendor"]
LIST = dict(
    reversed(line.split(maxsplit=1)) for line in (ROOT / "tools" / "vendor.sha384").read_text().splitlines() if line
)
HTMX = "429f6b742f07ec4a8ea17fa74743f744f1b63688e2faa7702651a97f3c1026c7cea69dec1b021d48ff713b7f94944867"


@pytest.mark.parametrize("path", sorted(LIST))
def test_a_vendored_file_is_as_it_came(path):
    assert hashlib.sha384((ROOT / path).read_bytes()).hexdigest() == LIST[path]


def test_htmx_is_the_release_that_was_measured():
    assert LIST["static/vendor/htmx-4.0.1/htmx.min.js"] == HTMX


def test_nothing_lies_beside_the_listed_files():
    found = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.name != "VERSION"
    }
    assert found == set(LIST)


@pytest.mark.parametrize("folder", ["static/vendor/htmx-4.0.1", "static/fonts", "tests/vendor"])
def test_each_folder_says_its_version_and_carries_the_licence(folder):
    assert (ROOT / folder / "VERSION").read_text().strip()
    assert list((ROOT / folder).glob("LICENSE*"))


def test_every_font_file_is_used_and_every_used_one_is_there():
    named = set(re.findall(r"fonts/([\w-]+\.woff2)", (ROOT / "static/css/fonts.css").read_text()))
    assert named == {path.name for path in (ROOT / "static/fonts").glob("*.woff2")}
