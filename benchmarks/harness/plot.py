"""The ratios as a picture."""

from harness.figures import ratio
from harness.row import GROUPS, REFERENCE


def bars(rows, path):
    """Draw a bar for the ratio of each row, on a logarithmic axis, into a file."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot, ticker

    found = [(row, ratio(row.get("times", {}))) for row in rows]
    found = [(row, r) for row, r in found if r is not None][::-1]
    size = 8, 1.5 + 0.18 * len(found)
    fig, ax = pyplot.subplots(figsize=size, layout="constrained")
    colours = dict(zip(GROUPS, pyplot.cm.tab10.colors, strict=False))
    for i, (row, r) in enumerate(found):
        ax.barh(i, r - 1, left=1, color=colours[row["group"]])
        ax.text(r, i, f" {r:.2f} ", va="center", ha="left" if r > 1 else "right")
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.margins(x=0.1)
    ax.axvline(1, color="black")
    ax.set_yticks(range(len(found)), [row["name"] for row, _ in found])
    ax.set_ylim(-1, len(found))
    ax.set_xlabel(f"time of {REFERENCE} / time of nnmods")
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=c) for c in colours.values()]
    fig.legend(handles, GROUPS, loc="outside upper center", ncols=3)
    for text in ax.texts + ax.get_yticklabels():
        text.set_fontsize(7)
    fig.savefig(path, dpi=100)
    pyplot.close(fig)
