"""Whether a film still is what its project says."""

import dataclasses

from rendering.generate import plan_project
from rendering.models import Render
from rendering.plan import Plan, PlanError


def is_behind(render: Render) -> bool:
    """Return whether a film made now would be another one: the project was changed since.

    Numbers that a source told since do not count: nobody changed them here.
    """
    try:
        now = plan_project(render.project)
    except PlanError:  # something was added that is not ready yet, or all was taken out
        return True
    return _chosen(now) != _chosen(Plan.from_json(render.plan))


def _chosen(plan: Plan) -> Plan:
    """Return what a person chose of a plan."""
    clips = tuple(dataclasses.replace(clip, credit="") for clip in plan.clips)
    return dataclasses.replace(plan, clips=clips, draft=False)
