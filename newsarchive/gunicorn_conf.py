"""Kept because systemd units of the first releases name this module; it re-exports gunicorn's settings.

New units name `python:newsarchive.ops.gunicorn_conf`.
"""

from newsarchive.ops.gunicorn_conf import *  # noqa: F403
