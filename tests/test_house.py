"""Rules about the house: imports go downhill, pure rooms know no Django, every table carries its review, files stay small."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"config": 0, "accounts": 1, "records": 2, "reviews": 3, "themes": 4}
PORCH = {"config.settings", "config.urls", "config.wsgi"}  # these may look up: they put the house together
PURE = (
    "records/readers", "records/dedup", "records/writers", "records/clean.py", "records/clean_text.py", "records/clean_abstract.py",
    "records/earlier_decisions.py", "records/search_words.py", "records/entries.py", "records/child.py", "records/collecting.py", "records/crash.py",
    "records/deduping.py", "records/uniting.py",
    "records/registrations.py", "records/references.py", "records/notices.py", "records/dump_lines.py", "records/names.py", "records/pace.py",
    "reviews/outcome.py", "reviews/frames.py", "reviews/highlights.py", "reviews/one_study.py", "reviews/prisma.py", "reviews/drawing.py", "reviews/plotting.py", "themes/runs.py", "themes/sentences.py",
    "reviews/agreement.py", "reviews/agreement_pairs.py", "reviews/sampling.py", "reviews/agreement_several.py", "reviews/intervals.py", "reviews/authorship.py", "reviews/dealing.py", "themes/unitizing.py",
)  # fmt: skip
PURE_LIBRARIES = {"rapidfuzz", "lxml", "nh3", "openpyxl"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base_classes", "manager", "misc"}
BY_SEVERAL = {"accounts"}  # people are of the whole site, not of one review


def imports(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Absolute names of all that a file imports, also inside functions."""
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = list(package[: len(package) - node.level + 1]) if node.level else []
            yield from (".".join([*up, *(part for part in (node.module, alias.name) if part)]) for alias in node.names)


def sources(root: Path = ROOT) -> list[Path]:
    return sorted(p for floor in FLOORS for p in (root / floor).rglob("*.py") if "migrations" not in p.parts)


def module(path: Path, root: Path = ROOT) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts)


def uphill(root: Path = ROOT) -> list[str]:
    """Each import of a higher floor, as "file imports name"."""
    found = []
    for path in sources(root):
        own = FLOORS[path.relative_to(root).parts[0]]
        if module(path, root) in PORCH:
            continue
        found += [
            f"{path.relative_to(root)} imports {name}"
            for name in imports(path, root)
            if FLOORS.get(name.split(".")[0], -1) > own
        ]
    return found


def impure(root: Path = ROOT) -> list[str]:
    """Each import in a pure room of something that is neither the standard library, pure, nor one of the few libraries."""
    import sys

    rooms = [root / room for room in PURE]
    files = [p for room in rooms if room.exists() for p in ([room] if room.is_file() else sorted(room.rglob("*.py")))]
    pure = tuple(room.removesuffix(".py").replace("/", ".") for room in PURE)
    found = []
    for path in files:
        for name in imports(path, root):
            top = name.split(".")[0]
            own = any(name == room or name.startswith(room + ".") for room in pure)
            if top not in sys.stdlib_module_names and top not in PURE_LIBRARIES and not own:
                found.append(f"{path.relative_to(root)} imports {name}")
    return found


def test_imports_go_downhill():
    assert uphill() == []


def test_pure_rooms_know_no_django():
    assert impure() == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("records/pipeline.py", "from reviews.models import Member\n"),
        ("records/models.py", "def late():\n    import themes.models\n"),
        ("reviews/queries.py", "from themes import actions\n"),
        ("accounts/views/staff.py", "from records.models import Library\n"),
    ],
)
def test_a_planted_uphill_import_is_found(tmp_path, file, text):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)
    assert uphill(tmp_path)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("records/readers/ris.py", "from django.utils import timezone\n"),
        ("records/readers/pages/new.py", "from records.models import Record\n"),
        ("records/dedup/keys.py", "from ..models import Record\n"),
        ("reviews/outcome.py", "import requests\n"),
    ],
)
def test_a_planted_impure_import_is_found(tmp_path, file, text):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)
    assert impure(tmp_path)


def test_every_pure_room_is_there():
    assert [room for room in PURE if not (ROOT / room).exists()] == []


def test_no_file_is_longer_than_400_lines():
    long = [str(p.relative_to(ROOT)) for p in sources() if p.read_text().count("\n") > 400]
    assert long == []


def test_every_file_says_what_it_is_for():
    silent = [
        str(p.relative_to(ROOT))
        for p in sources()
        if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing():
    assert [p.name for p in sources() if p.stem in FORBIDDEN_NAMES] == []


def tenant_of(model: type[models.Model]) -> str | None:
    return next((name for name in ("library", "review") if name in {f.name for f in model._meta.get_fields()}), None)


OWN = [m for m in apps.get_models() if m._meta.app_label in ("records", "reviews", "themes")]


@pytest.mark.parametrize("model", [m for m in OWN if m.__name__ not in ("Library",)], ids=lambda m: m.__name__)
def test_every_table_carries_its_library_or_review(model):
    assert tenant_of(model)


# A token is looked up before anybody knows which review it belongs to; it is random and unique by itself.
WITHOUT_TENANT = {"token_hash"}


@pytest.mark.parametrize("model", [m for m in OWN if m.__name__ not in ("Library",)], ids=lambda m: m.__name__)
def test_every_unique_constraint_includes_the_tenant(model):
    for each in model._meta.constraints:
        if isinstance(each, models.UniqueConstraint):
            named = {*each.fields, *(str(getattr(e, "name", "")) for e in each.expressions)}
            assert named & {"library", "review"}, each.name
    unique = {f.name for f in model._meta.get_fields() if getattr(f, "unique", False) and not f.primary_key}
    assert unique <= {"library", "review", *WITHOUT_TENANT}


def test_a_review_has_its_librarys_key():
    from reviews.models import Review

    assert Review._meta.pk.name == "library"


TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.*") if p.suffix != ".txt")  # mail is plain text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_template_holds_script_style_or_raw_html(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=\"|\|\s*safe\b|autoescape off", text)


def test_own_javascript_stays_small():
    files = list((ROOT / "static/js").glob("*.js"))
    assert len(files) <= 8
    assert sum(p.read_text().count("\n") for p in files) <= 700


def test_no_key_of_the_database_engine_is_asked_outside_its_module():
    asking = [
        str(p.relative_to(ROOT))
        for p in sources()
        if "connection.vendor" in p.read_text() or ".vendor ==" in p.read_text()
    ]
    assert set(asking) <= {"records/engine.py"}


def test_each_dependency_says_why():
    lines = (ROOT / "pyproject.toml").read_text().split("[tool.")[0].splitlines()
    listed = [line for line in lines if re.match(r'\s+"[a-z]', line)]
    assert listed and all("#" in line for line in listed)


def test_lock_files_name_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text and "--hash=sha256:" in text, path.name
