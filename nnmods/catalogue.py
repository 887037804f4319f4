"""The catalogue: in which file each module and criterion is, to be read when used."""

import importlib
import sys

#: Files, below nnmods, and the classes that they offer.
FILES = {
    "activations.abs": "Abs",
    "activations.clamp": "Clamp Clip HardTanh ReLU6",
    "activations.constants": "AddConstant MulConstant SAdd",
    "activations.crelu": "CReLU",
    "activations.elu": "CELU ELU SELU",
    "activations.exponentials": "Exp Log",
    "activations.gelu": "GELU",
    "activations.glu": "GEGLU GatedLinearUnit ReGLU SwiGLU",
    "activations.hard_steps": "HardSigmoid Hardswish",
    "activations.leaky_relu": "LeakyReLU",
    "activations.log_sigmoid": "LogSigmoid",
    "activations.log_soft_max": "LogSoftMax SpatialLogSoftMax",
    "activations.powers": "Power Sqrt Square",
    "activations.prelu": "PReLU",
    "activations.relu": "ReLU",
    "activations.rrelu": "RReLU",
    "activations.scaled_tanh": "ScaledTanh",
    "activations.self_gated": "Mish SiLU",
    "activations.shrinkage": "HardShrink SoftShrink TanhShrink",
    "activations.sigmoid": "Sigmoid",
    "activations.soft_max": "SoftMax SoftMin SpatialSoftMax",
    "activations.soft_plus": "SoftPlus",
    "activations.soft_sign": "SoftSign",
    "activations.tanh": "Tanh",
    "activations.threshold": "Threshold",
    "containers.bottle": "Bottle",
    "containers.concat": "Concat",
    "containers.concat_table": "ConcatTable",
    "containers.decorator": "Decorator",
    "containers.depth_concat": "DepthConcat",
    "containers.dont_cast": "DontCast",
    "containers.gpu": "GPU",
    "containers.map_table": "MapTable",
    "containers.nan": "NaN",
    "containers.parallel": "Parallel",
    "containers.parallel_table": "ParallelTable",
    "containers.profile": "Profile",
    "containers.sequential": "Sequential",
    "containers.serial": "Serial",
    "containers.weight_norm": "WeightNorm",
    "criterions.absolute": "AbsCriterion",
    "criterions.bce": "BCECriterion",
    "criterions.bce_with_logits": "BCEWithLogitsCriterion",
    "criterions.class_nll": "ClassNLLCriterion",
    "criterions.class_simplex": "ClassSimplexCriterion",
    "criterions.cosine_embedding": "CosineEmbeddingCriterion",
    "criterions.cross_entropy": "CrossEntropyCriterion",
    "criterions.ctc": "CTCCriterion",
    "criterions.dist_kl_div": "DistKLDivCriterion",
    "criterions.distance_ratio": "DistanceRatioCriterion",
    "criterions.focal": "FocalCriterion",
    "criterions.gaussian_nll": "GaussianNLLCriterion",
    "criterions.hinge_embedding": "HingeEmbeddingCriterion",
    "criterions.huber": "HuberCriterion",
    "criterions.kl_div": "KLDivCriterion",
    "criterions.l1_cost": "L1Cost",
    "criterions.l1_hinge_embedding": "L1HingeEmbeddingCriterion",
    "criterions.logistic_regression": (
        "BinaryLogisticRegression SpatialBinaryLogisticRegression"
    ),
    "criterions.margin": "MarginCriterion",
    "criterions.margin_ranking": "MarginRankingCriterion",
    "criterions.module_criterion": "ModuleCriterion",
    "criterions.mse": "MSECriterion",
    "criterions.multi": "MultiCriterion",
    "criterions.multi_label_margin": "MultiLabelMarginCriterion",
    "criterions.multi_label_soft_margin": "MultiLabelSoftMarginCriterion",
    "criterions.multi_margin": "MultiMarginCriterion",
    "criterions.parallel": "ParallelCriterion",
    "criterions.poisson_nll": "PoissonNLLCriterion",
    "criterions.smooth_l1": "SmoothL1Criterion",
    "criterions.soft_margin": "SoftMarginCriterion",
    "criterions.spatial_auto_crop_mse": "SpatialAutoCropMSECriterion",
    "criterions.spatial_class_nll": "SpatialClassNLLCriterion",
    "criterions.triplet": "TripletMarginCriterion",
    "criterions.weighted_mse": "WeightedMSECriterion",
    "layers.algebra.products": "MM MV",
    "layers.convolution.fold": "Fold",
    "layers.convolution.spatial_convolution": "SpatialConvolution",
    "layers.convolution.spatial_convolution_local": "SpatialConvolutionLocal",
    "layers.convolution.spatial_convolution_map": "SpatialConvolutionMap",
    "layers.convolution.spatial_convolution_mm": "SpatialConvolutionMM",
    "layers.convolution.spatial_depth_wise_convolution": "SpatialDepthWiseConvolution",
    "layers.convolution.spatial_dilated_convolution": "SpatialDilatedConvolution",
    "layers.convolution.spatial_full_convolution": "SpatialFullConvolution",
    "layers.convolution.spatial_full_convolution_map": "SpatialFullConvolutionMap",
    "layers.convolution.temporal_convolution": "TemporalConvolution",
    "layers.convolution.temporal_row_convolution": "TemporalRowConvolution",
    "layers.convolution.unfold": "Unfold",
    "layers.convolution.volumetric_convolution": "VolumetricConvolution",
    "layers.convolution.volumetric_dilated_convolution": "VolumetricDilatedConvolution",
    "layers.convolution.volumetric_full_convolution": "VolumetricFullConvolution",
    "layers.distance.between_rows": "CosineDistance DotProduct",
    "layers.distance.cosine": "Cosine",
    "layers.distance.euclidean": "Euclidean WeightedEuclidean",
    "layers.distance.pairwise_distance": "PairwiseDistance",
    "layers.linear.bilinear": "Bilinear",
    "layers.linear.embedding": "Embedding",
    "layers.linear.index_linear": "IndexLinear",
    "layers.linear.kmeans": "Kmeans",
    "layers.linear.linear": "Linear LinearNoBias",
    "layers.linear.linear_weight_norm": "LinearWeightNorm",
    "layers.linear.lookup_table": "LookupTable LookupTableMaskZero",
    "layers.linear.maxout": "Maxout",
    "layers.linear.partial_linear": "PartialLinear",
    "layers.linear.sparse_linear": "SparseLinear",
    "layers.noise.channel_dropout": "SpatialDropout VolumetricDropout",
    "layers.noise.dropout": "Dropout",
    "layers.noise.white_noise": "WhiteNoise",
    "layers.normalization.batch_normalization": (
        "BatchNormalization SpatialBatchNormalization VolumetricBatchNormalization"
    ),
    "layers.normalization.group_norm": "GroupNorm",
    "layers.normalization.instance_norm": "InstanceNorm",
    "layers.normalization.layer_norm": "LayerNorm RMSNorm",
    "layers.normalization.layer_normalization": "LayerNormalization",
    "layers.normalization.normalize": "Normalize",
    "layers.normalization.spatial_contrastive_normalization": (
        "SpatialContrastiveNormalization"
    ),
    "layers.normalization.spatial_cross_map_lrn": "SpatialCrossMapLRN",
    "layers.normalization.spatial_divisive_normalization": (
        "SpatialDivisiveNormalization"
    ),
    "layers.normalization.spatial_subtractive_normalization": (
        "SpatialSubtractiveNormalization"
    ),
    "layers.padding.spatial_reflection_padding": "SpatialReflectionPadding",
    "layers.padding.spatial_replication_padding": "SpatialReplicationPadding",
    "layers.padding.spatial_zero_padding": "SpatialZeroPadding",
    "layers.padding.volumetric_replication_padding": "VolumetricReplicationPadding",
    "layers.parameter.cadd": "CAdd",
    "layers.parameter.cmul": "CMul Mul",
    "layers.parameter.constant": "Constant",
    "layers.pooling.feature_lp_pooling": "FeatureLPPooling",
    "layers.pooling.spatial_adaptive_average_pooling": "SpatialAdaptiveAveragePooling",
    "layers.pooling.spatial_adaptive_max_pooling": "SpatialAdaptiveMaxPooling",
    "layers.pooling.spatial_average_pooling": "SpatialAveragePooling",
    "layers.pooling.spatial_dilated_max_pooling": "SpatialDilatedMaxPooling",
    "layers.pooling.spatial_fractional_max_pooling": "SpatialFractionalMaxPooling",
    "layers.pooling.spatial_lp_pooling": "SpatialLPPooling",
    "layers.pooling.spatial_max_pooling": "SpatialMaxPooling",
    "layers.pooling.spatial_max_unpooling": "SpatialMaxUnpooling",
    "layers.pooling.spatial_sub_sampling": "SpatialSubSampling",
    "layers.pooling.temporal_dynamic_k_max_pooling": "TemporalDynamicKMaxPooling",
    "layers.pooling.temporal_max_pooling": "TemporalMaxPooling",
    "layers.pooling.temporal_sub_sampling": "TemporalSubSampling",
    "layers.pooling.volumetric_average_pooling": "VolumetricAveragePooling",
    "layers.pooling.volumetric_dilated_max_pooling": "VolumetricDilatedMaxPooling",
    "layers.pooling.volumetric_fractional_max_pooling": (
        "VolumetricFractionalMaxPooling"
    ),
    "layers.pooling.volumetric_max_pooling": "VolumetricMaxPooling",
    "layers.pooling.volumetric_max_unpooling": "VolumetricMaxUnpooling",
    "layers.reduction.mean": "Mean",
    "layers.reduction.min": "Min",
    "layers.reduction.sum": "Sum",
    "layers.shape.collapse": "Collapse",
    "layers.shape.contiguous": "Contiguous",
    "layers.shape.convert": "Convert",
    "layers.shape.copy": "Copy",
    "layers.shape.flatten": "Flatten",
    "layers.shape.identity": "Identity",
    "layers.shape.index": "Index",
    "layers.shape.masked_select": "MaskedSelect",
    "layers.shape.narrow": "Narrow",
    "layers.shape.one_hot": "OneHot",
    "layers.shape.padding": "Padding",
    "layers.shape.replicate": "Replicate",
    "layers.shape.reshape": "Reshape",
    "layers.shape.select": "Select",
    "layers.shape.squeeze": "Squeeze",
    "layers.shape.transpose": "Transpose",
    "layers.shape.unsqueeze": "Unsqueeze",
    "layers.shape.view": "View",
    "layers.table.add": "Add",
    "layers.table.c_add_table": "CAddTable",
    "layers.table.c_add_tensor_table": "CAddTensorTable",
    "layers.table.c_div_table": "CDivTable",
    "layers.table.c_max_table": "CMaxTable",
    "layers.table.c_min_table": "CMinTable",
    "layers.table.c_mul_table": "CMulTable",
    "layers.table.c_sub_table": "CSubTable",
    "layers.table.criterion_table": "CriterionTable",
    "layers.table.duplicate": "Duplicate",
    "layers.table.flatten_table": "FlattenTable",
    "layers.table.join_table": "JoinTable",
    "layers.table.max": "Max",
    "layers.table.mixture_table": "MixtureTable",
    "layers.table.narrow_table": "NarrowTable",
    "layers.table.reverse_table": "ReverseTable",
    "layers.table.select_table": "SelectTable",
    "layers.table.split_table": "SplitTable",
    "layers.table.zip_table": "ZipTable",
    "layers.table.zip_table_one_to_many": "ZipTableOneToMany",
    "layers.tools.categorical_entropy": "CategoricalEntropy",
    "layers.tools.gradient_reversal": "GradientReversal",
    "layers.tools.l1_penalty": "L1Penalty",
    "layers.tools.print_size": "PrintSize",
    "layers.tools.zero_grad": "ZeroGrad",
    "layers.upsampling.pixel_shuffle": "PixelShuffle",
    "layers.upsampling.spatial_up_sampling_bilinear": "SpatialUpSamplingBilinear",
    "layers.upsampling.spatial_up_sampling_nearest": "SpatialUpSamplingNearest",
    "layers.upsampling.up_sampling": "UpSampling",
    "layers.upsampling.upsample": "Upsample",
}
CLASSES = {name: file for file, names in FILES.items() for name in names.split()}


def load_class(name):
    """Return the class of that name."""
    return getattr(importlib.import_module(f"nnmods.{CLASSES[name]}"), name)


def lazily(package):
    """Return ``__all__``, ``__getattr__`` and ``__dir__`` of a package.

    A class is loaded from its file when it is first asked for: there are too many of
    them to load all with ``import nnmods``.

    Parameters
    ----------
    package : str
        Such as "nnmods.layers"; it offers the classes of all files below it.
    """
    below = f"{package}."
    names = [n for n, file in CLASSES.items() if f"nnmods.{file}".startswith(below)]

    def __getattr__(name):
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        cls = load_class(name)
        setattr(sys.modules[package], name, cls)  # the next time it is found there
        return cls

    def __dir__():
        return sorted({*vars(sys.modules[package]), *names})

    return names, __getattr__, __dir__
