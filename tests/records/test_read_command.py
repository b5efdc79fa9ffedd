"""`manage.py read`: what Winnow reads in files, in words or as JSON lines, and without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


@pytest.fixture
def read(capsys):
    """What the command prints, line by line."""

    def said(*arguments):
        call_command("read", *map(str, arguments))
        return capsys.readouterr().out.splitlines()

    return said


def test_it_says_format_encoding_and_how_many(read):
    path = SAMPLES / "practice.ris"
    assert read(path) == [f"{path}: ris, utf-8, 14 records, 0 rejected"]


def test_what_was_rejected_is_named_with_its_lines_and_the_reason(read):
    path = SAMPLES / "psycinfo-ovid.ris"
    lines = read(path)
    assert lines[0] == f"{path}: ris, utf-8, 20 records, 1 rejected"
    assert lines[1].startswith("  lines 147 to 150: ")


def test_what_nobody_understands_is_said(read):
    lines = read(SAMPLES / "unreadable.txt")
    assert ": not understood, " in lines[0] and lines[0].endswith("0 records, 1 rejected")
    assert "no reader knows this format" in lines[1]


def test_json_is_one_object_a_file(read):
    paths = sorted(SAMPLES.glob("*.[rnc]*"))
    found = [json.loads(line) for line in read("--json", *paths)]
    assert [each["file"] for each in found] == [str(path) for path in paths]
    for each in found:
        assert set(each) == {"file", "format", "encoding", "records", "rejected", "notices"}
        assert all(record["title"] and record["line_from"] <= record["line_to"] for record in each["records"])


def test_what_the_file_does_not_state_is_null(read, tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("TY  - JOUR\nTI  - Tea\nER  - \n")
    (line,) = read("--json", path)
    (record,) = json.loads(line)["records"]
    assert (record["title"], record["abstract"], record["year"], record["authors"]) == ("Tea", None, None, [])


def test_papers_that_a_page_lists_are_marked(read):
    (line,) = read("--json", SAMPLES / "index-mirror-page.txt")
    assert [record["role"] for record in json.loads(line)["records"]] == ["primary"] + ["related"] * 10


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", "雪".encode("gb18030") * 9, b"TY  -"], ids=repr)
def test_any_bytes_are_answered(read, tmp_path, data):
    path = tmp_path / "bytes"
    path.write_bytes(data)
    assert read(path)[0].startswith(f"{path}: ")


def test_it_needs_no_database(tmp_path):
    """In a process of its own, with the address of a server that is not there."""
    env = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "SECRET_KEY": "x" * 50}
    command = [sys.executable, "manage.py", "read", str(SAMPLES / "practice.ris")]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip().endswith("14 records, 0 rejected")) == (0, True), done.stderr
