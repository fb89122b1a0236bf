#!/usr/bin/env bash
# Installs what the interop checks use: Debian's mosquitto-clients, python3-paho-mqtt, chromium and tshark, and npm's mqtt
# into node_modules beside this file (untracked). Does nothing for what is there already.
set -euo pipefail
cd "$(dirname "$0")"

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

packages=()
command -v mosquitto_pub >/dev/null && command -v mosquitto_sub >/dev/null || packages+=(mosquitto-clients)
/usr/bin/python3 -c 'import paho.mqtt.client' 2>/dev/null || packages+=(python3-paho-mqtt)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
command -v tshark >/dev/null || packages+=(tshark)
command -v npm >/dev/null || packages+=(npm)
if [ ${#packages[@]} -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

[ -d node_modules/mqtt ] || npm install --no-package-lock --no-audit --no-fund --loglevel=error
