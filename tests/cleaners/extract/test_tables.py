"""Rows of tables: of data they are lines, of layout they are not."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from cleaners.extract.article import extract
from cleaners.extract.tables import data_rows, row_text, whole_tables
from cleaners.read.blocks import read_blocks

SENTENCES = [
    "The council of Eastbrook voted for the new ferry after a long evening, and the mayor signed the paper at once.",
    "The boat will cross the river every half an hour from the first of May until the leaves fall from the trees.",
    "Nobody knows yet who will steer it, since the old ferryman has left the town and his son keeps bees.",
]


def rows(table: str) -> list[str]:
    blocks = read_blocks(fromstring(f"<html><body><table>{table}</table></body></html>"))
    return [row_text([blocks[i] for i in row]) for table_rows in data_rows(blocks) for row in table_rows]


DATA = {
    "two columns": (
        "<tr><td>Garden Street</td><td>800 m</td></tr><tr><td>Mill Lane</td><td>350 m</td></tr>",
        ["Garden Street | 800 m", "Mill Lane | 350 m"],
    ),
    "a heading over all columns, an empty cell, a link": (
        "<thead><tr><th colspan=3>Ferries</th></tr></thead><tr><td>9:00</td><td></td><td><a href='/x'>Old pier</a></td>"
        "</tr><tr><th>10:00</th><td>2</td><td>Market</td></tr>",
        ["Ferries", "9:00 | Old pier", "10:00 | 2 | Market"],
    ),
    "headings in the cells of a head": (
        "<tr><th colspan=2><h3>Ferries</h3></th></tr><tr><td>9:00</td><td>Old pier</td></tr>"
        "<tr><th><h4>10:00</h4></th><td>Market</td></tr>",
        ["Ferries", "9:00 | Old pier", "10:00 | Market"],
    ),
    "lines in a cell": (
        "<tr><td>Monday</td><td>9:00<br>15:00</td></tr><tr><td>Friday</td><td>11:00</td></tr>",
        ["Monday | 9:00 15:00", "Friday | 11:00"],
    ),
    "boxes in cells": (
        "<tr><td><div>Coal</div></td><td><div>12</div></td></tr><tr><td><div>Tar</div></td><td><div>3</div></td></tr>",
        ["Coal | 12", "Tar | 3"],
    ),
    "sentences in cells": (
        f"<tr><td>Ferry</td><td>{SENTENCES[0]}</td></tr><tr><td>Boat</td><td>{SENTENCES[1]}</td></tr>",
        [f"Ferry | {SENTENCES[0]}", f"Boat | {SENTENCES[1]}"],
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_a_row_of_data_is_one_line(name: str) -> None:
    table, lines = DATA[name]
    assert rows(table) == lines


LAYOUT = {
    "one row": "<tr><td>Menu</td><td>Ferry</td></tr>",
    "one column": "<tr><td>Ferry</td></tr><tr><td>Boat</td></tr>",
    "paragraphs in cells": "<tr><td><p>Ferry</p></td><td>1</td></tr><tr><td><p>Boat</p></td><td>2</td></tr>",
    "a list in a cell": "<tr><td>Ferry</td><td><ul><li>1</li></ul></td></tr><tr><td>Boat</td><td>2</td></tr>",
    "a column of lines": "<tr><td>a<br>b<br>c<br>d</td><td>1</td></tr><tr><td>Boat</td><td>2</td></tr>",
    "text broken into lines": (
        f"<tr><td>{SENTENCES[0]}<br><br>{SENTENCES[1]}</td><td>1</td></tr><tr><td>Boat</td><td>2</td></tr>"
    ),
    "a headline": "<tr><td><h1>Ferry</h1></td><td>1</td></tr><tr><td>Boat</td><td>2</td></tr>",
}


@pytest.mark.parametrize("name", LAYOUT)
def test_layout_has_no_rows(name: str) -> None:
    assert rows(LAYOUT[name]) == []


def test_only_the_table_inside_is_of_data() -> None:
    inside, lines = DATA["two columns"]
    assert rows(f"<tr><td>a</td><td><table>{inside}</table></td></tr><tr><td>b</td><td>c</td></tr>") == lines


def test_a_table_stands_or_falls_as_one() -> None:
    blocks = read_blocks(fromstring(f"<html><body><table>{DATA['two columns'][0]}</table></body></html>"))
    tables = data_rows(blocks)
    assert whole_tables(blocks, tables, {0, 1, 2}) == {0, 1, 2, 3}
    assert whole_tables(blocks, tables, set()) == set()


def test_a_table_that_is_mostly_left_out_leaves_no_cells() -> None:
    rates = "".join(
        f"<tr><td>{code}</td><td>1{n},20</td><td>1{n},65</td></tr>" for n, code in enumerate(("USD", "EUR"))
    )
    head = "<tr><td>Currency</td><td>Bought at the counter</td><td>Sold at the counter</td></tr>"
    blocks = read_blocks(fromstring(f"<html><body><p>Text</p><table>{head}{rates}</table></body></html>"))
    codes = {i for i, block in enumerate(blocks) if block.text in ("USD", "EUR")}
    assert whole_tables(blocks, data_rows(blocks), {0} | codes) == {0}


def test_rows_stand_in_the_article_with_their_links() -> None:
    table = "<tr><td>Pier</td><td><a href='https://pier.example/'>map</a></td></tr><tr><td>Mill</td><td>none</td></tr>"
    page = f"<html><body><article><h1>The ferry</h1><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p><table>{table}</table>"
    lines = extract(page + f"<p>{SENTENCES[2]}</p></article></body></html>").lines
    found = {line.text: line for line in lines if line.tag == "tr"}
    assert list(found) == ["Pier | map", "Mill | none"]
    assert found["Pier | map"].links == ("pier.example",)
    assert found["Pier | map"].link_share == pytest.approx(3 / 7, abs=0.001)
    assert found["Mill | none"].link_share == 0
