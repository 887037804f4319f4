"""Criterions: scalar costs of y and a target, and their gradients."""

from nnmods.criterions.absolute import AbsCriterion
from nnmods.criterions.bce import BCECriterion
from nnmods.criterions.bce_with_logits import BCEWithLogitsCriterion
from nnmods.criterions.class_nll import ClassNLLCriterion
from nnmods.criterions.class_simplex import ClassSimplexCriterion
from nnmods.criterions.cosine_embedding import CosineEmbeddingCriterion
from nnmods.criterions.cross_entropy import CrossEntropyCriterion
from nnmods.criterions.ctc import CTCCriterion
from nnmods.criterions.dist_kl_div import DistKLDivCriterion
from nnmods.criterions.distance_ratio import DistanceRatioCriterion
from nnmods.criterions.focal import FocalCriterion
from nnmods.criterions.gaussian_nll import GaussianNLLCriterion
from nnmods.criterions.hinge_embedding import HingeEmbeddingCriterion
from nnmods.criterions.huber import HuberCriterion
from nnmods.criterions.kl_div import KLDivCriterion
from nnmods.criterions.l1_cost import L1Cost
from nnmods.criterions.l1_hinge_embedding import L1HingeEmbeddingCriterion
from nnmods.criterions.logistic_regression import (
    BinaryLogisticRegression,
    SpatialBinaryLogisticRegression,
)
from nnmods.criterions.margin import MarginCriterion
from nnmods.criterions.margin_ranking import MarginRankingCriterion
from nnmods.criterions.module_criterion import ModuleCriterion
from nnmods.criterions.mse import MSECriterion
from nnmods.criterions.multi import MultiCriterion
from nnmods.criterions.multi_label_margin import MultiLabelMarginCriterion
from nnmods.criterions.multi_label_soft_margin import MultiLabelSoftMarginCriterion
from nnmods.criterions.multi_margin import MultiMarginCriterion
from nnmods.criterions.parallel import ParallelCriterion
from nnmods.criterions.poisson_nll import PoissonNLLCriterion
from nnmods.criterions.smooth_l1 import SmoothL1Criterion
from nnmods.criterions.soft_margin import SoftMarginCriterion
from nnmods.criterions.spatial_auto_crop_mse import SpatialAutoCropMSECriterion
from nnmods.criterions.spatial_class_nll import SpatialClassNLLCriterion
from nnmods.criterions.triplet import TripletMarginCriterion
from nnmods.criterions.weighted_mse import WeightedMSECriterion

__all__ = [
    "AbsCriterion",
    "BCECriterion",
    "BCEWithLogitsCriterion",
    "BinaryLogisticRegression",
    "CTCCriterion",
    "ClassNLLCriterion",
    "ClassSimplexCriterion",
    "CosineEmbeddingCriterion",
    "CrossEntropyCriterion",
    "DistKLDivCriterion",
    "DistanceRatioCriterion",
    "FocalCriterion",
    "GaussianNLLCriterion",
    "HingeEmbeddingCriterion",
    "HuberCriterion",
    "KLDivCriterion",
    "L1Cost",
    "L1HingeEmbeddingCriterion",
    "MSECriterion",
    "MarginCriterion",
    "MarginRankingCriterion",
    "ModuleCriterion",
    "MultiCriterion",
    "MultiLabelMarginCriterion",
    "MultiLabelSoftMarginCriterion",
    "MultiMarginCriterion",
    "ParallelCriterion",
    "PoissonNLLCriterion",
    "SmoothL1Criterion",
    "SoftMarginCriterion",
    "SpatialAutoCropMSECriterion",
    "SpatialBinaryLogisticRegression",
    "SpatialClassNLLCriterion",
    "TripletMarginCriterion",
    "WeightedMSECriterion",
]
