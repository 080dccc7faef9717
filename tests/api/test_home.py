"""The page at / and the manual, as a browser asks for them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from processes import PLAIN

from placet.api import create_app
from placet.definitions.demonstration import Shown
from placet.showing import Scene, Showing

Shop = Any

_SHOWING = Showing(
    (
        Scene(
            "A repair shop. Be one of its people:",
            (Shown("ben", "Ben <Fixer>", "repairs", "placet_secret"),),
            "/items/SHOP-1/transitions",
            '{"transition": "start"}',
        ),
    ),
    Shown("admin", "Administrator", "administers everything", "placet_other"),
)


def links(page: str) -> list[str]:
    return re.findall(r"(?:href|src)=['\"](/[^'\"]*)['\"]", page)


class TestTheHomePage:
    def test_says_what_this_is_and_leads_on(self, shop: Shop) -> None:
        """To the operations and to the manual; no link leads nowhere, and nothing comes from elsewhere."""
        answer = shop.nobody.get(f"{shop.url}/")

        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "A governed workflow engine" in answer.text
        assert {"/docs", "/openapi.json", "/manual/README.md", "/manual/docs/tutorial.md"} <= set(
            links(answer.text)
        )
        for link in links(answer.text):
            assert shop.nobody.get(f"{shop.url}{link}").status_code == 200, link
        assert not re.search(r"<(script|link|iframe)", answer.text)

    def test_lets_a_browser_do_nothing_but_show_it(self, shop: Shop) -> None:
        headers = shop.nobody.get(f"{shop.url}/").headers

        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"

    def test_says_nothing_of_a_demonstration_where_there_is_none(self, shop: Shop) -> None:
        page = shop.nobody.get(f"{shop.url}/").text

        assert "demonstration" not in page
        assert "placet_" not in page


class TestTheDemonstration:
    """Its tokens are for who sits at the machine, and for nobody else."""

    def page(
        self, shop: Shop, *, client: str = "127.0.0.1", host: str = "127.0.0.1:8000", **headers: str
    ) -> str:
        # A test cannot come from another machine: the server is given the address of the client here.
        transport = httpx.ASGITransport(create_app(shop.application, _SHOWING), client=(client, 5000))
        sent = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}

        async def asked() -> str:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://local", verify=PLAIN
            ) as browser:
                return (await browser.get("/", headers=sent)).text

        return asyncio.run(asked())

    @pytest.mark.parametrize(
        ("client", "host"),
        [
            ("127.0.0.1", "127.0.0.1:8000"),
            ("127.0.0.1", "localhost:8000"),
            ("::1", "[::1]:8000"),
            ("127.0.0.1", "localhost"),
        ],
    )
    def test_shows_its_people_with_tokens_on_the_machine_itself(
        self, shop: Shop, client: str, host: str
    ) -> None:
        page = self.page(shop, client=client, host=host)

        assert "Ben &lt;Fixer&gt;<td>repairs<td><code>placet_secret</code>" in page
        assert f"curl -s -X POST http://{host}/api/v1/items/SHOP-1/transitions" in page

    @pytest.mark.parametrize("client", ["10.0.0.5", "203.0.113.9", "2001:db8::1", "testclient"])
    def test_hides_them_from_other_machines(self, shop: Shop, client: str) -> None:
        page = self.page(shop, client=client)

        assert "placet_secret" not in page
        assert "printed when the server started" in page

    @pytest.mark.parametrize(
        "host", ["placet.example", "127.0.0.1.evil.example:8000", "[", "", "10.0.0.5:8000"]
    )
    def test_hides_them_under_a_name_that_others_can_make_lead_here(self, shop: Shop, host: str) -> None:
        """The pages of that name could read this one in a browser on this machine."""
        assert "placet_secret" not in self.page(shop, host=host)

    @pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via", "X_Real_IP"])
    def test_hides_them_behind_a_proxy(self, shop: Shop, header: str) -> None:
        """To the server every client of it comes from this machine."""
        assert "placet_secret" not in self.page(shop, **{header: "127.0.0.1"})


class TestTheManual:
    def test_is_read_as_pages_whose_links_lead_on(self, shop: Shop) -> None:
        """As in the source tree: to pages, to pictures, and to folders."""
        readme = shop.nobody.get(f"{shop.url}/manual/README.md")
        picture = shop.nobody.get(f"{shop.url}/manual/docs/images/placet.svg")
        folder = shop.nobody.get(f"{shop.url}/manual/docs/decisions/")

        assert "<h1>Placet</h1>" in readme.text
        assert re.search('href="docs/tutorial.md"', readme.text)
        assert "img-src 'self'" in readme.headers["content-security-policy"]
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "/manual/docs/decisions/0002-one-evaluator.md" in folder.text
        assert "<table>" in shop.nobody.get(f"{shop.url}/manual/docs/running.md").text

    @pytest.mark.parametrize(
        "path",
        ["docs/runing.md", "pyproject.toml", "../pyproject.toml", "docs/../uv.lock", "%2e%2e/etc/passwd"],
    )
    def test_has_its_own_pages_and_nothing_else(self, shop: Shop, path: str) -> None:
        answer = shop.nobody.get(f"{shop.url}/manual/{path}")

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
