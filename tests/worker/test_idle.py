"""A worker with nothing to do looks several times a second, and that costs little."""

from __future__ import annotations

from shop import Shop
from statements import sent

from placet.store.outbox import Outbox
from placet.store.tasks import TaskStore
from placet.worker.delivery import Deliveries
from placet.worker.tasks import Tasks


class TestALookForDeliveries:
    def test_asks_for_no_task_where_nothing_is_to_be_delivered(self, any_shop: Shop) -> None:
        """How much is to be delivered, before and after new deliveries were made, is all that it reads."""
        application = any_shop.application
        tasks = Tasks(TaskStore(application.settings.database_url), "a worker")
        deliveries = Deliveries(Outbox(application.store), tasks, lambda: (), application.settings)
        any_shop.wish()
        deliveries.look()

        with sent(application.store) as statements:
            deliveries.look()

        assert len(statements) == 2
        assert len(set(statements)) == 1
