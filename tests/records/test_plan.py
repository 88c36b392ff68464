"""{experiments-plan} images: whose the images are, as the runs have them."""

from dataclasses import replace

import numpy as np
import pytest

from dropout_book.experiments import data, questions
from sidebyside.records.plan import draw_images, positions

RUN = questions.all_questions()[0].arms[0].run(0)
NUMBERS = {"pool": 100, "held_out": 20, "test": 40, "n": 3}


@pytest.mark.parametrize("seed", [0, 3])
def test_the_images_drawn_are_those_of_a_run(seed):
    run = replace(RUN, seed=seed, n=50, own_validation=False)
    _, pool = data.held_out()
    drawn = data.images()[0][np.sort(pool)[positions(run)]]
    assert sorted(map(bytes, drawn)) == sorted(map(bytes, data.problem(run).X))


def test_each_image_is_a_line_and_what_is_shared_stands_beside_them():
    places = [np.array([0, 7, 99]), np.array([1, 50, 98])]
    (axes,) = draw_images(places, NUMBERS).axes
    for row, (line, place) in enumerate(zip(axes.lines, places)):
        x, y = line.get_data()
        assert list(x[::3]) == list(x[1::3]) == list(place) and np.isnan(x[2::3]).all()
        assert set(y[::3]) == {row - 0.35} and set(y[1::3]) == {row + 0.35}
    apart = 120 + NUMBERS["pool"] / 30
    spans = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert spans == [pytest.approx(each) for each in [(100, 20)] * 2 + [(apart, 40)] * 2]
