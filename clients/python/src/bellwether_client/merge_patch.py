"""merge_patch: JSON Merge Patch (RFC 7396), which says how a state has changed."""

from __future__ import annotations

from typing import Any


def merged(known: Any, patch: Any) -> Any:
    """A new value; what the patch does not touch is shared with the old one."""
    if not isinstance(patch, dict):
        return patch
    value = dict(known) if isinstance(known, dict) else {}
    for key, change in patch.items():
        if change is None:
            value.pop(key, None)
        else:
            value[key] = merged(value.get(key), change)
    return value
