"""What to ask next, and what would have to change: both from the same formulas the judge reads."""

from bangfu.policy.advice.changes import Change, smallest_changes
from bangfu.policy.advice.glance import Glance, glance
from bangfu.policy.advice.questions import Answer, Question, next_question

__all__ = ["Answer", "Change", "Glance", "Question", "glance", "next_question", "smallest_changes"]
