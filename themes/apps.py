"""The top floor: what it means."""

from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "themes"
