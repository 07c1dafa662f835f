/** Ways to bring photos: files, drop, paste, camera. */
import { byId, complain } from "./dom.js";

/** @param {(files: File[]) => void} take */
export function connect(take) {
  /** @type {HTMLInputElement} */
  const input = byId("files");
  byId("upload").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  });
  byId("paste").addEventListener("click", async () => take(await fromClipboard()));
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) event.preventDefault();
    take(files);
  });
  connectDrop(take);
  connectCamera(take);
}

/** @returns {Promise<File[]>} */
async function fromClipboard() {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) return [new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type })];
    }
  } catch (error) {
    console.info(error);
  }
  complain("The clipboard holds no picture, or the browser withholds it; try Ctrl+V.");
  return [];
}

/** @param {(files: File[]) => void} take */
function connectDrop(take) {
  const drop = byId("drop");
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("seen");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("seen");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("seen");
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {(files: File[]) => void} take */
function connectCamera(take) {
  /** @type {HTMLDialogElement} */
  const dialog = byId("camera-dialog");
  const video = /** @type {HTMLVideoElement} */ (dialog.querySelector("video"));
  byId("camera").addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
      dialog.showModal();
    } catch (error) {
      console.info(error);
      complain("No camera could be opened; allow its use in the browser, or upload a photo.");
    }
  });
  byId("shoot").addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    canvas.toBlob((blob) => blob && take([new File([blob], "camera.png", { type: "image/png" })]));
    dialog.close();
  });
  byId("camera-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  });
}
