"""Registry of the networks."""

from typing import Any

from ._corner_network import CornerNetwork
from ._description import NetworkDescription
from ._lprnet import LPRNet
from ._plate_detector import PlateDetectorNetwork
from ._segment_cnn import SegmentNetwork

__all__ = ["get_network", "register", "unregister", "upgrade_architecture"]

_networks: dict[str, NetworkDescription] = {}


def register(network: NetworkDescription) -> None:
    """Add a network; it replaces an earlier one with the same name.

    Parameters
    ----------
    network : NetworkDescription
    """
    _networks[network.name] = network


def get_network(name: str) -> NetworkDescription:
    """Return the description of a network.

    Parameters
    ----------
    name : str
        The entry ``name`` of an architecture.

    Returns
    -------
    NetworkDescription

    Raises
    ------
    KeyError
        If no network has the name.
    """
    if name not in _networks:
        raise KeyError(
            f"There is no network {name!r}, but {sorted(_networks)}; register() adds one."
        )
    return _networks[name]


def unregister(name: str) -> None:
    """Remove a network.

    Parameters
    ----------
    name : str

    Raises
    ------
    KeyError
        If no network has the name.
    """
    del _networks[name]


def upgrade_architecture(architecture: dict[str, Any]) -> dict[str, Any]:
    """Return an architecture of this version for one that an earlier version wrote.

    Parameters
    ----------
    architecture : dict
        An architecture of this or an earlier version. It is not changed.

    Returns
    -------
    dict
        An architecture of this version is returned with equal entries.

    Raises
    ------
    KeyError
        If no network has the architecture's name.
    """
    return get_network(architecture["name"]).upgrade_architecture(architecture)


register(LPRNet())
register(SegmentNetwork())
register(PlateDetectorNetwork())
register(CornerNetwork())
