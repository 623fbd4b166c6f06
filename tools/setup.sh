# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors
#
# What ./run, ./test and .ci/run share: installing what is missing, building.
# Sourced with the root of the checkout as the current directory.

say() { printf '== %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$0" "$*" >&2
    exit 1
}

# packages_of SECTION...: the names in tools/packages.
packages_of() {
    local section
    for section in "$@"; do
        sed -n "s/^$section://p" tools/packages
    done | tr -s ' ' '\n' | sed '/^$/d'
}

# missing_packages SECTION...: those not installed. Node and npm may have come
# another way, and then their packages are left alone.
missing_packages() {
    local section
    for section in "$@"; do
        if [ "$section" = ui ] && command -v node >/dev/null &&
            command -v npm >/dev/null; then
            continue
        fi
        packages_of "$section" | while read -r name; do
            dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null |
                grep -qx installed || echo "$name"
        done
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# need_packages SECTION...: install what is missing, or say how.
need_packages() {
    local missing by_hand
    command -v dpkg-query >/dev/null || {
        say "no Debian packages here; building with what is installed"
        return 0
    }
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    by_hand="apt-get install --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "packages are missing and there is no sudo; run as root: $by_hand"
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update >/dev/null ||
        die "the package lists could not be fetched; check the network and /etc/apt, or run: $by_hand"
    as_root apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        install "${missing[@]}" >.setup.log 2>&1 || {
        tail -n 5 .setup.log >&2
        die "packages could not be installed (.setup.log tells more); run: $by_hand"
    }
    rm -f .setup.log
}

# need_modules all|needed: what the lock file lists, with or without what only
# tests need, unless it is there already.
need_modules() {
    local mark=node_modules/.tlsrpt-stamp sum omit=()
    sum=$(cksum <package-lock.json)
    if [ -f "$mark" ]; then
        case "$1 $(cat "$mark")" in
        "all all $sum" | "needed all $sum" | "needed needed $sum") return 0 ;;
        esac
    fi
    [ "$1" = all ] || omit=(--omit=dev)
    say "fetching the JavaScript modules of package-lock.json"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
        "${omit[@]}" ||
        die "npm could not fetch the modules; check the network (npm ping tells), then run this again"
    printf '%s %s\n' "$1" "$sum" >"$mark"
}

# configure DIR [MESON OPTION...]: set up, or set up again what was added since.
configure() {
    local dir=$1 again=()
    shift
    mkdir -p "$dir"
    [ -f "$dir/build.ninja" ] && again=(--reconfigure)
    meson setup "${again[@]}" "$dir" "$@" >"$dir/setup.log" 2>&1 || {
        tail -n 12 "$dir/setup.log" >&2
        die "the build could not be set up; remove $dir/ and run this again"
    }
}

# compile DIR [TARGET...]
compile() {
    local dir=$1
    say "building in $dir/"
    ninja -C "$@" >"$dir/ninja.log" 2>&1 || {
        grep -vE '^(ninja: Entering|\[[0-9]+/)' "$dir/ninja.log" |
            head -n 40 >&2
        die "the build failed ($dir/ninja.log has all of it)"
    }
}
