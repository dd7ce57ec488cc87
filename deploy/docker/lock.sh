#!/usr/bin/env bash
# Writes the requirements of the images anew, each file of a package with its hash; versions are those of
# constraints.txt. It needs uv: pip install uv.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

lock() { # ARGUMENT… → requirements on stdout
  echo '# Made by deploy/docker/lock.sh; do not edit.'
  uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header "$@"
}
# setuptools builds our own package
lock pyproject.toml --extra cluster --extra tracing -c constraints.txt - <<<'setuptools==84.2.1' >"$folder/cpu"
lock - <<<'cyclonedx-bom==7.5.0' >"$folder/sbom"
# onnxruntime's build for CUDA has versions of its own; the other packages are in the image for CPUs
grep -v '^onnxruntime==' constraints.txt >"$folder/constraints.txt"
lock -c "$folder/constraints.txt" - <<<'onnxruntime-gpu[cuda,cudnn]==1.31.1' |
  awk '/^[^ #]/ { wanted = /^(nvidia-|onnxruntime)/ } wanted || /^#/' >"$folder/gpu"

mv "$folder/cpu" deploy/docker/requirements.txt
mv "$folder/sbom" deploy/docker/requirements-sbom.txt
mv "$folder/gpu" deploy/docker/requirements-gpu.txt
