"""Criterions: scalar costs of y and a target, and their gradients."""

from nnmods.core.lazy import lazily

FILES = {
    "absolute": "AbsCriterion",
    "bce": "BCECriterion",
    "bce_with_logits": "BCEWithLogitsCriterion",
    "class_nll": "ClassNLLCriterion",
    "class_simplex": "ClassSimplexCriterion",
    "cosine_embedding": "CosineEmbeddingCriterion",
    "cross_entropy": "CrossEntropyCriterion",
    "ctc": "CTCCriterion",
    "dist_kl_div": "DistKLDivCriterion",
    "distance_ratio": "DistanceRatioCriterion",
    "focal": "FocalCriterion",
    "gaussian_nll": "GaussianNLLCriterion",
    "hinge_embedding": "HingeEmbeddingCriterion",
    "huber": "HuberCriterion",
    "kl_div": "KLDivCriterion",
    "l1_cost": "L1Cost",
    "l1_hinge_embedding": "L1HingeEmbeddingCriterion",
    "logistic_regression": "BinaryLogisticRegression SpatialBinaryLogisticRegression",
    "margin": "MarginCriterion",
    "margin_ranking": "MarginRankingCriterion",
    "module_criterion": "ModuleCriterion",
    "mse": "MSECriterion",
    "multi": "MultiCriterion",
    "multi_label_margin": "MultiLabelMarginCriterion",
    "multi_label_soft_margin": "MultiLabelSoftMarginCriterion",
    "multi_margin": "MultiMarginCriterion",
    "parallel": "ParallelCriterion",
    "poisson_nll": "PoissonNLLCriterion",
    "smooth_l1": "SmoothL1Criterion",
    "soft_margin": "SoftMarginCriterion",
    "spatial_auto_crop_mse": "SpatialAutoCropMSECriterion",
    "spatial_class_nll": "SpatialClassNLLCriterion",
    "triplet": "TripletMarginCriterion",
    "weighted_mse": "WeightedMSECriterion",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
