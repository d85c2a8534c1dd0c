"""`lensdb login`: e-mail and password once, a token from then on."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import click

from lensdb.tool import credentials
from lensdb.tool.client import NotAllowedError, Site, SiteError, end_with
from lensdb.tool.exit_codes import ExitCode


@click.command("login")
@click.option("--server", required=True, help="Address of the site, such as https://lensdb.example.")
@click.option("--email", help="Asked for when not given.")
@click.option("--password", help="Asked for; better not on the command line.")
@click.option("--token", "with_token", is_flag=True, help="Ask for a token made on the site instead (/me/tokens/).")
def command(server: str, email: str | None, password: str | None, with_token: bool) -> None:  # noqa: FBT001 - click's flag
    """Sign in to a LensDB site. The password is sent once and not kept; a token is, for a year.

    An account with a second factor signs in with --token.
    """
    if not _is_private(server):
        raise click.UsageError("Give an https:// address: a password does not travel in the open.")
    if with_token:
        _keep_token(server, click.prompt("Token", hide_input=True).strip())
        return
    email = email or click.prompt("E-mail")
    password = password or click.prompt("Password", hide_input=True)
    try:
        with Site(server) as site:
            token = site.sign_in(email=email, password=password, name=f"lensdb on {socket.gethostname()}"[:80])
    except NotAllowedError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(ExitCode.NOT_ALLOWED) from error
    except SiteError as error:
        end_with(error)
    file = credentials.save(credentials.Credentials(server.rstrip("/"), token))
    click.echo(f"Signed in to {server} as {email}. The token is kept in {file}.", err=True)


def _keep_token(server: str, token: str) -> None:
    """Keep a token if the site knows it."""
    try:
        with Site(server, token) as site:
            site.all_series()
    except SiteError as error:
        end_with(error)
    file = credentials.save(credentials.Credentials(server.rstrip("/"), token))
    click.echo(f"Signed in to {server}. The token is kept in {file}.", err=True)


def _is_private(server: str) -> bool:
    """Whether nobody on the way can read along: https, or this very computer."""
    parts = urlsplit(server)
    if parts.scheme == "https" and parts.hostname:
        return True
    try:
        is_own = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_own = False
    return parts.scheme == "http" and is_own
