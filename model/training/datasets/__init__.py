"""Labelled faces in memory, and the readers of every form they come in."""

from model.training.datasets.archive import read_fer2013_zip
from model.training.datasets.face_dataset import FaceDataset
from model.training.datasets.faults import CorruptPictures, UnreadableDataset
from model.training.datasets.reading import DataSplits, read_config_faces, read_faces

__all__ = [
    "CorruptPictures",
    "DataSplits",
    "FaceDataset",
    "UnreadableDataset",
    "read_config_faces",
    "read_faces",
    "read_fer2013_zip",
]
