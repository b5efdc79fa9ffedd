"""Once more, since letters without an accent form (ı, ø, œ …) and titles of two scripts are compared otherwise than before."""

from importlib import import_module

from django.db import migrations

compare_anew = import_module("records.migrations.0006_compare_anew").compare_anew


class Migration(migrations.Migration):
    dependencies = [("records", "0008_history_looked_up")]

    operations = [migrations.RunPython(compare_anew, migrations.RunPython.noop, elidable=True)]
