"""Constants that the Keras layers and the ONNX graphs share."""

__all__ = ["NORM_EPSILON", "PIXEL_OFFSET", "PIXEL_SCALE"]

# Pixel values from 0 to 255 become numbers from -1 to 1.
PIXEL_SCALE = 1 / 127.5
PIXEL_OFFSET = -1.0

# Added to the variance in batch normalization.
NORM_EPSILON = 1e-3
