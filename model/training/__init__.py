"""Training of emotion networks. The only package that may import torch."""
