from django.db import migrations

from search.vocabulary import seed_data
from search.query.synonyms import key
from search.language.tokens import search_text


def install(apps, schema_editor):
    """What is there already stays as it is."""
    groups = apps.get_model("search", "SynonymGroup").objects
    known = {key(word) for words, one_way in groups.values_list("words", "one_way") for word in words + one_way}
    for words, one_way, note in seed_data.synonym_groups("synonyms.tsv"):
        if known.isdisjoint(key(word) for word in words + one_way):
            groups.create(words=words, one_way=one_way, note=note)
    dictionary = apps.get_model("search", "DictionaryWord").objects
    taught = set(dictionary.values_list("folded", flat=True))
    for word, note in seed_data.dictionary_words("dictionary.tsv"):
        if (folded := search_text(word)) not in taught:
            dictionary.create(word=word, folded=folded, note=note)
            taught.add(folded)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
