"""The log in forms that others read and write: exports for process mining, and foreign logs held against workflows.

What is exported comes from the engine's log through its ports. The SQL here is that of a file format (OCEL 2.0 is
defined as tables of a SQLite file, too); it never touches the store.
"""
