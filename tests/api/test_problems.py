from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest

from placet import BlockedError, blocked, errors
from placet.api import problems
from placet.definitions.wording import AS_KEPT

Shop = Any


def _below(cls: type[errors.PlacetError]) -> set[type[errors.PlacetError]]:
    # Placet's own: other rooms and plugins may derive theirs, which are answered as what they derive from.
    rooms = {errors.__name__, BlockedError.__module__}
    own = (each for each in cls.__subclasses__() if each.__module__ in rooms)
    return {cls}.union(*(_below(each) for each in own))


class TestTheTableOfAnswers:
    def test_has_every_error_of_placet(self) -> None:
        """Each refusal has exactly one answer."""
        assert set(problems.ANSWERS) == _below(errors.PlacetError) - {errors.PlacetError}


class TestARefusal:
    def test_has_figures_that_every_reader_of_json_takes(self) -> None:
        """Larger numbers are texts, as in the event of the refusal."""
        verdict = blocked(
            "{n} left", remedy="wait", params={"n": 10**30, "of": [2**53, 2**53 - 1], "odd": True}
        )

        problem = problems.problem_of(BlockedError("SHOP-1", "start", verdict.blockers, wording=AS_KEPT))

        blocker = orjson.loads(problems.answer(problem).body)["blockers"][0]
        assert blocker["message"] == f"{10**30} left"
        assert blocker["params"] == {"n": str(10**30), "of": [str(2**53), 2**53 - 1], "odd": True}


class TestTitles:
    def test_are_the_words_of_the_field(self) -> None:
        """A service manager reads them in a ticket, and an engineer searches for them."""
        assert {kind.name: kind.title for kind in problems.KINDS.values()} == {
            "malformed": "Malformed request",
            "unauthenticated": "Authentication required",
            "forbidden": "Not authorized",
            "not-found": "Not found",
            "method-not-allowed": "Method not allowed",
            "timeout": "Request timeout",
            "blocked": "Blocked by rules",
            "conflict": "Conflict",
            "tampered": "Record altered outside Placet",
            "stale": "Version conflict",
            "too-large": "Request body too large",
            "unsupported-media-type": "Unsupported media type",
            "invalid": "Invalid input",
            "precondition-required": "If-Match required",
            "rate-limited": "Too many requests",
            "head-too-large": "Request headers too large",
            "internal": "Internal error",
            "rules": "Workspace rules not usable",
            "busy": "Concurrent updates, please retry",
            "unavailable": "Database unavailable",
            "unready": "Server not ready",
        }


class TestWhatTheRouterRefuses:
    def test_is_a_problem_too(self, shop: Shop) -> None:
        """Unknown paths and methods are answered like everything else."""
        nowhere = shop.ben.get("/nothing")
        elsewhere = shop.nobody.get(f"{shop.url}/nothing")
        method = shop.ben.request("PURGE", "/items")
        docs = httpx.delete(f"{shop.url}/docs")

        assert {answer.headers["content-type"] for answer in (nowhere, elsewhere, method, docs)} == {
            "application/problem+json"
        }
        assert (nowhere.status_code, elsewhere.status_code) == (404, 404)
        assert (method.status_code, method.headers["Allow"]) == (405, "GET, HEAD, POST")
        assert docs.status_code == 405


class TestABodyThatIsWrong:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b'{"text": NaN}', 400),
            (b'{"text": "\\ud800"}', 400),
            (b"[" * 100_000, 400),
            (b"[]", 422),
            (b"null", 422),
            (b"{}", 422),
            (b'{"text": 1}', 422),
            (b'{"text": ""}', 422),
            (b'{"text": " \\n"}', 422),
            (b'{"text": "a\\u0000b"}', 422),
            (b'{"text": "a\\u001bb"}', 422),
            (b'{"text": "x", "colour": "red"}', 422),
            (b'{"text": "x", "deep": ' + b"[" * 50 + b"]" * 50 + b"}", 422),
            (b'{"text": "' + b"x" * 10_001 + b'"}', 422),
        ],
    )
    def test_is_refused_and_writes_nothing(self, shop: Shop, body: bytes, status: int) -> None:
        """A body that is not a form in JSON is refused, never with a 5xx."""
        key = shop.wish()

        answer = shop.ben.post(
            f"/items/{key}/comments", content=body, headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == status, answer.text
        assert len(shop.ben.get(f"/items/{key}/history").json()["events"]) == 1

    def test_is_pointed_at(self, shop: Shop) -> None:
        """Every fault has a JSON Pointer into the body."""
        answer = shop.ben.post(
            "/items",
            json={
                "workspace": "SHOP",
                "type": "shop.repair",
                "title": "x",
                "links": [{"type": "a"}],
                "odd": 1,
            },
        )

        assert {each["pointer"] for each in answer.json()["errors"]} == {"/links/0/target", "/odd"}

    def test_names_unknown_members_with_the_nearest_and_missing_ones(self, shop: Shop) -> None:
        """In whatever object of the body it is."""
        moved = shop.ben.post(f"/items/{shop.wish()}/transitions", json={"transitio": "ask"})
        bulk = shop.ben.post("/transitions", json={"requests": [{"key": "SHOP-1", "transitoin": "ask"}]})

        assert [(each["pointer"], each["message"]) for each in moved.json()["errors"]] == [
            ("/transition", "it is required and missing"),
            ("/transitio", 'there is no member "transitio"; did you mean "transition"?'),
        ]
        assert 'there is no member "transitoin"; did you mean "transition"?' in bulk.text.replace("\\", "")

    def test_may_hold_no_number_beyond_64_bits(self, shop: Shop) -> None:
        """Whole numbers that no store keeps are refused as input."""
        for number in (10**30, -(10**30), 1e300):
            body = {"workspace": "SHOP", "type": "shop.repair", "title": "x", "fields": {"hours": number}}
            answer = shop.ben.post("/items", json=body)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/fields/hours")

    def test_may_not_be_too_large(self, shop: Shop) -> None:
        """The limit holds whether or not the body says how long it is."""
        content = b'{"text": "' + b"x" * 1024 * 1024 + b'"}'
        media = {"Content-Type": "application/json"}

        reported = shop.ben.post("/items/SHOP-1/comments", content=content, headers=media)
        chunked = shop.ben.post("/items/SHOP-1/comments", content=iter([content]), headers=media)

        assert (reported.status_code, chunked.status_code) == (413, 413)
        assert reported.json()["type"] == "/problems/too-large"

    def test_has_to_be_json(self, shop: Shop) -> None:
        """A form of a browser is not JSON."""
        answer = shop.ben.post("/items/SHOP-1/comments", data={"text": "x"})

        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


class TestATextOfAnotherForm:
    """People read words; patterns are for programs."""

    @pytest.mark.parametrize(
        ("form", "pointer", "expected"),
        [
            (
                {"workspace": "ops"},
                "/workspace",
                "'ops' is not a workspace key, such as OPS: up to 20 capital letters",
            ),
            (
                {"title": " "},
                "/title",
                "it is blank, or has control characters in it: write at least one letter",
            ),
            ({"type": "a repair"}, "/type", "'a repair' is not an id, such as acme.request"),
            ({"fields": {"due date": 1}}, "/fields/due date", "'due date' is not the name of a field"),
        ],
    )
    def test_in_a_body_is_named_with_what_is_asked_for(
        self, shop: Shop, form: dict[str, Any], pointer: str, expected: str
    ) -> None:
        body = {"workspace": "SHOP", "type": "shop.repair", "title": "A clock"} | form

        [fault] = shop.ben.post("/items", json=body).json()["errors"]

        assert (fault["pointer"], fault["message"][: len(expected)]) == (pointer, expected)

    @pytest.mark.parametrize(
        ("request_line", "form", "pointer", "expected"),
        [
            (
                "PATCH /workspaces/SHOP",
                {"calendars": {"default": {"hours": {"mon": ["9-17"]}}}},
                "/calendars/default/hours/mon/0",
                "'9-17' is not a span of hours, such as 08:00-17:30",
            ),
            (
                "PATCH /workspaces/SHOP",
                {"calendars": {"default": {"zone": "CET (Vienna)"}}},
                "/calendars/default/zone",
                "'CET (Vienna)' is not a time zone, such as Europe/Vienna",
            ),
            (
                "PATCH /workspaces/SHOP",
                {"calendars": {"default": {"country": "Austria"}}},
                "/calendars/default/country",
                "'Austria' is not a country of ISO 3166-1, such as AT",
            ),
            (
                "PATCH /workspaces/SHOP",
                {"calendars": {"default": {"country": "AT", "subdivision": "Wien!"}}},
                "/calendars/default/subdivision",
                "'Wien!' is not the code of a part of a country, such as 9 for Vienna",
            ),
            (
                "PATCH /workspaces/SHOP",
                {"calendars": {"Service desk": {}}},
                "/calendars/Service desk",
                "'Service desk' is not the name of a calendar, such as service_desk",
            ),
            (
                "POST /actors",
                {"id": "eve", "name": "Eve", "email": "eve at example.org"},
                "/email",
                "'eve at example.org' is not a mail address, such as maya@example.org",
            ),
            (
                "POST /items/SHOP-1/evidence",
                {"kind": "Test report", "url": "https://example.org/report"},
                "/kind",
                "'Test report' is not a kind of evidence, such as test_report: small letters, digits and _",
            ),
            (
                "POST /items/SHOP-1/evidence",
                {"kind": "report", "url": "example.org/report"},
                "/url",
                "it is not the address of a page: it begins with https:// or http:// and has no blanks",
            ),
            (
                "POST /items/SHOP-1/evidence",
                {"kind": "report", "url": "https://example.org/report", "sha256": "abc"},
                "/sha256",
                "it is not a SHA-256 in hex: 64 digits from 0 to 9 and a to f",
            ),
            (
                "PUT /me/notifications",
                {"digest_at": "25:00"},
                "/digest_at",
                "'25:00' is not a time of day, such as 08:30",
            ),
            (
                "PUT /me/notifications",
                {"channels": [{"url": "#general"}]},
                "/channels/0/url",
                "it is not the address of a channel, such as slack://... or mailto://...",
            ),
        ],
    )
    def test_has_words_wherever_it_is_sent(
        self, shop: Shop, request_line: str, form: dict[str, Any], pointer: str, expected: str
    ) -> None:
        """Hours, zones, countries, calendars, mail addresses, evidence and channels: each says what belongs there."""
        shop.wish()

        answer = shop.ida.request(*request_line.split(), json=form)

        assert [(each["pointer"], each["message"]) for each in answer.json()["errors"]] == [
            (pointer, expected)
        ]

    def test_in_a_query_is_named_too(self, shop: Shop) -> None:
        answer = shop.ben.get("/items", params={"workspace": "ops"})

        assert answer.status_code == 400
        assert answer.json()["detail"].startswith(
            "the query parameter workspace does not fit: 'ops' is not a workspace key"
        )

    def test_that_may_be_a_secret_is_not_shown(self, shop: Shop) -> None:
        body = {"url": "https://example.org/hook", "secret": "opensesame"}

        answer = shop.ida.post("/webhooks", json=body)

        assert answer.json()["errors"][0]["message"].startswith(
            "it is not a secret of a webhook: whsec_ and 24 to"
        )
        assert "opensesame" not in answer.text


class TestAHeaderThatIsWrong:
    @pytest.mark.parametrize("sent", ["1", "one", '"one"', '""', '"-1"', '"1" "2"', '"1", two', ","])
    def test_if_match_has_to_be_a_version(self, shop: Shop, sent: str) -> None:
        """A text that is not a version is refused as malformed, not as stale."""
        key = shop.wish()

        answer = shop.ben.patch(f"/items/{key}", json={"title": "y"}, headers={"If-Match": sent})

        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")

    @pytest.mark.parametrize("sent", ["", "a b", "x" * 256])
    def test_an_idempotency_key_has_to_be_one(self, shop: Shop, sent: str) -> None:
        """A key is 1 to 255 visible characters."""
        key = shop.wish(fault="dark", hours=2)

        answer = shop.ben.post(
            f"/items/{key}/transitions", json={"transition": "start"}, headers={"Idempotency-Key": sent}
        )

        assert answer.status_code == 400


class TestWhatNobodyExpected:
    @pytest.mark.tampered
    def test_has_a_request_id_and_no_traceback(
        self, shop: Shop, sqlite_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An unexpected error, such as a table that is gone, names the request in its answer and in the log."""
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database:
            database.execute("DROP TABLE delegations")

        answer = shop.ben.get("/delegations")

        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (500, "/problems/internal")
        assert problem["request_id"] == answer.headers["X-Request-Id"]
        assert "delegations" not in answer.text
        assert problem["request_id"] in caplog.text

    def test_every_answer_has_a_request_id(self, shop: Shop) -> None:
        """Each answer names its request, and no two alike."""
        ids = {shop.ben.get("/me").headers["X-Request-Id"] for _ in range(3)}

        assert len(ids) == 3


class TestAProblemsType:
    def test_leads_to_a_page_about_it(self, shop: Shop) -> None:
        """`type` can be followed."""
        for kind in problems.KINDS.values():
            page = shop.nobody.get(f"{shop.url}{kind.uri}")
            assert (page.status_code, kind.title in page.text) == (200, True)

        assert shop.nobody.get(f"{shop.url}/problems/odd").status_code == 404
