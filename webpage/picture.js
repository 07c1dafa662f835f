// One result. Its value holds the server's picture and what `studio` needs to draw it at any
// temperature and saturation; without a GPU it asks the server, by "stale".
const find = (selector) => element.querySelector(selector);
const MOVES = ["temperature", "saturation"];
let plate = null;
let drawn = "";
let failed = false;

const wanted = () => MOVES.map((name) =>
  name === "temperature" && !props.value.moves ? "" : studio.state[name]).join();

function paint() {
  const now = props.value?.plate && wanted();
  if (!now || now === drawn || !element.offsetParent) return;
  if (plate && studio.draw(plate, find("canvas"), studio.state)) {
    find("canvas").hidden = false;
    drawn = now;
  } else if (failed || !studio.live()) {
    find("canvas").hidden = true;
    find(".served").hidden = studio.live();
    drawn = now;
    trigger("stale");
  }
}

let plateUrl = null;

async function show() {
  const files = props.value;
  if (!files?.image) return;
  if (files.plate.url !== plateUrl) studio.set({ visit: studio.state.visit + 1 }); // others look anew
  plateUrl = files.plate.url;
  studio.report(element, files);
  find("img").src = files.image.url;
  if (failed || !studio.live()) {
    find(".served").hidden = studio.live();
    drawn ||= wanted(); // the first picture is as the sliders stand
    return;
  }
  find("canvas").hidden = true;
  plate = null;
  drawn = "";
  try {
    const read = await studio.load(files);
    if (files.plate.url !== props.value.plate.url) return;
    plate = read;
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
