#!/usr/bin/env bash
# Bring this checkout to a runnable state: system packages, fonts, Python packages, translations.
# Safe to repeat: every step first asks whether its work is already done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PACKAGES=(
  python3 python3-venv
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk
  chromium postgresql redis-server rabbitmq-server poppler-utils gettext
  faketime iproute2 strace
)

say() { printf '>> %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

missing_packages() {
  local present
  # dpkg-query also lists removed packages whose configuration is left behind.
  present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null || true)
  for package in "${PACKAGES[@]}"; do
    grep -qx "installed $package" <<<"$present" || printf '%s\n' "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif sudo -n true 2>/dev/null; then sudo -- "$@"
  else fail "root is needed once, please run: apt-get install ${missing[*]}"
  fi
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "this set-up knows Debian only; see README, Without Debian"
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "system packages: ${missing[*]}"
  # Installing a server must not start one: tests bring up their own and take them down.
  local policy=/usr/sbin/policy-rc.d added=no
  if [ ! -e "$policy" ]; then
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy"
    added=yes
  fi
  local status=0
  as_root apt-get update -q || status=$?
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" || status=$?
  if [ "$added" = yes ]; then as_root rm -f "$policy"; fi
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] || fail "apt-get could not install: ${missing[*]} (status $status)"
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 /usr/bin/python3.11 "${HOME:-/root}"/.pyenv/versions/3.11*/bin/python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "Python 3.11 with venv was not found; set PYTHON to one"
}

install_locked() {
  local stamp=.venv/.installed-lock wanted
  wanted=$(sha256sum <requirements.lock)
  if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  local python
  python=$(find_python)
  say "Python packages into .venv ($("$python" --version), about two minutes)"
  # Built afresh: what an older lock had installed must not stay importable.
  "$python" -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
  .venv/bin/python -m pip check
  printf '%s\n' "$wanted" >"$stamp"
}

compile_messages() {
  local catalogue=casework/locale/zh_Hans/LC_MESSAGES/django.po
  [ -d casework/locale/parts ] || return 0
  if [ -e "${catalogue%.po}.mo" ] && [ -z "$(find casework/locale/parts bin/merge_messages.py -newer "${catalogue%.po}.mo" -print -quit)" ]; then
    return 0
  fi
  say "translations"
  .venv/bin/python bin/merge_messages.py "$catalogue"
  msgfmt --check-format --output-file="${catalogue%.po}.mo" "$catalogue"
}

write_local_settings() {
  # For this checkout alone: switches of the demonstration and secrets nobody else has. Only the
  # demonstration and the tests ask for it: a server must not find itself in demonstration.
  [ ! -e .env ] || return 0
  say "local settings in .env"
  (
    umask 077
    .venv/bin/python - >.env <<'PYTHON'
import base64
import secrets

print("DEMO=1\nALLOW_TEST_IDS=1")
print(f"SECRET_KEY={secrets.token_urlsafe(48)}")
print(f"BLIND_INDEX_KEY={secrets.token_urlsafe(48)}")
print(f"FIELD_KEYS=local:{base64.b64encode(secrets.token_bytes(32)).decode()}")
PYTHON
  )
}

if [ "${1:-all}" = all ]; then
  install_packages
  bin/install_fonts.sh
  install_locked
  mkdir -p var
fi
if [ "${1:-all}" = local ]; then
  write_local_settings
  exit
fi
compile_messages
