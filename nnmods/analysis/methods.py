"""Methods: what each of SciPy's three searches for least squares takes."""

METHODS = ("lm", "trf", "dogbox")


def check_options(owner, method, bounds, dense, bayesian):
    """Raise where one of `fit_least_squares` does not go with another."""
    if method not in METHODS:
        raise ValueError(
            f"{owner}: method has value {method!r}, expected one of "
            f"{', '.join(map(repr, METHODS))}"
        )
    if method == "lm" and bounds is not None:
        raise ValueError(
            f"{owner}: bounds has type {type(bounds).__name__}, expected None by "
            "method 'lm'; 'trf' takes them"
        )
    if dense is not None and not dense and (method != "trf" or bayesian):
        what = "bayesian=True" if bayesian else f"method {method!r}"
        raise ValueError(
            f"{owner}: dense has value {dense}, expected True with {what}; method "
            "'trf' alone takes an operator"
        )
