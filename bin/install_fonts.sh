#!/bin/sh
# Gives the machine the typefaces of printed documents; running it again changes nothing.
#   Noto CJK   (Debian fonts-noto-cjk)  carries rare name characters and is the last resort
#   Fandol     (out of Debian texlive-lang-chinese, without its 21 dependencies)
# A site's own typefaces (docs/documents.md) are used before either when they are installed.
set -eu

# One face of each family: both weights of FandolHei and of FandolSong call themselves regular, so
# that with both present fontconfig takes either. Printed documents want black and small-title song.
FACES="FandolFang-Regular FandolKai-Regular FandolHei-Regular FandolSong-Bold"

if [ "$(id -u)" -eq 0 ]; then
    folder=/usr/local/share/fonts/casework
else
    folder="$HOME/.local/share/fonts/casework"
fi

say() { echo "fonts: $*" >&2; }

have_noto() { fc-list 2>/dev/null | grep -q 'Noto Serif CJK SC'; }

have_fandol() {
    for face in $FACES; do
        [ -s "$folder/$face.otf" ] || return 1
    done
}

install_noto() {
    if have_noto; then
        return 0
    fi
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            fontconfig fonts-noto-cjk >/dev/null || true
    fi
    have_noto || say "Noto CJK is missing: have an administrator run 'apt-get install fonts-noto-cjk'"
}

fetch_package() {
    # Debian's mirror list may never have been read on a fresh machine.
    apt-get download texlive-lang-chinese >/dev/null 2>&1 && return 0
    [ "$(id -u)" -eq 0 ] && apt-get update -qq >/dev/null 2>&1
    apt-get download texlive-lang-chinese >/dev/null 2>&1
}

install_fandol() {
    if have_fandol; then
        return 0
    fi
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        say "apt-get is missing, Fandol not installed: documents fall back to Noto"
        return 0
    fi
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT INT TERM
    if ! (cd "$scratch" && fetch_package); then
        say "cannot download texlive-lang-chinese, Fandol not installed: documents fall back to Noto"
        return 0
    fi
    dpkg-deb --fsys-tarfile "$scratch"/texlive-lang-chinese_*.deb |
        tar -x -C "$scratch" --wildcards './usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/*'
    mkdir -p "$folder"
    for face in $FACES; do
        install -m 0644 \
            "$scratch/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/$face.otf" "$folder/"
    done
}

install_noto
install_fandol
if command -v fc-cache >/dev/null; then
    fc-cache -f "$folder" 2>/dev/null || true
fi
if have_fandol; then
    say "ready in $folder"
fi
