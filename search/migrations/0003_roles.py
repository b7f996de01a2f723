"""What the roles may do with the vocabulary of the search."""

from importlib import import_module

from django.db import migrations

MODELS = ("synonymgroup", "dictionaryword")
VIEW = [f"view_{model}" for model in MODELS]
ALL = [f"{verb}_{model}" for model in MODELS for verb in ("view", "add", "change", "delete")]


def make(apps, schema_editor):
    give = import_module("newsarchive.migrations.0006_roles").give
    give(apps, "search", {"viewer": VIEW, "curator": ALL, "operator": VIEW})


class Migration(migrations.Migration):
    dependencies = [("search", "0002_starter_vocabulary"), ("newsarchive", "0006_roles")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
