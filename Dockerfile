# The page in a container. It needs to write in /tmp only, and nothing of what it writes must last:
#   docker build -t colorize . && docker run --read-only --tmpfs /tmp -p 7860:7860 colorize
FROM python:3.12-slim

# The address of PyTorch's index of wheels for CPUs (pytorch.org, "Get Started"), or of another one. Without
# it torch comes from PyPI: on x86-64 with CUDA, which makes the image several gigabytes larger.
ARG TORCH_INDEX=""

WORKDIR /app
COPY requirements.txt README.md ./
RUN grep -E '^torch(vision)?==' requirements.txt | xargs pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"}
RUN pip install --no-cache-dir -r requirements.txt "gradio[mcp]==$(sed -n 's/^sdk_version: //p' README.md)"

COPY app.py ./
COPY docs/lesson.md docs/
COPY checkpoints checkpoints
COPY colorize_core colorize_core
COPY webpage webpage
RUN python -m compileall -q app.py colorize_core webpage
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin studio

ENV HOME=/tmp PYTHONUNBUFFERED=1 GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860
USER 10001
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/gradio_api/app_id' % os.environ['GRADIO_SERVER_PORT'], timeout=8)"]
CMD ["python", "app.py"]
