"""People, tokens, the schema, and the settings they depend on."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from placet.errors import SettingsError
from placet.settings import load_settings
from placet.store.schema import newest

if TYPE_CHECKING:
    from .conftest import Shell


#: A port at which nobody listens.
_NOBODY = "postgresql://placet:opensesame@127.0.0.1:1/placet"


class TestADatabaseThatIsAway:
    @pytest.mark.parametrize(
        "command",
        ["migrate", "migrate --check", "actor list", "worker", "serve", "item show OPS-1", "audit verify"],
    )
    def test_is_reported_in_one_sentence(self, shell: Shell, command: str) -> None:
        """With where it was looked for and what to do, and without its password."""
        line = shell.refused_in_a_line(*command.split(), PLACET_DATABASE_URL=_NOBODY)

        assert line.startswith(
            "the database cannot be reached (postgresql://placet:***@127.0.0.1:1/placet), "
        )
        assert line.endswith(
            ": start it or make room, or name another with --database-url or PLACET_DATABASE_URL"
        )

    def test_is_shown_with_its_traceback_where_that_is_asked_for(self, shell: Shell) -> None:
        done = shell.process("--debug", "--database-url", _NOBODY, "actor", "list")

        assert done.returncode == 1
        assert "Traceback" in done.stderr

    def test_whose_address_cannot_be_read_is_reported(self, shell: Shell) -> None:
        line = shell.refused_in_a_line("migrate", PLACET_DATABASE_URL="opensesame")

        assert "opensesame" not in line
        assert "the database's address cannot be read: write sqlite:///FILE" in line

    def test_is_reported_of_a_file_too(self, shell: Shell) -> None:
        """Its folder is not there, or it is not a database."""
        (shell.folder / "notes.db").write_text("no database, but a list of what to buy " * 100)

        missing = shell.refused("migrate", PLACET_DATABASE_URL="sqlite:///no/placet.db")
        other = shell.refused("migrate", PLACET_DATABASE_URL="sqlite:///notes.db")

        assert "Traceback" not in missing + other
        assert (
            "(sqlite:///no/placet.db), unable to open database file: make its folder, and let this user"
            in missing
        )
        assert "(sqlite:///notes.db) failed, file is not a database: run the command again" in other


class TestMigrating:
    def test_an_empty_database_is_brought_to_this_version(self, shell: Shell) -> None:
        assert shell.run("migrate") == f"migrated from nothing to {newest()}\n"
        assert shell.run("migrate") == "the schema was current\n"

    def test_check_changes_nothing(self, shell: Shell) -> None:
        """Exit code 1 says that a migration is needed."""
        assert shell.json("migrate", "--check", code=1) == {"current": None, "newest": newest()}
        shell.run("migrate")
        assert shell.run("migrate", "--check") == "the schema is current\n"

    def test_check_says_of_an_empty_database_that_it_is(self, shell: Shell) -> None:
        newest = shell.json("migrate", "--check", code=1)["newest"]

        assert shell.run("migrate", "--check", code=1) == (
            f"the database is empty, and this program needs {newest}: run placet migrate\n"
        )

    def test_a_newer_database_is_refused(self, shell: Shell) -> None:
        """An old program must not write what it does not understand."""
        shell.run("migrate")
        with sqlite3.connect(shell.folder / "placet.db") as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")

        assert "9999, which this program does not know: install a newer placet" in shell.refused("migrate")

    def test_a_restored_database_gives_its_log_a_new_epoch(self, office: Shell) -> None:
        """Where former cursors stood, other events may stand now: they are refused, and it is on record why."""
        first = office.json("migrate", "--restored")
        text = office.run("migrate", "--restored")

        assert first["epoch"] == 2
        assert (
            text
            == "the schema was current, and the log is in epoch 3: its readers have to begin at the beginning\n"
        )
        with sqlite3.connect(office.folder / "placet.db") as database:
            notes = dict(
                database.execute("SELECT name, value FROM installation WHERE name LIKE 'log.epoch%'")
            )
        assert notes["log.epoch"] == "3"
        assert re.fullmatch(r"20\S+ at [1-9]\d*", notes["log.epoch.2"])

    def test_a_command_on_an_empty_database_says_what_to_do(self, shell: Shell) -> None:
        assert shell.refused("actor", "list") == "the database is empty: run placet migrate"

    def test_the_flag_wins_over_the_environment(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLACET_DATABASE_URL", "sqlite:///other.db")

        shell.run("--database-url", "sqlite:///chosen.db", "migrate")

        assert (shell.folder / "chosen.db").exists()
        assert not (shell.folder / "other.db").exists()


class TestPeople:
    def test_somebody_is_added_and_listed(self, office: Shell) -> None:
        made = office.json(
            "actor", "add", "root", "--name", "Root", "--email", "root@acme.example", "--admin"
        )

        listed = {person["id"]: person for person in office.json("actor", "list")}

        assert (made["id"], made["name"], made["kind"], made["admin"]) == ("root", "Root", "person", True)
        assert listed["root"]["email"] == "root@acme.example"
        assert set(listed) == {"maya", "carl", "cora", "root"}

    def test_an_id_is_given_once(self, office: Shell) -> None:
        assert office.refused("actor", "add", "maya") == 'the actor id "maya" is already in use'

    def test_a_service_account_is_no_person(self, office: Shell) -> None:
        assert office.json("actor", "add", "ci", "--service")["kind"] == "service"

    def test_people_are_shown_as_a_table(self, office: Shell) -> None:
        assert "maya" in office.run("actor", "list")


class TestTokens:
    def test_only_the_token_is_printed(self, office: Shell) -> None:
        """So that it can be put into a variable."""
        lines = office.run("token", "create", "maya", "--expires-in", "P90D", "--scope", "read").splitlines()

        assert len(lines) == 1
        assert lines[0].startswith("placet_")

    def test_a_misspelt_actor_is_refused_with_the_nearest(self, office: Shell) -> None:
        assert 'did you mean "maya"?' in office.refused("token", "create", "mya")

    def test_a_duration_that_is_none_is_wrong_usage(self, office: Shell) -> None:
        office.run("token", "create", "maya", "--expires-in", "soon", code=2)


class TestAsAProcess:
    def test_refusals_are_sentences_with_exit_code_1(self, shell: Shell) -> None:
        result = shell.process("actor", "list")

        assert result.returncode == 1
        assert result.stderr == "placet: the database is empty: run placet migrate\n"

    def test_debug_shows_the_traceback(self, shell: Shell) -> None:
        result = shell.process("--debug", "actor", "list")

        assert result.returncode == 1
        assert "Traceback" in result.stderr

    def test_wrong_usage_has_exit_code_2(self, shell: Shell) -> None:
        assert shell.process("actor", "burn").returncode == 2

    def test_help_loads_neither_server_nor_database(self, shell: Shell) -> None:
        """That is what keeps it quick."""
        result = shell.process("--help", PYTHONPROFILEIMPORTTIME="1")

        assert result.returncode == 0
        loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
        assert not loaded & {"fastapi", "sqlalchemy", "uvicorn", "alembic", "httpx"}


class TestSettings:
    def test_the_environment_goes_before_the_file(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLACET_LOG_LEVEL", "error")
        (shell.folder / "placet.toml").write_text('log_level = "debug"\ndisabled_plugins = ["other"]\n')

        settings = load_settings()

        assert (settings.log_level, settings.disabled_plugins) == ("error", ("other",))

    def test_names_in_the_environment_are_separated_by_commas(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLACET_DISABLED_PLUGINS", "one, two")

        assert load_settings().disabled_plugins == ("one", "two")

    def test_a_setting_that_does_not_fit_is_named(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLACET_BODY_LIMIT", "many")

        with pytest.raises(
            SettingsError, match=r"the setting body_limit \(PLACET_BODY_LIMIT, or placet\.toml\) does not fit"
        ):
            load_settings()

    def test_another_database_is_refused(self, shell: Shell) -> None:
        message = shell.refused("--database-url", "mysql://localhost/placet", "migrate")

        assert message == 'the database "mysql" is not supported: use sqlite:///FILE or postgresql://...'

    def test_evidence_lies_beside_the_database(self, shell: Shell) -> None:
        assert (
            load_settings(database_url="sqlite:///data/placet.db").evidence_folder.as_posix()
            == "data/placet.db.evidence"
        )
        assert (
            load_settings(database_url="postgresql:///placet").evidence_folder.as_posix() == "placet.evidence"
        )
        assert (
            load_settings(evidence_url="file:///srv/evidence").evidence_folder.as_posix() == "/srv/evidence"
        )
