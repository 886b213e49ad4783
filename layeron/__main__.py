"""``python -m layeron``: the command line."""

from layeron.cli.main import main

main()
