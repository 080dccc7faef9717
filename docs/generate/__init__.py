"""The generated parts of the documentation: each function returns Markdown that is read from the code.

Pages call them in blocks of cog; `make reference` writes their results into the pages, and `make check` refuses a page
with other content.
"""
