// A shop that is chosen on the map is found in the list.
import { show } from "./map.js";

const say = JSON.parse(document.getElementById("worte").textContent);
show(document.getElementById("kartenbild"), say, (place) => {
  const row = document.getElementById(place);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
});
