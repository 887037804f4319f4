"""BLAS: its threads, and the processor that its products are written for.

Both are told by threadpoolctl. Without that BLAS is left to itself.
"""

#: Processors for which OpenBLAS multiplies small matrices in kernels of their own; for
#: others it packs them and takes locks, which is most of the time of such a product.
SMALL = ("SkylakeX", "Cooperlake", "SapphireRapids")

_found = None  # False where there is no threadpoolctl


def libraries():
    """Return pairs of the controller of a BLAS and its threads, or None without."""
    global _found
    if _found is None:
        try:
            from threadpoolctl import ThreadpoolController
        except ImportError:
            _found = False
        else:
            found = ThreadpoolController().select(user_api="blas").lib_controllers
            _found = [(library, library.num_threads) for library in found]
    return _found or None


def hold():
    """Let BLAS use one thread, in the whole process."""
    for library, _ in libraries() or ():
        library.set_num_threads(1)


def let_go():
    """Let BLAS use as many threads as it had, if it was asked for them before."""
    for library, threads in _found or ():
        library.set_num_threads(threads)


def meet(held):
    """Take control of a BLAS that was loaded after the others, if these are known.

    ``held`` tells whether they are held to one thread.
    """
    global _found
    if not _found:
        return
    known, _found = _found, None
    paths = {library.filepath for library, _ in known}
    new = [pair for pair in libraries() if pair[0].filepath not in paths]
    _found = [*known, *new]
    if held:
        hold()


def likes_small():
    """Tell whether products of small matrices take no longer than their numbers do."""
    found = libraries()
    return bool(found) and getattr(found[0][0], "architecture", None) in SMALL
