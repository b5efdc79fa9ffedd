"""Which records are the same publication: pure thought, no database, no Django.

`Normal.of(record)` once at import, `keys(normal)` to find candidates by equality, `judge(pairs)` for points, reasons,
vetoes and a band, `cluster(judged)` for works. docs/architecture.md follows one pair through it.
"""

from records.dedup.cluster import Plan, cluster
from records.dedup.compare import RULES, Judged, judge
from records.dedup.keys import keys
from records.dedup.normalise import Normal

__all__ = ["RULES", "Judged", "Normal", "Plan", "cluster", "judge", "keys"]
