from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

Shop = Any


class TestAFile:
    def test_comes_back_as_it_was_sent(self, any_shop: Shop) -> None:
        """Bytes are kept by their SHA-256, with name, media type and validity."""
        key, content = any_shop.wish(), bytes(range(256)) * 100

        attached = any_shop.ben.post(
            f"/items/{key}/evidence",
            data={"kind": "photo", "valid_until": "2099-01-01T00:00:00Z"},
            files={"file": ("Prüfung 1.bin", content, "image/png")},
        )

        found = attached.json()
        assert attached.status_code == 201
        assert (found["sha256"], found["size"], found["name"]) == (
            sha256(content).hexdigest(),
            25600,
            "Prüfung 1.bin",
        )
        assert any_shop.ben.get(f"/items/{key}/evidence").json()["evidence"] == [found]
        fetched = any_shop.mia.get(f"/evidence/{found['sha256']}")
        assert (fetched.content, fetched.headers["Content-Type"]) == (content, "image/png")

    def test_is_never_run_in_a_browser(self, shop: Shop) -> None:
        """Whatever somebody uploads comes as an attachment that no browser guesses about."""
        key = shop.wish()
        files = {"file": ('"x\r\n.html', b"<script>alert(1)</script>", "text/html; charset=utf-8")}
        sha = shop.ben.post(f"/items/{key}/evidence", data={"kind": "page"}, files=files).json()["sha256"]

        headers = shop.ben.get(f"/evidence/{sha}").headers

        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox")

    def test_is_only_for_those_who_see_its_item(self, shop: Shop) -> None:
        """Knowing the hash is not enough."""
        key = shop.wish()
        shop.ben.post(f"/items/{key}/evidence", data={"kind": "photo"}, files={"file": b"secret"})

        assert shop.tom.get(f"/evidence/{sha256(b'secret').hexdigest()}").status_code == 404

    def test_may_not_be_too_large(self, serve: Callable[..., Shop], sqlite_url: str) -> None:
        """The limit is a setting, and holds for chunked bodies too."""
        shop = serve(sqlite_url, evidence_limit=100_000)
        key = shop.wish()

        statuses = [
            shop.ben.post(
                f"/items/{key}/evidence", data={"kind": "photo"}, files={"file": b"x" * size}
            ).status_code
            for size in (100_000, 200_000)
        ]

        assert statuses == [201, 413]

    @pytest.mark.parametrize(
        ("data", "pointer"),
        [({}, "/kind"), ({"kind": "Photo!"}, "/kind"), ({"kind": "photo", "valid_until": "soon"}, "/valid_until"),
         ({"kind": "photo", "colour": "red"}, "/colour")],
    )  # fmt: skip
    def test_needs_what_the_form_asks_for(self, shop: Shop, data: dict[str, str], pointer: str) -> None:
        """Each part that does not fit is pointed at."""
        key = shop.wish()

        answer = shop.ben.post(f"/items/{key}/evidence", data=data, files={"file": b"x"})

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    @pytest.mark.parametrize(
        ("media", "content", "status"),
        [
            ("multipart/form-data", b"x", 400),
            ("multipart/form-data; boundary=y", b"x", 400),
            ("multipart/form-data; boundary=y", b"--y--\r\n", 422),
            ("text/plain", b"x", 415),
        ],
    )
    def test_has_to_be_a_form(self, shop: Shop, media: str, content: bytes, status: int) -> None:
        """A body that is not a multipart form is refused."""
        key = shop.wish()

        answer = shop.ben.post(f"/items/{key}/evidence", content=content, headers={"Content-Type": media})

        assert answer.status_code == status, answer.text


class TestAReference:
    def test_says_where_the_evidence_is(self, shop: Shop) -> None:
        """A reference has an address, and a hash where it is known."""
        key = shop.wish()

        answer = shop.ben.post(
            f"/items/{key}/evidence",
            json={"kind": "run", "url": "https://ci.example.org/1", "sha256": "a" * 64},
        )

        assert (answer.status_code, answer.json()["url"], answer.json()["sha256"]) == (
            201, "https://ci.example.org/1", "a" * 64,
        )  # fmt: skip
        assert shop.ben.get(f"/evidence/{'a' * 64}").status_code == 404

    def test_has_to_be_an_address_of_the_web(self, shop: Shop) -> None:
        """Nothing but http and https."""
        key = shop.wish()

        for url in ("file:///etc/passwd", "javascript:alert(1)", "https://a b"):
            assert (
                shop.ben.post(f"/items/{key}/evidence", json={"kind": "run", "url": url}).status_code == 422
            )
