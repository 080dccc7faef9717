"""A forecast beyond its tolerance raises its exception however it came in, as plain Python works it out too."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from .conftest import REASON, Organization, percent, tolerance
from .reading import Api
from .test_by_exception import REPORT
from .test_products_and_issues import PRODUCT, measured

BASELINED = ("baselined", "in_development", "in_review", "approved", "handed_over")
RUNNING = ("active", "in_exception", "boundary")


class Recomputed:
    """The expected values of a level, from the fields of its items alone, without a line of the method's code."""

    def __init__(self, organization: Organization) -> None:
        self._items = organization.desk.items()
        self._today = organization.desk.clock.now().date()

    def of(self, type: str, **where: Any) -> list[Any]:
        found = [each for each in self._items if each.type == type]
        return [each for each in found if all(each.fields.get(name) == it for name, it in where.items())]

    def level(self, key: str) -> dict[str, Any]:
        return dict(next(each.fields for each in self._items if each.key == key))

    def packages(self, stage: str) -> list[Any]:
        return [each for each in self.of("prince2.work_package", stage=stage) if each.state != "draft"]

    def cost(self, fields: dict[str, Any]) -> Decimal:
        return Decimal(fields.get("actual_cost") or 0) + Decimal(fields["estimate_to_complete"])

    def stage_cost(self, stage: str) -> Decimal:
        packages = sum((self.cost(each.fields) for each in self.packages(stage)), Decimal(0))
        return max(self.cost(self.level(stage)), packages)

    def stage_end(self, stage: str) -> date:
        ends = [self.level(stage)["forecast_end"], *(e.fields["forecast_end"] for e in self.packages(stage))]
        return max(self._today, *map(date.fromisoformat, ends))

    def exposure(self, **where: str) -> Decimal:
        return sum(
            (
                Decimal(each.fields["probability_percent"]) * Decimal(each.fields["cost_impact"]) / 100
                for each in self.of("governance.risk", **where)
                if each.state == "assessed"
            ),
            Decimal(0),
        )

    def failing(self, product: Any) -> bool:
        return any(Decimal(each["measured"]) > 5 for each in product.fields.get("measured", ()))

    def outside(self, stage: str) -> set[str]:
        """The aspects of the stage whose expected value is outside; each limit is inside itself."""
        products = [e for e in self.of("prince2.product", stage=stage) if e.state in BASELINED]
        weight = sum(each.fields["weight"] for each in products)
        lost = sum(each.fields["weight"] for each in products if each.fields.get("undelivered"))
        must = any(e.fields.get("undelivered") and e.fields["moscow"] == "must" for e in products)
        late = (self.stage_end(stage) - date(2026, 3, 31)).days
        kilos = [Decimal(line["value"]) for line in self.level(stage).get("forecasts", ())]
        found = {
            "cost": abs(self.stage_cost(stage) - 100000) > 10000,
            "time": not -5 <= late <= 10,
            "scope": must or 100 * lost > 10 * weight,
            "risk": self.exposure(stage=stage) > 40000,
            "sustainability": bool(kilos) and not 0 <= kilos[-1] <= 12600,
        }
        return {aspect for aspect, out in found.items() if out}

    def outside_whole(self, project: str) -> set[str]:
        """Two aspects of the project to which its stages and products add up."""
        products = [e for e in self.of("prince2.product", project=project) if e.state in BASELINED]
        found = {
            "quality": any(map(self.failing, products)),
            "risk": self.exposure(project=project) > 40000,
        }
        return {aspect for aspect, out in found.items() if out}


class Ways:
    """The ways in which figures come in, each taken by the one who takes it in real life."""

    def __init__(self, organization: Organization, seed: int) -> None:
        self.organization = organization
        self.random = random.Random(seed)  # noqa: S311  # a walk, not a secret
        self.stage = organization.delivering()
        self.api = Api(organization.desk)
        self.products = [self.product("must"), self.product("could")]
        self.package = self.started()

    def product(self, moscow: str) -> str:
        said = {**PRODUCT, "moscow": moscow, "weight": {"must": 92, "could": 8}[moscow]}
        key = self.organization.create("pia", "product", moscow, parent=self.stage, **said)
        self.organization.move("pia", key, "baseline_description")
        self.organization.move("pia", key, "develop")
        return key

    def started(self) -> str:
        organization = self.organization
        package = organization.create(
            "pia", "work_package", "Build", parent=self.stage, products=self.products, planned_start="2026-02-01",
            planned_end="2026-03-15", budget=30000, actual_cost=0, estimate_to_complete=30000,
            tolerances=[tolerance("time", "2026-03-15", 90, 90), percent("cost", 30000, 500, 100)],
        )  # fmt: skip
        organization.move("pia", package, "authorize_work_package")
        organization.appoint(package, "team_manager", "tara", by="pia")
        organization.move("tara", package, "accept")
        organization.move("tara", package, "start")
        return package

    def figure(self) -> int:
        """Half of the time one of both limits, one beyond, or in between."""
        return self.random.choice((90000, 89999, 110000, 110001, 100000, 95000))

    def by_an_edit(self) -> None:
        self.organization.edit("pia", self.stage, estimate_to_complete=self.figure())

    def by_a_date(self) -> None:
        day = self.random.choice(("2026-03-26", "2026-03-25", "2026-04-10", "2026-04-11", "2026-03-31"))
        self.organization.edit("pia", self.stage, forecast_end=day)

    def by_the_roll_up(self) -> None:
        self.organization.move(
            "tara", self.package, "update_forecasts", estimate_to_complete=self.figure(),
            forecast_end=self.random.choice(("2026-03-15", "2026-04-10", "2026-04-11")),
        )  # fmt: skip

    def in_bulk(self) -> None:
        fields = [{"estimate_to_complete": self.figure()} for _ in range(2)]
        requests = [
            {"key": key, "transition": "update_forecasts", "fields": each}
            for key, each in zip((self.stage, self.package), fields, strict=True)
        ]
        answer = self.api.post("pia", "/transitions", {"requests": requests, "atomic": True})
        assert answer["moved"] == len(requests)

    def by_a_risk(self) -> None:
        parent = self.random.choice((self.stage, self.organization.project))
        self.organization.create(
            "pia", "governance.risk", "Threat", parent=parent, kind="threat", cause="c", event="e", effect="f",
            probability_percent=50, cost_impact=self.random.choice((10000, 40000)),
        )  # fmt: skip
        risk = self.organization.desk.items()[-1].key
        self.organization.move("pia", risk, "assess_risk", impact_level=1, proximity="this_stage")

    def by_a_product(self) -> None:
        product = self.random.choice(self.products)
        self.organization.edit("tara", product, undelivered=self.random.random() < 0.5)

    def by_a_measurement(self) -> None:
        value = self.random.choice((5, 6))
        measured(
            self.organization, self.random.choice(self.products), value, "pass" if value == 5 else "fail"
        )

    def by_carbon(self) -> None:
        self.organization.forecast(self.stage, sustainability=self.random.choice((12600, 12601, 12000)))

    def by_the_clock(self) -> None:
        self.organization.desk.pass_time(self.random.choice(("2026-04-10T12:00:00Z", "2026-04-11T12:00:00Z")))

    def any(self) -> None:
        ways = (
            self.by_an_edit, self.by_a_date, self.by_the_roll_up, self.in_bulk, self.by_a_risk, self.by_a_product,
            self.by_a_measurement, self.by_carbon,
        )  # fmt: skip
        self.random.choice(ways)()


def raised(organization: Organization, subject: str) -> set[str]:
    """The aspects of all exceptions of a level; there is one at most that is open."""
    found = [organization.fields(key) for key in organization.all("exception")]
    mine = [each for each in found if each["subject"] == subject]
    assert len(mine) <= 1
    return {breach["aspect"] for each in mine for breach in each["breaches"]}


class TestAForecastBeyondTolerance:
    @pytest.mark.parametrize("seed", [3, 17])
    def test_raises_its_exception_in_the_same_act(self, organization: Organization, seed: int) -> None:
        """After each of twenty acts, and of the clock: what has ever been outside is in the exception, and no more."""
        ways = Ways(organization, seed)
        stage, whole = set[str](), set[str]()
        for act in [*[ways.any] * 20, ways.by_the_clock, ways.any]:
            act()

            now = Recomputed(organization)
            stage |= now.outside(ways.stage)
            whole |= now.outside_whole(organization.project)
            red = {e["aspect"] for e in organization.fields(ways.stage)["statuses"] if e["light"] == "red"}
            assert red == now.outside(ways.stage)
            assert raised(organization, ways.stage) == stage
            assert raised(organization, organization.project) & {"quality", "risk"} == whole
        assert len(stage) > 2  # the walk went where it matters

    def test_of_a_package_comes_by_the_clock(self, organization: Organization) -> None:
        """Nobody has edited anything: the package is late, which is an issue, and its stage is not yet."""
        ways = Ways(organization, 1)
        package = organization.create(
            "pia", "work_package", "Texts", parent=ways.stage, products=ways.products, planned_start="2026-02-01",
            planned_end="2026-02-20", budget=1000,
            tolerances=[tolerance("time", "2026-02-20", 2, 2), percent("cost", 1000, 10, 100)],
        )  # fmt: skip
        organization.move("pia", package, "authorize_work_package")
        organization.appoint(package, "team_manager", "tara", by="pia")
        organization.move("tara", package, "accept")

        organization.desk.pass_time("2026-02-22T12:00:00Z")
        inside = organization.all("issue")
        organization.desk.pass_time("2026-02-23T12:00:00Z")

        assert (inside, len(organization.all("issue")), organization.all("exception")) == ([], 1, [])

    def test_that_was_accepted_comes_again_when_time_makes_it_worse(self, organization: Organization) -> None:
        """Eleven days late were let pass, and the twelfth was not."""
        stage = organization.delivering()
        organization.desk.pass_time("2026-04-11T12:00:00Z")
        (first,) = organization.all("exception", "raised")
        organization.move("pia", first, "submit_report", **REPORT)
        organization.move("eva", first, "no_action", REASON)
        quiet = organization.all("exception", "raised")

        organization.desk.pass_time("2026-04-12T12:00:00Z")

        (again,) = organization.all("exception", "raised")
        assert (quiet, organization.fields(again)["subject"]) == ([], stage)
        assert organization.fields(again)["breaches"][0]["deviation"] == "12"
