"""Stored files whose bytes were found damaged, for curators; docs/operations.md says what to do."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsarchive', '0010_undo'),
    ]

    operations = [
        migrations.CreateModel(
            name='DamagedFile',
            fields=[
                ('raw', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='damage', serialize=False, to='newsarchive.rawfile')),
                ('reason', models.TextField(verbose_name='原因')),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='發現時間')),
            ],
            options={
                'verbose_name': '損壞的原始檔',
                'verbose_name_plural': '損壞的原始檔',
                'ordering': ['raw'],
            },
        ),
    ]
