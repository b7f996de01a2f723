from tests.newsarchive.archive.conftest import data_folder, folder

__all__ = ["data_folder", "folder"]
