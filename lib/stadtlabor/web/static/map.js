// A small map of places, with a pin where one may be set: by tapping or by arrow keys. The page still
// scrolls with one finger.
//
// show(frame, say, chosen): say.form holds the words, say.window what is shown (south, west, north,
// east), say.spots the places (id, name, lat, lon, vacant), say.pin whether there is a pin, say.credit
// who made the background.
// chosen(place, lat, lon) is called with the id of a place, or with "" and where the pin stands.
const TILE = 256;
const world = (lat, lon, zoom) => {
  const size = TILE * 2 ** zoom;
  const s = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * size, (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * size];
};
const degrees = (x, y, zoom) => {
  const size = TILE * 2 ** zoom;
  return [(Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size))) * 180) / Math.PI, (x / size) * 360 - 180];
};
const METRES = 111320;

export const show = (frame, say, chosen) => {
  if (frame.firstChild) return;
  const words = say.form;
  const window_ = say.window;
  const pinned = say.pin !== false;
  const help = Object.assign(document.createElement("p"), { className: "kern-hint", id: "kartenhilfe", textContent: pinned ? words.map_help : words.map_choose });
  const view = Object.assign(document.createElement("div"), { className: "place-map" });
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", words.map_label);
  view.setAttribute("aria-describedby", "kartenhilfe");
  const where = Object.assign(document.createElement("p"), { className: "kern-body" });
  where.setAttribute("role", "status");
  const zooms = Object.assign(document.createElement("div"), { className: "place-zoom" });
  // Whoever made the background is named where it is seen.
  const credit = Object.assign(document.createElement("p"), { className: "place-credit", textContent: say.credit || "" });
  frame.append(help, view, credit, zooms, where);

  const middle = [(window_.south + window_.north) / 2, (window_.west + window_.east) / 2];
  const [wide, high] = [view.clientWidth, view.clientHeight];
  let zoom = 18;
  for (; zoom > 12; zoom -= 1) {
    const [x0, y0] = world(window_.north, window_.west, zoom);
    const [x1, y1] = world(window_.south, window_.east, zoom);
    // The window has air around its places; some of it may be cut off.
    if ((x1 - x0) * 0.75 <= wide && (y1 - y0) * 0.75 <= high) break;
  }
  const least = zoom;
  let centre = middle;
  let pin = null;

  const inside = ([lat, lon]) => [
    Math.min(window_.north, Math.max(window_.south, lat)),
    Math.min(window_.east, Math.max(window_.west, lon)),
  ];
  const spoken = ([lat, lon]) => {
    const narrow = Math.cos((lat * Math.PI) / 180);
    const [best] = say.spots
      .map((spot) => ({ spot, dy: (lat - spot.lat) * METRES, dx: (lon - spot.lon) * METRES * narrow }))
      .sort((a, b) => Math.hypot(a.dx, a.dy) - Math.hypot(b.dx, b.dy));
    if (!best) return "";
    const far = Math.hypot(best.dx, best.dy);
    if (far < 8) return words.at.replace("{name}", best.spot.name);
    const way = Math.abs(best.dy) >= Math.abs(best.dx) ? (best.dy > 0 ? words.north : words.south) : best.dx > 0 ? words.east : words.west;
    return words.near.replace("{m}", Math.round(far / 5) * 5).replace("{way}", way).replace("{name}", best.spot.name);
  };

  const set = (point, place = "") => {
    pin = inside(point);
    where.textContent = place ? say.spots.find((s) => s.id === place).name : spoken(pin);
    chosen(place, pin[0].toFixed(5), pin[1].toFixed(5));
    draw();
  };
  const needle = (put) => {
    const button = put(Object.assign(document.createElement("button"), { type: "button", className: "pin", textContent: words.pin }), pin || centre);
    button.dataset.key = "pin";
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      set(pin || centre);
    });
    button.addEventListener("keydown", (event) => {
      const step = (event.shiftKey ? 50 : 10) / METRES;
      const way = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const [lat, lon] = pin || centre;
      set([lat + way[0] * step, lon + (way[1] * step) / Math.cos((lat * Math.PI) / 180)]);
    });
    return button;
  };
  const draw = () => {
    const [cx, cy] = world(...centre, zoom);
    const [left, top] = [cx - wide / 2, cy - high / 2];
    const put = (node, [lat, lon]) => {
      const [x, y] = world(lat, lon, zoom);
      node.style.left = `${x - left}px`;
      node.style.top = `${y - top}px`;
      return node;
    };
    const focus = document.activeElement?.dataset?.key;
    const nodes = [];
    for (let x = Math.floor(left / TILE); x * TILE < left + wide; x += 1)
      for (let y = Math.floor(top / TILE); y * TILE < top + high; y += 1) {
        const tile = Object.assign(new Image(), { alt: "", src: `/kacheln/${zoom}/${x}/${y}.png` });
        tile.style.left = `${x * TILE - left}px`;
        tile.style.top = `${y * TILE - top}px`;
        nodes.push(tile);
      }
    for (const spot of say.spots) {
      const button = put(Object.assign(document.createElement("button"), { type: "button", className: spot.vacant ? "spot vacant" : "spot" }), [spot.lat, spot.lon]);
      button.dataset.key = spot.id;
      button.setAttribute("aria-label", spot.vacant ? words.vacant.replace("{name}", spot.name) : spot.name);
      if (say.spots.length <= 12) button.append(Object.assign(document.createElement("span"), { textContent: spot.name }));
      button.addEventListener("click", (event) => {
        if (event.detail === 0) set([spot.lat, spot.lon], spot.id);
      });
      nodes.push(button);
    }
    if (pinned) nodes.push(needle(put));
    view.replaceChildren(...nodes);
    if (focus) view.querySelector(`[data-key="${focus}"]`)?.focus({ preventScroll: true });
  };
  // Where symbols overlap, the nearest one is meant, not the one that happens to lie on top.
  view.addEventListener("click", (event) => {
    if (event.detail === 0) return; // a key on a button, which has its own answer
    const box = view.getBoundingClientRect();
    const [cx, cy] = world(...centre, zoom);
    const [x, y] = [cx + event.clientX - box.left - wide / 2, cy + event.clientY - box.top - high / 2];
    const [near] = say.spots
      .map((spot) => {
        const [sx, sy] = world(spot.lat, spot.lon, zoom);
        return { spot, far: Math.hypot(sx - x, sy - y) };
      })
      .sort((one, other) => one.far - other.far);
    if (near && near.far <= (pinned ? 16 : 30)) set([near.spot.lat, near.spot.lon], near.spot.id);
    else if (pinned) set(degrees(x, y, zoom));
  });
  for (const [step, sign, name] of [[1, "+", words.zoom_in], [-1, "−", words.zoom_out]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "kern-btn kern-btn--secondary" });
    button.setAttribute("aria-label", name);
    button.append(Object.assign(document.createElement("span"), { className: "kern-label", textContent: sign }));
    button.addEventListener("click", () => {
      zoom = Math.min(18, Math.max(least, zoom + step));
      centre = zoom === least ? middle : pin || centre;
      draw();
    });
    zooms.append(button);
  }
  draw();
};
