from tests.newsarchive.admin.conftest import folders, signed_in

__all__ = ["folders", "signed_in"]
