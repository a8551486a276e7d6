"""Serving's own store in memory: tokens, usage, and an audit log to read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ftops.core.access import Token, Usage


class MemoryServeStore:
    """TokenStore and UsageStore in one."""

    def __init__(self, *tokens: Token) -> None:
        self._tokens = {one.id: one for one in tokens}
        self._usage: dict[tuple[str, str, str], Usage] = {}

    def tokens(self) -> tuple[Token, ...]:
        return tuple(self._tokens.values())

    def add(self, token: Token) -> None:
        self._tokens[token.id] = token

    def revoke(self, token_id: str, at: datetime) -> bool:
        known = self._tokens.get(token_id)
        if known is None or known.revoked_at is not None:
            return False
        self._tokens[token_id] = replace(known, revoked_at=at)
        return True

    def touch(self, token_id: str, at: datetime) -> None:
        self._tokens[token_id] = replace(self._tokens[token_id], last_used_at=at)

    def count(self, usage: Usage) -> None:
        key = usage.month, usage.caller, usage.model
        before = self._usage.get(key)
        used = usage.used if before is None else before.used + usage.used
        self._usage[key] = replace(usage, used=used)

    def usage(self, month: str) -> tuple[Usage, ...]:
        return tuple(one for key, one in sorted(self._usage.items()) if key[0] == month)


class MemoryAudit:
    """AuditLog; `entries` holds what was written."""

    def __init__(self) -> None:
        self.entries: list[Mapping[str, object]] = []

    def write(self, entry: Mapping[str, object]) -> None:
        self.entries.append(entry)
