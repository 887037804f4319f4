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


class Library:
    """What threadpoolctl finds: a controller, with routines of these names."""

    def __init__(self, *names, internal_api="openblas"):
        self.internal_api = internal_api
        self.dynlib = Routines()
        for name in names:
            setattr(self.dynlib, name, name)


class Routines:
    def __getitem__(self, name):
        return getattr(self, name)


@pytest.mark.parametrize(
    "name",
    ["scipy_cblas_sgemm64_", "scipy_cblas_sgemm", "cblas_sgemm64_", "cblas_sgemm"],
)
def test_a_routine_is_found_by_any_of_its_names(name, monkeypatch):
    monkeypatch.setattr(blas, "_found", [(Library("other", name), 2)])
    assert blas.routine("gemm", "f") == name
    assert blas.routine("gemm", "d") is None
    assert blas.routine("gemv", "f") is None


@pytest.mark.parametrize(
    "found",
    [
        [],
        False,
        [(Library("cblas_sgemm", internal_api="mkl"), 2)],
        [(SimpleNamespace(), 2)],
    ],
    ids=["none known", "no threadpoolctl", "another", "untold"],
)
def test_only_openblas_is_known_to_take_what_it_is_given(found, monkeypatch):
    monkeypatch.setattr(blas, "_found", found)
    assert blas.routine("gemm", "f") is None


def test_no_routine_where_integers_would_be_halves_of_ours(monkeypatch):
    """On machines of 32 bits, or with the high half first."""
    monkeypatch.setattr(blas, "_found", [(Library("cblas_sgemm"), 2)])
    monkeypatch.setattr(blas, "_LOW_HALF", False)
    assert blas.routine("gemm", "f") is None


@pytest.mark.parametrize("kind", "ehilqFDG?O")
def test_routines_are_for_two_kinds_of_numbers(kind):
    assert blas.routine("gemm", kind) is None
