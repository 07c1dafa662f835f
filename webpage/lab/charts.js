// The lab's drawings as SVG and HTML, from numbers alone.
(() => {
  const shape = (name, attributes, text = "") => {
    const list = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ");
    return `<${name} ${list}>${text}</${name}>`;
  };
  const swatch = (color) => `<i class="swatch" style="background:${color}"></i>`;

  // Linear interpolation in a table whose places ascend.
  function interpolate(places, values, at) {
    const above = places.findIndex((p) => p >= at);
    if (above === 0) return values[0];
    if (above < 0) return values[values.length - 1];
    const share = (at - places[above - 1]) / (places[above] - places[above - 1]);
    return values[above - 1] + share * (values[above] - values[above - 1]);
  }

  // --- the probe -----------------------------------------------------------------------------

  const MARKS = {
    annealed: ["◯", "now"],
    mean: ["◇", "mean, T = 1"],
    mode: ["△", "likeliest, T = 0"],
    truth: ["✚", "true colour"],
  };
  const marksOf = ({ truth }) => Object.entries(MARKS).filter(([name]) => truth || name !== "truth");

  // Every class at its place on the ab plane, likelier ones larger.
  function plane({ ab, probability, colors }) {
    const order = probability.map((_, i) => i).sort((i, j) => probability[j] - probability[i]);
    const circles = order.map((i) => shape("circle", {
      cx: ab[i][0], cy: -ab[i][1], r: Math.max(1.1, 44 * Math.sqrt(probability[i])).toFixed(2),
      fill: colors[i],
    }, shape("title", {}, `${(100 * probability[i]).toFixed(1)} %`)));
    return `<path class="axes" d="M-114 0H114M0 -114V114"/>
      <text class="name" x="108" y="-3">a</text><text class="name" x="4" y="-108">b</text>
      ${circles.join("")}`;
  }

  const marks = (found) => marksOf(found).reverse().map(([name, [symbol]]) =>
    shape("text", { class: `mark ${name}`, "data-mark": name }, symbol)).join("");

  function readout(found) {
    const { ab, probability, colors, entropy, most, top } = found;
    const row = ([name, [symbol, title]]) => `<dt><i class="key">${symbol}</i> ${title}${
      name === "truth" ? ` ${swatch(found.true_color)}` : ""}</dt><dd data-value="${name}"></dd>`;
    const likely = (i) => `<tr><td>${swatch(colors[i])}</td>
      <td>${ab[i].map((v) => v.toFixed(0)).join(", ")}</td>
      <td>${(100 * probability[i]).toFixed(1)} %</td></tr>`;
    return `<p><b>Entropy</b> <span data-value="entropy">${entropy.toFixed(2)}</span> bits
        <small>of ${most}</small></p>
      <dl><dt></dt><dd>a, b</dd>${marksOf(found).map(row).join("")}</dl>
      <table><thead><tr><th>Colour</th><th>a, b</th><th>Share</th></tr></thead>
      <tbody>${top.map(likely).join("")}</tbody></table>`;
  }

  // --- numbers -------------------------------------------------------------------------------

  function film({ film: files, temperatures, measured }, levels) {
    return levels.map((T, i) => {
      const row = measured[temperatures.indexOf(T)];
      const lines = [
        ["Colourfulness", row.colorfulness],
        ["Mean chroma", row.chroma],
        ["ΔE2000 to the truth", row.delta_e2000],
      ].map(([title, value]) =>
        value === null ? "" : `<span><small>${title}</small> ${value.toFixed(1)}</span>`);
      return `<button type="button" data-temperature="${T}"><img src="${files[i].url}" alt="T = ${T}">
        <b>T = ${T}</b>${lines.join("")}</button>`;
    }).join("");
  }

  const LEFT = 34, RIGHT = 304, TOP = 26, BOTTOM = 184;
  const across = (T) => LEFT + T * (RIGHT - LEFT);
  const scale = (most) => (value) => BOTTOM - (value / most) * (BOTTOM - TOP);
  const text = (x, y, content, kind = "mid") => shape("text", { x, y, class: kind }, content);

  // Colourfulness (and the difference from the truth) against T. `place` is where a T lies on it.
  function curve({ temperatures, measured, truth }) {
    const values = measured.map((row) => row.colorfulness);
    const most = 10 * Math.ceil(Math.max(...values, truth?.colorfulness ?? 0) / 10);
    const up = scale(most);
    const path = (column, height) => temperatures.map((T, i) =>
      `${i ? "L" : "M"}${across(T).toFixed(1)} ${height(column[i]).toFixed(1)}`).join("");
    const parts = [0, most / 2, most].map((value) =>
      `<path class="grid" d="M${LEFT} ${up(value)}H${RIGHT}"/>` +
      text(LEFT - 6, up(value) + 4, value, "left"));
    for (const T of [0, 0.09, 0.38, 0.5, 1]) parts.push(text(across(T), BOTTOM + 16, T));
    for (const T of [0.09, 0.38])
      parts.push(`<path class="mark" d="M${across(T)} ${TOP}V${BOTTOM}"/>`);
    parts.push(text(across(0.75), BOTTOM + 16, "T"), text(LEFT, 14, "Colourfulness", ""));
    if (truth) {
      const y = up(truth.colorfulness);
      const differences = measured.map((row) => row.delta_e2000);
      const top = 5 * Math.ceil(Math.max(...differences) / 5);
      const down = scale(top);
      parts.push(
        `<path class="truth" d="M${LEFT} ${y}H${RIGHT}"/>`,
        text(RIGHT, y - 4, "the true photo", "left"),
        `<path class="difference" d="${path(differences, down)}"/>`,
        ...[0, top].map((value) => text(RIGHT + 6, down(value) + 4, value, "second")),
        text(RIGHT + 30, 14, "ΔE2000 to the truth", "left second"),
      );
    }
    parts.push(`<path class="line" d="${path(values, up)}"/><circle class="now" r="5"/>`);
    const list = temperatures.map((T, i) => `T ${T}: ${values[i].toFixed(0)}`).join("; ");
    return {
      svg: parts.join(""),
      label: `Colourfulness against T, for this photo. ${list}`,
      place: (T) => [across(T), up(interpolate(temperatures, values, T))],
    };
  }

  window.studio.charts = { interpolate, plane, marks, readout, film, curve };
})();
