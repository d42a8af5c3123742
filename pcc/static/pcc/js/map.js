// The map of a list: the same listings as the cards beside it, where their communes lie. Nothing that is not loaded is
// drawn, and nobody else is asked unless the installation names a server of tiles.
(function () {
  "use strict";

  const box = document.getElementById("carte");
  if (!box || !window.L) return;
  const L = window.L;
  const places = JSON.parse(document.getElementById("carte-points").textContent);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.hidden = false;
  document.getElementById("carte-absente").remove();

  const map = L.map(box, {
    attributionControl: Boolean(box.dataset.tiles),
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    scrollWheelZoom: false,
    zoomAnimation: !still,
    zoomControl: false,
    maxZoom: 13,
  });
  L.control.zoom({ zoomInTitle: box.dataset.closer, zoomOutTitle: box.dataset.farther }).addTo(map);
  map.setView([46.6, 2.4], 5);

  if (box.dataset.tiles) {
    box.classList.add("map--tiles");
    map.attributionControl.setPrefix(false);
    const credit = document.createElement("span");
    credit.textContent = box.dataset.credit;
    L.tileLayer(box.dataset.tiles, { attribution: credit.innerHTML, maxZoom: 18 }).addTo(map);
  }

  const named = (place) => {
    const content = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = place.name;
    const list = document.createElement("ul");
    for (const listing of place.listings) {
      const link = document.createElement("a");
      link.href = listing.url;
      link.textContent = listing.title;
      list.appendChild(document.createElement("li")).appendChild(link);
    }
    content.append(title, list);
    return content;
  };

  for (const place of places) {
    const said = [place.name, ...place.listings.map((listing) => listing.title)].join(" – ");
    const icon = L.divIcon({ className: "map__point", html: String(place.listings.length), iconSize: [32, 32] });
    L.marker([place.lat, place.lon], { alt: said, icon, keyboard: true, title: said })
      .addTo(map)
      .bindPopup(named(place), { autoPanPaddingTopLeft: [68, 16], maxWidth: 260 })
      .getElement()
      .setAttribute("aria-label", said);
  }
  // Where some lie overseas, the mainland would be a dot: it comes first, the others a few steps out.
  const mainland = places.filter((place) => place.lat > 41 && place.lat < 52 && place.lon > -6 && place.lon < 10);
  const first = mainland.length ? mainland : places;
  const around = L.latLngBounds(first.map((place) => [place.lat, place.lon]));
  if (around.isValid()) map.fitBounds(around.pad(0.2), { animate: false, maxZoom: 10 });

  if (box.dataset.outlines) {
    fetch(box.dataset.outlines)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((outlines) => {
        const layer = L.geoJSON(outlines, { interactive: false, style: { className: "map__outline" } }).addTo(map);
        layer.bringToBack();
        if (!around.isValid()) map.fitBounds(layer.getBounds(), { animate: false });
      })
      .catch(() => undefined);
  }
})();
