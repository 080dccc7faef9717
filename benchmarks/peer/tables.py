"""Makes the tables of an empty database."""

from django.core.management import call_command


def make() -> None:
    """Those of Django's own first, which ours refer to."""
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
