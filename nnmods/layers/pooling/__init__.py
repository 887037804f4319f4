"""Pooling."""

from nnmods.core.lazy import lazily

FILES = {
    "feature_lp_pooling": "FeatureLPPooling",
    "spatial_adaptive_average_pooling": "SpatialAdaptiveAveragePooling",
    "spatial_adaptive_max_pooling": "SpatialAdaptiveMaxPooling",
    "spatial_average_pooling": "SpatialAveragePooling",
    "spatial_dilated_max_pooling": "SpatialDilatedMaxPooling",
    "spatial_fractional_max_pooling": "SpatialFractionalMaxPooling",
    "spatial_lp_pooling": "SpatialLPPooling",
    "spatial_max_pooling": "SpatialMaxPooling",
    "spatial_max_unpooling": "SpatialMaxUnpooling",
    "spatial_sub_sampling": "SpatialSubSampling",
    "temporal_dynamic_k_max_pooling": "TemporalDynamicKMaxPooling",
    "temporal_max_pooling": "TemporalMaxPooling",
    "temporal_sub_sampling": "TemporalSubSampling",
    "volumetric_average_pooling": "VolumetricAveragePooling",
    "volumetric_dilated_max_pooling": "VolumetricDilatedMaxPooling",
    "volumetric_fractional_max_pooling": "VolumetricFractionalMaxPooling",
    "volumetric_max_pooling": "VolumetricMaxPooling",
    "volumetric_max_unpooling": "VolumetricMaxUnpooling",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
