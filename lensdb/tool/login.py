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
@click.option("--email", prompt="E-mail", help="Asked for when not given.")
@click.password_option("--password", confirmation_prompt=False, help="Asked for; better not on the command line.")
def command(server: str, email: str, password: str) -> None:
    """Sign in to a LensDB site. The password is sent once and not kept; a token is, for a year."""
    if not _is_private(server):
        raise click.UsageError("Give an https:// address: a password does not travel in the open.")
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
