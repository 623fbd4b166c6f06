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

# need_modules [NPM OPTION...]: what the lock file lists, unless it is there.
need_modules() {
    local mark=node_modules/.tlsrpt-stamp want
    want="$* $(cksum <package-lock.json)"
    if [ -f "$mark" ] && [ "$(cat "$mark")" = "$want" ]; then
        return 0
    fi
    say "fetching the JavaScript modules of package-lock.json"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error "$@" ||
        die "npm could not fetch the modules; check the network (npm ping), then run this again"
    printf '%s\n' "$want" >"$mark"
}

# build DIR [MESON OPTION...]: configure once, then bring up to date.
build() {
    local dir=$1
    shift
    say "building in $dir/"
    if [ ! -f "$dir/build.ninja" ]; then
        mkdir -p "$dir"
        meson setup "$dir" "$@" >"$dir/setup.log" 2>&1 || {
            tail -n 20 "$dir/setup.log" >&2
            die "the build could not be set up; remove $dir and run this again"
        }
    fi
    ninja -C "$dir" --quiet >"$dir/ninja.log" 2>&1 || {
        grep -vE '^(ninja: Entering|\[)' "$dir/ninja.log" | head -n 40 >&2
        die "the build failed ($dir/ninja.log has all of it)"
    }
}
