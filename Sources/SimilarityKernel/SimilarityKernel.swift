// SimilarityKernel
