"""What operations refuses."""

from __future__ import annotations

from storekeep.kit.errors import Conflict


class JobNotDead(Conflict):
    """Only a job that gave up can be replayed; the others run, or did, by themselves."""

    code = "JOB_NOT_DEAD"
    message = "This job has not failed for good, so there is nothing to replay."


class JobFinished(Conflict):
    """The job has ended already."""

    code = "JOB_FINISHED"
    message = "This job has ended already, so it cannot be cancelled."
