// Runs once per page with `element`, `props`, `trigger` and `upload` from gr.HTML. Listeners sit
// on containers, because the template's own nodes may be rendered anew.
const find = (selector) => element.querySelector(selector);
const DROP = "or drop a photo anywhere on this page";

// A line below the buttons: what to do, or why it did not work.
function say(text, isError = false) {
  find(".hint").textContent = text;
  find(".hint").classList.toggle("error", isError);
}

async function send(file) {
  if (!file) return;
  if (file.size > 1e6 * props.megabytes)
    return say(`The file is over the limit of ${props.megabytes} MB; make it smaller first.`, true);
  say("Uploading…");
  try {
    const { path, url } = await upload(file);
    props.value = { path, url, orig_name: file.name, meta: { _type: "gradio.FileData" } };
    trigger("upload");
    say(DROP);
  } catch {
    say("The file could not be uploaded; check the connection and try again.", true);
  }
}

async function paste() {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) return send(new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type }));
    }
  } catch {
    // said below
  }
  say("The clipboard holds no picture, or the browser withholds it; try Ctrl+V.", true);
}

async function openCamera() {
  try {
    find("video").srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
    find("dialog").showModal();
  } catch {
    say("No camera could be opened; allow its use in the browser, or upload a photo.", true);
  }
}

function shoot() {
  const video = find("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => send(new File([blob], "camera.png", { type: "image/png" })));
  find("dialog").close();
}

const actions = {
  choose: () => find("input").click(),
  paste,
  camera: openCamera,
  shoot,
  close: () => find("dialog").close(),
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) actions[button.dataset.do]();
  if (button?.dataset.example) trigger("select", { index: Number(button.dataset.example) });
});
element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  send(event.target.files[0]);
  event.target.value = ""; // so that the same file can be chosen again
});
// "close" does not bubble, hence the capture; it also fires for Esc.
element.addEventListener("close", () => {
  find("video").srcObject?.getTracks().forEach((track) => track.stop());
}, true);

document.addEventListener("paste", (event) => {
  const file = event.clipboardData.files[0];
  if (file) event.preventDefault();
  send(file);
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  send(event.dataTransfer.files[0]);
});
