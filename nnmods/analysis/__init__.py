"""What a network does to values and gradients, looked at closely."""

from nnmods.core.lazy import lazily

FILES = {
    "brain_damage": "apply_mask prune saliencies",
    "curvature": "ggn_operator hessian_operator",
    "diagonal": "diag_hessian",
    "differences": "hessian_by_differences",
    "eigenvalues": "Eigenvalue largest_eigenvalue",
    "explaining": "explain",
    "explanation": "Explanation",
    "fit_result": "LeastSquaresFit",
    "jacobians": "jacobian",
    "kronecker": "kfac",
    "kronecker_factors": "KroneckerFactors",
    "least_squares": "fit_least_squares",
    "noise_scale": "NoiseScale gradient_noise_scale",
    "online_eigenvalue": "OnlineEigenvalue",
    "per_example": "per_example_grad_norms per_example_grads",
    "private": "PrivateGradient private_gradient",
    "pulls": "Pulls hardest_pulls",
    "rate_bound": "RateBound max_rate",
    "watch": "Watch",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
