"""How well a network tells labelled faces: a dataset in, figures, charts and documents out.

Needs no torch. `measure_confusion` and `confuse` are what training and export use of it.
"""

from model.evaluation.archives import open_dataset
from model.evaluation.crops import cut_crops
from model.evaluation.dataset import Dataset, UnusableDataset
from model.evaluation.folders import list_labelled
from model.evaluation.measurement import Examination
from model.evaluation.metrics import confuse, measure_confusion

__all__ = [
    "Dataset",
    "Examination",
    "UnusableDataset",
    "confuse",
    "cut_crops",
    "list_labelled",
    "measure_confusion",
    "open_dataset",
]
