"""The older name of ``manage.py publish_scheduled``."""

from pages.management.commands.publish_scheduled import Command

__all__ = ["Command"]
