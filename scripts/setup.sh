#!/bin/sh
# Makes a fresh clone ready to use: npm packages and a Node 24 of the project's own. Does nothing when all is there.
#   --system   also what the tests use of the machine (OpenSSH, sudo, Python, Ansible), installed by apt where this is root
#   --bench    the same, and the peers that bench/ compares with
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

system_packages() { # prints the Debian packages whose program is not there
  while read -r program package; do has "$program" || printf '%s ' "$package"; done <<PROGRAMS
python3 python3
ssh openssh-client
sshd openssh-server
sudo sudo
ansible-playbook ansible-core
git git
PROGRAMS
  [ "$1" != bench ] || [ -d /usr/share/ansible_mitogen ] || has_mitogen || printf 'ansible-mitogen '
}
has_mitogen() { /usr/bin/python3 -c 'import ansible_mitogen' 2>/dev/null; }

install_system() {
  missing=$(system_packages "$1")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ] && has apt-get; then
    say "installing with apt: $missing"
    # RUNLEVEL=1 keeps the packages from starting their services: tests start their own, on 127.0.0.1.
    { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing; } >&2 ||
      say 'apt could not install them'
    missing=$(system_packages "$1")
  fi
  [ -z "$missing" ] || say "not there, so the tests that use them are skipped: $missing(root could install them with apt)"
}

install_packages() {
  stamp=node_modules/.sortie-lock
  if cmp -s package-lock.json "$stamp" && node_modules/.bin/node -e 0 2>/dev/null; then return 0; fi
  say 'installing npm packages'
  # No package's scripts run but the one that fetches Node: ssh2's native add-ons bring no speed and need a compiler.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  npm rebuild --ignore-scripts=false --foreground-scripts --loglevel=error node >/dev/null ||
    say 'the Node 24 package does not install on this machine'
  if ! node_modules/.bin/node -e 0 2>/dev/null; then
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' ||
      fail "Node $(node --version) cannot run the project: use Node 22.18 or newer"
    say "using the machine's Node $(node --version)"
    ln -sf "$(command -v node)" node_modules/.bin/node
  fi
  cp package-lock.json "$stamp"
}

has npm && has node || fail 'Node (20 or newer) and npm are needed: https://nodejs.org'
case ${1:-} in
  --system) install_system test ;;
  --bench) install_system bench ;;
esac
has python3 || fail 'python3 (3.6 or newer) is needed: it is what runs on the hosts'
install_packages
