"""Faults of the input in the terminal: named by the option, argument or field that they are about, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from placet.definitions.pointers import steps
from placet.definitions.wording import number_of

if TYPE_CHECKING:
    from placet.errors import Fault

#: Words with which a message begins that has what is named as its subject.
_VERBS = ("is ", "has ", "holds ", "cannot ", "does ")


def in_words(faults: Sequence[Fault], command: Any) -> str:
    """Faults as one line, or as a line for each below their number.

    Args:
        faults: of the input, each with a pointer.
        command: the command that sent it, with its parameters.
    """
    said = [_said(fault, command) for fault in faults]
    if len(said) == 1:
        return said[0]
    return "\n  ".join([f"{number_of(len(said), 'value')} of the input cannot be used:", *said])


def command_of(program: Any, arguments: Iterable[str]) -> Any:
    """The command that arguments name, below the program; the group of a misspelt one."""
    command = program
    for argument in arguments:
        command = getattr(command, "commands", {}).get(argument, command)
    return command


def _said(fault: Fault, command: Any) -> str:
    place = " ".join(_place(steps(fault.pointer), command))
    if not place:
        return fault.message
    return f"{place} {fault.message}" if fault.message.startswith(_VERBS) else f"{place}: {fault.message}"


def _place(path: Sequence[str], command: Any) -> Iterator[str]:
    """The name of the parameter with a value at the path, and the place within it."""
    names = {parameter.name: parameter for parameter in command.params}
    # An option that may be repeated is named in the singular: `--method` for the member `methods`.
    called = (path[0], path[0][:-1]) if path else ()
    found = next((names[name] for name in called if name in names), None)
    if found is None:
        inside = path
    else:
        inside = path[1:]
        yield max(found.opts, key=len) if found.param_type_name == "option" else str(found.name).upper()
    # Values of a repeated option have no names, but numbers in the order in which they were given.
    within = ".".join(inside)
    if within and not (found is not None and within.isdecimal()):
        yield within
