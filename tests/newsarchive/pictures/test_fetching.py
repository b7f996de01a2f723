"""Fetching what strangers wrote: only from the public internet, and never for ever. A server on this
machine plays the internet; the rule that lets it be asked is the tests' alone."""

from __future__ import annotations

import gzip
import ipaddress
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from newsarchive.errors import NotFetched
from newsarchive.pictures import safe_http
from newsarchive.pictures.safe_http import Fetcher

HERE = ipaddress.ip_address("127.0.0.1")
MOST = 10_000
Respond = Callable[[BaseHTTPRequestHandler], None]


class World(ThreadingHTTPServer):
    """Hosts by name and path; remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Respond] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.names: dict[str, list[Any]] = {}
        self.resolved: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str, host: str = "pictures.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def resolve(self, host: str, port: int) -> list[Any]:
        self.resolved.append(host)
        return self.names.get(host, [HERE])

    def fetcher(self, **changes: Any) -> Fetcher:
        rules: dict[str, Any] = {
            "most_bytes": MOST,
            "seconds": 5,
            "resolve": self.resolve,
            "is_allowed": lambda address: address == HERE or safe_http.is_public(address),
            "ports": frozenset({self.port}),
        }
        return Fetcher(**rules | changes)


class _Handler(BaseHTTPRequestHandler):
    server: World

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        with suppress(OSError):
            self.server.pages.get(self.path, answer(404))(self)

    def log_message(self, *args: Any) -> None:
        return


def answer(status: int, data: bytes = b"", **headers: str) -> Respond:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return respond


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.shutdown()
    made.server_close()


def refusal(fetcher: Fetcher, url: str) -> NotFetched:
    with pytest.raises(NotFetched) as caught:
        fetcher.fetch(url)
    return caught.value


# -- which addresses


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("192.88.99.1", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1"),
        *("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8"),
        *("64:ff9b:1::1", "100::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2001::1", "2001:db8::1"),
        *("2001:0:7f00:1::", "3fff::1"),
    ],
)
def test_what_is_not_on_the_public_internet_is_not_asked(address: str, world: World) -> None:
    world.names["evil.example"] = [ipaddress.ip_address(address)]

    trouble = refusal(world.fetcher(is_allowed=safe_http.is_public), world.url("/", "evil.example"))

    assert trouble.refused
    assert "public internet" in str(trouble)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_the_public_internet_is_public(address: str) -> None:
    assert safe_http.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
    ],
)
def test_however_this_machine_is_written_it_is_not_asked(host: str, world: World) -> None:
    fetcher = Fetcher(most_bytes=MOST, seconds=5, ports=frozenset({world.port}))  # the real resolver and rule

    assert str(refusal(fetcher, world.url("/secret", host))) in (
        "the host is not on the public internet",
        "the name of the host is not known",
    )
    assert world.asked == []


def test_one_private_address_among_public_ones_refuses_them_all(world: World) -> None:
    world.names["evil.example"] = [HERE, ipaddress.ip_address("10.0.0.1")]

    assert refusal(world.fetcher(), world.url("/", "evil.example")).refused


def test_a_name_is_resolved_once_and_the_connection_goes_where_it_was_judged(world: World) -> None:
    """A name server that answers differently the second time (DNS rebinding) is not asked a second time."""
    world.pages["/1"] = answer(200, b"x")

    def rebinding(host: str, port: int) -> list[Any]:
        world.resolved.append(host)
        return [HERE if len(world.resolved) == 1 else ipaddress.ip_address("10.0.0.1")]

    assert world.fetcher(resolve=rebinding).fetch(world.url("/1", "does-not-exist.invalid")).data == b"x"

    assert world.resolved == ["does-not-exist.invalid"]
    assert world.asked[0][1]["host"] == f"does-not-exist.invalid:{world.port}"


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://a.example/1.jpg", "file:///etc/passwd", "gopher://a.example/", "data:image/png;base64,AA"),
        *(
            "javascript:alert(1)",
            "//a.example/1.jpg",
            "/etc/passwd",
            "",
            "http://",
            "http:///x",
            "http://[::1",
        ),
        *("https://a.example:22/", "http://a.example:8080/", "http://a.example:6379/", "http://a.example:0/"),
        *("http://a.example:99999/", "http://user@a.example/", "http://user:pass@a.example/", "http://a b/"),
        *("http://a.example\\@evil.example/", "http://a\x00b.example/", "http://" + "a" * 70 + ".example/"),
        "http://a.example/" + "x" * 20_000,
    ],
)
def test_only_plain_web_addresses_are_asked(url: str, world: World) -> None:
    fetcher = Fetcher(most_bytes=MOST, seconds=5, resolve=world.resolve, is_allowed=lambda address: True)

    trouble = refusal(fetcher, url)

    assert trouble.refused or "no answer" in str(trouble) or "not known" in str(trouble)
    assert world.asked == []


def test_nothing_in_an_address_becomes_a_header(world: World) -> None:
    refusals = (NotFetched,)
    for path in ("/a\r\nX-Evil: 1\r\n", "/a%0d%0aX-Evil:%201", "/a?\nX-Evil: 1", "/a b"):
        with suppress(*refusals):
            world.fetcher().fetch(world.url(path))

    assert world.asked
    assert all("x-evil" not in headers for _, headers in world.asked)
    assert all(" " not in path for path, _ in world.asked)


# -- redirects


def test_a_redirect_is_followed_and_judged_like_the_first_address(world: World) -> None:
    world.names["inside.example"] = [ipaddress.ip_address("169.254.169.254")]
    world.pages |= {
        "/moved": answer(302, Location="/1"),
        "/1": answer(200, b"x"),
        "/inside": answer(302, Location=world.url("/latest/meta-data/", "inside.example")),
        "/port": answer(302, Location="http://pictures.example:22/"),
        "/file": answer(302, Location="file:///etc/passwd"),
        "/nowhere": answer(302),
    }

    fetched = world.fetcher().fetch(world.url("/moved"))

    assert (fetched.data, fetched.url) == (b"x", world.url("/1"))
    assert "public internet" in str(refusal(world.fetcher(), world.url("/inside")))
    assert "port 22" in str(refusal(world.fetcher(), world.url("/port")))
    assert "only http" in str(refusal(world.fetcher(), world.url("/file")))
    assert "nowhere" in str(refusal(world.fetcher(), world.url("/nowhere")))
    assert "/latest/meta-data/" not in [path for path, _ in world.asked]


def test_redirects_in_a_circle_end(world: World) -> None:
    world.pages["/round"] = answer(301, Location="/round")

    assert "redirects" in str(refusal(world.fetcher(), world.url("/round")))
    assert len(world.asked) == 6


# -- how much, and how long


def test_more_than_the_limit_is_not_read(world: World) -> None:
    world.pages["/honest"] = answer(200, b"x" * (MOST + 1))

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 4096)

    world.pages["/endless"] = endless

    for path in ("/honest", "/endless"):
        trouble = refusal(world.fetcher(), world.url(path))
        assert trouble.refused
        assert "more than 10,000 bytes" in str(trouble)
    world.pages["/most"] = answer(200, b"x" * MOST)
    assert len(world.fetcher().fetch(world.url("/most")).data) == MOST


def test_what_comes_packed_is_not_unpacked(world: World) -> None:
    world.pages["/bomb"] = answer(200, gzip.compress(b"\0" * 1_000_000), Content_Encoding="gzip")

    assert "packed" in str(refusal(world.fetcher(), world.url("/bomb")))
    assert world.asked[0][1]["accept-encoding"] == "identity"


@pytest.mark.parametrize("where", ["headers", "body", "never"])
def test_a_host_that_drips_is_left_after_the_time_that_all_may_take(where: str, world: World) -> None:
    """Each byte comes in time, so that a limit on single reads alone would wait for hours."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while where != "never":
            handler.wfile.write(b"x")
            time.sleep(0.05)
        time.sleep(5)

    world.pages["/slow"] = drip
    began = time.monotonic()

    trouble = refusal(world.fetcher(seconds=1), world.url("/slow"))

    assert time.monotonic() - began < 4
    assert "within 1 seconds" in str(trouble)
    assert not trouble.refused  # another day it may be quicker


@pytest.mark.parametrize(
    ("status", "expected"), [(404, "missing"), (410, "missing"), (429, "busy"), (503, "busy"), (500, "")]
)
def test_what_the_host_says_is_told_apart(status: int, expected: str, world: World) -> None:
    world.pages["/1"] = answer(status)

    trouble = refusal(world.fetcher(), world.url("/1"))

    assert {kind for kind in ("missing", "busy", "refused") if getattr(trouble, kind)} == set(
        filter(None, [expected])
    )


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"\x00" * 100),
        *(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
    ],
)
def test_what_is_no_http_is_no_answer(said: bytes, world: World) -> None:
    world.pages["/1"] = lambda handler: handler.wfile.write(said)  # type: ignore[assignment,return-value]

    assert "no answer" in str(refusal(world.fetcher(), world.url("/1")))


def test_a_host_is_told_nothing_of_us_and_no_proxy_of_the_environment_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pages["/1"] = answer(200, b"x", Set_Cookie="a=b")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    world.fetcher().fetch(world.url("/1"))
    world.fetcher().fetch(world.url("/1"))

    assert set(world.asked[1][1]) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_a_certificate_must_be_good_and_the_names_own(world: World, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    subprocess.run(
        [
            *(
                openssl,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=good.example",
            ),
            *("-addext", "subjectAltName=DNS:good.example", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    world.socket = theirs.wrap_socket(world.socket, server_side=True)
    world.pages["/1"] = answer(200, b"x")
    ours = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    url = f"https://good.example:{world.port}/1"

    assert world.fetcher(tls=ours).fetch(url).data == b"x"
    assert "CERTIFICATE_VERIFY_FAILED" in str(refusal(world.fetcher(), url))
    assert "CERTIFICATE_VERIFY_FAILED" in str(refusal(world.fetcher(tls=ours), url.replace("good", "evil")))
