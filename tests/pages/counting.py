"""Which statements are about what this product keeps, of all that Django sends."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

ENTRIES = ("entries_", "access_")
SEARCH = ("search_",)


@dataclass(slots=True)
class Statements:
    """What was sent to the database. Rows that go by COPY are not seen."""

    sent: list = field(default_factory=list)

    def __call__(self, execute, sql, params, many, context):
        self.sent.append(sql)
        return execute(sql, params, many, context)

    def about(self, *tables):
        """Those that read or write a table whose name begins so."""
        named = re.compile(rf'(?:FROM|JOIN|INTO|UPDATE) "?(?:{"|".join(tables)})')
        return [sql for sql in self.sent if named.search(sql)]


@contextmanager
def statements():
    counted = Statements()
    with connection.execute_wrapper(counted):
        yield counted
