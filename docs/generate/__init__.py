"""The generated parts of the documentation: each function answers Markdown that is read from the code.

Pages call them in blocks of cog; `make reference` writes what they answer into the pages, and `make check` refuses a
page that says something else.
"""
