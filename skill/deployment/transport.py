"""Checks of the way to the service: names and addresses, TLS, the clock, headers, private pages, large uploads."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from pipeline.limits import MAX_PHOTO_BYTES
from skill.deployment.finding import Deployment, Finding, bad, good, skipped
from skill.web.auth import TICKET_HEADER
from skill.web.middleware import security_headers

_DAY: Final = 86_400.0  # seconds
_DAYS_LEFT: Final = 10
_SKEW: Final = 30.0  # seconds between two clocks; an HTTP date is whole seconds, an answer takes some
_CONNECT: Final = 5.0  # seconds
_PRIVATE: Final = ("/metrics", "/readyz", "/healthz", "/dev")


async def check_addresses(deployment: Deployment) -> AsyncIterator[Finding]:
    """Every address of the name takes connections: a platform tries IPv6 first where there is a record."""
    host, loop = deployment.parts.hostname or "", asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, deployment.port, type=socket.SOCK_STREAM)
    except OSError:
        yield bad("address", f"the name {host} has no address", "a DNS record that leads to the proxy")
        return
    for address in dict.fromkeys(str(one[4][0]) for one in found):
        try:
            async with asyncio.timeout(_CONNECT):
                _, writer = await asyncio.open_connection(address, deployment.port)
            writer.close()
        except OSError:  # TimeoutError is one
            mend = "open it in the firewall, or take its record away: who tries it first hears nothing"
            yield bad("address", f"{address} does not take connections on port {deployment.port}", mend)
        else:
            yield good("address", f"{address} takes connections")


async def check_tls(deployment: Deployment) -> AsyncIterator[Finding]:
    """The certificate is trusted, of the name, and does not end soon."""
    if not deployment.secure:
        if deployment.is_local:
            yield skipped("TLS", "this machine's own address, without the proxy")
        else:
            yield bad("TLS", "the address is http", "an https address: the platforms take no other, and phones warn")
        return
    host = deployment.parts.hostname or ""
    try:
        async with asyncio.timeout(_CONNECT * 2):
            _, writer = await asyncio.open_connection(host, deployment.port, ssl=deployment.trusted)
    except ssl.SSLCertVerificationError as error:
        mend = "a certificate of a public authority for this name, with its full chain (fullchain.pem)"
        yield bad("TLS", f"the certificate is not trusted: {error.verify_message}", mend)
        return
    except OSError as error:
        yield bad("TLS", f"no TLS connection: {type(error).__name__}", "look at the proxy and its log")
        return
    tls = writer.get_extra_info("ssl_object")
    left = (ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"]) - time.time()) / _DAY
    writer.close()
    text = f"{tls.version()}, the certificate ends in {left:.0f} days"
    if left < _DAYS_LEFT:
        yield bad("TLS", text, "renew it now, and see why that did not happen by itself")
    else:
        yield good("TLS", text)


async def check_page(deployment: Deployment) -> AsyncIterator[Finding]:
    """The page with its headers, its clock, and the other pages that people are promised."""
    async with deployment.client.get(f"{deployment.address}/", allow_redirects=False) as answer:
        headers, text = answer.headers, await answer.text(errors="replace")
        if answer.status != HTTPStatus.OK or 'action="/code"' not in text:
            mend = "the address must lead to the service itself: no redirect, no page of the proxy or of a CDN"
            yield bad("page", f"answers {answer.status}, and not with our page", mend)
            return
    yield good("page", "the place for the code is there")
    wanted = {name: value for name, value in security_headers().items() if name != "Content-Security-Policy"}
    wrong = [name for name, value in wanted.items() if headers.get(name) != value]
    if not headers.get("Content-Security-Policy", "").startswith("default-src 'none'"):
        wrong.append("Content-Security-Policy")
    if deployment.secure and "max-age" not in headers.get("Strict-Transport-Security", ""):
        wrong.append("Strict-Transport-Security")
    if wrong:
        mend = "let the proxy pass the service's headers on; OZHIVI_PUBLIC_URL must be the https address"
        yield bad("headers", f"missing or changed: {', '.join(sorted(wrong))}", mend)
    else:
        yield good("headers", "those that protect are there")
    yield _judge_clock(headers.get("Date", ""))
    async with deployment.client.get(f"{deployment.address}/privacy", allow_redirects=False) as answer:
        if answer.status == HTTPStatus.OK:
            yield good("privacy", "/privacy is there")
        else:
            yield bad("privacy", f"/privacy answers {answer.status}", "consoles and people want it: let it through")


def _judge_clock(date: str) -> Finding:
    """The server's clock against this machine's."""
    try:
        off = abs(parsedate_to_datetime(date).timestamp() - time.time())
    except ValueError:
        return skipped("clock", "the answer has no date")
    if off > _SKEW:
        mend = "NTP on both machines: links, tickets and leases end by the clock, S3 refuses what is 15 minutes off"
        return bad("clock", f"{off:.0f} s from this machine's", mend)
    return good("clock", "agrees with this machine's")


async def check_settings(deployment: Deployment) -> AsyncIterator[Finding]:
    """The settings name the address that is checked, and nothing that is for development."""
    settings = deployment.settings
    if settings.address.rstrip("/") != deployment.address and not deployment.is_local:
        mend = f"OZHIVI_PUBLIC_URL={deployment.address}, where these are the settings of the service"
        yield bad("settings", "links lead to another address than this one", mend)
    elif settings.dev or settings.record is not None:
        yield bad("settings", "OZHIVI_DEV or OZHIVI_RECORD is on", "take it away where strangers talk to the skill")
    elif not settings.behind_proxy and not deployment.is_local:
        mend = "OZHIVI_BEHIND_PROXY=true behind the proxy: else all people count as one address"
        yield bad("settings", "the service does not believe the proxy's X-Forwarded-For", mend)
    else:
        yield good("settings", "name this address")


async def check_private_pages(deployment: Deployment) -> AsyncIterator[Finding]:
    """Pages that are not for the world are not shown to it."""
    if deployment.is_local:
        yield skipped("private pages", "this machine's own address, without the proxy")
        return
    shown = []
    for path in _PRIVATE:
        async with deployment.client.get(f"{deployment.address}{path}", allow_redirects=False) as answer:
            # a service that is not ready answers 503, as a proxy may that leads there nowhere: ours is JSON
            if answer.status == HTTPStatus.OK or answer.content_type == "application/json":
                shown.append(path)
    if shown:
        yield bad("private pages", f"anybody sees {', '.join(shown)}", "404 in the proxy, as deploy/proxy/ does")
    else:
        yield good("private pages", "are not shown")


async def check_large_upload(deployment: Deployment) -> AsyncIterator[Finding]:
    """A photo of the largest size is let through: its head is sent without a right to upload, which the service refuses
    at once."""
    host = deployment.parts.hostname or ""
    head = (
        f"POST /api/v1/animations HTTP/1.1\r\nHost: {deployment.parts.netloc}\r\n"
        f"Content-Type: multipart/form-data; boundary={secrets.token_hex(8)}\r\n"
        f"{TICKET_HEADER}: {secrets.token_hex(16)}\r\n"
        f"Content-Length: {MAX_PHOTO_BYTES}\r\nConnection: close\r\n\r\n"
    )
    tls = deployment.trusted if deployment.secure else None
    async with asyncio.timeout(15):
        reader, writer = await asyncio.open_connection(host, deployment.port, ssl=tls)
        try:
            writer.write(head.encode("ascii"))
            await writer.drain()
            status = int((await reader.readline()).split()[1])
        except (IndexError, ValueError):
            status = 0
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        yield good("large upload", "reaches the service, which asks for a ticket")
    elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        yield bad("large upload", "the proxy refuses 40 MB", "client_max_body_size 42m, or what deploy/proxy/ has")
    else:
        mend = "the proxy must pass bodies on as they come (proxy_request_buffering off), as deploy/proxy/ does"
        yield bad("large upload", f"is answered {status or 'with nothing'} and not by the service", mend)
