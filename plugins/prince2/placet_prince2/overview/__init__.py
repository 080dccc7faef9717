"""Views of a whole project: its dashboard, its registers and its reports.

They are functions of the project's items and events. Nobody types them, and nothing in them is stored a second time.
"""
