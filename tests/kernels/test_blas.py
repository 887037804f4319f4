"""BLAS: what its controllers tell of it."""

from types import SimpleNamespace

import pytest

from nnmods.kernels import blas


@pytest.mark.parametrize(
    "found, likes",
    [
        ([SimpleNamespace(architecture="SkylakeX")], True),
        ([SimpleNamespace(architecture="Haswell")], False),
        ([SimpleNamespace()], False),  # another library
        ([], False),  # none that threadpoolctl knows
        (False, False),  # no threadpoolctl
    ],
)
def test_small_products_are_liked_where_there_are_kernels_for_them(
    found, likes, monkeypatch
):
    monkeypatch.setattr(blas, "_found", found and [(library, 2) for library in found])
    assert blas.likes_small() is likes


def test_blas_gets_back_the_threads_it_had(monkeypatch):
    class Library:
        def set_num_threads(self, threads):
            self.threads = threads

    library = Library()
    monkeypatch.setattr(blas, "_found", [(library, 3)])
    blas.hold()
    assert library.threads == 1
    blas.let_go()
    assert library.threads == 3
