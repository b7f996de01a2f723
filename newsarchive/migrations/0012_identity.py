"""Columns for what a file prints about its authors, and for telling articles of one address apart.

All columns are new, empty and nullable: NULL says that this row is from before them. No row is rewritten.
`manage.py check_identities` (or `reparse`) fills them.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsarchive', '0011_damaged_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='shared_identity',
            field=models.CharField(db_index=True, max_length=500, null=True, editable=False),
        ),
        migrations.AddField(
            model_name='article',
            name='title_key',
            field=models.CharField(db_index=True, max_length=32, null=True, editable=False),
        ),
        migrations.AddField(
            model_name='author',
            name='bio_from',
            field=models.DateField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name='author',
            name='avatar_from',
            field=models.DateField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name='outlet',
            name='homepage_from',
            field=models.DateField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name='outlet',
            name='language_from',
            field=models.DateField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name='authorship',
            name='bio',
            field=models.TextField(verbose_name='自我介紹', null=True, editable=False),
        ),
        migrations.AddField(
            model_name='authorship',
            name='avatar',
            field=models.TextField(verbose_name='頭像原址', null=True, editable=False),
        ),
    ]
