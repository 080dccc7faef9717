"""Texts of people reach the terminal as they were typed: brackets, colons and slashes are not markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Shell

#: A closing tag of nothing, an opening one, a style, a link, an emoji, and a backslash before a bracket.
TEXTS = (
    "cannot open [/home] any more",
    "[urgent] x",
    "[bold red]x[/]",
    "[link=http://x]y[/link] :smile:",
    r"C:\[temp]",
)


class TestATextWithBrackets:
    def test_is_shown_as_it_is_by_every_command(self, office: Shell) -> None:
        """As a title, a value, a comment, the name of a person and of a workspace, and in a refusal."""
        for n, text in enumerate(TEXTS):
            office.run("actor", "add", f"odd{n}", "--name", text)
            office.run("workspace", "add", f"ODD{n}", "--name", text)
            made = office.json(
                "item", "create", "OPS", "itil.change", text, "--as", "maya", "--field", "type=normal",
                "--field", "reason=maintenance", "--field", f"implementation_plan={text}",
            )  # fmt: skip
            key = made["key"]
            shown = office.run("item", "show", key, "--as", "maya")
            assert shown.count(text) == 3, shown
            assert text in office.refused("item", "show", text, "--as", "maya")
            assert text in office.refused("move", key, text, "--as", "maya")
            office.run("transitions", key, "--as", "maya")
            office.run("move", key, "cancel_change", "--comment", f"because of {text}", "--as", "maya")
            assert f"because of {text}" in office.run("history", key, "--as", "maya")

        for command in (["item", "list", "--as", "maya"], ["actor", "list"], ["workspace", "list"]):
            output = office.run(*command)
            assert [text for text in TEXTS if text not in output] == [], command
