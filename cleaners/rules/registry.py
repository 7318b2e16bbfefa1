"""Every cleaner, in the order in which they run; each sees what those before it left."""

from __future__ import annotations

from cleaners.document import Cleaner
from cleaners.rules.bylines import bylines
from cleaners.rules.captions import captions
from cleaners.rules.contacts import contacts
from cleaners.rules.debris import debris
from cleaners.rules.navigation import navigation
from cleaners.rules.notices import notices
from cleaners.rules.phrased import phrased
from cleaners.rules.promotion import promotion
from cleaners.rules.related import labelled, links, pointed, shouted, tags
from cleaners.rules.remembered import remembered
from cleaners.rules.repeats import repeats
from cleaners.rules.structure import structure
from cleaners.rules.timestamps import timestamps
from cleaners.rules.titles import titles

SURE: tuple[Cleaner, ...] = (
    debris,
    navigation,
    titles,
    labelled,
    pointed,
    phrased,
    timestamps,
    contacts,
    captions,
    bylines,
    notices,
    tags,
    shouted,
    repeats,
)
"""Those that recognise a leftover by its own words. Only they run where all together would drop too much of a page."""

CLEANERS: tuple[Cleaner, ...] = (
    debris,
    navigation,
    titles,
    labelled,
    pointed,
    promotion,
    phrased,
    remembered,
    timestamps,
    contacts,
    captions,
    bylines,
    notices,
    structure,
    tags,
    shouted,
    links,
    repeats,
)
