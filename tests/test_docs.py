"""What the papers say is so: every reader has its row and its samples, every command and setting its line."""

import re
from pathlib import Path

import pytest

from records.readers import READERS

ROOT = Path(__file__).resolve().parent.parent
FORMATS = (ROOT / "docs/formats.md").read_text()
ROWS = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", FORMATS.split("\n## What cleaning")[0], re.M))


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.NAME)
def test_every_reader_has_its_row_and_its_samples(reader):
    assert reader.NAME in ROWS
    folder = ROOT / "tests/records/dumps" / reader.NAME.replace(" ", "_")
    samples = [path for path in folder.glob("*") if not path.name.endswith(".expected.json")]
    assert samples and all((folder / f"{path.name}.expected.json").exists() for path in samples)


def test_every_row_has_its_reader():
    assert set(ROWS) == {reader.NAME for reader in READERS}


def test_every_setting_from_the_environment_is_explained():
    settings = (ROOT / "config/settings.py").read_text()
    named = set(re.findall(r'environ(?:\.get)?[\[(]"([A-Z_]+)"', settings)) | set(
        re.findall(r'flag\("([A-Z_]+)"', settings)
    )
    papers = (ROOT / "docs/operating.md").read_text()
    assert {name for name in named if f"`{name}`" not in papers} <= {"DEBUG"}  # never set on a server


def test_every_target_of_make_is_in_its_help():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M)) - {"browser"}
    helped = set(re.findall(r"^([a-z][a-z-]*):.*##", makefile, re.M))
    assert targets == helped


def test_every_test_file_that_the_floor_plan_names_is_there():
    plan = (ROOT / "docs/architecture.md").read_text()
    for folder, name in re.findall(r"`(tests/(?:[a-z]+/)?)(test_\w+\.py)`", plan):
        assert (ROOT / folder / name).exists(), name
    for path in re.findall(r"`((?:records|reviews|themes|config|accounts)/[\w/]+\.py)", plan):
        assert (ROOT / path).exists(), path
