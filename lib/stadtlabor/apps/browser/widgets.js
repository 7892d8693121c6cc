// The widget classes that a public app may use. What is not listed here is not delivered; a test
// runs every app and tells which class is missing.
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";

import * as output from "./output.js";

// Of jupyter-leaflet only the parts that need none of its twenty plug-ins.
import * as map from "jupyter-leaflet/lib/Map";
import * as attribution from "jupyter-leaflet/lib/controls/AttributionControl";
import * as layersControl from "jupyter-leaflet/lib/controls/LayersControl";
import * as legend from "jupyter-leaflet/lib/controls/LegendControl";
import * as scale from "jupyter-leaflet/lib/controls/ScaleControl";
import * as widgetControl from "jupyter-leaflet/lib/controls/WidgetControl";
import * as zoom from "jupyter-leaflet/lib/controls/ZoomControl";
import * as circle from "jupyter-leaflet/lib/layers/Circle";
import * as circleMarker from "jupyter-leaflet/lib/layers/CircleMarker";
import * as divIcon from "jupyter-leaflet/lib/layers/DivIcon";
import * as featureGroup from "jupyter-leaflet/lib/layers/FeatureGroup";
import * as geoJson from "jupyter-leaflet/lib/layers/GeoJSON";
import * as icon from "jupyter-leaflet/lib/layers/Icon";
import * as imageOverlay from "jupyter-leaflet/lib/layers/ImageOverlay";
import * as layerGroup from "jupyter-leaflet/lib/layers/LayerGroup";
import * as localTiles from "jupyter-leaflet/lib/layers/LocalTileLayer";
import * as marker from "jupyter-leaflet/lib/layers/Marker";
import * as polygon from "jupyter-leaflet/lib/layers/Polygon";
import * as polyline from "jupyter-leaflet/lib/layers/Polyline";
import * as popup from "jupyter-leaflet/lib/layers/Popup";
import * as rectangle from "jupyter-leaflet/lib/layers/Rectangle";
import * as tiles from "jupyter-leaflet/lib/layers/TileLayer";
import * as wms from "jupyter-leaflet/lib/layers/WMSLayer";

const LEAFLET = [
  map, attribution, layersControl, legend, scale, widgetControl, zoom, circle, circleMarker,
  divIcon, featureGroup, geoJson, icon, imageOverlay, layerGroup, localTiles, marker, polygon,
  polyline, popup, rectangle, tiles, wms,
];

const MODULES = {
  "@jupyter-widgets/base": [base],
  "@jupyter-widgets/controls": [controls],
  "@jupyter-widgets/output": [output],
  "jupyter-leaflet": LEAFLET,
};

/** Return a class by module and name; undefined where it is not delivered. */
export function widgetClass(module, name) {
  return MODULES[module]?.find((part) => name in part)?.[name];
}
