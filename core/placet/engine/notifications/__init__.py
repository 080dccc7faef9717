"""Notifications: their rules, the inbox, and sending."""
