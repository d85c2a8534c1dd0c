"""What the three kinds of host say of the roles, read from the files an operator uses."""

import configparser
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


@dataclass(frozen=True)
class Pod:
    """A pod's template and where it stands."""

    name: str
    labels: dict
    spec: dict

    @property
    def container(self):
        (container,) = self.spec["containers"]
        return container

    @property
    def environment(self):
        """Names and values; a value that Kubernetes fills in is None."""
        return {entry["name"]: entry.get("value") for entry in self.container.get("env", [])}


@cache
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def services():
    """The site's own services: everything but the database."""
    return {name: told for name, told in compose()["services"].items() if name != "postgres"}


@cache
def documents():
    return [document for path in KUBERNETES for document in yaml.safe_load_all(path.read_text())]


def objects(kind):
    return {document["metadata"]["name"]: document for document in documents() if document["kind"] == kind}


def pods():
    """Every pod template: of deployments, of jobs, of cron jobs."""
    templates = {
        name: found["spec"]["template"] for kind in ("Deployment", "Job") for name, found in objects(kind).items()
    }
    for name, found in objects("CronJob").items():
        templates[name] = found["spec"]["jobTemplate"]["spec"]["template"]
    return {name: Pod(name, told["metadata"]["labels"], told["spec"]) for name, told in templates.items()}


def supervised():
    """Every program on a single host: what it is told by both files, which the supervisor merges."""
    parser = configparser.RawConfigParser()
    parser.read(DEPLOY / "supervisor" / name for name in ("supervisord.conf", "single-host.conf"))
    return {
        section.removeprefix("program:"): dict(parser[section])
        for section in parser.sections()
        if section.startswith("program:")
    }


def compose_command(service):
    return shlex.split(service["command"])
