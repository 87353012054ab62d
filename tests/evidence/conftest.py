"""A thread with a target, as the plan's tests have it."""

from tests.plan.conftest import cast, kept_cast, module_cast, module_scene, scene

__all__ = ["cast", "kept_cast", "module_cast", "module_scene", "scene"]
