"""Which test process runs which file: stacks are started once, and no long file is left for the end."""

from __future__ import annotations

from collections import Counter

from xdist.scheduler import LoadFileScheduling

SHARED, NONE, OWN = range(3)  # the stack that a file wants: the running one, none, one to break


def kind_of(fixtures):
    """Return the stack that tests with some fixtures want."""
    if "running_stack" in fixtures:
        return SHARED
    return OWN if fixtures & {"stack_pool", "stack", "own_postgres"} else NONE


def in_order(items):
    """Sort tests: files of the running stack first, files of stacks of their own last, the same settings together.

    Of the files between, those that say that they take minutes come first, so that short ones are the last.
    """
    fixtures, minutes = {}, Counter()
    for item in items:
        fixtures.setdefault(item.path, set()).update(item.fixturenames)
        minutes[item.path] += sum(mark.kwargs.get("minutes", 0) for mark in item.iter_markers("slow"))
    kinds = {path: kind_of(names) for path, names in fixtures.items()}

    def place(item):
        first = -minutes[item.path] if kinds[item.path] == NONE else 0
        return kinds[item.path], first, item.path.parent, hasattr(item.module, "settings")

    items.sort(key=place)


class FromBothEnds(LoadFileScheduling):
    """Files from the front to one process and from the back to all others, so that they meet among the short ones.

    So one running stack serves all test processes: the first process alone runs the files that use it, one
    after the other, and no test sees what another leaves half done there. They take a third of the time; were
    they to take more than half, another process would begin a stack of its own for the last of them.
    """

    def _assign_work_unit(self, node):
        if node is not self.nodes[0] and self.workqueue:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
