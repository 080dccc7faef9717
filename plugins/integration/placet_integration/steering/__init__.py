"""Objectives, people's time and messages, as they reach into projects and sprints."""
