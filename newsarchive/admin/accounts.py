"""Accounts and roles: Django's own pages, with permissions named in the interface's language."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_VERBS: Final[dict[str, str | Promise]] = {
    "add": _("新增"),
    "change": _("修改"),
    "delete": _("刪除"),
    "view": _("檢視"),
    "operate": _("匯入、重試及重建索引"),
    "bulk": _("批次修改所有篩選出的文章"),
}


class _Permissions(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, permission: Any) -> str:
        verb = permission.codename.partition("_")[0]
        model = permission.content_type.model_class()
        kind = model._meta.verbose_name if model else permission.content_type.model
        return f"{kind} · {_VERBS.get(verb, permission.name)}"


def _as_said(db_field: Any) -> dict[str, Any]:
    if db_field.remote_field.model is not Permission:
        return {}
    return {"form_class": _Permissions, "queryset": Permission.objects.select_related("content_type")}


admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{**options, **_as_said(db_field)})


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{**options, **_as_said(db_field)})
