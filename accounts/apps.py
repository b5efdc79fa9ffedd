"""The basement: accounts. Knows nothing of records, reviews and themes."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
