"""Lessons: tasks, checks that understand typical mistakes, and graded hints."""

from stadtlabor.learning.lesson import Lesson, open_lesson
from stadtlabor.learning.task import Feedback, Mistake, Task

__all__ = ["Feedback", "Lesson", "Mistake", "Task", "open_lesson"]
