# Sourced by the scripts beside it: what has to be there before anything of ours can run.
# POSIX sh. Wants $here, the folder of the calling script; sets $root.

say() { printf '%s\n' "$*" >&2; }
fail() { say "guichet: $*"; exit 1; }

root=$(CDPATH='' cd -- "$here/.." && pwd -P) || exit 1

# Node 20.19 or later: older ones cannot load our dependencies.
need_node() {
  command -v node >/dev/null 2>&1 || fail "Node is not installed (or not in PATH). Version 20.19 or later is needed: https://nodejs.org"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node $(node --version) is too old; version 20.19 or later is needed ($(command -v node))"
}

# One preparation at a time: two that install or build at once would spoil each other's files.
lock_held=
take_lock() {
  lock="$root/.script-lock"
  waited=0
  until mkdir "$lock" 2>/dev/null; do
    [ -d "$lock" ] || fail "cannot write in $root; start as the user it belongs to"
    holder=$(cat "$lock/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null && ! ps -p "$holder" >/dev/null 2>&1; then
      # Its holder is gone. Whoever can rename it away may remove it.
      mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
      continue
    fi
    # Ten seconds without a name: whoever made it was killed before it could write one.
    if [ -z "$holder" ] && [ "$waited" -ge 10 ]; then rm -rf "$lock"; continue; fi
    [ "$waited" -ne 5 ] || say "guichet: waiting for another preparation (process ${holder:-unknown}) ..."
    [ "$waited" -lt 600 ] || fail "$lock has been there for ten minutes; remove it if nothing else prepares this checkout"
    waited=$((waited + 1))
    sleep 1
  done
  lock_held=$lock
  echo $$ > "$lock/pid"
  trap drop_lock EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
drop_lock() {
  [ -z "$lock_held" ] || rm -rf "$lock_held"
  lock_held=
  trap - EXIT HUP INT TERM
}

modules_stamp() { cksum < "$root/package-lock.json"; }
modules_fresh() {
  [ -x "$root/node_modules/.bin/tsc" ] || return 1
  [ "$(cat "$root/node_modules/.guichet-stamp" 2>/dev/null)" = "$(modules_stamp)" ] && return 0
  # npm's own record is as good as ours when it is newer than the lock file, and so is what cannot be changed
  [ "$root/node_modules/.package-lock.json" -nt "$root/package-lock.json" ] || [ ! -w "$root/node_modules" ]
}

need_modules() {
  modules_fresh && return 0
  command -v npm >/dev/null 2>&1 || fail "npm is not installed (or not in PATH); it comes with Node"
  take_lock
  if ! modules_fresh; then
    say "guichet: installing npm packages ..."
    log=$(mktemp) || fail "cannot make a temporary file"
    # Not "npm ci": it refuses a lock file as soon as the registry in use lacks some other platform's optional package.
    # --no-save leaves the lock file alone. --include=dev: the compiler is among them, also where NODE_ENV says production.
    if ! (cd "$root" && npm install --no-save --include=dev --no-audit --no-fund >"$log" 2>&1 </dev/null); then
      say "guichet: npm install failed. Its last lines:"
      tail -n 20 "$log" >&2
      say "guichet: (all of it: $log)"
      exit 1
    fi
    rm -f "$log"
    modules_stamp > "$root/node_modules/.guichet-stamp"
  fi
  drop_lock
}

# Directories too: a source that was removed changes only its folder.
build_fresh() {
  [ -f "$root/dist/.built" ] || return 1
  [ -z "$(find "$root/src" "$root/tsconfig.json" "$root/tsconfig.build.json" -newer "$root/dist/.built" 2>/dev/null | head -n 1)" ]
}

# need_build [anyway]: with "anyway", sources that do not type-check are used as far as they compile.
need_build() {
  build_fresh && return 0
  take_lock
  if ! build_fresh; then
    mkdir -p "$root/dist" || fail "cannot write in $root/dist; start as the user it belongs to"
    # The stamp is as old as the beginning: what is edited meanwhile is newer.
    started=$(mktemp "$root/dist/.started.XXXXXX") || fail "cannot write in $root/dist; start as the user it belongs to"
    if ! faults=$(cd "$root" && node_modules/.bin/tsc -p tsconfig.build.json --pretty false 2>&1) && [ "${1:-}" != anyway ]; then
      rm -f "$started"
      say "guichet: the sources in $root/src do not compile:"
      printf '%s\n' "$faults" | head -n 20 >&2
      exit 1
    fi
    mv "$started" "$root/dist/.built"
  fi
  drop_lock
}

# Run from another folder, the checkout's own configuration and data are meant.
choose_folders() {
  [ "$(pwd -P)" = "$root" ] && return 0
  if [ -z "${GUICHET_CONFIG:-}" ] && [ ! -f guichet.yaml ]; then
    GUICHET_CONFIG="$root/guichet.yaml"
    GUICHET_DATA=${GUICHET_DATA:-"$root/data"}
    export GUICHET_CONFIG GUICHET_DATA
  fi
}
