// One result. Its value holds the server's picture and what `studio` needs to draw it at any
// temperature and saturation; without a GPU it asks the server, by "stale".
const find = (selector) => element.querySelector(selector);
let payload = null;
let address = null; // of the payload
let drawn = "";
let failed = false;

const served = () => failed || !studio.live();
const wanted = () => {
  const { temperature, saturation } = studio.state;
  return `${props.value.moves ? temperature : ""} ${saturation}`;
};

function paint() {
  const now = props.value?.payload && wanted();
  if (!now || now === drawn || !element.offsetParent) return;
  if (payload && studio.draw(payload, find("canvas"), studio.state)) {
    find("canvas").hidden = false;
    drawn = now;
  } else if (served()) {
    find("canvas").hidden = true;
    find(".served").hidden = studio.live();
    drawn = now;
    trigger("stale");
  }
}

async function show() {
  const files = props.value;
  if (!files?.image) return;
  if (files.payload.url !== address) studio.set({ version: studio.state.version + 1 });
  address = files.payload.url;
  studio.report(element, files);
  find("img").src = files.image.url;
  if (served()) {
    find(".served").hidden = studio.live();
    drawn ||= wanted(); // the first picture is as the sliders stand
    return;
  }
  find("canvas").hidden = true;
  payload = null;
  drawn = "";
  try {
    const read = await studio.load(files);
    if (files.payload.url !== props.value.payload.url) return;
    payload = read;
    paint();
  } catch (error) {
    console.warn(error);
    failed = true;
  }
}

watch("value", show);
show();
studio.listen(paint);
new IntersectionObserver(paint).observe(element);
find(".full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen();
});
