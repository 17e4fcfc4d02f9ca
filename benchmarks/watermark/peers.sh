#!/bin/sh
# Make an environment of this benchmark's own with the peers, and measure them: sh benchmarks/watermark/peers.sh [folder]
# The peers are never dependencies of the course. --no-deps: invisible-watermark would bring PyTorch, both the full OpenCV.
set -e
cd "$(dirname "$0")/../.."
peers=${1:-work/peers}
[ -x "$peers/bin/python" ] || uv venv -q --python 3.11 "$peers"
uv pip install -q --python "$peers/bin/python" --no-deps invisible-watermark==0.2.0 blind-watermark==0.4.4 \
    opencv-python-headless==5.0.0.93 PyWavelets numpy==2.4.6 scipy==1.17.1 pillow==13.0.0 reedsolo==1.7.0 babel
for library in OMP OPENBLAS MKL; do export "${library}_NUM_THREADS=1"; done
PYTHONPATH=src nice -n 10 "$peers/bin/python" benchmarks/watermark/measure.py peers
