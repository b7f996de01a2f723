"""The files in deploy/ name what there is, and nginx with them serves over TLS."""

from __future__ import annotations

import configparser
import getpass
import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from .running import PATIENCE, ROOT, Started, answers, environment, free_port, gunicorn, wait_for

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
TEXTS = [
    *UNITS,
    DEPLOY / "Procfile",
    DEPLOY / "Containerfile",
    DEPLOY / "environment.example",
    ROOT / "docs/deploy.md",
]
SETTINGS = {
    f"NEWSARCHIVE_{name}"
    for path in (ROOT / "newsarchive").rglob("*.py")
    for name in re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", path.read_text())
} | {"NEWSARCHIVE_SECRET_KEY", "NEWSARCHIVE_DATA"}
HARDENED = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}


def unit(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return {name: dict(parser[name]) for name in parser.sections()}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_and_setting_that_is_named_exists(path: Path) -> None:
    text = path.read_text()

    commands = set(re.findall(r"(?:manage\.py|^    newsarchive) ([a-z_]+)", text, re.MULTILINE))
    settings = set(re.findall(r"NEWSARCHIVE_[A-Z_]+", text))

    assert commands <= set(get_commands())
    assert settings <= SETTINGS
    for module in re.findall(r"python:(newsarchive[\w.]+)|-m (newsarchive[\w.]*)", text):
        assert (ROOT / "/".join("".join(module).split("."))).with_suffix(".py").exists()


@pytest.mark.parametrize(
    "path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name
)
def test_every_service_is_hardened_and_keeps_its_secrets_elsewhere(path: Path) -> None:
    service = unit(path)["Service"]

    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["User"] == "newsarchive"
    assert service["EnvironmentFile"] == "/etc/newsarchive/environment"
    assert "SECRET" not in service["Environment"]
    assert service["StateDirectory"].split()[0] == "newsarchive"


def test_what_must_always_run_is_started_again() -> None:
    for name in ("newsarchive-web.service", "newsarchive-indexer.service"):
        assert unit(DEPLOY / "systemd" / name)["Service"]["Restart"] == "always"


def test_the_service_waits_longer_than_gunicorn_for_its_workers() -> None:
    from newsarchive.ops import gunicorn_conf

    service = unit(DEPLOY / "systemd" / "newsarchive-web.service")["Service"]
    assert int(service["TimeoutStopSec"]) > gunicorn_conf.graceful_timeout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text().replace("/opt/newsarchive/.venv/bin/", f"{Path(sys.executable).parent}/")
        (tmp_path / path.name).write_text(text)

    said = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr) == (0, "")


def test_the_container_runs_as_nobody_special_from_the_locked_files() -> None:
    lines = (DEPLOY / "Containerfile").read_text()
    taken = set(re.findall(r"^COPY (?!--from)(\S+)", lines, re.MULTILINE))

    assert "--require-hashes" in lines
    assert lines.count("\nFROM ") == 2
    assert re.findall(r"^USER (\d+)", lines, re.MULTILINE) == ["10001"]
    assert all((ROOT / name).exists() for name in taken)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert taken == allowed


# -- a real nginx ------------------------------------------------------------------------------------


def nginx_conf(folder: Path, https: int, plain: int, behind: int) -> Path:
    """deploy/nginx.conf with the names, places and ports of this test, and nothing else changed."""
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2;"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("    listen [::]:80;\n", ""),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{behind}"),
        ("/etc/letsencrypt/live/archive.example/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/letsencrypt/live/archive.example/privkey.pem", str(folder / "key.pem")),
        ("/var/log/nginx", str(folder)),
        ("/var/cache/nginx", str(folder)),
    ):
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; user {getpass.getuser()}; worker_processes 1;\n"
        f"pid {folder}/pid; error_log {folder}/main.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\n{temporary}include {folder}/site.conf;\n}}\n"
    )
    return main


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    wanted = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=archive.example -keyout key.pem -out cert.pem"
    )
    name = ("-addext", "subjectAltName=DNS:archive.example")
    subprocess.run(["openssl", *wanted.split(), *name], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "cert.pem"


class Site:
    def __init__(self, port: int, certificate: Path) -> None:
        self._port, self._tls = port, ssl.create_default_context(cafile=str(certificate))

    def get(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._tls, timeout=PATIENCE)
        connection.sock = self._tls.wrap_socket(self._connected(), server_hostname="archive.example")
        connection.request(method, path, body or None, {"Host": "archive.example"} | headers)
        response = connection.getresponse()
        response.text = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response

    def _connected(self):  # type: ignore[no-untyped-def]
        import socket

        return socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)


@pytest.fixture
def site(data: Path, start: Started, tmp_path: Path, certificate: Path) -> Site:
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    https, plain, behind = free_port(), free_port(), free_port()
    production = environment(
        data,
        NEWSARCHIVE_ALLOWED_HOSTS="archive.example",
        NEWSARCHIVE_CSRF_TRUSTED_ORIGINS="https://archive.example",
        NEWSARCHIVE_HTTPS="1",
        NEWSARCHIVE_SECRET_KEY="x" * 60,
        NEWSARCHIVE_METRICS="1",
    )
    start(gunicorn("--bind", f"127.0.0.1:{behind}", "--workers", "1"), tmp_path / "log", production)
    main = nginx_conf(tmp_path, https, plain, behind)
    subprocess.run(["nginx", "-t", "-c", str(main), "-p", str(tmp_path)], check=True, capture_output=True)
    start(["nginx", "-c", str(main), "-p", str(tmp_path)], tmp_path / "nginx.out", dict(os.environ))
    wait_for(lambda: answers(behind), "the start")
    return Site(https, certificate)


def test_nginx_serves_the_archive_over_tls_and_writes_nothing_of_its_readers(
    site: Site, tmp_path: Path
) -> None:
    page = site.get(
        "/search/?q=nobodyelsemayknow", **{"X-Request-ID": "forged-by-reader", "Accept-Encoding": "gzip"}
    )
    style = next(
        line
        for line in site.get("/").text.decode().split('"')
        if line.startswith("/static/") and ".css" in line  # type: ignore[attr-defined]
    )
    sheet = [site.get(style, **{"Accept-Encoding": "gzip"}) for _ in range(2)][1]
    large = site.get("/admin/login/", "POST", b"x" * 4_000_000, **{"Content-Type": "text/plain"})

    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    assert page.headers["Content-Encoding"] == "gzip"
    number = page.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", number)  # nginx's own
    assert sheet.status == 200
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.headers["Content-Encoding"] == "gzip"
    assert large.status == 413
    assert site.get("/metrics").status == 200  # from this machine
    assert site.get("/admin/login/").headers["Set-Cookie"].count("Secure") == 1
    said = (tmp_path / "newsarchive.log").read_text()
    assert f" {number} GET 200 " in said
    assert number in (tmp_path / "log").read_text()
    for name in ("newsarchive.log", "newsarchive.error.log", "log", "main.log", "nginx.out"):
        assert "nobodyelsemayknow" not in (tmp_path / name).read_text()
