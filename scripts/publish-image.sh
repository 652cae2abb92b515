#!/bin/sh
# Joins the archives of several processors (dist/*.tar) into one image and pushes it: publish-image.sh DESTINATION, as docker://quay.io/x/y:v1
# or oci:FOLDER:v1. Its digest goes to dist/image.digest. Needs buildah, and to be logged in at the registry.
set -eu
destination=$1
list=keepalived-operator-$$
trap 'buildah manifest rm "$list" >/dev/null 2>&1 || true' EXIT

buildah manifest create "$list" >/dev/null
for archive in dist/keepalived-operator-*.tar; do
  echo "adding $archive" >&2
  buildah manifest add "$list" "docker-archive:$archive" >/dev/null
done
buildah manifest push --all --quiet --digestfile dist/image.digest "$list" "$destination"
echo "$destination is $(cat dist/image.digest)"
