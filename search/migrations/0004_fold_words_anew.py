from django.db import migrations

from search.language.tokens import search_text


def fold_anew(apps, schema_editor):
    """More characters are one than when these words were saved. Of words that became one the first stays."""
    words = apps.get_model("search", "DictionaryWord").objects
    kept, gone = {}, []
    for word in words.order_by("pk"):
        if kept.setdefault(search_text(word.word), word) is not word:
            gone.append(word.pk)
    words.filter(pk__in=gone).delete()
    changed = [word for folded, word in kept.items() if word.folded != folded]
    words.filter(pk__in=[word.pk for word in changed]).delete()  # two may have changed places
    for word in changed:
        word.folded = search_text(word.word)
    words.bulk_create(changed)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_roles")]
    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop, elidable=False)]
