"""fit_least_squares: the parameters that make a network's residuals smallest."""

from nnmods.analysis.bayesian import maximise_evidence
from nnmods.analysis.box import as_box
from nnmods.analysis.checks import check_module
from nnmods.analysis.fit_result import LeastSquaresFit
from nnmods.analysis.methods import check_options
from nnmods.analysis.residuals import Residuals
from nnmods.analysis.searching import LARGE, Search


def fit_least_squares(
    net,
    x,
    target,
    method="lm",
    bounds=None,
    *,
    sigma=None,
    absolute_sigma=False,
    bayesian=False,
    dense=None,
    ftol=1e-8,
    xtol=1e-8,
    gtol=1e-8,
    max_nfev=None,
    show=True,
):
    """Fit all parameters of a network by nonlinear least squares.

    ::

        r    = (net(x) - target) / sigma,      all M entries, in order
        cost = sum(r^2) / 2
        J    = dr/dw,  (M, P)

    The search is `scipy.optimize.least_squares`, with the exact J. All is computed in
    float64, on a copy; the best parameters found are written into the net, in its own
    dtype, also where the search is interrupted. Everything else stays as it is.

    Parameters
    ----------
    net : Module
        Of any build, in the mode that it is in.
    x, target : ndarray or table
        ``target`` is shaped like ``net(x)``.
    method : {"lm", "trf", "dogbox"}, default="lm"
        "lm" is Levenberg-Marquardt [1]_, for M >= P and without bounds; "trf" takes
        steps in a trust region, for bounds, M < P and large networks; "dogbox" is for
        bounds and few parameters.
    bounds : tuple or dict, default=None
        A pair (lower, upper) of numbers or of vectors in the order of
        `flatten_parameters`; or such pairs by the path of a parameter, such as
        ``"0.weight"``, or of a module.
    sigma : float, ndarray or table, default=None
        Standard deviations of the targets, as far as they spread over the shape of y;
        None is 1.
    absolute_sigma : bool, default=False
        Whether ``sigma`` is meant as it is. Otherwise only its proportions count, and
        its scale is estimated from the residuals.
    bayesian : bool, default=False
        Whether to keep parameters small, by as much as makes the data most probable:
        the cost gets a term ``(alpha / beta) |w|^2 / 2`` [2]_, [3]_. Then M may be less
        than P by "lm", too. It takes a dense J.
    dense : bool, default=None
        Whether J is a matrix, or by "trf" an operator, of which `lsmr` takes products;
        None makes it a matrix up to 2^24 entries.
    ftol, xtol, gtol : float, default=1e-8
        Where to stop: by the relative change of the cost, the relative change of w, and
        the gradient, as in SciPy; None, which "lm" does not take, is nowhere.
    max_nfev : int, default=None
        The most evaluations of r; None takes SciPy's: 100 P.
    show : bool, default=True
        Whether to print a line for each iteration on stderr.

    Returns
    -------
    LeastSquaresFit
        With covariance, standard errors, and intervals for new inputs.

    Raises
    ------
    TypeError
        If ``net`` is no Module.
    ValueError
        If an argument is not as described; if ``net`` has no parameters, is random, or
        residuals at its parameters are not finite.

    Notes
    -----
    The bits of what "lm" finds may differ from run to run, as MINPACK's sums depend on
    where its arrays lie in memory; "trf" gives the same bits with the same threads.

    References
    ----------
    .. [1] J. Moré, "The Levenberg-Marquardt algorithm: implementation and theory",
           Numerical Analysis, 1978: MINPACK's.
    .. [2] D. MacKay, "Bayesian interpolation", Neural Computation 4, 1992.
    .. [3] F. D. Foresee, M. Hagan, "Gauss-Newton approximation to Bayesian learning",
           ICNN 1997.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> net = nn.Sequential(nn.Linear(1, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    >>> fit = fit_least_squares(net, x, np.tanh(2 * x), max_nfev=50, show=False)
    >>> fit.cost < 1e-6
    True
    """
    owner = "fit_least_squares"
    check_module(owner, net)
    check_options(owner, method, bounds, dense, bayesian)
    residuals = Residuals(owner, net, x, target, sigma)
    box = as_box(owner, bounds, residuals.outputs)
    M, P = residuals.shape
    if method == "lm" and M < P and not bayesian:
        raise ValueError(
            f"{owner}: target has {M} entries for {P} parameters, expected no less by "
            "method 'lm'; 'trf' takes less, and so does bayesian=True"
        )
    if dense is None:
        dense = method != "trf" or bayesian or M * P <= LARGE
    options = {"ftol": ftol, "xtol": xtol, "gtol": gtol, "x_scale": 1.0}
    search = Search(residuals, method, box, dense, options, show)
    try:
        if bayesian:
            found = maximise_evidence(search, residuals, absolute_sigma, max_nfev)
        else:
            found = search.run(residuals.outputs.w, max_nfev)
    finally:
        _put(net, search.best)
    return LeastSquaresFit(residuals, found, absolute_sigma)


def _put(net, w):
    """Write a flat vector to the parameters, in their own dtype."""
    end = 0
    for _, p, _ in net.named_parameters():
        start, end = end, end + p.size
        p[...] = w[start:end].reshape(p.shape)
