"""The ingredients and steps of a recipe, which a page states for machines and shows in whatever markup."""

from __future__ import annotations

import json

import pytest

from cleaners import clean_html

STORY = (
    "My grandmother baked this cake for every harvest, and nobody in the village of Willowford was allowed to ask how."
    " She wrote it down only once, on the back of a bill for coal, and that is where we found it last winter.",
    "It keeps for a week in a cool place, which is why the boatmen took it along when they went down to the sea.",
)
INGREDIENTS = ["250 g flour", "2 eggs", "1 tbsp honey", "3 apples, in slices", "a pinch of salt"]
STEPS = [
    "Mix flour and eggs.",
    "Add the honey and the salt, and let it rest.",
    "Put the apples on top and bake it all.",
]
RECIPE = {"@context": "https://schema.org", "@type": "Recipe", "name": "Apple cake", "recipeIngredient": INGREDIENTS}


def kept(shown: str, *stated: object) -> list[str]:
    story = "".join(f"<p>{text}</p>" for text in STORY)
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in stated)
    beside = "<div class='k'><a href='/2'>Plum tart</a></div><div class='k'><a href='/3'>Nut roll</a></div>"
    head = f"<head><title>Apple cake</title>{scripts}</head>"
    html = f"<html>{head}<body><h1>Apple cake</h1>{story}{shown}{beside}</body></html>"
    return [paragraph.text for paragraph in clean_html(html.encode()).paragraphs]


def split(line: str) -> list[str]:
    amount, _, name = line.partition(" ")
    return [amount, name]


AS_LIST = "".join(f"<li>{line}</li>" for line in INGREDIENTS)
AS_BOXES = "".join(
    f"<div class='w'><i class='v'>{a}</i><div class='n'>{n}</div></div>" for a, n in map(split, INGREDIENTS)
)
AS_TABLE = "".join(f"<tr><td>{a}</td><td>{n}</td></tr>" for a, n in map(split, INGREDIENTS))


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (f"<div class='c-7'><h3>You need</h3><ul>{AS_LIST}</ul></div>", INGREDIENTS),
        (f"<div class='c-7'><h3>You need</h3>{AS_BOXES}</div>", [part for line in INGREDIENTS for part in split(line)]),
        (
            f"<table><thead><tr><th colspan=2><h3>You need</h3></th></tr></thead><tbody>{AS_TABLE}</tbody></table>",
            [" | ".join(split(line)) for line in INGREDIENTS],
        ),
    ],
    ids=["a list", "boxes", "a table"],
)
def test_the_ingredients_are_text_in_whatever_markup(shown: str, lines: list[str]) -> None:
    found = kept(shown, RECIPE)
    assert [line for line in found if line not in STORY] == ["You need", *lines]


@pytest.mark.parametrize(
    "instructions",
    [
        STEPS,
        "\n".join(STEPS),
        [{"@type": "HowToStep", "text": text} for text in STEPS],
        [
            {
                "@type": "HowToSection",
                "name": "Dough",
                "itemListElement": [{"@type": "HowToStep", "text": t} for t in STEPS],
            }
        ],
    ],
    ids=["texts", "one text", "steps", "a section of steps"],
)
def test_the_steps_are_text_however_they_are_stated(instructions: object) -> None:
    shown = (
        "<div class='c-9'>"
        + "".join(f"<div class='q'><b>{n}</b><div>{t}</div></div>" for n, t in enumerate(STEPS))
        + "</div>"
    )
    assert set(STEPS) <= set(kept(shown, {**RECIPE, "recipeInstructions": instructions}))


def test_a_line_stated_in_other_words_stays_with_those_beside_it() -> None:
    shown = f"<ul class='c-7'>{AS_LIST}<li>cream, if you like</li></ul>"
    assert "cream, if you like" in kept(shown, RECIPE)


def test_nothing_is_added_where_the_page_shows_too_little_of_it_or_states_several() -> None:
    few = "<div class='c-7'><div class='n'>2 eggs</div></div>"
    boxes = f"<div class='c-7'>{AS_BOXES}</div>"
    assert "2 eggs" not in kept(few, RECIPE)
    assert kept(boxes, RECIPE, {**RECIPE, "name": "Plum tart"}) == kept(boxes)


@pytest.mark.parametrize("part", [None, 7, [], [None, {}], {"a": 1}, [["2 eggs"]]])
def test_what_is_no_list_of_lines_is_not_read(part: object) -> None:
    recipe = {**RECIPE, "recipeIngredient": part, "recipeInstructions": part}
    assert kept("", recipe) == list(STORY)
