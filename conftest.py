"""Every Python example of the README and of docs/ is a test: it runs as it is printed.

A page is one conversation: names defined by one block are there in the next. `<!-- skip: next -->` before a block
leaves it out, for what needs a server or an installation.
"""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md", "plugins/*/README.md"],
).pytest()
