"""The 8x8 handwritten digits that come with this package."""

from pathlib import Path

from nnmods.data.npz import read_npz


def load_digits():
    """Return 1,797 handwritten digits of 8x8 pixels, the embedded data set.

    They are the test part of the "Optical Recognition of Handwritten Digits" data
    [1]_, of 13 writers, in the order in which scikit-learn gives them. A pixel counts
    the black dots, 0 to 16, in a 4x4 block of a 32x32 bitmap.

    Returns
    -------
    Dataset
        With ``x`` of shape (1797, 1, 8, 8), uint8, and classes "0" to "9".

    References
    ----------
    .. [1] E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
           Machine Learning Repository, 1998, doi 10.24432/C50P49. Licence: CC BY 4.0.

    Examples
    --------
    >>> load_digits()
    Dataset('digits': x (1797, 1, 8, 8) uint8, 10 classes)
    """
    return read_npz(Path(__file__).with_name("digits.npz"))
