"""The database tables. Nothing here knows of search; articles are changed through
`newsarchive.archive.articles` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsarchive.runtime import raw_bytes

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Outlet(models.Model):
    name = models.CharField(_("名稱"), max_length=200, unique=True)
    homepage = models.URLField(_("網址"), blank=True, max_length=500)
    language = models.CharField(_("語言"), max_length=35, blank=True, help_text="BCP 47: zh-Hant-HK")
    aliases = models.JSONField(_("別名"), default=list, blank=True)
    # As `Author.bio_from`: the publication day of the article that named the homepage.
    homepage_from = models.DateField(null=True, editable=False)
    language_from = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("媒體")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A name in picture credits: an agency, a site, or a kind of picture (資料圖片). `Image.agency` holds its
    name."""

    name = models.CharField(_("名稱"), max_length=100, unique=True)
    spellings = models.JSONField(_("其他寫法"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("圖片來源")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Author(models.Model):
    name = models.CharField(_("姓名"), max_length=300, unique=True)
    bio = models.TextField(_("自我介紹"), blank=True)
    avatar = models.URLField(_("頭像原址"), blank=True, max_length=2000)
    # The publication day of the article that bio and avatar were printed under: a later article's replace
    # them, whatever order files are imported in. NULL beside a value: a curator wrote it, or it is older than
    # this column; imports leave it unchanged.
    bio_from = models.DateField(null=True, editable=False)
    avatar_from = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("作者")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    name = models.CharField(_("名稱"), max_length=200, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("分類")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(_("名稱"), max_length=300, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("標籤")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    """The result of importing one file."""

    IMPORTED = "imported", _("新增")
    UPDATED = "updated", _("更新")
    UNCHANGED = "unchanged", _("無變")
    FAILED = "failed", _("失敗")
    QUARANTINED = "quarantined", _("隔離")  # kept, but the capture failed, so readers don't see it


class ImportRun(models.Model):
    """One import. `finished_at` is empty while it runs, and stays empty when it was killed."""

    started_at = models.DateTimeField(_("開始"), auto_now_add=True)
    finished_at = models.DateTimeField(_("結束"), null=True, blank=True)
    inputs = models.JSONField(_("輸入"), default=list)  # the paths as given
    importer_versions = models.JSONField(_("解析器版本"), default=dict)  # name -> version
    seen = models.PositiveIntegerField(_("檔案"), default=0)
    imported = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("無變"), default=0)
    failed = models.PositiveIntegerField(_("失敗"), default=0)
    quarantined = models.PositiveIntegerField(_("隔離"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("匯入")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"


class RawFile(models.Model):
    """An imported file, byte for byte. The bytes are never changed or deleted."""

    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(_("路徑"), max_length=1000)  # relative to the import that first had the file
    size = models.PositiveBigIntegerField(_("位元組"))
    format = models.CharField(_("格式"), max_length=50, blank=True)  # "" when no importer took it
    encoding = models.CharField(_("編碼"), max_length=20, blank=True)
    importer_version = models.PositiveIntegerField(default=0)  # 0 on a failure: it is tried again
    outcome = models.CharField(  # the result when the file was first imported
        _("結果"), max_length=12, choices=Outcome.choices, blank=True
    )
    article = models.ForeignKey(
        "Article", on_delete=models.PROTECT, null=True, blank=True, related_name="raw_files"
    )
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="raw_files")
    # Compressed with zlib. The last column, because SQLite reads a row only up to the last column requested.
    packed = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("原始檔")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.path

    @property
    def data(self) -> bytes:
        """The original bytes, checked against their sha256. Raises DamagedRawFile."""
        return raw_bytes.unpack(self.pk, self.path, self.sha256, self.packed)

    digest = staticmethod(raw_bytes.digest)
    pack = staticmethod(raw_bytes.pack)


class DamagedFile(models.Model):
    """A raw file that was found damaged by the last command that read it. The row is removed when the same
    file is imported again. Damage that no command has met yet has no row; `raw_files.damaged` checks the
    bytes themselves."""

    raw = models.OneToOneField(RawFile, on_delete=models.CASCADE, primary_key=True, related_name="damage")
    reason = models.TextField(_("原因"))
    found_at = models.DateTimeField(_("發現時間"), default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = _("損壞的原始檔")
        ordering = ["raw"]

    def __str__(self) -> str:
        return f"{self.raw_id}: {self.reason}"


class ImportFailure(models.Model):
    """A file that gave no article, and why. `raw` is NULL only when the bytes could not be read."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="failures")
    path = models.CharField(_("路徑"), max_length=1000)
    reason = models.TextField(_("原因"))
    raw = models.ForeignKey(RawFile, on_delete=models.PROTECT, null=True, blank=True, related_name="failures")

    class Meta:
        verbose_name = verbose_name_plural = _("匯入失敗")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ColumnMapping(models.Model):
    """Which columns of tables with these names fill which fields, as a person said it last."""

    key = models.CharField(max_length=64, unique=True)  # sha256 of the names; see ingest.column_mappings
    columns = models.JSONField(_("欄"), default=list)
    mapping = models.JSONField(_("對應欄位"), default=dict)  # field -> column
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return "、".join(self.columns)


class RunFile(models.Model):
    """The result of one input of an import. `number` is its position in the import; NULL in rows older than
    this column, for which unchanged files were not recorded."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField(null=True)
    path = models.CharField(_("路徑"), max_length=1000)
    outcome = models.CharField(_("結果"), max_length=12, choices=Outcome.choices)
    article = models.ForeignKey(
        "Article", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("文章")
    )
    reason = models.TextField(_("原因"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匯入的檔案")
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "outcome"])]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_file_once")]

    def __str__(self) -> str:
        return f"{self.path}: {self.outcome}"


class Story(models.Model):
    """A piece of news with all its copies: the unit of the index and of search results. An article without
    copies is a story of one."""

    canonical = models.ForeignKey(
        "Article", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )  # the copy that is shown

    class Meta:
        verbose_name = verbose_name_plural = _("報道")

    def __str__(self) -> str:
        return f"story {self.pk}"


class Article(models.Model):
    class Status(models.TextChoices):
        PUBLISHED = "published", _("已發布")
        WITHDRAWN = "withdrawn", _("已撤下")
        CAPTURE_FAILED = "capture_failed", _("擷取失敗")
        NEEDS_REVIEW = "needs_review", _("待審")

    class Standing(models.TextChoices):  # importers.types.Standing, with names
        STUB = "stub", _("無內文")
        TRUNCATED = "truncated", _("節錄")
        ARTICLE = "article", _("全文")

    identity = models.CharField(_("識別"), max_length=500, unique=True)
    canonical_identity = models.CharField(  # identity of the article that the source says this is a copy of
        max_length=500, blank=True, db_index=True
    )
    # The identity that the files give, when other articles give it too and `identity` was made unique
    # (`archive.identity.disambiguation`).
    shared_identity = models.CharField(max_length=500, null=True, db_index=True, editable=False)  # noqa: DJ001
    # Hash of title and day (`archive.copies.key`).
    story_key = models.CharField(max_length=32, blank=True, db_index=True)
    # Hash of the title alone (`archive.copies.title_key`). NULL: not checked by `check_identities` since the
    # column was added.
    title_key = models.CharField(max_length=32, null=True, db_index=True, editable=False)  # noqa: DJ001
    # Hash of `source_url` without what spells one address in several ways (`archive.identity.lookup`);
    # "" without an address. NULL: written by a release that does not know the column.
    address_key = models.CharField(max_length=32, null=True, db_index=True, editable=False)  # noqa: DJ001
    # A curator grouped it; imports keep the grouping.
    grouped_by_hand = models.BooleanField(_("人手歸組"), default=False)
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="articles")
    raw = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="+")  # the file that is shown
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="articles")

    title = models.TextField(_("標題"), blank=True)
    byline = models.CharField(_("署名"), max_length=500, blank=True)
    column = models.CharField(_("專欄"), max_length=200, blank=True)
    outlet = models.ForeignKey(
        Outlet, on_delete=models.PROTECT, null=True, blank=True, related_name="articles"
    )
    authors = models.ManyToManyField(Author, through="Authorship", related_name="articles", blank=True)
    categories = models.ManyToManyField(Category, related_name="articles", blank=True)
    tags = models.ManyToManyField(Tag, related_name="articles", blank=True)
    language = models.CharField(_("語言"), max_length=35, blank=True)

    published_on = models.DateField(_("日期"), null=True, blank=True, db_index=True)
    published_at = models.DateTimeField(_("時間"), null=True, blank=True)  # only when the source gave one
    published_offset = models.SmallIntegerField(default=0)  # minutes east of UTC, as the source gave it
    date_precision = models.CharField(max_length=10, blank=True)
    date_source = models.CharField(max_length=20, blank=True)
    date_estimated = models.BooleanField(default=False)
    source_updated_at = models.CharField(max_length=40, blank=True)  # the source's own clock, ISO
    captured_at = models.DateTimeField(_("擷取時間"), null=True, blank=True)

    source_url = models.TextField(_("原址"), blank=True)
    canonical_url = models.TextField(blank=True)
    archived_url = models.TextField(_("存檔址"), blank=True)

    body = models.TextField(_("內文"), blank=True)  # HTML of importers.html.safe_subset
    embeds = models.JSONField(_("嵌入"), default=list, blank=True)  # importers.types.ParsedEmbed as dicts
    related = models.JSONField(
        _("相關連結"), default=list, blank=True
    )  # importers.types.RelatedLink as dicts
    problems = models.JSONField(_("問題"), default=list, blank=True)

    status = models.CharField(_("狀態"), max_length=20, choices=Status.choices, default=Status.PUBLISHED)
    status_reason = models.TextField(_("狀態原因"), blank=True)
    status_changed_at = models.DateTimeField(null=True, blank=True)
    # Completeness of the shown file: a less complete one never replaces a more complete one.
    standing = models.CharField(_("完整"), max_length=10, choices=Standing.choices, default=Standing.ARTICLE)

    # Fields set by a curator, which imports don't change.
    edited_fields = models.JSONField(default=list, blank=True)
    source_values = models.JSONField(
        default=dict, blank=True
    )  # edited field -> the value of the source that it replaced
    # Edited field -> the source's new value, which was not taken over.
    source_changes = models.JSONField(default=dict, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    if TYPE_CHECKING:
        images: RelatedManager[Image]
        authorships: RelatedManager[Authorship]
        raw_files: RelatedManager[RawFile]

    class Meta:
        verbose_name = verbose_name_plural = _("文章")
        ordering = [models.F("published_on").desc(nulls_last=True), "-id"]
        indexes = [
            models.Index(fields=["status", "published_on"]),
            # Without it SQLite would scan every published article to find those of one page of hits.
            models.Index(fields=["story", "status"]),
            models.Index(fields=["outlet", "published_on"]),
        ]

    def __str__(self) -> str:
        return self.title or self.identity

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.pk])

    @property
    def known_day(self) -> str:
        """2021-11-17; 2021-11 when the source gives only the month; "" without a date."""
        day = self.published_on.isoformat() if self.published_on else ""
        return day[:7] if self.date_precision == "month" else day

    @property
    def truncated(self) -> bool:
        return self.standing == self.Standing.TRUNCATED


class Authorship(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="authorships")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="authorships")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(_("身分"), max_length=100, blank=True)  # 記者, 特約記者 …
    # What the shown file prints about the author; "" when nothing, NULL in rows older than these columns.
    bio = models.TextField(_("自我介紹"), null=True, editable=False)  # noqa: DJ001
    avatar = models.TextField(_("頭像原址"), null=True, editable=False)  # noqa: DJ001

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="author_once_per_article")]

    def __str__(self) -> str:
        return f"{self.role}{self.author}"

    @property
    def printed_bio(self) -> str:
        return self.author.bio if self.bio is None else self.bio

    @property
    def printed_avatar(self) -> str:
        return self.author.avatar if self.avatar is None else self.avatar


class Image(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField(_("次序"))  # from 0, as the body's placeholders count
    src = models.TextField(_("原址"), blank=True)
    archived_src = models.TextField(_("存檔址"), blank=True)
    found_src = models.TextField(_("檔內原字"), blank=True)
    alt = models.TextField(_("替代文字"), blank=True)
    caption = models.TextField(_("圖說"), blank=True)  # exactly as printed, credit included
    credit = models.TextField(_("來源"), blank=True)
    agency = models.CharField(_("機構"), max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("圖片")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="image_position_once_per_article")
        ]

    def __str__(self) -> str:
        return self.caption[:40] or self.src[-40:]


class OutboxRow(models.Model):
    """A story that the indexer must index again. Written in the transaction of the change, deleted once the
    index has it."""

    story_id = models.BigIntegerField(db_index=True)  # no foreign key: the story may be gone
    created_at = models.DateTimeField(auto_now_add=True)
    # Something that readers could find may have been removed from the story: until it is indexed again,
    # searches leave it out. The default is set in the database, because programs older than this column write
    # rows too.
    takes_away = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"story {self.story_id}"
