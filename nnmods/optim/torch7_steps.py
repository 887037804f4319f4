"""Options of Torch7's first-order methods, by its own names and with its defaults."""

import numpy as np

from nnmods.optim.adadelta import Adadelta
from nnmods.optim.adagrad import Adagrad
from nnmods.optim.adam import Adam
from nnmods.optim.adamax import Adamax
from nnmods.optim.asgd import ASGD
from nnmods.optim.nag import NAG
from nnmods.optim.rmsprop import RMSprop
from nnmods.optim.rprop import Rprop
from nnmods.optim.schedules import InverseTime
from nnmods.optim.sgd import SGD


def _annealed(lr, decay):
    return {"lr": lr, "schedule": InverseTime(decay) if decay else None}


def _sgd(
    learningRate=1e-3,
    learningRateDecay=0,
    weightDecay=0,
    weightDecays=None,
    momentum=0,
    dampening=None,
    nesterov=False,
    learningRates=None,
):
    by_weight = weightDecay == 0 and weightDecays is not None
    return SGD, _annealed(learningRate, learningRateDecay) | {
        "weight_decay": np.asarray(weightDecays) if by_weight else weightDecay,
        "momentum": momentum,
        "dampening": momentum if dampening is None else dampening,
        "nesterov": nesterov,
        "rates": learningRates,
    }


def _nag(
    learningRate=1e-3,
    learningRateDecay=0,
    weightDecay=0,
    momentum=0.9,
    dampening=None,  # which nag.lua reads, and does not use
    learningRates=None,
):
    return NAG, _annealed(learningRate, learningRateDecay) | {
        "weight_decay": weightDecay,
        "momentum": momentum,
        "rates": learningRates,
    }


def _asgd(eta0=1e-4, lambda_=1e-4, alpha=0.75, t0=1e6):
    return ASGD, {"lr": eta0, "lambd": lambda_, "alpha": alpha, "t0": t0}


def _adagrad(learningRate=1e-3, learningRateDecay=0, weightDecay=0):
    return Adagrad, _annealed(learningRate, learningRateDecay) | {
        "weight_decay": weightDecay
    }


def _adadelta(rho=0.9, eps=1e-6, weightDecay=0):
    return Adadelta, {"rho": rho, "eps": eps, "weight_decay": weightDecay}


def _adam(
    learningRate=1e-3,
    learningRateDecay=0,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    weightDecay=0,
):
    return Adam, _annealed(learningRate, learningRateDecay) | {
        "beta1": beta1,
        "beta2": beta2,
        "eps": epsilon,
        "weight_decay": weightDecay,
    }


def _adamax(learningRate=2e-3, beta1=0.9, beta2=0.999, epsilon=1e-38, weightDecay=0):
    return Adamax, {
        "lr": learningRate,
        "beta1": beta1,
        "beta2": beta2,
        "eps": epsilon,
        "weight_decay": weightDecay,
    }


def _rmsprop(learningRate=0.01, alpha=0.99, epsilon=1e-8, weightDecay=0, initialMean=0):
    return RMSprop, {
        "lr": learningRate,
        "alpha": alpha,
        "eps": epsilon,
        "initial_mean": initialMean,
        "weight_decay": weightDecay,
    }


def _rprop(
    stepsize=0.1, etaplus=1.2, etaminus=0.5, stepsizemax=50, stepsizemin=1e-6, niter=1
):
    return Rprop, {
        "lr": stepsize,
        "eta_minus": etaminus,
        "eta_plus": etaplus,
        "min_step": stepsizemin,
        "max_step": stepsizemax,
        "iterations": int(niter),
    }


#: By Torch7's name a function of its options, which returns the class and its settings.
STEPS = {
    "sgd": _sgd,
    "nag": _nag,
    "asgd": _asgd,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "adam": _adam,
    "adamax": _adamax,
    "rmsprop": _rmsprop,
    "rprop": _rprop,
}
