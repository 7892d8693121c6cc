// Runs in every app before the first cell arrives.
"use strict";
// Voilà calls these; our page shows each part as soon as it is there.
window.voila_heartbeat = () => {};
window.voila_process = () => {};
window.voila_finish = () => {};
window.display_cells = () => {};

// Sliders of ipywidgets have a label that only eyes connect with them.
new MutationObserver(() => {
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector("label");
    if (label) handle.setAttribute("aria-label", label.textContent);
  }
}).observe(document, { childList: true, subtree: true });

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("loading")?.remove();
  const config = document.getElementById("jupyter-config-data");
  if (!config || !document.querySelector('script[src$="/voila.js"]')) return;
  const { baseUrl, kernelId } = JSON.parse(config.textContent);
  window.addEventListener("pagehide", () => navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`));
  // The kernel of a page that nobody touches is stopped after a while; say so instead of doing nothing.
  const watch = setInterval(async () => {
    const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`).catch(() => null);
    if (answer && answer.status === 404) {
      clearInterval(watch);
      document.getElementById("ended").hidden = false;
    }
  }, 20000);
});
