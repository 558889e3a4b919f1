"""Registry of the networks."""

from typing import Any

from ._description import NetworkDescription

__all__ = ["get_network", "register", "upgrade_architecture"]

_networks: dict[str, NetworkDescription] = {}


class LPRNet(NetworkDescription):
    """LPRNet."""

    name = "lprnet"

    def upgrade_architecture(self, architecture: dict[str, Any]) -> dict[str, Any]:
        """Return an architecture with the names of version 0.2."""
        upgraded = dict(architecture)
        for old, new in (("column_stride", "time_stride"), ("context", "global_context")):
            if old in upgraded:
                upgraded[new] = upgraded.pop(old)
        alignment = upgraded.pop("alignment", None)
        upgraded.setdefault("spatial_transformer", alignment == "stn")
        return upgraded


class SegmentCNN(NetworkDescription):
    """A classifier of the segments of a plate."""

    name = "segment_cnn"


def register(network: NetworkDescription) -> None:
    """Add a network, which takes the place of an earlier one with the same name.

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
    return _networks[name]


def upgrade_architecture(architecture: dict[str, Any]) -> dict[str, Any]:
    """Return an architecture of this version for one that an earlier version wrote.

    Parameters
    ----------
    architecture : dict
        Of this or an earlier version. It is not changed.

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
register(SegmentCNN())
