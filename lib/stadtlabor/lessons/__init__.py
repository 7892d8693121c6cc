"""Lessons: what each one shows and computes. A notebook opens its room by :func:`lesson`."""

from stadtlabor.lessons.room import Room, lesson
from stadtlabor.lessons.scene import Scene, SceneError

__all__ = ["Room", "Scene", "SceneError", "lesson"]
