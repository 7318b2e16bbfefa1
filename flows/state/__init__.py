"""What sito remembers of pages, feeds and hosts between runs, in SQLite or PostgreSQL."""

from flows.state.database import StateError
from flows.state.host_store import HostStore, RobotsState
from flows.state.listing_store import ListingState, ListingStore
from flows.state.page_store import PageState, PageStore
from flows.state.recrawl_policy import Policy, next_try
from flows.state.state_store import State

__all__ = [
    "HostStore",
    "ListingState",
    "ListingStore",
    "PageState",
    "PageStore",
    "Policy",
    "RobotsState",
    "State",
    "StateError",
    "next_try",
]
