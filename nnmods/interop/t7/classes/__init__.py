"""Classes: which of Torch7 stand for which of ours, a file for each family."""
