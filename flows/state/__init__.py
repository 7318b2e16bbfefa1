"""What sito remembers of pages, feeds and hosts between runs, in SQLite or PostgreSQL."""

from flows.state.database import StateError
from flows.state.documents import DocumentState, DocumentStore
from flows.state.hosts import HostStore, RobotsState
from flows.state.pages import PageState, PageStore
from flows.state.policy import Policy, next_try
from flows.state.state import State

__all__ = [
    "DocumentState",
    "DocumentStore",
    "HostStore",
    "PageState",
    "PageStore",
    "Policy",
    "RobotsState",
    "State",
    "StateError",
    "next_try",
]
