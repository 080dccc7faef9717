"""Notifications: their rules, the inbox, and what goes out."""
