#!/usr/bin/env bash
# Installs what `npm run test:devices` needs on Debian or Ubuntu: cross compilers, C libraries, QEMU, and a gcc for the
# instruction counter. With --with-host-tools also what `npm test` uses where it is there: g++ and clang with their sanitizers, and chromium. Does nothing when
# all is there.
set -euo pipefail

packages=(gcc-arm-none-eabi libnewlib-arm-none-eabi binutils-arm-none-eabi
  gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf binutils-riscv64-unknown-elf
  qemu-system-arm qemu-system-misc gcc-avr binutils-avr avr-libc gcc libc6-dev)
for option in "$@"; do
  case $option in
    --with-host-tools) packages+=(g++ clang chromium libonnx-testdata) ;;
    *) echo "usage: $0 [--with-host-tools]; found $option" >&2 && exit 1 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
    missing+=("$package")
  fi
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "all packages are installed: ${packages[*]}"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=600 update -qq
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=600 install -y -qq "${missing[@]}"
