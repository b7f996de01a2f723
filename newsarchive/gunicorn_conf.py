"""The name under which systemd units of the first releases find gunicorn's settings: it leads on.

New units name `python:newsarchive.ops.gunicorn_conf`.
"""

from newsarchive.ops.gunicorn_conf import *  # noqa: F403
