"""The guide to Google Cloud: what it names is there, and each step says its price and its end."""

import re
import subprocess
from typing import Any

import pytest
import typer
import yaml

from layeron.cli.main import app
from tests.deploy.terraform import GCP, ROOT, of_kind, resources, within

GUIDE = (ROOT / "docs" / "gcp.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
SHELL = "\n".join(BLOCKS).replace("\\\n", " ")
STEPS = re.findall(r"(?ms)^### (\d\. [^\n]+)\n(.*?)(?=^##)", GUIDE)


@pytest.mark.parametrize(("title", "text"), STEPS, ids=lambda each: each[:20])
def test_every_step_says_how_it_is_undone_and_what_it_costs(title: str, text: str) -> None:
    assert "*Undo:*" in text, title
    assert "*Costs*" in text or title.startswith("6. A key"), title


def test_the_steps_are_numbered_through() -> None:
    assert [title[0] for title, _ in STEPS] == list("1234567")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda each: each.splitlines()[0][:40])
def test_the_commands_are_ones_that_a_shell_reads(block: str) -> None:
    read = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_every_output_that_is_asked_for_is_there() -> None:
    asked = set(re.findall(r"terraform output (?:-raw )?(\w+)", GUIDE))
    assert asked
    assert asked <= {each.name for each in of_kind("output")}


def test_every_job_that_is_executed_is_there() -> None:
    executed = set(re.findall(r"layeron-([a-z]+)-20", GUIDE))
    jobs = {each.labels[1]: each for each in resources("google_cloud_run_v2_job")}
    assert executed == set(jobs)
    for name, job in jobs.items():
        assert job.body["name"] == f"${{var.name}}-{name}-${{each.key}}"


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w./-]+\.(?:yaml|py|sh)|application/Dockerfile)`", GUIDE))
    named |= set(re.findall(r"(?:--values=|< |cp )([\w./-]+)", SHELL))
    places = (ROOT, GCP, ROOT / "deploy" / "gke")
    missing = [each for each in named if not any((place / each).exists() for place in places)]
    assert missing == ["hooks.py"]  # which is the reader's own


def test_the_build_takes_what_the_guide_gives_it() -> None:
    build = yaml.safe_load((GCP / "cloudbuild.yaml").read_text())
    (given,) = re.findall(r"--substitutions=\"([^\"]+)\"", SHELL)
    assert {each.split("=")[0] for each in given.split(",")} == set(build["substitutions"])


def test_the_roles_of_workload_identity_are_those_of_the_pods() -> None:
    (names,) = re.findall(r"for name in ([\w ]+); do", SHELL)
    accounts = yaml.safe_load_all((ROOT / "deploy" / "gke" / "accounts.yaml").read_text())
    assert names.split() == [each["metadata"]["name"] for each in accounts]


COMMANDS = {
    *re.findall(r"(?m)^layeron (\w.*)$", SHELL),
    *re.findall(r"`layeron ([^`]+)`", GUIDE),
    *(each.replace(",", " ") for each in re.findall(r"--args=(\S+)", SHELL)),
    *(
        " ".join(args)
        for each in resources("google_cloud_run_v2_job")
        for args in within(each.body, "args")
    ),
}


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_what_the_guide_and_the_jobs_run_are_commands(words: str) -> None:
    command: Any = typer.main.get_command(app)  # of a package inside typer
    rest = words.split()
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context(command.name, rest)  # reads the words, and does not run it


@pytest.mark.parametrize("page", ["gcp.md", "settings.md"])
def test_a_link_leads_to_a_heading(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    for target, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", text):
        headings = re.findall(r"(?m)^#+ (.*)$", (ROOT / "docs" / (target or page)).read_text())
        assert anchor in {
            re.sub(r"[^\w-]", "", each.lower().replace(" ", "-")) for each in headings
        }
