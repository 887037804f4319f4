"""``nnmods classes``: every module and criterion, one line each."""

import inspect

from nnmods import activations, containers, core, criterions, layers
from nnmods.commands.display import say
from nnmods.commands.errors import CommandError

DESCRIPTION = """\
List the modules and criterions, one line each, by family. With words, only those whose
name or line contains them all."""

ROOMS = (activations, containers, core, criterions, layers)

#: What a family is called, by the folder in which its classes stand.
FAMILIES = {
    "containers": "Containers",
    "linear": "Linear maps and lookups",
    "convolution": "Convolutions",
    "pooling": "Pooling",
    "upsampling": "Upsampling",
    "padding": "Borders",
    "activations": "Activations and functions of each entry",
    "normalization": "Normalisation",
    "recurrent": "Recurrent networks",
    "noise": "Noise",
    "parameter": "Parameters applied entry by entry",
    "shape": "Shape and selection",
    "reduction": "Reductions",
    "table": "Tables",
    "algebra": "Products",
    "distance": "Distances",
    "tools": "Tools",
    "criterions": "Criterions",
    "core": "Bases to derive from",
}


def add_parser(subparsers):
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "classes", help="list the modules and criterions", description=DESCRIPTION
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="such as: max spatial")
    parser.add_argument("--markdown", action="store_true", help="as tables of Markdown")
    parser.set_defaults(run=run)


def run(options):
    """Print the list."""
    found = families(options.words)
    if not found:
        raise CommandError(f"no class has {' and '.join(options.words)} in its line")
    say(markdown(found) if options.markdown else plain(found))
    return 0


def families(words=()):
    """Return a dict of family to a list of (class name, line), in FAMILIES' order."""
    found = {title: [] for title in FAMILIES.values()}
    classes = {name: getattr(room, name) for room in ROOMS for name in room.__all__}
    classes = {name: cls for name, cls in classes.items() if inspect.isclass(cls)}
    for name, cls in sorted(classes.items(), key=lambda item: item[0].lower()):
        line = inspect.getdoc(cls).splitlines()[0]
        text = f"{name} {line}".lower()
        if all(word.lower() in text for word in words):
            found[FAMILIES[_folder(cls)]].append((name, line))
    return {title: entries for title, entries in found.items() if entries}


def _folder(cls):
    room, *inner = cls.__module__.split(".")[1:]
    return inner[0] if room == "layers" else room


def plain(found):
    """Return the list as text."""
    parts = []
    for title, entries in found.items():
        width = max(len(name) for name, _ in entries)
        parts.append(f"{title}\n")
        parts += [f"  {name:{width}}  {line}" for name, line in entries]
        parts.append("")
    return "\n".join(parts).rstrip()


def markdown(found):
    """Return the list as tables of Markdown."""
    parts = []
    for title, entries in found.items():
        parts.append(f"| {title} | |\n|---|---|")
        parts += [
            f"| `{name}` | {line.replace('|', chr(92) + '|')} |"
            for name, line in entries
        ]
        parts.append("")
    return "\n".join(parts).rstrip()
