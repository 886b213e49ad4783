# What the scripts of this folder share: find Python, build the virtual environment, install the
# locked packages. POSIX sh; sourced, never run. The environment may say:
#   PYTHON        the Python to build with, 3.11 or newer (default: the first one found)
#   LAYERON_VENV  the folder of the virtual environment (default: .venv)
# shellcheck shell=sh

set -eu

script=$0
root=$(CDPATH='' cd -- "$(dirname -- "$script")/.." && pwd)
cd -- "$root"
venv=${LAYERON_VENV:-.venv}
case $venv in /*) ;; *) venv=$root/$venv ;; esac
export PATH="$venv/bin:$PATH"

say() {
    printf 'layeron: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

sudo_if_needed() {
    [ "$(id -u)" -eq 0 ] || printf 'sudo '
}

# Prints "ready 3.12", "bare 3.12" (without venv), "old 3.9", or nothing: it does not run.
inspect_python() {
    "$1" -c '
import sys
from importlib.util import find_spec
whole = find_spec("venv") and find_spec("ensurepip")
state = "old" if sys.version_info < (3, 11) else "ready" if whole else "bare"
print("%s %d.%d" % (state, sys.version_info[0], sys.version_info[1]))
' 2>/dev/null || true
}

# Sets `python`, or names what is missing.
find_python() {
    bare='' old=''
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.13 python3.12 python3.11 python3
    fi
    for python; do
        found=$(inspect_python "$python")
        case $found in
        ready*) return ;;
        bare*) bare=${bare:-${found#bare }} ;;
        old*) old=${old:-only ${found#old }} ;;
        esac
    done
    if [ -n "$bare" ]; then
        fail "Python $bare is here without its venv module; install it: $(sudo_if_needed)apt-get install python$bare-venv"
    elif [ -n "${PYTHON:-}" ]; then
        fail "PYTHON is '$PYTHON', which is ${old:+${old#only }, }no Python 3.11 or newer; name one that is, or unset it: unset PYTHON"
    fi
    fail "Python 3.11 or newer is needed and ${old:-none} was found; install it (Debian: $(sudo_if_needed)apt-get install python3 python3-venv; macOS: brew install python) or name yours: PYTHON=/path/to/python3 $script"
}

# Says in one sentence why a step of the installation failed and what mends it.
explain() {
    case $1 in
    *'Permission denied'* | *'Read-only file system'* | *'Not a directory'*)
        fail "the virtual environment $venv cannot be written; choose another folder: LAYERON_VENV=\$HOME/.layeron-venv $script"
        ;;
    *'No space left on device'*)
        fail "the disk that holds $venv is full; free a gigabyte, or choose another folder: LAYERON_VENV=DIR $script"
        ;;
    *'DO NOT MATCH THE HASHES'*)
        printf '%s\n' "$1" >&2
        fail "a downloaded package is not the one that was locked; trust it only after you know why, then lock it anew: scripts/lock"
        ;;
    *'NewConnectionError'* | *'ConnectTimeout'* | *'ReadTimeout'* | *'ProxyError'* | *'SSLError'* | *'name resolution'* | *'(from versions: none)'*)
        fail "the package index cannot be reached; check the network, or name a proxy or a mirror, and try again: PIP_PROXY=URL PIP_INDEX_URL=URL $script"
        ;;
    esac
    printf '%s\n' "$1" >&2
    fail "the installation failed for the reason above; when it is mended, run again: $script"
}

attempt() {
    output=$("$@" 2>&1) || explain "$output"
}

# install runtime | all | deploy: the locked packages and, but for deploy, the project, editable; at
# once when they are there.
install() {
    case $1 in
    runtime) locks='constraints-runtime.txt constraints-build.txt' ;;
    all) locks=constraints.txt ;;
    deploy) locks=constraints-deploy.txt ;;
    esac
    stamp=$venv/.layeron-$1
    # shellcheck disable=SC2086  # a list of file names without spaces
    wanted="$root $(cat $locks pyproject.toml | cksum)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && python -c '' 2>/dev/null; then
        return
    fi
    if [ -d "$venv/bin" ] && ! "$venv/bin/pip" --version >/dev/null 2>&1; then
        fail "the virtual environment $venv no longer runs (it was moved, or its Python is gone); make it anew: rm -r '$venv' && $script"
    fi

    find_python
    say "installing the locked packages into $venv (once, about a minute)"
    attempt "$python" -m venv "$venv"
    for lock in $locks; do
        attempt pip_install --require-hashes --requirement "$lock"
    done
    [ "$1" = deploy ] || attempt pip_install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >"$stamp"
}

pip_install() {
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@"
}
