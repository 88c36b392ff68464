"""frameworks.css: every framework's colour, in both themes, and its panel of tabs."""

import itertools
import re

import numpy as np
import pytest

from dropout_book.frameworks import FRAMEWORKS as DECLARED
from dropout_book.plots import color_of
from parallel_notebooks import FRAMEWORKS
from sidebyside.showing.colors import style, turned_over

THEMES = {"light": "#ffffff", "dark": "#12161d"}  # and their ground: look/static/book.css

# Machado, Oliveira and Fernandes (2009), table 1: what readers without one kind of cone see.
SEEN = {
    "by most readers": np.eye(3),
    "with protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "with deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "with tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LUMINANCE = [0.2126, 0.7152, 0.0722]  # sRGB, IEC 61966-2-1


def linear(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB (1976) of linear sRGB, white D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], LUMINANCE, [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in xyz / [0.9505, 1, 1.089]
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    low, high = sorted(LUMINANCE @ linear(color) + 0.05 for color in (one, other))
    return high / low


def colors(theme):
    return {
        label: turned_over(color_of(framework)) if theme == "dark" else color_of(framework)
        for framework, label in FRAMEWORKS.items()
    }


@pytest.mark.parametrize("theme", THEMES)
def test_colours_stand_out_from_the_ground(theme):
    """Graphics need 3 to 1: WCAG 2.2, criterion 1.4.11."""
    weak = {
        label: round(contrast(color, THEMES[theme]), 2)
        for label, color in colors(theme).items()
        if contrast(color, THEMES[theme]) < 3
    }
    assert not weak


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_told_apart(theme, seen):
    """Ten units of CIELAB are seen at a glance; one is hardly seen side by side."""
    points = {
        label: lab(np.clip(SEEN[seen] @ linear(color), 0, 1))
        for label, color in colors(theme).items()
    }
    alike = {
        (a, b): round(float(np.linalg.norm(points[a] - points[b])), 1)
        for a, b in itertools.combinations(points, 2)
        if np.linalg.norm(points[a] - points[b]) < 10
    }
    assert not alike


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_told_apart_in_grey(theme):
    """Lightness alone: three units of L* apart, which is a visible step."""
    greys = sorted((float(lab(linear(color))[0]), label) for label, color in colors(theme).items())
    alike = [(a[1], b[1]) for a, b in itertools.pairwise(greys) if b[0] - a[0] < 3]
    assert not alike, greys


def test_every_framework_has_its_rules():
    css = style([DECLARED["pytorch"], DECLARED["jax"]])
    assert re.search(
        r"\.framework-pytorch, [^{]*\{\s*--framework: light-dark\("
        + color_of("pytorch")
        + ", "
        + turned_over(color_of("pytorch")),
        css,
    )
    assert "--framework: light-dark(" + color_of("jax") in css
    assert css.count("display: none") == 2 * 3  # panels; columns, on a wide screen and not


@pytest.mark.parametrize(
    "color, turned", [("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#808080", "#7f7f7f")]
)
def test_grey_is_turned_over_and_stays_grey(color, turned):
    assert turned_over(color) == turned
