"""The ground floor: what was found. No web pages here."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
