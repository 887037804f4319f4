"""Options of Torch7's searches, by its own names and with its defaults."""

import functools

from nnmods.core.torch7_generator import Torch7Generator
from nnmods.optim.cg import CG
from nnmods.optim.cmaes import CMAES
from nnmods.optim.de import DE
from nnmods.optim.fista import FISTA
from nnmods.optim.lbfgs import LBFGS
from nnmods.optim.line_search import lswolfe


def _cg(
    rho=0.01,
    sig=0.5,
    int=0.1,
    ext=3.0,
    maxIter=20,
    ratio=100,
    maxEval=None,
    verbose=None,  # nothing is printed here
):
    return CG, {
        "max_iter": maxIter,
        "max_evals": maxEval,
        "rho": rho,
        "sig": sig,
        "interp": int,
        "extrap": ext,
        "ratio": ratio,
    }


def _lbfgs(
    learningRate=1,
    maxIter=20,
    maxEval=None,
    tolFun=1e-5,
    tolX=1e-9,
    nCorrection=100,
    lineSearch=None,
    lineSearchOptions=None,
    verbose=None,
):
    if lineSearch == "lswolfe":
        lineSearch = "wolfe"
        if lineSearchOptions:
            lineSearch = _wolfe(**lineSearchOptions)
    return LBFGS, {
        "lr": learningRate,
        "max_iter": maxIter,
        "max_evals": maxEval,
        "tol_fun": tolFun,
        "tol_x": tolX,
        "history": nCorrection,
        "line_search": lineSearch,
    }


def _wolfe(c1=1e-4, c2=0.9, tolX=1e-9, maxIter=20, verbose=None):
    return functools.partial(lswolfe, c1=c1, c2=c2, tol_x=tolX, max_iter=maxIter)


def _cmaes(
    sigma=0.5,
    maxEval=None,
    popsize=None,
    ftarget=None,
    min_iterations=1,
    verb_disp=None,
):
    return CMAES, {
        "sigma": sigma,
        "popsize": popsize,
        "max_iter": None,
        "max_evals": maxEval,
        "target": ftarget,
        "min_iter": min_iterations,
        "torch7": True,
    }


def _de(
    popsize=None,
    scaleFactor=0.5,
    crossoverRate=0.9,
    maxFEs=None,
    maxRegion=30,
    minRegion=-30,
):
    return DE, {
        "low": minRegion,
        "high": maxRegion,
        "popsize": popsize,
        "scale": scaleFactor,
        "crossover": crossoverRate,
        "max_iter": None,
        "max_evals": maxFEs,
        "torch7": True,
        "rng": Torch7Generator(1),
    }


def _fista(
    L=0.1,
    Lstep=1.5,
    maxiter=50,
    maxline=20,
    errthres=1e-4,
    doFistaUpdate=False,
    verbose=None,
):
    return FISTA, {
        "accelerated": doFistaUpdate,
        "L": L,
        "growth": Lstep,
        "max_iter": maxiter,
        "max_line": maxline,
        "tol": errthres,
    }


#: By Torch7's name a function of its options, which returns the class and its settings.
SEARCHES = {
    "cg": _cg,
    "lbfgs": _lbfgs,
    "cmaes": _cmaes,
    "de": _de,
    "fista": _fista,
}
