"""A database and a data folder of one's own, before Django is set up."""

import os
import tempfile


def django_alone() -> None:
    """Set Django up on SQLite in a temporary folder, or on DATABASE_URL's database."""
    django_in(tempfile.mkdtemp(prefix="winnow-bench-"))


def django_in(folder: str) -> None:
    """The same with a data folder that is there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATA_DIR"] = folder
    os.environ.setdefault("SECRET_KEY", "only-for-measuring")
    import django

    django.setup()


def migrate() -> None:
    """The tables and the static files' manifest."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
