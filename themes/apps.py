"""The top floor: what it means."""

from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "themes"

    def ready(self) -> None:
        from reviews import undoing
        from themes import queries

        undoing.TOLD.append(queries.told_of_import)
