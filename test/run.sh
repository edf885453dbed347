#!/bin/bash
# The body of "make test": formatting, go vet, every test, and a count of them as the last line.
#
# As root it first installs the Debian packages that tests compare with, if any is missing. Without them, or
# without root, the tests that need them are skipped, and the end of the output names each of them.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1

packages=(keepalived iproute2 iputils-ping iputils-arping tshark tcpdump frr ipvsadm procps psmisc vim jq
	binutils nginx dnsmasq-base exim4-daemon-light python3-aiosmtpd perl strace iptables)

missing() {
	local p
	for p in "${packages[@]}"; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
	done
}

# Nothing that is installed for a test may start by itself.
install_missing() {
	local want policy=/usr/sbin/policy-rc.d mine= r=0
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
	mapfile -t want < <(missing)
	[ ${#want[@]} -gt 0 ] || return 0
	echo "installing ${want[*]}"
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && mine=1
	fi
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${want[@]}"; } >/tmp/holdfast-apt.$$ 2>&1 || r=$?
	[ -z "$mine" ] || rm -f $policy
	if [ $r != 0 ]; then
		tail -5 /tmp/holdfast-apt.$$
		echo "not installed: $(missing | tr '\n' ' ')- the tests that need them will be skipped"
	fi
	rm -f /tmp/holdfast-apt.$$
}

install_missing
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unformatted=$(find . -name '*.go' -not -path './.git/*' -exec gofmt -l {} +)
if [ -n "$unformatted" ]; then
	printf 'gofmt: not formatted:\n%s\n' "$unformatted"
	status=1
fi
go vet ./... || status=1

# The tests of the whole program run one package at a time and after all others: they look at the clock, and
# each of them keeps the machine busy enough. What fails of them is tried once more, alone, and named at the end
# if it passes then.
go build -o "$work/tally" ./test/tally || exit 1
if CGO_ENABLED=0 go build -o "$work/keepalived" ./cmd/holdfast; then
	export HOLDFAST_BIN=$work/keepalived
fi
last='^holdfast/test/(netns|oracle|chaos|guest)$'
# Failures are in what go test writes, and xargs then ends with 123; anything else means that it did not write all of it.
whole() {
	local r=$?
	[ $r = 0 ] || [ $r = 123 ] || echo "go test ended with $r" | tee -a "$work/broken" >&2
}
{
	go list ./... | grep -Ev "$last" | xargs go test -json -vet=off -p 2 -timeout 9m
	whole
	go list ./... | grep -E "$last" | xargs go test -json -vet=off -count=1 -p 1 -timeout 12m
	whole
} | "$work/tally" -again "$last"
[ "${PIPESTATUS[1]}" = 0 ] && [ ! -e "$work/broken" ] || status=1
exit $status
