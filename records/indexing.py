"""PostgreSQL's full-text index during an import: it follows a chunk behind, beside the storing. On SQLite there is nothing to follow."""

from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from records import engine
from records.full_text import INDEX


class Indexing:
    """PostgreSQL's full-text index of a dump's records, a chunk behind their storing, on a connection of its own.

    Half the time of an import would be the index's, and the server has another core for it. Whoever leaves the `with` has
    everything indexed; after a crash the next try goes on behind the last record that was.
    """

    def __init__(self, library_id: int, dump_id: int) -> None:
        self.library_id, self.dump_id = library_id, dump_id
        self.wanted = not engine.on_sqlite()
        self.inline = connection.in_atomic_block  # nobody else would see what is not committed
        self.running: Future | None = None
        self.last: int | None = None  # position of the last record that is indexed

    def __enter__(self) -> "Indexing":
        self.thread = ThreadPoolExecutor(1)
        self.follow()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.follow()
        if self.running:
            self.running.result()
        self.thread.shutdown()

    def follow(self) -> None:
        """Index what is committed by now; waits for the chunk before."""
        if not self.wanted:
            return
        if self.inline:
            self._index()
            return
        if self.running:
            self.running.result()
        self.running = self.thread.submit(self._aside)

    def _aside(self) -> None:
        try:
            with engine.not_yet_on_disk():
                self._index()
        finally:
            connection.close()

    def _index(self) -> None:
        of_dump = [self.library_id, self.dump_id]
        with connection.cursor() as cursor:
            if self.last is None:
                cursor.execute(
                    "SELECT max(r.position) FROM records_fts f JOIN records_record r ON r.id = f.record_id"
                    " WHERE r.library_id = %s AND r.dump_id = %s",
                    of_dump,
                )
                self.last = cursor.fetchone()[0] or 0
            cursor.execute("SELECT max(position) FROM records_record WHERE library_id = %s AND dump_id = %s", of_dump)
            newest = cursor.fetchone()[0] or 0
            cursor.execute(
                f"{INDEX} AND dump_id = %s AND position > %s AND position <= %s ON CONFLICT DO NOTHING",
                [*of_dump, self.last, newest],
            )
            self.last = newest
