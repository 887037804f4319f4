"""Modules that make, join, combine or pick from tables."""

from nnmods.core.lazy import lazily

FILES = {
    "add": "Add",
    "c_add_table": "CAddTable",
    "c_add_tensor_table": "CAddTensorTable",
    "c_div_table": "CDivTable",
    "c_max_table": "CMaxTable",
    "c_min_table": "CMinTable",
    "c_mul_table": "CMulTable",
    "c_sub_table": "CSubTable",
    "criterion_table": "CriterionTable",
    "duplicate": "Duplicate",
    "flatten_table": "FlattenTable",
    "join_table": "JoinTable",
    "max": "Max",
    "mixture_table": "MixtureTable",
    "narrow_table": "NarrowTable",
    "reverse_table": "ReverseTable",
    "select_table": "SelectTable",
    "split_table": "SplitTable",
    "zip_table": "ZipTable",
    "zip_table_one_to_many": "ZipTableOneToMany",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
