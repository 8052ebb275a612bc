#!/bin/sh
# Writes every patch anew against its base as it is now: applies it, with other
# line numbers and slightly other context allowed, and diffs again. Those that do
# not apply are named, and stay as they are. Run by `make patches`; needs git and
# patch.
set -u
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for patch in impl/faults/patches/*.patch; do
	rm -rf "$work/a" "$work/b"
	for file in $(sed -n 's,^--- a/,,p' "$patch"); do
		mkdir -p "$work/a/$(dirname "$file")" "$work/b/$(dirname "$file")"
		cp "$file" "$work/a/$file"
		cp "$file" "$work/b/$file"
	done
	if ! patch --silent --strip 1 --no-backup-if-mismatch --reject-file - --directory "$work/b" <"$patch"; then
		echo "$patch does not apply" >&2
		failed=1
		continue
	fi
	(cd "$work" && git diff --no-index --no-prefix a b | grep -v '^index ') >"$work/new"
	cmp -s "$work/new" "$patch" || cp "$work/new" "$patch"
done
exit $failed
